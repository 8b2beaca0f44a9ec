"""Tests of the study tree panel, as it is used."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTreeWidget, QTreeWidgetItemIterator

from viewer.app.presenters.study_tree import ObjectRow, SeriesRow, StackRow, StudyRow
from viewer.core.study import DicomObject, StackKey, StudyKey
from viewer.ui.panels.study_tree import StudyTreePanel

pytestmark = pytest.mark.gui
A, B, C = StackKey("a", 0), StackKey("b", 0), StackKey("b", 1)
KEY = StudyKey("1.1", "P-7", "Doe^<b>Jane</b>")
STUDIES = (
    StudyRow(
        KEY,
        "Doe, <b>Jane</b>",
        "P-7\n2026-01-02 | Chest",
        (
            SeriesRow("2 Thin", (StackRow(A, "2 Thin", "CT, 7 images", "<i>tip</i>"),)),
            SeriesRow(
                "3 Two",
                (StackRow(B, "Stack 1", "CT, 9 images", ""), StackRow(C, "Stack 2", "CT", "")),
            ),
        ),
    ),
)


def button(widget, text) -> QPushButton:
    return next(b for b in widget.findChildren(QPushButton) if b.text() == text)


def items(tree: QTreeWidget):
    walk = QTreeWidgetItemIterator(tree)
    while walk.value() is not None:
        yield walk.value()
        walk += 1


@pytest.fixture
def tree_panel(qtbot):
    panel = StudyTreePanel()
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    panel.resize(260, 420)
    panel.set_studies(STUDIES)
    return panel


def double_click(qtbot, tree: QTreeWidget, item) -> None:
    point = tree.visualItemRect(item).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=point)
    qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=point)


def test_the_tree_shows_studies_series_and_stacks(tree_panel):
    tree = tree_panel.findChild(QTreeWidget)
    assert [item.text(0) for item in items(tree)] == [
        "Doe, <b>Jane</b>", "2 Thin", "3 Two", "Stack 1", "Stack 2",
    ]  # fmt: skip


def test_double_click_and_return_open_a_stack(tree_panel, qtbot):
    tree = tree_panel.findChild(QTreeWidget)
    stack = next(item for item in items(tree) if item.text(0) == "Stack 2")
    with qtbot.waitSignal(tree_panel.stack_requested) as asked:
        double_click(qtbot, tree, stack)
    assert asked.args == [C]
    tree.setCurrentItem(next(item for item in items(tree) if item.text(0) == "2 Thin"))
    with qtbot.waitSignal(tree_panel.stack_requested) as asked:
        qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert asked.args == [A]


REPORT = DicomObject("dose.dcm", "1.2", "a structured report", KEY)
OBJECTS = (ObjectRow(REPORT, "Structured report", "<b>Dose</b>", "tip"),)


def test_other_objects_are_folded_beside_images_and_told_when_activated(tree_panel, qtbot):
    alone = StudyRow(StudyKey("2.2", "", ""), "No name", "", (), OBJECTS)
    tree_panel.set_studies((replace(STUDIES[0], objects=OBJECTS), alone))
    tree = tree_panel.findChild(QTreeWidget)
    groups = [item for item in items(tree) if item.text(0) == "Other objects (1)"]
    assert [group.isExpanded() for group in groups] == [False, True]
    report = groups[1].child(0)
    assert report.text(0) == "Structured report"
    with qtbot.waitSignal(tree_panel.object_requested) as asked:
        double_click(qtbot, tree, report)
    assert asked.args == [REPORT]
    with qtbot.assertNotEmitted(tree_panel.object_requested):
        double_click(qtbot, tree, groups[0])
    assert groups[0].isExpanded()


def test_a_study_is_closed_by_its_menu_and_by_delete(tree_panel, qtbot):
    tree = tree_panel.findChild(QTreeWidget)
    stack = next(item for item in items(tree) if item.text(0) == "Stack 2")
    with qtbot.waitSignal(tree_panel.close_requested) as asked:
        tree_panel.study_menu(stack).actions()[-1].trigger()
    assert asked.args == [KEY]
    tree.setFocus()
    tree.setCurrentItem(stack)
    with qtbot.assertNotEmitted(tree_panel.close_requested):
        qtbot.keyClick(tree, Qt.Key.Key_Delete)
    tree.setCurrentItem(tree.topLevelItem(0))
    with qtbot.waitSignal(tree_panel.close_requested) as asked:
        qtbot.keyClick(tree, Qt.Key.Key_Delete)
    assert asked.args == [KEY]


def test_the_study_that_is_open_is_marked_beside_others(tree_panel):
    other = StackKey("z", 0)
    row = StudyRow(
        StudyKey("2.2", "", ""), "No name", "", (SeriesRow("1", (StackRow(other, "1", "", ""),)),)
    )
    tree_panel.set_studies((*STUDIES, row))
    tree = tree_panel.findChild(QTreeWidget)

    def bars():
        tree.clearSelection()
        places = [tree.visualItemRect(tree.topLevelItem(n)) for n in (0, 1)]
        seen = tree.viewport().grab().toImage()
        link = tree.palette().link().color()
        return [seen.pixelColor(p.left() + 1, p.center().y()) == link for p in places]

    tree_panel.resize(260, 700)
    tree_panel.set_active(A)
    assert bars() == [True, False]
    tree_panel.set_active(other)
    assert bars() == [False, True]


def test_double_click_on_a_study_folds_it(tree_panel, qtbot):
    tree = tree_panel.findChild(QTreeWidget)
    study = tree.topLevelItem(0)
    with qtbot.assertNotEmitted(tree_panel.stack_requested):
        double_click(qtbot, tree, study)
    assert not study.isExpanded()


def test_thumbnail_and_open_stack_change_the_picture(tree_panel):
    tree = tree_panel.findChild(QTreeWidget)
    place = tree.visualItemRect(next(item for item in items(tree) if item.text(0) == "2 Thin"))
    tree_panel.set_thumbnail(A, np.full((96, 96), 200, np.uint8))
    tree_panel.set_thumbnail(C, np.full((96, 96, 3), (250, 10, 10), np.uint8))
    tree_panel.set_thumbnail(StackKey("gone", 0), np.zeros((96, 96), np.uint8))
    seen = tree.viewport().grab(place).toImage()
    assert seen.pixelColor(34, place.height() // 2).red() == pytest.approx(200, abs=3)
    before = seen.pixelColor(1 + place.width() * 0 + 1, place.height() // 2)
    tree_panel.set_active(A)
    assert tree.currentItem().text(0) == "2 Thin"
    tree.clearSelection()
    after = tree.viewport().grab(place).toImage().pixelColor(2, place.height() // 2)
    assert before != after


def test_the_summary_can_be_pressed_where_files_were_left_out(tree_panel, qtbot):
    tree_panel.set_summary("812 files, 3 skipped", has_problems=True)
    with qtbot.waitSignal(tree_panel.problems_requested):
        qtbot.mouseClick(button(tree_panel, "812 files, 3 skipped"), Qt.MouseButton.LeftButton)
    tree_panel.set_summary("812 files", has_problems=False)
    assert not button(tree_panel, "812 files").isEnabled()


def test_tooltips_never_become_markup(tree_panel):
    tree = tree_panel.findChild(QTreeWidget)
    tip = next(item for item in items(tree) if item.text(0) == "2 Thin").toolTip(0)
    assert "&lt;i&gt;tip&lt;/i&gt;" in tip
