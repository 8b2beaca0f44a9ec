"""Keeps the scale of a picture while its plane is turned."""

from collections.abc import Callable
from functools import partial

from viewer.app.presenters.connections import Connections
from viewer.core.oblique import oblique_plane
from viewer.core.plane import PlaneGeometry, slice_plane, turned
from viewer.core.screen import MAX_ZOOM, MIN_ZOOM, fit_scale
from viewer.core.session import Session
from viewer.core.view_state import Rotation, ViewportState
from viewer.core.volume import Volume


class ScaleKeeper:
    """Lets a millimetre have as many pixels after a turn as before it.

    A zoom counts from "fit", and what fits is another size at each angle.

    Parameters
    ----------
    session : Session
        Whose planes are turned.
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

    def _forget_gone(self) -> None:
        for name in self._watched.keys() - self._session.viewports.by_id.keys():
            self._watched.pop(name).close()

    def _watch(self, name: str) -> None:
        """Follow a viewport that shows something else now."""
        watched = self._watched.setdefault(name, Connections())
        watched.close()
        watched.add(self._session.viewports[name].events.rotation, partial(self._on_turned, name))

    def _on_turned(self, name: str, now: Rotation | None, before: Rotation | None) -> None:
        session = self._session
        view, stack = session.viewports[name], session.shown_in(name)
        if stack is None:
            return
        size_px = self._size_px(name)
        former, present = (_plane(view, stack.volume, turn) for turn in (before, now))
        zoom = view.zoom * fit_scale(former, size_px) / fit_scale(present, size_px)
        view.zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)


def _plane(view: ViewportState, volume: Volume, rotation: Rotation | None) -> PlaneGeometry:
    """Return one of a viewport's planes as they stand on the screen at a rotation."""
    geometry, orientation = volume.geometry, view.orientation
    if rotation is None:
        plane = slice_plane(geometry, orientation, 0)
    else:
        plane = oblique_plane(geometry, orientation, rotation, 0)
    return turned(plane, view.turns, view.mirrored)
