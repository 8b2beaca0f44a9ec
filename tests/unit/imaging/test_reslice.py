"""Slices of the standard planes: each pixel is the voxel that lies at its place in the patient."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.voxel_grids import (
    geometry,
    padding_value,
    rotation,
    signed_permutations,
    volume,
)
from viewer.core.plane import Orientation, map_axes, slice_count
from viewer.imaging.reslice import axis_slice, normal_orientation, plane_slice

SHAPE = (4, 5, 6)
DATA = np.random.default_rng(7).permutation(4 * 5 * 6).reshape(SHAPE).astype(np.int16)


@pytest.mark.parametrize("direction", signed_permutations(), ids=range(48))
@pytest.mark.parametrize("orientation", Orientation)
def test_every_pixel_is_the_voxel_at_its_place(
    direction: NDArray[np.float64], orientation: Orientation
) -> None:
    series = volume(DATA, geometry(SHAPE, direction_lps=direction))
    for index in range(slice_count(series.geometry, orientation)):
        image, invalid, plane = plane_slice(series, orientation, index)
        assert image.shape == plane.shape_vu
        assert invalid is None
        v, u = np.indices(image.shape)
        places = plane.uv_to_lps(
            np.stack([u * plane.spacing_vu_mm[1], v * plane.spacing_vu_mm[0]], axis=-1)
        )
        voxels = np.rint(series.geometry.lps_to_index(places)).astype(int)
        np.testing.assert_array_equal(image, DATA[tuple(np.moveaxis(voxels, -1, 0))])


@pytest.mark.parametrize("orientation", Orientation)
def test_a_slice_is_a_view(orientation: Orientation) -> None:
    mapping = map_axes(geometry(SHAPE), orientation)
    assert np.shares_memory(axis_slice(DATA, mapping, 1), DATA)


@pytest.mark.parametrize("orientation", Orientation)
def test_invalid_pixels_are_turned_with_the_image(orientation: Orientation) -> None:
    grid = geometry(SHAPE, direction_lps=rotation((170, 8, 95)))
    padded = volume(DATA, grid, padding=padding_value(33, 4), placeholders=(2,))
    whole = padded.invalid_mask()
    assert whole is not None
    for index in range(slice_count(grid, orientation)):
        cut = plane_slice(padded, orientation, index)
        expected = axis_slice(whole, map_axes(grid, orientation), index)
        assert cut.invalid is not None
        np.testing.assert_array_equal(cut.invalid, expected)


def test_colour_keeps_its_channels() -> None:
    colour = np.random.default_rng(1).integers(0, 255, (*SHAPE, 3)).astype(np.uint8)
    image, invalid, plane = plane_slice(volume(colour), Orientation.CORONAL, 2)
    assert image.shape == (*plane.shape_vu, 3)
    assert invalid is None
    np.testing.assert_array_equal(image, colour[::-1, 2])


@pytest.mark.parametrize("index", [-1, 4])
def test_there_is_no_slice_beyond_the_volume(index: int) -> None:
    with pytest.raises(IndexError, match="of 4"):
        plane_slice(volume(DATA), Orientation.AXIAL, index)


@pytest.mark.parametrize(
    ("normal", "orientation"),
    [
        ((0, 0, 1), Orientation.AXIAL),
        ((0, 0.1, -0.9), Orientation.AXIAL),
        ((0, -1, 0), Orientation.CORONAL),
        ((0.8, 0.6, 0), Orientation.SAGITTAL),
    ],
)
def test_plane_across_a_normal(
    normal: tuple[float, float, float], orientation: Orientation
) -> None:
    for direction in signed_permutations():
        assert normal_orientation(geometry(SHAPE, direction_lps=direction), normal) is orientation


@pytest.mark.parametrize("orientation", Orientation)
def test_of_a_series_that_loads_only_what_is_there_is_read(orientation: Orientation) -> None:
    data = DATA.copy()
    series, loaded = volume(data, geometry(SHAPE)), frozenset({1, 3})
    cut = plane_slice(series, orientation, 3, loaded=loaded).image
    whole = plane_slice(series, orientation, 3).image.copy()
    data[[0, 2]] = 0
    np.testing.assert_array_equal(cut, plane_slice(series, orientation, 3).image)
    assert orientation is Orientation.AXIAL or (cut != whole).any()
