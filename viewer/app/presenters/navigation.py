"""Moves through the volume: slices, linked crosshair, jumps, presets, and how the views stand."""

from collections.abc import Callable, Iterable

from viewer.app.overlays import LEVELS
from viewer.app.resolve import true_orientations
from viewer.app.windows import file_window
from viewer.core.plane import (
    acquisition_orientation,
    map_axes,
    slice_count,
    slice_index_at,
)
from viewer.core.progress import JobContext
from viewer.core.screen import MAX_ZOOM, MIN_ZOOM
from viewer.core.session import Session
from viewer.core.shapes import PointLps
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.volume import Volume
from viewer.core.window import CT_PRESETS, HuWindow, VoiTransform
from viewer.imaging.histogram import automatic_window, full_range
from viewer.jobs.runner import JobRunner
from viewer.tools.navigate import jump_to

_WINDOW_JOB = "navigation.window"


class Navigator:
    """Carries out what the reader asks of the views, and keeps them linked.

    The crosshair always lies on the slices that are shown: jumping sets it and the slices follow,
    scrolling a view moves it along that view's axis.

    Parameters
    ----------
    session : Session
        What it changes.
    runner : JobRunner
        For windows that need voxels.
    """

    def __init__(self, session: Session, runner: JobRunner) -> None:
        self._session = session
        self._runner = runner
        self._linking = False
        self._viewports: list[ViewportState] = []
        session.volume_changed.connect(self._on_volume)
        session.interaction.events.crosshair_lps.connect(self._follow_crosshair)
        self._watch_viewports()

    def close(self) -> None:
        """Disconnect from the session."""
        self._session.volume_changed.disconnect(self._on_volume)
        self._session.interaction.events.crosshair_lps.disconnect(self._follow_crosshair)
        self._forget_viewports()

    # --- slices ------------------------------------------------------------------------------

    @property
    def active(self) -> ViewportState:
        """The 2D viewport that keys act on."""
        return self._session.viewports[self._session.interaction.active]

    def step(self, delta: int) -> None:
        """Go some slices on (negative: back) in the active viewport."""
        self.show_slice(self.active.index + delta)

    def show_slice(self, index: int, viewport_id: str = "") -> None:
        """Show a 0-based slice, held within the volume; without an id in the active viewport."""
        viewport = self._session.viewports[viewport_id] if viewport_id else self.active
        volume = self._session.volume
        if volume is not None:
            last = slice_count(volume.geometry, viewport.orientation) - 1
            viewport.index = min(max(index, 0), last)

    def first(self) -> None:
        """Go to the first slice."""
        self.show_slice(0)

    def last(self) -> None:
        """Go to the last slice."""
        volume = self._session.volume
        if volume is not None:
            self.show_slice(slice_count(volume.geometry, self.active.orientation) - 1)

    def jump_to(self, point_lps: PointLps) -> None:
        """Show a point in every view: the crosshair goes there, and the slices with it."""
        volume = self._session.volume
        if volume is not None:
            jump_to(self._session, volume, point_lps)

    def set_active(self, viewport_id: str) -> None:
        """Make a 2D viewport the one that keys act on, if it shows something true."""
        volume = self._session.volume
        if volume is not None and viewport_id not in true_orientations(volume):
            return
        self._session.interaction.active = viewport_id
        maximised = self._session.interaction.maximised
        if maximised and maximised != viewport_id:
            self._session.interaction.maximised = viewport_id

    # --- views -------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole slice in the active viewport."""
        _fit(self.active)

    def zoom(self, factor: float) -> None:
        """Zoom the active viewport about its centre."""
        viewport = self.active
        viewport.zoom = min(max(viewport.zoom * factor, MIN_ZOOM), MAX_ZOOM)

    def reset(self) -> None:
        """Fit every view, go to the middle, restore window and grey scale."""
        self.reset_look()
        self._center()

    def reset_look(self) -> None:
        """Fit every view, restore window and grey scale; stay on the slices."""
        for viewport in self._session.viewports.by_id.values():
            _fit(viewport)
        self._session.display.inverted = False
        self.set_preset("default")

    def invert(self) -> None:
        """Exchange black and white."""
        self._session.display.inverted = not self._session.display.inverted

    def toggle_crosshair(self) -> None:
        """Show or hide the crosshair lines."""
        interaction = self._session.interaction
        interaction.crosshair_visible = not interaction.crosshair_visible

    def cycle_overlay(self) -> None:
        """Step through the overlay levels."""
        interaction = self._session.interaction
        interaction.overlay = LEVELS[(LEVELS.index(interaction.overlay) + 1) % len(LEVELS)]

    def toggle_maximised(self, cell_id: str) -> None:
        """Give a cell the whole place, or restore all."""
        interaction, volume = self._session.interaction, self._session.volume
        if volume is None or len(true_orientations(volume)) > 1:
            interaction.maximised = "" if interaction.maximised == cell_id else cell_id

    def set_tool(self, tool: str) -> None:
        """Choose what the left button does."""
        self._session.interaction.tool = tool

    # --- window ------------------------------------------------------------------------------

    def set_preset(self, preset_id: str) -> None:
        """Apply a preset at once; those that need voxels follow as soon as they are known.

        Raises
        ------
        KeyError
            There is no such preset.
        """
        volume, display = self._session.volume, self._session.display
        if volume is None or volume.is_colour:
            return
        if (offered := file_window(volume.stack, preset_id)) is not None:
            _show_window(display, offered.window, preset_id)
            return
        preset = {preset.id: preset for preset in CT_PRESETS}[preset_id]
        if preset.window is not None:
            _show_window(display, preset.window, preset_id)
        else:
            self._measure_window(volume, preset_id)

    def _measure_window(self, volume: Volume, preset_id: str) -> None:
        measure = full_range if preset_id == "full" else automatic_window
        display, loaded = self._session.display, self._session.loaded_slices
        self._runner.submit(
            _WINDOW_JOB,
            _run_measure,
            measure,
            volume,
            loaded,
            on_done=lambda window: _show_window(display, window, preset_id),
        )

    # --- following ---------------------------------------------------------------------------

    def _on_volume(self) -> None:
        self._watch_viewports()
        volume, interaction = self._session.volume, self._session.interaction
        if volume is None:
            return
        # Keys act where the slices are; where no other plane is true they have the whole place.
        interaction.active = acquisition_orientation(volume.geometry).value
        single = len(true_orientations(volume)) == 1
        interaction.maximised = interaction.active if single else ""
        self._center()

    def _watch_viewports(self) -> None:
        self._forget_viewports()
        self._viewports = list(self._session.viewports.by_id.values())
        for viewport in self._viewports:
            viewport.events.index.connect(self._follow_slices)

    def _forget_viewports(self) -> None:
        for viewport in self._viewports:
            viewport.events.index.disconnect(self._follow_slices)
        self._viewports = []

    def _center(self) -> None:
        volume = self._session.volume
        if volume is None:
            return
        _, rows, columns = volume.geometry.shape_zyx
        middle = (volume.stack.opening_slice, rows // 2, columns // 2)
        x, y, z = (float(v) for v in volume.geometry.index_to_lps(middle))
        self._session.interaction.crosshair_lps = None
        self.jump_to((x, y, z))

    def _follow_crosshair(self, point_lps: PointLps | None) -> None:
        volume = self._session.volume
        if volume is None or point_lps is None or self._linking:
            return
        self._linking = True
        try:
            for viewport in self._session.viewports.by_id.values():
                viewport.index = slice_index_at(volume.geometry, viewport.orientation, point_lps)
        finally:
            self._linking = False

    def _follow_slices(self) -> None:
        volume, point = self._session.volume, self._session.interaction.crosshair_lps
        if volume is None or point is None or self._linking:
            return
        self._linking = True
        try:
            self._session.interaction.crosshair_lps = _on_slices(
                volume, point, self._session.viewports.by_id.values()
            )
        finally:
            self._linking = False


def _fit(viewport: ViewportState) -> None:
    viewport.zoom = 1.0
    viewport.pan_uv_mm = (0.0, 0.0)


def _show_window(display: DisplayState, window: VoiTransform, preset_id: str) -> None:
    display.window = window
    display.preset = preset_id


def _run_measure(
    ctx: JobContext,
    measure: Callable[[Volume, frozenset[int]], HuWindow],
    volume: Volume,
    loaded: frozenset[int],
) -> HuWindow:
    ctx.check()
    return measure(volume, loaded)


def _on_slices(volume: Volume, point_lps: PointLps, viewports: Iterable[ViewportState]) -> PointLps:
    """Move a point along the index axes to the slices that the viewports show."""
    geometry = volume.geometry
    index = geometry.lps_to_index(point_lps)
    for viewport in viewports:
        axis = map_axes(geometry, viewport.orientation).axis
        if round(float(index[axis])) != viewport.index:
            index[axis] = viewport.index
    x, y, z = (float(v) for v in geometry.index_to_lps(index))
    return x, y, z
