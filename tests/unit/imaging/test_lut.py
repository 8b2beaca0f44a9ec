"""Grey levels, against the formula evaluated in exact rational arithmetic and in numpy."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_windowing

from viewer.core.window import CT_PRESETS, HuWindow, VoiFunction, VoiLut
from viewer.imaging.lut import to_grey

LINEAR = VoiFunction.LINEAR
ALL_INT16 = np.arange(-32768, 32768, dtype=np.int16).reshape(256, 256)


def by_formula(values: np.ndarray, width: float, level: float) -> np.ndarray:
    """The formula of `export --bare`, literally."""
    return np.round(255 * np.clip((values - (level - width / 2)) / width, 0, 1)).astype(np.uint8)


@pytest.mark.parametrize("preset", [p for p in CT_PRESETS if p.window], ids=lambda p: p.id)
@pytest.mark.parametrize("inverted", [False, True])
def test_every_int16_of_every_preset(preset, inverted):
    window = preset.window
    expected = by_formula(ALL_INT16.astype(np.float64), window.width, window.center)
    expected = 255 - expected if inverted else expected
    np.testing.assert_array_equal(to_grey(ALL_INT16, window, inverted), expected)


@given(
    st.floats(1e-3, 1e6, allow_subnormal=False) | st.integers(1, 5000).map(float),
    st.floats(-1e5, 1e5) | st.integers(-2000, 3000).map(float),
)
def test_table_and_formula_agree_for_any_window(width, center):
    expected = by_formula(ALL_INT16.astype(np.float64), width, center)
    np.testing.assert_array_equal(to_grey(ALL_INT16, HuWindow(width, center)), expected)


@pytest.mark.parametrize("center", [-1e9, -40000.0, 40000.0, 1e9])
def test_windows_beyond_all_values(center):
    expected = 255 if center < 0 else 0
    assert np.all(to_grey(ALL_INT16, HuWindow(10, center)) == expected)


@given(st.integers(-3000, 3000), st.integers(1, 2000).map(lambda n: 2 * n), st.integers(-900, 900))
def test_within_half_a_grey_of_the_exact_number(value, width, level):
    exact = 255 * min(max(Fraction(value - level) / width + Fraction(1, 2), 0), 1)
    grey = int(to_grey(np.array([[value]], np.int16), HuWindow(width, level))[0, 0])
    assert abs(grey - exact) <= Fraction(1, 2)


def test_halves_go_to_the_even_grey():
    # (-90 + 125) / 350 * 255 = 25.5 and (-20 + 125) / 350 * 255 = 76.5
    assert to_grey(np.array([[-90, -20]], np.int16), HuWindow(350, 50)).tolist() == [[26, 76]]


def test_float_images_follow_the_same_formula():
    values = np.random.default_rng(3).uniform(-2000, 2000, (40, 50)).astype(np.float32)
    expected = by_formula(values.astype(np.float64), 1500, -600)
    np.testing.assert_array_equal(to_grey(values, HuWindow(1500, -600)), expected)


def test_what_is_not_a_number_is_black_and_infinity_is_clipped():
    values = np.array([[np.nan, np.inf, -np.inf, 40]], np.float32)
    assert to_grey(values, HuWindow(400, 40)).tolist() == [[0, 255, 0, 128]]
    assert to_grey(values, HuWindow(400, 40), inverted=True).tolist() == [[0, 0, 255, 127]]


@pytest.mark.parametrize("inverted", [False, True])
def test_invalid_pixels_are_black(inverted):
    image = np.full((3, 4), 5000, np.int16)
    invalid = np.zeros((3, 4), bool)
    invalid[1, 2] = True
    grey = to_grey(image, HuWindow(400, 40), inverted, invalid)
    assert grey[1, 2] == 0
    assert np.all(grey[~invalid] == (0 if inverted else 255))


def test_views_of_any_stride_and_a_result_of_ones_own():
    data = np.random.default_rng(5).integers(-1000, 2000, (6, 7, 8)).astype(np.int16)
    data.flags.writeable = False
    window = HuWindow(1500, 300)
    for view in (data[:, :, 3], data[::-1, 2].T, data[2, ::-1, ::-1]):
        grey = to_grey(view, window)
        np.testing.assert_array_equal(grey, to_grey(np.ascontiguousarray(view), window))
        assert grey.flags.c_contiguous
        grey[...] = 7  # must not reach the volume or the table
    assert to_grey(data[0], window).max() != 7


def test_colour_passes_through():
    rgb = np.random.default_rng(2).integers(0, 255, (4, 5, 3)).astype(np.uint8)
    np.testing.assert_array_equal(to_grey(rgb, HuWindow(1, 0), inverted=True), rgb)


def by_pydicom(values: np.ndarray, window: HuWindow) -> np.ndarray:
    """Eight-bit grey by pydicom's apply_windowing, whose range is that of 16 unsigned bits."""
    one = Dataset()
    one.PhotometricInterpretation = "MONOCHROME2"
    one.BitsStored, one.PixelRepresentation = 16, 0
    one.WindowCenter, one.WindowWidth = window.center, window.width
    one.VOILUTFunction = window.function.value
    with np.errstate(over="ignore"):
        return apply_windowing(values, one) / 65535 * 255


