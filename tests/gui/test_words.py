"""Words of marks: Esc gives up, Return keeps, and they are one step with their mark."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.test_marks import click
from tests.gui.test_viewports import drag, place_of, surface_of
from viewer.core.shapes import ArrowShape, TextShape

pytestmark = pytest.mark.gui


def ask_text(bench, qtbot):
    bench.window.actions_["tool.text"].trigger()
    click(surface_of(bench), place_of(bench, "axial", 10, 20, 20))
    entry = bench.grid.viewports["axial"]._entry
    qtbot.waitUntil(entry.isVisible)
    return entry


def steps(bench):
    undo = bench.session.undo
    return undo.undo_text, undo.redo_text


def test_escape_at_the_words_of_a_text_leaves_nothing(opened, qtbot):
    entry = ask_text(opened, qtbot)
    QTest.keyClicks(entry, "never mind")
    QTest.keyClick(entry, Qt.Key.Key_Escape)
    assert not entry.isVisible()
    assert (list(opened.session.document), steps(opened)) == ([], (None, None))
    QTest.keyClick(ask_text(opened, qtbot), Qt.Key.Key_Return)
    assert (list(opened.session.document), steps(opened)) == ([], (None, None))


def test_a_text_and_its_words_are_one_step(opened, qtbot):
    entry = ask_text(opened, qtbot)
    QTest.keyClicks(entry, "one")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert [shape.words for shape in opened.session.document] == ["one"]
    opened.session.undo.undo()
    assert (list(opened.session.document), steps(opened)[0]) == ([], None)
    opened.session.undo.redo()
    assert [shape.words for shape in opened.session.document] == ["one"]


def test_escape_while_renaming_keeps_the_words(opened, qtbot):
    entry = ask_text(opened, qtbot)
    QTest.keyClicks(entry, "one")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    qtbot.waitUntil(opened.window.actions_["mark.rename"].isEnabled)
    opened.window.actions_["mark.rename"].trigger()
    entry.setText("two")
    QTest.keyClick(entry, Qt.Key.Key_Escape)
    (shape,) = opened.session.document
    assert isinstance(shape, TextShape)
    assert shape.words == "one"
    opened.window.actions_["mark.rename"].trigger()
    entry.setText("two")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    opened.session.undo.undo()
    assert [shape.words for shape in opened.session.document] == ["one"]


def test_an_arrow_stays_without_its_text_after_escape(opened, qtbot):
    opened.window.actions_["tool.arrow"].trigger()
    drag(
        surface_of(opened),
        place_of(opened, "axial", 10, 20, 20),
        place_of(opened, "axial", 10, 30, 40),
    )
    entry = opened.grid.viewports["axial"]._entry
    qtbot.waitUntil(entry.isVisible)
    QTest.keyClick(entry, Qt.Key.Key_Escape)
    (shape,) = opened.session.document
    assert isinstance(shape, ArrowShape)
    assert shape.words == ""


def test_words_have_an_end(opened, qtbot):
    entry = ask_text(opened, qtbot)
    entry.setText("x" * 5000)
    QTest.keyClick(entry, Qt.Key.Key_Return)
    (shape,) = opened.session.document
    assert len(shape.words) == 1000
