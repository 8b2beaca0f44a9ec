"""Standard planes: radiological convention for every way a scanner may store its axes."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.support.voxel_grids import AXIAL, geometry, rotation, signed_permutations
from viewer.core.plane import (
    Orientation,
    acquisition_orientation,
    map_axes,
    slice_count,
    slice_index_at,
    slice_plane,
)

LETTERS = {
    Orientation.AXIAL: {"left": "R", "right": "L", "top": "A", "bottom": "P"},
    Orientation.CORONAL: {"left": "R", "right": "L", "top": "S", "bottom": "I"},
    Orientation.SAGITTAL: {"left": "A", "right": "P", "top": "S", "bottom": "I"},
}
ALL_48 = pytest.mark.parametrize("direction", signed_permutations(), ids=range(48))
ALL_PLANES = pytest.mark.parametrize("orientation", Orientation)
small_angles = st.floats(-20, 20)


@ALL_48
@ALL_PLANES
def test_letters_are_radiological(direction: NDArray[np.float64], orientation: Orientation) -> None:
    grid = geometry((4, 5, 6), direction_lps=direction)
    for index in (0, slice_count(grid, orientation) - 1):
        assert slice_plane(grid, orientation, index).edge_letters() == LETTERS[orientation]


@ALL_48
@ALL_PLANES
def test_every_pixel_lies_where_its_voxel_lies(
    direction: NDArray[np.float64], orientation: Orientation
) -> None:
    grid = geometry((4, 5, 6), direction_lps=direction)
    mapping, index = map_axes(grid, orientation), 2
    plane = slice_plane(grid, orientation, index)
    rows, columns = plane.shape_vu
    for v, u in product(range(rows), range(columns)):
        voxel = [0, 0, 0]
        voxel[mapping.axis] = index
        voxel[mapping.v_axis] = rows - 1 - v if mapping.flip_v else v
        voxel[mapping.u_axis] = columns - 1 - u if mapping.flip_u else u
        uv_mm = (u * plane.spacing_vu_mm[1], v * plane.spacing_vu_mm[0])
        np.testing.assert_allclose(plane.uv_to_lps(uv_mm), grid.index_to_lps(voxel), atol=1e-9)


@ALL_48
def test_the_three_planes_use_each_axis_once(direction: NDArray[np.float64]) -> None:
    grid = geometry((4, 5, 6), direction_lps=direction)
    mappings = [map_axes(grid, orientation) for orientation in Orientation]
    assert sorted(mapping.axis for mapping in mappings) == [0, 1, 2]
    for mapping in mappings:
        assert sorted((mapping.axis, mapping.v_axis, mapping.u_axis)) == [0, 1, 2]
    assert map_axes(grid, acquisition_orientation(grid)).axis == 0


@given(
    st.sampled_from(signed_permutations()),
    st.tuples(small_angles, small_angles, small_angles),
    st.sampled_from(Orientation),
)
def test_a_tilted_volume_keeps_the_main_letters(
    direction: NDArray[np.float64], tilt: tuple[float, float, float], orientation: Orientation
) -> None:
    plane = slice_plane(
        geometry((4, 5, 6), direction_lps=direction @ rotation(tilt).T), orientation, 1
    )
    letters = {edge: text[0] for edge, text in plane.edge_letters().items()}
    assert letters == LETTERS[orientation]


@given(
    st.tuples(*[st.floats(-180, 180)] * 3),
    st.sampled_from(Orientation),
    st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(-50, 50)),
)
def test_plane_coordinates_are_invertible(
    turn: tuple[float, float, float], orientation: Orientation, point: tuple[float, float, float]
) -> None:
    plane = slice_plane(geometry((4, 5, 6), direction_lps=rotation(turn)), orientation, 1)
    u_mm, v_mm, distance_mm = plane.lps_to_uvw(point)
    back = plane.uv_to_lps((u_mm, v_mm)) + distance_mm * plane.normal_lps
    np.testing.assert_allclose(back, point, atol=1e-7)


@ALL_PLANES
def test_slice_at_a_point_is_the_nearest_and_within_the_volume(orientation: Orientation) -> None:
    grid = geometry((4, 5, 6), (3.0, 2.0, 1.0), direction_lps=rotation((12, -8, 5)) @ AXIAL)
    axis = map_axes(grid, orientation).axis
    for index in range(slice_count(grid, orientation)):
        voxel = [1.3, 1.3, 1.3]
        voxel[axis] = index + 0.4
        assert slice_index_at(grid, orientation, grid.index_to_lps(voxel)) == index
    voxel[axis] = -20.0
    assert slice_index_at(grid, orientation, grid.index_to_lps(voxel)) == 0
    voxel[axis] = 20.0
    last = slice_count(grid, orientation) - 1
    assert slice_index_at(grid, orientation, grid.index_to_lps(voxel)) == last


def test_axial_series_by_hand() -> None:
    grid = geometry((4, 5, 6), (2.5, 0.7, 0.8), (-100, -200, 300), AXIAL)
    coronal = slice_plane(grid, Orientation.CORONAL, 2)
    assert coronal.shape_vu == (4, 6)
    assert coronal.spacing_vu_mm == (2.5, 0.8)
    assert coronal.size_uv_mm == pytest.approx((4.8, 10.0))
    np.testing.assert_allclose(coronal.origin_lps_mm, (-100, -198.6, 307.5))  # the top: head first
    np.testing.assert_allclose(coronal.normal_lps, (0, 1, 0))
