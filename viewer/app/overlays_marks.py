"""Marks as drawables: outlines, grips and live values in the unit that the data can give."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

import numpy as np

from viewer.app.mark_values import mark_text
from viewer.app.resolve import ResolvedView
from viewer.app.roi_cache import RoiCache
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
from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.plane import PlaneGeometry
from viewer.core.shapes import (
    AngleShape,
    AnyShape,
    ArrowShape,
    CobbShape,
    EllipseShape,
    MarkColour,
    PointLps,
    ProbeShape,
    RegionShape,
    TextShape,
)
from viewer.core.volume import Volume
from viewer.tools.hit import belongs_to, lies_in

MARK = Style("#7fdbff", 1.6)
MARK_HOVERED = Style("#c4f0ff", 2.0)
MARK_ACTIVE = Style("#ffb454", 1.8)
COLOURS: dict[MarkColour, str] = {
    MarkColour.STANDARD: MARK.colour,
    MarkColour.GREEN: "#3ddc97",
    MarkColour.YELLOW: "#f0e442",
    MarkColour.VERMILION: "#ff7043",
    MarkColour.PURPLE: "#e59ccf",
    MarkColour.WHITE: "#ffffff",
}
_TEXT_GAP_PX = 9.0
_SEEN_SHARE = 0.5
_FARTHEST_MM = 1e4
"""Of the way to a text: a file that somebody edited may say more than pixels can be counted."""
_MOST_CORNERS = 5000
"""Of a line; a hand draws some hundred, and painting a hundred thousand takes seconds."""
_ARC_SHARE, _ARC_STEPS = 0.3, 16
_AROUND_STEPS = 24
_HELP_DASH = (4.0, 4.0)
_UNTRACKED_DASH = (6.0, 4.0)

Point = tuple[float, float]


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
        Marks; hidden ones and those of another patient frame or another slice are left out.
    active : set of str
        Uids drawn as selected, with grips.
    hovered : str
        Uid under the cursor.
    loaded : set of int
        Slices with voxels: values from slices that are not there yet are not shown.
    """
    items: list[Drawable] = []
    has_slice = _has_voxels(view, volume.geometry, loaded)
    has_all = len(loaded) == volume.geometry.shape_zyx[0]
    for shape in shapes:
        if shape.hidden or not (belongs_to(shape, volume) and lies_in(shape, volume, view.plane)):
            continue
        is_active = shape.uid in active
        style = mark_style(shape, is_active=is_active, is_hovered=shape.uid == hovered)
        has_voxels = has_all if shape.slab.is_thick else has_slice
        is_brief = not (is_active or shape.uid == hovered)
        text = mark_text(shape, volume, rois, has_voxels, is_brief=is_brief)
        items += _told_of(shape, view.plane, _outline(shape, view.plane, style, text))
        if is_active and not shape.locked:
            items += [HandleItem(_uv(view.plane, p), style) for p in shape.points_lps]
    return items


def mark_style(shape: AnyShape, *, is_active: bool, is_hovered: bool) -> Style:
    """Return how a mark is drawn; a colour that the reader chose stays, whatever happens.

    Untracked marks are dashed.
    """
    style = MARK_ACTIVE if is_active else MARK_HOVERED if is_hovered else MARK
    if not shape.tracked:
        style = replace(style, dash=_UNTRACKED_DASH)
    if shape.colour is MarkColour.STANDARD:
        return style
    return replace(style, colour=COLOURS[shape.colour])


def _has_voxels(view: ResolvedView, geometry: VolumeGeometry, loaded: AbstractSet[int]) -> bool:
    if view.along_slices:
        return view.index in loaded
    return len(loaded) == geometry.shape_zyx[0]


def _outline(shape: AnyShape, plane: PlaneGeometry, style: Style, text: str) -> list[Drawable]:
    points = [_uv(plane, p) for p in shape.points_lps]
    if isinstance(shape, ArrowShape):
        tip, tail = points
        side = 1.0 if tail[0] >= tip[0] else -1.0
        return [ArrowItem(tip, tail, style), *_label(tail, text, style, side)]
    if isinstance(shape, ProbeShape | TextShape):
        return [HandleItem(points[0], style), *_label(points[0], text, style)]
    if isinstance(shape, RegionShape):
        return [*_region(shape, plane, style), *_below(shape, plane, text, style)]
    lines = [tuple(_uv(plane, p) for p in _drawn(line)) for line in shape.outlines_lps]
    items: list[Drawable] = [PolylineItem(line, style) for line in lines if len(line) > 1]
    place = max(points)
    if isinstance(shape, AngleShape) and len(points) > 2:
        items.append(PolylineItem(_arc(points), style))
        place = points[1]
    elif isinstance(shape, CobbShape) and len(points) > 3:
        ends = (_middle(*points[:2]), _middle(*points[2:]))
        items.append(PolylineItem(ends, replace(style, dash=_HELP_DASH)))
    return [*items, *_label(place, text, style)]


