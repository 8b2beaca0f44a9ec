"""Statistics of the voxels under a mark, from the volume's own voxels, never from the screen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import Calibration, FloatArray, VolumeGeometry
from viewer.core.plane import AxisMapping, map_axes
from viewer.core.shapes import RegionShape
from viewer.core.ultrasound import UltrasoundRegion, scale_at
from viewer.core.volume import Volume
from viewer.imaging.reslice import normal_orientation
from viewer.imaging.slab import slab_values

_SLAB_PLACES = 1 << 13
"""Places of a slab that are measured at a time: a job can be ended between them."""
_WHOLE = 6
"""Decimals of a slice number that count: what lies half way between two is rounded alike."""


@dataclass(frozen=True, slots=True)
class RoiStatistics:
    """What a region says about the voxels in it.

    Attributes
    ----------
    mean, sd, minimum, maximum, median : float or None
        Over the measured pixels, in `unit`; sd is that of the population (divided by N). None
        where the region holds no measured pixel, and for colour.
    area_mm2 : float or None
        Of the ideal outline, not of the pixels; None where the millimetres are not known.
    n_pixels : int
        Measured pixels whose centre lies inside or on the outline.
    unit : str or None
        "HU", ...; None where the numbers have no unit.
    share_without : float
        The part (0..1) of the area that holds no measured pixel: padding, missing slices, and
        what lies beyond the image.
    """

    mean: float | None
    sd: float | None
    minimum: float | None
    maximum: float | None
    median: float | None
    area_mm2: float | None
    n_pixels: int
    unit: str | None
    share_without: float = 0.0


def region_statistics(volume: Volume, shape: RegionShape) -> RoiStatistics:
    """Measure a region on the plane that it lies on.

    A voxel counts where its centre, seen along the region's normal, lies inside or on the outline
    and the voxel is the one nearest to the plane among those behind each other: on a straight
    plane these are the pixels of the nearest slice, on an oblique one those that the plane runs
    through, each once. Nothing is interpolated. A region that was drawn on a slab measures what
    the slab shows there (`viewer.imaging.slab.slab_values`). Padding, placeholder slices and
    numbers that are not finite are left out; beyond the first or last slice there is nothing.
    """
    area_mm2, unit = region_area_mm2(volume, shape), volume.stack.unit
    if volume.is_colour:
        return RoiStatistics(None, None, None, None, None, area_mm2, 0, unit)
    values, inside = _measured(volume, shape)
    if values.size == 0:
        return RoiStatistics(None, None, None, None, None, area_mm2, 0, unit, 1.0)
    return RoiStatistics(
        mean=float(values.mean()),
        sd=float(values.std()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        median=float(np.median(values)),
        area_mm2=area_mm2,
        n_pixels=int(values.size),
        unit=unit,
        share_without=_share_without(volume.geometry, shape, int(values.size), inside),
    )


def region_values(volume: Volume, shape: RegionShape) -> FloatArray:
    """Return the measured values under a region, shape (n,); see `region_statistics`."""
    return _measured(volume, shape)[0]


def _measured(volume: Volume, shape: RegionShape) -> tuple[FloatArray, int]:
    """Return the measured values, and how many pixels of the image the region holds."""
    geometry, index = volume.geometry, _voxels_on_plane(volume.geometry, shape)
    centres = geometry.index_to_lps(index)
    inside = shape.holds(centres)
    count = int(np.count_nonzero(inside))
    if shape.slab.is_thick:
        return _slab_values(volume, shape, centres[inside]), count
    index = index[inside]
    key = (index[:, 0], index[:, 1], index[:, 2])
    values = np.asarray(volume.data[key], np.float64)
    invalid = volume.invalid_mask(key)
    measured = np.isfinite(values) if invalid is None else np.isfinite(values) & ~invalid
    return np.asarray(values[measured], np.float64), count


def _share_without(
    geometry: VolumeGeometry, shape: RegionShape, measured: int, inside: int
) -> float:
    """Return the part of a region that is not measured, of whose pixels `inside` are images'."""
    mapping = map_axes(geometry, normal_orientation(geometry, shape.normal_lps))
    axes = [mapping.v_axis, mapping.u_axis]
    outline = geometry.lps_to_index(np.concatenate(shape.outlines_lps))[:, axes]
    last = np.asarray(geometry.shape_zyx)[axes] - 1
    is_within = bool(np.all((outline >= -0.5) & (outline <= last + 0.5)))
    if not is_within:  # as many more as the area beyond the image has room for
        across = float(geometry.steps_lps_mm[mapping.axis] @ np.asarray(shape.normal_lps))
        pixel_mm2 = abs(float(np.linalg.det(geometry.steps_lps_mm)) / across)
        inside = max(inside, round(shape.area_mm2 / pixel_mm2))
    return 1.0 - measured / inside if inside > measured else 0.0


