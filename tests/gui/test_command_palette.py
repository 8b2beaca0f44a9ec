"""The command palette on the real window, by keyboard alone."""

from time import perf_counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.test_controls import CTRL, press
from viewer.ui.widgets.command_palette import CommandPalette

pytestmark = pytest.mark.gui


def palette_of(opened):
    press(opened, "K", CTRL)
    palette = opened.window.findChild(CommandPalette)
    assert palette.isVisible()
    assert palette.field.hasFocus()
    return palette


def test_the_palette_does_what_is_typed_by_keyboard_alone(opened):
    palette = palette_of(opened)
    QTest.keyClicks(palette.field, "bone")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert opened.session.display.preset == "bone"
    assert not palette.isVisible()
    palette = palette_of(opened)
    assert palette.list.topLevelItem(0).text(0) == "Bone"  # what was used last comes first
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert opened.session.display.preset == "bone"


def test_the_palette_shows_keys_and_reasons(opened):
    palette = palette_of(opened)
    QTest.keyClicks(palette.field, "wl")
    assert palette.list.topLevelItem(0).text(0) == "Window / level"
    assert palette.list.topLevelItem(0).text(2) == "W"
    palette.field.setText("redo")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert palette._about.text() == "Not now: Nothing to redo"
    palette.field.setText("no such thing at all")
    assert palette.list.topLevelItemCount() == 0
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    palette.field.setText("slice")
    first = palette.list.currentIndex().row()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == first + 1
    assert opened.session.viewports["axial"].index == 10
    palette.hide()


def test_the_palette_opens_a_recent_study_unless_identity_is_masked(opened, monkeypatch):
    asked: list[list[str]] = []
    opened.controls._open_path = asked.append
    store = opened.settings
    store.save(store.settings.with_recent("/studies/Asked For"))
    palette = palette_of(opened)
    palette.field.setText("asked for")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert asked == [["/studies/Asked For"]]
    opened.session.interaction.teaching = True
    palette = palette_of(opened)
    palette.field.setText("asked for")
    assert palette.list.topLevelItemCount() == 0
    palette.hide()


def test_the_palette_opens_fast(opened, qtbot):
    """Best of some openings: other programs share this machine."""
    times_s = []
    for _ in range(5):
        begin = perf_counter()
        opened.controls.show_palette()
        QApplication.processEvents()
        times_s.append(perf_counter() - begin)
        opened.controls.show_palette()
        qtbot.wait(5)
    assert min(times_s) < 0.05


def test_the_palette_opens_while_a_comment_is_typed(opened, qtbot):
    opened.window.activateWindow()
    opened.window.actions_["key.toggle"].trigger()
    opened.window.actions_["key.comment"].trigger()
    qtbot.wait(30)
    opened.window.actions_["help.palette"].trigger()
    qtbot.wait(60)
    assert opened.window.findChild(CommandPalette).isVisible()
