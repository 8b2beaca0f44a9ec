"""Numbers as they are written: HU whole, narrow windows with the decimals that they need."""

import pytest

from viewer.app.value_text import number_with_unit, typed_numbers, window_numbers
from viewer.core.window import HuWindow, VoiFunction


@pytest.mark.parametrize(("width", "level", "unit", "numbers"), [
    (427.491, 15.0, "HU", ("427", "15")), (1500, -624.6, "HU", ("1500", "-625")),
    (80, 0.3, "HU", ("80", "0")), (80, -0.3, "HU", ("80", "0")),
    (7, 3.5, "SUVbw", ("7", "3.5")), (2.345, 1.2, "SUVbw", ("2.35", "1.2")),
    (0.0456, 0.012, None, ("0.0456", "0.012")), (1873.4, 936.7, None, ("1873", "937")),
])  # fmt: skip
def test_a_window_has_no_more_figures_than_it_needs(width, level, unit, numbers):
    assert window_numbers(HuWindow(width, level), unit) == numbers


@pytest.mark.parametrize(("width", "level", "numbers"), [
    (120.5, -120.25, ("120.5", "-120.25")), (1500.0, -600.0, ("1500", "-600")),
    (2000.0625, 0.0, ("2000.062", "0")), (0.00456, -0.00012, ("0.00456", "-0.00012")),
])  # fmt: skip
def test_a_typed_window_keeps_its_decimals(width, level, numbers):
    assert typed_numbers(HuWindow(width, level)) == numbers


def test_every_kind_of_window_is_written_by_its_own_width():
    assert window_numbers(HuWindow(400, 40, VoiFunction.LINEAR), "HU") == ("400", "40")
    assert window_numbers(HuWindow(400, 40, VoiFunction.SIGMOID), "HU") == ("400", "40")


@pytest.mark.parametrize(("value", "unit", "text"), [
    (-623.4, "HU", "-623 HU"), (-0.2, "HU", "0 HU"), (2.34567, "SUVbw", "2.34567 SUVbw"),
    (17.0, "US", "17"), (17.5, None, "17.5"),
])  # fmt: skip
def test_values_have_their_unit_and_hu_are_whole(value, unit, text):
    assert number_with_unit(value, unit) == text
