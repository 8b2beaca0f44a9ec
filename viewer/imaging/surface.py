"""Surfaces by marching cubes, in true millimetres and orientation (the compute process's job)."""

from functools import partial

import numpy as np

from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.volume import VoxelArray
from viewer.imaging.mesh import Mesh, decimate
from viewer.imaging.surface_field import (
    FieldArray,
    Grid,
    InvalidOfSlice,
    Zyx,
    box_above,
    closed,
    grid_for,
    grown,
    reach_zyx,
    sample,
    smooth,
)
from viewer.imaging.surface_request import (
    SCREEN_SAMPLES,
    SURFACE_PRESETS,
    SurfaceKind,
    SurfacePreset,
    SurfaceRequest,
    surface_request,
)
from viewer.imaging.surface_surroundings import coarse_mask, leave_out_surroundings

__all__ = [
    "SCREEN_SAMPLES",
    "SURFACE_PRESETS",
    "SurfaceKind",
    "SurfacePreset",
    "SurfaceRequest",
    "extract_surface",
    "surface_request",
]

_OFF_INTEGERS = 1 / 16  # a level between the integers: no vertex falls on a voxel centre


def extract_surface(ctx: JobContext, request: SurfaceRequest, *, data: VoxelArray) -> Mesh:
    """Cut a closed surface from a volume.

    The surface lies where the (averaged, blurred) voxels cross the threshold, linearly between
    voxel centres. Where the body goes on beyond the volume, it is closed at the outer faces of
    the last voxels. Voxels without a measurement count as air.

    Parameters
    ----------
    ctx : JobContext
        Told of each stage, asked between stages whether to go on.
    request : SurfaceRequest
        What to make.
    data : ndarray, shape (z, y, x)
        int16 or float32, in the threshold's unit.

    Returns
    -------
    Mesh
        Faces and normals look outwards, whatever way the index axes run.

    Raises
    ------
    ViewerError
        There is nothing to enclose at this threshold.
    """
    invalid = partial(request.invalid, data)
    _start(ctx, 0.0, "Looking for the surface")
    grid = _grid(request, data, invalid)
    _start(ctx, 0.1, "Reading voxels")
    field = sample(data, grid, invalid, request.air)
    if request.kind is not SurfaceKind.ABOVE:
        _start(ctx, 0.25, "Telling the body from what surrounds it")
        leave_out_surroundings(field, grid, request, coarse_mask(request, data, invalid))
    _start(ctx, 0.4, "Smoothing")
    level = _level(request, data)
    blurred_away = _blur(field, request, grid, level)
    _start(ctx, 0.55, "Marching cubes")
    mesh = _march(field, grid, request, level, blurred_away=blurred_away)
    if request.reduce > 0:
        _start(ctx, 0.75, "Reducing triangles")
        mesh = decimate(mesh, request.reduce)
    ctx.check()
    ctx.progress(1.0, "Surface ready")
    return mesh


def _start(ctx: JobContext, fraction: float, stage: str) -> None:
    ctx.check()
    ctx.progress(fraction, stage)


def _sigma_zyx(request: SurfaceRequest, factor_zyx: Zyx) -> tuple[float, ...]:
    """Return the blur in samples of a grid that is coarsened by these factors."""
    steps = np.asarray(request.geometry.spacing_zyx_mm) * factor_zyx
    return tuple(float(request.smooth_mm / step) for step in steps)


def _grid(request: SurfaceRequest, data: VoxelArray, invalid: InvalidOfSlice) -> Grid:
    """Choose the part of the volume to look at and its resolution."""
    geometry = request.geometry
    box: tuple[Zyx, Zyx] | None = ((0, 0, 0), geometry.shape_zyx)
    if request.kind is not SurfaceKind.LUNGS:
        box = box_above(data, request.threshold, invalid)
    if box is None:
        raise _nothing_there(request)
    factor = grid_for(box, geometry.spacing_zyx_mm, request.max_samples).factor_zyx
    # A sample beyond the blur's reach all around, so that the surface never meets the box.
    reach = reach_zyx(_sigma_zyx(request, factor))
    margin = tuple((r + 1) * f for r, f in zip(reach, factor, strict=True))
    return Grid(*grown(box, margin, geometry.shape_zyx), factor)


def _nothing_there(request: SurfaceRequest) -> ViewerError:
    where, advice = {
        SurfaceKind.ABOVE: ("voxels at or above", "Choose a lower threshold."),
        SurfaceKind.BODY: ("body above", "Choose a lower threshold."),
        SurfaceKind.LUNGS: ("air spaces inside the body below", "Choose another preset."),
    }[request.kind]
    return ViewerError(
        "There is no surface to show", f"no {where} {request.threshold:g} were found", advice
    )


def _level(request: SurfaceRequest, data: VoxelArray) -> float:
    """Return the threshold, moved so little that no voxel of the inside lies exactly on it."""
    offset = _OFF_INTEGERS if data.dtype.kind in "iu" else max(abs(request.threshold), 1e-3) * 1e-6
    level = request.threshold - offset
    return -level if request.kind is SurfaceKind.LUNGS else level


def _blur(field: FieldArray, request: SurfaceRequest, grid: Grid, level: float) -> bool:
    """Blur in place; tell whether that took away all that was to be enclosed."""
    if request.smooth_mm == 0:
        return False
    before = bool(field.max() > level)
    smooth(field, _sigma_zyx(request, grid.factor_zyx))
    return before and not field.max() > level


def _march(
    field: FieldArray, grid: Grid, request: SurfaceRequest, level: float, *, blurred_away: bool
) -> Mesh:
    if blurred_away:
        raise ViewerError(
            "There is no surface to show",
            f"smoothing by {request.smooth_mm:g} mm leaves nothing of it",
            "Smooth less.",
        )
    from skimage.measure import marching_cubes

    wide = closed(field, level)
    if not wide.min() < level < wide.max():
        raise _nothing_there(request)
    samples, faces, _, _ = marching_cubes(wide, level)  # type: ignore[no-untyped-call]
    index_zyx = grid.to_volume_index(np.asarray(samples, np.float64) - 1)  # `closed` added a layer
    if np.linalg.det(request.geometry.steps_lps_mm) > 0:
        faces = faces[:, ::-1]
    return Mesh.from_triangles(request.geometry.index_to_lps(index_zyx), faces)
