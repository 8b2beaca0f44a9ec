"""Marks as drawables: outlines, grips and live values in the unit that the data can give."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from viewer.app.resolve import ResolvedView
from viewer.core.drawable import (
    Align,
    ArrowItem,
    Drawable,
    EllipseItem,
    HandleItem,
    PolylineItem,
    Style,
    TextItem,
)
from viewer.core.geometry import Calibration, VolumeGeometry
from viewer.core.plane import PlaneGeometry, map_axes
from viewer.core.shapes import AnyShape, ArrowShape, EllipseShape, LengthShape, PointLps
from viewer.core.study import shown_unit
from viewer.core.ultrasound import UltrasoundRegion, scale_at
from viewer.core.volume import Volume
from viewer.imaging.roi import RoiStatistics, ellipse_statistics
from viewer.tools.hit import SLICE_TOLERANCE, belongs_to, lies_in

MARK = Style("#7fdbff", 1.6)
MARK_HOVERED = Style("#c4f0ff", 2.0)
MARK_ACTIVE = Style("#ffb454", 1.8)
_TEXT_GAP_PX = 9.0

Point = tuple[float, float]


class RoiCache:
    """Statistics of ellipses, kept while the volume and the ellipse stay the same."""

    def __init__(self) -> None:
        self._volume: Volume | None = None
        self._kept: dict[str, tuple[EllipseShape, RoiStatistics]] = {}

    def statistics(self, volume: Volume, shape: EllipseShape) -> RoiStatistics:
        """Return the statistics of an ellipse, computed at most once."""
        if self._volume is not volume:
            self._volume = volume
            self._kept.clear()
        kept = self._kept.get(shape.uid)
        if kept is None or kept[0] != shape:
            kept = (shape, ellipse_statistics(volume, shape))
            self._kept[shape.uid] = kept
        return kept[1]


def mark_items(
    shapes: tuple[AnyShape, ...],
    volume: Volume,
    view: ResolvedView,
    rois: RoiCache,
    *,
    active: AbstractSet[str] = frozenset(),
    hovered: str = "",
    loaded: AbstractSet[int] = frozenset(),
) -> list[Drawable]:
    """Draw the marks that lie in a slice.

    Parameters
    ----------
    shapes : tuple of Shape
        Marks; those of another patient frame or another slice are left out.
    active : set of str
        Uids drawn as selected, with grips.
    hovered : str
        Uid under the cursor.
    loaded : set of int
        Slices with voxels: values from slices that are not there yet are not shown.
    """
    items: list[Drawable] = []
    for shape in shapes:
        if not (belongs_to(shape, volume) and lies_in(shape, volume, view.plane)):
            continue
        style = MARK_ACTIVE if shape.uid in active else MARK
        if shape.uid == hovered and shape.uid not in active:
            style = MARK_HOVERED
        text = mark_text(shape, volume, rois, _has_voxels(view, volume.geometry, loaded))
        items += _outline(shape, view.plane, style, text)
        if shape.uid in active:
            items += [HandleItem(_uv(view.plane, p), style) for p in shape.points_lps]
    return items


def mark_text(shape: AnyShape, volume: Volume, rois: RoiCache, has_voxels: bool = True) -> str:
    """Return the words beside a mark: its label, then its values with their unit."""
    if isinstance(shape, LengthShape):
        values = length_text(shape, volume.geometry, volume.stack.regions)
    elif isinstance(shape, EllipseShape):
        values = roi_text(rois.statistics(volume, shape)) if has_voxels else "loading…"
    else:
        values = shape.text
    return "\n".join(part for part in (shape.label, values) if part)


def length_text(
    shape: LengthShape, geometry: VolumeGeometry, regions: Sequence[UltrasoundRegion] = ()
) -> str:
    """Return a distance as the calibration allows: "12.3 mm", at the detector, or in pixels.

    A distance that leaves its ultrasound region is in pixels.
    """
    index = geometry.lps_to_index([shape.start_lps, shape.end_lps])
    crosses_slices = abs(float(index[1, 0] - index[0, 0])) > SLICE_TOLERANCE
    if crosses_slices and not geometry.z_known:
        return "no length: slice distance unknown"
    scale = scale_at(regions, geometry, shape.points_lps)
    if scale.calibration is Calibration.NONE:
        return f"{np.linalg.norm(index[1] - index[0]):.1f} px"
    if regions:
        return f"{np.linalg.norm((index[1] - index[0])[1:] * scale.spacing_yx_mm):.1f} mm"
    suffix = " at detector" if scale.calibration is Calibration.DETECTOR else ""
    return f"{shape.length_mm:.1f} mm{suffix}"


def roi_text(roi: RoiStatistics) -> str:
    """Return the statistics of a region on three lines."""
    unit = f" {shown}" if (shown := shown_unit(roi.unit)) else ""
    area = "" if roi.area_mm2 is None else f"Area {_area(roi.area_mm2)}  "
    last = f"{area}N {roi.n_pixels}"
    if roi.mean is None or roi.sd is None or roi.median is None:
        return f"no values\n{last}"
    return (
        f"Mean {mean_text(roi.mean, roi)}  SD {mean_text(roi.sd, roi)}{unit}\n"
        f"Min {roi.minimum:.6g}  Max {roi.maximum:.6g}  Median {roi.median:.6g}\n{last}"
    )


def mean_text(value: float, roi: RoiStatistics) -> str:
    """Return a mean or SD with the decimals that its numbers deserve: one for HU, more for SUV."""
    largest = max(abs(roi.minimum or 0), abs(roi.maximum or 0))
    if roi.unit == "HU" or largest >= 100:
        return f"{value:.1f}"
    return f"{value:.2f}" if largest >= 1 else f"{value:.3g}"


def _area(area_mm2: float) -> str:
    return f"{area_mm2 / 100:.2f} cm²" if area_mm2 >= 1000 else f"{area_mm2:.1f} mm²"


def _has_voxels(view: ResolvedView, geometry: VolumeGeometry, loaded: AbstractSet[int]) -> bool:
    if map_axes(geometry, view.orientation).axis == 0:
        return view.index in loaded
    return len(loaded) == geometry.shape_zyx[0]


def _outline(shape: AnyShape, plane: PlaneGeometry, style: Style, text: str) -> list[Drawable]:
    points = [_uv(plane, p) for p in shape.points_lps]
    if isinstance(shape, LengthShape):
        return [PolylineItem(tuple(points), style), *_label(max(points), text, style)]
    if isinstance(shape, ArrowShape):
        tip, tail = points
        side = 1.0 if tail[0] >= tip[0] else -1.0
        return [ArrowItem(tip, tail, style), *_label(tail, text, style, side)]
    center = _uv(plane, shape.center)
    half_u, half_v = (_minus(point, center) for point in points[:2])
    reach_u, reach_v = (float(np.hypot(u, v)) for u, v in zip(half_u, half_v, strict=True))
    items: list[Drawable] = [EllipseItem(center, half_u, half_v, style)]
    if text:
        below = (center[0] - reach_u, center[1] + reach_v)
        items.append(TextItem(below, text, Align.TOP_LEFT, style, (0.0, _TEXT_GAP_PX)))
    return items


def _label(point: Point, text: str, style: Style, side: float = 1.0) -> list[Drawable]:
    if not text:
        return []
    align = Align.LEFT if side > 0 else Align.RIGHT
    return [TextItem(point, text, align, style, offset_px=(side * _TEXT_GAP_PX, 0.0))]


def _minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]


def _uv(plane: PlaneGeometry, point_lps: PointLps) -> Point:
    u, v, _ = plane.lps_to_uvw(point_lps)
    return float(u), float(v)
