"""Joins one 2D viewport to the session: state to picture; pointer events go to its gestures."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.app.overlays import OverlayScene, Part, compose, parts_of_level, switched_off
from viewer.app.overlays_frame import fidelity_text, fidelity_tooltip
from viewer.app.overlays_marks import RoiCache
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.presenters.gestures import Gestures
from viewer.app.resolve import ResolvedView, resolve, true_orientations
from viewer.core.caveats import doubts
from viewer.core.commands import PutShape
from viewer.core.drawable import Drawable
from viewer.core.plane import Orientation, PlaneGeometry
from viewer.core.screen import ScreenTransform, pan_to_center, place
from viewer.core.session import Session
from viewer.core.shapes import ArrowShape, PointLps
from viewer.core.view_state import ViewportState
from viewer.core.volume import Volume
from viewer.imaging.lut import to_grey
from viewer.imaging.reslice import plane_slice
from viewer.tools.pointer import PointerEvent

LOADING_INTERVAL_MS = 100
"""While a series loads, views that are not waiting for a particular slice repaint this often."""


class ViewportView(Protocol):
    """What the presenter needs of a viewport."""

    @property
    def pointer(self) -> Connectable:
        """Pointer events."""

    @property
    def left(self) -> Connectable:
        """The mouse went away."""

    @property
    def resized(self) -> Connectable:
        """Another size."""

    @property
    def index_requested(self) -> Connectable:
        """The slice bar asks for a slice."""

    @property
    def text_entered(self) -> Connectable:
        """The text that was asked for."""

    def size_px(self) -> tuple[float, float]:
        """Return the size in device-independent pixels."""

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Show pixels, shape (v, u) or (v, u, 3)."""

    def set_frame(self, plane: PlaneGeometry, transform: ScreenTransform) -> None:
        """Place the slice."""

    def set_drawables(self, drawables: Sequence[Drawable]) -> None:
        """Show overlays."""

    def set_cursor(self, name: str) -> None:
        """Show a mouse cursor."""

    def set_slice(self, index: int, count: int) -> None:
        """Show the position in the stack."""

    def set_loaded(self, runs: Sequence[tuple[float, float]]) -> None:
        """Show the parts (0..1) whose slices are there."""

    def set_fidelity(self, text: str, fine: bool, tooltip: str) -> None:
        """Show the fidelity badge."""

    def show_menu(self, px: tuple[float, float]) -> None:
        """Open the context menu."""

    def ask_text(self, px: tuple[float, float], text: str) -> None:
        """Ask for a text at a viewport pixel; the answer comes by `text_entered`."""

    def clear(self) -> None:
        """Show nothing."""


Later = Callable[[int, Callable[[], None]], None]
"""Runs a function on the UI thread after some milliseconds (0: after the present events)."""


