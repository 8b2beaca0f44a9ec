"""What the mouse does: one table, read by the viewports and by the F1 sheet."""

from dataclasses import dataclass
from enum import StrEnum

from viewer.app.actions import ACTIONS
from viewer.tools.pointer import Button, Modifier


class GestureKind(StrEnum):
    """What a gesture is; the value ends the gesture's name."""

    DRAG = "drag"
    DOUBLE_CLICK = "double click"
    CLICK = "click"
    WHEEL = "wheel"
    MOVE = "move"


class Gesture(StrEnum):
    """A thing done with the mouse over a viewport; the value is what sheet and files call it."""

    LEFT_DRAG = "Left drag"
    MIDDLE_DRAG = "Middle drag"
    RIGHT_DRAG = "Right drag"
    BOTH_DRAG = "Left + right drag"
    SHIFT_LEFT_DRAG = "Shift + left drag"
    SHIFT_MIDDLE_DRAG = "Shift + middle drag"
    SHIFT_RIGHT_DRAG = "Shift + right drag"
    CTRL_LEFT_DRAG = "Ctrl + left drag"
    CTRL_MIDDLE_DRAG = "Ctrl + middle drag"
    CTRL_RIGHT_DRAG = "Ctrl + right drag"
    ALT_LEFT_DRAG = "Alt + left drag"
    ALT_MIDDLE_DRAG = "Alt + middle drag"
    ALT_RIGHT_DRAG = "Alt + right drag"
    RIGHT_CLICK = "Right click"
    MIDDLE_CLICK = "Middle click"
    DOUBLE_CLICK = "Double click"
    WHEEL = "Wheel"
    SHIFT_WHEEL = "Shift + wheel"
    CTRL_WHEEL = "Ctrl + wheel"
    ALT_WHEEL = "Alt + wheel"
    CTRL_SHIFT_WHEEL = "Ctrl + Shift + wheel"
    CTRL_ALT_WHEEL = "Ctrl + Alt + wheel"
    SHIFT_MOVE = "Shift + move"

    @property
    def kind(self) -> GestureKind:
        """What sort of gesture it is."""
        return next(kind for kind in GestureKind if self.value.lower().endswith(kind.value))


DRAGS: dict[tuple[Button, Modifier], Gesture] = {
    (Button.LEFT, Modifier.NONE): Gesture.LEFT_DRAG,
    (Button.MIDDLE, Modifier.NONE): Gesture.MIDDLE_DRAG,
    (Button.RIGHT, Modifier.NONE): Gesture.RIGHT_DRAG,
    (Button.LEFT, Modifier.SHIFT): Gesture.SHIFT_LEFT_DRAG,
    (Button.MIDDLE, Modifier.SHIFT): Gesture.SHIFT_MIDDLE_DRAG,
    (Button.RIGHT, Modifier.SHIFT): Gesture.SHIFT_RIGHT_DRAG,
    (Button.LEFT, Modifier.CTRL): Gesture.CTRL_LEFT_DRAG,
    (Button.MIDDLE, Modifier.CTRL): Gesture.CTRL_MIDDLE_DRAG,
    (Button.RIGHT, Modifier.CTRL): Gesture.CTRL_RIGHT_DRAG,
    (Button.LEFT, Modifier.ALT): Gesture.ALT_LEFT_DRAG,
    (Button.MIDDLE, Modifier.ALT): Gesture.ALT_MIDDLE_DRAG,
    (Button.RIGHT, Modifier.ALT): Gesture.ALT_RIGHT_DRAG,
}
"""The gesture that begins with a press of a button."""

CLICKS: dict[Button, Gesture] = {
    Button.RIGHT: Gesture.RIGHT_CLICK,
    Button.MIDDLE: Gesture.MIDDLE_CLICK,
}
"""The gesture of a press and release in one place."""

DOUBLE_CLICKS: dict[Button, Gesture] = {Button.LEFT: Gesture.DOUBLE_CLICK}

WHEELS: dict[Modifier, Gesture] = {
    Modifier.NONE: Gesture.WHEEL,
    Modifier.SHIFT: Gesture.SHIFT_WHEEL,
    Modifier.CTRL: Gesture.CTRL_WHEEL,
    Modifier.ALT: Gesture.ALT_WHEEL,
    Modifier.CTRL | Modifier.SHIFT: Gesture.CTRL_SHIFT_WHEEL,
    Modifier.CTRL | Modifier.ALT: Gesture.CTRL_ALT_WHEEL,
}
"""The gesture of a turned wheel by the keys that are held."""

