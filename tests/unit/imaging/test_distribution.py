"""Histograms and their statistics, against numpy on the same voxels."""

import numpy as np
import pytest

from tests.support.voxel_grids import geometry, padding_value, rotation, volume
from viewer.core.oblique import oblique_count, oblique_plane
from viewer.core.plane import Orientation, slice_plane
from viewer.core.shapes import EllipseShape
from viewer.core.study import StackKey
from viewer.imaging.distribution import (
    BINS,
    region_distribution,
    slice_distribution,
    volume_distribution,
)
from viewer.imaging.reslice import plane_slice
from viewer.imaging.roi import region_values

RNG = np.random.default_rng(5)
SHAPE = (9, 22, 17)
WHOLE = RNG.normal(40, 300, SHAPE).astype(np.int16)
FRACTIONS = (RNG.gamma(1.3, 2.1, SHAPE) - 0.7).astype(np.float32)


def assert_is_of(found, values):
    """Statistics are numpy's; every value lies in the bin that counts it."""
    values = np.asarray(values, np.float64)
    assert found.n == values.size == found.counts.sum()
    assert found.mean == pytest.approx(values.mean())
    assert found.sd == pytest.approx(values.std())
    assert (found.minimum, found.maximum) == (values.min(), values.max())
    assert found.median == np.median(values)
    edges = found.low + found.bin_width * np.arange(len(found.counts) + 1)
    if np.all(values == np.round(values)):
        np.testing.assert_array_equal(found.counts, np.histogram(values, edges)[0])
    else:  # rounding may put a value that lies on an edge beside it
        assert np.abs(found.counts - np.histogram(values, edges)[0]).sum() <= 4
    assert len(found.counts) <= BINS


@pytest.mark.parametrize("data", [WHOLE, FRACTIONS, FRACTIONS[:8] * 1000], ids=["int", "f", "even"])
def test_a_series_is_counted_as_numpy_counts_it(data):
    found = volume_distribution(volume(data))
    assert found is not None
    assert found.unit == "HU"
    assert_is_of(found, data.ravel())


def test_bins_of_few_whole_numbers_are_one_wide():
    found = volume_distribution(volume(np.asarray([[[3, 3, 7, 4]]], np.int16)))
    assert found is not None
    assert (found.low, found.high, found.bin_width) == (2.5, 7.5, 1.0)
    assert found.counts.tolist() == [2, 1, 0, 0, 1]
    assert found.median == 3.5


@pytest.mark.parametrize("value", [-1000, 32767, -32768, 0])
def test_a_constant_has_one_bin(value):
    found = volume_distribution(volume(np.full((2, 3, 4), value, np.int16)))
    assert found is not None
    assert_is_of(found, np.full(24, value))
    constant = volume_distribution(volume(np.full((2, 3, 4), value / 8, np.float32)))
    assert constant is not None
    assert (constant.n, constant.sd, constant.median) == (24, 0, value / 8)


def test_padding_placeholders_and_what_is_not_finite_do_not_count():
    values = FRACTIONS.copy()
    values[:, :4] = -2000
    values[3, 9, 2:5] = [np.nan, np.inf, -np.inf]
    series = volume(values, padding=padding_value(-2000, 9), placeholders=(6,))
    kept = np.delete(values, 6, axis=0)[:, 4:]
    found = volume_distribution(series)
    assert found is not None
    assert_is_of(found, kept[np.isfinite(kept)])


def test_nothing_measured_and_colour_have_none():
    plane = slice_plane(geometry(SHAPE), Orientation.AXIAL, 1)
    for nothing in (
        volume(WHOLE, placeholders=tuple(range(9))),
        volume(np.zeros((*SHAPE, 3), np.uint8), unit=None),
        volume(np.full(SHAPE, np.nan, np.float32)),
    ):
        assert volume_distribution(nothing) is None
        assert slice_distribution(nothing, plane) is None


@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize("index", [0, 3, 8])
def test_a_slice_is_all_of_its_pixels(orientation, index):
    grid = geometry(SHAPE)
    series = volume(WHOLE, grid)
    found = slice_distribution(series, slice_plane(grid, orientation, index))
    assert found is not None
    assert_is_of(found, plane_slice(series, orientation, index).image.ravel())


def test_an_oblique_plane_holds_the_voxels_that_it_runs_through():
    grid = geometry(SHAPE)
    turn = tuple(tuple(row) for row in rotation((11, 17, 5)))
    middle = oblique_count(grid, Orientation.AXIAL, turn) // 2  # type: ignore[arg-type]
    plane = oblique_plane(grid, Orientation.AXIAL, turn, middle)  # type: ignore[arg-type]
    found = slice_distribution(volume(WHOLE, grid), plane)
    places = grid.index_to_lps(np.moveaxis(np.indices(SHAPE), 0, -1))
    normal = plane.normal_lps
    away = (places - plane.origin_lps_mm) @ normal / float(grid.steps_lps_mm[0] @ normal)
    assert found is not None
    assert_is_of(found, WHOLE[np.abs(away) < 0.5])


@pytest.mark.parametrize("data", [WHOLE, FRACTIONS])
def test_a_region_is_the_voxels_of_its_statistics(data):
    grid = geometry(SHAPE)
    plane = slice_plane(grid, Orientation.CORONAL, 7)
    shape = EllipseShape(
        frame_of_reference_uid="",
        stack=StackKey("1.2.3", 0),
        normal_lps=tuple(plane.normal_lps),
        center=tuple(plane.uv_to_lps((6.0, 9.0))),
        half_axis_u=tuple(4.1 * plane.u_lps),
        half_axis_v=tuple(6.3 * plane.v_lps),
    )
    found = region_distribution(volume(data, grid), shape)
    assert found is not None
    assert_is_of(found, region_values(volume(data, grid), shape))


def test_the_work_can_be_ended_between_slices():
    asked = []

    def check():
        asked.append(1)
        if len(asked) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        volume_distribution(volume(WHOLE), check)
