"""The table of gestures: each has a kind, each deed a kind that can do it."""

import pytest

from viewer.app.actions import ACTIONS
from viewer.app.bindings import (
    DRAGS,
    MOUSE_BINDINGS,
    MOUSE_DEEDS,
    WHEELS,
    Gesture,
    GestureKind,
    MouseBinding,
    binding_of,
    deeds_for,
    drag_of,
    wheel_of,
)
from viewer.tools.pointer import Button, Modifier


def test_every_default_binding_can_be_done():
    gestures = [binding.gesture for binding in MOUSE_BINDINGS]
    assert len(gestures) == len(set(gestures))
    for binding in MOUSE_BINDINGS:
        assert binding.does in {deed.id for deed in deeds_for(binding.gesture)}
        assert binding.text != binding.does
    assert binding_of(Gesture.LEFT_DRAG) == "active"
    assert binding_of(Gesture.WHEEL, ()) == ""


def test_every_tool_can_be_under_a_button():
    drags = {deed.id for deed in MOUSE_DEEDS if deed.kind is GestureKind.DRAG}
    assert {spec.tool for spec in ACTIONS if spec.tool} | {"active"} == drags


@pytest.mark.parametrize(
    ("gesture", "kind"),
    [
        (Gesture.BOTH_DRAG, GestureKind.DRAG), (Gesture.DOUBLE_CLICK, GestureKind.DOUBLE_CLICK),
        (Gesture.RIGHT_CLICK, GestureKind.CLICK), (Gesture.ALT_WHEEL, GestureKind.WHEEL),
        (Gesture.SHIFT_MOVE, GestureKind.MOVE),
    ],
)  # fmt: skip
def test_kinds(gesture, kind):
    assert gesture.kind is kind


def test_every_drag_and_wheel_has_its_buttons_and_keys():
    drags = {g for g in Gesture if g.kind is GestureKind.DRAG} - {Gesture.BOTH_DRAG}
    assert set(DRAGS.values()) == drags
    assert set(WHEELS.values()) == {g for g in Gesture if g.kind is GestureKind.WHEEL}


def test_keys_that_are_bound_to_nothing_change_nothing():
    bindings = (*MOUSE_BINDINGS, MouseBinding(Gesture.CTRL_LEFT_DRAG, "pan"))
    assert drag_of(Button.LEFT, Modifier.CTRL, bindings) == "pan"
    assert drag_of(Button.LEFT, Modifier.SHIFT, bindings) == "active"
    assert drag_of(Button.LEFT, Modifier.CTRL | Modifier.ALT, bindings) == "active"
    assert drag_of(Button.RIGHT, Modifier.ALT, bindings) == "zoom"
    assert wheel_of(Modifier.SHIFT | Modifier.ALT, bindings) == "step"
    assert wheel_of(Modifier.CTRL | Modifier.SHIFT, bindings) == "step-alone"
