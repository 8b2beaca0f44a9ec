"""What a tool is and what it may touch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from viewer.core.commands import Command
from viewer.core.document import AnnotationDocument
from viewer.core.plane import PlaneGeometry
from viewer.core.session import Session
from viewer.core.shapes import AnyShape
from viewer.core.view_state import ViewportState
from viewer.core.volume import Volume
from viewer.tools.pointer import PointerEvent


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """A reader's habits.

    Attributes
    ----------
    invert_window_drag : bool
        Right = narrower and up = darker, as some workstations have it.
    """

    invert_window_drag: bool = False


def _nobody(shape: AnyShape) -> None:
    del shape


@dataclass(frozen=True, slots=True, eq=False)
class ToolContext:
    """Where an event happened and what the tool may change.

    Attributes
    ----------
    session : Session
        View state and undo stack.
    viewport_id : str
        The viewport under the pointer.
    plane : PlaneGeometry
        The slice that it shows.
    volume : Volume
        The volume that it shows.
    options : ToolOptions
        Habits.
    created : callable
        Told of each new mark, after it entered the document (to ask for an arrow's text).
    """

    session: Session
    viewport_id: str
    plane: PlaneGeometry
    volume: Volume
    options: ToolOptions = field(default_factory=ToolOptions)
    created: Callable[[AnyShape], None] = _nobody

    @property
    def viewport(self) -> ViewportState:
        """State of the viewport under the pointer."""
        return self.session.viewports[self.viewport_id]

    @property
    def document(self) -> AnnotationDocument:
        """Marks of the series under the pointer."""
        stack = self.session.shown_in(self.viewport_id)
        return self.session.document if stack is None else stack.document

    def run(self, command: Command[AnnotationDocument]) -> None:
        """Change those marks, as one step that can be undone."""
        self.session.undo.run_on(command, self.document)


class Tool(Protocol):
    """Turns a gesture into view state or a command.

    A gesture is a press, moves and a release; the moves begin once the pointer has left the place
    of the press, and the last one is where the release is. A tool whose `release` returns True
    wants to go on without a button (click, move, click): it then gets the moves and the next
    press, too.
    """

    @property
    def id(self) -> str:
        """Stable name, as in the table of actions."""

    @property
    def cursor(self) -> str:
        """Shape of the pointer: "arrow", "cross", "hand", "move" or "vertical"."""

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Begin, or set the next point of a gesture that goes on."""

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Follow the pointer."""

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """End; return True to go on without a button."""

    def cancel(self, context: ToolContext) -> None:
        """Drop the gesture and restore what it changed."""
