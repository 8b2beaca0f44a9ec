"""Marks through real events: keys that end, take back and delete; menus; locks; the table."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTableView, QToolButton

from tests.gui.test_viewports import drag, place_of, surface_of
from viewer.app import mark_edits
from viewer.app.actions import MORE_TOOLS
from viewer.core.commands import PutShape
from viewer.core.shapes import MarkColour, PolygonShape, PolylineShape, TextShape
from viewer.ui.dialogs.copy_marks import CopyMarksDialog

WAY = [(20, 15), (20, 40), (40, 55), (45, 20)]


def click(widget, point, button=Qt.MouseButton.LeftButton):
    at = point.toPoint() if isinstance(point, QPointF) else point
    QTest.mouseMove(widget, at)
    QTest.mouseClick(widget, button, Qt.KeyboardModifier.NoModifier, at)


def draw(bench, tool, places=WAY):
    bench.window.actions_[f"tool.{tool}"].trigger()
    widget = surface_of(bench)
    for y, x in places:
        click(widget, place_of(bench, "axial", 10, y, x))
    return widget


def voxels(bench, shape):
    return bench.session.volume.geometry.lps_to_index(shape.points_lps)


@pytest.mark.parametrize("ending", ["enter", "right", "double"])
@pytest.mark.parametrize(("tool", "kind"), [("polyline", PolylineShape), ("polygon", PolygonShape)])
def test_a_path_ends_by_enter_right_click_or_double_click(opened, tool, kind, ending):
    widget = draw(opened, tool)
    canvas = opened.grid.viewports["axial"].canvas
    end = place_of(opened, "axial", 10, *WAY[-1])
    if ending == "enter":
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    elif ending == "right":
        click(widget, end, Qt.MouseButton.RightButton)
    else:
        at = end.toPoint() if isinstance(end, QPointF) else end
        QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    (shape,) = opened.session.document
    assert isinstance(shape, kind)
    expected = [(10, y, x) for y, x in WAY]
    np.testing.assert_allclose(voxels(opened, shape), expected, atol=0.6)
    assert opened.session.interaction.maximised == ""


def test_without_a_mark_in_the_making_enter_maximises(opened):
    QTest.keyClick(opened.grid.viewports["axial"].canvas, Qt.Key.Key_Return)
    assert opened.session.interaction.maximised == "axial"


def test_backspace_takes_the_last_point_back_then_deletes(opened):
    draw(opened, "polyline")
    canvas = opened.grid.viewports["axial"].canvas
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    (shape,) = opened.session.document
    assert len(shape.points_lps) == 3
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert len(opened.session.document) == 0


def test_escape_drops_what_is_being_drawn(opened):
    draw(opened, "polygon")
    QTest.keyClick(opened.grid.viewports["axial"].canvas, Qt.Key.Key_Escape)
    assert len(opened.session.document) == 0
    assert opened.session.interaction.draft is None


def test_a_locked_mark_tells_why_it_stays(opened):
    opened.window.actions_["tool.length"].trigger()
    widget = surface_of(opened)
    end = place_of(opened, "axial", 10, 20, 60)
    drag(widget, place_of(opened, "axial", 10, 20, 20), end)
    (before,) = opened.session.document
    opened.window.actions_["mark.lock"].trigger()
    opened.window.actions_["tool.window"].trigger()
    told: list[str] = []
    opened.session.told.connect(told.append)
    drag(widget, end, place_of(opened, "axial", 10, 30, 40))
    QTest.keyClick(opened.grid.viewports["axial"].canvas, Qt.Key.Key_Delete)
    (after,) = opened.session.document
    assert after.points_lps == before.points_lps
    assert len(told) == 2
    assert "locked" in told[0]


def test_menu_actions_change_the_selected_mark(opened, qtbot):
    opened.window.actions_["tool.length"].trigger()
    drag(
        surface_of(opened),
        place_of(opened, "axial", 10, 20, 20),
        place_of(opened, "axial", 10, 20, 60),
    )
    actions = opened.window.actions_
    actions["mark.colour.yellow"].trigger()
    actions["mark.copy_next"].trigger()
    one, two = opened.session.document
    assert one.colour is two.colour is MarkColour.YELLOW
    np.testing.assert_allclose(
        voxels(opened, two) - voxels(opened, one), [(1, 0, 0)] * 2, atol=1e-9
    )
    actions["mark.hide"].trigger()
    assert next(iter(opened.session.document)).hidden
    actions["mark.show_all"].trigger()
    assert not any(shape.hidden for shape in opened.session.document)
    qtbot.wait(20)  # the table follows a turn later
    actions["mark.select_all"].trigger()
    assert len(opened.panels.measurements._selected_uids()) == 2


def test_a_range_of_slices_is_asked_for(opened, qtbot):
    opened.window.actions_["tool.probe"].trigger()
    click(surface_of(opened), place_of(opened, "axial", 10, 20, 20))
    qtbot.waitUntil(opened.window.actions_["mark.copy_range"].isEnabled)
    opened.window.actions_["mark.copy_range"].trigger()
    dialog = opened.window.findChild(CopyMarksDialog)
    assert dialog.slices == (11, 12)
    dialog._last.setValue(15)
    dialog.accept()
    slices = sorted(round(voxels(opened, shape)[0][0]) for shape in opened.session.document)
    assert slices == [10, 11, 12, 13, 14]
    opened.window.actions_["edit.undo"].trigger()
    assert len(opened.session.document) == 1


def test_a_text_is_asked_for_and_renamed_in_place(opened, qtbot):
    opened.window.actions_["tool.text"].trigger()
    click(surface_of(opened), place_of(opened, "axial", 10, 20, 20))
    entry = opened.grid.viewports["axial"]._entry
    qtbot.waitUntil(entry.isVisible)
    QTest.keyClicks(entry, "one")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    qtbot.waitUntil(opened.window.actions_["mark.rename"].isEnabled)
    opened.window.actions_["mark.rename"].trigger()
    assert entry.text() == "one"
    entry.setText("two")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    (shape,) = opened.session.document
    assert isinstance(shape, TextShape)
    assert shape.words == "two"


def test_the_menu_of_the_table_acts_on_the_selected_rows(opened, qtbot):
    draw(opened, "probe", WAY[:3])
    panel = opened.panels.measurements
    qtbot.wait(20)  # the table follows a turn later
    panel.select_all()
    menu = panel.menu()
    texts = {action.text(): action for action in menu.actions()}
    texts["Lock"].trigger()
    assert all(shape.locked for shape in opened.session.document)
    qtbot.wait(20)
    assert {action.text() for action in panel.menu().actions()} >= {"Unlock", "Hide"}


def test_seldom_tools_stand_behind_one_button_and_nothing_overflows(opened):
    opened.window.resize(1600, 950)
    bar = opened.window.findChild(object, "toolbar")
    buttons = bar.findChildren(QToolButton)
    (more,) = [button for button in buttons if button.accessibleName() == MORE_TOOLS]
    assert {action.objectName() for action in more.menu().actions()} >= {"tool.cobb", "tool.text"}
    opened.window.actions_["tool.cobb"].trigger()
    assert more.isChecked()
    opened.window.actions_["tool.window"].trigger()
    assert not more.isChecked()
    extension = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert extension is None or not extension.isVisible()


def click_right(bench, place):
    widget = surface_of(bench)
    QTest.mouseClick(widget, Qt.MouseButton.RightButton, pos=place)


def entries(menu):
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_menu_of_a_mark_is_about_it_and_elsewhere_nothing_is(opened, qtbot):
    opened.window.actions_["tool.length"].trigger()
    start, end = (place_of(opened, "axial", 10, 20, x) for x in (20, 60))
    drag(surface_of(opened), start, end)
    opened.session.interaction.selected = ""
    opened.window.actions_["tool.window"].trigger()
    click_right(opened, (start + end) / 2)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu: Any = QApplication.activePopupWidget()
    (shape,) = opened.session.document
    assert opened.session.interaction.selected == shape.uid
    texts = entries(menu)
    assert texts[:2] == ["Go to the mark", "Rename…"]
    assert {"Delete mark", "Colour of the mark", "Pair with a prior mark"} <= set(texts)
    assert len(texts) <= 16
    assert opened.window.actions_["mark.lock"].isEnabled()
    menu.close()
    click_right(opened, place_of(opened, "axial", 10, 50, 20))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() not in (None, menu))
    menu = QApplication.activePopupWidget()
    texts = entries(menu)
    assert opened.session.interaction.selected == ""
    assert not any("mark" in text.casefold() for text in texts)
    assert len(texts) <= 18
    menu.close()


def test_an_undo_out_of_view_is_told_with_a_way_to_see_it(opened, qtbot):
    opened.window.actions_["tool.length"].trigger()
    drag(surface_of(opened), *(place_of(opened, "axial", 10, 20, x) for x in (20, 60)))
    opened.session.viewports["axial"].index = 3
    qtbot.wait(20)
    opened.window.actions_["edit.undo"].trigger()
    notices = opened.window.notifications
    (notice,) = notices.messages()
    assert notice.said[1] == "Undone: distance, Ax 11"
    assert opened.session.viewports["axial"].index == 3
    show = next(b for b in notice.findChildren(QPushButton) if b.text() == "Show")
    show.click()
    assert opened.session.viewports["axial"].index == 10
    qtbot.waitUntil(opened.window.actions_["edit.redo"].isEnabled)
    opened.window.actions_["edit.redo"].trigger()
    (notice,) = notices.messages()
    assert notice.said[1] == "Redone: distance, Ax 11"
    assert not [b for b in notice.findChildren(QPushButton) if b.text() == "Show"]


def test_a_mark_deleted_out_of_view_is_told_and_can_be_brought_back(opened, qtbot):
    opened.window.actions_["tool.length"].trigger()
    drag(surface_of(opened), *(place_of(opened, "axial", 10, 20, x) for x in (20, 60)))
    opened.session.viewports["axial"].index = 3
    qtbot.wait(20)
    QTest.keyClick(opened.grid.viewports["axial"].canvas, Qt.Key.Key_Delete)
    (notice,) = opened.window.notifications.messages()
    assert notice.said[1] == "Deleted: Length, Ax 11"
    next(b for b in notice.findChildren(QPushButton) if b.text() == "Undo").click()
    (shape,) = opened.session.document
    mark_edits.delete(opened.session, (shape.uid,))
    opened.session.undo.run(PutShape(replace(shape, uid="another")))
    assert opened.window.notifications.messages() == []  # no Undo of something else is offered


def test_the_keys_of_marks_act_in_the_list_too(opened, qtbot):
    opened.window.actions_["tool.length"].trigger()
    for y in (20, 40):
        drag(surface_of(opened), *(place_of(opened, "axial", 10, y, x) for x in (20, 60)))
    qtbot.wait(30)
    opened.window.actions_["mark.select_all"].trigger()
    table = opened.panels.measurements.findChild(QTableView)
    assert table.hasFocus()
    QTest.keyClick(table, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    assert all(shape.tracked for shape in opened.session.document)  # lengths are not by default
    QTest.keyClick(table, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    assert not any(shape.tracked for shape in opened.session.document)
    QTest.keyClick(table, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert all(shape.locked for shape in opened.session.document)
    QTest.keyClick(table, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert all(shape.hidden for shape in opened.session.document)
    QTest.keyClick(table, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    opened.session.viewports["axial"].index = 3
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_J)
    assert opened.session.viewports["axial"].index == 10
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
