"""Slices that are interpolated: shifted in their plane (gantry tilt), or between two images."""

import math

import numpy as np
from numpy.typing import NDArray

from viewer.core.volume import VoxelArray

FILL = -32_768
"""What stands where no image reaches, unless the files have a padding value of their own."""


def shift_slice(
    image: NDArray[np.float32], shift_yx_px: tuple[float, float], shape_yx: tuple[int, int]
) -> NDArray[np.float32]:
    """Place an image in a larger matrix by a fractional shift, bilinearly.

    Parameters
    ----------
    image : ndarray, shape (y, x), float32
        NaN where nothing was measured.
    shift_yx_px : tuple of float
        Where pixel (0, 0) lands; not negative.
    shape_yx : tuple of int
        Matrix of the result.

    Returns
    -------
    ndarray, shape shape_yx, float32
        NaN where the image does not reach, or reaches with a NaN.
    """
    out = np.full(shape_yx, np.nan, np.float32)
    moved = image
    starts = []
    for axis, shift in enumerate(shift_yx_px):
        whole = math.floor(shift + 1e-6)
        part = max(shift - whole, 0.0)
        if part > 1e-4:
            before = np.take(moved, range(moved.shape[axis] - 1), axis)
            after = np.take(moved, range(1, moved.shape[axis]), axis)
            moved = before * np.float32(part) + after * np.float32(1 - part)
            whole += 1
        starts.append(whole)
    y, x = starts
    out[y : y + moved.shape[0], x : x + moved.shape[1]] = moved
    return out


def blend(
    first: NDArray[np.float32], second: NDArray[np.float32], weight: float
) -> NDArray[np.float32]:
    """Interpolate between two images; NaN wherever one of them is."""
    mixed: NDArray[np.float32] = first * np.float32(1 - weight) + second * np.float32(weight)
    return mixed


def write_rounded(values: NDArray[np.float32], fill: float, out: VoxelArray) -> None:
    """Write interpolated values, whole numbers into int16, `fill` where they are NaN."""
    filled = np.where(np.isnan(values), np.float32(fill), values)
    if out.dtype == np.int16:
        np.rint(filled, out=filled)
        np.clip(filled, -32_768, 32_767, out=filled)
    out[...] = filled.astype(out.dtype)
