"""A slim scroll bar of slices: where the reader is, and which slices have arrived."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.i18n import tr
from viewer.ui.theme import COLOURS

_WIDTH = 12
_TRACK = 4.0
_THUMB = 6.0
_TICK = 2


class SliceBar(QWidget):
    """Vertical bar of a viewport; where a step up goes is its top.

    Signals
    -------
    index_requested(int)
        The reader wants this 0-based slice.
    """

    index_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing behind it is painted
        self.setAccessibleName(tr("Slices"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._index, self._count, self._up = 0, 1, -1
        self._runs: tuple[tuple[float, float], ...] = ()
        self._ticks: tuple[int, ...] = ()

    def set_slice(self, index: int, count: int, up: int = -1) -> None:
        """Show the position; `up` is 1 where higher numbers stand above, else -1."""
        if (index, count, up) == (self._index, self._count, self._up):
            return
        self._index, self._count, self._up = index, max(count, 1), up
        self.setToolTip(tr("Slice {index} of {count}", index=index + 1, count=count))
        self.update()

    def set_loaded(self, runs: Sequence[tuple[float, float]]) -> None:
        """Show the parts (0..1, from the first slice on) whose slices are there."""
        if tuple(runs) != self._runs:
            self._runs = tuple(runs)
            self.update()

    def set_ticks(self, indices: Sequence[int]) -> None:
        """Show a tick at each of these 0-based slices: key images."""
        if tuple(indices) != self._ticks:
            self._ticks = tuple(indices)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 100)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        left, height = (self.width() - _TRACK) / 2, float(self.height())
        painter.setBrush(QColor(COLOURS.image_track))
        painter.drawRoundedRect(QRectF(left, 2, _TRACK, height - 4), 2, 2)
        painter.setBrush(QColor(COLOURS.image_filled))
        for run in self._runs:
            start, end = sorted(self._from_top(share) for share in run)
            top = 2 + start * (height - 4)
            painter.drawRect(QRectF(left, top, _TRACK, max((end - start) * (height - 4), 1.0)))
        painter.setBrush(QColor(COLOURS.image_thumb))
        painter.drawRoundedRect(self._thumb(), 3, 3)
        for index in self._ticks:
            middle = round(2 + self._from_top((index + 0.5) / self._count) * (height - 4))
            tick = QRect(0, middle - _TICK // 2, self.width(), _TICK)
            painter.fillRect(tick, QColor(COLOURS.image_tick))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        step = self._up if event.angleDelta().y() > 0 else -self._up
        self.index_requested.emit(min(max(self._index + step, 0), self._count - 1))
        event.accept()

    def _ask(self, event: QMouseEvent) -> None:
        share = self._from_top((event.position().y() - 2) / max(self.height() - 4, 1))
        index = min(max(int(share * self._count), 0), self._count - 1)
        self.index_requested.emit(index)

    def _from_top(self, share: float) -> float:
        """Return the part of the bar above a part of the slices, and the other way round."""
        return 1.0 - share if self._up > 0 else share

    def _thumb(self) -> QRectF:
        height = float(self.height())
        middle = 2 + self._from_top((self._index + 0.5) / self._count) * (height - 4)
        length = max(_THUMB * 2, (height - 4) / self._count)
        top = min(max(middle - length / 2, 1.0), height - length - 1)
        return QRectF((self.width() - _THUMB) / 2, top, _THUMB, length)
