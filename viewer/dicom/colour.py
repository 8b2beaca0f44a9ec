"""Colour frames to 8-bit RGB (PS3.3 C.7.6.3.1.2, C.7.9): YBR, subsampling, palettes, depth."""

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.codecs import StoredArray
from viewer.dicom.pixel_format import LookupTable, Palette

_YBR_TO_RGB = np.array(
    [
        [1.0, 1.0, 1.0],
        [0.0, -0.114 * 1.772 / 0.587, 1.772],
        [1.402, -0.299 * 1.402 / 0.587, 0.0],
    ]
)
"""ITU-R BT.601, full range; rows Y, Cb, Cr."""


def ybr_to_rgb(ybr: StoredArray, bits: int) -> StoredArray:
    """Convert YBR_FULL to RGB.

    Parameters
    ----------
    ybr : ndarray, shape (y, x, 3), unsigned
        Y, Cb, Cr.
    bits : int
        Bits stored; the chroma's zero is at half the range.
    """
    values = ybr.astype(np.float64)
    values[..., 1:] -= 1 << (bits - 1)
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
    rgb = np.empty((*indices.shape, 3), np.uint8)
    for channel, table in enumerate((palette.red, palette.green, palette.blue)):
        entries = _table_8_bit(table)
        rgb[..., channel] = entries[
            np.clip(indices.astype(np.int64) - table.first, 0, len(entries) - 1)
        ]
    return rgb


def _table_8_bit(table: LookupTable) -> NDArray[np.uint8]:
    """Scale entries to 8 bits; some files keep 8-bit entries in a 16-bit table."""
    entries = np.asarray(table.values, np.int64)
    if table.bits > 8 and entries.max(initial=0) > 255:
        entries = entries >> 8
    return np.clip(entries, 0, 255).astype(np.uint8)


def to_rgb8(colour: StoredArray, bits: int) -> NDArray[np.uint8]:
    """Keep the upper 8 bits of deeper colours."""
    if colour.dtype == np.uint8 and bits == 8:
        return np.ascontiguousarray(colour)
    if bits > 8:
        return (colour >> (bits - 8)).astype(np.uint8)
    if bits < 8:
        return (colour.astype(np.uint16) * 255 // ((1 << bits) - 1)).astype(np.uint8)
    return colour.astype(np.uint8)
