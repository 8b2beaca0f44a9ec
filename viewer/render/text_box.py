"""Texts with a dark halo, laid out and drawn once, then kept as small pictures.

A viewport shows a dozen texts that rarely change; drawing each with its halo takes dozens of calls
into Qt, and each call lets other threads in: while a series loads that would be felt.
"""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath

from viewer.core.drawable import Style

FONT_FAMILIES: tuple[str, ...] = (
    *("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans"),
    *("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei"),
)
"""Families in order of preference, for texts on images and in the window alike; the second line has
the Chinese letters that the first lacks."""

_HALO = QColor(0, 0, 0, 215)
_HALO_STEPS = (
    *((dx, dy) for dx in (-1.0, 0.0, 1.0) for dy in (-1.0, 0.0, 1.0) if (dx, dy) != (0.0, 0.0)),
    *((-2.0, 0.0), (2.0, 0.0), (0.0, -2.0), (0.0, 2.0)),
)
"""Letters are light: on white they are seen by their dark rim alone, so it is two pixels wide."""
_RIM_PX = 3.0  # room for the halo around the box
_KEPT = 256


@dataclass(frozen=True, slots=True, eq=False)
class TextBox:
    """A text as a picture.

    Attributes
    ----------
    image : QImage
        Premultiplied, with the device's pixel ratio; larger than the box by `rim_px` on each side.
    width_px, height_px : float
        Size of the text itself in painter pixels.
    rim_px : float
        Room for the halo.
    ascent_px : float
        From the top of the box to the first baseline.
    """

    image: QImage
    width_px: float
    height_px: float
    rim_px: float
    ascent_px: float


def overlay_font(style: Style, scale: float = 1.0) -> QFont:
    """Return the font of a style; sizes are pixels, so that layouts agree on every screen."""
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setPixelSize(max(round(style.text_px * scale), 6))
    font.setBold(style.bold)
    return font


@lru_cache(maxsize=_KEPT)
def text_box(
    text: str,
    style: Style,
    scale: float = 1.0,
    ratio: float = 1.0,
    align: float = 0.0,
    room_px: float | None = None,
    ground: int = 0,
) -> TextBox:
    """Return a text as a picture.

    Parameters
    ----------
    text : str
        Plain text; lines separated by newlines.
    style : Style
        Size, weight and colour.
    scale : float
        Factor on the size.
    ratio : float
        Device pixels for one painter pixel.
    align : float
        Where shorter lines stand: 0 left, 0.5 middle, 1 right.
    room_px : float, optional
        Longer lines are shortened to this width.
    ground : int
        How dark it is behind the lines: 0 not at all, 255 black.
    """
    font = overlay_font(style, scale)
    metrics = QFontMetricsF(font)
    lines = text.split("\n")
    if room_px is not None:
        lines = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room_px) for line in lines]
    widths = [metrics.horizontalAdvance(line) for line in lines]
    width, height = max(widths), metrics.lineSpacing() * len(lines)
    rim = _RIM_PX * scale
    image = QImage(
        int((width + 2 * rim) * ratio) + 2,
        int((height + 2 * rim) * ratio) + 2,
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
    painter.setFont(font)
    if ground:
        plates = QPainterPath()
        for row, line_width in enumerate(widths):
            if line_width:
                top = rim + row * metrics.lineSpacing()
                left = (width - line_width) * align
                plates.addRect(left, top, line_width + 2 * rim, metrics.lineSpacing())
        painter.fillPath(plates, QColor(0, 0, 0, ground))
    for row, (line, line_width) in enumerate(zip(lines, widths, strict=True)):
        start = QPointF(
            rim + (width - line_width) * align, rim + metrics.ascent() + row * metrics.lineSpacing()
        )
        painter.setPen(_HALO)
        for dx, dy in _HALO_STEPS:
            painter.drawText(start + QPointF(dx, dy) * scale, line)
        painter.setPen(QColor(style.colour))
        painter.drawText(start, line)
    painter.end()
    return TextBox(image, width, height, rim, metrics.ascent())


def draw_text_box(painter: QPainter, box: TextBox, left: float, top: float) -> None:
    """Draw a box with its top left corner at a place; on whole device pixels letters stay sharp."""
    ratio = box.image.devicePixelRatio()
    x, y = ((round((value - box.rim_px) * ratio) / ratio) for value in (left, top))
    painter.drawImage(QPointF(x, y), box.image)
