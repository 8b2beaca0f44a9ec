"""Automatic window and full range, against numpy on the valid voxels."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.support.voxel_grids import geometry, padding_value, volume
from viewer.core.plane import Orientation, slice_plane
from viewer.core.shapes import EllipseShape
from viewer.core.study import StackKey
from viewer.core.window import HuWindow
from viewer.imaging import histogram
from viewer.imaging.histogram import (
    FALLBACK_WINDOW,
    automatic_window,
    full_range,
    region_window,
)
from viewer.imaging.roi import region_values

RNG = np.random.default_rng(11)
DATA = RNG.normal(40, 300, (9, 40, 50)).astype(np.int16)
without_unit = partial(volume, unit=None)


def percentile_window(values):
    low, high = np.percentile(values, (1, 99), method="inverted_cdf")
    return HuWindow.from_range(float(low), float(high))


def test_percentiles_of_the_middle_slice_are_numpys():
    assert automatic_window(without_unit(DATA)) == percentile_window(DATA[4])
    assert full_range(volume(DATA)) == HuWindow.from_range(float(DATA.min()), float(DATA.max()))


def test_the_nearest_slice_to_the_middle_that_holds_anything():
    loading = without_unit(DATA, placeholders=(4, 5))
    assert automatic_window(loading, slices=[1, 4, 5, 6, 8]) == percentile_window(DATA[6])
    empty = DATA.copy()
    empty[3:7] = -2000
    padded = without_unit(empty, padding=padding_value(-2000, 9))
    assert automatic_window(padded) == percentile_window(DATA[2])


@pytest.mark.parametrize(
    ("unit", "window"), [("HU", HuWindow(400, 40)), ("SUVbw", HuWindow.from_range(0, 7))]
)
def test_absolute_units_have_windows_of_their_own(unit, window):
    assert automatic_window(volume(DATA, unit=unit)) == window


@pytest.mark.parametrize(("modality", "top"), [("US", 180), ("XA", 180), ("US", 300), ("OT", 1)])
def test_eight_bit_greys_for_a_screen_are_shown_as_they_are(modality, top):
    greys = (np.arange(2000).reshape(1, 40, 50) % 7 * top // 6).astype(np.int16)
    clip = without_unit(greys)
    clip = replace(clip, stack=replace(clip.stack, modality=modality))
    as_they_are = (modality, top) == ("US", 180)
    expected = HuWindow.from_range(0, 255) if as_they_are else percentile_window(greys)
    assert automatic_window(clip) == expected


def test_a_few_bright_pixels_on_nothing():
    points = np.zeros((1, 40, 50), np.int16)
    points[0, 7, 9:12] = [70, 90, 80]
    assert automatic_window(without_unit(points)) == HuWindow.from_range(0, 90)


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_padding_and_placeholders_do_not_count(measure):
    spoiled = DATA.copy()
    spoiled[:, :12] = -2000
    spoiled[7] = 30000
    window = measure(without_unit(spoiled, padding=padding_value(-2000, 9), placeholders=(7,)))
    kept = np.delete(DATA, 7, axis=0)[:, 12:]
    assert window == measure(without_unit(np.ascontiguousarray(kept)))


def test_only_the_slices_that_are_there():
    loading = np.zeros_like(DATA)
    loading[3:5] = DATA[3:5] + 5000
    there = full_range(volume(loading), slices=[4, 3])
    assert there == full_range(volume(DATA[3:5] + np.int16(5000)))


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_numbers_that_are_not_finite_do_not_count(measure):
    values = DATA.astype(np.float32)
    values[4, 0, :4] = [np.nan, np.inf, -np.inf, np.nan]
    window = measure(without_unit(values))
    assert DATA.min() <= window.low < window.high <= DATA.max()


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_a_constant_volume_has_a_window_one_unit_wide(measure):
    assert measure(without_unit(np.full((2, 3, 4), 7, np.int16))) == HuWindow(1, 7)


@pytest.mark.parametrize("measure", [automatic_window, full_range])
def test_without_a_measured_voxel(measure):
    assert measure(without_unit(DATA, placeholders=tuple(range(9)))) == FALLBACK_WINDOW
    assert measure(without_unit(np.zeros((2, 3, 4, 3), np.uint8))) == FALLBACK_WINDOW
    assert measure(without_unit(DATA), slices=[]) == FALLBACK_WINDOW


def test_large_images_are_sampled_by_rows(monkeypatch):
    monkeypatch.setattr(histogram, "SAMPLE_PIXELS", 500)
    ramp = np.broadcast_to(np.linspace(-900, 900, 40)[None, :, None], (3, 40, 50))
    window = automatic_window(without_unit(ramp.astype(np.int16)))
    assert (window.low, window.high) == pytest.approx(np.percentile(ramp, (1, 99)), abs=200)
    assert full_range(volume(ramp.astype(np.int16))) == HuWindow(1800, 0)


def disc(radius_mm):
    grid = geometry(DATA.shape)
    plane = slice_plane(grid, Orientation.AXIAL, 4)
    return EllipseShape(
        frame_of_reference_uid="",
        stack=StackKey("1.2.3", 0),
        normal_lps=(0.0, 0.0, 1.0),
        center=tuple(plane.uv_to_lps((16.0, 14.0))),
        half_axis_u=(radius_mm, 0.0, 0.0),
        half_axis_v=(0.0, radius_mm, 0.0),
    )


def test_the_window_of_a_region_leaves_its_rare_voxels_out():
    values = DATA.copy()
    values[4, 20, 20] = 30000
    shape = disc(9.0)
    inside = region_values(volume(values), shape)
    low, high = np.percentile(inside, (2, 98), method="inverted_cdf")
    assert inside.max() == 30000
    assert region_window(volume(values), shape) == HuWindow.from_range(float(low), float(high))


def test_a_region_without_contrast_or_voxels():
    flat = volume(np.full(DATA.shape, 7, np.int16))
    assert region_window(flat, disc(5.0)) == HuWindow(1, 7)
    assert region_window(volume(DATA), disc(0.0)) is None
    assert region_window(volume(np.zeros((*DATA.shape, 3), np.uint8)), disc(5.0)) is None
