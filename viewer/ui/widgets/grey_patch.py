"""A grey ramp with faint squares at both ends, for the reader's own eye on this screen."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.i18n import tr

FAINT = ((0, 13), (255, 242))
"""Ground and square in grey levels: 0 and 5 %, 100 and 95 %, as in the SMPTE pattern."""
_STEPS = 11


class GreyPatch(QWidget):
    """Left: 5 % in black; middle: eleven steps over a smooth ramp; right: 95 % in white."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Grey test pattern"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ramp = QImage(bytes(range(256)), 256, 1, 256, QImage.Format.Format_Grayscale8)
        self._ramp = ramp.copy()

    def sizeHint(self) -> QSize:
        return QSize(480, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        side, height = float(self.height()), float(self.height())
        for place, (ground, square) in zip((0.0, self.width() - side), FAINT, strict=True):
            painter.fillRect(QRectF(place, 0, side, height), _grey(ground))
            inner = QRectF(place + side / 4, height / 4, side / 2, height / 2)
            painter.fillRect(inner, _grey(square))
        width = self.width() - 2 * side
        step = width / _STEPS
        for number in range(_STEPS):
            level = round(255 * number / (_STEPS - 1))
            left = side + number * step
            painter.fillRect(QRectF(left, 0, step + 1, height / 2), _grey(level))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(side, height / 2, width, height / 2), self._ramp)
        painter.end()


def _grey(level: int) -> QColor:
    return QColor(level, level, level)
