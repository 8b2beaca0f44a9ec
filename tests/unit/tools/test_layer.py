"""Hands on a layer: steps, and the line of a swipe."""

import pytest

from tests.support.layered import CT, PET, fill, opened
from tests.support.pointer import Reader
from tests.support.volumes import make_volume
from viewer.core.layer import Layer, LayerMode
from viewer.core.session import Session
from viewer.core.study import StackKey
from viewer.tools.layer import SPLIT_TOOL, is_on_line, step_layer
from viewer.tools.pointer import PointerKind

OTHER = StackKey("7.7", 0)


def reader_with(**changes):
    reader = Reader(make_volume())
    reader.session.set_layer("axial", Layer(OTHER, LayerMode.SWIPE, **changes))
    return reader


@pytest.mark.parametrize(("upright", "on", "off"), [
    (True, (306, 20), (320, 20)), (False, (20, 194), (300, 180)),
])  # fmt: skip
def test_the_line_is_taken_hold_of_near_it_only(upright, on, off):
    reader = reader_with(upright=upright)
    assert is_on_line(reader.event(PointerKind.MOVE, on), reader.context)
    assert not is_on_line(reader.event(PointerKind.MOVE, off), reader.context)
    reader.session.set_layer("axial", Layer(OTHER))
    assert not is_on_line(reader.event(PointerKind.MOVE, on), reader.context)


def test_the_line_follows_the_hand_and_goes_back_when_cancelled():
    reader = reader_with()
    reader.press((300, 50), tool=SPLIT_TOOL)
    reader.move((450, 90))
    assert reader.session.viewports["axial"].layer.split == pytest.approx(0.75)
    assert reader.session.viewports["coronal"].layer.split == pytest.approx(0.75)
    reader.move((900, 90))
    assert reader.session.viewports["axial"].layer.split == 1.0
    reader.hands.cancel()
    assert reader.session.viewports["axial"].layer.split == 0.5


def test_steps_do_what_the_mode_has():
    session = Session()
    volumes = fill(session)
    session.set_layer("1", Layer(PET), opened(volumes[PET]))

    def layer():
        return session.viewports["1"].layer

    step_layer(session, "1", 3)
    assert layer().opacity == pytest.approx(0.8)
    step_layer(session, "1", 9)
    assert layer().opacity == 1.0
    session.set_layer("1", Layer(PET, LayerMode.SWIPE))
    step_layer(session, "1", 2)
    assert layer().split == pytest.approx(0.4)  # the layer is right of the line: more of it
    session.set_layer("1", Layer(PET, LayerMode.BLINK, seen=False))
    step_layer(session, "1", 1)
    assert layer().seen
    session.set_layer("1", None)
    step_layer(session, "1", 1)
    assert layer() is None
    assert set(session.stacks) == {CT}
