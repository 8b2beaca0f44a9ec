"""The texts around the image, one by one."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.overlay_scenes import at, compose, corner, make_scene, texts
from tests.support.volumes import make_geometry, make_volume
from viewer.app.overlays import Part
from viewer.app.overlays_frame import (
    corner_texts,
    date_text,
    fidelity_text,
    fidelity_tooltip,
    name_text,
    position_text,
    time_text,
    value_text,
)
from viewer.app.resolve import resolve
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.drawable import Align, RulerItem, TextItem
from viewer.core.geometry import Calibration
from viewer.core.plane import Orientation
from viewer.core.screen import place
from viewer.core.study import FrameRef
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow


def test_the_badge_speaks_of_the_data():
    one = (Caveat(CaveatCode.GAP, "a gap"),)
    assert [fidelity_text(one * n) for n in range(3)] == [
        "Data checks passed", "1 data caveat", "2 data caveats",
    ]  # fmt: skip
    assert fidelity_tooltip(one).startswith("• a gap\n")
    note = (Caveat(CaveatCode.SINGLE_SLICE, "one image"),)
    assert fidelity_text(note) == "Data checks passed"
    assert fidelity_text(one + note) == "1 data caveat"
    assert fidelity_tooltip(note).startswith("Order, spacing")
    assert "• one image" in fidelity_tooltip(note)
    for caveats in ((), one):
        assert fidelity_tooltip(caveats).endswith("about the data, not about the patient.")


def test_values_under_the_cursor():
    volume = make_volume()
    assert value_text(volume, at(volume, 6, 9, 11)) == "201 HU"
    assert value_text(volume, at(volume, 6, 9, 13)) == ""
    for unit in (None, "US"):
        assert value_text(make_volume(unit=unit), at(volume, 0, 0, 1)) == "-499"
    assert value_text(make_volume(placeholders=(0,)), at(volume, 0, 0, 1)) == "no value (padding)"
    colour = np.zeros((7, 10, 12, 3), np.uint8)
    colour[1, 2, 3] = (9, 8, 7)
    assert value_text(make_volume(data=colour), at(volume, 1, 2, 3)) == "RGB 9 8 7"


def test_small_texts():
    assert position_text((-1.0, 2.04, 3.0)) == "R 1.0  P 2.0  S 3.0 mm"
    assert (date_text("20260102"), date_text("2026")) == ("2026-01-02", "2026")
    assert (time_text("101530.123"), time_text("1015"), time_text("")) == ("10:15:30", "10:15", "")
    assert (name_text("Doe^Jane^M^^"), name_text("Doe")) == ("Doe, Jane M", "Doe")


def test_a_place_in_the_patient_is_shown_only_where_the_files_give_one():
    def line(volume):
        view = resolve(ViewportState(Orientation.AXIAL, DisplayState(HuWindow(400, 40))), volume)
        size = (800.0, 600.0)
        point = at(volume, 0, 4, 5)
        items = corner_texts(
            volume, view, place(view.plane, size), size, None if point is None else (point, None)
        )
        return next(
            i.text.splitlines()[1]
            for i in items
            if isinstance(i, TextItem) and i.align is Align.BOTTOM_LEFT
        )

    assert line(make_volume()) == "R 26.5  P 14.2  I 101.0 mm"
    nowhere = tuple(FrameRef("x", "", 0, f"1.{n}", n, None) for n in range(7))
    for volume in (
        make_volume(frames=nowhere),
        make_volume(make_geometry(orientation_known=False)),
        make_volume(make_geometry(calibration=Calibration.NONE)),
        make_volume(make_geometry(calibration=Calibration.DETECTOR)),
    ):
        assert line(volume) == "column 6  row 5"


@pytest.mark.parametrize("size", [(256.0, 256.0), (512.0, 512.0), (1200.0, 900.0)])
def test_burnt_in_words_take_two_lines_at_most_and_count_the_rest(size):
    caveats = tuple(Caveat(code, "x") for code in CaveatCode)
    scene = make_scene(make_volume(caveats=caveats), parts=frozenset({Part.BADGES}), size_px=size)
    (text,) = texts(compose(scene))
    lines = text.splitlines()
    assert len(lines) <= 2
    shown = [part for line in lines for part in line.split(" · ")]
    more = int(shown.pop().removesuffix(" more"))
    kinds = {c.short for c in caveats if not c.is_note}
    assert "duplicate images ignored" not in kinds  # the same picture either way
    assert set(shown) <= kinds
    assert len(shown) + more == len(kinds)


def test_a_small_view_names_the_part_rather_than_the_series():
    labels = replace(make_volume().stack.labels, part="echo 22 ms")
    items = compose(make_scene(make_volume(labels=labels), size_px=(270.0, 260.0)))
    assert corner(items, Align.BOTTOM_RIGHT).splitlines()[0] == "Se 3  echo 22 ms"


@pytest.mark.parametrize("height", [180.0, 249.0, 260.0, 400.0, 600.0])
def test_the_rulers_keep_off_the_lower_left_corner(height):
    volume = make_volume()
    items = compose(make_scene(volume, size_px=(270.0, height), cursor_lps=at(volume, 3, 4, 5)))
    text = next(i for i in items if isinstance(i, TextItem) and i.align is Align.BOTTOM_LEFT)
    top = height + text.offset_px[1] - 15 * len(text.text.splitlines())
    for ruler in (i for i in items if isinstance(i, RulerItem)):
        assert not ruler.vertical or top > height * 0.67
    assert text.offset_px[1] <= -21
