"""Joins the annotation document to the table of measurements."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from viewer.app import mark_edits
from viewer.app.diameter_sum import sum_text, sum_tip
from viewer.app.follow_up import study_date
from viewer.app.mark_plane import turn_to
from viewer.app.measurement_table import MeasurementRow, Order, RowMaker, sorted_rows
from viewer.app.measurement_text import as_csv, as_tab_separated
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.prior_marks import LoadMarks, SessionPriors
from viewer.app.roi_cache import RoiCache
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.core.shapes import MarkColour, PointLps, PriorMark
from viewer.core.study import StackKey
from viewer.i18n import tr
from viewer.jobs.runner import JobRunner

CSV_KEY = "measurements-csv"
MEASURING_S = 0.02
"""Longest that marks are measured at a time on the UI thread; the others come the next turn."""

Later = Callable[[int, Callable[[], None]], None]
"""Runs a function on the UI thread after some milliseconds (0: after the present events)."""
SaveText = Callable[[JobContext, Path, str], None]
"""Writes a text file at once or not at all."""


class MeasurementsView(Protocol):
    """The table."""

    @property
    def mark_requested(self) -> Connectable:
        """Uid of the mark to go to."""

    @property
    def mark_chosen(self) -> Connectable:
        """Uid of the mark to select; the views stay."""

    @property
    def order_requested(self) -> Connectable:
        """Column whose heading was clicked."""

    @property
    def tracked_only_requested(self) -> Connectable:
        """Whether only tracked marks shall be listed."""

    @property
    def track_requested(self) -> Connectable:
        """Tuple of uids to track, or not to track where all are tracked."""

    @property
    def delete_requested(self) -> Connectable:
        """Tuple of uids."""

    @property
    def label_edited(self) -> Connectable:
        """Uid and the new words."""

    @property
    def colour_requested(self) -> Connectable:
        """Tuple of uids and the colour."""

    @property
    def lock_requested(self) -> Connectable:
        """Tuple of uids to lock, or to unlock where all are locked."""

    @property
    def hide_requested(self) -> Connectable:
        """Tuple of uids to hide, or to show where all are hidden."""

    @property
    def slices_requested(self) -> Connectable:
        """Tuple of uids, first and last slice (counted from 1) to copy them to."""

    @property
    def copy_requested(self) -> Connectable:
        """Tuple of uids; empty for all."""

    @property
    def csv_requested(self) -> Connectable:
        """Path of the file to write, and whether untracked marks shall be in it."""

    def set_rows(self, rows: tuple[MeasurementRow, ...]) -> None:
        """Show other rows; what is selected stays selected."""

    def set_selected(self, uid: str) -> None:
        """Select the row of a mark, or none for ""."""

    def set_note(self, text: str) -> None:
        """Say why the table is empty; empty where it is not."""

    def set_order(self, order: Order) -> None:
        """Show by which column the rows stand."""

    def set_sum(self, text: str, tip: str) -> None:
        """Show the sum of the tracked diameters, and which count; empty where there are none."""


class MeasurementsPresenter:
    """Keeps the table equal to the document, and turns edits into commands.

    Parameters
    ----------
    rois : RoiCache
        Shared with the viewports.
    later : callable
        See `Later`: many changes fill the table once.
    jump : callable
        Shows a point (LPS mm) in every view.
    show_prior : callable
        Shows a point of a series in the places of that series alone.
    kept, load_marks : callable
        Where earlier marks are found; see `viewer.app.prior_marks.SessionPriors`.
    copy_text : callable
        Puts a text on the clipboard.
    save_text : callable
        Writes the CSV file; runs on a job thread.
    on_saved, on_error : callable
        Tell the window how saving went.
    """

    def __init__(
        self,
        session: Session,
        view: MeasurementsView,
        runner: JobRunner,
        rois: RoiCache,
        *,
        later: Later,
        jump: Callable[[PointLps], None],
        show_prior: Callable[[str, PointLps], None],
        kept: Callable[[str], AnnotationDocument | None],
        load_marks: LoadMarks,
        copy_text: Callable[[str], None],
        save_text: SaveText,
        on_saved: Callable[[Path], None],
        on_error: Callable[[ViewerError], None],
    ) -> None:
        self._session, self._view, self._runner = session, view, runner
        self._later, self._jump, self._show_prior = later, jump, show_prior
        self._copy_text, self._save_text = copy_text, save_text
        self._on_saved, self._on_error = on_saved, on_error
        self._maker = RowMaker(rois)
        self._priors = SessionPriors(session, runner, rois, kept, load_marks, self._touch)
        self._every: tuple[MeasurementRow, ...] = ()
        self._order, self._tracked_only = Order(), False
        self._was_loaded = self._pending = self._closed = False
        self._connections = Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.shown_changed, self._on_shown),
            (session.index_changed, self._touch),
            (session.stack_grew, self._on_grown),
            (session.interaction.events.selected, self._on_selected),
            (session.interaction.events.teaching, self._touch),
            (view.mark_requested, self.go_to),
            (view.mark_chosen, self._on_chosen),
            (view.order_requested, self._on_order),
            (view.tracked_only_requested, self._on_tracked_only),
            (view.track_requested, self._on_track),
            (view.delete_requested, self._on_delete),
            (view.label_edited, self._on_label),
            (view.colour_requested, self._on_colour),
            (view.lock_requested, self._on_lock),
            (view.hide_requested, self._on_hide),
            (view.slices_requested, self._on_slices),
            (view.copy_requested, self._on_copy),
            (view.csv_requested, self._on_csv),
        ):
            self._connections.add(signal, slot)
        self._documents = Connections()
        self._on_volume()

    def close(self) -> None:
        """Let go of session, documents and view."""
        self._closed = True
        self._documents.close()
        self._connections.close()

    def go_to(self, uid: str) -> None:
        """Select a mark and show it, in a view that is turned if need be; its priors, too."""
        shape = self._session.document.get(uid)
        if shape is None:
            return
        self._session.interaction.selected = uid
        self._jump(shape.center_lps)
        turn_to(self._session, shape)
        seen: set[PriorMark] = set()
        link = shape.follows
        while link is not None and link not in seen:
            seen.add(link)
            prior = self._priors.find(link)
            if prior is None:
                return
            self._show_prior(link.series_uid, prior.center_lps)
            link = prior.follows

    # --- following the session ---------------------------------------------------------------

    def _on_volume(self) -> None:
        self._was_loaded = self._is_loaded()
        self._on_shown()
        self._refresh()

    def _on_shown(self, *_: object) -> None:
        """Follow the marks of all that is open: some may be the priors of others."""
        self._documents.close()
        self._documents.add(self._session.document.changed, self._touch)
        for stack in self._session.stacks.values():
            if stack.document is not self._session.document:
                self._documents.add(stack.document.changed, self._touch)
        self._priors.forget_closed()
        self._touch()

    def _on_grown(self, key: StackKey, slices: frozenset[int]) -> None:
        # Values of regions appear once, when the last slice is there.
        del slices
        stack = self._session.stacks.get(key)
        if stack is None or len(stack.loaded) < stack.volume.geometry.shape_zyx[0]:
            return
        is_own = key == self._session.active.stack
        if not is_own or not self._was_loaded:
            self._was_loaded = self._was_loaded or is_own
            self._touch()

    def _touch(self, *_: object) -> None:
        if not (self._pending or self._closed):
            self._pending = True
            self._later(0, self._refresh)

    def _refresh(self) -> None:
        self._pending = False
        if not self._closed:
            self._measure(MEASURING_S)
            self._show()

    def _measure(self, budget_s: float = math.inf) -> None:
        session, volume = self._session, self._session.volume
        self._every = ()
        if volume is not None:
            self._every = self._maker.rows(
                session.document,
                volume,
                loaded=self._is_loaded(),
                priors=self._priors,
                day=study_date(session.index, volume.stack),
                dated=not session.interaction.teaching,
                budget_s=budget_s,
            )
            if not self._maker.is_complete:
                self._touch()

    def _show(self) -> None:
        rows = self._listed()
        self._view.set_rows(rows)
        self._view.set_selected(self._session.interaction.selected)
        self._view.set_sum(sum_text(self._every), sum_tip(self._every))
        why = _why_empty(self._session.volume is not None, bool(self._every))
        self._view.set_note("" if rows else why)

    def _listed(self) -> tuple[MeasurementRow, ...]:
        rows = (row for row in self._every if row.tracked or not self._tracked_only)
        return sorted_rows(rows, self._order)

    def _is_loaded(self) -> bool:
        volume = self._session.volume
        if volume is None:
            return False
        return len(self._session.loaded_slices) >= volume.geometry.shape_zyx[0]

    def _on_selected(self, uid: str) -> None:
        self._view.set_selected(uid)

    # --- following the view ------------------------------------------------------------------

    def _on_chosen(self, uid: str) -> None:
        self._session.interaction.selected = uid

    def _on_order(self, column: str) -> None:
        self._order = self._order.after_click(column)
        self._view.set_order(self._order)
        self._show()

    def _on_tracked_only(self, only: bool) -> None:
        self._tracked_only = only
        self._show()

    def _on_track(self, uids: tuple[str, ...]) -> None:
        mark_edits.toggle_tracked(self._session, uids)

    def _on_delete(self, uids: tuple[str, ...]) -> None:
        mark_edits.delete(self._session, uids)

    def _on_label(self, uid: str, label: str) -> None:
        mark_edits.rename(self._session, uid, label)

    def _on_colour(self, uids: tuple[str, ...], colour: MarkColour) -> None:
        mark_edits.set_colour(self._session, uids, colour)

    def _on_lock(self, uids: tuple[str, ...]) -> None:
        mark_edits.toggle_locked(self._session, uids)

    def _on_hide(self, uids: tuple[str, ...]) -> None:
        mark_edits.toggle_hidden(self._session, uids)

    def _on_slices(self, uids: tuple[str, ...], first: int, last: int) -> None:
        """Copy marks to a range of slices, counted from 1, of each mark's own plane."""
        mark_edits.copy_to_range(self._session, uids, first, last)

    def _on_copy(self, uids: tuple[str, ...]) -> None:
        """Copy the rows that were chosen; without a choice those of the report."""
        self._measure()
        rows = self._listed()
        chosen = tuple(row for row in rows if row.uid in uids) if uids else _of_report(rows)
        self._copy_text(as_tab_separated(chosen))

    def _on_csv(self, path: Path, with_untracked: bool) -> None:
        self._measure()
        rows = sorted_rows(self._every, self._order)
        self._runner.submit(
            CSV_KEY,
            self._write,
            path,
            as_csv(rows if with_untracked else _of_report(rows)),
            on_done=self._on_saved,
            on_failed=self._on_failed,
        )

    def _write(self, ctx: JobContext, path: Path, text: str) -> Path:
        self._save_text(ctx, path, text)
        return path

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ViewerError):
            error = ViewerError("The table could not be saved", "the log tells more")
        self._on_error(error)


def _of_report(rows: tuple[MeasurementRow, ...]) -> tuple[MeasurementRow, ...]:
    """Return the tracked rows; where none is, all: what somebody measured is not left out."""
    return tuple(row for row in rows if row.tracked) or rows


def _why_empty(has_volume: bool, has_marks: bool) -> str:
    if not has_volume:
        return tr("Open a study to measure in it")
    if has_marks:
        return tr("No tracked marks; the others are not listed now")
    return tr("No marks yet. The tools make them: distance (D), ellipse (E), arrow (B) and more.")
