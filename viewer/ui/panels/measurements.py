"""The list of findings: click jumps, headings sort, the label can be edited, Delete deletes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.app.measurement_table import (
    COLUMNS,
    FOLLOW_UP_COLUMNS,
    LABEL,
    TRACKED,
    VALUE,
    MeasurementRow,
    Order,
)
from viewer.core.shapes import MarkColour
from viewer.i18n import tr
from viewer.ui.dialogs.copy_marks import CopyMarksDialog
from viewer.ui.widgets.labels import plain_label, plain_tooltip
from viewer.ui.widgets.marks_table import MarksTable

_LABEL_COLUMN = COLUMNS.index(LABEL)
_TRACKED_COLUMN = COLUMNS.index(TRACKED)


class MeasurementsPanel(QWidget):
    """Passive view of `viewer.app.presenters.measurements.MeasurementsPresenter`.

    Attributes
    ----------
    pair_menu : QMenu or None
        Marks of a prior; part of the menu of a row, filled by whoever knows them.
    """

    mark_requested = Signal(str)
    mark_chosen = Signal(str)
    order_requested = Signal(str)
    tracked_only_requested = Signal(bool)
    track_requested = Signal(object)
    delete_requested = Signal(object)
    label_edited = Signal(str, str)
    colour_requested = Signal(object, object)
    lock_requested = Signal(object)
    hide_requested = Signal(object)
    slices_requested = Signal(object, int, int)
    copy_requested = Signal(object)
    csv_requested = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("measurements-panel")
        self.pair_menu: QMenu | None = None
        self._table = MarksTable()
        self._tracked_only = QCheckBox(tr("Tracked only"))
        self._sum = plain_label(wrap=True)
        self._note = plain_label(role="dim", wrap=True)
        self._delete = QPushButton(tr("Delete"))
        self._copy = QPushButton(tr("Copy"))
        self._csv = QPushButton(tr("Save CSV…"))
        self._build()
        table = self._table
        table.clicked.connect(self._on_clicked)
        table.activated.connect(self._on_activated)
        table.marks.label_edited.connect(self.label_edited)
        table.selectionModel().selectionChanged.connect(self._on_selection)
        table.horizontalHeader().sectionClicked.connect(self._on_heading)
        table.copy_requested.connect(self._on_copy)
        table.delete_requested.connect(self._on_delete)
        table.track_requested.connect(self._on_track)
        table.customContextMenuRequested.connect(self._on_menu)
        self._tracked_only.toggled.connect(self.tracked_only_requested)
        self._delete.clicked.connect(self._on_delete)
        self._copy.clicked.connect(self._on_copy)
        self._csv.clicked.connect(self._on_csv)
        self.set_rows(())
        self.set_order(Order())
        self.set_sum("")

    def set_rows(self, rows: tuple[MeasurementRow, ...]) -> None:
        """Show other rows; what is selected stays selected."""
        selected = set(self._selected_uids())
        selection = self._table.selectionModel()
        selection.blockSignals(True)
        if self._table.marks.set_rows(rows):
            self._select(selected)
        selection.blockSignals(False)
        self._table.show_follow_up(any(row.follow_up is not None for row in rows))
        self._show_buttons()

    def set_selected(self, uid: str) -> None:
        """Select the row of a mark, or none."""
        if uid or len(self._selected_uids()) <= 1:
            self._select({uid} - {""})

    def set_order(self, order: Order) -> None:
        """Show by which column the rows stand."""
        header = self._table.horizontalHeader()
        header.setSortIndicatorShown(bool(order.column))
        if order.column:
            way = Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
            shown = VALUE if order.column in FOLLOW_UP_COLUMNS else order.column
            header.setSortIndicator(COLUMNS.index(shown), way)
        self._table.marks.set_order(order.column)

    def set_sum(self, text: str, tip: str = "") -> None:
        """Show the sum of the tracked diameters; the tip says which marks count."""
        self._sum.setText(text)
        self._sum.setToolTip(plain_tooltip(tip))
        self._sum.setVisible(bool(text))

    def set_note(self, text: str) -> None:
        """Say why the table is empty."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def select_all(self) -> None:
        """Select every row."""
        self._table.selectAll()
        self._table.setFocus()

    def focused_uids(self) -> tuple[str, ...]:
        """Return the selected rows while the keyboard is in the list; else none."""
        return self._selected_uids() if self._table.hasFocus() else ()

    def add_row_action(self, action: QAction) -> None:
        """Let the key of an action act while the list has the focus."""
        self._table.addAction(action)

    def edit_label(self, uid: str) -> None:
        """Let the reader write the words of a mark into its row."""
        line = next((n for n, row in enumerate(self._rows) if row.uid == uid), None)
        if line is not None:
            self._table.edit(self._table.marks.index(line, _LABEL_COLUMN))

    def ask_slices(self, uids: tuple[str, ...]) -> None:
        """Ask for a range of slices to copy marks to."""
        rows = self._rows_of(uids)
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
        rows = self._rows_of(uids)
        if len(rows) == 1:
            _add(menu, tr("Go to the mark"), partial(self.mark_requested.emit, rows[0].uid))
            _add(menu, tr("Rename"), partial(self.edit_label, rows[0].uid))
            if self.pair_menu is not None:
                menu.addMenu(self.pair_menu)
        colours = menu.addMenu(tr("Colour"))
        for colour in MarkColour:
            action = colours.addAction(tr((colour.value or "standard").capitalize()))
            action.setCheckable(True)
            action.setChecked(bool(rows) and all(row.colour is colour for row in rows))
            action.triggered.connect(partial(self._on_colour, uids, colour))
        for text, other, is_so, run in (
            (tr("Untrack"), tr("Track"), _all(rows, "tracked"), self.track_requested),
            (tr("Unlock"), tr("Lock"), _all(rows, "locked"), self.lock_requested),
            (tr("Show"), tr("Hide"), _all(rows, "hidden"), self.hide_requested),
        ):
            _add(menu, tr(text if is_so else other), partial(run.emit, uids), bool(rows))
        _add(menu, tr("Copy to slices…"), partial(self.ask_slices, uids), bool(rows))
        _add(menu, tr("Delete"), self._on_delete, bool(rows))
        menu.addSeparator()
        menu.addMenu(self._sort_menu(menu))
        _add(menu, tr("Copy as text"), self._on_copy)
        _add(menu, tr("Save CSV with untracked marks…"), partial(self._ask_csv, True))
        _add(menu, tr("Select all"), self.select_all)
        return menu

    def _sort_menu(self, parent: QWidget) -> QMenu:
        """Return a menu of all that rows can be sorted by; some of it has no heading."""
        sort = QMenu(tr("Sort by"), parent)
        for column in COLUMNS:
            _add(sort, tr(column), partial(self.order_requested.emit, column))
        return sort

    def _on_heading_menu(self, place: QPoint) -> None:
        menu = self._sort_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._table.horizontalHeader().mapToGlobal(place))

    def _build(self) -> None:
        header = self._table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_heading_menu)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tracked_only.setToolTip(tr("List only what goes into reports and follow-up"))
        self._sum.setAccessibleName(tr("Sum of tracked diameters"))
        self._delete.setToolTip(tr("Delete the selected marks (can be undone)"))
        self._copy.setToolTip(tr("Copy the selected rows, or all tracked ones"))
        self._csv.setToolTip(tr("Save the tracked marks; the menu of a row can save all"))
        buttons = QHBoxLayout()
        for button in (self._delete, self._copy, self._csv):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 8)
        layout.addWidget(self._tracked_only)
        layout.addWidget(self._note)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._sum)
        layout.addLayout(buttons)

    @property
    def _rows(self) -> tuple[MeasurementRow, ...]:
        return self._table.marks.rows

    def _rows_of(self, uids: tuple[str, ...]) -> list[MeasurementRow]:
        return [row for row in self._rows if row.uid in uids]

    def _selected_uids(self) -> tuple[str, ...]:
        lines = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        return tuple(self._rows[line].uid for line in lines if line < len(self._rows))

    def _select(self, uids: set[str]) -> None:
        if set(self._selected_uids()) == uids:
            return
        selection, chosen = self._table.selectionModel(), QItemSelection()
        model = self._table.marks
        lines = [line for line, row in enumerate(self._rows) if row.uid in uids]
        for line in lines:
            chosen.select(model.index(line, 0), model.index(line, len(COLUMNS) - 1))
        blocked = selection.blockSignals(True)
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if lines:
            here = model.index(lines[0], 0)
            selection.setCurrentIndex(here, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._table.scrollTo(here)
        selection.blockSignals(blocked)
        self._table.viewport().update()
        self._show_buttons()

    def _show_buttons(self) -> None:
        self._delete.setEnabled(bool(self._selected_uids()))
        for button in (self._copy, self._csv):
            button.setEnabled(bool(self._rows))

    def _on_selection(self) -> None:
        self._show_buttons()
        uids = self._selected_uids()
        if len(uids) == 1:
            self.mark_chosen.emit(uids[0])

    def _on_clicked(self, index: QModelIndex) -> None:
        uid = self._rows[index.row()].uid
        if index.column() == _TRACKED_COLUMN:
            self.track_requested.emit((uid,))
        elif len(self._selected_uids()) <= 1:
            self.mark_requested.emit(uid)

    def _on_activated(self, index: QModelIndex) -> None:
        if index.column() not in (_LABEL_COLUMN, _TRACKED_COLUMN):
            self.mark_requested.emit(self._rows[index.row()].uid)

    def _on_heading(self, column: int) -> None:
        self.order_requested.emit(COLUMNS[column])

    def _on_menu(self, place: QPoint) -> None:
        if self._rows:
            menu = self.menu()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._table.viewport().mapToGlobal(place))

    def _on_colour(self, uids: tuple[str, ...], colour: MarkColour, _checked: bool = False) -> None:
        self.colour_requested.emit(uids, colour)

    def _on_slices(self, uids: tuple[str, ...], dialog: CopyMarksDialog) -> None:
        self.slices_requested.emit(uids, *dialog.slices)

    def _on_delete(self) -> None:
        uids = self._selected_uids()
        if uids:
            self.delete_requested.emit(uids)

    def _on_track(self) -> None:
        uids = self._selected_uids()
        if uids:
            self.track_requested.emit(uids)

    def _on_copy(self) -> None:
        self.copy_requested.emit(self._selected_uids())

    def _on_csv(self) -> None:
        self._ask_csv(False)

    def _ask_csv(self, with_untracked: bool) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save measurements"), "measurements.csv", tr("Table (*.csv)")
        )
        if name:
            path = Path(name)
            path = path if path.suffix else path.with_suffix(".csv")
            self.csv_requested.emit(path, with_untracked)


def _all(rows: list[MeasurementRow], name: str) -> bool:
    return bool(rows) and all(getattr(row, name) for row in rows)


def _add(menu: QMenu, text: str, run: Callable[[], object], enabled: bool = True) -> None:
    action = menu.addAction(text)
    action.setEnabled(enabled)
    action.triggered.connect(partial(_without_state, run))


def _without_state(run: Callable[[], object], _checked: bool = False) -> None:
    """Do what an action of a menu stands for, without its state."""
    run()
