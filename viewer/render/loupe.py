"""Paints the magnifier and colour bars: pictures in a frame over the image."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from viewer.core.drawable import ColourBarItem, Drawable, LoupeItem
from viewer.core.screen import ScreenTransform
from viewer.render.image_layer import pixels_to_px, to_qimage

_RADIUS_PX = 105.0
_SHARE = 0.32
"""A loupe's radius is at most this part of the viewport's shorter side."""
_RIM, _RING = QColor(0, 0, 0, 210), QColor("#dfe5ec")

PaintMarks = Callable[[QPainter, Sequence[Drawable], ScreenTransform], None]


def draw_loupe(
    painter: QPainter,
    item: LoupeItem,
    transform: ScreenTransform,
    size_px: tuple[float, float],
    scale: float,
    paint_marks: PaintMarks,
) -> None:
    """Paint a round piece of the picture around a point, enlarged about it.

    Parameters
    ----------
    transform : ScreenTransform
        Of the view: plane millimetres to painter pixels.
    size_px : tuple of float
        Viewport in painter pixels.
    paint_marks : callable
        Paints the drawables with another transform.
    """
    center = QPointF(*transform.to_px(item.center))
    radius = min(_RADIUS_PX * scale, _SHARE * min(size_px))
    near = enlarged(transform, item.center, item.power)
    disc = QPainterPath()
    disc.addEllipse(center, radius, radius)
    painter.save()
    painter.setClipPath(disc)
    painter.fillPath(disc, Qt.GlobalColor.black)
    _draw_voxels(painter, item, near, QRectF(center, center).adjusted(*_around(radius)))
    paint_marks(painter, item.drawables, near)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_RIM, 4.0), (_RING, 1.6)):
        painter.setPen(QPen(colour, width * scale))
        painter.drawEllipse(center, radius, radius)


def enlarged(
    transform: ScreenTransform, center_uv_mm: tuple[float, float], power: float
) -> ScreenTransform:
    """Return a transform so many times as large under which a point stays where it is."""
    x, y = transform.to_px(center_uv_mm)
    left, top = transform.origin_px
    return ScreenTransform(
        transform.px_per_mm * power, (x + (left - x) * power, y + (top - y) * power)
    )


def draw_colour_bar(painter: QPainter, item: ColourBarItem, anchor: QPointF, scale: float) -> None:
    """Paint a strip of colours from top to bottom with a thin frame."""
    colours = np.frombuffer(item.colours, np.uint8).reshape(-1, 1, 3)
    box = QRectF(
        anchor.x() + item.offset_px[0] * scale,
        anchor.y() + item.offset_px[1] * scale,
        item.size_px[0] * scale,
        item.size_px[1] * scale,
    )
    painter.drawImage(box, to_qimage(np.ascontiguousarray(colours)).copy())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_RIM, 3.0 * scale))
    painter.drawRect(box)
    painter.setPen(QPen(_RING, scale))
    painter.drawRect(box)


def _around(radius: float) -> tuple[float, float, float, float]:
    return -radius, -radius, radius, radius


def _draw_voxels(painter: QPainter, item: LoupeItem, near: ScreenTransform, seen: QRectF) -> None:
    """Draw the voxels in sight only: the rest of a large image is not touched."""
    placed = pixels_to_px(item.spacing_vu_mm, near)
    part = placed.inverted()[0].mapRect(seen)
    rows, columns = item.image.shape[:2]
    left, top = max(math.floor(part.left()) - 1, 0), max(math.floor(part.top()) - 1, 0)
    right = min(math.ceil(part.right()) + 1, columns)
    bottom = min(math.ceil(part.bottom()) + 1, rows)
    if left >= right or top >= bottom:
        return
    pixels = np.ascontiguousarray(item.image[top:bottom, left:right])
    painter.save()
    painter.setTransform(placed, True)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.drawImage(QRectF(left, top, right - left, bottom - top), to_qimage(pixels))
    painter.restore()
