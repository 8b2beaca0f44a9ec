"""Marks without a length or an area are too small; points and long thin paths are not."""

from typing import Any

import pytest

from tests.unit.tools.test_hit import KEY, length, point
from viewer.core.shapes import (
    AngleShape,
    BidirectionalShape,
    PolygonShape,
    PolylineShape,
    ProbeShape,
)
from viewer.tools.extent import is_too_small

BASE: dict[str, Any] = {
    "frame_of_reference_uid": "1.2.3",
    "stack": KEY,
    "normal_lps": (0.0, 0.0, 1.0),
}


def of(kind, *places):
    return kind(vertices=tuple(point(*place) for place in places), **BASE)


@pytest.mark.parametrize(
    ("shape", "small"),
    [
        (length((1, 1), (5, 1)), False),
        (length((1, 1), (1, 1.5)), True),
        (ProbeShape(point_lps=point(1, 1), **BASE), False),
        (of(PolygonShape, (0, 0), (9, 0), (4, 0)), True),
        (of(PolygonShape, (0, 0), (9, 0), (4, 2)), False),
        (of(AngleShape, (0, 0), (9, 0), (9, 0.1)), True),
        (of(AngleShape, (0, 0), (9, 0), (9, 4)), False),
        (of(PolylineShape, (0, 0), (0.1, 0), (9, 0), (9.1, 0)), False),
        (of(BidirectionalShape, (0, 0), (9, 0), (4, 0), (4, 0)), True),
        (of(BidirectionalShape, (0, 0), (9, 0), (4, 2), (4, -2)), False),
    ],
)
def test_what_has_nothing_to_measure(shape, small):
    assert is_too_small(shape, 1.0) is small
