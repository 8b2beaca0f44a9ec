"""Windows and presets, by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.core.window import CT_PRESETS, HuWindow, VoiFunction, VoiLut

values = st.floats(-1e5, 1e5)


def test_ramp_ends() -> None:
    assert (HuWindow(1500, -600).low, HuWindow(1500, -600).high) == (-1350, 150)


@pytest.mark.parametrize("width", [0, -1, float("nan")])
def test_a_window_needs_a_width(width: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        HuWindow(width, 0)


@given(values, values)
def test_from_range(a: float, b: float) -> None:
    low, high = sorted((a, b))
    window = HuWindow.from_range(low, high)
    assert window.width >= 1e-6
    assert window.low == pytest.approx(low, abs=1e-5)
    assert window.high == pytest.approx(high, abs=1e-5)


def test_presets_have_the_numbers_of_the_trade() -> None:
    numbers = {p.id: (p.window.width, p.window.center) for p in CT_PRESETS if p.window}
    assert numbers["lung"] == (1500, -600)
    assert numbers["mediastinum"] == (350, 50)
    assert numbers["bone"] == (1500, 300)
    assert numbers["liver"] == (150, 30)


def test_presets_have_ids_and_keys_of_their_own() -> None:
    keys = [preset.key for preset in CT_PRESETS if preset.key]
    assert sorted(keys) == list("0123456789")
    assert len({preset.id for preset in CT_PRESETS}) == len(CT_PRESETS)


@pytest.mark.parametrize("function", list(VoiFunction))
@pytest.mark.parametrize(("width", "center"), [(400.0, 40.0), (1.5, -7.25), (1.0, 0.0)])
def test_low_is_black_and_high_is_white(function, width, center):
    window = HuWindow(width, center, function)
    low, high = window.share_of_white(np.array([window.low, window.high + 1e-9]))
    assert 255 * low < 0.5
    assert 255 * high > 254.5


def test_the_middle_of_a_sigmoid_is_half_white():
    window = HuWindow(80.0, 40.0, VoiFunction.SIGMOID)
    # PS3.3 C.11.2.1.3.1: 1 / (1 + exp(-4 (x - c) / w)); at c + w / 4 it is 1 / (1 + 1 / e).
    shares = window.share_of_white(np.array([40.0, 60.0, -1e9, 1e9]))
    assert shares == pytest.approx([0.5, 1 / (1 + math.exp(-1)), 0, 1])


def test_a_linear_window_is_one_value_wide_at_least():
    with pytest.raises(ValueError, match="1 at least"):
        HuWindow(0.5, 0, VoiFunction.LINEAR)
    assert HuWindow(0.5, 0, VoiFunction.SIGMOID).width == 0.5


def test_a_look_up_table_spans_its_entries():
    lut = VoiLut.from_entries(-3, [0, 128, 255, 255, 7], 8)
    assert (lut.low, lut.high, lut.width, lut.center) == (-3, 1, 4, -1)
    with pytest.raises(ValueError, match="an entry"):
        VoiLut(0, b"")
