"""Own presets: what is wrong is told in a line, the others stay."""

import json

import pytest

from tests.support.volumes import make_volume
from viewer.app.user_presets import (
    PresetError,
    UserPreset,
    checked_preset,
    find_preset,
    is_fixed,
    preset_actions,
    read_presets,
    user_preset_name,
    with_preset,
    write_presets,
)
from viewer.app.windows import preset_name
from viewer.core.window import HuWindow

MINE = (UserPreset("Narrow & more", 120.5, -3.0, "CT", "Ctrl+Alt+F9"), UserPreset("T2", 900, 450))


def file(*presets):
    return json.dumps({"hounsfield_presets": 1, "presets": list(presets)}).encode()


def test_written_and_read_they_are_the_same():
    assert read_presets(write_presets(MINE)) == (MINE, ())


def test_bad_lines_are_told_and_the_others_stay():
    good = {"name": "Good", "width": 40, "level": 40}
    data = file(
        {"name": "Zero", "width": 0, "level": 1},
        good,
        {"name": "", "width": 4, "level": 1},
        {"name": "Text", "width": "wide", "level": 1},
        {"name": "Odd", "width": 4, "level": 1, "colour": "red"},
        {"name": "good", "width": 9, "level": 1},
        {"name": "Key", "width": 9, "level": 1, "key": "Hyper+F"},
        {"name": "Code", "width": 9, "level": 1, "modality": "ct 1"},
        {"name": "<b>", "width": 9, "level": 1},
        {"name": "Huge", "width": 1e300, "level": 1},
        7,
    )
    presets, wrong = read_presets(data)
    assert presets == (UserPreset("Good", 40.0, 40.0),)
    numbers = [int(line.split()[1].rstrip(":")) for line in wrong]
    assert numbers == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert "width must be above 0" in wrong[0]
    assert "expected `float`" in wrong[2]
    assert "there twice" in wrong[4]
    assert "“Hyper+F” is no key" in wrong[5]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff", b"{}", b"[" * 5000, file() + b" " * 600_000]
)
def test_what_is_no_file_of_presets_is_told(data):
    with pytest.raises(PresetError) as caught:
        read_presets(data)
    assert "\n" not in caught.value.one_line()


@pytest.mark.parametrize(("width", "level"), [(-1, 0), (float("nan"), 0), (1, float("inf"))])
def test_numbers_must_be_windows(width, level):
    with pytest.raises(PresetError):
        checked_preset("x", width, level)


def test_one_key_calls_one_preset():
    with pytest.raises(PresetError, match="Ctrl\\+Alt\\+F9 already calls Narrow & more"):
        with_preset(MINE, UserPreset("Other", 4, 4, key="Ctrl+Alt+F9"))
    changed = UserPreset("t2", 800, 400, key="F8")
    assert with_preset(MINE, changed) == (MINE[0], changed)


def test_reasons_by_modality_and_unit():
    ct, mr = UserPreset("A", 4, 4, "CT"), UserPreset("B", 4, 4, "MR")
    scan, magnet = make_volume().stack, make_volume(modality="MR", unit=None).stack
    assert (ct.reason(scan), mr.reason(magnet), UserPreset("C", 4, 4).reason(magnet)) == ("",) * 3
    assert "Only for CT" in ct.reason(magnet)
    assert mr.reason(scan) == "Only for MR: this is CT"


def test_they_are_actions_and_have_names():
    narrow, t2 = preset_actions(MINE)
    assert (narrow.id, narrow.text, narrow.preset) == (
        "window.user:Narrow & more",
        "Narrow & more",
        "user:Narrow & more",
    )
    assert (narrow.shortcuts, narrow.tooltip) == (("Ctrl+Alt+F9",), "120.5 / -3 HU")
    assert (t2.shortcuts, t2.tooltip) == ((), "900 / 450")
    assert MINE[0].window == HuWindow(120.5, -3)
    assert user_preset_name(MINE[0].id) == "Narrow & more"
    assert preset_name(make_volume().stack, MINE[0].id, MINE[0].window) == "Narrow & more"
    assert find_preset(MINE, "narrow & MORE") is MINE[0]
    assert find_preset(MINE, "user:T2") is MINE[1]
    assert [is_fixed(name) for name in (MINE[0].id, "lung", "default", "full", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_numbers_are_shown_with_the_decimals_that_they_have():
    assert UserPreset("a", 120.5, -0.25, "CT").numbers == "120.5 / -0.25 HU"
    assert UserPreset("a", 1500.0, -600.0).numbers == "1500 / -600"
