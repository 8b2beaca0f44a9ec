"""Shrinks finished pixels by averaging over areas.

Interpolating between the nearest pixels would skip the others: fine detail turns into patterns
that are not there. Qt averages only below one half, hence this.
"""

import math

import numpy as np
from numpy.typing import NDArray

PixelArray = NDArray[np.uint8]

_ONE = 256  # weights are 256ths: 255 * 256 still fits 16 bits


def area_average(image: PixelArray, size_vu: tuple[int, int]) -> PixelArray:
    """Return an image of fewer pixels, each the mean of the area that it covers.

    Parameters
    ----------
    image : ndarray of uint8, shape (v, u) or (v, u, 3)
        The pixels.
    size_vu : tuple of int
        Rows and columns of the result, not more than the image has.

    Returns
    -------
    ndarray of uint8
        C-contiguous; within 2 of the exact mean, even areas exactly. An axis that keeps its
        length is left alone.
    """
    rows = _average_rows(image, size_vu[0])
    if size_vu[1] == rows.shape[1]:
        return np.ascontiguousarray(rows)
    upright = np.ascontiguousarray(np.swapaxes(rows, 0, 1))  # along rows memory is read in order
    return np.ascontiguousarray(np.swapaxes(_average_rows(upright, size_vu[1]), 0, 1))


def _average_rows(image: PixelArray, count: int) -> PixelArray:
    length = image.shape[0]
    if count == length:
        return image
    start = np.arange(count) * (length / count)
    end = start + length / count
    first = np.floor(start + 1e-9).astype(int)
    taps = math.ceil(length / count) + 1
    # Shares are differences of rounded sums, so that they add up to one exactly.
    reached = np.clip(first[:, None] + np.arange(taps + 1), start[:, None], end[:, None])
    sums = np.round((reached - start[:, None]) * (_ONE * count / length)).astype(np.uint16)
    shares = np.diff(sums, axis=1)
    total = np.full((count, *image.shape[1:]), _ONE // 2, np.uint16)
    part = np.empty_like(total)
    column = (count, *(1 for _ in image.shape[1:]))
    for tap in range(taps):
        source = image[np.minimum(first + tap, length - 1)]
        np.multiply(source, shares[:, tap].reshape(column), out=part)
        total += part
    total >>= 8
    return total.astype(np.uint8)
