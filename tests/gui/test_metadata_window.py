"""The metadata browser as a reader uses it: keys, clicks, scrolling, comparing, copying."""

import time

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QSpinBox

from tests.support.dicom_writer import analytic_hu, enhanced_set, save, write_series
from tests.support.elements import element, sequence
from viewer.app.tag_outline import TagOutline
from viewer.app.tag_rows import tag_rows
from viewer.ui.dialogs.metadata import MetadataWindow
from viewer.ui.widgets.tag_table import DIFFERENCE, NAME, OTHER, TAG, VALUE, TagTable

pytestmark = pytest.mark.gui


def add_nested(one, z):
    one.ReferencedImageSequence = [pydicom.Dataset()]
    one.ReferencedImageSequence[0].ReferencedSOPInstanceUID = f"1.2.3.{z}"
    one.SpecificCharacterSet = "ISO_IR 192"
    one.PatientComments = "<b>bold</b> \u202e<img src=x>"


@pytest.fixture
def browser(bench, qtbot, tmp_path):
    """The window of the middle slice of a series of six, opened by its key."""
    write_series(tmp_path / "ct", change=add_nested)
    write_series(tmp_path / "ct2", analytic_hu((3, 36, 40)), series_uid="1.2.77", prefix="b")
    bench.deeds.open_paths([str(tmp_path)])
    qtbot.waitUntil(lambda: len(bench.session.loaded_slices) == 6, timeout=15_000)
    qtbot.wait(50)
    bench.deeds.focus_view()
    qtbot.keyClick(bench.window.focusWidget(), Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    window = bench.window.findChild(MetadataWindow)
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: table(window).model().rowCount() > 20)
    return window


def table(window) -> TagTable:
    return window.findChild(TagTable)


def find_field(window) -> QLineEdit:
    return next(f for f in window.findChildren(QLineEdit) if f.placeholderText().startswith("Find"))


def box(window, text) -> QCheckBox:
    return next(b for b in window.findChildren(QCheckBox) if b.text() == text)


