"""Shrinking: every pixel of the result is the mean of its area, by an independent sum."""

import numpy as np
import pytest

from viewer.render.shrink import area_average


def area_weights(length, count):
    """Overlap of each new pixel with each old one, as a matrix whose rows add up to one."""
    edges = np.linspace(0, length, count + 1)
    old = np.arange(length)
    low = np.maximum(edges[:-1, None], old)
    high = np.minimum(edges[1:, None], old + 1)
    overlap = np.clip(high - low, 0, None)
    return overlap / overlap.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    "size", [(61, 83), (60, 80), (31, 83), (61, 41), (50, 42), (7, 5), (1, 1), (59, 82)]
)
def test_it_is_the_mean_over_the_area(size):
    image = np.random.default_rng(5).integers(0, 256, (61, 83), dtype=np.uint8)
    exact = area_weights(61, size[0]) @ image @ area_weights(83, size[1]).T
    small = area_average(image, size)
    assert small.shape == size
    assert small.flags.c_contiguous
    np.testing.assert_allclose(small, exact, atol=2)


@pytest.mark.parametrize("value", [0, 1, 200, 255])
def test_even_areas_stay_what_they_are(value):
    small = area_average(np.full((50, 70), value, np.uint8), (33, 41))
    assert set(small.ravel()) == {value}


def test_colours_are_averaged_one_by_one():
    image = np.random.default_rng(6).integers(0, 256, (40, 31, 3), dtype=np.uint8)
    small = area_average(image, (23, 19))
    for channel in range(3):
        np.testing.assert_array_equal(
            small[..., channel], area_average(image[..., channel].copy(), (23, 19))
        )


def test_the_same_size_is_the_same_image():
    image = np.random.default_rng(7).integers(0, 256, (12, 9), dtype=np.uint8)
    np.testing.assert_array_equal(area_average(image, (12, 9)), image)
