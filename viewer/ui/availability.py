"""What can be done now: keeps the actions' states equal to the session."""

from collections.abc import Callable, Mapping

from viewer.app.action_spec import Need
from viewer.app.actions_layer import layer_map_action, map_action
from viewer.app.curved import drawn_line
from viewer.app.key_images import in_view
from viewer.app.presenters.connections import Connections
from viewer.core.caveats import CaveatCode
from viewer.core.events import EmissionInfo
from viewer.core.key_image import KeyImage
from viewer.core.layer import LayerMode
from viewer.core.session import Session
from viewer.core.volume import Volume
from viewer.i18n import told, tr
from viewer.imaging.colour_maps import COLOUR_MAPS
from viewer.ui.actions import WindowActions
from viewer.ui.dispatch import Dispatcher

_POINTING = frozenset({"cursor_lps", "crosshair_lps", "crosshair_stack", "draft", "hovered"})
"""What changes with every move of the mouse or its wheel, and no action depends on."""


class ActionStates:
    """Enables, checks and names the actions after the session; at most once per event-loop turn.

    Parameters
    ----------
    has_mesh : callable
        Whether there is a surface to save.
    why_no_analysis : callable
        Why Analyze cannot start now; empty where it can.
    reasons : callable
        Why other actions make no sense now, by id; empty where they do.
    """

    def __init__(
        self,
        session: Session,
        actions: WindowActions,
        dispatcher: Dispatcher,
        has_mesh: Callable[[], bool],
        why_no_analysis: Callable[[], str],
        reasons: Callable[[], Mapping[str, str]],
    ) -> None:
        self._session, self._actions, self._dispatcher = session, actions, dispatcher
        self._has_mesh, self._why_no_analysis = has_mesh, why_no_analysis
        self._reasons = reasons
        self._key_image: KeyImage | None = None
        self._pending = self._closed = False
        self._connections = Connections()
        self._connections.add(session.volume_changed, self._on_volume)
        self._connections.add(session.interaction.events, self._on_interaction)
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
        self._key_image = in_view(session) if session.document.key_images else None
        actions.set_checked("key.toggle", self._key_image is not None)
        reasons = {"analysis.run": self._why_no_analysis(), **self._reasons()}
        actions.set_available(self._available(), reasons)
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
        show_layer(session, actions)
        actions.set_checked("view.maximise", bool(session.interaction.maximised))
        for action_id, verb, text in (
            ("edit.undo", tr("Undo"), session.undo.undo_text),
            ("edit.redo", tr("Redo"), session.undo.redo_text),
        ):
            actions.set_text(action_id, f"{verb} {told(text)}" if text else verb)

    def _available(self) -> set[Need]:
        session = self._session
        volume, selected = session.volume, session.document.get(session.interaction.selected)
        met = {
            Need.VOLUME: volume is not None,
            Need.SERIES: len(session.stacks) > 1,
            Need.HU: volume is not None and volume.stack.unit == "HU",
            Need.MARKS: len(session.document) > 0,
            Need.SELECTION: selected is not None,
            Need.MOVED_LABEL: selected is not None and selected.label_way_lps is not None,
            Need.KEY_IMAGE: self._key_image is not None,
            Need.KEY_IMAGES: bool(session.document.key_images),
            Need.LINE: drawn_line(session.document, session.interaction.selected) is not None,
            Need.UNDO: session.undo.undo_text is not None,
            Need.REDO: session.undo.redo_text is not None,
            Need.MESH: self._has_mesh(),
            Need.OVERLAY_PLANES: volume is not None and bool(volume.stack.overlays),
            Need.LAYER: session.active.layer is not None,
            Need.GREY: volume is not None and not volume.is_colour,
            Need.SHUTTER: volume is not None and _has_shutter(volume),
        }
        return {need for need, there in met.items() if there}

    def _on_slice(self, *_: object) -> None:
        if self._session.document.key_images:
            self.touch()

    def _on_interaction(self, change: EmissionInfo) -> None:
        if change.signal.name not in _POINTING:
            self.touch()

    def _on_volume(self) -> None:
        self._watched.close()
        self._watched.add(self._session.display.events, self.touch)
        self._watched.add(self._session.active.events.alone, self.touch)
        self._watched.add(self._session.active.events.layer, self.touch)
        self._watched.add(self._session.active.events.index, self._on_slice)
        self._watched.add(self._session.undo.changed, self.touch)
        self._watched.add(self._session.document.changed, self.touch)
        self.touch()


def show_layer(session: Session, actions: WindowActions) -> None:
    """Show how the active view's layer lies, which colours there are, and the loupe."""
    layer, here = session.active.layer, session.display.colour_map
    for mode in LayerMode:
        actions.set_checked(f"layer.{mode}", layer is not None and layer.mode is mode)
    blinks = layer is not None and layer.mode is LayerMode.BLINK and layer.blink_hz > 0
    actions.set_checked("layer.rate", blinks)
    for known in COLOUR_MAPS:
        actions.set_checked(map_action(known.id), known.id == here)
        of_layer = layer is not None and layer.colour_map == known.id
        actions.set_checked(layer_map_action(known.id), of_layer)
    actions.set_checked("view.magnifier", session.interaction.magnifier > 0)


def _has_shutter(volume: Volume) -> bool:
    return any(caveat.code is CaveatCode.SHUTTER for caveat in volume.stack.caveats)
