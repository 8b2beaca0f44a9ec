"""The table of marks: click jumps, the label can be edited, Delete deletes."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.measurement_table import COLUMNS, MeasurementRow
from viewer.ui.icons import icon
from viewer.ui.widgets.key_table import KeyTable
from viewer.ui.widgets.labels import plain_label, plain_tooltip

_LABEL_COLUMN = len(COLUMNS) - 1
_TYPE_COLUMN = 0
_TYPE_ICONS = {"Length": "tool.length", "Ellipse": "tool.ellipse", "Arrow": "tool.arrow"}
_TYPE_WIDTH_PX, _ICON_PX = 34, 16
_PLACE_COLUMN = 2
_SHORT_PLANES = {"Axial": "Ax", "Coronal": "Cor", "Sagittal": "Sag"}
_UID_ROLE = Qt.ItemDataRole.UserRole


class MeasurementsPanel(QWidget):
    """Passive view of `viewer.app.presenters.measurements.MeasurementsPresenter`."""

    mark_requested = Signal(str)
    delete_requested = Signal(object)
    label_edited = Signal(str, str)
    copy_requested = Signal(object)
    csv_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("measurements-panel")
        self._rows: tuple[MeasurementRow, ...] = ()
        self._table = KeyTable(0, len(COLUMNS))
        self._note = plain_label(role="dim", wrap=True)
        self._delete = QPushButton("Delete")
        self._copy = QPushButton("Copy")
        self._csv = QPushButton("Save CSV…")
        self._build()
        self._table.cellClicked.connect(self._on_clicked)
        self._table.itemActivated.connect(self._on_activated)
        self._table.itemChanged.connect(self._on_changed)
        self._table.itemSelectionChanged.connect(self._show_buttons)
        self._delete.clicked.connect(self._on_delete)
        self._copy.clicked.connect(self._on_copy)
        self._csv.clicked.connect(self._on_csv)
        self._table.copy_requested.connect(self._on_copy)
        self._table.delete_requested.connect(self._on_delete)
        self.set_rows(())

    def set_rows(self, rows: tuple[MeasurementRow, ...]) -> None:
        """Show other rows."""
        if rows == self._rows and self._table.rowCount() == len(rows):
            self._show_buttons()
            return
        selected = set(self._selected_uids())
        self._rows = rows
        self._table.blockSignals(True)
        self._table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, text in enumerate(row.cells):
                tip = row.details if column == 1 else text
                item = _type_item(row) if column == _TYPE_COLUMN else _item(row.uid, text, tip)
                if column == _PLACE_COLUMN:
                    plane, space, rest = text.partition(" ")
                    item.setText(_SHORT_PLANES.get(plane, plane) + space + rest)
                if column != _LABEL_COLUMN:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self._table.setItem(line, column, item)
        self._table.blockSignals(False)
        self._select({row.uid for row in rows} & selected)
        self._show_buttons()

    def set_selected(self, uid: str) -> None:
        """Select the row of a mark, or none."""
        if uid or len(self._selected_uids()) <= 1:
            self._select({uid} - {""})

    def set_note(self, text: str) -> None:
        """Say why the table is empty."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _build(self) -> None:
        self._table.setAccessibleName("Measurements")
        self._table.setHorizontalHeaderLabels(["", *COLUMNS[1:]])
        self._table.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self._table.verticalHeader().hide()
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setEditTriggers(
            QTableWidget.EditTrigger.DoubleClicked | QTableWidget.EditTrigger.EditKeyPressed
        )
        self._table.setWordWrap(False)
        header = self._table.horizontalHeader()
        header.setMinimumSectionSize(_TYPE_WIDTH_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_TYPE_COLUMN, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(_LABEL_COLUMN, QHeaderView.ResizeMode.Stretch)
        self._table.setColumnWidth(_TYPE_COLUMN, _TYPE_WIDTH_PX)
        self._delete.setToolTip("Delete the selected marks (can be undone)")
        self._copy.setToolTip("Copy the selected rows, or all of them")
        buttons = QHBoxLayout()
        for button in (self._delete, self._copy, self._csv):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._note)
        layout.addWidget(self._table, 1)
        layout.addLayout(buttons)

    def _selected_uids(self) -> tuple[str, ...]:
        lines = sorted({index.row() for index in self._table.selectedIndexes()})
        return tuple(self._rows[line].uid for line in lines if line < len(self._rows))

    def _select(self, uids: set[str]) -> None:
        if set(self._selected_uids()) == uids:
            return
        self._table.blockSignals(True)
        self._table.clearSelection()
        for line, row in enumerate(self._rows):
            items = [self._table.item(line, column) for column in range(len(COLUMNS))]
            for item in items:
                if item is not None and row.uid in uids:
                    item.setSelected(True)
                    self._table.scrollToItem(item)
        self._table.blockSignals(False)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self._delete.setEnabled(bool(self._selected_uids()))
        for button in (self._copy, self._csv):
            button.setEnabled(bool(self._rows))

    def _on_clicked(self, line: int) -> None:
        several = len(self._selected_uids()) > 1
        if not several:
            self.mark_requested.emit(self._rows[line].uid)

    def _on_activated(self, item: QTableWidgetItem) -> None:
        if item.column() != _LABEL_COLUMN:
            self.mark_requested.emit(str(item.data(_UID_ROLE)))

    def _on_changed(self, item: QTableWidgetItem) -> None:
        if item.column() == _LABEL_COLUMN:
            self.label_edited.emit(str(item.data(_UID_ROLE)), item.text())

    def _on_delete(self) -> None:
        uids = self._selected_uids()
        if uids:
            self.delete_requested.emit(uids)

    def _on_copy(self) -> None:
        self.copy_requested.emit(self._selected_uids())

    def _on_csv(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save measurements", "measurements.csv", "Table (*.csv)"
        )
        if name:
            path = Path(name)
            self.csv_requested.emit(path if path.suffix else path.with_suffix(".csv"))


def _type_item(row: MeasurementRow) -> QTableWidgetItem:
    """Make the cell of the type: a sign, with the word for who cannot see it."""
    item = _item(row.uid, "", row.kind)
    item.setIcon(icon(_TYPE_ICONS[row.kind]))
    item.setData(Qt.ItemDataRole.AccessibleTextRole, row.kind)
    return item


def _item(uid: str, text: str, tip: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setData(_UID_ROLE, uid)
    item.setToolTip(plain_tooltip(tip))
    return item
