"""What marks measure, in the unit that the data can give, and how it is said."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viewer.app.overlays_frame import value_text
from viewer.app.roi_cache import RoiCache
from viewer.app.standing_text import slab_text
from viewer.app.value_text import number_with_unit
from viewer.app.words import shown_words
from viewer.core.geometry import Calibration, FloatArray, VolumeGeometry
from viewer.core.shapes import (
    AngleShape,
    AnyShape,
    ArrowShape,
    BidirectionalShape,
    CircleShape,
    CobbShape,
    EllipseShape,
    FreehandShape,
    LengthShape,
    PolygonShape,
    PolylineShape,
    ProbeShape,
    RectangleShape,
    RegionShape,
    TextShape,
)
from viewer.core.study import Stack, shown_unit
from viewer.core.ultrasound import UltrasoundRegion, scale_at
from viewer.core.volume import Volume
from viewer.i18n import tr
from viewer.imaging.roi import RoiStatistics, region_area_mm2
from viewer.imaging.slab import slab_values
from viewer.tools.hit import SLICE_TOLERANCE

LOADING = "loading…"
LARGE_AREA_MM2 = 10_000.0
"""Areas from here on are told in cm²: 100 cm²."""
_LEAST_SHARE = 0.005
"""Of a region without values: less than this would be told as 0 %."""
_LEADING_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class MarkValues:
    """The numbers of a mark.

    Attributes
    ----------
    text : str
        As it stands beside the mark, one line or more; "" without a number.
    short : str
        The number one looks for, for a narrow table.
    lengths : tuple of float
        One, or the longer and the shorter diameter.
    length_unit : str
        "mm", "mm at detector" or "px".
    angle_deg : float or None
        In degrees.
    roi : RoiStatistics or None
        Of the voxels inside.
    slab : str
        The slab whose picture was measured ("MIP 10 mm"), or "" for thin voxels.
    brief : str
        What stands beside the mark while nobody looks at it; "" where that is all of `text`.
    """

    text: str = ""
    short: str = ""
    lengths: tuple[float, ...] = ()
    length_unit: str = ""
    angle_deg: float | None = None
    roi: RoiStatistics | None = None
    slab: str = ""
    brief: str = ""

    @property
    def number(self) -> float | None:
        """The number one looks for: long diameter, angle, mean, or the value of a probe."""
        if self.lengths:
            return self.lengths[0]
        if self.angle_deg is not None:
            return self.angle_deg
        if self.roi is not None:
            return self.roi.mean
        found = _LEADING_NUMBER.match(self.short)
        return None if found is None else float(found.group())


@dataclass(frozen=True, slots=True, eq=False)
class _Scaled:
    """Points in coordinates in which distances are true.

    Attributes
    ----------
    points : ndarray, shape (n, 2) or (n, 3)
        In `unit`.
    is_square : bool
        Whether angles are true, too.
    """

    points: FloatArray
    unit: str
    is_square: bool = True


def _scaled(
    points_lps: Sequence[Sequence[float]],
    geometry: VolumeGeometry,
    regions: Sequence[UltrasoundRegion],
) -> _Scaled | None:
    """Return points as the calibration allows; None across slices whose distance is unknown."""
    points = np.asarray(points_lps, np.float64)
    index = geometry.lps_to_index(points)
    if not geometry.z_known and np.ptp(index[:, 0]) > SLICE_TOLERANCE:
        return None
    scale = scale_at(regions, geometry, points)
    if scale.calibration is Calibration.NONE:
        # Pixels of an image without regions may still have a known shape.
        return _Scaled(index, "px", is_square=not regions)
    if regions:
        return _Scaled(index[:, 1:] * scale.spacing_yx_mm, "mm")
    return _Scaled(points, "mm at detector" if scale.calibration is Calibration.DETECTOR else "mm")


_NO_LENGTH = MarkValues("no length: slice distance unknown", "no length")
_NO_ANGLE = MarkValues("no angle: slice distance unknown", "no angle")
_NO_SCALE_ANGLE = MarkValues("no angle: no scale here", "no angle")


def mark_values(
    shape: AnyShape, volume: Volume, rois: RoiCache, has_voxels: bool = True
) -> MarkValues:
    """Return what a mark measures.

    Parameters
    ----------
    rois : RoiCache
        Keeps statistics of unchanged regions.
    has_voxels : bool
        Whether the voxels under it are there; values wait for them.
    """
    if needs_voxels(shape) and not has_voxels:
        return MarkValues(LOADING, LOADING)
    return _VALUES[type(shape)](shape, volume, rois)


def needs_voxels(shape: AnyShape) -> bool:
    """Tell whether a mark says something about values, not only about lengths and angles."""
    return isinstance(shape, RegionShape | ProbeShape)


def values_without_voxels(shape: AnyShape, stack: Stack) -> MarkValues:
    """Return what a mark measures where only its stack's geometry is known: no mean, no probe."""
    nothing = Volume(stack, np.empty((0, 0, 0), np.int16), stack.geometry)
    if isinstance(shape, RegionShape):
        area = region_area_mm2(nothing, shape)
        roi = RoiStatistics(None, None, None, None, None, area, 0, stack.unit)
        text = "" if area is None else _area(area)
        return MarkValues(text, text, roi=roi)
    if isinstance(shape, ProbeShape):
        return MarkValues()
    return _VALUES[type(shape)](shape, nothing, RoiCache())


