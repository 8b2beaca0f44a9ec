"""The value under the mouse belongs to the image in view, also when that changes under it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.test_viewports import middle, place_of, surface_of, wheel
from viewer.core.drawable import TextItem
from viewer.core.slab import Slab, SlabMode

pytestmark = pytest.mark.gui


def lines_of(bench, name="axial"):
    """All texts over a viewport, line by line."""
    items = bench.grid.viewports[name]._drawables
    return [line for i in items if isinstance(i, TextItem) for line in i.text.split("\n")]


def said(bench, name="axial"):
    """The value in the corner of a viewport, as a number; None without one."""
    found = [line for line in lines_of(bench, name) if line.endswith(" HU")]
    return float(found[0].split()[-2]) if found else None


def hover(bench, at, name="axial"):
    widget = surface_of(bench, name)
    QTest.mouseMove(widget, middle(widget, -40, -40))
    QTest.mouseMove(widget, at)
    QTest.qWait(40)


STEPS = {
    "wheel": lambda bench: wheel(surface_of(bench), -1, at=place_of(bench, "axial", 10, 20, 50)),
    "key": lambda bench: QTest.keyClick(bench.window, Qt.Key.Key_Down),
    "ten": lambda bench: bench.window.actions_["go.back_ten"].trigger(),
    "jump": lambda bench: bench.navigator.jump_to((0.0, 0.0, 0.0)),
    "program": lambda bench: bench.navigator.show_slice(3, "axial"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_under_a_still_mouse_reads_the_slice_in_view(opened, step):
    hover(opened, place_of(opened, "axial", 10, 20, 50))
    assert said(opened) == 100 * 10 + 10 * 20 + 50 - 500
    STEPS[step](opened)
    QTest.qWait(60)
    index = opened.session.viewports["axial"].index
    assert index != 10
    assert said(opened) == 100 * index + 10 * 20 + 50 - 500
    z = opened.session.volume.geometry.index_to_lps((index, 20, 50))[2]
    assert any(f"{'S' if z >= 0 else 'I'} {abs(z):.1f} mm" in line for line in lines_of(opened))


@pytest.mark.parametrize("change", ["zoom", "pan", "turn", "mirror"])
def test_another_zoom_or_turn_reads_what_lies_under_the_mouse_now(opened, change):
    at = place_of(opened, "axial", 10, 20, 50)
    hover(opened, at)
    viewport = opened.session.viewports["axial"]
    if change == "zoom":
        viewport.zoom = 2.0
    elif change == "pan":
        viewport.pan_uv_mm = (7.0, -4.0)
    elif change == "turn":
        viewport.turns = 1
    else:
        viewport.mirrored = True
    QTest.qWait(60)
    presenter = opened.viewports["axial"]
    view = presenter.resolved()
    uv = presenter.transform(view).to_uv((at.x(), at.y()))
    index = opened.session.volume.geometry.lps_to_index(view.plane.uv_to_lps(uv))
    z, y, x = (round(float(i)) for i in index)
    assert z == 10
    assert (y, x) != (20, 50)
    assert said(opened) == 100 * z + 10 * y + x - 500


def test_a_mark_of_the_mouse_in_one_place_says_nothing_in_another(opened):
    hover(opened, place_of(opened, "axial", 10, 20, 50))
    assert said(opened, "coronal") is None


def test_a_slice_that_is_not_there_yet_has_no_value(opened):
    hover(opened, place_of(opened, "axial", 10, 20, 50))
    stack = opened.session.open_stack
    object.__setattr__(stack, "loaded", frozenset({10}))
    opened.navigator.show_slice(3, "axial")
    QTest.qWait(60)
    assert said(opened) is None
    opened.navigator.show_slice(10, "axial")
    QTest.qWait(60)
    assert said(opened) == 100 * 10 + 10 * 20 + 50 - 500


def test_a_slab_reads_the_value_that_it_shows(opened):
    hover(opened, place_of(opened, "axial", 10, 20, 50))
    viewport = opened.session.viewports["axial"]
    spacing = opened.session.volume.geometry.spacing_zyx_mm[0]
    viewport.slab = Slab(SlabMode.MIP, 5 * spacing)
    QTest.qWait(60)
    highest = np.array([100 * z + 10 * 20 + 50 - 500 for z in range(8, 13)]).max()
    assert said(opened) == highest
    assert any(line.startswith("MIP") and line.endswith(" HU") for line in lines_of(opened))
