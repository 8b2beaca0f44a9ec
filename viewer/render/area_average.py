"""Shrinks finished pixels by averaging over areas.

Interpolating between the nearest pixels would skip the others: fine detail turns into patterns
that are not there. Qt averages only below one half, hence this.
"""

import math
from functools import lru_cache

import numpy as np

from viewer.render.weighted import PixelArray, Taps, weighted

_BITS = 8  # weights are 256ths: 255 * 256 still fits 16 bits


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
    return weighted(image, size_vu, _taps)


@lru_cache(maxsize=32)  # a viewport asks for the same at each repaint
def _taps(length: int, count: int) -> Taps:
    """Return the taps of means over areas."""
    start = np.arange(count) * (length / count)
    end = start + length / count
    first = np.floor(start + 1e-9).astype(int)
    taps = math.ceil(length / count) + 1
    # Shares are differences of rounded sums, so that they add up to one exactly.
    reached = np.clip(first[:, None] + np.arange(taps + 1), start[:, None], end[:, None])
    sums = np.round((reached - start[:, None]) * ((1 << _BITS) * count / length)).astype(np.uint16)
    return Taps(first, np.diff(sums, axis=1), _BITS)
