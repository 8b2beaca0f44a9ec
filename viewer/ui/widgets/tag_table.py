"""A table of DICOM elements with a tree in its first column; large files cost no more than small.

The lines that are seen come ready from the presenter: Qt only asks for those on the screen.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from viewer.app.tag_rows import TagRow
from viewer.i18n import mark, tr
from viewer.ui.theme import COLOURS, scaled
from viewer.ui.widgets.labels import plain_tooltip

TAG, NAME, VR, VALUE, OTHER, DIFFERENCE = range(6)
_TITLES = (mark("Tag"), mark("Name"), "VR", mark("Value"))
_INDENT_PX, _ARROW_PX, _MOST_LEVELS = 14, 18, 16
_TAG_WIDTH_PX, _NAME_WIDTH_PX, _VR_WIDTH_PX, _DIFFERENCE_WIDTH_PX = 112, 250, 42, 110
_WIDEST_TAG_PX = 320
_TIP_CHARACTERS = 600
_PADDING_PX = 3
"""Between the edge of a cell and its text, as the style sheet has it."""
_TURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)

AnyIndex = QModelIndex | QPersistentModelIndex


class TagModel(QAbstractTableModel):
    """The lines that are seen."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[TagRow] = ()
        self.is_open: Callable[[TagRow], bool] = attrgetter("is_container")
        self.titles: tuple[str, ...] = ()

    def set_rows(self, rows: Sequence[TagRow], is_open: Callable[[TagRow], bool]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self.rows, self.is_open = rows, is_open
        self.endResetModel()

    def set_titles(self, titles: tuple[str, ...]) -> None:
        """Compare two values, or show one."""
        self.beginResetModel()
        self.titles = titles
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return DIFFERENCE + 1 if self.titles else VALUE + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        if not self.titles:
            return tr(_TITLES[section])
        return (*map(tr, _TITLES[:VALUE]), *self.titles, tr("Difference"))[section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(row, column)
        if role == Qt.ItemDataRole.ToolTipRole and column in (NAME, VALUE, OTHER):
            return plain_tooltip(cell(row, column)[:_TIP_CHARACTERS])
        if role == Qt.ItemDataRole.AccessibleTextRole and column == TAG and row.is_container:
            return f"{cell(row, TAG)}, {'open' if self.is_open(row) else 'closed'}"
        if role == Qt.ItemDataRole.ForegroundRole and (row.is_container or column == VR):
            return QColor(COLOURS.dim)
        if role == Qt.ItemDataRole.BackgroundRole and row.difference and self.titles:
            return QColor(COLOURS.hover)
        return None


def cell(row: TagRow, column: int) -> str:
    """Return the text of a cell; an item has its number where others have their tag."""
    if column == TAG:
        return row.tag or row.name
    if column == NAME:
        return row.name if row.tag else ""
    return (row.vr, row.value, row.other, str(row.difference))[column - VR]


class TagTable(QTableView):
    """Shows and opens lines.

    Signals
    -------
    row_toggled(TagRow)
        A line shall be opened or closed.
    copy_requested
        The key for copying was pressed.
    row_entered(object)
        Another line is the current one: its `TagRow`, or None.
    """

    row_toggled = Signal(object)
    copy_requested = Signal()
    row_entered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = TagModel()
        self.setModel(self._model)
        self.setItemDelegateForColumn(TAG, _TreeDelegate(self._model, self))
        self.setAccessibleName(tr("DICOM elements"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        self._size_columns()
        self.selectionModel().currentRowChanged.connect(self._on_current)

    @property
    def rows(self) -> Sequence[TagRow]:
        """The lines that are seen."""
        return self._model.rows

    def current(self) -> TagRow | None:
        """Return the current line."""
        line = self.currentIndex().row()
        return self._model.rows[line] if 0 <= line < len(self._model.rows) else None

    def selected(self) -> list[TagRow]:
        """Return the selected lines from top to bottom."""
        lines = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._model.rows[line] for line in lines]

    def set_rows(self, rows: Sequence[TagRow], is_open: Callable[[TagRow], bool]) -> None:
        """Show other lines; the current one stays where it is if it is still among them."""
        current = self.current()
        offset = self.currentIndex().row() - self.verticalScrollBar().value()
        top = self.verticalScrollBar().value()
        self._model.set_rows(rows, is_open)
        depth = min(max((row.depth for row in rows), default=0), _MOST_LEVELS)
        self.setColumnWidth(TAG, scaled(min(_TAG_WIDTH_PX + depth * _INDENT_PX, _WIDEST_TAG_PX)))
        path = current.path if current is not None else ""
        line = next((n for n, row in enumerate(rows) if row.path == path), -1)
        if line >= 0:
            self.selectRow(line)
            self.verticalScrollBar().setValue(line - offset)
        else:
            self.verticalScrollBar().setValue(top)
            self.row_entered.emit(None)

    def set_titles(self, titles: tuple[str, ...]) -> None:
        """Show one value, or two that are compared."""
        if titles != self._model.titles:
            self._model.set_titles(titles)
            self._size_columns()
            # Two UIDs differ at their end, not at their start.
            mode = Qt.TextElideMode
            self.setTextElideMode(mode.ElideMiddle if titles else mode.ElideRight)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif row is None or not self._turn(row, event.key()):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Another window has actions with the same key; asking for it here keeps it unambiguous.
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if (
            is_question
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == TAG and self._hits_arrow(index, event):
            self._toggle(self._model.rows[index.row()])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        is_arrow = index.column() == TAG and self._hits_arrow(index, event)
        if index.isValid() and not is_arrow:
            self._toggle(self._model.rows[index.row()])

    def _turn(self, row: TagRow, key: int) -> bool:
        """Open or close with the keys of a tree; tells whether the key was one of them."""
        is_open = row.is_container and self._model.is_open(row)
        turns = {*_TURNS, Qt.Key.Key_Left} if is_open else {*_TURNS, Qt.Key.Key_Right}
        if row.is_container and key in turns:
            self._toggle(row)
        elif key == Qt.Key.Key_Left and row.depth:
            line = self.currentIndex().row()
            while self._model.rows[line].depth >= row.depth:
                line -= 1
            self.selectRow(line)
        else:
            return False
        return True

    def _toggle(self, row: TagRow) -> None:
        if row.is_container:
            self.row_toggled.emit(row)

    def _hits_arrow(self, index: QModelIndex, event: QMouseEvent) -> bool:
        left = self.visualRect(index).left() + indent_px(self._model.rows[index.row()])
        return left - _ARROW_PX <= event.position().x() < left

    def _size_columns(self) -> None:
        self.setColumnWidth(TAG, scaled(_TAG_WIDTH_PX))
        self.setColumnWidth(NAME, scaled(_NAME_WIDTH_PX))
        self.setColumnWidth(VR, scaled(_VR_WIDTH_PX))
        if self._model.titles:
            rest = self.viewport().width() - sum(self.columnWidth(c) for c in (TAG, NAME, VR))
            for column in (VALUE, OTHER):
                self.setColumnWidth(column, max((rest - _DIFFERENCE_WIDTH_PX) // 2, 120))

    def _on_current(self, current: QModelIndex, previous: QModelIndex) -> None:
        self.row_entered.emit(self.current())


class _TreeDelegate(QStyledItemDelegate):
    """Draws the first column: indented, with an arrow before what can be opened."""

    def __init__(self, model: TagModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row = self._model.rows[index.row()]
        cell_option = QStyleOptionViewItem(option)
        self.initStyleOption(cell_option, index)
        text, cell_option.text = cell_option.text, ""
        style = QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell_option, painter, None)
        left = option.rect.left() + indent_px(row)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        cell_option.text = text
        cell_option.rect = option.rect.adjusted(left - option.rect.left() - _PADDING_PX, 0, 0, 0)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell_option, painter, None)
        if row.is_container:
            painter.save()
            painter.setPen(QColor(COLOURS.accent_text if chosen else COLOURS.dim))
            self._draw_arrow(painter, left, option.rect, self._model.is_open(row))
            painter.restore()

    def _draw_arrow(self, painter: QPainter, left: int, rect: QRect, is_open: bool) -> None:
        x, y = left - _ARROW_PX / 2 - 2, rect.center().y() + 0.5
        points = ((-4, -2), (4, -2), (0, 3)) if is_open else ((-2, -4), (3, 0), (-2, 4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(painter.pen().color())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in points]))


def indent_px(row: TagRow) -> int:
    """Return where the text of a line begins in its first column."""
    return _ARROW_PX + min(row.depth, _MOST_LEVELS) * _INDENT_PX
