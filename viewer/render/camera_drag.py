"""What a drag over the 3D view does to its camera, by the table of gestures."""

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QMouseEvent

from viewer.render.camera import OrbitCamera
from viewer.render.pointer_events import held_button, held_keys
from viewer.tools.pointer import Button, Modifier

DEGREES_PER_PX = 0.5

DragTable = Callable[[Button, Modifier], str]
"""What a drag does: "pan", "zoom", "" for nothing; all else turns."""


def default_drags(button: Button, held: Modifier) -> str:
    """Return what a drag does without a profile."""
    del held
    return {Button.LEFT: "turn", Button.MIDDLE: "pan", Button.RIGHT: "zoom"}.get(button, "")


def dragged(
    camera: OrbitCamera,
    does: DragTable,
    event: QMouseEvent,
    moved_px: QPointF,
    size_px: tuple[float, float],
) -> OrbitCamera | None:
    """Return the camera after a drag; None where the buttons that are held do nothing.

    With Ctrl the button that turns moves: mice of two buttons have no other way.
    """
    held = held_keys(event.modifiers())
    deed = does(held_button(event.buttons()), held)
    if deed == "zoom":
        return camera.zoomed(1.01 ** -moved_px.y())
    if deed == "pan" or (deed and Modifier.CTRL in held):
        return camera.panned(moved_px.x(), moved_px.y(), size_px)
    if deed:
        return camera.orbited(-moved_px.x() * DEGREES_PER_PX, moved_px.y() * DEGREES_PER_PX)
    return None
