"""What a surface is not about: the table around the body, the body around the lungs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.plane import Orientation, map_axes
from viewer.core.volume import MaskArray, VoxelArray
from viewer.imaging.body import air_inside, body_mask
from viewer.imaging.surface_field import FieldArray, Grid, InvalidOfSlice, grid_for, sample
from viewer.imaging.surface_request import CLEARANCE, SKIN_HU, SurfaceKind, SurfaceRequest

BODY_SAMPLES = 3_000_000
"""Samples of the grid on which body and lungs are told from table and room (about 3 mm)."""


@dataclass(frozen=True, slots=True, eq=False)
class CoarseMask:
    """What is body or lung on a coarse grid over the whole volume."""

    grid: Grid
    mask: MaskArray


def coarse_mask(request: SurfaceRequest, data: VoxelArray, invalid: InvalidOfSlice) -> CoarseMask:
    """Find the body, or the lungs and airways, as the request's kind asks."""
    geometry = request.geometry
    grid = grid_for(((0, 0, 0), geometry.shape_zyx), geometry.spacing_zyx_mm, BODY_SAMPLES)
    along = map_axes(geometry, Orientation.AXIAL).axis
    to_head = 1 if geometry.direction_lps[along, 2] >= 0 else -1
    hu = np.moveaxis(sample(data, grid, invalid, request.air), along, 0)[::to_head]
    hu = np.ascontiguousarray(hu)
    spacing_mm = np.asarray(geometry.spacing_zyx_mm) * grid.factor_zyx
    turned_mm = tuple(float(s) for s in (spacing_mm[along], *np.delete(spacing_mm, along)))
    if request.kind is SurfaceKind.BODY:
        mask = body_mask(hu, turned_mm, request.threshold)
    else:
        body = body_mask(hu, turned_mm, SKIN_HU)
        mask = air_inside(hu, body, turned_mm, request.threshold)
    return CoarseMask(grid, np.moveaxis(mask[::to_head], 0, along))


def leave_out_surroundings(
    field: FieldArray, grid: Grid, request: SurfaceRequest, coarse: CoarseMask
) -> None:
    """Change a field, in place, where it is not what the surface is about.

    The masks stay one coarse sample away from the surface, which is the field's own. For lungs
    the field is negated: the inside of a surface is always what lies above its level.
    """
    from scipy import ndimage

    around = np.ones((3, 3, 3), bool)
    near = ndimage.binary_dilation(coarse.mask, around)
    deep = ndimage.binary_erosion(coarse.mask, around, border_value=1)
    z, y, x = (_coarse_index(grid, coarse.grid, axis) for axis in range(3))
    for plane, layer in zip(field, z, strict=True):
        outside = ~near[layer][np.ix_(y, x)]
        if request.kind is SurfaceKind.LUNGS:
            np.negative(plane, out=plane)
            plane[outside] = np.minimum(plane[outside], -request.threshold - CLEARANCE)
        else:
            inside = deep[layer][np.ix_(y, x)]
            plane[outside] = request.air
            plane[inside] = np.maximum(plane[inside], request.threshold + CLEARANCE)


def _coarse_index(grid: Grid, coarse: Grid, axis: int) -> NDArray[np.intp]:
    """Return, for each sample of a grid along an axis, the coarse sample it lies in."""
    samples = np.arange(grid.shape_zyx[axis], dtype=np.float64)
    factor = grid.factor_zyx[axis]
    voxels = samples * factor + (factor - 1) / 2 + grid.start_zyx[axis]
    index = (voxels / coarse.factor_zyx[axis]).astype(np.intp)
    return np.minimum(index, coarse.shape_zyx[axis] - 1)