def _slab_values(volume: Volume, shape: RegionShape, centres: FloatArray) -> FloatArray:
    """Return what the region's slab shows where voxels lie on its plane, a few rows at a time."""
    normal = np.asarray(shape.normal_lps)
    away = (centres - np.asarray(shape.center_lps)) @ normal
    places = centres - away[:, None] * normal
    parts = [
        values[~invalid]
        for first in range(0, len(places), _SLAB_PLACES)
        for values, invalid in (
            slab_values(volume, places[first : first + _SLAB_PLACES], normal, shape.slab),
        )
    ]
    return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)


def _voxels_on_plane(geometry: VolumeGeometry, shape: RegionShape) -> NDArray[np.intp]:
    """Return the voxels nearest to a region's plane within its bounding box, shape (n, 3) zyx."""
    mapping = map_axes(geometry, normal_orientation(geometry, shape.normal_lps))
    outline = geometry.lps_to_index(np.concatenate(shape.outlines_lps))
    axes = (mapping.v_axis, mapping.u_axis)
    # Steps of an oblique plane's voxels along its normal move them sideways: two more each way.
    low = np.floor(outline.min(axis=0)[list(axes)]) - 2
    high = np.ceil(outline.max(axis=0)[list(axes)]) + 3
    ranges = [
        np.arange(max(int(low[k]), 0), min(int(high[k]), geometry.shape_zyx[axis]))
        for k, axis in enumerate(axes)
    ]
    rows, columns = (grid.ravel() for grid in np.meshgrid(*ranges, indexing="ij"))
    # The normal in index space: its product with the steps along each axis.
    across = geometry.steps_lps_mm @ np.asarray(shape.normal_lps)
    middle = geometry.lps_to_index(shape.center_lps)
    depth = (
        middle[mapping.axis]
        - (
            across[axes[0]] * (rows - middle[axes[0]])
            + across[axes[1]] * (columns - middle[axes[1]])
        )
        / across[mapping.axis]
    )
    nearest = np.rint(np.round(depth, _WHOLE)).astype(np.intp)
    inside = (nearest >= 0) & (nearest < geometry.shape_zyx[mapping.axis])
    index = np.empty((int(inside.sum()), 3), np.intp)
    index[:, mapping.axis] = nearest[inside]
    index[:, axes[0]], index[:, axes[1]] = rows[inside], columns[inside]
    return index


def region_area_mm2(volume: Volume, shape: RegionShape) -> float | None:
    """Return the area of a region's ideal outline; None where the millimetres are not known."""
    geometry, regions = volume.geometry, volume.stack.regions
    mapping = map_axes(geometry, normal_orientation(geometry, shape.normal_lps))
    if not geometry.z_known and _crosses_slices(geometry, mapping, shape):
        return None
    scale = scale_at(regions, geometry, _reach(shape, regions))
    if scale.calibration is Calibration.NONE:
        return None
    if not regions:
        return shape.area_mm2
    to_index_yx = np.linalg.inv(geometry.steps_lps_mm)[:, 1:]
    return shape.area_in(to_index_yx * np.asarray(scale.spacing_yx_mm))


def _crosses_slices(geometry: VolumeGeometry, mapping: AxisMapping, shape: RegionShape) -> bool:
    straight = abs(float(geometry.direction_lps[0] @ np.asarray(shape.normal_lps))) > 1 - 1e-9
    return mapping.axis != 0 or not straight


def _reach(shape: RegionShape, regions: tuple[UltrasoundRegion, ...]) -> FloatArray:
    """Return the points that must lie in one ultrasound region; without regions any will do."""
    return np.concatenate(shape.outlines_lps) if regions else np.asarray([shape.center_lps])
