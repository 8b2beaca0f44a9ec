"""What hands do to a layer: more or less of it, and the line of a swipe, dragged."""

from dataclasses import replace

from viewer.core.layer import LayerMode
from viewer.core.session import Session
from viewer.tools.pointer import PointerEvent
from viewer.tools.tool import ToolContext

SPLIT_TOOL = "split"
LINE_CURSOR = "move"
REACH_PX = 7.0
"""A press so near to the line takes hold of it."""


OPACITY_STEP = 0.1
SPLIT_STEP = 0.05


def step_layer(session: Session, viewport_id: str, steps: int) -> None:
    """Show more (negative: less) of a layer: opacity, the line of a swipe, the other of a blink."""
    layer = session.viewports[viewport_id].layer
    if layer is None or not steps:
        return
    if layer.mode is LayerMode.SWIPE:
        changed = replace(layer, split=_share(layer.split - steps * SPLIT_STEP))
    elif layer.mode is LayerMode.FUSION:
        changed = replace(layer, opacity=_share(layer.opacity + steps * OPACITY_STEP))
    else:
        changed = replace(layer, seen=steps > 0)
    session.set_layer(viewport_id, changed)


def _share(value: float) -> float:
    return min(max(round(value, 6), 0.0), 1.0)


def is_on_line(event: PointerEvent, context: ToolContext) -> bool:
    """Tell whether the pointer is on the line of a swipe."""
    layer = context.viewport.layer
    if layer is None or layer.mode is not LayerMode.SWIPE:
        return False
    axis = 0 if layer.upright else 1
    return abs(event.px[axis] - layer.split * event.view_size_px[axis]) <= REACH_PX


class SplitTool:
    """Drags the line of a swipe; the layer is right of it, or below."""

    id = SPLIT_TOOL
    cursor = LINE_CURSOR

    def __init__(self) -> None:
        self._before = 0.5

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Take hold."""
        del event
        layer = context.viewport.layer
        self._before = self._before if layer is None else layer.split

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Follow the pointer."""
        layer = context.viewport.layer
        if layer is not None:
            axis = 0 if layer.upright else 1
            self._place(context, event.px[axis] / max(event.view_size_px[axis], 1.0))

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """Let go."""
        del event, context
        return False

    def cancel(self, context: ToolContext) -> None:
        """Put the line back."""
        self._place(context, self._before)

    def _place(self, context: ToolContext, split: float) -> None:
        layer = context.viewport.layer
        if layer is not None:
            moved = replace(layer, split=_share(split))
            context.session.set_layer(context.viewport_id, moved)
