"""The table of marks: a model over rows; hundreds of them cost no more than what is seen."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from viewer.app.mark_place import short_place
from viewer.app.measurement_table import (
    COLUMNS,
    FOLLOW_UP_COLUMNS,
    LABEL,
    PLACE,
    TRACKED,
    TYPE,
    VALUE,
    MeasurementRow,
)
from viewer.i18n import mark, tr
from viewer.ui.icons import icon
from viewer.ui.theme import COLOURS, scaled
from viewer.ui.widgets.follow_up_line import SECOND_LINE, FollowUpLine
from viewer.ui.widgets.key_table import claimed_key
from viewer.ui.widgets.labels import plain_tooltip

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
_HEADINGS = {TYPE: "", TRACKED: "✓"}
_TIPS = {
    TYPE: mark("Kind of mark"),
    TRACKED: mark("Tracked: in the report, in CSV files and in follow-up"),
}
_SIGN_WIDTH_PX, _ICON_PX, _ROW_PX, _TALL_ROW_PX = 26, 16, 26, 42
_MEASURED_ROWS = 60
"""So many rows decide how wide a column is."""

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class MarksModel(QAbstractTableModel):
    """Rows as a table model.

    Signals
    -------
    label_edited(str, str)
        Uid and the new words.
    """

    label_edited = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[MeasurementRow, ...] = ()
        self._order = ""

    def set_order(self, column: str) -> None:
        """Name the value's heading after what the rows are sorted by, where that is below it."""
        self._order = column if column in FOLLOW_UP_COLUMNS else ""
        place = COLUMNS.index(VALUE)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, place, place)

    def set_rows(self, rows: tuple[MeasurementRow, ...]) -> bool:
        """Take other rows; tells whether they are other marks, or in another order."""
        same = [row.uid for row in rows] == [row.uid for row in self.rows]
        if same:
            changed = [n for n, row in enumerate(rows) if row != self.rows[n]]
            self.rows = rows
            if changed:
                last = len(COLUMNS) - 1
                self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], last))
            return False
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        return True

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if COLUMNS[index.column()] == LABEL and not self.rows[index.row()].locked:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        name = COLUMNS[section]
        if role == _Role.DisplayRole and name == VALUE and self._order:
            return tr(self._order)
        if role == _Role.DisplayRole:
            return _HEADINGS.get(name, tr(name))
        if role == _Role.AccessibleTextRole:
            return tr(name)
        if role == _Role.ToolTipRole:
            sort = tr("Click: sort; again: downwards; again: as made")
            return f"{tr(_TIPS.get(name, name))}\n{sort}"
        return None

    def data(self, index: _Index, role: int = 0) -> object:
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == _Role.DisplayRole:
            return _shown(row, column)
        if role == _Role.EditRole:
            return row.label if column == LABEL else None
        if role == SECOND_LINE:
            return row.before
        if role == _Role.ToolTipRole:
            return plain_tooltip(_tip(row, column))
        if role == _Role.AccessibleTextRole:
            if column == VALUE and row.before:
                return f"{row.value}, {row.before}"
            return tr(row.kind) if column == TYPE else row.cell(column)
        if role == _Role.DecorationRole and column == TYPE:
            return icon(_TYPE_ICONS[row.kind])
        if role == _Role.FontRole and row.locked:
            font = QFont()
            font.setItalic(True)
            return font
        if role == _Role.ForegroundRole and (row.hidden or not row.tracked):
            return QColor(COLOURS.disabled if row.hidden else COLOURS.dim)
        if role == _Role.TextAlignmentRole and column == TRACKED:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def setData(self, index: _Index, value: object, role: int = 0) -> bool:
        if role != _Role.EditRole or COLUMNS[index.column()] != LABEL:
            return False
        self.label_edited.emit(self.rows[index.row()].uid, str(value))
        return True


