"""Numbers to grey: windows and look-up tables in 8 bits, by table where the voxels are int16."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.core.volume import MaskArray, VoxelArray
from viewer.core.window import VoiTransform

GreyImage = NDArray[np.uint8]

_INT16 = np.iinfo(np.int16)
_PART_PIXELS = 1 << 15
_TABLES_KEPT = 64  # 64 KB each: the windows of the last second of a drag


def to_grey(
    image: VoxelArray,
    transform: VoiTransform,
    inverted: bool = False,
    invalid: MaskArray | None = None,
) -> GreyImage:
    """Draw a slice in 8-bit grey.

    grey = round(255 * share of white), evaluated in float64; halves go to the even number, as in
    IEEE 754 and `numpy.rint`. For a linear-exact window the share is
    clip((value - (center - width / 2)) / width, 0, 1), in this order of evaluation. int16 images
    take the same numbers from a table.

    Parameters
    ----------
    image : ndarray, shape (v, u) or (v, u, 3)
        int16 or float32 in the transform's unit; RGB passes through unchanged (a window has no
        meaning for it).
    transform : HuWindow or VoiLut
        What makes grey of values.
    inverted : bool
        Exchange black and white after it (MONOCHROME1, or the reader's choice).
    invalid : ndarray of bool, shape (v, u), optional
        Pixels without a measurement: black, inverted or not. NaN is treated so too.

    Returns
    -------
    ndarray of uint8, shape (v, u) or (v, u, 3)
        C-contiguous.
    """
    if image.ndim == 3:
        return np.ascontiguousarray(image, np.uint8)
    if image.dtype == np.int16:
        grey = _grey_of_int16(image, transform, inverted)
    else:
        grey = _grey_in_parts(image, transform, inverted)
    if invalid is not None:
        grey[invalid] = 0
    return grey


def _grey(values: NDArray[np.float64], transform: VoiTransform) -> GreyImage:
    return np.rint(255 * transform.share_of_white(values)).astype(np.uint8)


def _grey_of_int16(image: VoxelArray, transform: VoiTransform, inverted: bool) -> GreyImage:
    # Turning to contiguous first: a sagittal slice is strided through the whole volume, and the
    # table lookup would touch each of its cache lines twice.
    index = np.ascontiguousarray(image).view(np.uint16)
    table, grey = _int16_table(transform, inverted), np.empty(index.shape, np.uint8)
    rows = max(1, _PART_PIXELS // max(1, index.shape[1]))
    for first in range(0, len(index), rows):  # numpy widens the index: to what a cache can hold
        part = slice(first, first + rows)
        np.take(table, index[part], mode="wrap", out=grey[part])
    return grey


@lru_cache(maxsize=_TABLES_KEPT)
def _int16_table(transform: VoiTransform, inverted: bool) -> GreyImage:
    """Grey of every int16, indexed by its bits as uint16 (0..32767, then -32768..-1)."""
    # Only what is not constant is computed: a drag makes a new table with every movement.
    first, last = (
        int(np.clip(v, _INT16.min, _INT16.max))
        for v in (np.floor(transform.low) - 1, np.ceil(transform.high) + 1)
    )
    by_value = np.empty(_INT16.max - _INT16.min + 1, np.uint8)
    greys = _grey(np.arange(first, last + 1, dtype=np.float64), transform)
    by_value[: first - _INT16.min] = greys[0]
    by_value[first - _INT16.min : last - _INT16.min + 1] = greys
    by_value[last - _INT16.min + 1 :] = greys[-1]
    table = np.roll(by_value, _INT16.min)
    if inverted:
        table = np.uint8(255) - table
    table.flags.writeable = False
    return table


def _grey_in_parts(image: VoxelArray, transform: VoiTransform, inverted: bool) -> GreyImage:
    """Compute a few rows at a time: float64 of a whole mammogram leaves every cache."""
    grey = np.empty(image.shape, np.uint8)
    rows = max(1, _PART_PIXELS // max(1, image.shape[1]))
    for first in range(0, len(image), rows):
        part = slice(first, first + rows)
        grey[part] = _grey_of_any(np.asarray(image[part], np.float64), transform, inverted)
    return grey


def _grey_of_any(values: NDArray[np.float64], transform: VoiTransform, inverted: bool) -> GreyImage:
    unknown = np.isnan(values)
    with np.errstate(over="ignore"):
        grey = _grey(np.where(unknown, transform.low, values), transform)
    if inverted:
        grey = np.uint8(255) - grey
    grey[unknown] = 0
    return grey
