"""Joins the window to the session and to the signals of its own parts."""

import base64
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, Qt

from viewer.app.presenters.connections import Connections
from viewer.app.resolve import true_orientations
from viewer.app.windows import DEFAULT, file_presets, window_text
from viewer.core.layout import MAIN, SURFACE_ID, id_in
from viewer.ui.image_menu import image_menu

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench


LOADING = "loading"
"""Topic of what is told about the series that is loaded."""


class WindowWiring:
    """Keeps title, start page, job bar, layout and recent files equal to what is so."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self._session, self._window, self._grid = bench.session, bench.window, bench.grid
        self._connections = Connections()
        interaction = self._session.interaction.events
        start, deeds = self._window.start_page, bench.deeds
        for signal, slot in (
            (self._session.volume_changed, self._on_volume),
            (interaction.maximised, self._grid.set_maximised),
            (interaction.active, self._grid.set_active),
            (bench.runner.changed, self._on_jobs),
            (self._window.job_bar.cancel_requested, bench.runner.cancel),
            (self._window.paths_dropped, deeds.open_paths),
            (self._window.closing, self._on_closing),
            (self._window.closing, bench.close),
            (start.open_requested, deeds.open_files),
            (start.folder_requested, deeds.open_folder),
            (start.sample_requested, deeds.open_sample),
            (self._grid.maximise_requested, bench.navigator.toggle_maximised),
            (bench.surface_view.maximise_requested, self._on_surface_maximise),
            (self._window.actions_.file_windows.aboutToShow, self._fill_file_windows),
        ):
            self._connections.add(signal, slot)
        for name in self._grid.viewports:
            self._wire_viewport(name)
        self._connections.add(self._grid.created, self._wire_viewport)
        for action_id, dock in (
            ("view.studies", self._window.studies_dock),
            ("view.panels", self._window.panels_dock),
        ):
            dock.visibilityChanged.connect(partial(self._window.actions_.set_checked, action_id))
        self._restore_layout()
        self._grid.set_active(self._session.interaction.active)

    def close(self) -> None:
        """Let go of session and window."""
        self._connections.close()

    def _wire_viewport(self, name: str) -> None:
        frame = self._grid.viewport(name)
        self._connections.add(frame.menu_requested, self._on_menu)
        frame.fidelity_requested.connect(partial(self._bench.deeds.show_fidelity_at, name))

    # --- following the session ---------------------------------------------------------------

    def _on_volume(self) -> None:
        volume = self._session.volume
        self._window.notifications.drop_topic(LOADING)
        self._window.show_images(bool(self._session.stacks))
        self._window.set_subject("" if volume is None else volume.stack.labels.series_description)
        offered = volume is not None and bool(volume.stack.windows) and not volume.is_colour
        self._window.actions_.file_windows.menuAction().setEnabled(offered)
        if volume is not None:
            layout, shown = self._session.layout, true_orientations(volume)
            if layout.is_mpr:
                single = id_in(layout.window, shown[0].value) if len(shown) == 1 else ""
                self._bench.viewports.grid(layout.window).set_single(single)
            self._bench.viewports.frame(self._session.interaction.active).canvas.setFocus()

    def _on_jobs(self) -> None:
        self._window.job_bar.set_jobs(self._bench.runner.jobs)

    # --- following the window ----------------------------------------------------------------

    def _on_menu(self, place: QPoint) -> None:
        menu = image_menu(self._window.actions_, self._session, self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench.states.refresh()  # what was clicked is selected now: its actions can be done
        menu.popup(place)

    def _on_surface_maximise(self) -> None:
        self._bench.navigator.toggle_maximised(SURFACE_ID)

    def _on_closing(self) -> None:
        settings = self._bench.settings.settings
        self._bench.settings.save(
            settings.changed(
                window_geometry=_encode(self._window.saveGeometry()),
                window_state=_encode(self._window.saveState()),
                panel=self._window.tabs.front,
                layout=self._session.layouts[MAIN].text,
            )
        )

    # --- windows that the files offer --------------------------------------------------------

    def _fill_file_windows(self) -> None:
        menu, volume = self._window.actions_.file_windows, self._session.volume
        menu.clear()
        if volume is None:
            return
        shown = self._session.display.preset
        for number, (preset, named) in enumerate(file_presets(volume.stack).items()):
            action = menu.addAction(window_text(named, volume.stack.unit).replace("&", "&&"))
            action.setCheckable(True)
            opens = (
                shown == DEFAULT and number == 0 and self._session.display.window == named.window
            )
            action.setChecked(shown == preset or opens)
            action.triggered.connect(partial(self._on_file_window, preset))

    def _on_file_window(self, preset: str) -> None:
        self._bench.navigator.set_preset(preset)

    # --- layout -------------------------------------------------------------

    def _restore_layout(self) -> None:
        settings = self._bench.settings.settings
        if settings.window_geometry:
            self._window.restoreGeometry(_decode(settings.window_geometry))
        if settings.window_state:
            self._window.restoreState(_decode(settings.window_state))
        self._window.tabs.bring_symbol(settings.panel)


def _encode(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode()


def _decode(text: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(text))
    except ValueError:
        return QByteArray()
