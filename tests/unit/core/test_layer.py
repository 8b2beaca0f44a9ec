"""A layer's values, and how long its stack stays open."""

import pytest

from tests.support.layered import CT, PET, PRIOR, fill, opened
from viewer.core.layer import MAX_BLINK_HZ, Layer
from viewer.core.layout import grid_layout
from viewer.core.plane import Orientation
from viewer.core.session import Session
from viewer.core.view_state import ViewportState


@pytest.mark.parametrize("wrong", [
    {"opacity": 1.01}, {"opacity": -0.1}, {"split": 2.0}, {"blink_hz": MAX_BLINK_HZ + 0.5},
    {"blink_hz": -1.0},
])  # fmt: skip
def test_shares_and_rates_are_held(wrong):
    with pytest.raises(ValueError, match="layer"):
        Layer(PET, **wrong)


def test_nothing_blinks_faster_than_three_times_a_second():
    assert MAX_BLINK_HZ == 3.0


def test_the_stack_of_a_layer_stays_open_while_it_is_one():
    session = Session()
    volumes = fill(session)
    session.set_layer("1", Layer(PET), opened(volumes[PET]))
    session.set_layout(grid_layout(1, 2), {"1": session.viewports["1"]}, "1")
    state = ViewportState(Orientation.AXIAL)
    session.show("2", opened(volumes[PRIOR]), state)
    assert set(session.stacks) == {CT, PET, PRIOR}
    session.set_layer("2", Layer(PET))
    session.set_layer("1", None)
    assert PET in session.stacks  # the other place still has it
    session.set_layer("2", None)
    assert set(session.stacks) == {CT, PRIOR}


def test_another_series_in_the_place_ends_its_layer():
    session = Session()
    volumes = fill(session)
    session.set_layer("1", Layer(PET), opened(volumes[PET]))
    session.show("1", opened(volumes[PRIOR]), ViewportState(Orientation.AXIAL))
    assert session.viewports["1"].layer is None
    assert set(session.stacks) == {PRIOR}
