"""Shows the volume along a line of the reader's, and keeps its place equal to the crosshair."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.app.curved import (
    CurvedCut,
    CurvedWish,
    DrawnLine,
    cross_items,
    curved_items,
    cut_curved,
    drawn_line,
    save_curved,
)
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.presenters.viewport import Later
from viewer.core.abilities import mpr_ability
from viewer.core.drawable import Drawable
from viewer.core.errors import ViewerError
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform, place
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import PointLps
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState
from viewer.export.snapshot import ExportSnapshot
from viewer.i18n import mark, tr
from viewer.imaging.curved import cross_section
from viewer.imaging.lut import to_grey
from viewer.imaging.reslice import PlaneSlice
from viewer.jobs.runner import JobRunner
from viewer.tools.navigate import jump_to
from viewer.tools.pointer import Button, PointerEvent, PointerKind

CUT_JOB, SAVE_JOB = "curved.cut", "curved.save"
NO_LINE = mark("The line is gone; draw another and ask again")
SELECT_LINE = mark("Select a polyline, or one of several probes, first")
_SAME_MM = 1e-6


class PictureView(Protocol):
    """One of the two pictures."""

    @property
    def pointer(self) -> Connectable:
        """Pointer events."""

    @property
    def resized(self) -> Connectable:
        """Another size."""

    def size_px(self) -> tuple[float, float]:
        """Return the size in device-independent pixels."""

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Show pixels."""

    def set_frame(self, plane: PlaneGeometry, transform: ScreenTransform) -> None:
        """Place them."""

    def set_drawables(self, drawables: Sequence[Drawable]) -> None:
        """Show overlays."""

    def clear(self) -> None:
        """Show nothing."""


class CurvedView(Protocol):
    """What the presenter asks of the window."""

    @property
    def along(self) -> PictureView:
        """The straightened picture."""

    @property
    def across(self) -> PictureView:
        """The cut across the line."""

    @property
    def width_edited(self) -> Connectable:
        """Another width, in mm."""

    @property
    def turn_edited(self) -> Connectable:
        """Another turn about the line, in degrees."""

    @property
    def save_requested(self) -> Connectable:
        """Save the picture under this path."""

    def set_width(self, width_mm: float) -> None:
        """Show the width."""

    def set_turn(self, turn_deg: float) -> None:
        """Show the turn."""

    def set_note(self, text: str) -> None:
        """Say why there is no picture."""

    def set_can_save(self, can: bool) -> None:
        """Offer to save, or not."""


