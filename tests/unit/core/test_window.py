"""Windows and presets, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.core.window import CT_PRESETS, HuWindow

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
