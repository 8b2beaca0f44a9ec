"""The table of marks: click jumps, the label can be edited, Delete deletes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.measurement_table import COLUMNS, MeasurementRow
from viewer.core.shapes import MarkColour
from viewer.ui.dialogs.copy_marks import CopyMarksDialog
from viewer.ui.icons import icon
from viewer.ui.theme import COLOURS
from viewer.ui.widgets.key_table import KeyTable
from viewer.ui.widgets.labels import plain_label, plain_tooltip

_LABEL_COLUMN = len(COLUMNS) - 1
_TYPE_COLUMN = 0
_TYPE_ICONS = {
    "Length": "tool.length",
    "Bidirectional": "tool.bidirectional",
    "Angle": "tool.angle",
    "Cobb angle": "tool.cobb",
    "Polyline": "tool.polyline",
    "Ellipse": "tool.ellipse",
    "Circle": "tool.circle",
    "Rectangle": "tool.rectangle",
    "Polygon": "tool.polygon",
    "Freehand": "tool.freehand",
    "Probe": "tool.probe",
    "Arrow": "tool.arrow",
    "Text": "tool.text",
}
_TYPE_WIDTH_PX, _ICON_PX = 34, 16
_PLACE_COLUMN = 2
_SHORT_PLANES = {"Axial": "Ax", "Coronal": "Cor", "Sagittal": "Sag"}
_UID_ROLE = Qt.ItemDataRole.UserRole


class MeasurementsPanel(QWidget):
    """Passive view of `viewer.app.presenters.measurements.MeasurementsPresenter`."""

    mark_requested = Signal(str)
    delete_requested = Signal(object)
    label_edited = Signal(str, str)
    colour_requested = Signal(object, object)
    lock_requested = Signal(object)
    hide_requested = Signal(object)
    slices_requested = Signal(object, int, int)
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
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._on_menu)
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
                    rest = rest.replace("oblique", "obl")
                    item.setText(_SHORT_PLANES.get(plane, plane) + space + rest)
                if row.locked or row.hidden:
                    _show_state(item, row)
                if column != _LABEL_COLUMN or row.locked:
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

    def select_all(self) -> None:
        """Select every row."""
        self._table.selectAll()
        self._table.setFocus()

    def ask_slices(self, uids: tuple[str, ...]) -> None:
        """Ask for a range of slices to copy marks to."""
        rows = [row for row in self._rows if row.uid in uids]
        if not rows:
            return
        dialog = CopyMarksDialog(
            rows[0].slice_number, max(row.slice_total for row in rows), self.window()
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(partial(self._on_slices, tuple(row.uid for row in rows), dialog))
        dialog.open()

    def menu(self) -> QMenu:
        """Return the menu of the selected rows."""
        menu, uids = QMenu(self), self._selected_uids()
        rows = [row for row in self._rows if row.uid in uids]
        if len(rows) == 1:
            menu.addAction("Go to the mark").triggered.connect(
                partial(_without_state, partial(self.mark_requested.emit, rows[0].uid))
            )
            menu.addAction("Rename").triggered.connect(partial(self._edit_label, rows[0].uid))
        colours = menu.addMenu("Colour")
        for colour in MarkColour:
            action = colours.addAction((colour.value or "standard").capitalize())
            action.setCheckable(True)
            action.setChecked(bool(rows) and all(row.colour is colour for row in rows))
            action.triggered.connect(partial(self._on_colour, uids, colour))
        locked, hidden = all(row.locked for row in rows), all(row.hidden for row in rows)
        for text, run in (
            ("Unlock" if locked else "Lock", partial(self.lock_requested.emit, uids)),
            ("Show" if hidden else "Hide", partial(self.hide_requested.emit, uids)),
            ("Copy to slices…", partial(self.ask_slices, uids)),
            ("Delete", self._on_delete),
        ):
            action = menu.addAction(text)
            action.setEnabled(bool(rows))
            action.triggered.connect(partial(_without_state, run))
        menu.addSeparator()
        menu.addAction("Copy as text").triggered.connect(partial(_without_state, self._on_copy))
        menu.addAction("Select all").triggered.connect(partial(_without_state, self.select_all))
        return menu

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

    def _on_menu(self, place: QPoint) -> None:
        if self._rows:
            menu = self.menu()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._table.viewport().mapToGlobal(place))

    def _on_colour(self, uids: tuple[str, ...], colour: MarkColour, _checked: bool = False) -> None:
        self.colour_requested.emit(uids, colour)

    def _on_slices(self, uids: tuple[str, ...], dialog: CopyMarksDialog) -> None:
        self.slices_requested.emit(uids, *dialog.slices)

    def _edit_label(self, uid: str, _checked: bool = False) -> None:
        line = next((n for n, row in enumerate(self._rows) if row.uid == uid), None)
        item = None if line is None else self._table.item(line, _LABEL_COLUMN)
        if item is not None:
            self._table.editItem(item)

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


def _show_state(item: QTableWidgetItem, row: MeasurementRow) -> None:
    """Say that a mark is locked (slanted) or hidden (dim), in the tip, too."""
    font = item.font()
    font.setItalic(row.locked)
    item.setFont(font)
    if row.hidden:
        item.setForeground(QColor(COLOURS.disabled))
    states = ("locked" if row.locked else "", "hidden" if row.hidden else "")
    told = " and ".join(state for state in states if state)
    item.setToolTip(plain_tooltip(f"{row.kind}, {told}"))


def _without_state(run: Callable[[], None], _checked: bool = False) -> None:
    """Do what an action of a menu stands for, without its state."""
    run()


def _item(uid: str, text: str, tip: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setData(_UID_ROLE, uid)
    item.setToolTip(plain_tooltip(tip))
    return item