def mark_text(
    shape: AnyShape,
    volume: Volume,
    rois: RoiCache,
    has_voxels: bool = True,
    *,
    is_brief: bool = False,
) -> str:
    """Return the words beside a mark: the reader's, then its values with their unit.

    Parameters
    ----------
    is_brief : bool
        Of a region only mean, SD and area, so that several on one slice can be told apart.
    """
    found = mark_values(shape, volume, rois, has_voxels)
    values = (is_brief and found.brief) or found.text
    return "\n".join(part for part in (shown_words(shape.words), values) if part)


def length_text(
    shape: LengthShape, geometry: VolumeGeometry, regions: Sequence[UltrasoundRegion] = ()
) -> str:
    """Return a distance as the calibration allows: "12.3 mm", at the detector, or in pixels.

    A distance that leaves its ultrasound region is in pixels.
    """
    return _path(shape.points_lps, geometry, regions).text


def kind_name(shape: AnyShape) -> str:
    """Return what a mark is called in tables."""
    return _NAMES[type(shape)]


def roi_text(roi: RoiStatistics) -> str:
    """Return the statistics of a region on three lines."""
    unit = f" {shown}" if (shown := shown_unit(roi.unit)) else ""
    area = "" if roi.area_mm2 is None else tr("Area {area}  ", area=_area(roi.area_mm2))
    last = f"{area}N {roi.n_pixels}"
    if absent := _absent_text(roi):
        last += f"  {absent}"
    if roi.mean is None or roi.sd is None or roi.median is None:
        return tr("no values\n{last}", last=last)
    return tr(
        "Mean {mean_text}  SD {mean_text_2}{unit}\nMin {minimum}  Max {maximum}  Median "
        "{median}{unit}\n{last}",
        mean_text=mean_text(roi.mean, roi),
        mean_text_2=mean_text(roi.sd, roi),
        unit=unit,
        minimum=_plain_number(roi.minimum, roi),
        maximum=_plain_number(roi.maximum, roi),
        median=_plain_number(roi.median, roi),
        last=last,
    )


def _absent_text(roi: RoiStatistics) -> str:
    """Say how much of a region has no value, where that is worth a word."""
    if not roi.n_pixels or roi.share_without < _LEAST_SHARE:
        return ""
    return tr("{percent:.0f} % without value", percent=100 * roi.share_without)


def mean_text(value: float, roi: RoiStatistics) -> str:
    """Return a mean or SD with the decimals that its numbers deserve: one for HU, more for SUV."""
    largest = max(abs(roi.minimum or 0), abs(roi.maximum or 0))
    if roi.unit == "HU" or largest >= 100:
        return f"{value:.1f}"
    return f"{value:.2f}" if largest >= 1 else f"{value:.3g}"


def _area(area_mm2: float) -> str:
    """Return an area in mm², so that those of one study are read alike; organs are in cm²."""
    return (
        tr("{area_mm2:.2f} cm²", area_mm2=area_mm2 / 100)
        if area_mm2 >= LARGE_AREA_MM2
        else tr("{area_mm2:.1f} mm²", area_mm2=area_mm2)
    )


def _plain_number(value: float | None, roi: RoiStatistics) -> str:
    """Return a least, largest or middle value: whole where the voxels are, else as a mean."""
    if value is None:
        return "-"
    return f"{value:.0f}" if float(value).is_integer() else mean_text(value, roi)


def _path(
    points_lps: Sequence[Sequence[float]],
    geometry: VolumeGeometry,
    regions: Sequence[UltrasoundRegion],
    prefix: str = "",
) -> MarkValues:
    scaled = _scaled(points_lps, geometry, regions)
    if scaled is None:
        return _NO_LENGTH
    length = float(np.linalg.norm(np.diff(scaled.points, axis=0), axis=1).sum())
    text = f"{length:.1f} {tr(scaled.unit)}"
    return MarkValues(prefix + text, text, (length,), scaled.unit)


def _length_values(shape: AnyShape, volume: Volume, rois: RoiCache) -> MarkValues:
    del rois
    return _path(shape.points_lps, volume.geometry, volume.stack.regions)


def _polyline_values(shape: AnyShape, volume: Volume, rois: RoiCache) -> MarkValues:
    del rois
    return _path(shape.points_lps, volume.geometry, volume.stack.regions, tr("Path "))


