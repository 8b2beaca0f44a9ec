"""Automatic window and full range, against numpy on the valid voxels."""

import numpy as np
import pytest

from tests.support.voxel_grids import padding_value, volume
from viewer.core.window import HuWindow
from viewer.imaging import histogram
from viewer.imaging.histogram import FALLBACK_WINDOW, automatic_window, full_range

RNG = np.random.default_rng(11)
DATA = RNG.normal(40, 300, (9, 40, 50)).astype(np.int16)


def test_percentiles_are_numpys():
    low, high = np.percentile(DATA, (0.1, 99.9), method="inverted_cdf")
    window = automatic_window(volume(DATA))
    assert (window.low, window.high) == (low, high)
    assert full_range(volume(DATA)) == HuWindow.from_range(float(DATA.min()), float(DATA.max()))


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_padding_and_placeholders_do_not_count(measure):
    spoiled = DATA.copy()
    spoiled[:, :12] = -2000
    spoiled[4] = 30000
    window = measure(volume(spoiled, padding=padding_value(-2000, 9), placeholders=(4,)))
    kept = np.delete(DATA, 4, axis=0)[:, 12:]
    assert window == measure(volume(np.ascontiguousarray(kept)))


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_only_the_slices_that_are_there(measure):
    loading = np.zeros_like(DATA)
    loading[3:5] = DATA[3:5] + 5000
    assert measure(volume(loading), slices=[4, 3]) == measure(volume(DATA[3:5] + np.int16(5000)))


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_numbers_that_are_not_finite_do_not_count(measure):
    values = DATA.astype(np.float32)
    values[0, 0, :4] = [np.nan, np.inf, -np.inf, np.nan]
    window = measure(volume(values))
    assert DATA.min() <= window.low < window.high <= DATA.max()


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_a_constant_volume_has_a_window_one_unit_wide(measure):
    assert measure(volume(np.full((2, 3, 4), 7, np.int16))) == HuWindow(1, 7)


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_without_a_measured_voxel(measure):
    assert measure(volume(DATA, placeholders=tuple(range(9)))) == FALLBACK_WINDOW
    assert measure(volume(np.zeros((2, 3, 4, 3), np.uint8))) == FALLBACK_WINDOW
    assert measure(volume(DATA), slices=[]) == FALLBACK_WINDOW


def test_large_volumes_are_sampled_evenly(monkeypatch):
    monkeypatch.setattr(histogram, "SAMPLE_VOXELS", 2000)
    ramp = np.broadcast_to(np.linspace(-900, 900, 40)[None, :, None], (30, 40, 50))
    exact = np.percentile(ramp, (0.1, 99.9))
    window = automatic_window(volume(ramp.astype(np.int16)))
    assert (window.low, window.high) == pytest.approx(exact, abs=200)
    assert full_range(volume(ramp.astype(np.int16))) == HuWindow(1800, 0)
