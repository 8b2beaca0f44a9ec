"""Window and level by dragging: right is wider, up is brighter."""

import math
from dataclasses import dataclass

import numpy as np

from viewer.core.window import HuWindow, VoiFunction, VoiTransform
from viewer.tools.pointer import PointerEvent
from viewer.tools.tool import ToolContext

DRAG_PX = 300.0
"""A drag of this length changes the width by the factor e, or the level by one width."""
MAX_WIDTH = 1e6


@dataclass(frozen=True, slots=True)
class _Start:
    px: tuple[float, float]
    window: HuWindow
    former: VoiTransform
    preset: str


class WindowTool:
    """The gain scales with the width at the press, so that narrow windows are not twitchy."""

    id = "window"
    cursor = "arrow"

    def __init__(self) -> None:
        self._start: _Start | None = None

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Remember window and place."""
        display = context.viewport.display
        former = display.window
        self._start = _Start(event.px, draggable(former), former, display.preset)

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Set the window from the whole way since the press."""
        start, display = self._start, context.viewport.display
        if start is None or context.volume.is_colour:
            return
        sign = -1.0 if context.options.invert_window_drag else 1.0
        right = sign * (event.px[0] - start.px[0])
        down = sign * (event.px[1] - start.px[1])
        display.preset = ""
        display.window = dragged_window(start.window, right, down, _smallest_width(context))

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """End."""
        del event, context
        self._start = None
        return False

    def cancel(self, context: ToolContext) -> None:
        """Restore the window."""
        if self._start is not None:
            context.viewport.display.window = self._start.former
            context.viewport.display.preset = self._start.preset
            self._start = None


def draggable(transform: VoiTransform) -> HuWindow:
    """Return the window that a drag starts from.

    A look-up table gives way to the ramp over its entries. Windows become exact, as the reader's
    own are, so that they may be narrower than one value; a sigmoid stays one.
    """
    if isinstance(transform, HuWindow) and transform.function is VoiFunction.SIGMOID:
        return transform
    return HuWindow(transform.width, transform.center)


def dragged_window(
    window: HuWindow, right_px: float, down_px: float, smallest_width: float = 1.0
) -> HuWindow:
    """Return the window after a drag of so many pixels; the way back restores it exactly."""
    factor = math.exp(min(max(right_px / DRAG_PX, -20.0), 20.0))
    width = window.width * factor
    if right_px < 0:
        width = max(width, min(smallest_width, window.width))
    if right_px > 0:
        width = min(width, max(MAX_WIDTH, window.width))
    center = window.center + down_px / DRAG_PX * window.width
    return HuWindow(width, center, window.function)


def _smallest_width(context: ToolContext) -> float:
    return 1.0 if np.issubdtype(context.volume.data.dtype, np.integer) else 1e-6