class CurvedPresenter:
    """Keeps a curved view equal to its line, its series and the crosshair.

    Attributes
    ----------
    made : CurvedCut or None
        What is shown.
    place : tuple of float
        The place looked at: mm along the line and across it.

    Parameters
    ----------
    paint : callable
        Paints an export on a job's thread.
    saved, trouble : callable
        Told of a saved path, or of what went wrong.
    """

    def __init__(
        self,
        session: Session,
        view: CurvedView,
        runner: JobRunner,
        later: Later,
        paint: Callable[[ExportSnapshot], NDArray[np.uint8]],
        saved: Callable[[Path], None],
        trouble: Callable[[Exception], None],
    ) -> None:
        self._session, self._view, self._runner, self._later = session, view, runner, later
        self._paint, self._saved, self._trouble = paint, saved, trouble
        self._stack: OpenStack | None = None
        self._display: DisplayState | None = None
        self._uid = ""
        self._drawn: DrawnLine | None = None
        self._width_mm, self._turn_rad = 40.0, 0.0
        self.made: CurvedCut | None = None
        self.place = (0.0, 0.0)
        self._cross: PlaneSlice | None = None
        self._pending = self._closed = self._pointing = False
        self._connections, self._watched = Connections(), Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.stack_grew, self._on_voxels),
            (session.interaction.events.crosshair_lps, self._on_crosshair),
            (view.width_edited, self._on_width),
            (view.turn_edited, self._on_turn),
            (view.save_requested, self._on_save),
            (view.along.pointer, self._on_along),
            (view.across.pointer, self._on_across),
            (view.along.resized, self._draw),
            (view.across.resized, self._draw),
        ):
            self._connections.add(signal, slot)

    def close(self) -> None:
        """Let go of session and view."""
        self._closed = True
        self._runner.cancel(CUT_JOB)
        self._watched.close()
        self._connections.close()

    def show(self, uid: str) -> str:
        """Show the active series along one of its marks; returns why not, or ""."""
        stack, drawn = self._session.open_stack, drawn_line(self._session.document, uid)
        if stack is None or drawn is None:
            return tr(SELECT_LINE)
        ability = mpr_ability(stack.volume.stack)
        if not ability.possible:
            return ability.reason
        self._stack, self._uid, self._drawn = stack, uid, drawn
        self._display = self._session.display
        self.made = self._cross = None
        self._watched.close()
        self._watched.add(self._display.events, self._draw)
        self._watched.add(stack.document.changed, self._on_document)
        self._view.set_width(self._width_mm)
        self._view.set_turn(math.degrees(self._turn_rad))
        self._view.set_note(tr("Computing…"))
        self._view.set_can_save(False)
        self._recut()
        return ""

    # --- computing ---------------------------------------------------------------------------

    def _recut(self) -> None:
        if not self._pending and not self._closed:
            self._pending = True
            self._later(0, self._submit)

    def _submit(self) -> None:
        self._pending = False
        if self._closed or self._stack is None or self._drawn is None:
            return
        wish = CurvedWish(self._drawn, self._width_mm, self._turn_rad)
        self._runner.submit(
            CUT_JOB, cut_curved, self._stack.volume, wish, on_done=self._on_cut,
            on_failed=self._on_cut_failed, on_cancelled=self._on_cut_cancelled,
        )  # fmt: skip

    def _on_cut(self, made: CurvedCut) -> None:
        first = self.made is None
        self.made = made
        self._view.set_note("")
        self._view.set_can_save(True)
        if first:
            self.place = (made.line.length_mm / 2, 0.0)
        if not first or self._is_near():
            self._on_crosshair()
        self._look()

    def _is_near(self) -> bool:
        """Tell whether the crosshair lies within the picture's width of the line."""
        made, stack = self.made, self._stack
        if made is None or stack is None:
            return False
        point = self._session.crosshair_in(stack.volume.stack.key)
        if point is None:
            return False
        _, across, out = made.line.from_lps(point, made.wish.turn_rad)
        return math.hypot(across, out) <= made.wish.width_mm / 2

    def _on_cut_cancelled(self) -> None:
        if self._stack is not None:
            self._view.set_note("")

    def _on_cut_failed(self, error: Exception) -> None:
        self._view.set_note("")
        self._trouble(error)

    # --- drawing -----------------------------------------------------------------------------

    def _look(self) -> None:
        """Cut across the line at the place looked at, and draw everything."""
        made, stack = self.made, self._stack
        if made is None or stack is None:
            return
        wish = made.wish
        self._cross = cross_section(stack.volume, made.line, self.place[0], wish.width_mm)
        self._draw()

    def _draw(self, *_: object) -> None:
        made, stack = self.made, self._stack
        if made is None or stack is None or self._cross is None:
            return
        plane = self._cross.plane
        across = made.line.frame_at(self.place[0], made.wish.turn_rad)[1]
        for picture, cut, items in (
            (self._view.along, made.cut, curved_items(stack.volume, made, *self.place)),
            (
                self._view.across,
                self._cross,
                cross_items(stack.volume, plane, self.place[0], across),
            ),
        ):
            picture.set_image(self._grey(cut))
            picture.set_frame(cut.plane, place(cut.plane, picture.size_px(), 0.96))
            picture.set_drawables(items)

    def _grey(self, cut: PlaneSlice) -> NDArray[np.uint8]:
        if self._stack is None or self._display is None:
            raise RuntimeError("there is no series")
        inverted = self._display.inverted != self._stack.volume.stack.inverted
        return to_grey(cut.image, self._display.window, inverted, cut.invalid)

    # --- following the session ---------------------------------------------------------------

    def _on_volume(self) -> None:
        if self._stack is not None and not self._session.is_open(self._stack):
            self._forget(tr("The series was closed"))

    def _on_document(self, *_: object) -> None:
        if self._stack is None:
            return
        drawn = drawn_line(self._stack.document, self._uid)
        if drawn is None:
            self._forget(tr(NO_LINE))
        elif drawn != self._drawn:
            self._drawn = drawn
            self._recut()

    def _forget(self, why: str) -> None:
        self._runner.cancel(CUT_JOB)
        self._watched.close()
        self._stack = self._drawn = self.made = self._cross = self._display = None
        for picture in (self._view.along, self._view.across):
            picture.clear()
        self._view.set_can_save(False)
        self._view.set_note(why)

    def _on_voxels(self, key: StackKey, _: frozenset[int]) -> None:
        stack = self._stack
        if stack is None or key != stack.volume.stack.key:
            return
        if len(stack.loaded) == stack.volume.geometry.shape_zyx[0]:
            self._recut()

    def _on_crosshair(self, *_: object) -> None:
        made, stack = self.made, self._stack
        if made is None or stack is None or self._pointing:
            return
        point = self._session.crosshair_in(stack.volume.stack.key)
        if point is not None:
            place = made.line.from_lps(point, made.wish.turn_rad)
            self._go(place[0], place[1])

    def _go(self, along_mm: float, across_mm: float) -> None:
        if math.dist(self.place, (along_mm, across_mm)) > _SAME_MM:
            self.place = (along_mm, across_mm)
            self._look()

    # --- following the view ------------------------------------------------------------------

    def _on_width(self, width_mm: float) -> None:
        self._width_mm = width_mm
        self._recut()

    def _on_turn(self, turn_deg: float) -> None:
        self._turn_rad = math.radians(turn_deg)
        self._recut()

    def _on_along(self, event: PointerEvent) -> None:
        made = self.made
        if made is None:
            return
        along, across, _ = event.point_lps  # the picture's plane counts along and across
        if event.kind is PointerKind.WHEEL:
            along, across = self.place[0] - event.wheel_steps * made.line.step_mm, 0.0
        elif not _points(event):
            return
        along = min(max(along, 0.0), made.line.length_mm)
        x, y, z = (float(v) for v in made.line.to_lps(along, across, made.wish.turn_rad))
        self._point_at((x, y, z), along, across)

    def _on_across(self, event: PointerEvent) -> None:
        made, stack = self.made, self._stack
        if made is None or stack is None:
            return
        if event.kind is PointerKind.WHEEL:
            self._on_along(event)
        elif _points(event):
            _, across, _ = made.line.from_lps(event.point_lps, made.wish.turn_rad)
            self._point_at(event.point_lps, self.place[0], across)

    def _point_at(self, point_lps: PointLps, along_mm: float, across_mm: float) -> None:
        """Show a place here and in every view; what the pointer says is not computed back."""
        if self._stack is None:
            return
        self._pointing = True
        try:
            jump_to(self._session, self._stack.volume, point_lps)
        finally:
            self._pointing = False
        self._go(along_mm, across_mm)

    def _on_save(self, path: str) -> None:
        made, stack = self.made, self._stack
        if made is None or stack is None:
            self._trouble(ViewerError(tr("There is nothing to save"), tr(NO_LINE)))
            return
        self._runner.submit(
            SAVE_JOB, save_curved, Path(path), stack.volume, made, self._grey(made.cut),
            self._paint, title=tr("Saving the curved picture"),
            on_done=lambda _: self._saved(Path(path)), on_failed=self._trouble,
        )  # fmt: skip


def _points(event: PointerEvent) -> bool:
    """Tell whether the left button points at a place: pressed, or dragged."""
    held = event.button is Button.LEFT
    return held and event.kind in (PointerKind.PRESS, PointerKind.MOVE)
