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
_GREYS, _FEW_GREYS, _EXACT = 112, 48, 40
_GREY_SHARE = 0.3
"""Pictures with a smaller part of grey have more use for colours."""


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
    """Return a picture of evenly spaced greys, its most frequent colours, and some for the others.

    Of the others each counts once, however small its part of the picture: thin lines keep theirs.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (rows, columns, 3)
    """
    packed = rgb.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    known, place, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([known >> 16, known >> 8 & 255, known & 255], -1).astype(np.uint8)
    is_grey = np.ptp(colours.astype(int), axis=1) <= 6
    greys = _GREYS if counts[is_grey].sum() > _GREY_SHARE * packed.size else _FEW_GREYS
    palette = np.zeros((256, 3), np.uint8)
    palette[:greys] = np.rint(np.linspace(0, 255, greys))[:, None]
    index = np.zeros(len(known), np.uint8)
    index[is_grey] = np.rint(colours[is_grey].mean(axis=1) / 255 * (greys - 1))
    coloured = np.flatnonzero(~is_grey)
    coloured = coloured[np.argsort(-counts[coloured], kind="stable")]
    exact, others = coloured[:_EXACT], coloured[_EXACT:]
    palette[greys : greys + len(exact)] = colours[exact]
    index[exact] = greys + np.arange(len(exact))
    if len(others):
        first = greys + _EXACT
        chosen = Image.fromarray(colours[others][None]).quantize(
            256 - first, Image.Quantize.MEDIANCUT, kmeans=1
        )
        table = np.asarray(chosen.getpalette(), np.uint8).reshape(-1, 3)[: 256 - first]
        palette[first : first + len(table)] = table
        index[others] = first + np.asarray(chosen)[0]
    made = Image.fromarray(index[place].reshape(rgb.shape[:2]), "P")
    made.putpalette(palette.tobytes())
    return made


def _packed(image: Image.Image) -> bytes:
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
