"""Planes that cut through the voxels at any angle, thin or thick, by trilinear interpolation."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.core.plane import PlaneGeometry
from viewer.core.view_state import Slab, SlabMode
from viewer.core.volume import MaskArray, Volume, VoxelArray
from viewer.imaging.reslice import PlaneSlice
from viewer.imaging.slab import project


def oblique_slice(volume: Volume, plane: PlaneGeometry, slab: Slab) -> PlaneSlice:
    """Sample a volume on any plane, in true millimetres.

    Values between voxels are interpolated linearly (in a slab: on planes one pixel apart, which
    are then projected). Pixels outside the volume, and those whose nearest voxel holds no
    measurement, are invalid.

    Parameters
    ----------
    volume : Volume
        Grey or colour.
    plane : PlaneGeometry
        Pixel grid; its place among the voxels may be any.
    slab : Slab
        Mode, and thickness across the plane.

    Returns
    -------
    PlaneSlice
        int16 stays int16 (rounded), float32 and colour likewise keep their type.
    """
    depth = 1
    if slab.mode is not SlabMode.NONE:
        depth = max(round(slab.thickness_mm / plane.spacing_vu_mm[0]), 1)
    matrix, offset = _index_map(volume, plane, depth)
    shape = (depth, *plane.shape_vu)
    invalid = _invalid(volume, matrix, offset, shape)
    if volume.is_colour:
        channels = [
            _sampled(volume.data[..., channel], matrix, offset, shape) for channel in range(3)
        ]
        middle = np.stack([c[depth // 2] for c in channels], axis=-1)
        return PlaneSlice(_rounded(middle, volume.data.dtype), invalid[depth // 2], plane)
    samples = _sampled(volume.data, matrix, offset, shape)
    image, mask = project(samples, invalid, slab.mode)
    return PlaneSlice(_rounded(image, volume.data.dtype), mask, plane)


def _index_map(
    volume: Volume, plane: PlaneGeometry, depth: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return matrix and offset from (depth, row, column) to fractional voxel indices (z, y, x)."""
    geometry = volume.geometry
    dv, du = plane.spacing_vu_mm
    steps = np.stack([plane.normal_lps * dv, plane.v_lps * dv, plane.u_lps * du])
    inverse = np.linalg.inv(geometry.steps_lps_mm)
    matrix = (steps @ inverse).T
    first = plane.origin_lps_mm - steps[0] * (depth - 1) / 2
    return np.asarray(matrix, np.float64), np.asarray(geometry.lps_to_index(first), np.float64)


def _sampled(
    data: NDArray[np.generic],
    matrix: NDArray[np.float64],
    offset: NDArray[np.float64],
    shape: tuple[int, ...],
) -> NDArray[np.float32]:
    from scipy.ndimage import affine_transform

    sampled: NDArray[np.float32] = affine_transform(
        data, matrix, offset, shape, np.float32, order=1, mode="nearest", prefilter=False
    )
    return sampled


def _invalid(
    volume: Volume,
    matrix: NDArray[np.float64],
    offset: NDArray[np.float64],
    shape: tuple[int, ...],
) -> MaskArray:
    """Tell which samples lie outside the outer faces of the voxels, or in padding."""
    inside = np.ones(shape, bool)
    grids = np.ogrid[tuple(slice(0, n) for n in shape)]
    for axis, count in enumerate(volume.geometry.shape_zyx):
        index = sum(grids[k] * matrix[axis, k] for k in range(3)) + offset[axis]
        inside &= (index >= -0.5) & (index <= count - 0.5)
    mask = volume.invalid_mask()
    if mask is not None:
        from scipy.ndimage import affine_transform

        inside &= ~affine_transform(
            mask, matrix, offset, shape, bool, order=0, mode="nearest", prefilter=False
        )
    return ~inside


def _rounded(values: NDArray[np.float32], dtype: np.dtype[Any]) -> VoxelArray:
    if dtype == np.float32:
        return values
    limits = np.iinfo(dtype)
    rounded: VoxelArray = np.clip(np.rint(values), limits.min, limits.max).astype(dtype)
    return rounded
