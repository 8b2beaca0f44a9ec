"""Layers in the window: actions, the bar over an image, drops, and the list to choose from."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from viewer.app.action_spec import ActionHandlers
from viewer.app.actions_layer import layer_map_action, map_action
from viewer.app.layer_view import LayerView
from viewer.app.layers import layer_view, layer_windows
from viewer.app.presenters.connections import Connections
from viewer.app.presenters.layering import BLINK_RATES_HZ, Layering
from viewer.core.layer import LayerMode
from viewer.core.study import StackKey
from viewer.core.window import VoiTransform
from viewer.i18n import tr
from viewer.imaging.colour_maps import COLOUR_MAPS
from viewer.ui.viewport_frame import ViewportFrame
from viewer.ui.viewport_grid import ViewportGrid
from viewer.ui.widgets.layer_bar import LayerBar

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench


class LayerRoom:
    """Joins `Layering` to the window.

    Attributes
    ----------
    layering : Layering
        What a reader does with layers.
    bars : dict
        The bar of each 2D cell by viewport id.
    """

    def __init__(self, bench: "Workbench") -> None:
        self._bench, self._session = bench, bench.session
        self.bars: dict[str, LayerBar] = {}
        self._watched: dict[str, Connections] = {}
        self._connections = Connections()
        self.layering = Layering(
            bench.session,
            bench.loader,
            bench.dispatcher.later,
            bench.window.notifications.show_error,
        )
        bench.panels.studies.layer_requested.connect(self.layering.show)
        for signal, slot in (
            (self._session.shown_changed, self._on_shown),
            (self._session.layout_changed, self._on_layout),
            (self._session.links.changed, self._on_layout),
        ):
            self._connections.add(signal, slot)
        self.watch(bench.grid)

    def close(self) -> None:
        """Stop; let go of the session."""
        self._connections.close()
        for watched in self._watched.values():
            watched.close()
        self.layering.close()

    def watch(self, grid: ViewportGrid) -> None:
        """Put a bar into each cell of a window."""
        for name, frame in grid.viewports.items():
            self._add(name, frame)
        grid.created.connect(partial(self._on_created, grid))

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        handlers: ActionHandlers = {
            "layer.show": self.choose,
            "layer.remove": lambda: self.layering.remove(),
            "layer.alternate": self.layering.alternate,
            "layer.rate": self.layering.toggle_blinking,
            "layer.more": lambda: self.layering.step(1),
            "layer.less": lambda: self.layering.step(-1),
            "layer.turn": self.layering.turn_line,
            "view.magnifier": self.layering.toggle_magnifier,
        }
        for mode in LayerMode:
            handlers[f"layer.{mode}"] = partial(self._set_mode, mode)
        for known in COLOUR_MAPS:
            handlers[map_action(known.id)] = partial(self._set_map, known.id)
            handlers[layer_map_action(known.id)] = partial(self._set_layer_map, known.id)
        return handlers

    def choose(self) -> None:
        """Show the list of series over the active view."""
        frame = self._bench.viewports.frame(self._session.interaction.active)
        self.choice_menu(frame).popup(frame.canvas.mapToGlobal(QPoint(24, 24)))

    def choice_menu(self, frame: ViewportFrame) -> QMenu:
        """Return the list of series; those that cannot be a layer are grey and say why."""
        menu = QMenu(frame)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        for key, text, reason in self.layering.choices():
            action = menu.addAction(text.replace("&", "&&"))
            action.setEnabled(not reason)
            action.setToolTip(reason or tr("Show this series over the active view"))
            action.triggered.connect(partial(self._show, key))
        if menu.isEmpty():
            menu.addAction(tr("No other series is open")).setEnabled(False)
        return menu

    # --- details -----------------------------------------------------------------------------

    def _show(self, key: StackKey, *_: object) -> None:
        self.layering.show(key)

    def _set_mode(self, mode: LayerMode) -> None:
        self.layering.set_mode(mode)

    def _set_map(self, map_id: str) -> None:
        self.layering.set_map(map_id)

    def _set_layer_map(self, map_id: str) -> None:
        self.layering.set_layer_map(map_id)

    def _add(self, name: str, frame: ViewportFrame) -> None:
        if frame.findChild(LayerBar) is not None:
            return
        bar = self.bars[name] = LayerBar(BLINK_RATES_HZ, frame.canvas)
        # Queued: while the image is painted nothing on it may move.
        frame.canvas.texts_moved.connect(bar.keep_off, Qt.ConnectionType.QueuedConnection)
        frame.canvas.resized.connect(bar.settle)
        bar.mode_requested.connect(partial(self._on_mode, name))
        bar.opacity_requested.connect(partial(self._on_opacity, name))
        bar.rate_requested.connect(partial(self._on_rate, name))
        bar.remove_requested.connect(partial(self._on_remove, name))
        bar.window_menu.aboutToShow.connect(partial(self._fill_windows, name))
        frame.layer_dropped.connect(partial(self._on_dropped, name))
        self._on_shown(name)

    def _on_created(self, grid: ViewportGrid, name: str) -> None:
        self._add(name, grid.viewport(name))

    def _on_mode(self, name: str, mode: LayerMode) -> None:
        self.layering.set_mode(mode, name)

    def _on_opacity(self, name: str, opacity: float) -> None:
        self.layering.set_opacity(opacity, name)

    def _on_rate(self, name: str, hertz: float) -> None:
        self.layering.set_rate(hertz, name)

    def _on_remove(self, name: str) -> None:
        self.layering.remove(name)

    def _on_dropped(self, name: str, key: StackKey) -> None:
        self.layering.show(key, name)

    def _on_layout(self, *_: object) -> None:
        for name in self._session.viewports.by_id:
            self._on_shown(name)

    def _on_shown(self, name: str) -> None:
        """Follow the layer of a viewport that may be another one now."""
        viewport = self._session.viewports.by_id.get(name)
        watched = self._watched.setdefault(name, Connections())
        watched.close()
        if viewport is not None:
            watched.add(viewport.events.layer, partial(self._refresh, name))
        self._refresh(name)

    def _refresh(self, name: str, *_: object) -> None:
        bar = self.bars.get(name)
        if bar is not None:
            shown = self._layer_of(name)
            title = "" if shown is None else f"{shown.name}  ({shown.origin})"
            bar.set_layer(None if shown is None else shown.layer, title)

    def _fill_windows(self, name: str) -> None:
        bar, shown = self.bars[name], self._layer_of(name)
        bar.window_menu.clear()
        if shown is None:
            return
        for text, window in layer_windows(shown.volume):
            action = bar.window_menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(window == shown.layer.window)
            action.triggered.connect(partial(self._set_window, name, window))

    def _layer_of(self, name: str) -> LayerView | None:
        """Return the layer of a cell; its place may be out of the layout."""
        there = name in self._session.viewports.by_id
        return layer_view(self._session, name) if there else None

    def _set_window(self, name: str, window: VoiTransform | None, *_: object) -> None:
        self.layering.set_window(window, name)
