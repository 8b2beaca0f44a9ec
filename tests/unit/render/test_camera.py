"""Tests of viewer.render.camera."""

from math import hypot, radians, tan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.render.camera import FIELD_OF_VIEW_DEG, STANDARD_VIEWS, OrbitCamera

SIZE = (800.0, 600.0)
LEFT, POSTERIOR, SUPERIOR = np.eye(3)
L, R, P, A, S = LEFT, -LEFT, POSTERIOR, -POSTERIOR, SUPERIOR
# What the screen shows at its right and at its top, seen from each side.
RIGHT_AND_UP = {"A": (L, S), "P": (R, S), "L": (P, S), "R": (A, S), "S": (R, A), "I": (L, A)}
SIDES = {"A": A, "P": P, "L": L, "R": R, "S": S, "I": -S}


def place(camera: OrbitCamera, point, size) -> tuple[float, float]:
    projected = camera.project(point, size)
    assert projected is not None
    return projected


@pytest.mark.parametrize("view", STANDARD_VIEWS, ids=lambda view: view.letter)
def test_standard_views_show_the_right_sides(view):
    camera = OrbitCamera((10.0, -20.0, 30.0), 500.0).seen_from(view)
    right, up, towards_eye = camera.rotation
    np.testing.assert_allclose(right, RIGHT_AND_UP[view.letter][0], atol=1e-12)
    np.testing.assert_allclose(up, RIGHT_AND_UP[view.letter][1], atol=1e-12)
    np.testing.assert_allclose(towards_eye, SIDES[view.letter], atol=1e-12)


@given(st.floats(-360, 360), st.floats(-90, 90))
def test_the_rotation_is_right_handed_and_the_head_never_down(azimuth_deg, elevation_deg):
    rotation = OrbitCamera(azimuth_deg=azimuth_deg, elevation_deg=elevation_deg).rotation
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)
    assert rotation[1, 2] >= -1e-12


def test_the_centre_lies_in_the_middle_and_a_millimetre_has_its_size():
    camera = OrbitCamera((5.0, 6.0, 7.0), 400.0, 33.0, -12.0)
    assert place(camera, (5, 6, 7), SIZE) == pytest.approx((400, 300))
    right, up, _ = camera.rotation
    x, y = place(camera, np.array([5, 6, 7]) + 10 * right, SIZE)
    assert (x - 400, y - 300) == pytest.approx((10 / camera.mm_per_px(SIZE), 0), abs=1e-9)
    x, y = place(camera, np.array([5, 6, 7]) + 10 * up, SIZE)
    assert (x - 400, 300 - y) == pytest.approx((0, 10 / camera.mm_per_px(SIZE)), abs=1e-9)


def test_the_shorter_side_has_the_field_of_view():
    camera = OrbitCamera(distance_mm=100.0)
    half = 100 * tan(radians(FIELD_OF_VIEW_DEG / 2))
    assert place(camera, (0, 0, half), SIZE)[1] == pytest.approx(0)
    assert place(camera, (half, 0, 0), (300.0, 900.0))[0] == pytest.approx(300)


def test_what_is_behind_the_eye_has_no_place():
    assert OrbitCamera(distance_mm=100.0).project((0, -150, 0), SIZE) is None


@given(st.tuples(*[st.floats(-300, 300)] * 3), st.floats(-180, 180), st.floats(-89, 89))
def test_the_matrices_of_the_driver_agree_with_project(point, azimuth_deg, elevation_deg):
    camera = OrbitCamera((1.0, 2.0, 3.0), 900.0, azimuth_deg, elevation_deg)
    clip = (
        camera.projection_matrix(SIZE, 600.0) @ camera.view_matrix() @ np.append(np.array(point), 1)
    )
    x, y, z = clip[:3] / clip[3]
    assert place(camera, point, SIZE) == pytest.approx(
        ((1 + x) / 2 * SIZE[0], (1 - y) / 2 * SIZE[1])
    )
    assert -1 <= z <= 1


@given(st.floats(-400, 400), st.floats(-400, 400))
def test_panning_moves_the_centre_by_so_many_pixels(dx, dy):
    camera = OrbitCamera((1.0, 2.0, 3.0), 700.0, 25.0, 40.0)
    moved = place(camera.panned(dx, dy, SIZE), (1, 2, 3), SIZE)
    assert moved == pytest.approx((400 + dx, 300 + dy), abs=1e-6)


def test_zooming_makes_larger_within_limits():
    camera = OrbitCamera(distance_mm=600.0)
    assert camera.zoomed(2).mm_per_px(SIZE) == pytest.approx(camera.mm_per_px(SIZE) / 2)
    assert camera.zoomed(1e9).distance_mm > 0
    assert camera.zoomed(1e-9).distance_mm < 1e6


def test_a_fitted_sphere_is_wholly_visible_and_not_small():
    camera = OrbitCamera(azimuth_deg=70, elevation_deg=20).fitted((10, 20, 30), 150.0)
    assert (camera.azimuth_deg, camera.elevation_deg) == (70, 20)
    right, _, towards_eye = camera.rotation
    # The outline of a sphere seen from a distance d is the circle of tangent points.
    d, r = camera.distance_mm, 150.0
    edge = np.array([10, 20, 30]) + towards_eye * r * r / d + right * r * (1 - (r / d) ** 2) ** 0.5
    x, y = place(camera, edge, SIZE)
    assert 0.85 < hypot(x - 400, y - 300) / 300 <= 1


def test_orbiting_stops_at_the_poles_and_goes_round_the_axis():
    camera = OrbitCamera().orbited(350, 200)
    assert camera.azimuth_deg == pytest.approx(-10)
    assert camera.elevation_deg == 90
