"""A histogram with the window on it: three handles for its low end, its middle and its high end."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.i18n import tr
from viewer.imaging.distribution import Distribution

LOW, MIDDLE, HIGH = range(3)
_KEY_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
}
_STEPS_OF_WIDTH = 100
"""A key moves by this part of the window, or by one where values are whole numbers."""
_HANDLE_PX = QSize(14, 14)
_MARGIN_PX = 8
_FOOT_PX = 16
_REACH = 1.0
"""The axis follows handles as far as this many ranges of the values beyond their ends."""
_SMALLEST_PART = 1e-4
"""Of the axis: the least distance of the ends of the window."""


class WindowHandle(QWidget):
    """One handle: dragged by the mouse, moved by the arrow keys (Shift or Page: ten times).

    Signals
    -------
    dragged(float)
        To a horizontal pixel of the plot.
    stepped(int)
        By so many steps.
    released
        The mouse button went up.
    """

    dragged = Signal(float)
    stepped = Signal(int)
    released = Signal()

    def __init__(self, plot: QWidget, round_shape: bool) -> None:
        super().__init__(plot)
        self._round = round_shape
        self.setFixedSize(_HANDLE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def event(self, event: QEvent) -> bool:
        """Claim the keys that move it: the window has actions with the same ones."""
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(event, QKeyEvent) and event.key() in _KEY_STEPS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEY_STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        many = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and abs(step) == 1
        self.stepped.emit(step * (10 if many else 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(float(self.mapToParent(event.position()).x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.released.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self.palette()
        ring = colours.text() if self.hasFocus() else colours.base()
        painter.setPen(QPen(ring.color(), 1.6))
        painter.setBrush(colours.link())
        middle, w, h = self.width() / 2, self.width() - 2, self.height() - 2
        if self._round:
            painter.drawEllipse(QRectF(2.5, 2.5, w - 3, h - 3))
        else:
            painter.drawPolygon(QPolygonF([QPointF(middle, 1), QPointF(w, h), QPointF(2, h)]))
        painter.end()


class HistogramPlot(QWidget):
    """Bars over an axis of values, with the window's ramp and its handles.

    Signals
    -------
    window_requested(float, float)
        Low and high that the reader moved the handles to.
    """

    window_requested = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self._distribution: Distribution | None = None
        self._logarithmic = True
        self._window = (0.0, 1.0)
        self._axis = (0.0, 1.0)
        self._dragging = False
        self.handles = tuple(WindowHandle(self, place == MIDDLE) for place in (LOW, MIDDLE, HIGH))
        for place, handle in enumerate(self.handles):
            handle.setProperty("place", place)
            handle.dragged.connect(self._on_dragged)
            handle.stepped.connect(self._on_stepped)
            handle.released.connect(self._on_released)
        self._place_handles()

    def sizeHint(self) -> QSize:
        return QSize(280, 200)

    def set_distribution(self, distribution: Distribution | None) -> None:
        """Show other bars, or none."""
        self._distribution = distribution
        for handle in self.handles:
            handle.setVisible(distribution is not None)
        self._fit_axis()

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Show counts by their logarithm, so that rare values can be seen, too."""
        self._logarithmic = logarithmic
        self.update()

    def set_window(self, low: float, high: float) -> None:
        """Move the handles; nothing is emitted."""
        self._window = (low, high)
        if self._dragging:
            self._place_handles()
        else:
            self._fit_axis()

    def x_of(self, value: float) -> float:
        """Return the horizontal pixel of a value, held within the plot."""
        low, high = self._axis
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return _MARGIN_PX + share * self._span_px

    @property
    def _span_px(self) -> float:
        return float(max(self.width() - 2 * _MARGIN_PX, 1))

    def _fit_axis(self) -> None:
        """Let the axis hold all values and the window, unless that lies far off."""
        low, high = self._window
        found = self._distribution
        if found is not None:
            reach = _REACH * (found.high - found.low)
            low = min(found.low, max(low, found.low - reach))
            high = max(found.high, min(high, found.high + reach))
        self._axis = (low, high if high > low else low + 1.0)
        self._place_handles()

    def _place_handles(self) -> None:
        low, high = self._window
        values = (low, (low + high) / 2, high)
        names = (tr("Window low"), tr("Window centre"), tr("Window high"))
        y = self.height() - _FOOT_PX
        for handle, value, name in zip(self.handles, values, names, strict=True):
            handle.move(round(self.x_of(value) - handle.width() / 2), y)
            text = f"{name}: {shown_number(value)}"
            handle.setAccessibleName(text)
            handle.setToolTip(text)
        self.handles[MIDDLE].raise_()
        self.update()

    # --- moving ------------------------------------------------------------------------------

    def _on_dragged(self, x: float) -> None:
        self._dragging = True
        low, high = self._axis
        place = self.sender().property("place")
        self._ask(place, low + (x - _MARGIN_PX) / self._span_px * (high - low))

    def _on_stepped(self, steps: int) -> None:
        place = self.sender().property("place")
        low, high = self._window
        step = (high - low) / _STEPS_OF_WIDTH
        if self._is_whole:
            step = max(1.0, round(step))
        self._ask(place, (low, (low + high) / 2, high)[place] + steps * step)

    def _on_released(self) -> None:
        self._dragging = False
        self._fit_axis()

    @property
    def _is_whole(self) -> bool:
        found = self._distribution
        return found is not None and float(found.bin_width).is_integer()

    def _ask(self, place: int, value: float) -> None:
        """Ask for the window after one handle went to a value; the ends never cross."""
        low, high = self._window
        axis_low, axis_high = self._axis
        least = 1.0 if self._is_whole else (axis_high - axis_low) * _SMALLEST_PART
        if self._is_whole and place != MIDDLE:
            value = float(round(value))
        if place == LOW:
            low = min(value, high - least)
        elif place == HIGH:
            high = max(value, low + least)
        else:
            shift = value - (low + high) / 2
            shift = float(round(shift)) if self._is_whole else shift
            low, high = low + shift, high + shift
        self.window_requested.emit(low, high)

    # --- drawing -----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_handles()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, foot = self.palette(), self.height() - _FOOT_PX
        painter.fillRect(0, 0, self.width(), foot, colours.base())
        if self._distribution is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.placeholderText())
            painter.drawPolygon(self._bars(self._distribution, foot))
            self._draw_window(painter, foot, colours)
        painter.setPen(colours.mid().color())
        painter.drawLine(0, foot, self.width(), foot)
        painter.end()

    def _bars(self, found: Distribution, foot: int) -> QPolygonF:
        heights = np.log1p(found.counts) if self._logarithmic else found.counts.astype(float)
        heights = heights / heights.max() * (foot - 6)
        corners = [QPointF(self.x_of(found.low), foot)]
        for number, height in enumerate(heights):
            for edge in (number, number + 1):
                x = self.x_of(found.low + edge * found.bin_width)
                corners.append(QPointF(x, foot - float(height)))
        corners.append(QPointF(self.x_of(found.high), foot))
        return QPolygonF(corners)

    def _draw_window(self, painter: QPainter, foot: int, colours: QPalette) -> None:
        """Draw the ends (dashed), the middle (dotted) and the ramp from black to white."""
        low, high = self._window
        left, right = self.x_of(low), self.x_of(high)
        shade = QColor(colours.link().color())
        shade.setAlpha(36)
        painter.fillRect(QRectF(left, 0, right - left, foot), shade)
        line = QPen(colours.link().color(), 1.4)
        painter.setPen(line)
        painter.drawLine(QPointF(left, foot), QPointF(right, 2))
        for x, style in (
            (left, Qt.PenStyle.DashLine),
            (right, Qt.PenStyle.DashLine),
            ((left + right) / 2, Qt.PenStyle.DotLine),
        ):
            line.setStyle(style)
            painter.setPen(line)
            painter.drawLine(QPointF(x, 0), QPointF(x, foot))


def shown_number(value: float) -> str:
    """Return a value with four digits that count, or more where it is that large."""
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:.0f}"
    digits = min(max(3 - math.floor(math.log10(abs(value))), 1), 9)
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")
