"""The crosshair's point over the 3D view: a ring with four ticks."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

_RING_PX = 6
_TICK_PX = (9, 15)


def paint_ring(painter: QPainter, place: tuple[float, float]) -> None:
    """Mark a pixel; what lies in the ring stays visible."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    center = QPointF(*place)
    for colour, width in ((QColor(0, 0, 0, 160), 3.5), (QColor("#ffd54a"), 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(center, _RING_PX, _RING_PX)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            step = QPointF(dx, dy)
            painter.drawLine(center + step * _TICK_PX[0], center + step * _TICK_PX[1])
    painter.restore()
