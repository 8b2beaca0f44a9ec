"""The hands on one mouse: which tool gets an event, for all viewports together."""

from collections.abc import Callable
from functools import partial

from viewer.tools.draw import DrawTool
from viewer.tools.edit import EditTool, cursor_over
from viewer.tools.hit import DRAWING, EDITING, Hit
from viewer.tools.kinds import MARK_KINDS
from viewer.tools.layer import SPLIT_TOOL, SplitTool
from viewer.tools.navigate import CrosshairTool, PanTool, ScrollTool, ZoomTool
from viewer.tools.pointer import PointerEvent, is_click
from viewer.tools.standing import ObliqueTool
from viewer.tools.tool import Tool, ToolContext
from viewer.tools.window_level import WindowTool

_LEAVES_MARKS = frozenset({"pan", "zoom", "scroll", "crosshair", "oblique"})
"""Tools that go over marks without taking hold of them."""

TOOL_MAKERS: tuple[Callable[[], Tool], ...] = (
    WindowTool,
    PanTool,
    ZoomTool,
    ScrollTool,
    CrosshairTool,
    ObliqueTool,
    *(partial(DrawTool, kind) for kind in MARK_KINDS),
)
"""Every tool, in the order of the toolbar."""


class Hands:
    """Sends presses, moves and releases to the tool whose gesture it is.

    A press of the active tool's button on a mark edits it; while a tool draws, only a press on a
    grip or on the text of the selected mark does; a press with another button while a gesture is
    going on is ignored. Whoever makes another tool the active one calls `cancel`; whoever opens
    another volume calls `reset`.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget any gesture without restoring anything: what it changed is gone."""
        self._tools: dict[str, Tool] = {tool.id: tool for tool in (m() for m in TOOL_MAKERS)}
        self._edit, self._split = EditTool(), SplitTool()
        self._owner: Tool | None = None
        self._context: ToolContext | None = None
        self._press: PointerEvent | None = None
        self._over: Hit | None = None
        self._moved = False
        self._goes_on = False

    @property
    def tool_ids(self) -> tuple[str, ...]:
        """Ids of all tools."""
        return tuple(self._tools)

    def draws(self, tool_id: str) -> bool:
        """Tell whether a tool makes marks."""
        return isinstance(self._tools.get(tool_id), DrawTool)

    @property
    def busy(self) -> bool:
        """Whether a gesture is going on."""
        return self._owner is not None

    @property
    def moved(self) -> bool:
        """Whether the pointer left the place of the last press (a drag, not a click)."""
        return self._moved

    def press(
        self, tool_id: str, event: PointerEvent, context: ToolContext, *, is_active: bool = True
    ) -> None:
        """Begin a gesture of a tool, or go on with one that waits for its next click.

        Parameters
        ----------
        is_active : bool
            Whether the button is the one of the active tool: it takes hold of marks, too.
        """
        if self._owner is not None:
            if self._goes_on and is_active:
                self._continue(event, context)
            return
        tool = self._split if tool_id == SPLIT_TOOL else self._tools[tool_id]
        edits = is_active and tool_id not in _LEAVES_MARKS
        hit = self._find(tool_id, event, context) if edits else None
        self._context, self._press, self._moved = context, event, False
        if hit is not None:
            self._owner = self._edit
            self._edit.take(hit, event, context)
            return
        if edits:
            context.session.interaction.selected = ""
        self._owner = tool
        tool.press(event, context)

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Go on with the gesture; without one, note the mark under the pointer."""
        if self._owner is None:
            self.hover(event, context)
            return
        self._note_movement(event)
        # A trembling hand is no drag: a click leaves window and zoom as they were.
        if self._moved and self._is_here(context):
            self._owner.move(event, context)

    def release(self, event: PointerEvent, context: ToolContext) -> None:
        """End the gesture, unless it goes on without a button."""
        if self._owner is None or self._press is None or event.button != self._press.button:
            return
        self._note_movement(event)
        if self._moved and self._is_here(context):
            self._owner.move(event, context)
        self._goes_on = self._owner.release(event, context)
        if not self._goes_on:
            self._forget()

    def hover(self, event: PointerEvent, context: ToolContext) -> None:
        """Note the mark that a press would take."""
        hit = self._over = self._find(context.session.interaction.tool, event, context)
        context.session.interaction.hovered = "" if hit is None else hit.shape.uid

    def mark_at(self, event: PointerEvent, context: ToolContext) -> str:
        """Return the uid of the mark under the pointer, whatever tool is active; "" for none."""
        hit = self._edit.find(event, context)
        return "" if hit is None else hit.shape.uid

    def moved_label_at(self, event: PointerEvent, context: ToolContext) -> str:
        """Return the uid of the mark whose moved text a press would take; "" for none."""
        tool = context.session.interaction.tool
        hit = None if tool in _LEAVES_MARKS else self._find(tool, event, context)
        if hit is None or hit.label is None or hit.shape.label_way_lps is None:
            return ""
        return hit.shape.uid

    def cancel(self) -> bool:
        """Drop the gesture and restore what it changed; tell whether there was one."""
        if self._owner is None or self._context is None:
            return False
        self._owner.cancel(self._context)
        self._forget()
        return True

    def complete(self) -> bool:
        """End a mark that is drawn point by point; tells whether there was one."""
        if not isinstance(self._owner, DrawTool) or self._context is None:
            return False
        self._owner.complete(self._context)
        self._forget()
        return True

    def take_back(self) -> bool:
        """Remove the last point of a mark that is being drawn; tells whether there was one."""
        if not isinstance(self._owner, DrawTool) or self._context is None:
            return False
        if not self._owner.take_back(self._context):
            self._forget()
        return True

    def cursor(self, tool_id: str, context: ToolContext | None = None) -> str:
        """Return the pointer's shape for a tool, or for what a press would take of a mark."""
        owner, over = self._owner, self._over
        if owner is not None:
            return owner.cursor
        hovered = "" if context is None else context.session.interaction.hovered
        if over is not None and over.shape.uid == hovered and tool_id not in _LEAVES_MARKS:
            return cursor_over(over)
        return self._tools[tool_id].cursor

    def _find(self, tool_id: str, event: PointerEvent, context: ToolContext) -> Hit | None:
        reach = DRAWING if self.draws(tool_id) else EDITING
        return self._edit.find(event, context, reach)

    def _continue(self, event: PointerEvent, context: ToolContext) -> None:
        if self._is_here(context) and self._owner is not None:
            self._press, self._goes_on = event, False
            self._owner.press(event, context)
        else:
            self.cancel()  # the next click fell into another viewport

    def _note_movement(self, event: PointerEvent) -> None:
        if self._press is not None and not is_click(self._press, event):
            self._moved = True

    def _is_here(self, context: ToolContext) -> bool:
        return self._context is not None and self._context.viewport_id == context.viewport_id

    def _forget(self) -> None:
        self._owner = self._context = self._press = None
        self._goes_on = False
