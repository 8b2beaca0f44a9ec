"""Slices, windows and stacks as the command line names them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.volumes import make_volume
from viewer.cli.selection import choose_stack, choose_window, parse_slices
from viewer.cli.terminal import UsageError
from viewer.core.study import Patient, Series, Stack, StackKey, Study, StudyIndex
from viewer.core.window import HuWindow


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", (0, 1, 2, 3, 4)),
        ("1", (0,)),
        ("2-4", (1, 2, 3)),
        ("5,1", (0, 4)),
        ("1, 3-4 ,3", (0, 2, 3)),
    ],
)
def test_slices(text, expected):
    assert parse_slices(text, 5) == expected


@pytest.mark.parametrize(
    "text", ["", "0", "6", "2-9", "4-2", "a", "1-", "-3", "1.5", "1;2", "²",
             "1-9999999999", "9" * 30, "1-" + "9" * 5000],
)  # fmt: skip
def test_wrong_slices(text):
    """Quickly, too: a range that nobody has is not counted through."""
    with pytest.raises(UsageError, match="--slices"):
        parse_slices(text, 5)


@given(st.integers(1, 40), st.data())
def test_a_range_and_its_numbers_mean_the_same(count, data):
    first = data.draw(st.integers(1, count))
    last = data.draw(st.integers(first, count))
    listed = ",".join(str(n) for n in range(first, last + 1))
    assert parse_slices(f"{first}-{last}", count) == parse_slices(listed, count)


def test_windows():
    volume = make_volume()
    assert choose_window(volume, None, None) == (HuWindow(400, 40), "default")
    assert choose_window(volume, "lung", None) == (HuWindow(1500, -600), "lung")
    assert choose_window(volume, None, (100.0, -5.0)) == (HuWindow(100, -5), "")
    low, high = int(volume.data.min()), int(volume.data.max())
    assert choose_window(volume, "full", None)[0] == HuWindow.from_range(low, high)
    assert choose_window(make_volume(windows=()), None, None)[0] == HuWindow(400, 40)
    bare = make_volume(windows=(), unit=None)
    values = np.sort(bare.data.ravel())
    automatic = choose_window(bare, None, None)[0]
    assert automatic.low >= values[0]
    assert automatic.high <= values[-1]


@pytest.mark.parametrize(
    "window",
    [(0.0, 0.0), (-3.0, 0.0), (float("nan"), 0.0), (float("inf"), 0.0), (400.0, float("nan")),
     (400.0, float("inf")), (400.0, float("-inf"))],
)  # fmt: skip
def test_a_window_needs_a_width_and_numbers(window):
    with pytest.raises(UsageError, match="width"):
        choose_window(make_volume(), None, window)


def test_ct_presets_are_for_ct():
    with pytest.raises(UsageError, match="Use --window"):
        choose_window(make_volume(unit="BQML"), "lung", None)


def stack(uid: str, number: int, slices: int) -> Stack:
    made = make_volume().stack
    return Stack(
        key=StackKey(uid, number),
        modality="CT",
        frames=made.frames[:slices],
        frame_of_slice=tuple(range(slices)),
        geometry=made.geometry,
        dtype="int16",
        unit="HU",
    )


def test_stacks():
    series = (
        Series("1.1", "CT", "1", "", (stack("1.1", 1, 3), stack("1.1", 2, 2))),
        Series("1.2", "CT", "2", "", (stack("1.2", 1, 5),)),
    )
    index = StudyIndex(10, (Study("1", Patient(), "", "", series),))
    assert choose_stack(index, None, None).key == StackKey("1.2", 1)
    assert choose_stack(index, "1.1", None).key == StackKey("1.1", 1)
    assert choose_stack(index, "1.1", 2).key == StackKey("1.1", 2)
    assert choose_stack(index, None, 1).key == StackKey("1.2", 1)
    with pytest.raises(UsageError, match=r"1\.1, 1\.2"):
        choose_stack(index, "9", None)
    with pytest.raises(UsageError, match="no stack 7"):
        choose_stack(index, "1.1", 7)
