"""Every window and dialog by keyboard and for a screen reader: names, and the way of Tab."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from tests.support.access import obstacles
from tests.support.volumes import make_geometry, make_volume
from viewer.app.actions import ACTIONS
from viewer.core.document import AnnotationDocument
from viewer.core.layout import grid_layout
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack
from viewer.core.shapes import LengthShape, as_point
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow

pytestmark = pytest.mark.gui

ASKS_THE_SYSTEM = frozenset(
    {"file.open", "file.open_folder", "file.open_sample", "file.export_stl", "help.logs"}
)
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


@pytest.fixture
def rich(bench, qtbot):
    """A series and its prior with a mark each, and a key image: every dialog opens."""
    bench.session.set_layout(grid_layout(1, 2), {}, "1")
    grid = make_geometry((20, 60, 80))
    for name, series in (("1", "2.2"), ("2", "1.1")):
        volume = make_volume(grid)
        stack = replace(volume.stack, key=StackKey(series, 1))
        volume = replace(volume, stack=stack)
        start, end = (as_point(grid.index_to_lps((10, 20, x))) for x in (10, 40))
        mark = LengthShape(
            frame_of_reference_uid="1.2.3",
            stack=stack.key,
            normal_lps=(0.0, 0.0, 1.0),
            start_lps=start,
            end_lps=end,
            uid=f"mark-{series}",
        )
        state = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(400, 40)), stack.key)
        state.index = 10
        document = AnnotationDocument(series, (mark,))
        bench.session.show(name, OpenStack(volume, document), state)
        bench.session.add_loaded(frozenset(range(20)), stack.key)
    bench.session.interaction.selected = "mark-2.2"
    bench.window.actions_["key.toggle"].trigger()
    qtbot.wait(40)
    for field in bench.grid.findChildren(QLineEdit):
        if field.isVisible():
            QTest.keyClick(field, Qt.Key.Key_Return)  # it asked for a comment
    return bench


def shown_widgets():
    """What a reader has to leave again: dialogs, menus, and fields over an image."""
    widgets = QApplication.allWidgets()
    return {w for w in widgets if w.isVisible() and (w.isWindow() or isinstance(w, QLineEdit))}


@pytest.mark.parametrize("action_id", DIALOGS)
def test_a_dialog_has_names_a_way_and_closes_with_escape(rich, qtbot, action_id):
    action = rich.window.actions_[action_id]
    qtbot.waitUntil(action.isEnabled)
    before = shown_widgets()
    action.trigger()
    qtbot.waitUntil(lambda: bool(shown_widgets() - before))  # else nothing opened
    qtbot.wait(50)
    fresh = shown_widgets() - before
    for dialog in (w for w in fresh if isinstance(w, QDialog)):
        assert dialog.windowTitle()
        assert obstacles(dialog) == []
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.wait(20)
        assert not isValid(dialog) or not dialog.isVisible()
    for menu in fresh:
        if isValid(menu) and isinstance(menu, QMenu) and menu.isVisible():
            assert all(entry.text() or entry.isSeparator() for entry in menu.actions())
            QTest.keyClick(menu, Qt.Key.Key_Escape)
            assert not isValid(menu) or not menu.isVisible()


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