def _told_of(shape: AnyShape, plane: PlaneGeometry, items: list[Drawable]) -> list[Drawable]:
    """Let the text of a mark know its lines, and where the reader put it."""
    outlines: list[tuple[Point, ...]] = []
    for item in items:
        if isinstance(item, PolylineItem):
            outlines.append((*item.points, item.points[0]) if item.closed else item.points)
        elif isinstance(item, EllipseItem):
            outlines.append(_around(item))
        elif isinstance(item, ArrowItem):
            outlines.append((item.tip, item.tail))
        elif isinstance(item, HandleItem):
            outlines.append((item.point,))
    changes: dict[str, Any] = {"outlines": tuple(outlines), "mark_uid": shape.uid}
    way_mm = label_way(shape, plane)
    if way_mm is not None:
        changes |= {"point": _uv(plane, shape.label_anchor_lps), "way_mm": way_mm}
    return [replace(item, **changes) if isinstance(item, TextItem) else item for item in items]


def label_way(shape: AnyShape, plane: PlaneGeometry) -> Point | None:
    """Return the way to a text that the reader put somewhere, as a plane sees it.

    None where most of it leads out of the plane: there it says nothing, and would only put the
    text on the mark itself. The text finds a place then, as it does when nobody moved it.
    """
    if shape.label_way_lps is None:
        return None
    way_lps = np.clip(shape.label_way_lps, -_FARTHEST_MM, _FARTHEST_MM)
    u, v, _ = plane.lps_to_uvw(plane.origin_lps_mm + way_lps)
    is_seen = np.hypot(u, v) >= _SEEN_SHARE * np.linalg.norm(way_lps)
    return (float(u), float(v)) if is_seen else None


def _around(item: EllipseItem) -> tuple[Point, ...]:
    angles = np.linspace(0.0, 2 * np.pi, _AROUND_STEPS + 1)[:, None]
    center, half_u, half_v = (np.asarray(x) for x in (item.center, item.half_u, item.half_v))
    points = center + half_u * np.cos(angles) + half_v * np.sin(angles)
    return tuple((float(u), float(v)) for u, v in points)


def _region(shape: RegionShape, plane: PlaneGeometry, style: Style) -> list[Drawable]:
    if isinstance(shape, EllipseShape):
        center = _uv(plane, shape.center)
        half_u, half_v = (_minus(_uv(plane, p), center) for p in shape.points_lps[:2])
        return [EllipseItem(center, half_u, half_v, style)]
    return [
        PolylineItem(tuple(_uv(plane, p) for p in _drawn(line[:-1])), style, closed=True)
        for line in shape.outlines_lps
    ]


def _drawn(line: FloatArray) -> FloatArray:
    """Return a line with as many corners as can be drawn: of a file that somebody edited, fewer."""
    return line[:: -(-len(line) // _MOST_CORNERS)] if len(line) > _MOST_CORNERS else line


def _below(shape: RegionShape, plane: PlaneGeometry, text: str, style: Style) -> list[Drawable]:
    """Return the text at the lower left corner of a region's bounding box."""
    if not text:
        return []
    uv = plane.lps_to_uvw(np.concatenate(shape.outlines_lps))[:, :2]
    below = (float(uv[:, 0].min()), float(uv[:, 1].max()))
    return [TextItem(below, text, Align.TOP_LEFT, style, (0.0, _TEXT_GAP_PX))]


def _arc(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the arc of an angle, near its apex."""
    start, apex, end = (np.asarray(point) for point in points[:3])
    legs = start - apex, end - apex
    radius = _ARC_SHARE * min(float(np.linalg.norm(leg)) for leg in legs)
    first, last = (float(np.arctan2(leg[1], leg[0])) for leg in legs)
    span = (last - first + np.pi) % (2 * np.pi) - np.pi
    angles = first + span * np.linspace(0.0, 1.0, _ARC_STEPS)
    return tuple(
        (float(apex[0] + radius * np.cos(a)), float(apex[1] + radius * np.sin(a))) for a in angles
    )


def _label(point: Point, text: str, style: Style, side: float = 1.0) -> list[Drawable]:
    if not text:
        return []
    align = Align.LEFT if side > 0 else Align.RIGHT
    return [TextItem(point, text, align, style, offset_px=(side * _TEXT_GAP_PX, 0.0))]


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]


def _uv(plane: PlaneGeometry, point_lps: PointLps | np.ndarray) -> Point:
    u, v, _ = plane.lps_to_uvw(point_lps)
    return float(u), float(v)
