"""What can be done now: keeps the actions' states equal to the session."""

from collections.abc import Callable

from viewer.app.action_spec import Need
from viewer.app.presenters.connections import Connections
from viewer.core.caveats import CaveatCode
from viewer.core.session import Session
from viewer.core.volume import Volume
from viewer.ui.actions import WindowActions
from viewer.ui.dispatch import Dispatcher


class ActionStates:
    """Enables, checks and names the actions after the session; at most once per event-loop turn.

    Parameters
    ----------
    has_mesh : callable
        Whether there is a surface to save.
    why_no_analysis : callable
        Why Analyze cannot start now; empty where it can.
    """

    def __init__(
        self,
        session: Session,
        actions: WindowActions,
        dispatcher: Dispatcher,
        has_mesh: Callable[[], bool],
        why_no_analysis: Callable[[], str],
    ) -> None:
        self._session, self._actions, self._dispatcher = session, actions, dispatcher
        self._has_mesh, self._why_no_analysis = has_mesh, why_no_analysis
        self._pending = self._closed = False
        self._connections = Connections()
        self._connections.add(session.volume_changed, self._on_volume)
        self._connections.add(session.interaction.events, self.touch)
        self._watched = Connections()
        self._on_volume()

    def close(self) -> None:
        """Let go of the session."""
        self._closed = True
        self._watched.close()
        self._connections.close()

    def touch(self, *_: object) -> None:
        """Look again soon."""
        if not (self._pending or self._closed):
            self._pending = True
            self._dispatcher.later(0, self.refresh)

    def refresh(self) -> None:
        """Look now."""
        self._pending = False
        if self._closed:
            return
        session, actions = self._session, self._actions
        actions.set_available(self._available())
        actions.set_reason("analysis.run", self._why_no_analysis())
        actions.set_tool(session.interaction.tool)
        actions.set_preset(session.display.preset if session.volume is not None else "")
        actions.set_layout(session.layout.id)
        actions.set_checked("view.invert", session.display.inverted)
        actions.set_checked("view.crosshair", session.interaction.crosshair_visible)
        actions.set_checked("view.invert_drag", session.interaction.invert_window_drag)
        actions.set_checked("view.overlay_planes", session.interaction.overlay_planes_visible)
        actions.set_checked("view.shutter", session.interaction.shutter_visible)
        interaction = session.interaction
        actions.set_checked("link.scroll", interaction.link_scroll)
        actions.set_checked("link.zoom", interaction.link_zoom)
        actions.set_checked("link.window", interaction.link_window)
        actions.set_checked("link.alone", session.active.alone)
        actions.set_checked("cine.play", interaction.cine == interaction.active)
        actions.set_checked("cine.bounce", interaction.cine_bounce)
        actions.set_checked("view.maximise", bool(session.interaction.maximised))
        for action_id, verb, text in (
            ("edit.undo", "Undo", session.undo.undo_text),
            ("edit.redo", "Redo", session.undo.redo_text),
        ):
            actions.set_text(action_id, f"{verb} {text}" if text else verb)

    def _available(self) -> set[Need]:
        session = self._session
        volume = session.volume
        met = {
            Need.VOLUME: volume is not None,
            Need.SERIES: len(session.stacks) > 1,
            Need.HU: volume is not None and volume.stack.unit == "HU",
            Need.MARKS: len(session.document) > 0,
            Need.SELECTION: session.document.get(session.interaction.selected) is not None,
            Need.UNDO: session.undo.undo_text is not None,
            Need.REDO: session.undo.redo_text is not None,
            Need.MESH: self._has_mesh(),
            Need.OVERLAY_PLANES: volume is not None and bool(volume.stack.overlays),
            Need.SHUTTER: volume is not None and _has_shutter(volume),
        }
        return {need for need, there in met.items() if there}

    def _on_volume(self) -> None:
        self._watched.close()
        self._watched.add(self._session.display.events, self.touch)
        self._watched.add(self._session.active.events.alone, self.touch)
        self._watched.add(self._session.undo.changed, self.touch)
        self._watched.add(self._session.document.changed, self.touch)
        self.touch()


def _has_shutter(volume: Volume) -> bool:
    return any(caveat.code is CaveatCode.SHUTTER for caveat in volume.stack.caveats)
