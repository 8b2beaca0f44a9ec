"""Moves through the volume: slices, linked crosshair, jumps, presets, and how the views stand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from viewer.app.level import level_beside
from viewer.app.overlays import LEVELS
from viewer.app.presenters.following import SliceFollower
from viewer.app.resolve import true_orientations
from viewer.app.windows import DEFAULT, file_window
from viewer.core.layout import id_in
from viewer.core.plane import Orientation, acquisition_orientation
from viewer.core.progress import JobContext
from viewer.core.screen import MAX_ZOOM, MIN_ZOOM
from viewer.core.session import Session
from viewer.core.shapes import PointLps
from viewer.core.slab import THIN
from viewer.core.view_place import up_step, view_count, view_index_at
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.view_step import SetLooks, ViewLook, ViewLooks, put_back
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
        self._follower = SliceFollower(session)
        session.shown_changed.connect(self._on_shown)

    def close(self) -> None:
        """Disconnect from the session."""
        self._session.shown_changed.disconnect(self._on_shown)
        self._follower.close()

    # --- slices ------------------------------------------------------------------------------

    @property
    def active(self) -> ViewportState:
        """The 2D viewport that keys act on."""
        return self._session.active

    def step(self, delta: int) -> None:
        """Go some slices on (negative: back) in the active viewport."""
        self.show_slice(self.active.index + delta)

    def show_slice(self, index: int, viewport_id: str = "") -> None:
        """Show a 0-based slice, held within the volume; without an id in the active viewport."""
        viewport_id = viewport_id or self._session.interaction.active
        viewport, stack = self._session.viewports[viewport_id], self._session.shown_in(viewport_id)
        if stack is not None:
            last = view_count(viewport, stack.volume.geometry) - 1
            viewport.index = min(max(index, 0), last)

    def step_up(self, slices: int) -> None:
        """Go some slices up (negative: down) in the active viewport, as its bar shows them."""
        self.step(self._up() * slices)

    def to_top(self) -> None:
        """Go to the slice at the top of the bar."""
        self._show_end(at_top=True)

    def to_bottom(self) -> None:
        """Go to the slice at the bottom of the bar."""
        self._show_end(at_top=False)

    def _up(self) -> int:
        volume = self._session.volume
        if volume is None:
            return -1
        return up_step(self.active, volume.geometry, self._session.interaction.up_goes)

    def _show_end(self, *, at_top: bool) -> None:
        volume = self._session.volume
        if volume is not None:
            last = view_count(self.active, volume.geometry) - 1
            self.show_slice(last if (self._up() > 0) == at_top else 0)

    def jump_to(self, point_lps: PointLps) -> None:
        """Show a point in every view: the crosshair goes there, and the slices with it."""
        volume = self._session.volume
        if volume is not None:
            jump_to(self._session, volume, point_lps)

    def show_in_series(self, series_uid: str, point_lps: PointLps) -> None:
        """Show a point in the places of one series; the others stay, whatever joins them."""
        for name, viewport in self._session.viewports.by_id.items():
            stack = self._session.shown_in(name)
            if stack is not None and stack.volume.stack.key.series_uid == series_uid:
                index = view_index_at(viewport, stack.volume.geometry, point_lps)
                self._follower.show_alone(viewport, index)

    def show_alone(self, viewport_id: str, index: int) -> None:
        """Show a slice in one viewport, whatever joins it to others."""
        viewport, stack = self._session.viewports[viewport_id], self._session.shown_in(viewport_id)
        if stack is not None:
            last = view_count(viewport, stack.volume.geometry) - 1
            self._follower.show_alone(viewport, min(max(index, 0), last))

    def set_active(self, viewport_id: str) -> None:
        """Make a plane the one that keys act on; in a grid, show it in the active place."""
        plane = viewport_id
        viewport_id = id_in(self._session.layout.window, plane)
        viewport = self._session.viewports.by_id.get(viewport_id)
        if viewport is None:
            self._show_plane(Orientation(plane))
            return
        stack = self._session.shown_in(viewport_id)
        if stack is not None and viewport.orientation not in true_orientations(stack.volume):
            return
        self._session.interaction.active = viewport_id
        maximised = self._session.interaction.maximised
        if maximised and maximised != viewport_id:
            self._session.interaction.maximised = viewport_id

    def _show_plane(self, orientation: Orientation) -> None:
        """Show another plane in the active place of a grid, through the crosshair."""
        viewport, stack = self.active, self._session.open_stack
        if stack is None or orientation not in true_orientations(stack.volume):
            return
        key = stack.volume.stack.key
        point = self._session.crosshair_in(key) or _middle(stack.volume)
        viewport.rotation = None
        viewport.orientation = orientation
        viewport.pan_uv_mm = (0.0, 0.0)
        viewport.index = view_index_at(viewport, stack.volume.geometry, point)

    # --- views -------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole slice in the active viewport."""
        _fit(self.active)

    def zoom(self, factor: float) -> None:
        """Zoom the active viewport about its centre."""
        viewport = self.active
        viewport.zoom = min(max(viewport.zoom * factor, MIN_ZOOM), MAX_ZOOM)

    def reset(self) -> None:
        """Fit every view, go to the middle, restore window and grey scale; a step to undo."""
        with self._as_one_step():
            self._reset_look()
            volume = self._session.volume
            if volume is not None:
                self.jump_to(_middle(volume))

    def reset_look(self) -> None:
        """Fit the views, restore window, grey scale and turns; stay on the slices.

        It is a step to undo: Escape may be pressed once more than was meant.
        """
        with self._as_one_step():
            self._reset_look()

    def put_looks(self, looks: ViewLooks) -> None:
        """Let views look as they did, each for itself."""
        interaction = self._session.interaction
        with self._follower.held():
            put_back(looks, self._session.viewports.by_id.values())
            interaction.crosshair_stack, interaction.crosshair_lps = looks.crosshair

    @contextmanager
    def _as_one_step(self) -> Iterator[None]:
        """Make what changes in the views one step; where nothing does, none."""
        before, preset = self._looks(), self._session.display.preset
        yield
        after = self._looks()
        if before != after or preset != DEFAULT:  # that window may still be on its way
            self._session.undo.run_on(SetLooks(before, after), self, apart=True)

    def _looks(self) -> ViewLooks:
        views, interaction = self._session.viewports.by_id.values(), self._session.interaction
        return ViewLooks(
            tuple((view, ViewLook.of(view)) for view in views if view.stack is not None),
            (interaction.crosshair_stack, interaction.crosshair_lps),
        )

    def _reset_look(self) -> None:
        for viewport_id in self._own_viewports():
            viewport = self._session.viewports[viewport_id]
            viewport.turns, viewport.mirrored, viewport.slab = 0, False, THIN
            viewport.rotation = None  # before the zoom: a turn keeps the scale, not the zoom
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

    def _own_viewports(self) -> tuple[str, ...]:
        """Return all planes of the volume in an MPR layout, else the active viewport."""
        session = self._session
        if session.layout.is_mpr:
            return session.layout.viewport_ids
        return (session.interaction.active,)

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
        stack = self._session.open_stack
        if preset_id == DEFAULT and stack is not None and stack.opening is not None:
            _show_window(display, stack.opening, preset_id)
            return
        if (offered := file_window(volume.stack, preset_id)) is not None:
            _show_window(display, offered.window, preset_id)
            return
        preset = {preset.id: preset for preset in CT_PRESETS}[preset_id]
        if preset.window is not None:
            _show_window(display, preset.window, preset_id)
        else:
            self._measure_window(volume, preset_id)

    def show_window(self, window: HuWindow, preset_id: str) -> None:
        """Apply a window that a preset of the reader's own names."""
        volume, display = self._session.volume, self._session.display
        if volume is not None and not volume.is_colour:
            _show_window(display, window, preset_id)

    def _measure_window(self, volume: Volume, preset_id: str) -> None:
        """Measure for the active viewport; what is asked of it later supersedes this."""
        measure = full_range if preset_id == "full" else automatic_window
        session, display = self._session, self._session.display
        self._runner.submit(
            f"{_WINDOW_JOB}.{session.interaction.active}",
            _run_measure,
            measure,
            volume,
            session.loaded_slices,
            on_done=lambda window: _show_window(display, window, preset_id),
        )

    # --- following ---------------------------------------------------------------------------

    def _on_shown(self, viewport_id: str) -> None:
        """Put a viewport with another stack where it belongs: the crosshair, or the middle."""
        self._follower.watch(viewport_id)
        session, viewport = self._session, self._session.viewports[viewport_id]
        stack = session.shown_in(viewport_id)
        if stack is None or viewport.stack is None:
            return
        known = session.crosshair_in(viewport.stack)
        point = known or level_beside(session, viewport_id) or _middle(stack.volume)
        layout = session.layout_with(viewport_id)
        if layout.is_mpr:
            if viewport_id == layout.viewport_ids[0]:
                if known is None or len(true_orientations(stack.volume)) == 1:
                    self._settle(stack.volume, layout.window)
                jump_to(session, stack.volume, point)
        elif viewport_id == session.interaction.active or session.interaction.crosshair_lps is None:
            jump_to(session, stack.volume, point)
        else:
            viewport.index = view_index_at(viewport, stack.volume.geometry, point)

    def _settle(self, volume: Volume, window: int) -> None:
        """Begin with a volume in all planes: keys act where the slices are."""
        interaction = self._session.interaction
        if self._session.layout.window != window:
            return
        interaction.active = id_in(window, acquisition_orientation(volume.geometry).value)
        # Where no other plane is true, the slices have the whole place.
        single = len(true_orientations(volume)) == 1
        interaction.maximised = interaction.active if single else ""


def _middle(volume: Volume) -> PointLps:
    """Return the centre of the middle voxel of the slice that a stack opens at."""
    _, rows, columns = volume.geometry.shape_zyx
    middle = (volume.stack.opening_slice, rows // 2, columns // 2)
    x, y, z = (float(v) for v in volume.geometry.index_to_lps(middle))
    return x, y, z


def _fit(viewport: ViewportState) -> None:
    viewport.zoom = 1.0
    viewport.pan_uv_mm = (0.0, 0.0)


def _show_window(display: DisplayState, window: VoiTransform, preset_id: str) -> None:
    """Show what the reader asks for; asked for again, linked places that went astray follow."""
    if (display.window, display.preset) == (window, preset_id):
        display.events.window.emit(window, window)
    display.show(window, preset_id)


def _run_measure(
    ctx: JobContext,
    measure: Callable[[Volume, frozenset[int]], HuWindow],
    volume: Volume,
    loaded: frozenset[int],
) -> HuWindow:
    ctx.check()
    return measure(volume, loaded)
