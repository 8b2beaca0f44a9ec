"""The list of files that could not be used, with the reasons; stays open beside the work."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.presenters.problems import ProblemRow
from viewer.i18n import tr
from viewer.ui.theme import scaled
from viewer.ui.widgets.key_table import KeyTable
from viewer.ui.widgets.labels import plain_label, plain_tooltip

_KIND, _FILE = 0, 1
_ROOM_PX, _LEAST_PX = 12, 120


class ProblemsDialog(QDialog):
    """Passive view of `viewer.app.presenters.problems.ProblemsPresenter`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems-dialog")
        self.setWindowTitle(tr("Files that were left out"))
        self.setModal(False)
        self.resize(960, 420)
        self.setSizeGripEnabled(True)
        self._rows: tuple[ProblemRow, ...] = ()
        self._summary = plain_label(wrap=True)
        self._table = KeyTable(0, 3)
        self._table.setAccessibleName(tr("Files that were left out"))
        self._table.setHorizontalHeaderLabels([tr("Kind"), tr("File"), tr("Reason")])
        self._table.verticalHeader().hide()
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._table.setItemDelegateForColumn(_FILE, _FileCells(self._table))
        self._table.setWordWrap(False)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._table.setColumnWidth(_KIND, scaled(80))
        self._copy = QPushButton(tr("Copy"))
        self._copy.setToolTip(tr("Copy the selected lines, or all of them"))
        self._copy.clicked.connect(self._on_copy)
        self._table.copy_requested.connect(self._on_copy)
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._summary)
        layout.addWidget(self._table, 1)
        layout.addWidget(buttons)

    def set_problems(self, rows: tuple[ProblemRow, ...], summary: str) -> None:
        """Show other problems."""
        self._rows = rows
        self._summary.setText(summary)
        self._table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, text in enumerate((row.kind, row.path, row.reason)):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip(text))
                self._table.setItem(line, column, item)
        # Names are as wide as they need to be, up to the half that leaves room for reasons.
        widest = self._table.sizeHintForColumn(_FILE) + _ROOM_PX
        most = (self.width() - self._table.columnWidth(_KIND)) // 2
        self._table.setColumnWidth(_FILE, min(max(widest, _LEAST_PX), most))
        self._copy.setEnabled(bool(rows))

    def _on_copy(self) -> None:
        lines = sorted({index.row() for index in self._table.selectedIndexes()})
        rows = [self._rows[line] for line in lines] or list(self._rows)
        text = "\n".join(f"{row.kind}\t{row.path}\t{row.reason}" for row in rows)
        QGuiApplication.clipboard().setText(text)


class _FileCells(QStyledItemDelegate):
    """Cuts long paths at their start: the end is the file's name."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft
