"""Joins the session to the 3D view and the Surface panel."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.surface_settings import (
    SurfaceSettings,
    describe_surface,
    preset_name,
    presets_for,
    request_of,
    settings_of,
    threshold_range,
)
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import PointLps
from viewer.core.study import shown_unit
from viewer.core.volume import Volume
from viewer.i18n import told, tr
from viewer.imaging.mesh import Mesh
from viewer.imaging.ray import Ray, first_hit
from viewer.imaging.screen_surface import ScreenSurface
from viewer.imaging.surface import SURFACE_PRESETS, SurfaceKind, SurfaceRequest
from viewer.jobs.runner import JobRunner
from viewer.tools.navigate import jump_to

COMPUTE_KEY = "surface"
STL_KEY = "surface-stl"
PICK_KEY = "surface-pick"

ComputeSurface = Callable[[JobContext, Volume, SurfaceRequest], ScreenSurface]
"""Cuts a surface in the compute process."""
SaveMesh = Callable[[JobContext, Path, Mesh], None]
"""Writes a mesh as STL."""


class SurfacePanelView(Protocol):
    """The panel with the settings."""

    @property
    def preset_requested(self) -> Connectable:
        """Id of a preset."""

    @property
    def look_edited(self) -> Connectable:
        """`SurfaceSettings` whose colour or opacity moves."""

    @property
    def settings_edited(self) -> Connectable:
        """`SurfaceSettings` that ask for another surface."""

    @property
    def compute_requested(self) -> Connectable:
        """Make the surface with the present settings."""

    @property
    def cancel_requested(self) -> Connectable:
        """Stop making it."""

    @property
    def stl_requested(self) -> Connectable:
        """Path to save the surface to."""

    def set_presets(self, presets: tuple[tuple[str, str], ...]) -> None:
        """Offer presets (id, name); none where the numbers are not HU."""

    def set_threshold_range(self, low: float, high: float, unit: str) -> None:
        """Set what the threshold slider spans."""

    def set_settings(self, settings: SurfaceSettings) -> None:
        """Show settings; emits nothing."""

    def set_ready(self, reason: str) -> None:
        """Allow computing, or say why not (empty: allowed)."""

    def set_progress(self, fraction: float, text: str) -> None:
        """Show that work is under way."""

    def set_idle(self) -> None:
        """Show that no work is under way."""

    def set_result(self, text: str, *, has_mesh: bool) -> None:
        """Describe the surface; saving is possible where there is one."""

    def set_error(self, text: str) -> None:
        """Tell why there is no surface; empty clears it."""


class SurfaceScene(Protocol):
    """The 3D view."""

    @property
    def preset_requested(self) -> Connectable:
        """Id of a preset."""

    @property
    def picked(self) -> Connectable:
        """`Ray` through the place of a click."""

    def prepare(self) -> None:
        """Get ready to show one."""

    def set_mesh(self, mesh: Mesh) -> None:
        """Show a surface."""

    def clear(self) -> None:
        """Show none."""

    def set_look(self, colour: str, opacity: float) -> None:
        """Set colour and opacity."""

    def set_presets(self, presets: tuple[tuple[str, str], ...]) -> None:
        """Offer presets while there is no surface."""

    def set_message(self, text: str) -> None:
        """Set the text of the empty view."""

    def set_status(self, text: str) -> None:
        """Set the line over the surface."""

    def set_crosshair(self, point_lps: PointLps | None) -> None:
        """Mark a point."""


class SurfacePresenter:
    """Makes surfaces of the active volume and shows them.

    Parameters
    ----------
    compute : callable
        Cuts the surface; runs on a job thread and hands the work to the compute process.
    save_stl : callable
        Writes the file; runs on a job thread.
    on_saved, on_error : callable
        Tell the window that a file was written, or what went wrong.
    on_mesh_changed : callable
        Called when there is another surface, or none any more (for actions that need one).
    """

    def __init__(
        self,
        session: Session,
        panel: SurfacePanelView,
        scene: SurfaceScene,
        runner: JobRunner,
        compute: ComputeSurface,
        save_stl: SaveMesh,
        *,
        on_saved: Callable[[Path], None],
        on_error: Callable[[ViewerError], None],
        on_mesh_changed: Callable[[], None] | None = None,
    ) -> None:
        self._session, self._panel, self._scene, self._runner = session, panel, scene, runner
        self._compute, self._save_stl = compute, save_stl
        self._on_saved, self._on_error = on_saved, on_error
        self._on_mesh_changed = on_mesh_changed
        self._settings = SurfaceSettings()
        self._mesh: Mesh | None = None
        self._made_for: OpenStack | None = None
        self._connections = Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.voxels_changed, self._on_voxels),
            (session.interaction.events.crosshair_lps, self._on_crosshair),
            (panel.preset_requested, self.use_preset),
            (scene.preset_requested, self.use_preset),
            (scene.picked, self._on_picked),
            (panel.look_edited, self._on_look),
            (panel.settings_edited, self._on_settings),
            (panel.compute_requested, self.compute),
            (panel.cancel_requested, self.cancel),
            (panel.stl_requested, self.save_stl),
        ):
            self._connections.add(signal, slot)
        self._on_volume()

    @property
    def mesh(self) -> Mesh | None:
        """The surface as computed (not the lighter one that is drawn), or None."""
        return self._mesh

    def use_preset(self, preset_id: str) -> None:
        """Take a preset's settings and make its surface."""
        preset = next(preset for preset in SURFACE_PRESETS if preset.id == preset_id)
        self._settings = settings_of(preset, self._settings)
        self._panel.set_settings(self._settings)
        self.compute()

    def compute(self) -> None:
        """Make the surface with the present settings; a running one is superseded."""
        volume = self._session.volume
        if volume is None or self._not_ready():
            return
        try:
            request = request_of(volume, self._settings)
        except ViewerError as error:
            self._panel.set_error(error.shown_line())
            return
        self._panel.set_error("")
        self._made_for = self._session.open_stack
        self._scene.prepare()
        self._on_progress(0.0, tr("Waiting"))
        self._runner.submit(
            COMPUTE_KEY,
            self._compute,
            volume,
            request,
            title=tr("3D surface"),
            on_progress=self._on_progress,
            on_done=self._on_done,
            on_failed=self._on_failed,
            on_cancelled=self._on_cancelled,
        )

    def cancel(self) -> None:
        """Stop making a surface; the one that is shown stays."""
        self._runner.cancel(COMPUTE_KEY)

    def save_stl(self, path: Path) -> None:
        """Save the surface."""
        if self._mesh is not None:
            self._runner.submit(
                STL_KEY,
                self._write,
                path,
                self._mesh,
                title=tr("Saving the surface"),
                on_done=self._on_saved,
                on_failed=self._on_save_failed,
            )

    def close(self) -> None:
        """Let go of session and views."""
        self._runner.cancel(COMPUTE_KEY)
        self._runner.cancel(PICK_KEY)
        self._connections.close()

    def _write(self, ctx: JobContext, path: Path, mesh: Mesh) -> Path:
        self._save_stl(ctx, path, mesh)
        return path

    def _on_volume(self) -> None:
        """Follow the volume; a surface stays as long as what it was made from is open."""
        if not self._session.is_open(self._made_for):
            self._runner.cancel(COMPUTE_KEY)
            self._panel.set_idle()
            self._set_mesh(None)
        self._panel.set_error("")
        volume = self._session.volume
        presets = presets_for(volume)
        self._panel.set_presets(presets)
        self._show_ready()
        if volume is not None:
            unit = shown_unit(volume.stack.unit)
            self._panel.set_threshold_range(*threshold_range(volume), unit)
        self._panel.set_settings(self._settings)

    def _on_voxels(self, slices: frozenset[int]) -> None:  # noqa: ARG002 - the signal's value
        volume = self._session.volume
        if volume is None or not self._is_loaded(volume):
            return
        if volume.stack.unit != "HU":
            low, high = threshold_range(volume)
            self._panel.set_threshold_range(low, high, shown_unit(volume.stack.unit))
            self._settings = replace(
                self._settings, preset="", kind=SurfaceKind.ABOVE, threshold=(low + high) / 2
            )
            self._panel.set_settings(self._settings)
        self._show_ready()

    def _on_crosshair(self) -> None:
        session = self._session
        stack = self._made_for if session.is_open(self._made_for) else session.open_stack
        point = None if stack is None else session.crosshair_in(stack.volume.stack.key)
        self._scene.set_crosshair(point)

    def _on_picked(self, ray: Ray) -> None:
        """Show in every view the point of the surface that was clicked."""
        made_for = self._made_for
        if self._mesh is not None and made_for is not None:
            self._runner.submit(
                PICK_KEY, _hit, self._mesh, ray, on_done=partial(self._on_hit, made_for)
            )

    def _on_hit(self, made_for: OpenStack, point: PointLps | None) -> None:
        if point is not None and self._session.is_open(made_for):
            jump_to(self._session, made_for.volume, point)

    def _on_look(self, settings: SurfaceSettings) -> None:
        self._settings = settings
        self._scene.set_look(settings.colour, settings.opacity)

    def _on_settings(self, settings: SurfaceSettings) -> None:
        if self._settings.same_shape(settings):
            return
        self._settings = settings
        self.compute()

    def _on_progress(self, fraction: float, text: str) -> None:
        self._panel.set_progress(fraction, text)
        if self._mesh is None:
            self._scene.set_message(f"{told(text)} … {fraction:.0%}" if text else "")

    def _on_done(self, surface: ScreenSurface) -> None:
        self._panel.set_idle()
        self._set_mesh(surface.mesh)
        self._scene.set_look(self._settings.colour, self._settings.opacity)
        self._scene.set_mesh(surface.drawn)
        volume = self._session.volume
        unit = "" if volume is None else shown_unit(volume.stack.unit)
        name = preset_name(self._settings.preset)
        self._scene.set_status(f"{name}, {self._settings.threshold:g} {unit}".rstrip())
        self._panel.set_result(describe_surface(surface), has_mesh=True)

    def _on_failed(self, error: Exception) -> None:
        self._panel.set_idle()
        self._show_ready()
        if isinstance(error, ViewerError):
            self._panel.set_error(error.shown_line())
        else:
            self._panel.set_error(tr("The surface could not be made; the log tells more."))

    def _on_cancelled(self) -> None:
        self._panel.set_idle()
        self._show_ready()

    def _on_save_failed(self, error: Exception) -> None:
        if not isinstance(error, ViewerError):
            error = ViewerError("The surface could not be saved", "the log tells more")
        self._on_error(error)

    def _set_mesh(self, mesh: Mesh | None) -> None:
        changed, self._mesh = mesh is not self._mesh, mesh
        if mesh is None:
            self._scene.clear()
            self._panel.set_result("", has_mesh=False)
        if changed and self._on_mesh_changed is not None:
            self._on_mesh_changed()

    def _show_ready(self) -> None:
        reason = self._not_ready()
        self._panel.set_ready(reason)
        self._scene.set_presets(() if reason else presets_for(self._session.volume))
        self._scene.set_message(reason or tr("No surface yet"))

    def _not_ready(self) -> str:
        volume = self._session.volume
        if volume is None:
            return tr("Open a study to make a surface")
        if volume.is_colour:
            return tr("A colour image has no threshold")
        if volume.geometry.shape_zyx[0] < 2:
            return tr("One slice has no surface")
        if not self._is_loaded(volume):
            return tr("A surface can be made once all slices are loaded")
        return ""

    def _is_loaded(self, volume: Volume) -> bool:
        return len(self._session.loaded_slices) >= volume.geometry.shape_zyx[0]


def _hit(ctx: JobContext, mesh: Mesh, ray: Ray) -> PointLps | None:
    ctx.check()
    return first_hit(mesh, ray)
