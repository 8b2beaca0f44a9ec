"""Which marks lie near a plane: one by one, by the distance of each grip."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.voxel_grids import rotation
from viewer.core.document import AnnotationDocument
from viewer.core.plane import PlaneGeometry
from viewer.core.shapes import LengthShape, PolylineShape, ProbeShape, as_point
from viewer.core.study import StackKey

BASE: dict[str, Any] = {
    "frame_of_reference_uid": "1",
    "stack": StackKey("1.2.3", 0),
    "normal_lps": (0.0, 0.0, 1.0),
}
RNG = np.random.default_rng(3)
U, V, NORMAL = rotation((12, -31, 8))
PLANE = PlaneGeometry(np.array([3.0, -2.0, 5.0]), U, V, (1.0, 1.0), (10, 10))


def marks(count):
    made: list[Any] = []
    for number in range(count):
        points = tuple(
            as_point(p) for p in np.array([3, -2, 5]) + RNG.uniform(-4, 4, (1 + number % 5, 3))
        )
        common = {**BASE, "uid": str(number)}
        if len(points) == 1:
            made.append(ProbeShape(point_lps=points[0], **common))
        elif len(points) == 2:
            made.append(LengthShape(start_lps=points[0], end_lps=points[1], **common))
        else:
            made.append(PolylineShape(vertices=points, **common))
    return made


def one_by_one(shapes, within_mm):
    return tuple(
        shape
        for shape in shapes
        if all(abs((np.subtract(p, PLANE.origin_lps_mm)) @ NORMAL) <= within_mm
               for p in shape.points_lps)
    )  # fmt: skip


@pytest.mark.parametrize("within_mm", [0.0, 0.6, 2.0, 90.0])
def test_near_is_what_every_grip_says(within_mm):
    shapes = marks(200)
    document = AnnotationDocument("1.2.3", tuple(shapes))
    assert document.near(PLANE, within_mm) == one_by_one(shapes, within_mm)


def test_it_follows_every_change_and_the_order():
    shapes = marks(60)
    document = AnnotationDocument("1.2.3", tuple(shapes[:40]))
    assert AnnotationDocument("").near(PLANE, 99.0) == ()
    for step, shape in enumerate(shapes[40:]):
        document.put(shape, place=step % 3)
        document.remove(shapes[step].uid)
        moved = shapes[39 - step % 10].moved(np.array([0.1, 0.4, -0.2]))
        document.put(replace(moved, label="moved"))
        assert document.near(PLANE, 2.0) == one_by_one(document, 2.0)


def test_numbers_that_no_patient_has_lie_nowhere():
    huge = ProbeShape(point_lps=(1e308, -1e308, 1e308), **BASE)
    assert AnnotationDocument("", (huge, *marks(1))).near(PLANE, 90.0) != ()