@pytest.mark.parametrize("function", list(VoiFunction))
@pytest.mark.parametrize(("width", "center"), [(400, 40), (1, 7), (2, -3.5), (1500, -600.5)])
def test_the_functions_of_the_standard_as_pydicom_has_them(function, width, center):
    window = HuWindow(width, center, function)
    expected = by_pydicom(ALL_INT16.astype(np.float64), window)
    for image in (ALL_INT16, ALL_INT16.astype(np.float32)):
        assert np.abs(to_grey(image, window) - expected).max() <= 0.5 + 1e-9
        np.testing.assert_array_equal(to_grey(image, window, True), 255 - to_grey(image, window))


def test_a_linear_window_by_hand():
    # PS3.3 C.11.2.1.2.1: c 2048, w 4096 over 0..4095; c 0, w 100; c 0, w 1.
    ends = np.array([[0, 2047, 2048, 4095]], np.int16)
    assert to_grey(ends, HuWindow(4096, 2048, LINEAR)).tolist() == [[0, 127, 128, 255]]
    ends = np.array([[-50, 0, 1, 49, 50]], np.int16)
    assert to_grey(ends, HuWindow(100, 0, LINEAR)).tolist() == [[0, 129, 131, 255, 255]]
    assert to_grey(np.array([[-1, 0]], np.int16), HuWindow(1, 0, LINEAR)).tolist() == [[0, 255]]


@settings(deadline=None)  # each example makes two images of all values
@given(st.floats(1e-2, 1e6), st.floats(-1e5, 1e5))
def test_table_and_formula_agree_for_any_sigmoid(width, center):
    window = HuWindow(width, center, VoiFunction.SIGMOID)
    direct = to_grey(ALL_INT16.astype(np.float32), window)
    np.testing.assert_array_equal(to_grey(ALL_INT16, window), direct)


@pytest.mark.parametrize("first", [-40, 0, 32_000, -32_768])
def test_a_look_up_table_and_what_lies_beside_it(first):
    entries = [0, 4095, 1000, 3000, 2000]  # neither rising nor falling
    lut = VoiLut.from_entries(first, entries, 12)
    places = np.clip(ALL_INT16.astype(np.int64) - first, 0, 4)
    expected = np.rint(np.array(entries)[places] / 4095 * 255)
    np.testing.assert_array_equal(to_grey(ALL_INT16, lut), expected)
    np.testing.assert_array_equal(to_grey(ALL_INT16, lut, True), 255 - expected)
    np.testing.assert_array_equal(to_grey(ALL_INT16.astype(np.float32), lut), expected)


def test_a_look_up_table_takes_the_nearest_entry_and_leaves_padding_black():
    lut = VoiLut.from_entries(0, [10, 20, 30], 8)
    values = np.array([[0.4, 0.6, 1.4, 99, -99, np.nan]], np.float32)
    assert to_grey(values, lut).tolist() == [[10, 20, 20, 30, 10, 0]]
    invalid = np.array([[True, False, False, False, False, False]])
    assert to_grey(values, lut, True, invalid)[0, 0] == 0
