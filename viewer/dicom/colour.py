"""Colour frames to 8-bit RGB (PS3.3 C.7.6.3.1.2, C.7.9): YBR, subsampling, palettes, depth."""

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.pixel_format import Palette, StoredArray

_YBR_TO_RGB = np.array(
    [
        [1.0, 1.0, 1.0],
        [0.0, -0.114 * 1.772 / 0.587, 1.772],
        [1.402, -0.299 * 1.402 / 0.587, 0.0],
    ]
)
"""ITU-R BT.601, full range; rows Y, Cb, Cr."""
_STUDIO_BLACK = 16
_STUDIO_GAIN = np.array([255 / 219, 255 / 224, 255 / 224])


def ybr_to_rgb(ybr: StoredArray, bits: int, *, partial: bool = False) -> StoredArray:
    """Convert YBR_FULL or YBR_PARTIAL to RGB.

    Parameters
    ----------
    ybr : ndarray, shape (y, x, 3), unsigned
        Y, Cb, Cr.
    bits : int
        Bits stored; the chroma's zero is at half the range.
    partial : bool
        Luminance uses 16..235 of 255 only, the chroma 16..240 (studio range of BT.601).
    """
    values = ybr.astype(np.float64)
    values[..., 1:] -= 1 << (bits - 1)
    if partial:
        values[..., 0] -= _STUDIO_BLACK * (1 << bits) / 256
        values *= _STUDIO_GAIN
    rgb = values @ _YBR_TO_RGB
    rgb = np.floor(rgb + 0.5)
    np.clip(rgb, 0, (1 << bits) - 1, out=rgb)
    converted: StoredArray = rgb.astype(ybr.dtype)
    return converted


def unpack_422(samples: StoredArray, rows: int, columns: int) -> StoredArray:
    """Undo the horizontal subsampling of YBR_FULL_422 (Y1 Y2 Cb Cr for each pair of pixels)."""
    pairs = samples[: rows * columns * 2].reshape(-1, 4)
    ybr = np.empty((pairs.shape[0], 2, 3), samples.dtype)
    ybr[:, 0, 0] = pairs[:, 0]
    ybr[:, 1, 0] = pairs[:, 1]
    ybr[:, :, 1] = pairs[:, 2:3]
    ybr[:, :, 2] = pairs[:, 3:4]
    return ybr.reshape(rows, columns, 3)


def palette_to_rgb(indices: StoredArray, palette: Palette) -> NDArray[np.uint8]:
    """Look colours up, shape (y, x) to (y, x, 3)."""
    tables = (palette.red, palette.green, palette.blue)
    # Some files keep 8-bit entries in 16-bit tables: then no entry of any colour is larger.
    shift = 8 if max(int(table.values.max()) for table in tables) > 255 else 0
    rgb = np.empty((*indices.shape, 3), np.uint8)
    for channel, table in enumerate(tables):
        entries = (table.values >> shift).astype(np.uint8)
        places = np.clip(indices.astype(np.int64) - table.first, 0, len(entries) - 1)
        rgb[..., channel] = entries[places]
    return rgb


def to_rgb8(colour: StoredArray, bits: int) -> NDArray[np.uint8]:
    """Keep the upper 8 bits of deeper colours."""
    if colour.dtype == np.uint8 and bits == 8:
        return np.ascontiguousarray(colour)
    if bits > 8:
        return (colour >> (bits - 8)).astype(np.uint8)
    if bits < 8:
        return (colour.astype(np.uint16) * 255 // ((1 << bits) - 1)).astype(np.uint8)
    return colour.astype(np.uint8)
