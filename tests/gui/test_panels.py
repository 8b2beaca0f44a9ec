"""Tests of the study tree, surface and measurements panels and the problems dialog, as used."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSlider,
    QTableView,
    QTableWidget,
)

from viewer.app.change import Change, Earlier, FollowUp
from viewer.app.mark_values import MarkValues
from viewer.app.measurement_table import (
    CHANGE,
    COLUMNS,
    FOLLOW_UP_COLUMNS,
    LABEL,
    PLACE,
    TRACKED,
    TYPE,
    VALUE,
    MeasurementRow,
    Order,
)
from viewer.app.presenters.problems import ProblemRow
from viewer.app.surface_settings import SurfaceSettings
from viewer.ui.application import make_application
from viewer.ui.dialogs.problems import ProblemsDialog
from viewer.ui.panels.measurements import MeasurementsPanel
from viewer.ui.panels.surface import SurfacePanel
from viewer.ui.widgets.follow_up_line import SECOND_LINE
from viewer.ui.widgets.number_slider import NumberSlider

pytestmark = pytest.mark.gui
MARKS = (
    MeasurementRow("u1", "Length", "7.0 mm", "7.0 mm", "Axial 3", "wide"),
    MeasurementRow("u2", "Ellipse", "3 ± 1 HU", "Mean 3", "Coronal 2", "<b>x</b>"),
    MeasurementRow("u3", "Arrow", "", "", "Axial 9", ""),
)


def shown(qtbot, widget):
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def button(widget, text) -> QPushButton:
    return next(b for b in widget.findChildren(QPushButton) if b.text() == text)


# --- surface panel -----------------------------------------------------------------------------


@pytest.fixture
def surface_panel(qtbot):
    panel = shown(qtbot, SurfacePanel())
    panel.set_presets((("bone", "Bone"), ("lungs", "Lungs and airways")))
    panel.set_ready("")
    return panel


def field(panel, name) -> QDoubleSpinBox:
    return next(f for f in panel.findChildren(QDoubleSpinBox) if f.accessibleName() == name)


def slider(panel, name) -> QSlider:
    return next(s for s in panel.findChildren(QSlider) if s.accessibleName() == f"{name} slider")


def test_a_preset_button_asks_for_its_preset(surface_panel, qtbot):
    with qtbot.waitSignal(surface_panel.preset_requested) as asked:
        qtbot.mouseClick(button(surface_panel, "Lungs and airways"), Qt.MouseButton.LeftButton)
    assert asked.args == ["lungs"]
    surface_panel.set_settings(SurfaceSettings(preset="lungs", threshold=-400))
    assert button(surface_panel, "Lungs and airways").isChecked()
    assert field(surface_panel, "Threshold").value() == -400


def test_many_slider_steps_ask_for_one_surface(surface_panel, qtbot):
    asked: list[SurfaceSettings] = []
    surface_panel.settings_edited.connect(asked.append)
    for _ in range(5):
        qtbot.keyClick(slider(surface_panel, "Threshold"), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=2000)
    assert asked[0].threshold == SurfaceSettings().threshold + 50
    assert asked[0].preset == ""


def test_the_field_takes_a_typed_threshold(surface_panel, qtbot):
    spin = field(surface_panel, "Threshold")
    spin.selectAll()
    qtbot.keyClicks(spin, "-250")
    with qtbot.waitSignal(surface_panel.settings_edited) as asked:
        qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert asked.args[0].threshold == -250
    threshold = slider(surface_panel, "Threshold")
    assert threshold.value() == round((-250 + 1000) / 10)


def test_opacity_is_a_look_and_moves_at_once(surface_panel, qtbot):
    with (
        qtbot.assertNotEmitted(surface_panel.settings_edited, wait=500),
        qtbot.waitSignal(surface_panel.look_edited) as asked,
    ):
        qtbot.keyClick(slider(surface_panel, "Opacity"), Qt.Key.Key_Left)
    assert asked.args[0].opacity == pytest.approx(0.95)


def test_the_button_means_what_the_sliders_show(surface_panel, qtbot):
    make = button(surface_panel, "Make surface")
    with qtbot.waitSignal(surface_panel.compute_requested):
        qtbot.mouseClick(make, Qt.MouseButton.LeftButton)
    field(surface_panel, "Smoothing").setValue(2.5)
    with qtbot.waitSignal(surface_panel.settings_edited) as asked:
        qtbot.mouseClick(make, Qt.MouseButton.LeftButton)
    assert asked.args[0].smooth_mm == 2.5


def test_progress_can_be_cancelled_once(surface_panel, qtbot):
    bar = surface_panel.findChild(QProgressBar)
    assert not bar.isVisible()
    surface_panel.set_progress(0.4, "Marching cubes")
    assert bar.value() == 400
    cancel = button(surface_panel, "Cancel")
    with qtbot.waitSignal(surface_panel.cancel_requested):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not cancel.isEnabled()
    surface_panel.set_progress(0.5, "late news")
    assert "Stopping…" in [label.text() for label in surface_panel.findChildren(QLabel)]
    surface_panel.set_idle()
    assert not bar.isVisible()
    surface_panel.set_progress(0.1, "again")
    assert cancel.isEnabled()


def test_while_it_is_not_ready_the_reason_stands_there(surface_panel):
    surface_panel.set_ready("A surface can be made once all slices are loaded")
    make = button(surface_panel, "Make surface")
    assert not make.isEnabled()
    assert "loaded" in make.toolTip()


def test_stl_goes_where_the_reader_says(surface_panel, qtbot, monkeypatch, tmp_path):
    save = button(surface_panel, "Save as STL…")
    assert not save.isEnabled()
    surface_panel.set_result("4 triangles", has_mesh=True)
    answer = str(tmp_path / "bone")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (answer, ""))
    with qtbot.waitSignal(surface_panel.stl_requested) as asked:
        qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    assert asked.args == [tmp_path / "bone.stl"]


def test_numbers_keep_inside_a_new_range_silently(qtbot):
    number = shown(qtbot, NumberSlider("X", 0, 10, 1))
    number.set_value(9)
    with qtbot.assertNotEmitted(number.value_edited):
        number.set_range(-5, 5, 0.5, " mm")
    assert number.value == 5


# --- measurements ------------------------------------------------------------------------------


@pytest.fixture
def marks_panel(qtbot):
    panel = shown(qtbot, MeasurementsPanel())
    panel.resize(340, 300)
    panel.set_rows(MARKS)
    panel.set_note("")
    return panel


def cell(table: QTableView, row: int, column: str) -> QPoint:
    return table.visualRect(table.model().index(row, COLUMNS.index(column))).center()


def selected_lines(table: QTableView) -> set[int]:
    return {index.row() for index in table.selectionModel().selectedRows()}


def test_a_click_goes_to_the_mark(marks_panel, qtbot):
    table = marks_panel.findChild(QTableView)
    with qtbot.waitSignal(marks_panel.mark_requested) as asked:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell(table, 1, TYPE))
    assert asked.args == ["u2"]


def test_the_numbers_are_whole_and_nothing_is_wider_than_the_panel(marks_panel, qtbot):
    make_application()  # the theme's paddings count
    marks_panel.resize(330, 300)
    values = ("-650.6 ± 39.0 HU", "-1000.4 ± 139.0 HU")
    rows = [MeasurementRow(v, "Ellipse", v, v, "Coronal 512", "apex") for v in values]
    marks_panel.set_rows(tuple(rows))
    qtbot.wait(10)
    table = marks_panel.findChild(QTableView)
    assert not table.horizontalScrollBar().isVisible()
    assert table.horizontalScrollBar().maximum() == 0
    for column in (VALUE, PLACE, LABEL):
        place = COLUMNS.index(column)
        assert table.sizeHintForColumn(place) <= table.columnWidth(place)
    sign = table.model().index(0, COLUMNS.index(TYPE))
    assert (sign.data(), sign.data(Qt.ItemDataRole.DecorationRole).isNull()) == ("", False)
    assert sign.data(Qt.ItemDataRole.AccessibleTextRole) == "Ellipse"


def test_the_selected_mark_is_the_selected_row(marks_panel, qtbot):
    table = marks_panel.findChild(QTableView)
    with qtbot.assertNotEmitted(marks_panel.mark_chosen):
        marks_panel.set_selected("u3")
    assert selected_lines(table) == {2}
    marks_panel.set_selected("")
    assert selected_lines(table) == set()


def test_the_arrow_keys_choose_marks_and_enter_goes_there(marks_panel, qtbot):
    table = marks_panel.findChild(QTableView)
    marks_panel.set_selected("u1")
    table.setFocus()
    with qtbot.waitSignal(marks_panel.mark_chosen) as chosen:
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert chosen.args == ["u2"]
    with qtbot.waitSignal(marks_panel.mark_requested) as asked:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert asked.args == ["u2"]


def test_a_label_is_edited_in_place(marks_panel, qtbot):
    table = marks_panel.findChild(QTableView)
    at = cell(table, 0, LABEL)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    editor = table.viewport().findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "left")
    with qtbot.waitSignal(marks_panel.label_edited) as asked:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args == ["u1", "left"]
    value = table.model().index(0, COLUMNS.index(VALUE))
    assert not value.flags() & Qt.ItemFlag.ItemIsEditable
    marks_panel.set_rows((replace(MARKS[0], locked=True),))
    label = table.model().index(0, COLUMNS.index(LABEL))
    assert not label.flags() & Qt.ItemFlag.ItemIsEditable


def test_delete_and_copy_act_on_the_selected_rows(marks_panel, qtbot):
    table = marks_panel.findChild(QTableView)
    assert not button(marks_panel, "Delete").isEnabled()
    table.setFocus()
    table.selectRow(1)
    with qtbot.waitSignal(marks_panel.delete_requested) as asked:
        qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert asked.args == [("u2",)]
    with qtbot.waitSignal(marks_panel.copy_requested) as asked:
        qtbot.mouseClick(button(marks_panel, "Copy"), Qt.MouseButton.LeftButton)
    assert asked.args == [("u2",)]


def test_a_heading_asks_for_an_order_and_shows_it(marks_panel, qtbot):
    table = marks_panel.findChild(QTableView)
    header, place = table.horizontalHeader(), COLUMNS.index(VALUE)
    at = QPoint(header.sectionViewportPosition(place) + 10, header.height() // 2)
    with qtbot.waitSignal(marks_panel.order_requested) as asked:
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [VALUE]
    marks_panel.set_order(Order(VALUE, descending=True))
    assert header.isSortIndicatorShown()
    assert header.sortIndicatorSection() == place
    assert header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
    marks_panel.set_order(Order())
    assert not header.isSortIndicatorShown()
    menus = {action.text(): action.menu() for action in marks_panel.menu().actions()}
    assert [action.text() for action in menus["Sort by"].actions()] == list(COLUMNS)


def test_tracking_is_toggled_by_a_click_by_space_and_in_the_menu(marks_panel, qtbot):
    table = marks_panel.findChild(QTableView)
    with qtbot.waitSignal(marks_panel.track_requested) as asked:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell(table, 2, TRACKED))
    assert asked.args == [("u3",)]
    marks_panel.select_all()
    with qtbot.waitSignal(marks_panel.track_requested) as asked:
        qtbot.keyClick(table, Qt.Key.Key_Space)
    assert asked.args == [("u1", "u2", "u3")]
    assert "Untrack" in {action.text() for action in marks_panel.menu().actions()}
    marks_panel.set_rows(tuple(replace(row, tracked=False) for row in MARKS))
    assert "Track" in {action.text() for action in marks_panel.menu().actions()}
    assert table.model().index(0, COLUMNS.index(TRACKED)).data() == ""
    with qtbot.waitSignal(marks_panel.tracked_only_requested) as only:
        marks_panel.findChild(QCheckBox).click()
    assert only.args == [True]


def test_what_a_mark_was_is_the_second_line_of_its_row(marks_panel, qtbot):
    make_application()
    table = marks_panel.findChild(QTableView)
    low = table.rowHeight(0)
    assert all(table.isColumnHidden(COLUMNS.index(column)) for column in FOLLOW_UP_COLUMNS)
    before = MarkValues("5.0 mm", "5.0 mm", (5.0,), "mm")
    follow = FollowUp((Earlier(before),), (Change("Length", 7.0, 5.0, "mm"),), 30)
    marks_panel.set_rows((replace(MARKS[0], follow_up=follow), *MARKS[1:]))
    value = table.model().index(0, COLUMNS.index(VALUE))
    assert value.data(SECOND_LINE) == "was 5.0 mm, +2.0 mm (+40.0 %), 30 d"
    assert value.data(Qt.ItemDataRole.AccessibleTextRole).endswith("30 d")
    assert table.rowHeight(0) > low
    assert table.horizontalScrollBar().maximum() == 0
    marks_panel.set_rows(MARKS)
    assert table.rowHeight(0) == low
    marks_panel.set_sum("Sum of tracked diameters: 7.0 mm", "20.0 mm, Ax 3")
    label = next(w for w in marks_panel.findChildren(QLabel) if w.text().startswith("Sum"))
    assert label.isVisible()
    assert "Ax 3" in label.toolTip()


def test_a_sort_without_a_heading_is_named_above_the_value(marks_panel):
    table = marks_panel.findChild(QTableView)
    place = COLUMNS.index(VALUE)

    def heading():
        return table.model().headerData(place, Qt.Orientation.Horizontal)

    marks_panel.set_order(Order(CHANGE, descending=True))
    assert heading() == "Change"
    assert table.horizontalHeader().sortIndicatorSection() == place
    marks_panel.set_order(Order())
    assert heading() == "Value"


def test_filling_the_table_is_no_edit_and_keeps_the_selection(marks_panel, qtbot):
    marks_panel.set_selected("u2")
    with qtbot.assertNotEmitted(marks_panel.label_edited):
        marks_panel.set_rows(MARKS[1:])
    assert selected_lines(marks_panel.findChild(QTableView)) == {0}


def test_csv_asks_for_a_place(marks_panel, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("marks", ""))
    with qtbot.waitSignal(marks_panel.csv_requested) as asked:
        qtbot.mouseClick(button(marks_panel, "Save CSV…"), Qt.MouseButton.LeftButton)
    assert asked.args == [Path("marks.csv"), False]
    (every,) = [a for a in marks_panel.menu().actions() if "untracked" in a.text()]
    with qtbot.waitSignal(marks_panel.csv_requested) as asked:
        every.trigger()
    assert asked.args == [Path("marks.csv"), True]
    marks_panel.set_rows(())
    assert not button(marks_panel, "Save CSV…").isEnabled()


# --- problems ----------------------------------------------------------------------------------


def test_problems_can_be_read_beside_the_work_and_copied(qtbot):
    dialog = shown(qtbot, ProblemsDialog())
    assert not dialog.isModal()
    rows = (
        ProblemRow("Problem", "a/b.dcm", "damaged <b>badly</b>"),
        ProblemRow("Skipped", "a/notes.txt", "not DICOM"),
    )
    dialog.set_problems(rows, "812 files, 2 left out")
    table = dialog.findChild(QTableWidget)
    assert table.item(0, 2).text() == "damaged <b>badly</b>"
    qtbot.mouseClick(button(dialog, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Problem\ta/b.dcm\tdamaged <b>badly</b>",
        "Skipped\ta/notes.txt\tnot DICOM",
    ]
    table.selectRow(1)
    qtbot.mouseClick(button(dialog, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Skipped\ta/notes.txt\tnot DICOM"
