"""Thick slices: several planes become one by their largest, smallest or mean value."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.core.view_state import Slab, SlabMode
from viewer.core.volume import MaskArray


def slab_range(index: int, count: int, spacing_mm: float, slab: Slab) -> tuple[int, int]:
    """Return the first slice of a slab around slice `index`, and the one behind its last.

    The slab takes round(thickness / spacing) slices, at least one; at the ends of the volume it is
    cut off, not shifted.
    """
    slices = max(round(slab.thickness_mm / spacing_mm), 1)
    if slab.mode is SlabMode.NONE:
        slices = 1
    first = index - (slices - 1) // 2
    return max(first, 0), min(first + slices, count)


def project(
    planes: NDArray[Any], invalid: MaskArray | None, mode: SlabMode
) -> tuple[NDArray[Any], MaskArray | None]:
    """Project planes onto one; values without a measurement take no part.

    Parameters
    ----------
    planes : ndarray, shape (n, v, u)
        Values; one plane is returned as it is.
    invalid : ndarray of bool, shape (n, v, u), or None
        Values without a measurement.
    mode : SlabMode
        MIP, MinIP or mean (of integers: rounded).

    Returns
    -------
    image : ndarray, shape (v, u), dtype of `planes`
    invalid : ndarray of bool, shape (v, u), or None
        Where no plane has a measurement.
    """
    if len(planes) == 1:
        return planes[0], None if invalid is None else invalid[0]
    if mode is SlabMode.MEAN:
        image = _mean(planes, invalid)
    else:
        largest = mode is SlabMode.MIP
        if invalid is not None and invalid.any():
            planes = np.where(invalid, _extreme(planes.dtype, lowest=largest), planes)
        image = planes.max(axis=0) if largest else planes.min(axis=0)
    return image, None if invalid is None else np.asarray(invalid.all(axis=0))


def _extreme(kind: np.dtype[Any], *, lowest: bool) -> NDArray[Any]:
    """Return the least or greatest number of a type: it never wins a projection."""
    limits = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
    return np.asarray(limits.min if lowest else limits.max, kind)


def _mean(planes: NDArray[Any], invalid: MaskArray | None) -> NDArray[Any]:
    exact = np.float64 if planes.dtype.kind == "f" else np.int64
    if invalid is None:
        total = planes.sum(axis=0, dtype=exact)
        count: NDArray[np.int64] | int = len(planes)
    else:
        valid = ~invalid
        total = np.where(valid, planes, 0).sum(axis=0, dtype=exact)
        count = np.maximum(valid.sum(axis=0), 1)
    mean = total / count
    if planes.dtype.kind != "f":
        mean = np.rint(mean)
    return np.asarray(mean.astype(planes.dtype))
