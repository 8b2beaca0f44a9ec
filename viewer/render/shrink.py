"""Shrinks finished pixels a little without patterns that are not there.

Just below their own size, interpolation between the nearest pixels takes some as they are and
others as the mean of two: noise comes and goes in a grid. A Lanczos kernel as wide as the new
pixels keeps it alike everywhere, and edges sharp.
"""

import math
from functools import lru_cache

import numpy as np

from viewer.render.weighted import PixelArray, Taps, weighted

_LOBES = 3
_BITS = 6  # weights are 64ths: sums of 255 * 64 and an overshoot still fit 16 bits


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
    return weighted(image, size_vu, _taps)


@lru_cache(maxsize=32)  # a viewport asks for the same at each repaint
def _taps(length: int, count: int) -> Taps:
    """Return the taps of a Lanczos kernel as wide as the new pixels."""
    step = length / count
    reach = _LOBES * step
    center = (np.arange(count) + 0.5) * step - 0.5
    first = np.ceil(center - reach).astype(np.intp)
    taps = math.floor(2 * reach) + 1
    away = (first[:, None] + np.arange(taps) - center[:, None]) / step
    kernel = np.where(np.abs(away) < _LOBES, np.sinc(away) * np.sinc(away / _LOBES), 0.0)
    kernel *= (1 << _BITS) / kernel.sum(axis=1, keepdims=True)
    # Rounded sums, so that the weights of each pixel add up to one exactly.
    sums = np.round(np.cumsum(kernel, axis=1))
    return Taps(first, np.diff(sums, axis=1, prepend=0.0).astype(np.int16), _BITS)
