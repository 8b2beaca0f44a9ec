"""What pointer events do in one viewport: bindings to tools, wheel steps, hover, context menu."""

from collections.abc import Callable
from typing import Protocol

from viewer.app import mark_edits
from viewer.app.bindings import (
    ACTIVE,
    BOTH_BUTTONS,
    CLICKS,
    DOUBLE_CLICKS,
    MOUSE_BINDINGS,
    Gesture,
    MouseBinding,
    binding_of,
    drag_of,
    wheel_of,
)
from viewer.app.loupe import next_power
from viewer.app.resolve import true_orientations
from viewer.core.mark import PointLps, as_point
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.core.session import Session
from viewer.core.shapes import AnyShape
from viewer.core.view_place import up_step
from viewer.core.volume import Volume
from viewer.tools.hands import Hands
from viewer.tools.layer import LINE_CURSOR, SPLIT_TOOL, is_on_line, step_layer
from viewer.tools.navigate import ZOOM_STEP, jump_to, step, zoom_by
from viewer.tools.pointer import Button, Modifier, PointerEvent, PointerKind, is_click
from viewer.tools.standing import thicken
from viewer.tools.tool import ToolContext, ToolOptions


def default_bindings() -> tuple[MouseBinding, ...]:
    """Return what the mouse does without a profile."""
    return MOUSE_BINDINGS


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
    bindings : callable
        What each gesture does now; asked at each event, so that another profile acts at once.
    """

    def __init__(
        self,
        session: Session,
        viewport_id: str,
        hands: Hands,
        created: Callable[[AnyShape], None],
        bindings: Callable[[], tuple[MouseBinding, ...]] = default_bindings,
    ) -> None:
        self._session, self._id, self._hands = session, viewport_id, hands
        self._created, self._bindings = created, bindings
        self._plane: PlaneGeometry | None = None
        self._volume: Volume | None = None
        self._cursor_px: tuple[float, float] | None = None
        self._noted_lps: PointLps | None = None
        self._inside = self._completed = self._over_line = False
        self._held: set[Button] = set()
        self._pressed: PointerEvent | None = None
        self._dragged = False

    @property
    def inside(self) -> bool:
        """Whether the mouse is over this viewport."""
        return self._inside

    @property
    def cursor_lps(self) -> PointLps | None:
        """Place under the mouse; None where that is elsewhere, or outside the volume."""
        is_here = self._inside and self._session.interaction.cursor_lps == self._noted_lps
        return self._noted_lps if is_here else None

    @property
    def cursor(self) -> str:
        """Shape of the mouse pointer here."""
        if self._inside and self._over_line and not self._hands.busy:
            return LINE_CURSOR
        context = self._context() if self._inside else None
        return self._hands.cursor(self._session.interaction.tool, context)

    def set_plane(
        self, plane: PlaneGeometry, volume: Volume, transform: ScreenTransform | None = None
    ) -> None:
        """Note what the viewport shows now, and what therefore lies under a mouse that is still."""
        self._plane, self._volume = plane, volume
        # Another viewport may have the mouse by now: each would take the cursor from the other.
        has_it = self._inside and self._session.interaction.cursor_lps == self._noted_lps
        if has_it and self._cursor_px is not None and transform is not None:
            self._note_place(as_point(plane.uv_to_lps(transform.to_uv(self._cursor_px))))

    def reset(self) -> None:
        """Note that it shows nothing, and forget any gesture: another volume is coming."""
        self._hands.reset()
        self._held.clear()
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
        elif event.button in DOUBLE_CLICKS:
            self._double(event, context, DOUBLE_CLICKS[event.button])
        else:
            self._press(event, context)
        self._cursor_px = event.px
        self._note_place(event.point_lps)

    def leave(self) -> None:
        """The mouse went away."""
        self._inside, self._cursor_px = False, None
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
        self._held.add(event.button)
        self._pressed, self._dragged = event, len(self._held) > 1
        opens_menu = self._bound(CLICKS.get(event.button)) == "menu"
        self._completed = opens_menu and self._hands.complete()
        if self._completed:
            return
        if self._session.interaction.cine == self._id:
            self._session.interaction.cine = ""
        both = self._bound(Gesture.BOTH_DRAG) if self._held >= BOTH_BUTTONS else ""
        if both:
            self._hands.cancel()  # what the first button began was meant for both
        does = both or drag_of(event.button, event.modifiers, self._bindings())
        tool = self._session.interaction.tool if does == ACTIVE else does
        if does == ACTIVE and not self._hands.busy and is_on_line(event, context):
            self._hands.press(SPLIT_TOOL, event, context, is_active=False)
        elif tool in self._hands.tool_ids:
            self._hands.press(tool, event, context, is_active=does == ACTIVE)

    def _move(self, event: PointerEvent, context: ToolContext) -> None:
        if event.button is Button.NONE:
            self._held.clear()
        self._note_drag(event)
        self._over_line = is_on_line(event, context)
        self._hands.move(event, context)
        free = not self._hands.busy and event.modifiers == Modifier.SHIFT
        if free and self._bound(Gesture.SHIFT_MOVE) == "crosshair":
            jump_to(context.session, context.volume, event.point_lps)

    def _release(self, event: PointerEvent, context: ToolContext, view: MenuView) -> None:
        self._note_drag(event)
        self._hands.release(event, context)
        self._held.discard(event.button)
        clicked = not self._dragged
        opens_menu = self._bound(CLICKS.get(event.button)) == "menu"
        if clicked and opens_menu and self._completed:
            self._completed = False
        elif clicked and opens_menu:
            self._select_under(event, context)
            view.show_menu(event.px)

    def _note_drag(self, event: PointerEvent) -> None:
        if self._pressed is not None and not is_click(self._pressed, event):
            self._dragged = True

    def _select_under(self, event: PointerEvent, context: ToolContext) -> None:
        """Select the mark that a context menu is asked for; beside marks, none."""
        self._session.interaction.selected = self._hands.mark_at(event, context)

    def _wheel(self, event: PointerEvent, context: ToolContext) -> None:
        self._session.interaction.active = self._id
        does = wheel_of(event.modifiers, self._bindings())
        interaction = self._session.interaction
        if does == "zoom-at" and interaction.magnifier:
            interaction.magnifier = next_power(interaction.magnifier, event.wheel_steps)
        elif does == "layer":
            step_layer(self._session, self._id, event.wheel_steps)
        elif does == "zoom-at":
            zoom_by(event, context, ZOOM_STEP**event.wheel_steps)
        elif does == "slab":
            thicken(context.viewport, event.wheel_steps)
        elif does in ("step", "step-ten", "step-alone"):
            if does == "step-alone":
                context.viewport.alone = True
            slices = 10 if does == "step-ten" else 1
            geometry = context.volume.geometry
            up = up_step(context.viewport, geometry, interaction.up_goes)
            step(context.viewport, geometry, up * event.wheel_steps * slices)

    def _double(self, event: PointerEvent, context: ToolContext, gesture: Gesture) -> None:
        if self._hands.busy:  # the second click of a mark that is drawn click by click
            self._hands.press(self._session.interaction.tool, event, context)
        elif uid := self._hands.moved_label_at(event, context):
            mark_edits.put_labels_back(self._session, (uid,))
        elif self._hands.draws(self._session.interaction.tool):
            return  # the first of the two clicks ended a mark: that was all
        elif self._bound(gesture) == "maximise":
            interaction = self._session.interaction
            interaction.active = self._id
            if len(true_orientations(context.volume)) == 1:
                return  # there is nothing to go back to
            interaction.maximised = "" if interaction.maximised == self._id else self._id

    def _note_place(self, point_lps: PointLps) -> None:
        inside = self._volume is not None and self._volume.geometry.contains_index(
            self._volume.geometry.lps_to_index(point_lps)
        )
        self._noted_lps = point_lps if inside else None
        self._session.interaction.cursor_lps = self._noted_lps

    def _bound(self, gesture: Gesture | None) -> str:
        return "" if gesture is None else binding_of(gesture, self._bindings())

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
