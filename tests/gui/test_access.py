"""Every window and dialog by keyboard and for a screen reader: names, and the way of Tab."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QToolButton, QVBoxLayout, QWidget

from tests.support.access import obstacles
from viewer.app.actions import ACTIONS

pytestmark = pytest.mark.gui

ASKS_THE_SYSTEM = frozenset({"file.open", "file.open_folder", "file.open_sample", "help.logs"})
"""Dialogs of the system, or none at all."""


def test_a_nameless_button_and_one_off_the_way_are_found(qtbot):
    window = QWidget()
    column = QVBoxLayout(window)
    nameless, unreached = QToolButton(), QPushButton("Named")
    unreached.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    for button in (nameless, unreached, QPushButton("Fine")):
        column.addWidget(button)
    qtbot.addWidget(window)
    window.show()
    found = obstacles(window)
    assert [line.rpartition(": ")[2] for line in found] == ["has no name", "Tab does not reach it"]


def test_the_start_page_and_the_window_without_a_study(bench):
    assert obstacles(bench.window) == []


def test_the_window_with_every_panel(opened, qtbot):
    window = opened.window
    for tab in range(window.tabs.count()):
        window.tabs.setCurrentIndex(tab)
        qtbot.wait(20)
        assert obstacles(window) == [], window.tabs.titles[tab]


DIALOGS = [
    spec.id
    for spec in ACTIONS
    if spec.id not in ASKS_THE_SYSTEM
    and (spec.text.endswith("…") or spec.id in ("help.sheet", "help.about"))
]


@pytest.mark.parametrize("action_id", DIALOGS)
def test_a_dialog_has_names_a_way_and_closes_with_escape(opened, qtbot, action_id):
    action = opened.window.actions_[action_id]
    if not action.isEnabled():
        pytest.skip("needs more than an open series")
    before = set(QApplication.topLevelWidgets())
    action.trigger()
    qtbot.wait(50)
    fresh = set(QApplication.topLevelWidgets()) - before
    dialogs = [w for w in fresh if isinstance(w, QDialog) and w.isVisible()]
    for dialog in dialogs:
        assert dialog.windowTitle()
        assert obstacles(dialog) == []
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.wait(20)
        assert not dialog.isVisible()


def test_tab_walks_through_the_controls_of_a_panel(opened, qtbot):
    window = opened.window
    window.show_tab("Surface")
    qtbot.wait(20)
    seen = []
    window.tabs.currentWidget().setFocus()
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        if widget in seen:
            break
        seen.append(widget)
    assert len(seen) > 10


def test_an_image_tells_what_it_shows_when_it_gets_the_focus_and_not_before(opened, qtbot):
    view = opened.grid.viewports["coronal"]
    view.canvas.clearFocus()
    qtbot.wait(30)
    told = view.canvas.accessibleDescription()
    opened.navigator.show_slice(7, "coronal")
    qtbot.wait(50)
    assert view.canvas.accessibleDescription() == told
    view.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: "8 / 60" in view.canvas.accessibleDescription(), timeout=2000)
    assert "W 400  L 40" in view.canvas.accessibleDescription()


def test_each_menu_has_its_own_letter(opened):
    letters = [
        action.text()[action.text().index("&") + 1].casefold()
        for action in opened.window.menuBar().actions()
    ]
    assert len(letters) == len(set(letters))
