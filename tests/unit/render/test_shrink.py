"""Shrinking a little: even areas stay, edges stay in their place, noise is alike everywhere."""

import numpy as np
import pytest

from viewer.render.shrink import area_average, shrink


@pytest.mark.parametrize("value", [0, 1, 128, 255])
def test_even_areas_stay_as_they_are(value):
    assert (shrink(np.full((50, 70), value, np.uint8), (44, 61)) == value).all()


def test_colours_are_shrunk_one_by_one():
    image = np.random.default_rng(3).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    small = shrink(image, (35, 27))
    for channel in range(3):
        np.testing.assert_array_equal(
            small[..., channel], shrink(image[..., channel].copy(), (35, 27))
        )


def test_a_ramp_and_an_edge_stay_in_their_place():
    ramp = np.tile(np.arange(20, 220, dtype=np.uint8), (6, 1))
    small = shrink(ramp, (6, 176))
    expected = 20 + (np.arange(176) + 0.5) * 200 / 176 - 0.5
    assert np.abs(small[2, 4:-4] - expected[4:-4]).max() <= 1.5
    edge = np.zeros((6, 200), np.uint8)
    edge[:, 83:] = 255
    small = shrink(edge, (6, 176))
    assert np.interp(127.5, small[0].astype(float), np.arange(176)) == pytest.approx(
        83 * 176 / 200 - 0.5, abs=0.3
    )


@pytest.mark.parametrize("scale", [0.78, 0.88, 0.95])
def test_noise_does_not_come_and_go_in_a_grid(scale):
    image = np.random.default_rng(7).integers(60, 200, (512, 512), dtype=np.uint8)
    count = round(512 * scale)

    def beat(small):
        places = (np.arange(count) + 0.5) * 512 / count - 0.5
        between = np.abs(places % 1 - 0.5)
        squares = (small.astype(float) - 129.5) ** 2
        on, off = between > 0.4, between < 0.1
        return squares[np.ix_(on, on)].mean() / squares[np.ix_(off, off)].mean()

    assert 0.7 < beat(shrink(image, (count, count))) < 1.4
    if scale > 0.8:
        assert beat(area_average(image, (count, count))) > 2  # the measure sees what was wrong


def test_a_size_that_stays_is_left_alone():
    image = np.random.default_rng(5).integers(0, 256, (12, 9), dtype=np.uint8)
    np.testing.assert_array_equal(shrink(image, (12, 9)), image)
