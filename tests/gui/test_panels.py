"""Tests of the study tree, surface and measurements panels and the problems dialog, as used."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSlider,
    QTableWidget,
)

from viewer.app.measurement_table import MeasurementRow
from viewer.app.presenters.problems import ProblemRow
from viewer.app.surface_settings import SurfaceSettings
from viewer.ui.application import make_application
from viewer.ui.dialogs.problems import ProblemsDialog
from viewer.ui.panels.measurements import MeasurementsPanel
from viewer.ui.panels.surface import SurfacePanel
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


def cell(table: QTableWidget, row: int, column: int) -> QPoint:
    item = table.item(row, column)
    assert item is not None
    return table.visualItemRect(item).center()


def test_a_click_goes_to_the_mark(marks_panel, qtbot):
    table = marks_panel.findChild(QTableWidget)
    with qtbot.waitSignal(marks_panel.mark_requested) as asked:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell(table, 1, 0))
    assert asked.args == ["u2"]


def test_the_numbers_are_whole_and_nothing_is_wider_than_the_panel(marks_panel, qtbot):
    make_application()  # the theme's paddings count
    marks_panel.resize(330, 300)
    values = ("-650.6 ± 39.0 HU", "-1000.4 ± 139.0 HU")
    rows = [MeasurementRow(v, "Ellipse", v, v, "Coronal 512", "apex") for v in values]
    marks_panel.set_rows(tuple(rows))
    qtbot.wait(10)
    table = marks_panel.findChild(QTableWidget)
    assert not table.horizontalScrollBar().isVisible()
    assert table.horizontalScrollBar().maximum() == 0
    for column in (1, 2, 3):
        assert table.sizeHintForColumn(column) <= table.columnWidth(column)
    type_cell = table.item(0, 0)
    assert (type_cell.text(), type_cell.icon().isNull()) == ("", False)
    assert type_cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Ellipse"


def test_the_selected_mark_is_the_selected_row(marks_panel):
    table = marks_panel.findChild(QTableWidget)
    marks_panel.set_selected("u3")
    assert {index.row() for index in table.selectedIndexes()} == {2}
    marks_panel.set_selected("")
    assert table.selectedIndexes() == []


def test_a_label_is_edited_in_place(marks_panel, qtbot):
    table = marks_panel.findChild(QTableWidget)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell(table, 0, 3))
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell(table, 0, 3))
    editor = table.viewport().findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "left")
    with qtbot.waitSignal(marks_panel.label_edited) as asked:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args == ["u1", "left"]
    assert not table.item(0, 1).flags() & Qt.ItemFlag.ItemIsEditable


def test_delete_and_copy_act_on_the_selected_rows(marks_panel, qtbot):
    table = marks_panel.findChild(QTableWidget)
    assert not button(marks_panel, "Delete").isEnabled()
    table.setFocus()
    table.selectRow(1)
    with qtbot.waitSignal(marks_panel.delete_requested) as asked:
        qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert asked.args == [("u2",)]
    with qtbot.waitSignal(marks_panel.copy_requested) as asked:
        qtbot.mouseClick(button(marks_panel, "Copy"), Qt.MouseButton.LeftButton)
    assert asked.args == [("u2",)]


def test_filling_the_table_is_no_edit_and_keeps_the_selection(marks_panel, qtbot):
    marks_panel.set_selected("u2")
    with qtbot.assertNotEmitted(marks_panel.label_edited):
        marks_panel.set_rows(MARKS[1:])
    table = marks_panel.findChild(QTableWidget)
    assert {index.row() for index in table.selectedIndexes()} == {0}


def test_csv_asks_for_a_place(marks_panel, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("marks", ""))
    with qtbot.waitSignal(marks_panel.csv_requested) as asked:
        qtbot.mouseClick(button(marks_panel, "Save CSV…"), Qt.MouseButton.LeftButton)
    assert asked.args == [Path("marks.csv")]
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
