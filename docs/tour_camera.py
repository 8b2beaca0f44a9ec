"""Saves what a widget shows as a small PNG: for all pictures of the documents."""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtWidgets import QWidget

PICTURES = Path(__file__).parent / "pictures"
LIMIT_BYTES = 400 * 1024
"""No picture of the documents is larger."""
_LOSSLESS_BYTES = 200 * 1024
_GREYS, _COLOURS = 112, 144


def take(name: str, widget: object) -> None:
    """Save what a widget shows as NAME.png; with 256 colours where all would weigh too much.

    Raises
    ------
    OSError
        It is no widget, or the picture is too large.
    """
    if not isinstance(widget, QWidget):
        raise OSError(f"{name}.png: there is nothing to take")
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    if not widget.grab().save(buffer, "PNG"):
        raise OSError(f"{name}.png cannot be made")
    save(name, Image.open(BytesIO(content.data())).convert("RGB"))


def save(name: str, image: Image.Image) -> None:
    """Save a picture, see `take`."""
    content = _packed(image)
    if len(content) > _LOSSLESS_BYTES:
        content = _packed(few_colours(np.asarray(image)))
    if len(content) > LIMIT_BYTES:
        raise OSError(f"{name}.png would have {len(content)} bytes, more than {LIMIT_BYTES}")
    (PICTURES / f"{name}.png").write_bytes(content)


def few_colours(rgb: NDArray[np.uint8]) -> Image.Image:
    """Return a picture of evenly spaced greys, and of the colours that stand for the others.

    Each different colour counts once, however small its part of the picture: thin lines keep
    theirs.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (rows, columns, 3)
    """
    packed = rgb.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    known, place = np.unique(packed, return_inverse=True)
    colours = np.stack([known >> 16, known >> 8 & 255, known & 255], -1).astype(np.uint8)
    is_grey = np.ptp(colours.astype(int), axis=1) <= 6
    levels = np.rint(np.linspace(0, 255, _GREYS)).astype(np.uint8)
    palette = np.zeros((256, 3), np.uint8)
    palette[:_GREYS] = levels[:, None]
    index = np.zeros(len(known), np.uint8)
    index[is_grey] = np.rint(colours[is_grey].mean(axis=1) / 255 * (_GREYS - 1))
    if not is_grey.all():
        others = Image.fromarray(colours[~is_grey][None])
        chosen = others.quantize(_COLOURS, Image.Quantize.MEDIANCUT, kmeans=1)
        table = np.asarray(chosen.getpalette(), np.uint8).reshape(-1, 3)[:_COLOURS]
        palette[_GREYS : _GREYS + len(table)] = table
        index[~is_grey] = _GREYS + np.asarray(chosen)[0]
    made = Image.fromarray(index[place].reshape(rgb.shape[:2]), "P")
    made.putpalette(palette.tobytes())
    return made


def _packed(image: Image.Image) -> bytes:
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
