"""Hands on the viewports: every mouse binding, by real events on the real window."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QToolButton

from viewer.core.shapes import ArrowShape, EllipseShape, LengthShape
from viewer.core.window import HuWindow

pytestmark = pytest.mark.gui
LEFT, MIDDLE, RIGHT = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


def surface_of(bench, name="axial"):
    return bench.grid.viewports[name].canvas.viewport()


def middle(widget, dx=0, dy=0):
    return widget.rect().center() + QPoint(dx, dy)


def drag(widget, start, end, button=LEFT, modifier=NONE, qtbot=None):
    QTest.mouseMove(widget, start)
    QTest.mousePress(widget, button, modifier, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(widget, start + (end - start) * share)
    QTest.mouseRelease(widget, button, modifier, end)
    QTest.qWait(20)


def wheel(widget, steps, modifier=NONE, at=None):
    at = at or middle(widget)
    event = QWheelEvent(
        QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    QTest.qWait(20)


def place_of(bench, name, z, y, x):
    """Viewport pixel of a voxel."""
    presenter = bench.viewports[name]
    view = presenter.resolved()
    point = bench.session.volume.geometry.index_to_lps((z, y, x))
    u, v, _ = view.plane.lps_to_uvw(point)
    px = presenter.transform(view).to_px((float(u), float(v)))
    return QPoint(round(px[0]), round(px[1]))


def test_it_opens_in_the_middle_with_linked_crosshair(opened):
    session = opened.session
    assert {n: v.index for n, v in session.viewports.by_id.items()} == {
        "axial": 10, "coronal": 30, "sagittal": 40,
    }  # fmt: skip
    np.testing.assert_allclose(
        session.interaction.crosshair_lps, session.volume.geometry.index_to_lps((10, 30, 40))
    )


def test_what_is_on_the_screen_are_the_voxels(opened):
    opened.session.interaction.overlay = "none"
    opened.session.interaction.crosshair_visible = False
    opened.navigator.set_preset("abdomen")
    opened.navigator.show_slice(4, "axial")
    QTest.qWait(40)
    widget = surface_of(opened)
    picture = widget.grab().toImage()
    for y, x in ((20, 12), (31, 60), (44, 33)):
        value = 100 * 4 + 10 * y + x - 500
        grey = round(255 * min(max((value - (50 - 200)) / 400, 0), 1))
        ratio = picture.devicePixelRatio()
        place = place_of(opened, "axial", 4, y, x)
        shown = picture.pixelColor(round(place.x() * ratio), round(place.y() * ratio)).red()
        assert abs(shown - grey) <= 6  # smooth between voxels: 10 HU are 6 greys


def test_left_drag_is_window_and_right_is_wider_up_is_brighter(opened):
    widget, display = surface_of(opened), opened.session.display
    drag(widget, middle(widget), middle(widget, 60, 0))
    assert display.window.width > 400
    assert display.preset == ""
    level = display.window.center
    drag(widget, middle(widget), middle(widget, 0, -60))
    assert display.window.center < level


def test_middle_drag_pans_and_right_drag_zooms(opened):
    widget, viewport = surface_of(opened), opened.session.viewports["axial"]
    drag(widget, middle(widget), middle(widget, 50, 20), MIDDLE)
    scale = opened.viewports["axial"].transform(opened.viewports["axial"].resolved()).px_per_mm
    assert viewport.pan_uv_mm == pytest.approx((50 / scale, 20 / scale), rel=1e-3)
    drag(widget, middle(widget), middle(widget, 0, -60), RIGHT)
    assert viewport.zoom > 1.2


def test_a_right_click_opens_the_menu_and_a_right_drag_does_not(opened, qtbot):
    widget = surface_of(opened)
    drag(widget, middle(widget), middle(widget, 0, -40), RIGHT)
    assert not isinstance(QApplication.activePopupWidget(), QMenu)
    QTest.mouseClick(widget, RIGHT, NONE, middle(widget))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    tools = next(action.menu() for action in menu.actions() if action.text() == "Tools")
    assert isinstance(tools, QMenu)
    assert "Distance" in [action.text() for action in tools.actions()]
    menu.close()


@pytest.mark.parametrize(
    ("steps", "modifier", "index"), [(1, NONE, 11), (-2, NONE, 8), (1, SHIFT, 19), (-1, SHIFT, 0)]
)
def test_wheel_scrolls_and_shift_steps_ten(opened, steps, modifier, index):
    wheel(surface_of(opened), steps, modifier)
    assert opened.session.viewports["axial"].index == index


def test_parts_of_a_notch_add_up(opened):
    widget = surface_of(opened)
    for _ in range(5):
        at = middle(widget)
        QApplication.sendEvent(widget, QWheelEvent(
            QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, 48),
            Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
        ))  # fmt: skip
    assert opened.session.viewports["axial"].index == 12


def test_ctrl_wheel_zooms_at_the_cursor(opened):
    widget, presenter = surface_of(opened), opened.viewports["axial"]
    at = middle(widget, 70, -30)
    before = presenter.transform(presenter.resolved()).to_uv((at.x(), at.y()))
    wheel(widget, 3, CTRL, at)
    after = presenter.transform(presenter.resolved()).to_uv((at.x(), at.y()))
    assert opened.session.viewports["axial"].zoom > 1.4
    assert after == pytest.approx(before, abs=1e-6)
    assert opened.session.viewports["axial"].index == 10


def test_double_click_maximises_and_restores(opened):
    widget = surface_of(opened, "sagittal")
    QTest.mouseDClick(widget, LEFT, NONE, middle(widget))
    QTest.qWait(30)
    assert opened.session.interaction.maximised == "sagittal"
    assert not opened.grid.viewports["axial"].isVisible()
    assert opened.grid.viewports["sagittal"].size() == opened.grid.size()
    QTest.mouseDClick(widget, LEFT, NONE, middle(widget))
    QTest.qWait(30)
    assert opened.grid.viewports["axial"].isVisible()


def test_the_cursor_tells_value_and_position(opened):
    place = place_of(opened, "axial", 10, 20, 50)
    QTest.mouseMove(surface_of(opened), middle(surface_of(opened)))
    QTest.mouseMove(surface_of(opened), place)
    QTest.qWait(30)
    index = opened.session.volume.geometry.lps_to_index(opened.session.interaction.cursor_lps)
    np.testing.assert_allclose(index, (10, 20, 50), atol=0.5)


def test_crosshair_tool_moves_the_other_views(opened):
    opened.window.actions_["tool.crosshair"].trigger()
    QTest.mouseClick(surface_of(opened), LEFT, NONE, place_of(opened, "axial", 10, 12, 66))
    QTest.qWait(20)
    viewports = opened.session.viewports
    assert (viewports["coronal"].index, viewports["sagittal"].index) == (12, 66)
    assert viewports["axial"].index == 10


def test_scrolling_takes_the_crosshair_along(opened):
    wheel(surface_of(opened, "coronal"), -5)
    geometry = opened.session.volume.geometry
    index = geometry.lps_to_index(opened.session.interaction.crosshair_lps)
    np.testing.assert_allclose(index, (10, 35, 40), atol=1e-6)
    # So that jumping back to where it was is a change, and is followed.
    opened.navigator.jump_to(tuple(geometry.index_to_lps((10, 30, 40))))
    assert opened.session.viewports["coronal"].index == 30


def test_jumping_brings_the_place_into_a_zoomed_view(opened):
    opened.session.viewports["axial"].zoom = 8.0
    QTest.qWait(30)
    geometry = opened.session.volume.geometry
    opened.navigator.jump_to(tuple(geometry.index_to_lps((3, 5, 6))))
    QTest.qWait(30)
    place = place_of(opened, "axial", 3, 5, 6)
    assert surface_of(opened).rect().contains(place)
    assert opened.session.viewports["axial"].index == 3


def test_a_length_is_drawn_measured_and_undone(opened):
    opened.window.actions_["tool.length"].trigger()
    widget = surface_of(opened)
    drag(widget, place_of(opened, "axial", 10, 20, 20), place_of(opened, "axial", 10, 20, 60))
    (shape,) = opened.session.document
    assert isinstance(shape, LengthShape)
    assert shape.length_mm == pytest.approx(40 * 0.7, abs=0.6)
    assert opened.session.interaction.selected == shape.uid
    opened.window.actions_["edit.undo"].trigger()
    assert len(opened.session.document) == 0


def test_an_ellipse_in_a_reformatted_plane_lands_on_its_voxels(opened):
    opened.window.actions_["tool.ellipse"].trigger()
    widget = surface_of(opened, "coronal")
    drag(widget, place_of(opened, "coronal", 15, 30, 20), place_of(opened, "coronal", 5, 30, 50))
    (shape,) = opened.session.document
    assert isinstance(shape, EllipseShape)
    index = opened.session.volume.geometry.lps_to_index(shape.center)
    np.testing.assert_allclose(index, (10, 30, 35), atol=0.6)


def test_a_grip_is_dragged_and_delete_deletes(opened):
    opened.window.actions_["tool.length"].trigger()
    widget = surface_of(opened)
    end = place_of(opened, "axial", 10, 20, 60)
    drag(widget, place_of(opened, "axial", 10, 20, 20), end)
    drag(widget, end, place_of(opened, "axial", 10, 20, 40))
    (shape,) = opened.session.document
    assert shape.length_mm == pytest.approx(20 * 0.7, abs=0.6)
    QTest.keyClick(opened.grid.viewports["axial"].canvas, Qt.Key.Key_Delete)
    assert len(opened.session.document) == 0


def test_an_arrow_asks_for_its_words_on_the_image(opened, qtbot):
    opened.window.actions_["tool.arrow"].trigger()
    widget = surface_of(opened)
    drag(widget, place_of(opened, "axial", 10, 20, 20), place_of(opened, "axial", 10, 35, 40))
    entry = opened.grid.viewports["axial"].findChild(QLineEdit)
    qtbot.waitUntil(entry.isVisible)
    QTest.keyClicks(entry, "Wedge DW")  # letters that are also keys of tools
    QTest.keyClick(entry, Qt.Key.Key_Return)
    (shape,) = opened.session.document
    assert isinstance(shape, ArrowShape)
    assert shape.text == "Wedge DW"
    assert opened.session.interaction.tool == "arrow"
    assert not entry.isVisible()


def test_escape_cancels_a_drag(opened):
    widget, display = surface_of(opened), opened.session.display
    QTest.mousePress(widget, LEFT, NONE, middle(widget))
    QTest.mouseMove(widget, middle(widget, 80, 0))
    assert display.window.width > 400
    opened.window.actions_["edit.cancel"].trigger()
    assert display.window == HuWindow(400, 40)
    QTest.mouseRelease(widget, LEFT, NONE, middle(widget, 80, 0))
    assert display.window == HuWindow(400, 40)


def test_the_slice_bar_scrolls(opened):
    bar = opened.grid.viewports["axial"].slice_bar
    QTest.mouseClick(bar, LEFT, NONE, QPoint(6, bar.height() - 4))
    assert opened.session.viewports["axial"].index == 0
    QTest.mouseClick(bar, LEFT, NONE, QPoint(6, 4))
    assert opened.session.viewports["axial"].index == 19


def test_slices_that_arrive_are_shown(opened, qtbot):
    session = opened.session
    session.open_stack.loaded = frozenset()
    session.voxels_changed.emit(frozenset())
    session.volume.data[10] = 1000
    session.add_loaded(frozenset({10}))
    session.interaction.overlay = "none"
    session.interaction.crosshair_visible = False
    qtbot.wait(30)
    widget = surface_of(opened)
    colour = widget.grab().toImage().pixelColor(place_of(opened, "axial", 10, 30, 40))
    assert colour.red() == 255


def test_touching_a_view_makes_it_the_active_one(opened):
    wheel(surface_of(opened, "sagittal"), 1)
    assert opened.session.interaction.active == "sagittal"
    assert opened.grid.viewports["sagittal"].property("active") == "true"
    assert opened.grid.viewports["axial"].property("active") == "false"


def test_choosing_a_view_by_key_gives_it_the_keyboard(opened, qtbot):
    button = next(b for b in opened.grid.cells["3d"].findChildren(QToolButton) if b.isVisible())
    for name in ("axial", "coronal"):  # also where it is the active one already
        button.setFocus()
        assert button.hasFocus()
        QTest.keyClick(button, {"axial": Qt.Key.Key_1, "coronal": Qt.Key.Key_2}[name], CTRL)
        assert opened.grid.viewports[name].canvas.hasFocus()
        before = opened.session.viewports[name].index
        QTest.keyClick(opened.window.focusWidget() or opened.window, Qt.Key.Key_Down)
        assert opened.session.viewports[name].index == before + (-1 if name == "axial" else 1)


def test_a_slice_smaller_than_its_pixels_is_averaged(opened):
    session = opened.session
    session.interaction.overlay = "none"
    session.interaction.crosshair_visible = False
    session.volume.data[10] = -160
    session.volume.data[10, :, ::2] = 240  # white and black columns: grey from afar
    session.viewports["axial"].zoom = 0.2
    session.display.window = HuWindow(400, 40)
    session.add_loaded(frozenset({10}))
    QTest.qWait(40)
    presenter = opened.viewports["axial"]
    assert presenter.transform(presenter.resolved()).px_per_mm * 0.7 < 4
    session.viewports["axial"].zoom = 0.02  # smaller than hands can make it: 60 x 80 voxels
    QTest.qWait(40)
    picture = surface_of(opened).grab().toImage()
    places = [place_of(opened, "axial", 10, 30, x) for x in range(20, 60, 3)]
    shown = [picture.pixelColor(p).red() for p in places]
    assert min(shown) > 90
    assert max(shown) < 165
