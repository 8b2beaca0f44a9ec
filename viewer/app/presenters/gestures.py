"""What pointer events do in one viewport: bindings to tools, wheel steps, hover, context menu."""

from collections.abc import Callable
from typing import Protocol

from viewer.app.bindings import MOUSE_BINDINGS, Gesture, MouseBinding, binding_of
from viewer.app.resolve import true_orientations
from viewer.core.plane import PlaneGeometry
from viewer.core.session import Session
from viewer.core.shapes import AnyShape
from viewer.core.volume import Volume
from viewer.tools.hands import Hands
from viewer.tools.navigate import ZOOM_STEP, jump_to, step, zoom_by
from viewer.tools.pointer import Button, Modifier, PointerEvent, PointerKind
from viewer.tools.standing import thicken
from viewer.tools.tool import ToolContext, ToolOptions

_DRAGS: dict[Button, Gesture] = {
    Button.LEFT: Gesture.LEFT_DRAG,
    Button.MIDDLE: Gesture.MIDDLE_DRAG,
    Button.RIGHT: Gesture.RIGHT_DRAG,
}
_WHEELS: tuple[tuple[Modifier, Gesture], ...] = (
    (Modifier.CTRL | Modifier.SHIFT, Gesture.CTRL_SHIFT_WHEEL),
    (Modifier.CTRL, Gesture.CTRL_WHEEL),
    (Modifier.SHIFT, Gesture.SHIFT_WHEEL),
    (Modifier.ALT, Gesture.ALT_WHEEL),
)


class MenuView(Protocol):
    """A view that can open its context menu."""

    def show_menu(self, px: tuple[float, float]) -> None:
        """Open the menu at a viewport pixel."""


class Gestures:
    """Sends the pointer events of a viewport to what they are bound to.

    Parameters
    ----------
    session : Session
        What gestures change.
    viewport_id : str
        The viewport.
    hands : Hands
        The tools, shared by all viewports.
    created : callable
        Told of each new mark.
    bindings : tuple of MouseBinding
        What each gesture does.
    """

    def __init__(
        self,
        session: Session,
        viewport_id: str,
        hands: Hands,
        created: Callable[[AnyShape], None],
        bindings: tuple[MouseBinding, ...] = MOUSE_BINDINGS,
    ) -> None:
        self._session, self._id, self._hands = session, viewport_id, hands
        self._created, self._bindings = created, bindings
        self._plane: PlaneGeometry | None = None
        self._volume: Volume | None = None
        self._inside = self._completed = False

    @property
    def inside(self) -> bool:
        """Whether the mouse is over this viewport."""
        return self._inside

    @property
    def cursor(self) -> str:
        """Shape of the mouse pointer here."""
        context = self._context() if self._inside else None
        return self._hands.cursor(self._session.interaction.tool, context)

    def set_plane(self, plane: PlaneGeometry, volume: Volume) -> None:
        """Note what the viewport shows now."""
        self._plane, self._volume = plane, volume

    def reset(self) -> None:
        """Note that it shows nothing, and forget any gesture: another volume is coming."""
        self._hands.reset()
        self._plane = self._volume = None

    def handle(self, event: PointerEvent, view: MenuView) -> None:
        """Do what the event is bound to."""
        context = self._context()
        if context is None:
            return
        self._inside = True
        if event.kind is PointerKind.PRESS:
            self._press(event, context)
        elif event.kind is PointerKind.MOVE:
            self._move(event, context)
        elif event.kind is PointerKind.RELEASE:
            self._release(event, context, view)
        elif event.kind is PointerKind.WHEEL:
            self._wheel(event, context)
        elif event.button is Button.LEFT:
            self._double(event, context)
        self._note_cursor(event)

    def leave(self) -> None:
        """The mouse went away."""
        self._inside = False
        self._session.interaction.cursor_lps = None
        if not self._hands.busy:
            self._session.interaction.hovered = ""

    def cancel(self) -> bool:
        """Abandon the gesture; tells whether there was one."""
        busy = self._hands.busy
        self._hands.cancel()
        return busy

    def _press(self, event: PointerEvent, context: ToolContext) -> None:
        self._session.interaction.active = self._id
        self._completed = event.button is Button.RIGHT and self._hands.complete()
        if self._completed:
            return
        if self._session.interaction.cine == self._id:
            self._session.interaction.cine = ""
        does = self._bound(_DRAGS[event.button]) if event.button in _DRAGS else ""
        tool = self._session.interaction.tool if does == "active" else does
        if tool in self._hands.tool_ids:
            self._hands.press(tool, event, context)

    def _move(self, event: PointerEvent, context: ToolContext) -> None:
        self._hands.move(event, context)
        free = not self._hands.busy and event.modifiers == Modifier.SHIFT
        if free and self._bound(Gesture.SHIFT_MOVE) == "crosshair":
            jump_to(context.session, context.volume, event.point_lps)

    def _release(self, event: PointerEvent, context: ToolContext, view: MenuView) -> None:
        dragged = self._hands.moved
        self._hands.release(event, context)
        clicked = event.button is Button.RIGHT and not (dragged or self._hands.moved)
        if clicked and self._completed:
            self._completed = False
        elif clicked and self._bound(Gesture.RIGHT_CLICK) == "menu":
            self._select_under(event, context)
            view.show_menu(event.px)

    def _select_under(self, event: PointerEvent, context: ToolContext) -> None:
        """Select the mark that a context menu is asked for."""
        self._hands.hover(event, context)
        if self._session.interaction.hovered:
            self._session.interaction.selected = self._session.interaction.hovered

    def _wheel(self, event: PointerEvent, context: ToolContext) -> None:
        self._session.interaction.active = self._id
        gesture = next((g for m, g in _WHEELS if m in event.modifiers), Gesture.WHEEL)
        does = self._bound(gesture)
        if does == "zoom-at":
            zoom_by(event, context, ZOOM_STEP**event.wheel_steps)
        elif does == "slab":
            thicken(context.viewport, event.wheel_steps)
        elif does in ("step", "step-ten", "step-alone"):
            if does == "step-alone":
                context.viewport.alone = True
            slices = 10 if does == "step-ten" else 1
            step(context.viewport, context.volume.geometry, -event.wheel_steps * slices)

    def _double(self, event: PointerEvent, context: ToolContext) -> None:
        if self._hands.busy:  # the second click of a mark that is drawn click by click
            self._hands.press(self._session.interaction.tool, event, context)
        elif self._hands.draws(self._session.interaction.tool):
            return  # the first of the two clicks ended a mark: that was all
        elif self._bound(Gesture.DOUBLE_CLICK) == "maximise":
            interaction = self._session.interaction
            interaction.active = self._id
            if len(true_orientations(context.volume)) == 1:
                return  # there is nothing to go back to
            interaction.maximised = "" if interaction.maximised == self._id else self._id

    def _note_cursor(self, event: PointerEvent) -> None:
        inside = self._volume is not None and self._volume.geometry.contains_index(
            self._volume.geometry.lps_to_index(event.point_lps)
        )
        self._session.interaction.cursor_lps = event.point_lps if inside else None

    def _bound(self, gesture: Gesture) -> str:
        return binding_of(gesture, self._bindings)

    def _context(self) -> ToolContext | None:
        if self._plane is None or self._volume is None:
            return None
        return ToolContext(
            self._session,
            self._id,
            self._plane,
            self._volume,
            options=ToolOptions(self._session.interaction.invert_window_drag),
            created=self._created,
        )
