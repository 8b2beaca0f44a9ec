"""Fewer pixels from more: each new one a weighted sum of neighbours, along rows and columns."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PixelArray = NDArray[np.uint8]


class Taps(NamedTuple):
    """What each new pixel is made of, along one axis.

    Attributes
    ----------
    first : ndarray of int, shape (n,)
        Its first source pixel; outside the image the pixel at the edge is taken.
    weights : ndarray of 16-bit integers, shape (n, taps)
        Of the source pixels from there; their sum is `2 ** bits` and no partial sum with pixels of
        8 bits leaves the type.
    bits : int
    """

    first: NDArray[np.intp]
    weights: NDArray[Any]
    bits: int


def weighted(
    image: PixelArray, size_vu: tuple[int, int], taps_of: Callable[[int, int], Taps]
) -> PixelArray:
    """Return an image of fewer pixels.

    Parameters
    ----------
    image : ndarray of uint8, shape (v, u) or (v, u, 3)
        The pixels.
    size_vu : tuple of int
        Rows and columns of the result, not more than the image has. An axis that keeps its length
        is left alone.
    taps_of : callable
        `taps_of(length, count)` returns the taps that make `count` pixels of `length`.

    Returns
    -------
    ndarray of uint8
        C-contiguous.
    """
    rows = _rows(image, size_vu[0], taps_of)
    if size_vu[1] == rows.shape[1]:
        return np.ascontiguousarray(rows)
    upright = np.ascontiguousarray(np.swapaxes(rows, 0, 1))  # along rows memory is read in order
    return np.ascontiguousarray(np.swapaxes(_rows(upright, size_vu[1], taps_of), 0, 1))


def _rows(image: PixelArray, count: int, taps_of: Callable[[int, int], Taps]) -> PixelArray:
    length = image.shape[0]
    if count == length:
        return image
    first, weights, bits = taps_of(length, count)
    total = np.full((count, *image.shape[1:]), 1 << (bits - 1), weights.dtype)
    part = np.empty_like(total)
    column = (count, *(1 for _ in image.shape[1:]))
    for tap in range(weights.shape[1]):
        source = image[np.clip(first + tap, 0, length - 1)]
        np.multiply(source, weights[:, tap].reshape(column), out=part)
        total += part
    total >>= bits
    if weights.dtype.kind == "i":  # negative weights overshoot
        np.clip(total, 0, 255, out=total)
    return total.astype(np.uint8)
