"""Shrinks finished pixels a little without patterns that are not there.

Just below their own size, interpolation between the nearest pixels takes some as they are and
others as the mean of two: noise comes and goes in a grid. A Lanczos kernel as wide as the new
pixels keeps it alike everywhere, and edges sharp.
"""

import math

import numpy as np
from numpy.typing import NDArray

PixelArray = NDArray[np.uint8]

_LOBES = 3
_ONE = 64  # weights are 64ths: sums of 255 * 64 and an overshoot still fit 16 bits


def shrink(image: PixelArray, size_vu: tuple[int, int]) -> PixelArray:
    """Return an image of somewhat fewer pixels.

    Parameters
    ----------
    image : ndarray of uint8, shape (v, u) or (v, u, 3)
        The pixels.
    size_vu : tuple of int
        Rows and columns of the result, not more than the image has.

    Returns
    -------
    ndarray of uint8
        C-contiguous; even areas exactly as they were. An axis that keeps its length is left alone.
    """
    rows = _shrink_rows(image, size_vu[0])
    if size_vu[1] == rows.shape[1]:
        return np.ascontiguousarray(rows)
    upright = np.ascontiguousarray(np.swapaxes(rows, 0, 1))  # along rows memory is read in order
    return np.ascontiguousarray(np.swapaxes(_shrink_rows(upright, size_vu[1]), 0, 1))


def _shrink_rows(image: PixelArray, count: int) -> PixelArray:
    length = image.shape[0]
    if count == length:
        return image
    first, weights = _weights(length, count)
    total = np.full((count, *image.shape[1:]), _ONE // 2, np.int16)
    part = np.empty_like(total)
    column = (count, *(1 for _ in image.shape[1:]))
    for tap in range(weights.shape[1]):
        source = image[np.clip(first + tap, 0, length - 1)]
        np.multiply(source, weights[:, tap].reshape(column), out=part)
        total += part
    total >>= 6
    np.clip(total, 0, 255, out=total)
    return total.astype(np.uint8)


def _weights(length: int, count: int) -> tuple[NDArray[np.intp], NDArray[np.int16]]:
    """Return the first source pixel of each new one, and the weights from there; (n, taps)."""
    step = length / count
    reach = _LOBES * step
    center = (np.arange(count) + 0.5) * step - 0.5
    first = np.ceil(center - reach).astype(np.intp)
    taps = math.floor(2 * reach) + 1
    away = (first[:, None] + np.arange(taps) - center[:, None]) / step
    kernel = np.where(np.abs(away) < _LOBES, np.sinc(away) * np.sinc(away / _LOBES), 0.0)
    kernel *= _ONE / kernel.sum(axis=1, keepdims=True)
    # Rounded sums, so that the weights of each pixel add up to one exactly.
    sums = np.round(np.cumsum(kernel, axis=1))
    return first, np.diff(sums, axis=1, prepend=0.0).astype(np.int16)
