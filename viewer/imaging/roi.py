"""Statistics of the voxels under a mark, from the volume's own voxels, never from the screen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viewer.core.geometry import Calibration, FloatArray, VolumeGeometry
from viewer.core.plane import AxisMapping, PlaneGeometry, map_axes
from viewer.core.shapes import EllipseShape
from viewer.core.ultrasound import UltrasoundRegion, scale_at
from viewer.core.volume import MaskArray, Volume
from viewer.imaging.reslice import normal_orientation, plane_slice

_EDGE_TOLERANCE = 1e-9  # a pixel centre on the ellipse itself counts, whatever the rounding


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
    """

    mean: float | None
    sd: float | None
    minimum: float | None
    maximum: float | None
    median: float | None
    area_mm2: float | None
    n_pixels: int
    unit: str | None


def ellipse_statistics(volume: Volume, shape: EllipseShape) -> RoiStatistics:
    """Measure an ellipse on the slice that it lies on.

    The slice is the one nearest to the ellipse's centre in the standard plane that is most nearly
    across the ellipse's normal. Padding, placeholder slices and numbers that are not finite are
    left out. An ellipse beyond the first or last slice, or outside the image, holds no pixels.
    """
    geometry = volume.geometry
    orientation = normal_orientation(geometry, shape.normal_lps)
    mapping = map_axes(geometry, orientation)
    area_mm2 = _area_mm2(geometry, mapping, shape, volume.stack.regions)
    position = float(geometry.lps_to_index(shape.center)[mapping.axis])
    index = round(position)
    if volume.is_colour or not 0 <= index < geometry.shape_zyx[mapping.axis]:
        return RoiStatistics(None, None, None, None, None, area_mm2, 0, volume.stack.unit)
    image, invalid, plane = plane_slice(volume, orientation, index)
    rows, columns = _bounds(plane, shape)
    inside = _inside(plane, shape, rows, columns)
    if invalid is not None:
        inside &= ~invalid[rows, columns]
    values = np.asarray(image[rows, columns][inside], np.float64)
    return _describe(values[np.isfinite(values)], area_mm2, volume.stack.unit)


def _area_mm2(
    geometry: VolumeGeometry,
    mapping: AxisMapping,
    shape: EllipseShape,
    regions: Sequence[UltrasoundRegion],
) -> float | None:
    across_slices = 0 in (mapping.u_axis, mapping.v_axis)
    if across_slices and not geometry.z_known:
        return None
    scale = scale_at(regions, geometry, shape.points_lps)
    if scale.calibration is Calibration.NONE:
        return None
    if not regions:
        return shape.area_mm2
    half_axes = np.array([shape.half_axis_u, shape.half_axis_v]) + geometry.origin_lps_mm
    half_yx_mm = geometry.lps_to_index(half_axes)[:, 1:] * scale.spacing_yx_mm
    return float(np.pi * abs(np.linalg.det(half_yx_mm)))


def _describe(values: FloatArray, area_mm2: float | None, unit: str | None) -> RoiStatistics:
    if values.size == 0:
        return RoiStatistics(None, None, None, None, None, area_mm2, 0, unit)
    return RoiStatistics(
        mean=float(values.mean()),
        sd=float(values.std()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        median=float(np.median(values)),
        area_mm2=area_mm2,
        n_pixels=int(values.size),
        unit=unit,
    )


def _bounds(plane: PlaneGeometry, shape: EllipseShape) -> tuple[slice, slice]:
    """Return the rows and columns of the ellipse's bounding box, clipped to the image."""
    center_uv = plane.lps_to_uvw(shape.center)[:2]
    half_axes = np.array([shape.half_axis_u, shape.half_axis_v])
    half_uv = plane.lps_to_uvw(half_axes + plane.origin_lps_mm)[:, :2]
    reach_uv = np.sqrt((half_uv**2).sum(axis=0))
    spans = []
    for axis, count in ((1, plane.shape_vu[0]), (0, plane.shape_vu[1])):
        spacing = plane.spacing_vu_mm[1 - axis]
        first = np.floor((center_uv[axis] - reach_uv[axis]) / spacing)
        last = np.ceil((center_uv[axis] + reach_uv[axis]) / spacing)
        spans.append(slice(int(np.clip(first, 0, count)), int(np.clip(last + 1, 0, count))))
    return spans[0], spans[1]


def _inside(plane: PlaneGeometry, shape: EllipseShape, rows: slice, columns: slice) -> MaskArray:
    """Tell which pixel centres lie within the ellipse, seen along its own normal."""
    v_mm = np.arange(rows.start, rows.stop) * plane.spacing_vu_mm[0]
    u_mm = np.arange(columns.start, columns.stop) * plane.spacing_vu_mm[1]
    uv_mm = np.stack(np.meshgrid(u_mm, v_mm), axis=-1)
    delta = plane.uv_to_lps(uv_mm) - np.asarray(shape.center)
    distance = np.zeros(delta.shape[:2])
    for half in (np.asarray(shape.half_axis_u), np.asarray(shape.half_axis_v)):
        squared = float(half @ half)
        if squared == 0:
            return np.zeros(distance.shape, bool)
        distance += (delta @ half / squared) ** 2
    return np.asarray(distance <= 1 + _EDGE_TOLERANCE, bool)
