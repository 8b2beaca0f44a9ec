"""A line of sight meets an analytic sphere where algebra says, and a computed one close to it."""

import numpy as np
import pytest

from tests.support.solids import Ellipsoid, draw
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import SilentContext
from viewer.imaging.mesh import Mesh
from viewer.imaging.ray import Ray, first_hit
from viewer.imaging.surface import extract_surface
from viewer.imaging.surface_request import SurfaceRequest
from viewer.render.camera import STANDARD_VIEWS, OrbitCamera

CENTER, RADIUS = (12.0, -31.0, 47.0), 17.0
SPACING = (1.5, 0.8, 0.7)
SIZE = (640.0, 480.0)


@pytest.fixture(scope="module")
def sphere() -> Mesh:
    """Marching cubes on voxels of three sizes, turned against the patient's axes."""
    angle = np.radians(20)
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    direction = np.eye(3)[::-1] @ turn.T
    shape = (34, 62, 70)
    middle = (np.array(shape) - 1) / 2 * SPACING
    origin = np.array(CENTER) - middle @ direction
    grid = VolumeGeometry(shape, SPACING, origin, direction)
    data = draw(grid, Ellipsoid(CENTER, (RADIUS,) * 3))
    request = SurfaceRequest(grid, threshold=0.0)
    return extract_surface(SilentContext(), request, data=data)


def on_sphere(ray: Ray) -> np.ndarray | None:
    """Algebra: the nearer root of |o + t d - c| = r."""
    o, d = np.array(ray.origin_lps) - CENTER, np.array(ray.direction_lps)
    a, b, c = d @ d, 2 * o @ d, o @ o - RADIUS**2
    root = b * b - 4 * a * c
    return None if root < 0 else o + (-b - np.sqrt(root)) / (2 * a) * d + CENTER


@pytest.mark.parametrize("side", STANDARD_VIEWS, ids=lambda side: side.letter)
def test_a_click_meets_the_sphere_within_half_a_voxel(sphere, side):
    camera = OrbitCamera().fitted(CENTER, RADIUS).seen_from(side).panned(13, -21, SIZE)
    hits = 0
    for px in np.random.default_rng(3).uniform((120, 60), (520, 420), (60, 2)):
        ray = camera.ray((px[0], px[1]), SIZE)
        wanted, found = on_sphere(ray), first_hit(sphere, ray)
        grazing = wanted is None or np.linalg.norm(np.cross(wanted - CENTER, ray.direction_lps)) > (
            0.9 * RADIUS * np.linalg.norm(ray.direction_lps)
        )
        if grazing:
            continue
        assert found is not None
        assert abs(np.linalg.norm(np.array(found) - CENTER) - RADIUS) < min(SPACING) / 2
        assert np.linalg.norm(np.array(found) - wanted) < max(SPACING) / 2
        back = camera.project(found, SIZE)
        assert back == pytest.approx(tuple(px), abs=0.01)
        hits += 1
    assert hits > 15


def test_the_nearer_of_two_walls_is_met_from_either_side():
    corners = np.array([[0, 0, 0], [9, 0, 0], [0, 9, 0], [0, 0, 5], [9, 0, 5], [0, 9, 5]])
    walls = Mesh.from_triangles(corners.astype(float), np.array([[0, 1, 2], [3, 5, 4]]))
    assert first_hit(walls, Ray((1, 2, 20), (0, 0, -3))) == pytest.approx((1, 2, 5))
    assert first_hit(walls, Ray((1, 2, -7), (0, 0, 1))) == pytest.approx((1, 2, 0))
    assert first_hit(walls, Ray((1, 2, 3), (0, 0, 1))) == pytest.approx((1, 2, 5))
    assert first_hit(walls, Ray((1, 2, 20), (0, 0, 1))) is None
    assert first_hit(walls, Ray((8, 8, 20), (0, 0, -1))) is None


def test_a_ray_through_an_edge_does_not_slip_between_triangles():
    corners = np.array([[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    square = Mesh.from_triangles(corners, np.array([[0, 1, 2], [0, 2, 3]]))
    for place in (0.0, 0.25, -0.5):
        hit = first_hit(square, Ray((place, place, 4), (0, 0, -1)))
        assert hit == pytest.approx((place, place, 0))


def test_nothing_is_met_where_nothing_is():
    none = np.zeros((0, 3), np.float32)
    empty = Mesh(none, np.zeros((0, 3), np.int32), none)
    assert first_hit(empty, Ray((0, 0, 0), (1, 0, 0))) is None
    flat = Mesh.from_triangles(np.array([[0.0, 0, 0], [1, 1, 0], [2, 2, 0]]), np.array([[0, 1, 2]]))
    assert first_hit(flat, Ray((0, 0, 5), (0, 0, -1))) is None
