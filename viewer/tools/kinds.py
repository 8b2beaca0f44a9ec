"""The kinds of marks that a hand can draw: how many points each needs and what they make."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from viewer.core.contour import simplified
from viewer.core.geometry import FloatArray
from viewer.core.line_marks import diameter_directions
from viewer.core.plane import PlaneGeometry
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
    PointLps,
    PolygonShape,
    PolylineShape,
    ProbeShape,
    RectangleShape,
    TextShape,
    as_point,
)
from viewer.core.slab import Slab
from viewer.core.study import StackKey

SMALLEST_PX = 3.0
"""A mark smaller than this on the screen was not meant."""
_STROKE_TOLERANCE_PX = 0.4
"""How far a freehand outline may leave the hand's own way, to have fewer corners."""

ANY_NUMBER = 0


class Common(TypedDict):
    """What every mark is made with; see `viewer.core.mark.Shape`."""

    frame_of_reference_uid: str
    stack: StackKey
    normal_lps: PointLps
    slab: Slab
    uid: str


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Points of a mark, the last one perhaps still under the pointer.

    Attributes
    ----------
    points : ndarray, shape (n, 3)
        In LPS millimetres, n at least 1.
    plane : PlaneGeometry
        What they were drawn on, as it stands on the screen.
    mm_per_px : float
        Millimetres under one pixel.
    """

    points: FloatArray
    plane: PlaneGeometry
    mm_per_px: float

    @property
    def vertices(self) -> tuple[PointLps, ...]:
        """The points as values."""
        return tuple(as_point(point) for point in self.points)

    @property
    def is_small(self) -> bool:
        """Whether the first two points are one on the screen."""
        size_mm = np.linalg.norm(self.points[1] - self.points[0])
        return bool(size_mm < SMALLEST_PX * self.mm_per_px)


@dataclass(frozen=True, slots=True)
class MarkKind:
    """A kind of mark.

    Attributes
    ----------
    id : str
        Of its tool, as in the table of actions.
    text : str
        What it is called in "Undo ...".
    make : callable
        `make(common, drawn)` returns the mark, unfinished while points are missing, or None where
        there is nothing to show yet.
    points : int
        How many it needs; `ANY_NUMBER` until the reader ends it.
    fewest : int
        How many it needs at least where their number is free.
    closed : bool
        Whether a click on the first point ends it.
    stroke : bool
        Whether it is drawn in one drag.
    """

    id: str
    text: str
    make: Callable[[Common, Drawn], AnyShape | None]
    points: int = 2
    fewest: int = 2
    closed: bool = False
    stroke: bool = False


def _length(common: Common, drawn: Drawn) -> AnyShape | None:
    """Make a distance: a ruler is no diameter of a finding until the reader tracks it."""
    if drawn.is_small:
        return None
    start, end = drawn.vertices[:2]
    return LengthShape(**common, start_lps=start, end_lps=end, tracked=False)


def _arrow(common: Common, drawn: Drawn) -> AnyShape | None:
    """Make an arrow whose tip is the first point and whose text stands at the last."""
    if drawn.is_small:
        return None
    tip, tail = drawn.vertices[:2]
    return ArrowShape(**common, tip_lps=tip, tail_lps=tail)


def _bidirectional(common: Common, drawn: Drawn) -> AnyShape | None:
    """Make the other diameter reach as far as the third point, to both sides of the first."""
    if drawn.is_small:
        return None
    start, end = drawn.points[:2]
    axis, across = diameter_directions(start, end, common["normal_lps"])
    foot, reach = (start + end) / 2, 0.0
    if len(drawn.points) > 2:
        along = float((drawn.points[2] - start) @ axis)
        foot = start + np.clip(along, 0.0, np.linalg.norm(end - start)) * axis
        reach = abs(float((drawn.points[2] - start) @ across))
    ends = (start, end, foot + reach * across, foot - reach * across)
    return BidirectionalShape(**common, vertices=tuple(as_point(point) for point in ends))


def _angle(common: Common, drawn: Drawn) -> AnyShape | None:
    return None if drawn.is_small else AngleShape(**common, vertices=drawn.vertices)


def _cobb(common: Common, drawn: Drawn) -> AnyShape | None:
    return None if drawn.is_small else CobbShape(**common, vertices=drawn.vertices)


def _polyline(common: Common, drawn: Drawn) -> AnyShape | None:
    return None if drawn.is_small else PolylineShape(**common, vertices=drawn.vertices)


def _polygon(common: Common, drawn: Drawn) -> AnyShape | None:
    return None if drawn.is_small else PolygonShape(**common, vertices=drawn.vertices)


def _freehand(common: Common, drawn: Drawn) -> AnyShape | None:
    line = simplified(drawn.points, _STROKE_TOLERANCE_PX * drawn.mm_per_px)
    if len(line) < 3:
        return None
    return FreehandShape(**common, vertices=tuple(as_point(point) for point in line))


def _half_axes(drawn: Drawn) -> tuple[PointLps, PointLps, PointLps] | None:
    """Return centre and half axes of the box between two corners, or None while it is flat."""
    uv_mm = drawn.plane.lps_to_uvw(drawn.points[:2])[:, :2]
    half_u_mm, half_v_mm = np.abs(uv_mm[1] - uv_mm[0]) / 2
    if 2 * min(half_u_mm, half_v_mm) < SMALLEST_PX * drawn.mm_per_px:
        return None
    return (
        as_point(drawn.points[:2].mean(axis=0)),
        as_point(half_u_mm * drawn.plane.u_lps),
        as_point(half_v_mm * drawn.plane.v_lps),
    )


def _ellipse(common: Common, drawn: Drawn) -> AnyShape | None:
    """Make the ellipse that fills the box between two corners."""
    if (box := _half_axes(drawn)) is None:
        return None
    return EllipseShape(**common, center=box[0], half_axis_u=box[1], half_axis_v=box[2])


def _rectangle(common: Common, drawn: Drawn) -> AnyShape | None:
    if (box := _half_axes(drawn)) is None:
        return None
    return RectangleShape(**common, center=box[0], half_axis_u=box[1], half_axis_v=box[2])


def _circle(common: Common, drawn: Drawn) -> AnyShape | None:
    """Make a circle around the first point through the last."""
    if drawn.is_small:
        return None
    radius_mm = float(np.linalg.norm(drawn.points[1] - drawn.points[0]))
    return CircleShape(
        **common,
        center=drawn.vertices[0],
        half_axis_u=as_point(radius_mm * drawn.plane.u_lps),
        half_axis_v=as_point(radius_mm * drawn.plane.v_lps),
    )


def _probe(common: Common, drawn: Drawn) -> AnyShape | None:
    return ProbeShape(**common, point_lps=drawn.vertices[0])


def _text(common: Common, drawn: Drawn) -> AnyShape | None:
    return TextShape(**common, point_lps=drawn.vertices[0])


MARK_KINDS: tuple[MarkKind, ...] = (
    MarkKind("length", "distance", _length),
    MarkKind("bidirectional", "bidirectional", _bidirectional, points=3),
    MarkKind("angle", "angle", _angle, points=3),
    MarkKind("cobb", "Cobb angle", _cobb, points=4),
    MarkKind("polyline", "path", _polyline, points=ANY_NUMBER),
    MarkKind("ellipse", "ellipse", _ellipse),
    MarkKind("circle", "circle", _circle),
    MarkKind("rectangle", "rectangle", _rectangle),
    MarkKind("polygon", "polygon", _polygon, points=ANY_NUMBER, fewest=3, closed=True),
    MarkKind("freehand", "freehand region", _freehand, points=ANY_NUMBER, fewest=3, stroke=True),
    MarkKind("probe", "probe", _probe, points=1),
    MarkKind("arrow", "arrow", _arrow),
    MarkKind("text", "text", _text, points=1),
)
"""Every kind, in the order of the toolbar."""