BOTH_BUTTONS = frozenset({Button.LEFT, Button.RIGHT})
"""What must be held for `Gesture.BOTH_DRAG`."""


@dataclass(frozen=True, slots=True)
class MouseDeed:
    """What a gesture may be bound to.

    Attributes
    ----------
    id : str
        Id of a tool, "active" for the active tool, or the name of an intent of the presenter.
    text : str
        Line of the F1 sheet.
    kind : GestureKind
        The gestures that can do it.
    """

    id: str
    text: str
    kind: GestureKind


ACTIVE = "active"
"""The deed of whatever tool is chosen."""

MOUSE_DEEDS: tuple[MouseDeed, ...] = (
    MouseDeed(ACTIVE, "The active tool", GestureKind.DRAG),
    *(MouseDeed(s.tool, s.text, GestureKind.DRAG) for s in ACTIONS if s.tool),
    MouseDeed("menu", "Context menu", GestureKind.CLICK),
    MouseDeed("maximise", "Maximise or restore the viewport", GestureKind.DOUBLE_CLICK),
    MouseDeed("step", "Scroll slices", GestureKind.WHEEL),
    MouseDeed("step-ten", "Scroll ten slices at a time", GestureKind.WHEEL),
    MouseDeed("zoom-at", "Zoom at the cursor", GestureKind.WHEEL),
    MouseDeed("slab", "Thicker or thinner slab", GestureKind.WHEEL),
    MouseDeed("step-alone", "Scroll this place alone, unlinked", GestureKind.WHEEL),
    MouseDeed("layer", "More or less of the layer", GestureKind.WHEEL),
    MouseDeed("crosshair", "The crosshair follows the cursor", GestureKind.MOVE),
)
"""Everything that the mouse can do, whatever it is bound to."""


def deeds_for(gesture: Gesture) -> tuple[MouseDeed, ...]:
    """Return what a gesture can be bound to."""
    return tuple(deed for deed in MOUSE_DEEDS if deed.kind is gesture.kind)


@dataclass(frozen=True, slots=True)
class MouseBinding:
    """One gesture and what it does.

    Attributes
    ----------
    gesture : Gesture
        What the hand does.
    does : str
        Id of a `MouseDeed` of the gesture's kind.
    """

    gesture: Gesture
    does: str

    @property
    def text(self) -> str:
        """Line of the F1 sheet."""
        return next((d.text for d in deeds_for(self.gesture) if d.id == self.does), self.does)


MOUSE_BINDINGS: tuple[MouseBinding, ...] = (
    MouseBinding(Gesture.LEFT_DRAG, ACTIVE),
    MouseBinding(Gesture.MIDDLE_DRAG, "pan"),
    MouseBinding(Gesture.RIGHT_DRAG, "zoom"),
    MouseBinding(Gesture.RIGHT_CLICK, "menu"),
    MouseBinding(Gesture.WHEEL, "step"),
    MouseBinding(Gesture.SHIFT_WHEEL, "step-ten"),
    MouseBinding(Gesture.CTRL_WHEEL, "zoom-at"),
    MouseBinding(Gesture.ALT_WHEEL, "slab"),
    MouseBinding(Gesture.CTRL_SHIFT_WHEEL, "step-alone"),
    MouseBinding(Gesture.CTRL_ALT_WHEEL, "layer"),
    MouseBinding(Gesture.DOUBLE_CLICK, "maximise"),
    MouseBinding(Gesture.SHIFT_MOVE, "crosshair"),
)
"""The default bindings."""


def binding_of(gesture: Gesture, bindings: tuple[MouseBinding, ...] = MOUSE_BINDINGS) -> str:
    """Return what a gesture does ("" for nothing)."""
    return next((binding.does for binding in bindings if binding.gesture is gesture), "")


def drag_of(button: Button, held: Modifier, bindings: tuple[MouseBinding, ...]) -> str:
    """Return what a drag does; keys that are bound to nothing change nothing."""
    with_keys = DRAGS.get((button, held))
    does = binding_of(with_keys, bindings) if with_keys is not None else ""
    if does or (button, Modifier.NONE) not in DRAGS:
        return does
    return binding_of(DRAGS[button, Modifier.NONE], bindings)


def wheel_of(held: Modifier, bindings: tuple[MouseBinding, ...]) -> str:
    """Return what the wheel does; keys that are bound to nothing change nothing."""
    does = binding_of(WHEELS[held], bindings) if held in WHEELS else ""
    return does or binding_of(Gesture.WHEEL, bindings)
