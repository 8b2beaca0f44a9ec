"""What the mouse does: one table, read by the viewports and by the F1 sheet."""

from dataclasses import dataclass
from enum import StrEnum


class Gesture(StrEnum):
    """A thing done with the mouse over a viewport; the value is what the F1 sheet calls it."""

    LEFT_DRAG = "Left drag"
    MIDDLE_DRAG = "Middle drag"
    RIGHT_DRAG = "Right drag"
    RIGHT_CLICK = "Right click"
    WHEEL = "Wheel"
    CTRL_WHEEL = "Ctrl + wheel"
    SHIFT_WHEEL = "Shift + wheel"
    ALT_WHEEL = "Alt + wheel"
    CTRL_SHIFT_WHEEL = "Ctrl + Shift + wheel"
    DOUBLE_CLICK = "Double click"
    SHIFT_MOVE = "Shift + move"


@dataclass(frozen=True, slots=True)
class MouseBinding:
    """One gesture and what it does.

    Attributes
    ----------
    gesture : Gesture
        What the hand does.
    does : str
        Id of a tool, "active" for the active tool, or the name of an intent of the presenter.
    text : str
        Line of the F1 sheet.
    """

    gesture: Gesture
    does: str
    text: str


MOUSE_BINDINGS: tuple[MouseBinding, ...] = (
    MouseBinding(Gesture.LEFT_DRAG, "active", "The active tool (window / level by default)"),
    MouseBinding(Gesture.MIDDLE_DRAG, "pan", "Pan"),
    MouseBinding(Gesture.RIGHT_DRAG, "zoom", "Zoom"),
    MouseBinding(Gesture.RIGHT_CLICK, "menu", "Context menu"),
    MouseBinding(Gesture.WHEEL, "step", "Scroll slices"),
    MouseBinding(Gesture.SHIFT_WHEEL, "step-ten", "Scroll ten slices at a time"),
    MouseBinding(Gesture.CTRL_WHEEL, "zoom-at", "Zoom at the cursor"),
    MouseBinding(Gesture.ALT_WHEEL, "slab", "Thicker or thinner slab"),
    MouseBinding(Gesture.CTRL_SHIFT_WHEEL, "step-alone", "Scroll this place alone, unlinked"),
    MouseBinding(Gesture.DOUBLE_CLICK, "maximise", "Maximise or restore the viewport"),
    MouseBinding(Gesture.SHIFT_MOVE, "crosshair", "The crosshair follows the cursor"),
)
"""The default bindings."""


def binding_of(gesture: Gesture, bindings: tuple[MouseBinding, ...] = MOUSE_BINDINGS) -> str:
    """Return what a gesture does ("" for nothing)."""
    return next((binding.does for binding in bindings if binding.gesture is gesture), "")
