"""Rulers along the edges of a viewport, drawn once and kept as small pictures.

Drawing one takes a filled path of a dozen bars with their halo, at every slice and every step of
the window; another one is needed only when the scale or the size of the viewport changes.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from viewer.core.drawable import RulerItem, Style
from viewer.render.text_box import TextBox, draw_text_box, text_box

LINE_HALO = QColor(0, 0, 0, 190)

_SHARE = 0.34  # of the viewport's side
_MAX_PX = 260.0
_MARGIN_PX = 7.0
_TICK_PX = 7.0
_GAP_PX = 6.0
_RIM_PX = 4.0  # room for the halo
_KEPT = 32


def round_length_mm(limit_mm: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above `limit_mm`."""
    power = 10.0 ** math.floor(math.log10(limit_mm))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= limit_mm * (1 + 1e-9))


def crisp(position: float) -> float:
    """Return the middle of the pixel: a thin line there covers one row, not two halves."""
    return math.floor(position) + 0.5


@dataclass(frozen=True, slots=True)
class Ruler:
    """A ruler in a viewport, laid out; all lengths in painter pixels.

    Attributes
    ----------
    item : RulerItem
        What it is.
    length_mm : float
        A round length.
    start, length : float
        Along its edge.
    base : float
        Where its line runs across that: x of an upright ruler, y of a level one.
    scale, ratio : float
        Factor on widths and letters; device pixels for one painter pixel.
    """

    item: RulerItem
    length_mm: float
    start: float
    length: float
    base: float
    scale: float
    ratio: float

    def label(self) -> tuple[TextBox, QRectF]:
        """Return the length as a picture and where it stands: before or behind the line."""
        text = f"{self.length_mm:g} {self.item.unit}"
        box = text_box(text, self.item.style, self.scale, self.ratio)
        gap, margin = _GAP_PX * self.scale, _MARGIN_PX * self.scale
        if self.item.vertical:
            left, top = margin, self.start - gap - box.ascent_px
        else:
            left = self.start + self.length + gap
            top = math.floor(self.base) - box.height_px / 2
        return box, QRectF(left, top, box.width_px, box.height_px)


def laid_out(
    item: RulerItem, px_per_mm: float, size_px: tuple[float, float], scale: float, ratio: float
) -> Ruler:
    """Return a ruler in the middle of its edge.

    Parameters
    ----------
    item : RulerItem
        Upright at the left edge, or level at the bottom.
    px_per_mm : float
        Painter pixels.
    size_px : tuple of float
        Width and height of the viewport in painter pixels.
    scale, ratio : float
        See `Ruler`.
    """
    width, height = size_px
    extent = height if item.vertical else width
    margin = _MARGIN_PX * scale
    length_mm = round_length_mm(min(extent * _SHARE, _MAX_PX * scale) / px_per_mm)
    length = length_mm * px_per_mm
    base = crisp(margin if item.vertical else height - margin)
    return Ruler(item, length_mm, crisp((extent - length) / 2), length, base, scale, ratio)


def draw_ruler(painter: QPainter, ruler: Ruler) -> None:
    """Draw the line, its ticks and its length."""
    item, scale = ruler.item, ruler.scale
    image = _bars(item.style, item.vertical, ruler.length_mm, ruler.length, scale, ruler.ratio)
    rim = math.ceil(_RIM_PX * scale)
    across = rim if item.vertical else rim + math.ceil(_TICK_PX * scale)
    along, base = math.floor(ruler.start) - rim, math.floor(ruler.base) - across
    x, y = (base, along) if item.vertical else (along, base)
    ratio = ruler.ratio  # on whole device pixels lines stay sharp
    painter.drawImage(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), image)
    box, place = ruler.label()
    draw_text_box(painter, box, place.left(), place.top())


@lru_cache(maxsize=_KEPT)
def _bars(
    style: Style, vertical: bool, length_mm: float, length: float, scale: float, ratio: float
) -> QImage:
    """Return the line and its ticks; its start and base are half a pixel inside the rim."""
    rim, tick = math.ceil(_RIM_PX * scale), _TICK_PX * scale
    size = (2 * rim + math.ceil(length) + 1, 2 * rim + math.ceil(tick) + 1)
    width, height = size[::-1] if vertical else size
    image = QImage(
        math.ceil(width * ratio),
        math.ceil(height * ratio),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    start, base = rim + 0.5, rim + 0.5 + (0 if vertical else math.ceil(tick))
    inwards = tick if vertical else -tick
    bars = [QRectF(start, base, length, 0.0)]
    bars += [
        QRectF(crisp(start + at), base, 0.0, inwards * share).normalized()
        for at, share in _ticks(length_mm, length)
    ]
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for colour, extra in ((LINE_HALO, style.halo_px), (QColor(style.colour), 0.0)):
        half = (style.width_px + extra) * scale / 2
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        for bar in bars:
            upright = QRectF(bar.y(), bar.x(), bar.height(), bar.width()) if vertical else bar
            path.addRect(upright.adjusted(-half, -half, half, half))
        painter.fillPath(path, colour)
    painter.end()
    return image


def _ticks(length_mm: float, length_px: float) -> list[tuple[float, float]]:
    """Return (offset, share of the tick's height); tenths, or fifths of 2, 20, 200."""
    first = length_mm / 10 ** math.floor(math.log10(length_mm))
    parts = {1: 10, 2: 4, 5: 5}[round(first)]
    return [(length_px * i / parts, 1.0 if i in (0, parts) else 0.55) for i in range(parts + 1)]
