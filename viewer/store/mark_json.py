"""Marks as JSON: one structure for each kind, named and tagged for good."""

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from viewer.core.key_image import KeyImage
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
    MarkColour,
    PointLps,
    PolygonShape,
    PolylineShape,
    PriorMark,
    ProbeShape,
    RectangleShape,
    TextShape,
)
from viewer.core.slab import THIN, Slab
from viewer.core.study import StackKey

PointJson = tuple[float, float, float]
"""LPS millimetres."""


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all marks share; the fields of each kind are named as those of its shape.

    A text that nobody moved writes nothing: files and undo histories of before stay the same.
    """

    uid: str
    label: str = ""
    colour: str = ""
    locked: bool = False
    hidden: bool = False
    tracked: bool = True
    follows: PriorMark | None = None
    slab: Slab | None = None
    label_way_lps: PointJson | msgspec.UnsetType | None = msgspec.UNSET
    frame_of_reference_uid: str
    stack: int
    normal_lps: PointJson


class _Length(_Mark, frozen=True, tag="length"):
    start_lps: PointJson
    end_lps: PointJson


class _Arrow(_Mark, frozen=True, tag="arrow"):
    tip_lps: PointJson
    tail_lps: PointJson
    text: str = ""


class _Text(_Mark, frozen=True, tag="text"):
    point_lps: PointJson
    text: str = ""


class _Probe(_Mark, frozen=True, tag="probe"):
    point_lps: PointJson


class _Axes(
    _Mark,
    frozen=True,
    rename={
        "center": "center_lps",
        "half_axis_u": "half_axis_u_mm",
        "half_axis_v": "half_axis_v_mm",
    },
):
    center: PointJson
    half_axis_u: PointJson
    half_axis_v: PointJson


class _Ellipse(_Axes, frozen=True, tag="ellipse"):
    pass


class _Circle(_Axes, frozen=True, tag="circle"):
    pass


class _Rectangle(_Axes, frozen=True, tag="rectangle"):
    pass


class _Vertices(_Mark, frozen=True, rename={"vertices": "vertices_lps"}):
    vertices: tuple[PointJson, ...]


class _Bidirectional(_Vertices, frozen=True, tag="bidirectional"):
    pass


class _Angle(_Vertices, frozen=True, tag="angle"):
    pass


class _Cobb(_Vertices, frozen=True, tag="cobb"):
    pass


class _Polyline(_Vertices, frozen=True, tag="polyline"):
    pass


class _Polygon(_Vertices, frozen=True, tag="polygon"):
    pass


class _Freehand(_Vertices, frozen=True, tag="freehand"):
    pass


MarkJson = (
    _Length
    | _Bidirectional
    | _Angle
    | _Cobb
    | _Polyline
    | _Ellipse
    | _Circle
    | _Rectangle
    | _Polygon
    | _Freehand
    | _Probe
    | _Arrow
    | _Text
)
_KINDS: tuple[tuple[type[AnyShape], type[MarkJson]], ...] = (
    (LengthShape, _Length),
    (BidirectionalShape, _Bidirectional),
    (AngleShape, _Angle),
    (CobbShape, _Cobb),
    (PolylineShape, _Polyline),
    (EllipseShape, _Ellipse),
    (CircleShape, _Circle),
    (RectangleShape, _Rectangle),
    (PolygonShape, _Polygon),
    (FreehandShape, _Freehand),
    (ProbeShape, _Probe),
    (ArrowShape, _Arrow),
    (TextShape, _Text),
)
_MARK_OF: dict[type[AnyShape], type[MarkJson]] = dict(_KINDS)
_SHAPE_OF: dict[type[MarkJson], type[AnyShape]] = {mark: shape for shape, mark in _KINDS}


def to_json(shape: AnyShape) -> MarkJson:
    """Return a mark as it is written.

    Raises
    ------
    ValueError
        A coordinate is not finite.
    """
    kind = _MARK_OF[type(shape)]
    values = {name: _plain(getattr(shape, name)) for name in kind.__struct_fields__}
    if shape.label_way_lps is None:
        values["label_way_lps"] = msgspec.UNSET
    return kind(**values)


def from_json(mark: MarkJson, series_uid: str) -> AnyShape:
    """Return the mark that was written.

    Raises
    ------
    ValueError
        A coordinate is not finite, or points are missing.
    """
    values = {name: _plain(getattr(mark, name)) for name in mark.__struct_fields__}
    values["stack"] = StackKey(series_uid, mark.stack)
    values["colour"] = _colour(mark.colour)
    values["slab"] = mark.slab or THIN
    if mark.label_way_lps is msgspec.UNSET:
        values["label_way_lps"] = None
    return _SHAPE_OF[type(mark)](**values)


class KeyImageJson(msgspec.Struct, frozen=True, kw_only=True):
    """A key image as it is written."""

    uid: str
    stack: int
    sop_uid: str
    frame: int
    slice_z: int
    comment: str = ""


def key_image_to_json(image: KeyImage) -> KeyImageJson:
    """Return a key image as it is written."""
    values = {name: getattr(image, name) for name in KeyImageJson.__struct_fields__}
    return KeyImageJson(**{**values, "stack": image.stack.stack})


def key_image_from_json(image: KeyImageJson, series_uid: str) -> KeyImage:
    """Return the key image that was written."""
    values = {name: getattr(image, name) for name in image.__struct_fields__}
    return KeyImage(**{**values, "stack": StackKey(series_uid, image.stack)})


def _plain(value: object) -> Any:  # noqa: ANN401 - a field of any kind of mark
    """Return a field as it is kept: points as finite numbers, the stack by its number."""
    if isinstance(value, StackKey):
        return value.stack
    if isinstance(value, MarkColour):
        return value.value
    if isinstance(value, Slab):
        return value if value.is_thick else None
    if not isinstance(value, tuple):
        return value
    if value and isinstance(value[0], tuple):
        return tuple(_finite(point) for point in value)
    return _finite(value)


def _colour(name: str) -> MarkColour:
    """Return a colour; the standard one for a name that is not known: the mark matters more."""
    return MarkColour(name) if name in set(MarkColour) else MarkColour.STANDARD


def _finite(point: Sequence[float]) -> PointLps:
    x, y, z = (float(value) for value in point)
    if not all(math.isfinite(value) for value in (x, y, z)):
        raise ValueError("a coordinate is not finite")
    return x, y, z