class MarksTable(QTableView):
    """The table; its keys act on its rows while it has the focus.

    Signals
    -------
    copy_requested, delete_requested, track_requested
        Ctrl+C, Delete, Space.
    """

    copy_requested = Signal()
    delete_requested = Signal()
    track_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.marks = MarksModel(self)
        self.setModel(self.marks)
        self.setAccessibleName(tr("Measurements"))
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setEditTriggers(
            QTableView.EditTrigger.DoubleClicked | QTableView.EditTrigger.EditKeyPressed
        )
        self.setWordWrap(False)
        self.setShowGrid(False)
        lines = self.verticalHeader()
        lines.hide()
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        # Cut off at the end only, where it is narrow.
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setResizeContentsPrecision(_MEASURED_ROWS)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        for column, name in enumerate(COLUMNS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            if name in _HEADINGS:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnHidden(column, name in FOLLOW_UP_COLUMNS)
        self._row_px = _ROW_PX
        self._size_signs()
        header.setSectionResizeMode(COLUMNS.index(LABEL), QHeaderView.ResizeMode.Stretch)
        self._line = FollowUpLine(self, COLUMNS.index(VALUE))
        for name in (VALUE, PLACE, LABEL):
            self.setItemDelegateForColumn(COLUMNS.index(name), self._line)

    def show_follow_up(self, shown: bool) -> None:
        """Give each row a second line for what the mark was before, or not."""
        self._row_px = _TALL_ROW_PX if shown else _ROW_PX
        self.verticalHeader().setDefaultSectionSize(scaled(self._row_px))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._size_signs()

    def event(self, event: QEvent) -> bool:
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = claimed_key(event)
        if name == "copy":
            self.copy_requested.emit()
        elif name == "delete":
            self.delete_requested.emit()
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.track_requested.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.edit(self.currentIndex().siblingAtColumn(COLUMNS.index(LABEL)))
        else:
            super().keyPressEvent(event)

    def _size_signs(self) -> None:
        """Give rows and the columns of signs the size of the letters."""
        self.setIconSize(QSize(scaled(_ICON_PX), scaled(_ICON_PX)))
        self.verticalHeader().setDefaultSectionSize(scaled(self._row_px))
        self.horizontalHeader().setMinimumSectionSize(scaled(_SIGN_WIDTH_PX))
        for column, name in enumerate(COLUMNS):
            if name in _HEADINGS:
                self.setColumnWidth(column, scaled(_SIGN_WIDTH_PX))


def _is_own(event: QKeyEvent) -> bool:
    """Tell whether a key is the table's, though the window has an action with the same one."""
    return bool(claimed_key(event)) or event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Space)


def _shown(row: MeasurementRow, column: str) -> str:
    """Return the text of a cell, as short as a narrow panel needs it."""
    if column == TYPE:
        return ""
    if column == TRACKED:
        return "✓" if row.tracked else ""
    text = row.cell(column)
    if column == LABEL:
        return " · ".join(part for part in (*_states(row), text) if part)
    if column != PLACE:
        return text
    if row.instance_number is None:
        return short_place(text)
    return tr("{place}, im {number}", place=short_place(text), number=row.instance_number)


def _states(row: MeasurementRow) -> tuple[str, str]:
    """Say that a mark is locked or hidden: in words, which no shade of grey can be taken for."""
    return tr("locked") if row.locked else "", tr("hidden") if row.hidden else ""


def _tip(row: MeasurementRow, column: str) -> str:
    states = (*_states(row), "" if row.tracked else tr("not tracked"))
    told = ", ".join(state for state in states if state)
    text = row.details if column == VALUE else row.cell(column)
    if column == VALUE and row.follow_up is not None:
        text = f"{text}\n{row.follow_up.details}"
    if column == PLACE and row.instance_number is not None:
        text += "\n" + tr("Instance number {number} of the files", number=row.instance_number)
    if column in (TYPE, TRACKED):
        text = tr(row.kind) if told or column == TYPE else tr("Tracked")
    return f"{text}, {told}" if told and text else text or told
