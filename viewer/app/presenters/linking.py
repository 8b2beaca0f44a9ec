"""Links between places: zoom and window that go along, and offsets that are remembered."""

from collections.abc import Callable
from functools import partial

import numpy as np

from viewer.app.presenters.connections import Connections
from viewer.app.succession import Seen, take_scale, take_window
from viewer.core.commands import SetPair, Together
from viewer.core.links import Rigid
from viewer.core.patient import why_apart
from viewer.core.screen import center_uv_mm
from viewer.core.session import OpenStack, Session
from viewer.core.view_place import onto_plane, view_plane
from viewer.core.view_state import ViewportState


class Linker:
    """Carries zoom, position and window of the active place to the others; keeps offsets.

    Parameters
    ----------
    session : Session
        Whose places are linked.
    size_px : callable
        Width and height of a viewport on the screen.
    """

    def __init__(self, session: Session, size_px: Callable[[str], tuple[float, float]]) -> None:
        self._session, self._size_px = session, size_px
        self._connections = Connections()
        self._connections.add(session.shown_changed, self._watch)
        self._connections.add(session.layout_changed, self._forget_gone)
        self._watched: dict[str, Connections] = {}
        for name in session.viewports.by_id:
            self._watch(name)

    def close(self) -> None:
        """Let go of the session."""
        self._connections.close()
        for watched in self._watched.values():
            watched.close()

    # --- what the reader asks for ------------------------------------------------------------

    def toggle_alone(self) -> None:
        """Let the active place scroll by itself, or with the others again."""
        self._session.active.alone = not self._session.active.alone

    def remember_offset(self) -> bool:
        """Join the active place to the others as they stand now, as one step that can be undone.

        Those that are joined already, and go along, keep their place. Tells whether there was any
        pair to remember.
        """
        session, active, here = self._session, self._session.active, self._session.open_stack
        if here is None or active.stack is None:
            return False
        commands: dict[str, SetPair] = {}
        for name, viewport in session.viewports.by_id.items():
            there = session.shown_in(name)
            if there is None or not self._may_pair(active, viewport, here, there):
                continue
            series = there.volume.stack.key.series_uid
            if series not in commands:
                rigid = _as_they_stand(session, here, active, there, viewport)
                commands[series] = SetPair(here.volume.stack.key.series_uid, series, rigid)
        if not commands:
            return False
        key = active.stack
        point = session.crosshair_in(key) or _middle(active, here)
        point = onto_plane(active, here.volume.geometry, point)
        session.undo.run_on(Together(tuple(commands.values()), "offset of series"), session.links)
        session.interaction.crosshair_stack = key
        session.interaction.crosshair_lps = point
        for viewport in session.viewports.by_id.values():
            viewport.alone = False
        return True

    def why_no_pair(self) -> str:
        """Say why the series beside the active one may not be joined to it; empty where they may.

        That is so where each other series may be of another patient.
        """
        here = self._session.open_stack
        if here is None:
            return ""
        own = here.volume.stack
        places = (self._session.shown_in(name) for name in self._session.viewports.by_id)
        others = [place.volume.stack for place in places if place is not None]
        reasons = [why_apart(own.patient, one.patient) for one in others if one.key != own.key]
        return reasons[0] if reasons and all(reasons) else ""

    def forget_offset(self) -> bool:
        """Part the active series from those that it was paired with; tells whether it was."""
        session, here = self._session, self._session.open_stack
        if here is None:
            return False
        own = here.volume.stack.key.series_uid
        others = {stack.volume.stack.key.series_uid for stack in session.stacks.values()} - {own}
        commands = tuple(
            SetPair(own, other, None)
            for other in sorted(others)
            if session.links.pair(own, other) is not None
        )
        if commands:
            session.undo.run_on(Together(commands, "offset of series"), session.links)
        return bool(commands)

    def _may_pair(
        self, active: ViewportState, other: ViewportState, here: OpenStack, there: OpenStack
    ) -> bool:
        one, other_stack = here.volume.stack, there.volume.stack
        joined = self._session.links.between(one, other_stack) is not None
        return (
            not why_apart(one.patient, other_stack.patient)
            and here.volume.stack.key.series_uid != there.volume.stack.key.series_uid
            and _placed(here)
            and _placed(there)
            and active.orientation is other.orientation
            and (active.alone or other.alone or not joined)
        )

    # --- following ---------------------------------------------------------------------------

    def _forget_gone(self) -> None:
        for name in self._watched.keys() - self._session.viewports.by_id.keys():
            self._watched.pop(name).close()

    def _watch(self, name: str) -> None:
        """Follow a viewport that shows something else now; every one of a new layout is told."""
        viewport = self._session.viewports[name]
        watched = self._watched.setdefault(name, Connections())
        watched.close()
        watched.add(viewport.events.zoom, partial(self._on_look, name))
        watched.add(viewport.events.pan_uv_mm, partial(self._on_look, name))
        watched.add(viewport.display.events, partial(self._on_window, name))

    def _on_look(self, viewport_id: str, *_: object) -> None:
        session = self._session
        if viewport_id != session.interaction.active or not session.interaction.link_zoom:
            return
        here = session.shown_in(viewport_id)
        if here is None or session.layout_with(viewport_id).is_mpr:
            return
        for name in self._others(viewport_id):
            self._carry(viewport_id, here, name)

    def _carry(self, source_id: str, here: OpenStack, target_id: str) -> None:
        """Show in another place the same part of the body at the same size."""
        session, there = self._session, self._session.shown_in(target_id)
        if there is not None:
            source = Seen(session.viewports[source_id], here, self._size_px(source_id))
            target = Seen(session.viewports[target_id], there, self._size_px(target_id))
            take_scale(session.links, source, target)

    def _on_window(self, viewport_id: str, *_: object) -> None:
        session = self._session
        if viewport_id != session.interaction.active or not session.interaction.link_window:
            return
        here, display = session.shown_in(viewport_id), session.viewports[viewport_id].display
        if here is None:
            return
        for name in self._others(viewport_id):
            there, theirs = session.shown_in(name), session.viewports[name].display
            if there is not None and theirs is not display:
                take_window(display, here.volume.stack, theirs, there.volume.stack)

    def _others(self, viewport_id: str) -> list[str]:
        return [name for name in self._session.viewports.by_id if name != viewport_id]


def _as_they_stand(
    session: Session,
    here: OpenStack,
    active: ViewportState,
    there: OpenStack,
    other: ViewportState,
) -> Rigid:
    """Return the map under which the slice shown here lies on the slice shown there."""
    before = session.links.between(here.volume.stack, there.volume.stack) or Rigid()
    target = view_plane(other, there.volume.geometry, other.index)
    depth = float(target.lps_to_uvw(before.apply(_middle(active, here)))[2])
    x, y, z = (
        float(v) for v in np.asarray(before.shift_mm) - depth * np.asarray(target.normal_lps)
    )
    return Rigid((x, y, z), before.rotation)


def _middle(viewport: ViewportState, stack: OpenStack) -> tuple[float, float, float]:
    plane = view_plane(viewport, stack.volume.geometry, viewport.index)
    x, y, z = (float(v) for v in plane.uv_to_lps(center_uv_mm(plane)))
    return x, y, z


def _placed(stack: OpenStack) -> bool:
    return stack.volume.geometry.orientation_known and bool(stack.volume.stack.key.series_uid)
