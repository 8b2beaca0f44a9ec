"""Joins one 2D viewport to the session: state to picture; pointer events go to its gestures."""

import math
from collections.abc import Callable

from viewer.app import key_images
from viewer.app.joined import link_text, other_planes, place_title, shared_point, view_notes
from viewer.app.layers import shown_view
from viewer.app.loupe import loupe_items
from viewer.app.overlays import OverlayScene, Part, compose, parts_of_level, switched_off
from viewer.app.overlays_frame import fidelity_text, fidelity_tooltip
from viewer.app.overlays_layer import layer_notes
from viewer.app.overlays_patients import patients_badge
from viewer.app.picture import compose_picture, picture_value, split_pixel
from viewer.app.presenters.asking import Asking
from viewer.app.presenters.connections import Connections
from viewer.app.presenters.cutting import Cutter
from viewer.app.presenters.gestures import Gestures
from viewer.app.presenters.layer_cutting import LayerCutter
from viewer.app.presenters.turns import Turns
from viewer.app.presenters.viewport_view import ViewportView
from viewer.app.resolve import ResolvedView
from viewer.app.roi_cache import RoiCache
from viewer.app.standing_text import view_caveats, view_fidelity
from viewer.core.caveats import doubts
from viewer.core.events import EmissionInfo
from viewer.core.key_image import KeyImage
from viewer.core.screen import ScreenTransform, pan_to_center, place
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import AnyShape
from viewer.core.study import StackKey
from viewer.core.view_place import up_step
from viewer.core.view_state import ViewportState
from viewer.imaging.blend import NO_PICTURE
from viewer.jobs.runner import JobRunner
from viewer.tools.hit import marks_in
from viewer.tools.pointer import PointerEvent

