"""Curved planes against tubes of known length and thickness: a helix and part of a torus."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.core.slab import THIN
from viewer.imaging.curved import CentreLine, centre_line, cross_section, straightened
from viewer.imaging.oblique import oblique_slice

GEOMETRY = make_geometry(
    (70, 90, 80), spacing_zyx_mm=(1.1, 0.9, 0.8), origin_lps_mm=np.array([-30.0, 11.0, -101.0])
)
MIDDLE = GEOMETRY.index_to_lps((35, 45, 40))
RADIUS_MM, RISE_MM, TUBE_MM = 20.0, 45.0, 5.0


def helix(share):
    """A point of one and a quarter turns; shares run from 0 to 1."""
    angle = 2.5 * np.pi * np.asarray(share)
    return MIDDLE + np.stack(
        [RADIUS_MM * np.cos(angle), RADIUS_MM * np.sin(angle), RISE_MM * (share - 0.5)], axis=-1
    )


HELIX_MM = float(np.hypot(2.5 * np.pi * RADIUS_MM, RISE_MM))


def tube_along(path):
    """A tube with a smooth wall: 1000 on the axis, 500 at its radius, in HU."""
    z, y, x = np.indices(GEOMETRY.shape_zyx)
    points = GEOMETRY.index_to_lps(np.stack([z, y, x], axis=-1)).reshape(-1, 3)
    from scipy.spatial import cKDTree

    distance, _ = cKDTree(path).query(points)
    data = 1000 / (1 + np.exp((distance - TUBE_MM) / 0.6))
    return make_volume(GEOMETRY, data=data.reshape(GEOMETRY.shape_zyx).astype(np.float32))


@pytest.fixture(scope="module")
def coiled():
    return tube_along(helix(np.linspace(-0.05, 1.05, 4000)))


def width_mm(column, step_mm):
    """Full width at half height, between samples by straight lines."""
    above = np.flatnonzero(column >= 500)
    first, last = above[0], above[-1]
    start = first - (column[first] - 500) / (column[first] - column[first - 1])
    end = last + (column[last] - 500) / (column[last] - column[last + 1])
    return float(end - start) * step_mm


@pytest.mark.parametrize("turn", [0.0, 0.7, np.pi / 2])
def test_a_coiled_tube_comes_out_straight_with_its_length_and_thickness(coiled, turn):
    line = centre_line(helix(np.linspace(0, 1, 24)), (0.0, 0.0, 1.0), 0.8)
    assert line.length_mm == pytest.approx(HELIX_MM, rel=2e-3)
    cut = straightened(coiled, line, 30.0, turn)
    assert cut.invalid is not None
    middle = (cut.image.shape[0] - 1) // 2
    for column in range(4, cut.image.shape[1] - 4, 5):
        values = cut.image[:, column]
        assert not cut.invalid[middle - 10 : middle + 11, column].any()
        assert width_mm(values, line.step_mm) == pytest.approx(2 * TUBE_MM, abs=0.35)
        weights = np.where(values > 200, values, 0)
        centre = float((weights * np.arange(len(values))).sum() / weights.sum())
        assert abs(centre - middle) * line.step_mm < 0.35  # straight: always on the middle row


def test_steps_are_equal_and_the_frame_is_at_right_angles(coiled):
    line = centre_line(helix(np.linspace(0, 1, 30)), (0.0, 0.0, 1.0), 0.5)
    steps = np.linalg.norm(np.diff(line.points_lps, axis=0), axis=1)
    np.testing.assert_allclose(steps, line.step_mm, rtol=2e-3)
    assert np.abs((line.tangents * line.across).sum(axis=1)).max() < 1e-9
    np.testing.assert_allclose(np.linalg.norm(line.across, axis=1), 1.0)


def test_the_frame_of_a_flat_arc_stays_in_its_plane():
    angle = np.linspace(0, np.pi, 13)
    flat = MIDDLE + np.stack([18 * np.cos(angle), 0 * angle, 18 * np.sin(angle)], axis=1)
    line = centre_line(flat, (0.0, 1.0, 0.0), 0.6)
    assert np.abs(line.across[:, 1]).max() < 1e-9
    assert line.length_mm == pytest.approx(18 * np.pi, rel=3e-3)


def test_a_cross_section_of_the_tube_is_a_disc(coiled):
    line = centre_line(helix(np.linspace(0, 1, 24)), (0.0, 0.0, 1.0), 0.5)
    cut = cross_section(coiled, line, 0.4 * line.length_mm, 24.0)
    rows, columns = np.nonzero(cut.image >= 500)
    area = len(rows) * line.step_mm**2
    assert area == pytest.approx(np.pi * TUBE_MM**2, rel=0.06)
    middle = (cut.image.shape[0] - 1) / 2
    assert abs(rows.mean() - middle) * line.step_mm < 0.3
    assert abs(columns.mean() - middle) * line.step_mm < 0.3


@pytest.mark.parametrize("backwards", [False, True], ids=["forth", "back"])
@pytest.mark.parametrize("axis", [0, 1, 2], ids=["along the body", "front to back", "sideways"])
def test_a_cross_section_looks_as_a_radiologist_would(axis, backwards):
    """Random voxels have no symmetry: a mirrored or turned picture would be another one."""
    cube = make_geometry((31, 31, 31), spacing_zyx_mm=(1.0, 1.0, 1.0))
    data = np.random.default_rng(3).integers(-900, 900, cube.shape_zyx, dtype=np.int16)
    volume = make_volume(cube, data=data)
    ends = np.full((2, 3), 15.0)
    ends[:, axis] = (25.0, 5.0) if backwards else (5.0, 25.0)
    line = centre_line(cube.index_to_lps(ends), (0.3, 0.5, 0.8), 1.0)
    cut = cross_section(volume, line, 10.0, 20.0)
    seen = (
        data[15, 5:26, 5:26],  # axial: anterior on top, the patient's right at screen left
        data[5:26, 15, 5:26][::-1],  # coronal: head on top, the patient's right at screen left
        data[5:26, 5:26, 15][::-1],  # sagittal: head on top, anterior at screen left
    )
    np.testing.assert_allclose(cut.image, seen[axis], atol=1)
    letters = ({"top": "A", "left": "R"}, {"top": "S", "left": "R"}, {"top": "S", "left": "A"})
    assert letters[axis].items() <= cut.plane.edge_letters().items()


def test_a_slanted_cross_section_is_no_mirror():
    line = centre_line(
        [MIDDLE + np.array(way) for way in ((3, -9, 20), (-4, 8, -20))], (1.0, 0.0, 0.0), 0.5
    )
    plane = line.cross_plane(5.0, 20.0, 0.5)
    assert plane.u_lps[0] > 0.9
    assert plane.v_lps[1] > 0.8
    np.testing.assert_allclose(np.cross(plane.u_lps, plane.v_lps), -line.tangents[0], atol=1e-9)


@pytest.mark.parametrize("side", [1.0, -1.0], ids=["to the back", "to the front"])
@pytest.mark.parametrize("backwards", [False, True], ids=["forth", "back"])
def test_a_look_is_held_where_a_line_swings_about_45_degrees(side, backwards):
    """Up along the body, between 30 and 60 degrees to it, to the front or to the back."""
    steps = np.linspace(0, 6 * np.pi, 60)
    lean = np.radians(45 + 15 * np.cos(steps))
    ways = np.stack([0 * lean, side * np.sin(lean), np.cos(lean)], axis=1)
    points = np.cumsum(3.0 * ways, axis=0)
    line = centre_line(points[::-1] if backwards else points, (1.0, 0.0, 0.0), 0.5)
    planes = [line.cross_plane(place, 20.0, 0.5) for place in np.arange(0.0, line.length_mm, 0.5)]
    for one, next_one in pairwise(planes):
        assert one.u_lps @ next_one.u_lps > 0.98
        assert one.v_lps @ next_one.v_lps > 0.98


def test_behind_an_arch_a_cut_is_an_axial_from_the_feet_again():
    angle = np.linspace(0, np.pi, 40)
    arch = np.stack([0 * angle, 30 - 30 * np.cos(angle), 30 * np.sin(angle)], axis=1)
    foot = np.array([[0.0, 0.0, -20.0]])
    line = centre_line(np.concatenate([foot, arch, np.add(foot, (0, 60, 0))]), (1.0, 0.0, 0.0), 0.5)
    for place in (5.0, line.length_mm - 5.0):
        plane = line.cross_plane(place, 20.0, 0.5)
        assert {"left": "R", "top": "A"}.items() <= plane.edge_letters().items()
    axes = line.axes.tolist()
    changes = [(a, b) for a, b in pairwise(axes) if a != b]
    assert changes == [(2, 1), (1, 2)]


def test_a_straight_line_is_an_oblique_plane():
    data = np.random.default_rng(5).integers(-900, 900, GEOMETRY.shape_zyx, dtype=np.int16)
    volume = make_volume(GEOMETRY, data=data)
    start, end = MIDDLE - (9.0, 14.0, 11.0), MIDDLE - (-13.0, -8.0, -10.0)
    line = centre_line([start, end], (0.2, 0.3, 1.0), 0.7)
    assert line.length_mm == pytest.approx(float(np.linalg.norm(end - start)))
    cut = straightened(volume, line, 20.0, 0.4)
    rows = cut.image.shape[0]
    point, across = line.frame_at(0.0, 0.4)
    plane = cut.plane
    flat = type(plane)(
        point - (rows - 1) / 2 * line.step_mm * across,
        line.tangents[0],
        across,
        plane.spacing_vu_mm,
        plane.shape_vu,
    )
    expected = oblique_slice(volume, flat, THIN)
    assert np.abs(cut.image.astype(int) - expected.image).max() <= 1
    assert plane.lps_to_uvw((0.0, 0.0, 0.0))[1] == pytest.approx((rows - 1) / 2 * line.step_mm)


@pytest.mark.parametrize("turn", [0.0, -1.1, 2.0])
def test_there_and_back(turn):
    line = centre_line(helix(np.linspace(0, 1, 20)), (0.0, 0.0, 1.0), 0.8)
    random = np.random.default_rng(8)
    for along, across in zip(
        random.uniform(1, line.length_mm - 1, 60), random.uniform(-15, 15, 60), strict=True
    ):
        back = line.from_lps(line.to_lps(along, across, turn), turn)
        assert back == pytest.approx((along, across, 0.0), abs=1e-4)


def test_ends_and_places_beyond_them():
    line = centre_line([(0, 0, 0), (10, 0, 0)], (0.0, 0.0, 1.0), 0.5)
    assert line.from_lps((-5.0, 2.0, 0.0), 0.0)[0] == 0.0
    assert line.from_lps((50.0, 0.0, 0.0), 0.0)[0] == pytest.approx(10.0)
    np.testing.assert_allclose(line.to_lps(99.0, 0.0, 0.0), (10, 0, 0))


def test_what_lies_outside_and_padding_are_invalid():
    data = np.zeros(GEOMETRY.shape_zyx, np.int16)
    volume = make_volume(GEOMETRY, data=data, placeholders=(35,))
    line = centre_line([MIDDLE - (10, 0, 0), MIDDLE - (-60, 0, 0)], (0.0, 1.0, 0.0), 0.8)
    cut = straightened(volume, line, 20.0, 0.0)
    assert cut.invalid is not None
    middle = (cut.image.shape[0] - 1) // 2
    assert cut.invalid[middle].all()  # the slice that is not there
    assert cut.invalid[:, -5:].all()  # outside
    assert not cut.invalid[0, :30].any()


def test_colour_and_checks():
    data = np.zeros((*GEOMETRY.shape_zyx, 3), np.uint8)
    data[..., 1] = 90
    volume = make_volume(GEOMETRY, data=data, samples=3, unit=None)
    line = centre_line(helix(np.linspace(0, 1, 9)), (0.0, 0.0, 1.0), 1.0)
    asked = []
    cut = straightened(volume, line, 10.0, 0.0, check=lambda: asked.append(1))
    assert cut.invalid is not None
    assert (cut.image[~cut.invalid] == (0, 90, 0)).all()
    assert asked


def test_doubled_points_count_once_and_one_point_is_no_line():
    line = centre_line([(0, 0, 0), (0, 0, 0), (0, 0, 7)], (0.0, 0.0, 1.0), 0.5)
    assert isinstance(line, CentreLine)
    assert line.length_mm == pytest.approx(7.0)  # along the normal: still a frame
    assert np.isfinite(line.across).all()
    with pytest.raises(ValueError, match="two different points"):
        centre_line([(1, 2, 3), (1, 2, 3)], (0.0, 0.0, 1.0), 0.5)


@pytest.mark.parametrize("count", [2, 3, 4, 9])
def test_the_line_is_the_natural_cubic_spline(count):
    from scipy.interpolate import CubicSpline

    drawn = np.random.default_rng(count).uniform(-40, 40, (count, 3))
    at = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(drawn, axis=0), axis=1))])
    spline = CubicSpline(at, drawn, bc_type="natural")(np.linspace(0, at[-1], 200 * count))
    points = centre_line(drawn, (0.0, 0.0, 1.0), 0.5).points_lps
    away = np.linalg.norm(points[:, None] - spline[None], axis=-1).min(axis=1)
    assert away.max() < 0.3
    np.testing.assert_allclose(points[[0, -1]], drawn[[0, -1]], atol=1e-9)


def test_a_line_comes_without_the_import_of_scipy():
    """It took most of the time until the first curved picture, seconds on a busy machine."""
    code = (
        "import sys; from viewer.imaging.curved import centre_line; "
        "centre_line([[0, 0, 0], [9, 3, 1], [12, 9, 4]], (0, 0, 1), 0.5); "
        "sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
