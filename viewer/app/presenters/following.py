"""Keeps slices and crosshair together: scrolling one place carries the places joined to it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial

from viewer.app.level import middle_of_plane
from viewer.app.presenters.connections import Connections
from viewer.core.session import Session
from viewer.core.shapes import PointLps
from viewer.core.view_place import onto_plane, view_index_at
from viewer.core.view_state import ViewportState


class SliceFollower:
    """Moves the crosshair along with a viewport that is scrolled, and the others with it.

    Places that scroll alone stay where they are; without the scroll link only a jump moves the
    others. The three planes of one volume always go together.

    Parameters
    ----------
    session : Session
        Whose viewports are joined.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._placing = False
        self._connections = Connections()
        self._connections.add(session.interaction.events.crosshair_lps, self._on_crosshair)
        self._connections.add(session.links.changed, self._on_links)
        self._connections.add(session.layout_changed, self._forget_gone)
        self._watched: dict[str, Connections] = {}
        for name in session.viewports.by_id:
            self.watch(name)

    def close(self) -> None:
        """Let go of the session."""
        self._connections.close()
        for watched in self._watched.values():
            watched.close()

    def watch(self, viewport_id: str) -> None:
        """Follow a viewport that shows something else now."""
        viewport = self._session.viewports[viewport_id]
        watched = self._watched.setdefault(viewport_id, Connections())
        watched.close()
        watched.add(viewport.events.index, partial(self._on_scrolled, viewport_id))
        watched.add(viewport.events.alone, self._on_links)

    def show_alone(self, viewport: ViewportState, index: int) -> None:
        """Show a slice in one place without carrying the others along; they part for this look."""
        with self.held():
            viewport.index = index

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let slices and crosshair be set for themselves meanwhile."""
        before, self._placing = self._placing, True
        try:
            yield
        finally:
            self._placing = before

    def _forget_gone(self) -> None:
        for name in self._watched.keys() - self._session.viewports.by_id.keys():
            self._watched.pop(name).close()

    def _on_crosshair(self, point_lps: PointLps | None) -> None:
        if point_lps is not None:
            self._place(None)

    def _on_links(self, *_: object) -> None:
        self._place(None)

    def _on_scrolled(self, viewport_id: str, *_: object) -> None:
        session = self._session
        viewport, stack = session.viewports.by_id.get(viewport_id), session.shown_in(viewport_id)
        if self._placing or viewport is None or stack is None or viewport.stack is None:
            return
        if viewport.alone or session.interaction.crosshair_lps is None:
            return
        point = session.crosshair_in(viewport.stack)
        if point is None:
            if viewport_id != session.interaction.active:
                return
            point = middle_of_plane(viewport, stack.volume)
        elif (moved := onto_plane(viewport, stack.volume.geometry, point)) == point:
            return
        else:
            point = moved
        self._placing = True
        try:
            session.interaction.crosshair_stack = viewport.stack
            session.interaction.crosshair_lps = point
        finally:
            self._placing = False
        layout = session.layout_with(viewport_id)
        if session.interaction.link_scroll:
            self._place(viewport)
        elif layout.is_mpr:
            self._place(viewport, layout.viewport_ids)

    def _place(self, but: ViewportState | None, within: Collection[str] = ()) -> None:
        """Show the crosshair's slice in every viewport (of some) that is joined to it."""
        if self._placing:
            return
        self._placing = True
        session = self._session
        try:
            for name, viewport in session.viewports.by_id.items():
                stack = session.shown_in(name)
                if within and name not in within:
                    continue
                if stack is None or viewport.stack is None or viewport is but or viewport.alone:
                    continue
                point = session.crosshair_in(viewport.stack)
                if point is not None:
                    viewport.index = view_index_at(viewport, stack.volume.geometry, point)
        finally:
            self._placing = False
