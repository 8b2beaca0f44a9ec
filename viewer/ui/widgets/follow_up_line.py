"""Rows of two lines: a cell above, and what the mark was before across the cells below it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from viewer.ui.theme import COLOURS

SECOND_LINE = Qt.ItemDataRole.UserRole + 1
"""Role of the second line of a row; "" for a row of one line."""
_PADDING_PX, _SMALLER = 7, 0.9
_Index = QModelIndex | QPersistentModelIndex


class FollowUpLine(QStyledItemDelegate):
    """Draws the cells of some columns as the upper half of their row where it has two lines.

    Each cell draws its own part of the second line, so that the line runs on over all of them.

    Parameters
    ----------
    table : QTableView
        Whose cells they are.
    first : int
        Column at which the second line begins; it ends at the right edge of the table.
    """

    def __init__(self, table: QTableView, first: int) -> None:
        super().__init__(table)
        self._table, self._first = table, first

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        second = index.data(SECOND_LINE)
        if not second:
            super().paint(painter, option, index)
            return
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        words, cell.text = cell.text, ""
        style = self._table.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, self._table)
        is_selected = bool(cell.state & QStyle.StateFlag.State_Selected)
        upper, lower = _halves(cell.rect)
        painter.save()
        painter.setClipRect(cell.rect)
        ink = QColor(COLOURS.accent_text) if is_selected else cell.palette.text().color()
        _write(painter, upper, words, ink, cell.font)
        left = self._table.columnViewportPosition(self._first)
        lower.setLeft(left + _PADDING_PX)
        lower.setRight(self._table.viewport().width() - _PADDING_PX)
        small = QFont(cell.font)
        small.setPointSizeF(cell.font.pointSizeF() * _SMALLER)
        ink = QColor(COLOURS.accent_text if is_selected else COLOURS.dim)
        _write(painter, lower, second, ink, small)
        painter.restore()


def _halves(rect: QRect) -> tuple[QRect, QRect]:
    upper, lower = QRect(rect), QRect(rect)
    upper.setBottom(rect.center().y() + 1)
    upper.adjust(_PADDING_PX, 0, -_PADDING_PX, 0)
    lower.setTop(rect.center().y())
    return upper, lower


def _write(painter: QPainter, place: QRect, words: str, ink: QColor, font: QFont) -> None:
    painter.setFont(font)
    painter.setPen(ink)
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
