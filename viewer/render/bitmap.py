"""Single pixels in one colour over an image, as sharp or as smooth as the image itself."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from viewer.core.drawable import BitmapItem
from viewer.render.image_layer import reduced_size
from viewer.render.shrink import area_average

_KEPT = 8
_LINE_SHARE = 0.5
"""A pixel of the screen that a line covers by this share has the line's full colour."""
_RIM = "#000000"
_RIM_OPACITY = 0.6

Mask = NDArray[np.bool_]


def draw_bitmap(
    painter: QPainter, item: BitmapItem, visible: QRectF, to_device: QTransform
) -> None:
    """Draw a bitmap.

    Parameters
    ----------
    painter : QPainter
        In pixels of the mask, the corner of its first one at the origin.
    item : BitmapItem
        What to draw.
    visible : QRectF
        The part that can be seen, in pixels of the mask.
    to_device : QTransform
        From pixels of the mask to those of the screen or the picture.
    """
    rows, columns = item.mask.shape
    size = reduced_size(item.mask.shape, to_device)
    if 2 * size[0] < rows and 2 * size[1] < columns:
        for layer in _reduced(item, size):
            painter.drawImage(QRectF(0, 0, columns, rows), layer)
        return
    # Smoothing loses no line here; only the part in view is made, however large the whole is.
    left, top = max(math.floor(visible.left()) - 1, 0), max(math.floor(visible.top()) - 1, 0)
    right = min(math.ceil(visible.right()) + 1, columns)
    bottom = min(math.ceil(visible.bottom()) + 1, rows)
    if left < right and top < bottom:
        for layer in _layers(item, item.mask[top:bottom, left:right], None):
            painter.drawImage(QRectF(left, top, right - left, bottom - top), layer)


@lru_cache(maxsize=_KEPT)
def _reduced(item: BitmapItem, size_vu: tuple[int, int]) -> list[QImage]:
    return _layers(item, item.mask, size_vu)


def _layers(item: BitmapItem, mask: Mask, size_vu: tuple[int, int] | None) -> list[QImage]:
    """Return the pictures that make up a bitmap: lines get a dark rim first."""
    pixels = _tinted(_share(mask, size_vu, item.is_drawing), item.colour, item.opacity)
    if not item.is_drawing:
        return [pixels]
    return [_tinted(_share(_grown(mask), size_vu, False), _RIM, _RIM_OPACITY), pixels]


def _share(mask: Mask, size_vu: tuple[int, int] | None, full_lines: bool) -> NDArray[np.uint8]:
    """Return how much of each pixel is covered, 0..255."""
    opaque = np.ascontiguousarray(mask).view(np.uint8) * np.uint8(255)
    if size_vu is None:
        return opaque
    share = area_average(opaque, size_vu)
    return np.minimum(share / _LINE_SHARE, 255).astype(np.uint8) if full_lines else share


def _grown(mask: Mask) -> Mask:
    """Return a mask with the neighbours of its pixels."""
    wide = mask.copy()
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    grown = wide.copy()
    grown[1:] |= wide[:-1]
    grown[:-1] |= wide[1:]
    return grown


def _tinted(share: NDArray[np.uint8], colour: str, opacity: float) -> QImage:
    """Return a picture of one colour, as opaque as `share` (0..255) says."""
    rows, columns = share.shape
    levels = QImage(share.data, columns, rows, share.strides[0], QImage.Format.Format_Indexed8)
    tint = QColor(colour)
    table = []
    for level in range(256):
        tint.setAlpha(round(level * opacity))
        table.append(tint.rgba())
    levels.setColorTable(table)
    return levels.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