class ViewportPresenter:
    """Keeps one viewport's picture equal to the session's state.

    Changes only mark what is stale; one flush per turn of the event loop repaints it.

    Parameters
    ----------
    session : Session
        What is shown.
    viewport_id : str
        Which of its viewports.
    view : ViewportView
        The passive view.
    gestures : Gestures
        What pointer events do; each presenter has its own.
    later : callable
        See `Later`.
    rois : RoiCache
        Shared by the viewports.
    """

    def __init__(
        self,
        session: Session,
        viewport_id: str,
        view: ViewportView,
        gestures: Gestures,
        later: Later,
        rois: RoiCache,
    ) -> None:
        self._session, self._id, self._view = session, viewport_id, view
        self._gestures, self._later, self._rois = gestures, later, rois
        self._image_key: tuple[object, ...] | None = None
        self._stale_voxels = False
        self._asked_uid = ""
        self._flush_pending = self._voxels_pending = self._closed = False
        self._connections = Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.voxels_changed, self._on_voxels),
            (session.analysis_changed, self._touch),
            (session.interaction.events, self._touch),
            (session.interaction.events.crosshair_lps, self._on_crosshair),
            (view.pointer, self._on_pointer),
            (view.left, self._on_left),
            (view.resized, self._touch),
            (view.index_requested, self._on_index_requested),
            (view.text_entered, self._on_text),
        ):
            self._connections.add(signal, slot)
        self._watched = Connections()
        self._on_volume()

    def close(self) -> None:
        """Disconnect from session and view."""
        self._closed = True
        self._connections.close()
        self._watched.close()

    def cancel_gesture(self) -> bool:
        """Abandon what the pointer is doing; tells whether there was anything."""
        return self._gestures.cancel()

    def resolved(self) -> ResolvedView | None:
        """Return what is shown, or None without a volume."""
        volume = self._session.volume
        if volume is None:
            return None
        return resolve(self._session.viewports[self._id], self._session.display, volume)

    def transform(self, view: ResolvedView) -> ScreenTransform:
        """Return where the slice lies in the viewport."""
        return place(view.plane, self._view.size_px(), view.zoom, view.pan_uv_mm)

    def scene(
        self, view: ResolvedView, volume: Volume, parts: frozenset[Part] | None = None
    ) -> OverlayScene:
        """Return what the overlays depend on; without `parts` as the overlay level says."""
        session, interaction = self._session, self._session.interaction
        if parts is None:
            parts = parts_of_level(interaction.overlay)
        return OverlayScene(
            volume=volume,
            view=view,
            transform=self.transform(view),
            size_px=self._view.size_px(),
            parts=parts - switched_off(interaction),
            shapes=tuple(session.document),
            draft=interaction.draft,
            selected=interaction.selected,
            hovered=interaction.hovered,
            other_planes=self._other_planes(volume),
            findings=session.analysis.findings if session.analysis else (),
            cursor_lps=interaction.cursor_lps if self._gestures.inside else None,
            loaded=session.loaded_slices,
        )

    # --- pushing -----------------------------------------------------------------------------

    def flush(self) -> None:
        """Push what is stale to the view; called once per turn of the event loop."""
        self._flush_pending = False
        view, volume = self.resolved(), self._session.volume
        if self._closed:
            return
        if view is None or volume is None:
            self._image_key = None
            self._gestures.reset()
            self._view.clear()
            return
        transform = self.transform(view)
        self._gestures.set_plane(view.plane, volume)
        if self._stale_voxels or view.image_key != self._image_key:
            self._push_image(volume, view)
        self._view.set_frame(view.plane, transform)
        self._view.set_slice(view.index, view.count)
        self._view.set_cursor(self._gestures.cursor)
        self._view.set_drawables(compose(self.scene(view, volume), self._rois))

    def _push_image(self, volume: Volume, view: ResolvedView) -> None:
        cut = plane_slice(volume, view.orientation, view.index)
        self._view.set_image(to_grey(cut.image, view.window, view.inverted, cut.invalid))
        self._image_key, self._stale_voxels = view.image_key, False

    def _touch(self, *_: object) -> None:
        if not self._flush_pending and not self._closed:
            self._flush_pending = True
            self._later(0, self.flush)

    def _other_planes(self, volume: Volume) -> dict[Orientation, PlaneGeometry]:
        session, shown = self._session, true_orientations(volume)
        viewports = session.viewports.by_id.values()
        others = (
            resolve(viewport, session.display, volume)
            for viewport in viewports
            if viewport is not self._own and viewport.orientation in shown
        )
        return {other.orientation: other.plane for other in others}

    @property
    def _own(self) -> ViewportState:
        return self._session.viewports[self._id]

    # --- following the session ---------------------------------------------------------------

    def _on_volume(self) -> None:
        self._gestures.reset()
        self._watched.close()
        session = self._session
        for viewport in session.viewports.by_id.values():
            self._watched.add(viewport.events, self._touch)
        self._watched.add(session.display.events, self._touch)
        self._watched.add(session.document.changed, self._touch)
        self._watched.add(session.document.replaced, self._touch)
        self._stale_voxels = True
        self._push_volume_facts()
        self._touch()

    def _on_voxels(self, slices: frozenset[int]) -> None:
        view, volume = self.resolved(), self._session.volume
        if view is None or volume is None:
            return
        complete = len(self._session.loaded_slices) == volume.geometry.shape_zyx[0]
        if complete or (view.mapping.axis == 0 and view.index in slices):
            self._show_voxels()
        elif not self._voxels_pending:
            self._voxels_pending = True
            self._later(LOADING_INTERVAL_MS, self._show_voxels)

    def _show_voxels(self) -> None:
        self._voxels_pending = False
        if not self._closed:
            self._stale_voxels = True
            self._push_volume_facts()
            self._touch()

    def _push_volume_facts(self) -> None:
        view, volume = self.resolved(), self._session.volume
        if view is None or volume is None:
            return
        self._view.set_fidelity(
            fidelity_text(volume.caveats),
            not doubts(volume.caveats),
            fidelity_tooltip(volume.caveats),
        )
        loaded, count = self._session.loaded_slices, volume.geometry.shape_zyx[0]
        whole = [(0.0, len(loaded) / count)]
        self._view.set_loaded(loaded_runs(loaded, count) if view.mapping.axis == 0 else whole)

    def _on_crosshair(self, point_lps: PointLps | None) -> None:
        """Bring the crosshair into the viewport if it lies outside."""
        view = self.resolved()
        if view is None or point_lps is None or self._gestures.inside:
            return
        u, v, _ = (float(x) for x in view.plane.lps_to_uvw(point_lps))
        x, y = self.transform(view).to_px((u, v))
        width, height = self._view.size_px()
        if not (0 <= x < width and 0 <= y < height):
            self._own.pan_uv_mm = pan_to_center(view.plane, (u, v))

    # --- following the view ------------------------------------------------------------------

    def _on_pointer(self, event: PointerEvent) -> None:
        self._gestures.handle(event, self._view)

    def _on_left(self) -> None:
        self._gestures.leave()
        self._touch()

    def ask_text(self, arrow: ArrowShape) -> None:
        """Ask for the text of an arrow that was drawn in this viewport."""
        view = self.resolved()
        if view is not None:
            u, v, _ = (float(x) for x in view.plane.lps_to_uvw(arrow.tail_lps))
            self._asked_uid = arrow.uid
            self._view.ask_text(self.transform(view).to_px((u, v)), arrow.text)

    def _on_text(self, text: str) -> None:
        shape = self._session.document.get(self._asked_uid)
        if isinstance(shape, ArrowShape) and shape.text != text:
            self._session.undo.run(PutShape(replace(shape, text=text), "text"))

    def _on_index_requested(self, index: int) -> None:
        self._session.interaction.active = self._id
        self._own.index = index


def loaded_runs(loaded: frozenset[int], count: int) -> tuple[tuple[float, float], ...]:
    """Return the parts (0..1) of a stack whose slices are there, as few runs as possible."""
    runs: list[tuple[float, float]] = []
    start = -1
    for z in range(count + 1):
        if z in loaded and start < 0:
            start = z
        elif z not in loaded and start >= 0:
            runs.append((start / count, z / count))
            start = -1
    return tuple(runs)
