"""The text of a mark by real events: dragged, put back, undone, kept, the same in every picture."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.conftest import loaded, window
from tests.gui.test_viewports import NONE, RIGHT, drag, place_of, surface_of
from tests.support.dicom_writer import write_series
from viewer.app.export import compose_snapshot, session_export, slice_pixels
from viewer.app.overlays import Part
from viewer.core.label_box import LabelBox
from viewer.core.plane import Orientation
from viewer.core.shapes import MarkColour
from viewer.render.snapshot import render_snapshot

pytestmark = pytest.mark.gui


def label_of(bench, name="axial") -> LabelBox:
    """Where the text of the only mark is painted in a viewport."""
    QTest.qWait(30)
    surface_of(bench, name).repaint()
    (label,) = bench.grid.viewports[name].canvas._overlay.painted.labels
    return label


def middle_of(label: LabelBox) -> QPoint:
    return QPoint(round(label.center[0]), round(label.center[1]))


def drag_label(bench, dx, dy, name="axial"):
    start = middle_of(label_of(bench, name))
    drag(surface_of(bench, name), start, start + QPoint(dx, dy))
    return label_of(bench, name)


@pytest.fixture
def marked(opened):
    """A distance on an axial slice; window/level is the tool."""
    opened.window.actions_["tool.length"].trigger()
    ends = (place_of(opened, "axial", 10, 20, 20), place_of(opened, "axial", 10, 20, 40))
    drag(surface_of(opened), *ends)
    opened.window.actions_["tool.window"].trigger()
    return opened


def only(bench):
    (shape,) = bench.session.document
    return shape


def test_a_label_is_dragged_undone_and_redone_in_one_step(marked):
    before, shape = label_of(marked), only(marked)
    width = marked.session.display.window.width
    after = drag_label(marked, 90, 110)
    assert (after.left - before.left, after.top - before.top) == pytest.approx((90, 110), abs=1)
    assert only(marked).points_lps == shape.points_lps
    assert marked.session.display.window.width == width
    assert marked.session.undo.undo_text == "moving a label"
    marked.window.actions_["edit.undo"].trigger()
    assert only(marked) == shape
    assert label_of(marked) == before
    marked.window.actions_["edit.redo"].trigger()
    assert label_of(marked) == after


def test_it_stays_at_its_place_in_the_patient_while_the_view_zooms_and_pans(marked):
    drag_label(marked, 90, 110)
    view = marked.viewports["axial"]

    def corner_mm():
        label = label_of(marked)
        return view.transform(view.resolved()).to_uv((label.left, label.top))

    expected = corner_mm()
    for zoom, pan in ((0.7, (0.0, 0.0)), (0.85, (-4.0, -3.0))):
        marked.session.viewports["axial"].zoom = zoom
        marked.session.viewports["axial"].pan_uv_mm = pan
        assert corner_mm() == pytest.approx(expected, abs=1e-6)


def test_the_pointer_is_a_hand_over_a_label(marked, qtbot):
    widget, canvas = surface_of(marked), marked.grid.viewports["axial"].canvas
    QTest.mouseMove(widget, middle_of(label_of(marked)))
    qtbot.waitUntil(lambda: canvas.cursor().shape() is Qt.CursorShape.OpenHandCursor)
    QTest.mouseMove(widget, place_of(marked, "axial", 10, 20, 30))
    qtbot.waitUntil(lambda: canvas.cursor().shape() is Qt.CursorShape.SizeAllCursor)


def test_a_double_click_puts_it_back_and_maximises_nothing(marked):
    before = label_of(marked)
    moved = drag_label(marked, -60, 150)
    QTest.mouseClick(surface_of(marked), Qt.MouseButton.LeftButton, NONE, middle_of(moved))
    QTest.mouseDClick(surface_of(marked), Qt.MouseButton.LeftButton, NONE, middle_of(moved))
    assert label_of(marked) == before
    assert only(marked).label_way_lps is None
    assert marked.session.interaction.maximised == ""
    assert marked.session.undo.undo_text == "putting a label back"


def test_the_menu_of_the_mark_puts_it_back(marked, qtbot):
    def entry():
        QTest.mouseClick(surface_of(marked), RIGHT, NONE, middle_of(label_of(marked)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        menu.close()
        return next(a for a in menu.actions() if a.text() == "Put label back")

    before = label_of(marked)
    assert not entry().isEnabled()  # greyed: there is nothing to put back
    drag_label(marked, 90, 110)
    qtbot.waitUntil(marked.window.actions_["mark.label_back"].isEnabled)
    entry().trigger()
    assert label_of(marked) == before


def test_the_label_of_a_locked_mark_stays(marked):
    drag_label(marked, 90, 110)
    marked.window.actions_["mark.lock"].trigger()
    before = label_of(marked)
    told: list[str] = []
    marked.session.told.connect(told.append)
    assert drag_label(marked, -50, -80) == before
    QTest.mouseDClick(surface_of(marked), Qt.MouseButton.LeftButton, NONE, middle_of(before))
    assert label_of(marked) == before
    assert len(told) == 2
    assert "locked" in told[0]


def test_another_plane_shows_it_where_the_same_place_of_the_patient_is(marked):
    """The line runs along x, so it lies in a coronal slice, too: there x counts, and y does not."""
    drag_label(marked, 140, 30)
    way = only(marked).label_way_lps
    assert abs(way[0]) > 2 * abs(way[1]) > 0
    marked.navigator.show_slice(20, "coronal")
    label, view = label_of(marked, "coronal"), marked.viewports["coronal"]
    transform = view.transform(view.resolved())
    u, v, _ = view.resolved().plane.lps_to_uvw(np.add(only(marked).center_lps, (way[0], 0, 0)))
    side, height = transform.to_px((float(u), float(v)))
    assert label.left == pytest.approx(side, abs=1)
    assert label.center[1] == pytest.approx(height, abs=1)
    moved = drag_label(marked, 5, 60, "coronal")  # and there it can be put elsewhere
    assert moved.top - label.top == pytest.approx(60, abs=1)
    assert only(marked).label_way_lps[1] == pytest.approx(0, abs=1e-9)
    marked.window.actions_["edit.undo"].trigger()
    assert only(marked).label_way_lps == way


def test_it_is_kept_and_undone_after_a_restart(qtbot, tmp_path):
    write_series(tmp_path / "ct")
    start = QPoint(120, 140)
    with window(qtbot) as bench:
        bench.deeds.open_paths([str(tmp_path / "ct")])
        qtbot.waitUntil(lambda: loaded(bench), timeout=20_000)
        qtbot.waitUntil(bench.window.actions_["tool.length"].isEnabled)
        bench.window.actions_["tool.length"].trigger()
        drag(surface_of(bench), start, start + QPoint(70, 20))
        before = label_of(bench)
        after = drag_label(bench, 40, 120)
        assert after != before
        bench.window.close()
    with window(qtbot) as again:
        again.deeds.open_last()
        qtbot.waitUntil(lambda: loaded(again), timeout=20_000)
        qtbot.waitUntil(lambda: len(again.session.document) == 1)
        assert label_of(again) == after
        qtbot.waitUntil(again.window.actions_["edit.undo"].isEnabled)
        again.window.actions_["edit.undo"].trigger()
        assert label_of(again) == before


def red_box(rgb, below):
    """Left, top, right and bottom of what is vermilion below a row: the letters of the label."""
    red, green, blue = (rgb[..., channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((red > 120) & (red > green + 50) & (red > blue + 50))
    columns, rows = columns[rows > below], rows[rows > below]
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_an_exported_picture_has_it_at_the_same_place_of_the_patient(marked):
    drag_label(marked, 30, 120)
    shape = replace(only(marked), colour=MarkColour.VERMILION)
    marked.session.document.put(shape)
    marked.session.interaction.selected = ""
    label, view = label_of(marked), marked.viewports["axial"].resolved()
    on_screen = marked.viewports["axial"].transform(view)
    request = session_export(marked.session, Orientation.AXIAL, (10,), frozenset({Part.MARKS}))
    snapshot = compose_snapshot(request, 10, slice_pixels(request, 10))
    frame = snapshot.frame
    # The side that faces the mark: here the upper and the left one; letters have a margin.
    x, y = frame.transform.to_px(on_screen.to_uv((label.left, label.top)))
    # The leader, as red as the letters, ends at the upper edge.
    left, top, right, bottom = red_box(render_snapshot(snapshot), y + 2 * frame.scale)
    margin = 9 * frame.scale
    assert 0 <= left - x <= margin
    assert 0 <= top - y <= margin
    assert (right - left) / frame.scale <= label.right - label.left
    assert (bottom - top) / frame.scale <= label.bottom - label.top


def test_the_magnifier_leaves_it_where_it_is(marked):
    label = drag_label(marked, 30, 120)
    marked.session.interaction.magnifier = 3.0
    QTest.mouseMove(surface_of(marked), middle_of(label) + QPoint(-20, -60))
    QTest.qWait(30)
    assert label_of(marked) == label
