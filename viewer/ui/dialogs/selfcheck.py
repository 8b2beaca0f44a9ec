"""The self-check dialog: progress, figures beside the truth, a grey pattern, PDF."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.selfcheck_machine import DisplayFacts
from viewer.core.selfcheck import Check, SelfCheckReport
from viewer.i18n import mark, tr
from viewer.ui.theme import scaled
from viewer.ui.widgets.grey_patch import GreyPatch
from viewer.ui.widgets.ink_item import InkItem
from viewer.ui.widgets.key_table import KeyTable
from viewer.ui.widgets.labels import plain_label, plain_tooltip
from viewer.ui.widgets.progress_row import ProgressRow

_HEADINGS = (
    mark("Result"),
    mark("Check"),
    mark("Measured"),
    mark("Expected"),
    mark("Note"),
)
_FIGURES = 2
"""Column of figures: to the right, as numbers stand."""
_WIDTHS = (84, 290, 150, 190)
_PDF = "PDF (*.pdf)"
_ABOUT = mark(
    "A computed phantom is written as DICOM files, opened like any study, and measured. "
    "It tells about this program on this computer, not about any study, and makes it no "
    "medical device."
)
_PATTERN = mark(
    "For your own eye: a square in the black field (5 %) and one in the white field (95 %) should "
    "both be visible, and every step of the row between them."
)


class SelfCheckDialog(QDialog):
    """Passive view of `viewer.app.presenters.selfcheck.SelfCheckPresenter`."""

    run_requested = Signal()
    cancel_requested = Signal()
    copy_requested = Signal()
    save_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("selfcheck-dialog")
        self.setWindowTitle(tr("Self-check"))
        self.setModal(False)
        self.resize(940, 720)
        self._status = plain_label(role="heading", wrap=True)
        self._error = plain_label(role="failure", wrap=True)
        self._progress = ProgressRow(tr("self-check"))
        self._table = _table()
        self._run = QPushButton(tr("Run again"))
        self._copy = QPushButton(tr("Copy"))
        self._save = QPushButton(tr("Save PDF…"))
        self._close = QPushButton(tr("Close"))
        for button in (self._run, self._copy, self._save, self._close):
            button.setAutoDefault(False)
        self._build()
        self._run.clicked.connect(self.run_requested)
        self._copy.clicked.connect(self.copy_requested)
        self._table.copy_requested.connect(self.copy_requested)
        self._save.clicked.connect(self._on_save)
        self._close.clicked.connect(self.reject)
        self._progress.cancel_requested.connect(self.cancel_requested)

    def set_report(self, report: SelfCheckReport | None) -> None:
        """Show the figures under their headings, or an empty table."""
        self._table.clearSpans()
        self._table.setRowCount(0)
        for name, checks in report.groups if report else ():
            self._add_group(name)
            for check in checks:
                self._add_check(check)
        self._show_first_failure()
        for button in (self._copy, self._save):
            button.setEnabled(report is not None)

    def set_progress(self, fraction: float, text: str) -> None:
        """Show how far the check is."""
        self._run.setEnabled(False)
        self._progress.set_progress(fraction, text)

    def set_idle(self) -> None:
        """Nothing runs any more."""
        self._run.setEnabled(True)
        self._progress.finish()

    def set_status(self, text: str) -> None:
        """Say what is so in one line."""
        self._status.setText(text)

    def set_error(self, text: str) -> None:
        """Tell what went wrong."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def display_facts(self) -> DisplayFacts:
        """Return what is known about the screen that the dialog is on."""
        screen = self.screen()
        size = screen.size()
        return DisplayFacts(
            (size.width(), size.height()), screen.devicePixelRatio(), screen.depth()
        )

    def _show_first_failure(self) -> None:
        failed = self._table.findItems("FAIL", Qt.MatchFlag.MatchExactly)
        if failed:
            self._table.scrollToItem(failed[0], QTableWidget.ScrollHint.PositionAtCenter)

    def _add_group(self, name: str) -> None:
        row = self._table.rowCount()
        self._table.insertRow(row)
        item = InkItem(name)
        font = QFont(self._table.font())
        font.setBold(True)
        item.setFont(font)
        item.ground = "raised"
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self._table.setItem(row, 0, item)
        self._table.setSpan(row, 0, 1, len(_HEADINGS))

    def _add_check(self, check: Check) -> None:
        row = self._table.rowCount()
        self._table.insertRow(row)
        texts = (
            check.verdict,
            check.name,
            check.measured_text,
            check.expected_text,
            check.note,
        )
        for column, text in enumerate(texts):
            item = InkItem(text)
            item.setToolTip(plain_tooltip(text))
            if column == 0:
                item.ink = "fine" if check.passed else "failure"
            if column == _FIGURES:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column == 4:
                item.ink = "dim"
            self._table.setItem(row, column, item)

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._run)
        buttons.addStretch(1)
        for button in (self._copy, self._save, self._close):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setSpacing(9)
        layout.addWidget(self._status)
        layout.addWidget(self._progress)
        layout.addWidget(self._error)
        layout.addWidget(self._table, 1)
        layout.addWidget(plain_label(tr(_PATTERN), "dim", wrap=True))
        layout.addWidget(GreyPatch())
        layout.addWidget(plain_label(tr(_ABOUT), "dim", wrap=True))
        layout.addLayout(buttons)

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Save report"), "self-check.pdf", _PDF)
        if name:
            path = Path(name)
            self.save_requested.emit(path if path.suffix else path.with_suffix(".pdf"))


def _table() -> KeyTable:
    table = KeyTable(0, len(_HEADINGS))
    table.setAccessibleName(tr("Checks"))
    for column, heading in enumerate(map(tr, _HEADINGS)):
        item = QTableWidgetItem(heading)
        side = Qt.AlignmentFlag.AlignRight if column == _FIGURES else Qt.AlignmentFlag.AlignLeft
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(column, item)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(scaled(24))
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(True)
    for column, width in enumerate(_WIDTHS):
        table.setColumnWidth(column, scaled(width))
    return table
