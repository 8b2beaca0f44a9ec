"""Measures of meshes, against solids whose measures are known."""

import numpy as np
import pytest

from viewer.core.errors import ViewerError
from viewer.imaging.mesh import Mesh, decimate

CORNERS = np.array([[0, 0, 0], [4, 0, 0], [0, 3, 0], [0, 0, 2]], float)
OUTWARDS = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])


def sphere(radius_mm: float, center: tuple[float, float, float], steps: int = 60) -> Mesh:
    """A closed sphere from a latitude-longitude grid, faces counter-clockwise from outside."""
    theta = np.linspace(0, np.pi, steps)[1:-1]
    phi = np.linspace(0, 2 * np.pi, 2 * steps, endpoint=False)
    ring = np.stack(
        [
            np.outer(np.sin(theta), np.cos(phi)),
            np.outer(np.sin(theta), np.sin(phi)),
            np.outer(np.cos(theta), np.ones_like(phi)),
        ],
        axis=-1,
    )
    points = np.concatenate([ring.reshape(-1, 3), [[0, 0, 1], [0, 0, -1]]])
    n, rows = len(phi), len(theta)
    top, bottom = rows * n, rows * n + 1
    faces = []
    for k in range(n):
        after = (k + 1) % n
        faces += [(top, k, after), (bottom, (rows - 1) * n + after, (rows - 1) * n + k)]
        for r in range(rows - 1):
            a, b, c, d = r * n + k, r * n + after, (r + 1) * n + k, (r + 1) * n + after
            faces += [(a, c, b), (b, c, d)]
    return Mesh.from_triangles(points * radius_mm + center, np.array(faces))


def test_a_tetrahedron_by_hand():
    mesh = Mesh.from_triangles(CORNERS + np.array([100, -200, 300]), OUTWARDS)
    slanted = np.linalg.norm(np.cross([-4, 3, 0], [-4, 0, 2])) / 2
    assert mesh.n_faces == 4
    assert mesh.is_closed
    assert mesh.volume_mm3 == pytest.approx(4)
    assert mesh.area_mm2 == pytest.approx(6 + 4 + 3 + slanted)
    np.testing.assert_allclose(mesh.bounds_lps_mm, [(100, -200, 300), (104, -197, 302)])
    np.testing.assert_allclose(mesh.center_lps_mm, (102, -198.5, 301))
    assert mesh.vertices_lps_mm.dtype == np.float32
    assert mesh.faces.dtype == np.int32


def test_faces_that_look_inwards_have_a_negative_volume():
    assert Mesh.from_triangles(CORNERS, OUTWARDS[:, ::-1]).volume_mm3 == pytest.approx(-4)


def test_a_missing_or_turned_face_is_noticed():
    assert not Mesh.from_triangles(CORNERS, OUTWARDS[:3]).is_closed
    turned = OUTWARDS.copy()
    turned[0] = turned[0, ::-1]
    assert not Mesh.from_triangles(CORNERS, turned).is_closed


def test_a_sphere_far_from_the_origin():
    mesh = sphere(20, (900, -1200, 1500))
    assert mesh.is_closed
    assert mesh.volume_mm3 == pytest.approx(4 / 3 * np.pi * 20**3, rel=0.005)
    assert mesh.area_mm2 == pytest.approx(4 * np.pi * 20**2, rel=0.005)
    outwards = (mesh.vertices_lps_mm - np.array([900, -1200, 1500])) / 20
    assert np.min(np.sum(outwards * mesh.normals, axis=1)) > 0.99
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1, rtol=1e-5)


def test_a_vertex_without_faces_has_no_normal():
    mesh = Mesh.from_triangles(np.vstack([CORNERS, [[9, 9, 9]]]), OUTWARDS)
    np.testing.assert_array_equal(mesh.normals[4], 0)


@pytest.mark.parametrize("reduce", [0.3, 0.5, 0.9])
def test_decimation_keeps_the_shape(reduce):
    mesh = sphere(20, (500, -300, 800))
    lighter = decimate(mesh, reduce)
    assert lighter.n_faces == pytest.approx(mesh.n_faces * (1 - reduce), rel=0.02)
    assert lighter.is_closed
    assert lighter.volume_mm3 == pytest.approx(mesh.volume_mm3, rel=0.02)
    np.testing.assert_allclose(lighter.center_lps_mm, mesh.center_lps_mm, atol=0.3)


def test_nothing_to_reduce():
    mesh = Mesh.from_triangles(CORNERS, OUTWARDS)
    assert decimate(mesh, 0) is mesh
    assert decimate(mesh, 0.9) is mesh


@pytest.mark.parametrize("reduce", [-0.1, 1, 1.5, float("nan")])
def test_reductions_that_make_no_sense(reduce):
    with pytest.raises(ViewerError, match="cannot be reduced"):
        decimate(Mesh.from_triangles(CORNERS, OUTWARDS), reduce)