_SAME_PLACE_MM = 1e-3
LOADING_INTERVAL_MS = 100
"""While a series loads, views that are not waiting for a particular slice repaint this often."""


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
    runner : JobRunner, optional
        Makes cuts that take long; without it they are made at once.
    turns : Turns, optional
        Shared by the viewports: they follow a series that comes and grows one after the other.
    """

    def __init__(
        self,
        session: Session,
        viewport_id: str,
        view: ViewportView,
        gestures: Gestures,
        later: Later,
        rois: RoiCache,
        runner: JobRunner | None = None,
        turns: Turns | None = None,
    ) -> None:
        self._session, self._id, self._view = session, viewport_id, view
        self._gestures, self._later, self._rois = gestures, later, rois
        self._turns = turns or Turns(later)
        self._cutter = Cutter(viewport_id, runner, later, self._on_cut)
        self._layers = LayerCutter(viewport_id, runner, later, self._on_cut)
        self._image_key: tuple[object, ...] | None = None
        self._picture = NO_PICTURE
        self._stale_voxels = self._others_differ = False
        self._asking = Asking(session, view)
        self._crosshair_uv = (math.inf, math.inf)
        self._flush_pending = self._voxels_pending = self._closed = False
        self._connections = Connections()
        for signal, slot in (
            (session.shown_changed, self._on_shown),
            (session.stack_grew, self._on_voxels),
            (session.analysis_changed, self._touch),
            (session.links.changed, self._touch),
            (session.interaction.events, self._on_interaction),
            (session.interaction.events.crosshair_lps, self._on_crosshair),
            (view.pointer, self._on_pointer),
            (view.left, self._on_left),
            (view.resized, self._touch),
            (view.index_requested, self._on_index_requested),
            (view.text_entered, self._asking.answer),
            (view.cine_requested, self._on_cine_requested),
            (view.link_requested, self._on_link_requested),
            (view.place_chosen, self._on_place_chosen),
        ):
            self._connections.add(signal, slot)
        self._watched = Connections()
        self._was_teaching = session.interaction.teaching
        self._on_shown(viewport_id)

    def close(self) -> None:
        """Disconnect from session and view."""
        self._closed = True
        self._turns.leave((self._touch, self._show_voxels))
        self._forget_cuts()
        self._connections.close()
        self._watched.close()

    def cancel_gesture(self) -> bool:
        """Abandon what the pointer is doing; tells whether there was anything."""
        return self._gestures.cancel()

    @property
    def stack(self) -> OpenStack | None:
        """The stack that the viewport shows, or None."""
        return self._session.shown_in(self._id)

    def resolved(self) -> ResolvedView | None:
        """Return what is shown, or None without a volume."""
        return shown_view(self._session, self._id)

    def transform(self, view: ResolvedView) -> ScreenTransform:
        """Return where the slice lies in the viewport."""
        return place(view.plane, self._view.size_px(), view.zoom, view.pan_uv_mm)

    def scene(
        self, view: ResolvedView, stack: OpenStack, parts: frozenset[Part] | None = None
    ) -> OverlayScene:
        """Return what the overlays depend on; without `parts` as the overlay level says.

        With `parts` it is for a picture that goes elsewhere: what the pointer reads is left out.
        """
        interaction = self._session.interaction
        cursor_lps = self._gestures.cursor_lps if parts is None else None
        if parts is None:
            parts = parts_of_level(interaction.overlay)
        volume = stack.volume
        return OverlayScene(
            volume=volume,
            view=view,
            transform=self.transform(view),
            size_px=self._view.size_px(),
            parts=parts - switched_off(interaction),
            shapes=marks_in(stack.document, volume, view.plane),
            draft=interaction.draft,
            selected=interaction.selected,
            hovered=interaction.hovered,
            other_planes=other_planes(self._session, self._id),
            crosshair_lps=shared_point(self._session, self._id),
            findings=stack.analysis.findings if stack.analysis else (),
            cursor_lps=cursor_lps,
            cursor_text=picture_value(stack, view, self._cutter.exact, cursor_lps),
            notes=(*layer_notes(view, cursor_lps), *view_notes(self._session, self._id)),
            loaded=stack.loaded,
            key_images=stack.document.key_images,
            teaching=interaction.teaching,
            scale=interaction.text_scale,
        )

    # --- pushing -----------------------------------------------------------------------------

    def flush(self) -> None:
        """Push what is stale to the view; called once per turn of the event loop."""
        self._flush_pending = False
        if self._closed:
            return
        if self._others_differ:
            self._watch()
        view, stack = self.resolved(), self.stack
        self._asking.follow(view, stack)
        if view is None or stack is None:
            self._image_key = None
            self._forget_cuts()
            self._gestures.reset()
            self._view.clear()
            self._view.set_hint(self._own.note)
            self._push_title()
            return
        transform = self.transform(view)
        self._flush_pending = True  # where the mouse is now, this very flush tells
        self._gestures.set_plane(view.plane, stack.volume, transform)
        self._flush_pending = False
        split = split_pixel(view, transform, self._view.size_px())
        if self._stale_voxels or (split, *view.image_key) != self._image_key:
            self._push_image(stack, view, split)
        self._view.set_frame(view.plane, transform, self._session.interaction.text_scale)
        up = up_step(self._own, stack.volume.geometry, self._session.interaction.up_goes)
        self._view.set_slice(view.index, view.count, up)
        of_slices = stack.document.key_images if view.along_slices else ()
        self._view.set_key_slices(key_images.key_slices(stack.volume.stack, of_slices))
        self._view.set_cursor(self._gestures.cursor)
        self._push_state(view, stack)
        scene = self.scene(view, stack)
        drawables = compose(scene, self._rois)
        drawables += patients_badge(self._session, self._id, scene.layout_px)
        power = self._session.interaction.magnifier
        drawables += loupe_items(view, self._picture, scene.cursor_lps, power, drawables)
        self._view.set_drawables(drawables)
        if scene.teaching != self._was_teaching:
            self._was_teaching = scene.teaching
            self._view.describe_anew()

    def _push_image(self, stack: OpenStack, view: ResolvedView, split: int) -> None:
        if self._stale_voxels:
            self._forget_cuts()
        partly = 0 < len(stack.loaded) < stack.volume.geometry.shape_zyx[0]
        cut = self._cutter.cut(stack.volume, view, stack.loaded if partly else None)
        over = self._layers.cut((stack.volume.stack.key, *view.cut_key), view)
        self._picture = compose_picture(view, cut, over, split)
        self._view.set_image(self._picture)
        self._image_key, self._stale_voxels = (split, *view.image_key), False

    def _forget_cuts(self) -> None:
        self._cutter.forget()
        self._layers.forget()

    def _push_state(self, view: ResolvedView, stack: OpenStack) -> None:
        """Tell how the view stands, how it is linked, and whether it plays."""
        self._push_title()
        caveats = (*view_caveats(view), *stack.volume.caveats)
        doubted, of_view = doubts(stack.volume.caveats), bool(view_caveats(view))
        data = fidelity_text(stack.volume.caveats) if doubted or not of_view else ""
        text = view_fidelity(view, data)
        self._view.set_fidelity(text, not doubts(caveats), fidelity_tooltip(caveats))
        self._view.set_link(link_text(self._session, self._id))
        playing = self._session.interaction.cine == self._id
        self._view.set_cine(bool(stack.volume.stack.fps) or playing, playing)

    def _push_title(self) -> None:
        if not self._session.layout_with(self._id).is_mpr:
            self._view.set_title(place_title(self._session, self._id))

    def _touch(self, *_: object) -> None:
        if not self._flush_pending and not self._closed:
            self._flush_pending = True
            self._later(0, self.flush)

    @property
    def _own(self) -> ViewportState:
        return self._session.viewports[self._id]

    # --- following the session ---------------------------------------------------------------

    def _on_shown(self, viewport_id: str) -> None:
        """Follow what is in this viewport now; what others show may cut through it."""
        if viewport_id == self._id:
            self._gestures.reset()
            self._stale_voxels = True
            self._push_volume_facts()
        self._others_differ = True  # the next flush follows them, once for all
        self._turns.take(self._touch)

    def _watch(self) -> None:
        self._watched.close()
        self._others_differ = False
        stack, own = self.stack, self._own
        self._watched.add(own.events, self._touch)
        for viewport in self._session.viewports.by_id.values():
            if viewport is not own and viewport.stack is not None:
                events = viewport.events
                for signal in (events.index, events.orientation, events.rotation):
                    self._watched.add(signal, self._touch)
        self._watched.add(own.display.events, self._touch)
        if stack is not None:
            self._watched.add(stack.document.changed, self._touch)

    def _on_voxels(self, key: StackKey, slices: frozenset[int]) -> None:
        view, stack = self.resolved(), self.stack
        of_layer = view is not None and view.layer is not None and view.layer.layer.stack == key
        if view is None or stack is None or not (of_layer or key == self._own.stack):
            return
        grown = self._session.stacks[key]
        complete = len(grown.loaded) == grown.volume.geometry.shape_zyx[0]
        if not of_layer and view.along_slices and view.index in slices:
            self._show_voxels()
        elif complete:
            self._take_turn()
        elif not self._voxels_pending:
            self._voxels_pending = True
            self._later(LOADING_INTERVAL_MS, self._take_turn)

    def _on_cut(self) -> None:
        """The exact picture is there: put it in the place of the coarse one."""
        self._image_key = None
        self._touch()

    def _take_turn(self) -> None:
        self._turns.take(self._show_voxels)

    def _show_voxels(self) -> None:
        self._voxels_pending = False
        if not self._closed:
            self._stale_voxels = True
            self._push_volume_facts()
            self._touch()

    def _push_volume_facts(self) -> None:
        view, stack = self.resolved(), self.stack
        if view is None or stack is None:
            return
        count = stack.volume.geometry.shape_zyx[0]
        whole = [(0.0, len(stack.loaded) / count)]
        self._view.set_loaded(loaded_runs(stack.loaded, count) if view.along_slices else whole)

    def _on_interaction(self, change: EmissionInfo) -> None:
        """Repaint, unless the mouse only moves over another viewport."""
        if change.signal.name != "cursor_lps" or self._gestures.inside:
            self._touch()

    def _on_crosshair(self) -> None:
        """Bring the crosshair into the viewport if it lies outside."""
        view, key = self.resolved(), self._own.stack
        point_lps = None if key is None else self._session.crosshair_in(key)
        if view is None or point_lps is None:
            return
        u, v, _ = (float(x) for x in view.plane.lps_to_uvw(point_lps))
        before, self._crosshair_uv = self._crosshair_uv, (u, v)
        moved = math.dist(before, (u, v)) > _SAME_PLACE_MM
        if self._gestures.inside or not moved:
            return  # scrolled, not pointed at another place
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

    def ask_words(self, shape: AnyShape, *, is_new: bool = False) -> None:
        """Ask for the words of a mark."""
        stack, view = self.stack, self.resolved()
        if stack is not None and view is not None:
            self._asking.ask_words(shape, stack, view, self.transform(view), is_new=is_new)

    def ask_comment(self, image: KeyImage) -> None:
        """Ask for the comment of a key image."""
        stack, view = self.stack, self.resolved()
        if stack is not None and view is not None:
            self._asking.ask_comment(image, stack, view)

    def _on_place_chosen(self) -> None:
        self._session.interaction.active = self._id

    def _on_link_requested(self) -> None:
        self._own.alone = not self._own.alone

    def _on_cine_requested(self) -> None:
        interaction = self._session.interaction
        interaction.active = self._id
        interaction.cine = "" if interaction.cine == self._id else self._id

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
