"""A second stack shown over a viewport's own: how the two share one picture."""

from dataclasses import dataclass
from enum import StrEnum

from viewer.core.study import StackKey
from viewer.core.window import VoiTransform

MAX_BLINK_HZ = 3.0
"""More changes of the whole picture in a second may trigger seizures (WCAG 2.3.1)."""
GREY_MAP = "grey"
"""Id of the colour map that is none: black to white."""


class LayerMode(StrEnum):
    """How two pictures become one."""

    FUSION = "fusion"
    BLINK = "blink"
    SWIPE = "swipe"


@dataclass(frozen=True, slots=True)
class Layer:
    """What lies over a viewport's own stack.

    Attributes
    ----------
    stack : StackKey
        The second stack.
    mode : LayerMode
        Fusion mixes the two, blink shows one of them at a time, swipe one on each side of a line.
    opacity : float
        Of the layer in a fusion, 0..1.
    split : float
        Where the line of a swipe stands: share of the viewport's width (height), 0..1. The layer
        is right of it (below it).
    upright : bool
        Whether that line runs from top to bottom.
    seen : bool
        Whether a blink shows the layer now.
    blink_hz : float
        Changes in a second; 0 for changes by key only.
    window : HuWindow, VoiLut or None
        Its own window, in its own unit; None: as its view's where the two have one unit.
    needs_window : bool
        Whether nobody knows a window for it before its values are measured.
    inverted : bool
        The reader's own inversion of the layer.
    colour_map : str
        Id of its colour map.

    Raises
    ------
    ValueError
        A share lies outside 0..1, or the rate outside 0..`MAX_BLINK_HZ`.
    """

    stack: StackKey
    mode: LayerMode = LayerMode.FUSION
    opacity: float = 0.5
    split: float = 0.5
    upright: bool = True
    seen: bool = True
    blink_hz: float = 0.0
    window: VoiTransform | None = None
    needs_window: bool = False
    inverted: bool = False
    colour_map: str = GREY_MAP

    def __post_init__(self) -> None:
        if not (0 <= self.opacity <= 1 and 0 <= self.split <= 1):
            raise ValueError("opacity and split of a layer are shares, 0 to 1")
        if not 0 <= self.blink_hz <= MAX_BLINK_HZ:
            raise ValueError(f"a layer blinks {MAX_BLINK_HZ:g} times a second at most")
