"""Window and level by dragging."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pointer import Reader
from tests.support.volumes import make_volume
from viewer.core.window import HuWindow, VoiFunction, VoiLut
from viewer.tools.tool import ToolOptions
from viewer.tools.window_level import DRAG_PX, dragged_window

PIXELS = st.floats(-2000, 2000)


def test_right_is_wider_and_up_is_brighter():
    reader = Reader()
    reader.drag((100, 100), (200, 40))
    window = reader.session.display.window
    assert window.width == pytest.approx(400 * math.exp(100 / DRAG_PX))
    assert window.center == pytest.approx(40 - 60 / DRAG_PX * 400)
    assert reader.session.display.preset == ""


def test_inverted_option_turns_both_directions():
    reader = Reader(options=ToolOptions(invert_window_drag=True))
    reader.drag((100, 100), (200, 40))
    assert reader.session.display.window.width < 400
    assert reader.session.display.window.center > 40


@given(PIXELS, PIXELS, st.floats(1, 4000))
def test_gain_scales_with_the_width(right, down, width):
    one = dragged_window(HuWindow(width, 0), right, down)
    two = dragged_window(HuWindow(2 * width, 0), right, down)
    assert two.center == pytest.approx(2 * one.center)
    assert one.width > 0


@given(st.floats(-1000, 1000))
def test_way_back_restores(px):
    window = HuWindow(350, 50)
    assert dragged_window(window, 0.0, 0.0) == window
    assert dragged_window(dragged_window(window, px, 0), -px, 0).width == pytest.approx(
        350, rel=1e-6
    ) or (abs(px) > 500)


def test_width_stays_positive_and_bounded():
    assert dragged_window(HuWindow(80, 40), -1e9, 0).width == 1.0
    assert dragged_window(HuWindow(80, 40), 1e9, 0).width == 1e6
    assert dragged_window(HuWindow(0.01, 0), -1e9, 0, 1e-6).width == 1e-6


def test_a_click_changes_nothing():
    reader = Reader()
    reader.press((100, 100))
    reader.move((102, 101))
    reader.release((102, 101))
    assert reader.session.display.window == HuWindow(400, 40)
    assert reader.session.display.preset == "mediastinum"
    assert not reader.hands.moved


def test_escape_restores_window_and_preset():
    reader = Reader()
    reader.press((100, 100))
    reader.move((300, 300))
    assert reader.hands.busy
    assert reader.hands.cancel()
    assert reader.session.display.window == HuWindow(400, 40)
    assert reader.session.display.preset == "mediastinum"
    assert not reader.hands.cancel()
    reader.move((350, 300))
    assert reader.session.display.window == HuWindow(400, 40)


def test_colour_has_no_window():
    reader = Reader(make_volume(data=np.zeros((7, 10, 12, 3), np.uint8)))
    reader.drag((100, 100), (200, 200))
    assert reader.session.display.window == HuWindow(400, 40)


@pytest.mark.parametrize(
    ("shown", "started"),
    [
        (HuWindow(80, 40, VoiFunction.SIGMOID), HuWindow(80, 40, VoiFunction.SIGMOID)),
        (HuWindow(80, 40, VoiFunction.LINEAR), HuWindow(80, 40)),
        (VoiLut.from_entries(-100, range(201), 8), HuWindow(200, 0)),
    ],
)
def test_a_drag_starts_from_what_the_file_asked_for(shown, started):
    reader = Reader()
    reader.session.display.window = shown
    reader.press((100, 100))
    reader.move((160, 130))
    assert reader.session.display.window == dragged_window(started, 60, 30)
    assert reader.hands.cancel()
    assert reader.session.display.window == shown
