"""A score between 0 and 1 with its interval: a dot and its whiskers on a plain axis.

One neutral colour whatever the value: the picture must not claim more than the number does.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.i18n import tr

_MARGIN_PX = 8.0


class ScoreAxis(QWidget):
    """Draws one value; the numbers stand in a label beside it.

    Parameters
    ----------
    ticks : bool
        Draw the scale with its numbers; without it the widget is one line high, for tables.
    """

    def __init__(self, *, ticks: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticks = ticks
        self._score: tuple[float, float, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Score axis"))

    def set_score(self, value: float, low: float, high: float) -> None:
        """Show a value and the ends of its interval, all between 0 and 1."""
        self._score = (value, low, high)
        text = tr(
            "Score {value:.2f}, interval {low:.2f} to {high:.2f}", value=value, low=low, high=high
        )
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 40 if self._ticks else 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self.palette().windowText().color()
        faint = self.palette().placeholderText().color()
        line_y = 13.0 if self._ticks else self.height() / 2
        painter.setPen(QPen(faint, 1))
        painter.drawLine(QPointF(self._x(0), line_y), QPointF(self._x(1), line_y))
        if self._ticks:
            self._paint_scale(painter, line_y)
        if self._score is not None:
            value, low, high = self._score
            painter.setPen(QPen(ink, 2))
            painter.drawLine(QPointF(self._x(low), line_y), QPointF(self._x(high), line_y))
            for end in (low, high):
                x = self._x(end)
                painter.drawLine(QPointF(x, line_y - 4), QPointF(x, line_y + 4))
            painter.setBrush(ink)
            painter.drawEllipse(QPointF(self._x(value), line_y), 4, 4)
        painter.end()

    def _paint_scale(self, painter: QPainter, line_y: float) -> None:
        font = painter.font()
        font.setPointSizeF(max(font.pointSizeF() - 1.5, 6.0))
        painter.setFont(font)
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
            x = self._x(tick)
            painter.drawLine(QPointF(x, line_y + 5), QPointF(x, line_y + 8))
            box = QRectF(x - 20, line_y + 9, 40, 16)
            flag = Qt.AlignmentFlag.AlignHCenter
            if tick == 0:
                box, flag = QRectF(0, line_y + 9, 40, 16), Qt.AlignmentFlag.AlignLeft
                box.moveLeft(x - 3)
            elif tick == 1:
                box.moveRight(x + 3)
                flag = Qt.AlignmentFlag.AlignRight
            painter.drawText(box, flag | Qt.AlignmentFlag.AlignTop, f"{tick:g}")

    def _x(self, value: float) -> float:
        return _MARGIN_PX + min(max(value, 0.0), 1.0) * (self.width() - 2 * _MARGIN_PX)
