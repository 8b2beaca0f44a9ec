"""Profiles, palette and own presets on the real window: one table, shown and obeyed everywhere."""

import json
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolBar, QToolButton

from tests.gui.conftest import window
from viewer.app.action_spec import Menu
from viewer.app.bindings import Gesture
from viewer.app.profiles import Profile, write_profile
from viewer.paths import config_dir
from viewer.ui.cheat_sheet import CheatSheet
from viewer.ui.image_menu import image_menu

pytestmark = pytest.mark.gui
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier

PLANTED = Profile(
    "own-planted",
    "Planted",
    keys={"tool.length": ("F9",), "view.fit": ("L", "Ctrl+F")},
    mouse={
        Gesture.RIGHT_DRAG: "pan",
        Gesture.WHEEL: "zoom-at",
        Gesture.CTRL_LEFT_DRAG: "zoom",
        Gesture.DOUBLE_CLICK: "",
        Gesture.BOTH_DRAG: "pan",
    },
    tool="scroll",
    own=True,
)


def canvas(bench):
    return bench.grid.viewports["axial"].canvas


def press(bench, key, held=NONE):
    QTest.keyClick(canvas(bench), key, held)
    QTest.qWait(20)


def mouse(bench, kind, at, button, buttons, held=NONE):
    widget = canvas(bench)
    where = QPointF(*at)
    event = QMouseEvent(kind, where, widget.mapToGlobal(where), button, buttons, held)
    QApplication.sendEvent(getattr(widget, "viewport", lambda: widget)(), event)


def drag(bench, button, held=NONE, start=(150.0, 200.0), way=(0.0, -60.0)):
    end = (start[0] + way[0], start[1] + way[1])
    mouse(bench, QEvent.Type.MouseButtonPress, start, button, button, held)
    mouse(bench, QEvent.Type.MouseMove, end, Qt.MouseButton.NoButton, button, held)
    mouse(bench, QEvent.Type.MouseButtonRelease, end, button, Qt.MouseButton.NoButton, held)


def sheet_lines(bench):
    bench.window.actions_["help.sheet"].trigger()
    sheet = bench.window.findChild(CheatSheet)
    sheet.close()
    bench.window.activateWindow()
    QTest.qWait(30)
    table = sheet.table
    cells = [[table.item(row, column) for column in range(3)] for row in range(table.rowCount())]
    return {(row[0].text(), row[1].text()) for row in cells}


def test_another_profile_is_shown_everywhere_at_once(opened, qtbot):
    window = opened.window
    before = sheet_lines(opened)
    assert {("D", "Distance"), ("Right drag", "Zoom"), ("Wheel", "Scroll slices")} <= before
    menu_action = window.actions_["tool.length"]
    bar = window.findChild(QToolBar)
    button = bar.widgetForAction(menu_action)
    assert isinstance(button, QToolButton)
    context = image_menu(window.actions_, opened.session, window)
    opened.controls.controls.save(PLANTED)
    assert menu_action in window.menu(Menu.TOOLS).actions()
    tools: Any = next(a.menu() for a in context.actions() if a.text() == "Tools")
    assert menu_action in tools.actions()
    assert menu_action.shortcuts() == [QKeySequence("F9")]
    assert "(F9)" in button.toolTip()
    assert "(D)" not in button.toolTip()
    assert window.actions_["turn.left"].shortcuts() == []
    assert "(L)" not in window.actions_["turn.left"].toolTip()
    after = {
        (table.item(row, 0).text(), table.item(row, 1).text())
        for table in (window.findChild(CheatSheet).table,)
        for row in range(table.rowCount())
    }
    assert {
        ("F9", "Distance"), ("L or Ctrl+F", "Fit to window"), ("Right drag", "Pan"),
        ("Wheel", "Zoom at the cursor"), ("Ctrl + left drag", "Zoom"), ("Left + right drag", "Pan"),
    } <= after  # fmt: skip
    assert not {("D", "Distance"), ("Right drag", "Zoom")} & after
    assert not any(keys == "Double click" for keys, _ in after)
    assert window.findChild(CheatSheet).profile.text() == "Profile: Planted"


def test_another_profile_is_obeyed_at_once(opened, qtbot):
    session = opened.session
    view = session.viewports["axial"]
    opened.controls.controls.save(PLANTED)
    press(opened, "D")
    assert session.interaction.tool == "window"
    press(opened, Qt.Key.Key_F9)
    assert session.interaction.tool == "length"
    press(opened, "W")
    view.zoom = 2.0
    press(opened, "L")
    assert view.zoom == 1.0
    drag(opened, RIGHT)
    assert view.zoom == 1.0
    assert view.pan_uv_mm[1] < 0
    drag(opened, LEFT, CTRL)
    assert view.zoom > 1.0
    window = session.display.window
    drag(opened, LEFT)
    assert session.display.window != window
    index, zoom = view.index, view.zoom
    center = QPointF(200, 200)
    turn_wheel(opened, center)
    assert view.index == index
    assert view.zoom > zoom
    QTest.mouseDClick(canvas(opened), LEFT, pos=QPoint(200, 200))
    assert session.interaction.maximised == ""


def turn_wheel(bench, at):
    from PySide6.QtGui import QWheelEvent

    widget = canvas(bench)
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(getattr(widget, "viewport", lambda: widget)(), event)


