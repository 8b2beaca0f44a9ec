"""Marks as values: grips, dragging, areas and what lies inside, against plain geometry."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.voxel_grids import rotation
from viewer.core import contour
from viewer.core.region_marks import plane_basis
from viewer.core.shapes import (
    BidirectionalShape,
    CircleShape,
    CobbShape,
    FreehandShape,
    PolygonShape,
    RectangleShape,
)
from viewer.core.study import StackKey

BASE: dict[str, Any] = {
    "frame_of_reference_uid": "1.9",
    "stack": StackKey("1.2", 0),
    "normal_lps": (0.0, 0.0, 1.0),
}


def flat(*points: tuple[float, float]) -> tuple[tuple[float, float, float], ...]:
    return tuple((x, y, 7.0) for x, y in points)


L_FORM = ((0.0, 0.0), (6.0, 0.0), (6.0, 2.0), (2.0, 2.0), (2.0, 5.0), (0.0, 5.0))


def test_area_of_forms_that_are_known():
    assert contour.area(np.asarray(L_FORM)) == pytest.approx(6 * 2 + 2 * 3)
    eight = np.asarray([(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0)])
    assert contour.area(eight) == pytest.approx(8.0)  # two triangles of 4 each
    assert contour.area(eight[:2]) == 0


@given(st.integers(3, 40), st.floats(0, 6), st.integers(0, 10**6))
def test_area_is_the_shoelace_formula_for_outlines_that_do_not_cross(count, turn, seed):
    rng = np.random.default_rng(seed)
    angles = turn + np.arange(count) * 2 * np.pi / count
    radii = rng.uniform(1.0, 5.0, count)
    x, y = radii * np.cos(angles), radii * np.sin(angles)
    shoelace = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    assert contour.area(np.stack([x, y], axis=1)) == pytest.approx(shoelace, rel=1e-9)


def test_inside_by_hand_and_the_edge_counts():
    corners = np.asarray(L_FORM)
    points = np.asarray([(1, 1), (5, 1), (1, 4), (4, 4), (2, 3), (6, 1), (0, 0), (3, 2), (-1, 0.0)])
    expected = [True, True, True, False, True, True, True, True, False]
    assert contour.holds(corners, points.astype(float)).tolist() == expected


@given(st.integers(3, 12), st.integers(0, 10**6))
def test_inside_is_the_winding_angle_of_a_star(count, seed):
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    if np.max(np.diff([*angles, angles[0] + 2 * np.pi])) > 3:
        return  # the middle lies outside: no star
    corners = np.stack([np.cos(angles), np.sin(angles)], axis=1) * rng.uniform(2, 5, (count, 1))
    points = rng.uniform(-5, 5, (200, 2))
    turns = np.zeros(len(points))
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        one, two = a - points, b - points
        cross = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
        turns += np.arctan2(cross, (one * two).sum(axis=1))
    np.testing.assert_array_equal(contour.holds(corners, points), np.abs(turns) > np.pi)


def test_simplified_keeps_what_sticks_out():
    line = np.asarray([(0.0, 0.0), (1.0, 0.01), (2.0, 0.0), (3.0, 4.0), (4.0, 0.0)])
    assert contour.simplified(line, 0.1).tolist() == [[0, 0], [2, 0], [3, 4], [4, 0]]


@given(st.tuples(*[st.floats(-90, 90)] * 3))
def test_a_plane_basis_is_right_angled_and_in_the_plane(tilt):
    normal = rotation(tilt)[2]
    basis = plane_basis(tuple(normal))
    np.testing.assert_allclose(basis.T @ basis, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(normal @ basis, 0, atol=1e-12)


@given(st.tuples(*[st.floats(-90, 90)] * 3), st.floats(0.5, 9), st.floats(0.5, 9))
def test_areas_hold_on_any_plane(tilt, a, b):
    u, v, normal = rotation(tilt)
    place = {**BASE, "normal_lps": tuple(normal), "center": (100.0, -300.0, 55.0)}
    box = RectangleShape(**place, half_axis_u=tuple(a * u), half_axis_v=tuple(b * v))
    circle = CircleShape(**place, half_axis_u=tuple(a * u), half_axis_v=tuple(a * v))
    polygon = PolygonShape(
        **{**BASE, "normal_lps": tuple(normal)},
        vertices=tuple(tuple(100 * normal + x * u + y * v) for x, y in L_FORM),
    )
    assert box.area_mm2 == pytest.approx(4 * a * b)
    assert circle.area_mm2 == pytest.approx(math.pi * a * a)
    assert polygon.area_mm2 == pytest.approx(18.0)


@pytest.mark.parametrize("slant", [5e-324, 1e-310, 1e-290, 1e-160, 1e-17])
def test_edges_that_hardly_cross_overflow_nothing(slant):
    corners = np.asarray([[0, 0], [4, slant], [4, 3], [0, 3 + slant], [-2, slant]], float)
    assert contour.area(corners) == pytest.approx(12 + 3.0)
    inside = contour.holds(corners, np.asarray([[1.0, 1.0], [2.0, slant / 2], [9.0, slant / 2]]))
    assert inside.tolist() == [True, True, False]


def test_a_circle_keeps_its_centre_and_stays_round():
    circle = CircleShape(
        **BASE, center=(1.0, 2.0, 7.0), half_axis_u=(3.0, 0.0, 0.0), half_axis_v=(0.0, 3.0, 0.0)
    )
    after = circle.dragged(2, np.asarray([-1.0, 0.0, 0.0]), 0.1)
    assert after.center == circle.center
    assert after.half_axis_u == pytest.approx((4.0, 0.0, 0.0))
    assert after.half_axis_v == pytest.approx((0.0, 4.0, 0.0))


@pytest.mark.parametrize("grip", range(4))
def test_a_corner_of_a_rectangle_moves_and_the_one_across_stays(grip):
    box = RectangleShape(
        **BASE, center=(1.0, 2.0, 7.0), half_axis_u=(3.0, 0.0, 0.0), half_axis_v=(0.0, 2.0, 0.0)
    )
    away = np.sign(np.subtract(box.points_lps[grip], box.center)) * (1.0, 0.5, 0.0)
    after = box.dragged(grip, away, 0.1)
    np.testing.assert_allclose(after.points_lps[grip], box.points_lps[grip] + away)
    np.testing.assert_allclose(after.points_lps[grip - 2], box.points_lps[grip - 2])
    tiny = box.dragged(grip, -100 * away, 0.1)
    assert tiny.area_mm2 == pytest.approx(0.04)


def test_the_other_diameter_stays_at_a_right_angle():
    mark = BidirectionalShape(**BASE, vertices=flat((0, 0), (10, 0), (4, 3), (4, -2)))
    turned = mark.dragged(1, np.asarray([-10.0, 20.0, 0.0]), 0.1)
    a, b, c, d = (np.asarray(p) for p in turned.vertices)
    assert (b - a) @ (d - c) == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(d - c) == pytest.approx(5)
    np.testing.assert_allclose(a + 0.4 * (b - a), (0, 8, 7))
    assert c[1] == pytest.approx(8)
    longer = mark.dragged(2, np.asarray([1.0, 2.0, 0.0]), 0.1)
    np.testing.assert_allclose(longer.vertices, flat((0, 0), (10, 0), (5, 5), (5, -2)))
    beyond = mark.dragged(3, np.asarray([50.0, 50.0, 0.0]), 0.1)
    np.testing.assert_allclose(beyond.vertices[2][0], 10)
    assert beyond.vertices[3][1] == pytest.approx(-0.05)  # it does not turn over


def test_a_freehand_grip_bends_the_line_up_to_its_neighbours():
    angles = np.arange(48) * 2 * np.pi / 48
    ring = FreehandShape(**BASE, vertices=flat(*zip(np.cos(angles), np.sin(angles), strict=True)))
    assert len(ring.points_lps) == 12
    after = ring.dragged(0, np.asarray([1.0, 0.0, 0.0]), 0.1)
    moved = np.subtract(after.vertices, ring.vertices)[:, 0]
    np.testing.assert_allclose(moved[[0, 1, 2, 3, 4]], [1, 0.75, 0.5, 0.25, 0])
    np.testing.assert_allclose(moved[[-1, -2, -3, -4]], [0.75, 0.5, 0.25, 0])
    assert not moved[5:-4].any()


def test_marks_move_as_a_whole():
    way = np.asarray([1.0, -2.0, 3.0])
    for mark in (
        CobbShape(**BASE, vertices=flat((0, 0), (1, 0), (0, 2), (3, 3))),
        FreehandShape(**BASE, vertices=flat(*L_FORM)),
        BidirectionalShape(**BASE, vertices=flat((0, 0), (10, 0), (4, 3), (4, -2))),
    ):
        after = mark.moved(way)
        np.testing.assert_allclose(
            np.subtract(after.vertices, mark.vertices), [way] * len(mark.vertices)
        )
        assert after.uid == mark.uid


def test_marks_without_points_are_none():
    with pytest.raises(ValueError, match="points"):
        PolygonShape(**BASE, vertices=())
    with pytest.raises(ValueError, match="four"):
        BidirectionalShape(**BASE, vertices=flat((0, 0), (1, 1)))
