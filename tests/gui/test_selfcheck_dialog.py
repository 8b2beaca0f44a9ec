"""The self-check from the menu to the file, in the real window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QTableWidget

from tests.support.selfcheck_reports import CHECKS, report
from viewer.dicom import isolation
from viewer.ui.dialogs.selfcheck import SelfCheckDialog
from viewer.ui.widgets.grey_patch import GreyPatch

pytestmark = pytest.mark.gui


@pytest.fixture
def dialog(qtbot):
    dialog = SelfCheckDialog()
    qtbot.addWidget(dialog)
    dialog.set_error("")
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


@pytest.fixture
def ended_decoders():
    """The decoders' processes outlive a window: end them behind the test."""
    yield
    isolation.close_decoders()


def button(dialog, text) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.text() == text)


def rows(dialog) -> list[list[str]]:
    table = dialog.findChild(QTableWidget)
    items = [[table.item(r, c) for c in range(5)] for r in range(table.rowCount())]
    return [[item.text() for item in row if item is not None] for row in items]


def test_the_table_has_words_for_pass_and_fail(dialog):
    dialog.set_report(report(*CHECKS))
    shown = rows(dialog)
    assert [row for row in shown if len(row) == 1] == [
        ["Hounsfield units"],
        ["Orientation"],
        ["Decoders"],
    ]
    assert [row[0] for row in shown if len(row) == 5] == ["PASS", "FAIL", "PASS", "FAIL"]
    assert shown[2] == ["FAIL", "Mean of fat", "-98.25", "-100 ± 0.5 HU", ""]


def test_copy_and_save_wait_for_a_report(dialog):
    dialog.set_report(None)
    assert not button(dialog, "Copy").isEnabled()
    assert not button(dialog, "Save PDF…").isEnabled()
    dialog.set_report(report(*CHECKS))
    assert button(dialog, "Copy").isEnabled()


def test_the_name_gets_its_suffix(dialog, qtbot, monkeypatch, tmp_path):
    dialog.set_report(report(*CHECKS))
    chosen = (str(tmp_path / "report"), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: chosen)
    with qtbot.waitSignal(dialog.save_requested) as asked:
        qtbot.mouseClick(button(dialog, "Save PDF…"), Qt.MouseButton.LeftButton)
    assert asked.args == [tmp_path / "report.pdf"]


def test_one_run_at_a_time(dialog, qtbot):
    dialog.set_progress(0.2, "Lengths")
    assert not button(dialog, "Run again").isEnabled()
    with qtbot.waitSignal(dialog.cancel_requested):
        qtbot.mouseClick(button(dialog, "Cancel"), Qt.MouseButton.LeftButton)
    dialog.set_idle()
    with qtbot.waitSignal(dialog.run_requested):
        qtbot.mouseClick(button(dialog, "Run again"), Qt.MouseButton.LeftButton)


def test_the_grey_pattern_has_faint_squares_and_every_step(dialog):
    patch = dialog.findChild(GreyPatch)
    image = patch.grab().toImage()
    ratio, height = image.devicePixelRatio(), patch.height()

    def grey(x: float, y: float) -> int:
        return image.pixelColor(int(x * ratio), int(y * ratio)).red()

    assert (grey(3, 3), grey(height / 2, height / 2)) == (0, 13)
    right = patch.width() - height / 2
    assert (grey(patch.width() - 3, 3), grey(right, height / 2)) == (255, 242)
    width = patch.width() - 2 * height
    steps = [grey(height + (number + 0.5) * width / 11, height / 4) for number in range(11)]
    assert steps == [round(25.5 * number) for number in range(11)]


@pytest.mark.usefixtures("ended_decoders")
def test_from_the_menu_to_the_clipboard_and_the_file(bench, qtbot, tmp_path):
    bench.window.actions_["help.selfcheck"].trigger()
    dialog = bench.window.findChild(SelfCheckDialog)
    assert not dialog.isModal()

    def said(text: str) -> bool:
        return any(text in label.text() for label in dialog.findChildren(QLabel))

    qtbot.waitUntil(lambda: said("checks passed"), timeout=30_000)
    assert said("PASS: all")
    assert {"PASS"} == {row[0] for row in rows(dialog) if len(row) == 5}
    assert any(row[1] == "Bits a pixel of the screen" for row in rows(dialog) if len(row) == 5)
    qtbot.mouseClick(button(dialog, "Copy"), Qt.MouseButton.LeftButton)
    assert "Mean of bone" in QGuiApplication.clipboard().text()
    dialog.save_requested.emit(tmp_path / "report.pdf")
    qtbot.waitUntil(lambda: said("Saved as report.pdf"), timeout=20_000)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