def _bidirectional_values(shape: AnyShape, volume: Volume, rois: RoiCache) -> MarkValues:
    del rois
    scaled = _scaled(shape.points_lps, volume.geometry, volume.stack.regions)
    if scaled is None:
        return _NO_LENGTH
    a, b, c, d = scaled.points
    long, short = sorted((float(np.linalg.norm(b - a)), float(np.linalg.norm(d - c))))[::-1]
    text = f"{long:.1f} x {short:.1f} {tr(scaled.unit)}"
    return MarkValues(text, text, (long, short), scaled.unit)


def _angle_values(shape: AnyShape, volume: Volume, rois: RoiCache) -> MarkValues:
    del rois
    return _angle(shape, volume, (1, 0, 1, 2), "")


def _cobb_values(shape: AnyShape, volume: Volume, rois: RoiCache) -> MarkValues:
    del rois
    return _angle(shape, volume, (0, 1, 2, 3), tr("Cobb "))


def _angle(
    shape: AnyShape, volume: Volume, ends: tuple[int, int, int, int], prefix: str
) -> MarkValues:
    """Return the angle between two directions; between lines (Cobb) the smaller one."""
    if len(shape.points_lps) <= max(ends):
        return MarkValues()  # it is being drawn
    scaled = _scaled(shape.points_lps, volume.geometry, volume.stack.regions)
    if scaled is None:
        return _NO_ANGLE
    if not scaled.is_square:
        return _NO_SCALE_ANGLE
    start, end, other_start, other_end = (scaled.points[number] for number in ends)
    first, second = end - start, other_end - other_start
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    if lengths == 0:
        return MarkValues()
    cosine = float(first @ second) / lengths
    if isinstance(shape, CobbShape):
        cosine = abs(cosine)
    degrees = float(np.degrees(np.arccos(min(max(cosine, -1.0), 1.0))))
    text = f"{degrees:.1f}°"
    return MarkValues(prefix + text, text, angle_deg=degrees)


def _region_values(shape: AnyShape, volume: Volume, rois: RoiCache) -> MarkValues:
    if not isinstance(shape, RegionShape):
        raise TypeError(type(shape).__name__)
    roi = rois.statistics(volume, shape)
    short = tr("no values")
    if roi.mean is not None and roi.sd is not None:
        unit = f" {shown}" if (shown := shown_unit(roi.unit)) else ""
        short = f"{mean_text(roi.mean, roi)} ± {mean_text(roi.sd, roi)}{unit}"
    text, slab = roi_text(roi), _slab_of(shape, volume)
    if slab and roi.mean is not None:
        text, short = f"{slab}: {text}", f"{short} ({slab})"
    area = "" if roi.area_mm2 is None else _area(roi.area_mm2)
    second = "  ".join(part for part in (area, _absent_text(roi)) if part)
    brief = "\n".join(part for part in (short, second) if part)
    return MarkValues(text, short, roi=roi, slab=slab, brief=brief)


def _probe_values(shape: AnyShape, volume: Volume, rois: RoiCache) -> MarkValues:
    """Return the value of the voxel that is nearest to the place, or of the slab there."""
    del rois
    text, slab = value_text(volume, shape.center_lps), _slab_of(shape, volume)
    if not text:
        text = tr("outside the image")
    elif slab:
        place, normal = np.asarray([shape.center_lps]), np.asarray(shape.normal_lps)
        (value,), (is_absent,) = slab_values(volume, place, normal, shape.slab)
        if is_absent:
            text = tr("no value (padding)")
        else:
            text = number_with_unit(float(value), volume.stack.unit)
            return MarkValues(f"{slab}: {text}", f"{text} ({slab})", slab=slab)
    return MarkValues(text, text)


def _slab_of(shape: AnyShape, volume: Volume) -> str:
    """Return what the values of a mark belong to: colour has no slabs."""
    return "" if volume.is_colour else slab_text(shape.slab)


def _no_values(shape: AnyShape, volume: Volume, rois: RoiCache) -> MarkValues:
    del shape, volume, rois
    return MarkValues()


_ValuesOf = Callable[[Any, Volume, RoiCache], MarkValues]

_KINDS: tuple[tuple[type[AnyShape], str, _ValuesOf], ...] = (
    (LengthShape, "Length", _length_values),
    (BidirectionalShape, "Bidirectional", _bidirectional_values),
    (AngleShape, "Angle", _angle_values),
    (CobbShape, "Cobb angle", _cobb_values),
    (PolylineShape, "Polyline", _polyline_values),
    (EllipseShape, "Ellipse", _region_values),
    (CircleShape, "Circle", _region_values),
    (RectangleShape, "Rectangle", _region_values),
    (PolygonShape, "Polygon", _region_values),
    (FreehandShape, "Freehand", _region_values),
    (ProbeShape, "Probe", _probe_values),
    (ArrowShape, "Arrow", _no_values),
    (TextShape, "Text", _no_values),
)
_NAMES = {kind: name for kind, name, _ in _KINDS}
_VALUES = {kind: values for kind, _, values in _KINDS}
