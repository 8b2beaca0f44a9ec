"""Drags over the 3D view: the buttons do what the table of gestures says."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from viewer.app.bindings import MOUSE_BINDINGS, Gesture, MouseBinding, drag_of
from viewer.render.camera import OrbitCamera
from viewer.render.camera_drag import default_drags, dragged

LEFT, MIDDLE, RIGHT = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def change(button, held=NONE, does=default_drags):
    """What a drag of 30 x 20 pixels changes."""
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(), QPointF(), Qt.MouseButton.NoButton, button, held
    )
    before = OrbitCamera()
    after = dragged(before, does, event, QPointF(30, 20), (400.0, 300.0))
    if after is None:
        return "nothing"
    if not np.allclose(after.rotation, before.rotation):
        return "turn"
    return "zoom" if after == before.zoomed(1.01**-20) else "pan"


@pytest.mark.parametrize(
    ("button", "held", "what"),
    [
        (LEFT, NONE, "turn"), (MIDDLE, NONE, "pan"), (RIGHT, NONE, "zoom"), (LEFT, CTRL, "pan"),
        (Qt.MouseButton.NoButton, NONE, "nothing"),
    ],
)  # fmt: skip
def test_without_a_profile(button, held, what):
    assert change(button, held) == what
    assert change(button, held, lambda b, h: drag_of(b, h, MOUSE_BINDINGS)) == what


def test_with_another_table():
    bindings = (
        MouseBinding(Gesture.LEFT_DRAG, "zoom"),
        MouseBinding(Gesture.MIDDLE_DRAG, "active"),
        MouseBinding(Gesture.CTRL_LEFT_DRAG, "pan"),
    )

    def does(button, held):
        return drag_of(button, held, bindings)

    assert change(LEFT, does=does) == "zoom"
    assert change(MIDDLE, does=does) == "turn"
    assert change(LEFT, CTRL, does) == "pan"
    assert change(RIGHT, does=does) == "nothing"