def push(qtbot, window, text) -> None:
    button = next(b for b in window.findChildren(QPushButton) if b.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(qtbot, window, text) -> None:
    combo = window.findChild(QComboBox)
    combo.setFocus()
    for _ in range(combo.count()):
        qtbot.keyClick(combo, Qt.Key.Key_Up)
    while combo.currentText() != text:
        before = combo.currentIndex()
        qtbot.keyClick(combo, Qt.Key.Key_Down)
        assert combo.currentIndex() > before


def column(window, number) -> list[str]:
    model = table(window).model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def value(window, name) -> str:
    return column(window, VALUE)[column(window, NAME).index(name)]


def test_it_shows_the_slice_and_follows_it(browser, bench, qtbot):
    assert not browser.isModal()
    assert bench.session.viewports["axial"].index == 3
    assert value(browser, "Instance Number") == "4"
    bench.window.activateWindow()
    bench.deeds.focus_view()
    qtbot.waitUntil(bench.window.isActiveWindow)
    qtbot.keyClick(bench.grid.viewports["axial"].canvas, Qt.Key.Key_Down)
    shown = bench.session.viewports["axial"].index
    assert shown != 3
    qtbot.waitUntil(lambda: value(browser, "Instance Number") == str(shown + 1))
    qtbot.mouseClick(box(browser, "Follow the image"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(bench.grid.viewports["axial"].canvas, Qt.Key.Key_Home)
    qtbot.wait(300)
    assert value(browser, "Instance Number") == str(shown + 1)


def test_typing_searches_at_once(browser, qtbot):
    qtbot.keyClicks(find_field(browser), "0020,0032")
    assert column(browser, NAME) == ["Image Position (Patient)"]
    find_field(browser).clear()
    qtbot.keyClicks(find_field(browser), "1.2.3.3")
    assert column(browser, TAG) == ["(0008,1140)", "Item 1", "(0008,1155)"]
    find_field(browser).clear()
    assert "(0008,1155)" not in column(browser, TAG)


def test_sequences_open_by_mouse_and_by_key(browser, qtbot):
    view = table(browser)
    line = column(browser, TAG).index("(0008,1140)")
    rect = view.visualRect(view.model().index(line, TAG))
    view.scrollTo(view.model().index(line, TAG))
    rect = view.visualRect(view.model().index(line, TAG))
    arrow = QPoint(rect.left() + 8, rect.center().y())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=arrow)
    assert column(browser, TAG)[line + 1] == "Item 1"
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert column(browser, TAG)[line + 2] == "(0008,1155)"
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    current = view.current()
    assert current is not None
    assert current.tag == ""
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert column(browser, TAG)[line + 1] != "Item 1"
    push(qtbot, browser, "Expand all")
    assert "(0008,1155)" in column(browser, TAG)
    push(qtbot, browser, "Collapse all")
    assert "(0008,1155)" not in column(browser, TAG)


def test_two_slices_are_compared(browser, bench, qtbot, tmp_path):
    choose(qtbot, browser, "the next slice")
    qtbot.waitUntil(lambda: table(browser).model().columnCount() == 6)
    qtbot.mouseClick(box(browser, "Only differences"), Qt.MouseButton.LeftButton)
    rows = list(zip(*(column(browser, n) for n in (NAME, VALUE, OTHER, DIFFERENCE)), strict=True))
    assert ("Instance Number", "4", "5", "differs") in rows
    assert ("Referenced SOP Instance UID", "1.2.3.3", "1.2.3.4", "differs") in rows
    assert "Modality" not in column(browser, NAME)
    choose(qtbot, browser, "slice number")
    number = browser.findChild(QSpinBox)
    assert number.isVisible()
    assert number.value() == 4
    number.selectAll()
    qtbot.keyClicks(number, "1")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "1" in column(browser, OTHER))
    assert table(browser).model().headerData(OTHER, Qt.Orientation.Horizontal) == "Slice 1 of 6"


def test_two_series_are_compared(browser, qtbot):
    combo = browser.findChild(QComboBox)
    other = [combo.itemText(n) for n in range(combo.count())][-1]
    assert other == "3 Analytic, folder ct2 (3 images)"
    choose(qtbot, browser, other)
    qtbot.waitUntil(lambda: table(browser).model().columnCount() == 6)
    line = column(browser, NAME).index("Series Instance UID")
    assert column(browser, OTHER)[line] == "1.2.77"
    choose(qtbot, browser, "nothing")
    qtbot.waitUntil(lambda: table(browser).model().columnCount() == 4)


def test_texts_of_a_file_are_never_markup(browser, qtbot):
    qtbot.keyClicks(find_field(browser), "patient comments")
    shown = "<b>bold</b> \\u202e<img src=x>"
    assert column(browser, VALUE) == [shown]
    index = table(browser).model().index(0, VALUE)
    assert "&lt;b&gt;bold" in index.data(Qt.ItemDataRole.ToolTipRole)
    table(browser).selectRow(0)
    assert browser.findChild(QPlainTextEdit).toPlainText() == shown


def test_rows_and_values_are_copied(browser, qtbot):
    clipboard = QGuiApplication.clipboard()
    view = table(browser)
    line = column(browser, NAME).index("Modality")
    view.selectRow(line)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "(0008,0060)\tModality\tCS\tCT"
    push(qtbot, browser, "Copy value")
    assert clipboard.text() == "CT"
    push(qtbot, browser, "Copy as text")
    assert clipboard.text().startswith("Slice 4 of 6\n")
    assert "\n(0008,0060) CS Modality" in clipboard.text()


def test_a_line_stays_current_when_the_slice_changes(browser, bench, qtbot):
    view = table(browser)
    view.selectRow(column(browser, NAME).index("Rows"))
    bench.session.viewports["axial"].index = 0
    qtbot.waitUntil(lambda: value(browser, "Instance Number") == "1")
    current = view.current()
    assert current is not None
    assert current.name == "Rows"


def test_a_closed_window_stops_following_and_can_come_back(browser, bench, qtbot):
    qtbot.keyClick(browser, Qt.Key.Key_Escape)
    assert not browser.isVisible()
    bench.session.viewports["axial"].index = 0
    qtbot.wait(250)
    assert value(browser, "Instance Number") == "4"
    bench.deeds.show_tags()
    qtbot.waitUntil(lambda: value(browser, "Instance Number") == "1")
    assert find_field(browser).hasFocus()


def test_any_file_can_be_shown_also_without_a_study(bench, qtbot, tmp_path):
    path = save(enhanced_set(analytic_hu()), tmp_path / "multi.dcm")
    bench.metadata.open_file(str(path))
    window = bench.window.findChild(MetadataWindow)
    qtbot.waitUntil(lambda: table(window).model().rowCount() > 20)
    assert not box(window, "Follow the image").isChecked()
    bench.metadata.open_file(str(tmp_path / "gone"))
    qtbot.waitUntil(lambda: table(window).model().rowCount() == 0)
    assert "no such file" in window._damage.text()


def test_fifty_thousand_lines_cost_no_more_than_the_screen(qtbot):
    items = [
        (element(0x00200032, "1", "2", str(n)), sequence(0x00081140, (element(0x00080060, "CT"),)))
        for n in range(10_000)
    ]
    outline = TagOutline()
    outline.rows = tag_rows([sequence(0x52009230, *items)])
    outline.open_all()
    view = TagTable()
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    qtbot.waitExposed(view)
    times = []
    for text in ("7777", "position", "modality"):
        start = time.perf_counter()
        outline.search(text)
        view.set_rows(outline.visible(), outline.is_open)
        view.repaint()
        times.append(time.perf_counter() - start)
    assert len(outline.rows) == 50_001
    assert outline.hits == 10_000
    assert np.median(times) < 0.5  # some 0.05 s on an idle machine
