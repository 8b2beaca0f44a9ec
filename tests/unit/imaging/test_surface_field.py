"""The field under a surface: sampling and smoothing, against numpy and scipy."""

import numpy as np
import pytest
from scipy import ndimage

from viewer.imaging.surface_field import Grid, box_above, closed, grid_for, grown, sample, smooth

DATA = np.random.default_rng(9).integers(-1000, 1000, (6, 9, 11)).astype(np.int16)


def nothing_invalid(z: int) -> None:
    return None


def test_sampling_is_the_mean_of_blocks():
    grid = Grid((0, 1, 2), (6, 9, 11), (2, 4, 3))
    assert grid.shape_zyx == (3, 2, 3)
    field = sample(DATA, grid, nothing_invalid, -1000)
    blocks = DATA[:, 1:9, 2:11].reshape(3, 2, 2, 4, 3, 3).astype(float)
    np.testing.assert_allclose(field, blocks.mean(axis=(1, 3, 5)), rtol=1e-5)


def test_the_last_samples_stand_for_fewer_voxels():
    grid = Grid((0, 0, 0), (6, 9, 11), (4, 1, 1))
    field = sample(DATA, grid, nothing_invalid, -1000)
    np.testing.assert_allclose(field[1], DATA[4:].mean(axis=0), rtol=1e-5)


def test_a_sample_lies_in_the_middle_of_its_voxels():
    index = Grid((1, 2, 3), (9, 9, 9), (3, 2, 1)).to_volume_index(np.array([1.0, 1.0, 1.0]))
    np.testing.assert_allclose(index, [5.0, 4.5, 4.0])


def test_invalid_voxels_are_air_before_the_mean():
    grid = Grid((0, 0, 0), (6, 9, 11), (1, 3, 1))
    holes = DATA > 500
    field = sample(DATA, grid, lambda z: holes[z], -1000)
    expected = np.where(holes, -1000, DATA).reshape(6, 3, 3, 11).mean(axis=2)
    np.testing.assert_allclose(field, expected, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("sigma", [(0, 0, 0), (1.4, 0, 0), (0, 0.8, 2.1), (0.9, 1.3, 0.5)])
def test_smoothing_is_scipys(sigma):
    field = np.random.default_rng(2).normal(0, 300, (20, 70, 41)).astype(np.float32)
    expected = ndimage.gaussian_filter(field, sigma, mode="nearest", truncate=4)
    smooth(field, sigma)
    np.testing.assert_allclose(field, expected, atol=5)


def test_box_above_and_its_margin():
    data = np.zeros((8, 9, 10), np.int16)
    data[2, 3, 4] = data[5, 6, 7] = 300
    data[0, 0, 0] = 3000
    box = box_above(data, 300, lambda z: data[z] == 3000)
    assert box == ((2, 3, 4), (6, 7, 8))
    assert grown(box, (1, 4, 2), data.shape) == ((1, 0, 2), (7, 9, 10))
    assert box_above(data, 3001, nothing_invalid) is None


def test_the_finest_axis_is_coarsened_first():
    whole = ((0, 0, 0), (100, 512, 512))
    assert grid_for(whole, (3.0, 0.7, 0.8), None).factor_zyx == (1, 1, 1)
    assert grid_for(whole, (3.0, 0.7, 0.8), 14_000_000).factor_zyx == (1, 2, 1)
    grid = grid_for(whole, (3.0, 0.7, 0.8), 1_000_000)
    steps_mm = np.multiply(grid.factor_zyx, (3.0, 0.7, 0.8))
    assert steps_mm.max() < 2 * steps_mm.min()
    assert np.prod(grid.shape_zyx) <= 1_000_000
    assert grid_for(((0, 0, 0), (1, 1, 9)), (1, 1, 1), 2).shape_zyx == (1, 1, 2)


def test_closing_mirrors_the_rim_at_the_level():
    field = np.array([[[10, -10, 4]]], np.float32)
    wide = closed(field, 0)
    assert wide.shape == (3, 3, 5)
    assert wide[1, 1].tolist() == [-10, 10, -10, 4, -4]
    assert wide[0, 1].tolist() == [-10, -10, -10, -4, -4]
    np.testing.assert_array_less(np.delete(wide.ravel(), [21, 23]), 0)
