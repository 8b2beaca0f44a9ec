"""What a hand did over a viewport, free of any window system."""

from dataclasses import dataclass
from enum import Flag, StrEnum, auto

from viewer.core.label_box import LabelBox
from viewer.core.shapes import PointLps


class PointerKind(StrEnum):
    """What happened."""

    PRESS = "press"
    MOVE = "move"
    RELEASE = "release"
    DOUBLE = "double"
    WHEEL = "wheel"


class Button(StrEnum):
    """The button that was pressed or released, or that is held during a move."""

    NONE = "none"
    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


class Modifier(Flag):
    """Keys held meanwhile."""

    NONE = 0
    SHIFT = auto()
    CTRL = auto()
    ALT = auto()


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """One event.

    Attributes
    ----------
    kind : PointerKind
        What happened.
    px : tuple of float
        Place in the viewport, device-independent pixels from its top left corner.
    view_size_px : tuple of float
        Width and height of the viewport.
    point_uv_mm : tuple of float
        The place in plane millimetres.
    point_lps : tuple of float
        The place in the patient (LPS millimetres), on the plane that is shown.
    mm_per_px : float
        Millimetres under one pixel.
    button : Button
        Which button.
    modifiers : Modifier
        Keys held.
    wheel_steps : int
        Notches of the wheel; positive away from the hand.
    label : LabelBox or None
        The text of a mark that is painted there.
    """

    kind: PointerKind
    px: tuple[float, float]
    view_size_px: tuple[float, float]
    point_uv_mm: tuple[float, float]
    point_lps: PointLps
    mm_per_px: float
    button: Button = Button.NONE
    modifiers: Modifier = Modifier.NONE
    wheel_steps: int = 0
    label: LabelBox | None = None


CLICK_RADIUS_PX = 4.0
"""A press and a release within this distance are a click, not a drag."""


def is_click(press: PointerEvent, event: PointerEvent) -> bool:
    """Tell whether the pointer is still where it was pressed."""
    return distance_px(press.px, event.px) <= CLICK_RADIUS_PX


def distance_px(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance of two places in the viewport."""
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)
