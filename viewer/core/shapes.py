"""Marks that a reader makes: frozen values in patient millimetres (LPS), valid in every plane."""

from viewer.core.line_marks import (
    AngleShape,
    BidirectionalShape,
    CobbShape,
    LengthShape,
    PolylineShape,
)
from viewer.core.mark import MarkColour, PointLps, PriorMark, Shape, as_point, new_uid
from viewer.core.note_marks import ArrowShape, ProbeShape, TextShape
from viewer.core.region_marks import (
    CircleShape,
    EllipseShape,
    FreehandShape,
    PolygonShape,
    RectangleShape,
    RegionShape,
)

AnyShape = (
    LengthShape
    | BidirectionalShape
    | AngleShape
    | CobbShape
    | PolylineShape
    | EllipseShape
    | CircleShape
    | RectangleShape
    | PolygonShape
    | FreehandShape
    | ProbeShape
    | ArrowShape
    | TextShape
)

__all__ = [
    "AngleShape",
    "AnyShape",
    "ArrowShape",
    "BidirectionalShape",
    "CircleShape",
    "CobbShape",
    "EllipseShape",
    "FreehandShape",
    "LengthShape",
    "MarkColour",
    "PointLps",
    "PolygonShape",
    "PolylineShape",
    "PriorMark",
    "ProbeShape",
    "RectangleShape",
    "RegionShape",
    "Shape",
    "TextShape",
    "as_point",
    "new_uid",
]