def test_both_buttons_take_over_what_one_began(opened):
    session = opened.session
    opened.controls.controls.save(PLANTED)
    window, pan = session.display.window, session.viewports["axial"].pan_uv_mm
    mouse(opened, QEvent.Type.MouseButtonPress, (150, 200), LEFT, LEFT)
    mouse(opened, QEvent.Type.MouseMove, (180, 200), Qt.MouseButton.NoButton, LEFT)
    assert session.display.window != window
    mouse(opened, QEvent.Type.MouseButtonPress, (180, 200), RIGHT, LEFT | RIGHT)
    mouse(opened, QEvent.Type.MouseMove, (180, 240), Qt.MouseButton.NoButton, LEFT | RIGHT)
    mouse(opened, QEvent.Type.MouseButtonRelease, (180, 240), RIGHT, LEFT)
    mouse(opened, QEvent.Type.MouseButtonRelease, (180, 240), LEFT, Qt.MouseButton.NoButton)
    assert session.display.window == window
    assert session.viewports["axial"].pan_uv_mm[1] > pan[1]
    assert QApplication.activePopupWidget() is None


def test_a_right_click_opens_the_menu_where_the_right_drag_does_nothing(opened, qtbot):
    opened.controls.controls.choose(opened.controls.controls.profiles.load("weasis"))
    drag(opened, LEFT)  # a drag before must not be taken for one of the right button
    drag(opened, RIGHT)
    assert QApplication.activePopupWidget() is None
    drag(opened, RIGHT, way=(1.0, 0.0))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    popup: Any = QApplication.activePopupWidget()
    popup.close()


def test_the_profile_is_kept_and_a_damaged_one_is_told(opened):
    controls = opened.controls.controls
    controls.save(PLANTED)
    assert opened.settings.settings.profile == "own-planted"
    path = config_dir() / "profiles" / "own-planted.json"
    assert controls.profiles.load("own-planted") == PLANTED
    path.write_bytes(b"{")
    known, wrong = controls.profiles.profiles()
    assert "own-planted" not in {profile.id for profile in known}
    assert [line.split(":")[0] for line in wrong] == ["own-planted.json"]


# --- the editor -------------------------------------------------------------------------------


def edited(opened):
    opened.window.actions_["help.profile"].trigger()
    return opened.controls._profile[0].editor


def test_a_key_is_given_by_pressing_it_and_taken_with_a_choice(opened, qtbot):
    editor, actions = edited(opened), opened.window.actions_
    editor.keys.select("view.fit")
    QTest.keyClick(editor.keys.field, Qt.Key.Key_L)
    assert editor.keys.verdict.text().startswith("L is “Turn left” now")
    assert editor.keys.instead.text() == "Take this key"
    assert actions["view.fit"].shortcuts() == [QKeySequence("F")]
    editor.keys.instead.click()
    assert actions["view.fit"].shortcuts() == [QKeySequence("L")]
    assert actions["turn.left"].shortcuts() == []
    assert opened.controls.controls.profile.name == "Hounsfield, changed"
    QTest.keyClick(editor.keys.field, Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    assert editor.keys.verdict.text() == "Alt+F is free"
    editor.keys.as_well.click()
    assert [k.toString() for k in actions["view.fit"].shortcuts()] == ["L", "Alt+F"]
    editor.keys.reset.click()
    assert actions["view.fit"].shortcuts() == [QKeySequence("F")]
    assert actions["turn.left"].shortcuts() == [QKeySequence("L")]


def test_gestures_are_chosen_from_a_list_and_all_can_be_reset(opened):
    editor, controls = edited(opened), opened.controls.controls
    choice = editor.mouse.choices[Gesture.RIGHT_DRAG]
    choice.setCurrentIndex(choice.findData("scroll"))
    choice.activated.emit(choice.currentIndex())
    drag(opened, RIGHT)
    assert opened.session.viewports["axial"].index != 10
    assert editor.mouse.resets[Gesture.RIGHT_DRAG].isEnabled()
    editor._reset.click()
    assert (controls.profile.mouse, controls.profile.keys) == ({}, {})
    assert not editor.mouse.resets[Gesture.RIGHT_DRAG].isEnabled()
    editor._remove.click()
    assert controls.profile.id == "hounsfield"


def test_profiles_travel_as_files(opened, tmp_path):
    editor, controls = edited(opened), opened.controls.controls
    (tmp_path / "in.json").write_bytes(write_profile(PLANTED))
    editor.imported.emit(str(tmp_path / "in.json"))
    assert (controls.profile.name, controls.profile.own) == ("Planted", True)
    assert opened.session.interaction.tool == "scroll"
    editor.exported.emit(str(tmp_path / "out.json"))
    assert json.loads((tmp_path / "out.json").read_text())["keys"]["tool.length"] == ["F9"]
    (tmp_path / "bad.json").write_text('{"hounsfield_profile": 1, "name": "B", "keys": 5}')
    editor.imported.emit(str(tmp_path / "bad.json"))
    assert "The profile cannot be used" in editor._trouble.text()
    assert controls.profile.name == "Planted"
    editor.imported.emit(str(tmp_path / "none.json"))
    assert "No such file" in editor._trouble.text()


def test_a_session_starts_with_the_tool_of_its_profile(qtbot):
    with window(qtbot) as bench:
        assert bench.session.interaction.tool == "window"
        bench.settings.save(bench.settings.settings.changed(profile="ihe-bir"))
        bench.navigator.set_tool("ellipse")
    with window(qtbot) as again:
        assert again.session.interaction.tool == "scroll"


def test_choosing_in_the_list_chooses_the_tool_too(opened):
    editor = edited(opened)
    row = editor.choice.findData("ihe-bir")
    editor.choice.setCurrentIndex(row)
    editor.choice.activated.emit(row)
    assert opened.session.interaction.tool == "scroll"
    assert opened.settings.settings.profile == "ihe-bir"
