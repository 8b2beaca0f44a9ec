"""Oblique planes against trigonometry, on a volume without any symmetry."""

import numpy as np
import pytest

from viewer.core.geometry import VolumeGeometry
from viewer.core.oblique import (
    MAX_PIXELS,
    oblique_count,
    oblique_index_at,
    oblique_plane,
    straight_rotation,
    turn_about,
)
from viewer.core.plane import Orientation, slice_plane, turned

GEOMETRY = VolumeGeometry(
    (12, 20, 31), (2.5, 0.8, 0.6), np.array([10.0, -20.0, 30.0]), np.eye(3)[::-1]
)


@pytest.mark.parametrize("orientation", list(Orientation))
def test_straight_planes_have_the_directions_of_the_slices(orientation: Orientation) -> None:
    straight = straight_rotation(GEOMETRY)
    oblique = oblique_plane(GEOMETRY, orientation, straight, 0)
    cut = slice_plane(GEOMETRY, orientation, 0)
    np.testing.assert_allclose(oblique.u_lps, cut.u_lps, atol=1e-12)
    np.testing.assert_allclose(oblique.v_lps, cut.v_lps, atol=1e-12)


@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize("degrees", [0.0, 17.0, -61.0])
def test_planes_cover_the_volume(orientation: Orientation, degrees: float) -> None:
    turned_by = turn_about(
        straight_rotation(GEOMETRY), np.array([1.0, 2.0, -1.0]), np.radians(degrees)
    )
    count = oblique_count(GEOMETRY, orientation, turned_by)
    corners = GEOMETRY.index_to_lps([(z, y, x) for z in (0, 11) for y in (0, 19) for x in (0, 30)])
    first = oblique_plane(GEOMETRY, orientation, turned_by, 0)
    last = oblique_plane(GEOMETRY, orientation, turned_by, count - 1)
    depth_first = first.lps_to_uvw(corners)[:, 2]
    depth_last = last.lps_to_uvw(corners)[:, 2]
    assert depth_first.min() == pytest.approx(0, abs=1e-9)
    assert depth_last.max() <= 0.6 + 1e-9
    uv = first.lps_to_uvw(corners)[:, :2]
    assert uv.min() >= -1e-9
    rows, columns = first.shape_vu
    assert uv[:, 0].max() <= columns * first.spacing_vu_mm[1]
    assert uv[:, 1].max() <= rows * first.spacing_vu_mm[0]


def test_index_of_a_point_is_the_inverse_of_the_plane() -> None:
    rotation = turn_about(straight_rotation(GEOMETRY), np.array([0.0, 1.0, 0.3]), 0.4)
    for index in (0, 7, 19):
        plane = oblique_plane(GEOMETRY, Orientation.CORONAL, rotation, index)
        point = plane.uv_to_lps((4.0, 3.0))
        assert oblique_index_at(GEOMETRY, Orientation.CORONAL, rotation, point) == index


def test_turning_about_z_by_a_right_angle() -> None:
    rotation = turn_about(straight_rotation(GEOMETRY), np.array([0.0, 0.0, 5.0]), np.pi / 2)
    axial = oblique_plane(GEOMETRY, Orientation.AXIAL, rotation, 0)
    np.testing.assert_allclose(axial.u_lps, (0, 1, 0), atol=1e-12)
    np.testing.assert_allclose(axial.v_lps, (-1, 0, 0), atol=1e-12)


def test_many_small_turns_stay_a_rotation() -> None:
    rotation = straight_rotation(GEOMETRY)
    for _ in range(5000):
        rotation = turn_about(rotation, np.array([1.0, 1.0, 0.2]), 0.01)
    matrix = np.asarray(rotation)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)


def test_wide_planes_get_coarser_pixels() -> None:
    wide = VolumeGeometry((4, 900, 1000), (1.0, 0.5, 0.5), np.zeros(3), np.eye(3)[::-1])
    plane = oblique_plane(wide, Orientation.AXIAL, straight_rotation(wide), 0)
    assert max(plane.shape_vu) <= MAX_PIXELS
    assert plane.spacing_vu_mm[1] == pytest.approx(999 * 0.5 / (MAX_PIXELS - 1))


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_turned_planes_keep_every_pixel_in_its_place(turns: int, mirrored: bool) -> None:
    plane = slice_plane(GEOMETRY, Orientation.SAGITTAL, 9)
    rows, columns = plane.shape_vu
    image = np.arange(rows * columns).reshape(rows, columns)
    seen = np.rot90(image[:, ::-1] if mirrored else image, -turns)
    on_screen = turned(plane, turns, mirrored)
    assert on_screen.shape_vu == seen.shape
    for row, column in ((0, 0), (2, 1), (seen.shape[0] - 1, seen.shape[1] - 2)):
        dv, du = on_screen.spacing_vu_mm
        at = on_screen.uv_to_lps((column * du, row * dv))
        was_row, was_column = divmod(int(seen[row, column]), columns)
        dv, du = plane.spacing_vu_mm
        np.testing.assert_allclose(at, plane.uv_to_lps((was_column * du, was_row * dv)), atol=1e-9)
