"""Index and patient coordinates, against numpy and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.voxel_grids import AXIAL, geometry, rotation, signed_permutations
from viewer.core.geometry import VolumeGeometry, direction_letters

angles = st.floats(-180, 180)
spacings = st.floats(0.1, 10)
coordinates = st.floats(-500, 500)


@st.composite
def geometries(draw: st.DrawFn) -> VolumeGeometry:
    direction = rotation((draw(angles), draw(angles), draw(angles)))
    mirrored = draw(st.booleans())
    return geometry(
        (draw(st.integers(1, 50)), draw(st.integers(1, 60)), draw(st.integers(1, 70))),
        (draw(spacings), draw(spacings), draw(spacings)),
        (draw(coordinates), draw(coordinates), draw(coordinates)),
        direction * np.array([[-1.0 if mirrored else 1.0], [1.0], [1.0]]),
    )


@given(geometries(), st.tuples(coordinates, coordinates, coordinates))
def test_lps_to_index_is_the_inverse(
    grid: VolumeGeometry, point: tuple[float, float, float]
) -> None:
    index = grid.lps_to_index(point)
    np.testing.assert_allclose(grid.index_to_lps(index), point, atol=1e-7)


@given(geometries(), st.tuples(coordinates, coordinates, coordinates))
def test_affine_does_the_same_as_index_to_lps(
    grid: VolumeGeometry, index: tuple[float, float, float]
) -> None:
    np.testing.assert_allclose(
        (grid.affine @ (*index, 1.0))[:3], grid.index_to_lps(index), atol=1e-7
    )


@given(geometries())
def test_voxel_volume_is_the_product_of_spacings(grid: VolumeGeometry) -> None:
    assert grid.voxel_volume_mm3 == pytest.approx(np.prod(grid.spacing_zyx_mm))


def test_axial_series_by_hand() -> None:
    grid = geometry((40, 50, 60), (2.5, 0.7, 0.8), (-100, -200, 300), AXIAL)
    np.testing.assert_allclose(grid.index_to_lps((3, 10, 20)), (-84, -193, 307.5))
    np.testing.assert_allclose(grid.center_lps_mm, (-100 + 23.6, -200 + 17.15, 300 + 48.75))


def test_many_points_at_once() -> None:
    grid = geometry((4, 5, 6), direction_lps=rotation((10, 20, 30)))
    index = np.random.default_rng(1).uniform(0, 4, (2, 7, 3))
    points = grid.index_to_lps(index)
    assert points.shape == (2, 7, 3)
    np.testing.assert_allclose(points[1, 3], grid.index_to_lps(index[1, 3]))
    np.testing.assert_allclose(grid.lps_to_index(points), index, atol=1e-9)


@pytest.mark.parametrize(
    ("index", "inside"),
    [((0, 0, 0), True), ((-0.5, 0, 0), True), ((-0.51, 0, 0), False), ((0, 4.5, 0), True),
     ((0, 4.6, 0), False), ((3.5, 4.5, 5.5), True), ((3.5, 4.5, 5.6), False)],
)  # fmt: skip
def test_voxels_reach_half_an_index_around_their_centres(
    index: tuple[float, float, float], inside: bool
) -> None:
    assert geometry((4, 5, 6)).contains_index(index) is inside


@pytest.mark.parametrize(
    ("direction", "letters"),
    [
        ((1, 0, 0), "L"), ((-1, 0, 0), "R"), ((0, 1, 0), "P"), ((0, -1, 0), "A"),
        ((0, 0, 1), "S"), ((0, 0, -1), "I"), ((0, 0, 0), ""),
        ((0.8, -0.6, 0), "LA"), ((0.6, -0.8, 0), "AL"), ((5, 5, -9), "ILP"),
        ((np.cos(0.25), np.sin(0.25), 0), "L"),  # 14.3 degrees: below the threshold of 15
        ((np.cos(0.27), np.sin(0.27), 0), "LP"),  # 15.5 degrees
    ],
)  # fmt: skip
def test_letters(direction: tuple[float, float, float], letters: str) -> None:
    assert direction_letters(direction) == letters


@given(st.tuples(coordinates, coordinates, coordinates))
def test_opposite_directions_have_opposite_letters(direction: tuple[float, float, float]) -> None:
    opposite = str.maketrans("RLAPIS", "LRPASI")
    there = direction_letters(direction)
    assert direction_letters(np.negative(direction)) == there.translate(opposite)


def test_there_are_48_signed_permutations() -> None:
    matrices = signed_permutations()
    assert len({matrix.tobytes() for matrix in matrices}) == 48
    assert sum(np.linalg.det(matrix) > 0 for matrix in matrices) == 24
