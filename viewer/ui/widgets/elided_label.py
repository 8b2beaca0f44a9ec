"""A label that gives way: an ellipsis stands for what does not fit, the tooltip has it all."""

from math import ceil

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from viewer.ui.widgets.labels import plain_tooltip

_LEAST_LETTERS = 8


class ElidedLabel(QLabel):
    """One line of plain text.

    It keeps its text itself: a `QLabel` lays the whole window out anew when its text changes, and
    the number of the slice changes at every step of the wheel. Only a label whose size depends on
    its text asks for that.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        if self.sizePolicy().horizontalPolicy() is not QSizePolicy.Policy.Ignored:
            self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        self.ensurePolished()  # the theme decides how wide letters are
        metrics = QFontMetricsF(self.font())
        # One more: letters stand at fractions of a pixel, and a hair too narrow would elide.
        width = ceil(metrics.horizontalAdvance(self._text)) + 1
        return QSize(width, ceil(metrics.lineSpacing()))

    def minimumSizeHint(self) -> QSize:
        wide = self.fontMetrics().averageCharWidth() * _LEAST_LETTERS
        return QSize(min(wide, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        shown = self.fontMetrics().elidedText(
            self._text, Qt.TextElideMode.ElideMiddle, self.width()
        )
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
        tooltip = plain_tooltip(self._text) if shown != self._text else ""
        if tooltip != self.toolTip():
            self.setToolTip(tooltip)
