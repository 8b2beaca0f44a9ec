"""Thick slices: several planes become one by their largest, smallest or mean value."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.slab import Slab, SlabMode
from viewer.core.volume import MaskArray, Volume, VoxelArray

ALONG_TOLERANCE = 1e-6
"""A plane whose normal's cosine with an index axis is this near to 1 is not oblique."""
_WHOLE = 6
"""Decimals of a voxel's number that count: what lies half way between two is rounded alike."""


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


def slab_values(
    volume: Volume, points_lps: FloatArray, normal_lps: FloatArray, slab: Slab
) -> tuple[VoxelArray, MaskArray]:
    """Return what a slab shows at places of its middle plane, from the volume's own voxels.

    On a straight plane these are the pixels of the picture. Across an oblique plane the voxels
    nearest to places as far apart as the planes of its picture are taken, each as it is: where
    the picture interpolates between voxels, its numbers may lie between these.

    Parameters
    ----------
    volume : Volume
        Grey.
    points_lps : ndarray, shape (n, 3)
        In LPS millimetres.
    normal_lps : ndarray, shape (3,)
        Unit normal of the plane.
    slab : Slab
        Thick.

    Returns
    -------
    values : ndarray, shape (n,), dtype of the volume
    invalid : ndarray of bool, shape (n,)
        Places without a measurement anywhere across the slab.
    """
    geometry, counts = volume.geometry, np.asarray(volume.geometry.shape_zyx)
    places = geometry.lps_to_index(points_lps)[None] + _ways(geometry, normal_lps, slab)[:, None]
    index = np.rint(np.round(places, _WHOLE)).astype(np.intp)
    outside = np.asarray(((index < 0) | (index >= counts)).any(axis=-1), bool)
    index = np.clip(index, 0, counts - 1)
    key = (index[..., 0], index[..., 1], index[..., 2])
    planes = volume.data[key]
    absent = volume.invalid_mask(key)
    invalid: MaskArray = outside if absent is None else outside | absent
    if planes.dtype.kind == "f":
        invalid = invalid | ~np.isfinite(planes)
        planes = np.where(invalid, 0, planes)
    image, nowhere = project(planes, invalid, slab.mode)
    return image, np.zeros(image.shape, bool) if nowhere is None else nowhere


def slab_step_along(geometry: VolumeGeometry, normal_lps: FloatArray) -> float:
    """Return how far apart the planes of an oblique slab are: no voxel is stepped over."""
    across = np.abs(normal_lps @ np.linalg.inv(geometry.steps_lps_mm))
    return 1.0 / float(across.max())


def _ways(geometry: VolumeGeometry, normal_lps: FloatArray, slab: Slab) -> FloatArray:
    """Return the ways from the middle plane to the others of a slab in voxels, shape (k, 3)."""
    across = geometry.direction_lps @ normal_lps
    axis = int(np.argmax(np.abs(across)))
    most = 2 * sum(geometry.shape_zyx) + 1  # no slab is thicker than twice the volume
    if abs(float(across[axis])) > 1 - ALONG_TOLERANCE:
        slices = min(max(round(slab.thickness_mm / geometry.spacing_zyx_mm[axis]), 1), most)
        ways = np.zeros((slices, 3))
        ways[:, axis] = np.arange(slices) - (slices - 1) // 2
        return ways
    step_mm = slab_step_along(geometry, normal_lps)
    depth = min(max(round(slab.thickness_mm / step_mm), 1), most)
    along = normal_lps @ np.linalg.inv(geometry.steps_lps_mm) * step_mm
    return np.asarray((np.arange(depth)[:, None] - (depth - 1) / 2) * along)


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
