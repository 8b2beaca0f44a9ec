"""Joins the annotation document to the table of measurements."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from viewer.app import mark_edits
from viewer.app.mark_values import RoiCache
from viewer.app.measurement_table import (
    MeasurementRow,
    as_csv,
    as_tab_separated,
    measurement_rows,
)
from viewer.app.presenters.connections import Connectable, Connections
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.core.shapes import MarkColour, PointLps
from viewer.jobs.runner import JobRunner

CSV_KEY = "measurements-csv"

SaveText = Callable[[JobContext, Path, str], None]
"""Writes a text file at once or not at all."""


class MeasurementsView(Protocol):
    """The table."""

    @property
    def mark_requested(self) -> Connectable:
        """Uid of the mark to go to."""

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
        """Path of the file to write."""

    def set_rows(self, rows: tuple[MeasurementRow, ...]) -> None:
        """Show other rows; what is selected stays selected."""

    def set_selected(self, uid: str) -> None:
        """Select the row of a mark, or none for ""."""

    def set_note(self, text: str) -> None:
        """Say why the table is empty; empty where it is not."""


class MeasurementsPresenter:
    """Keeps the table equal to the document, and turns edits into commands.

    Parameters
    ----------
    jump : callable
        Shows a point (LPS mm) in every view.
    copy_text : callable
        Puts a text on the clipboard.
    save_text : callable
        Writes the CSV file; runs on a job thread.
    rois : RoiCache
        May be shared with the viewports.
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
        jump: Callable[[PointLps], None],
        copy_text: Callable[[str], None],
        save_text: SaveText,
        on_saved: Callable[[Path], None],
        on_error: Callable[[ViewerError], None],
    ) -> None:
        self._session, self._view, self._runner, self._rois = session, view, runner, rois
        self._jump, self._copy_text, self._save_text = jump, copy_text, save_text
        self._on_saved, self._on_error = on_saved, on_error
        self._rows: tuple[MeasurementRow, ...] = ()
        self._was_loaded = False
        self._connections = Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.voxels_changed, self._on_voxels),
            (session.interaction.events.selected, self._on_selected),
            (view.mark_requested, self._on_mark_requested),
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
        self._document_connections = Connections()
        self._on_volume()

    def close(self) -> None:
        """Let go of session, document and view."""
        self._document_connections.close()
        self._connections.close()

    def _on_volume(self) -> None:
        self._document_connections.close()
        self._document_connections.add(self._session.document.changed, self._refresh)
        self._was_loaded = self._is_loaded()
        self._refresh()

    def _on_voxels(self) -> None:
        # Values of regions appear once, when the last slice is there.
        if self._is_loaded() and not self._was_loaded:
            self._was_loaded = True
            self._refresh()

    def _refresh(self) -> None:
        volume = self._session.volume
        if volume is None:
            self._rows = ()
        else:
            self._rows = measurement_rows(
                self._session.document, volume, self._rois, loaded=self._is_loaded()
            )
        self._view.set_rows(self._rows)
        self._view.set_selected(self._session.interaction.selected)
        self._view.set_note("" if self._rows else _why_empty(volume is not None))

    def _is_loaded(self) -> bool:
        volume = self._session.volume
        if volume is None:
            return False
        return len(self._session.loaded_slices) >= volume.geometry.shape_zyx[0]

    def _on_selected(self, uid: str) -> None:
        self._view.set_selected(uid)

    def _on_mark_requested(self, uid: str) -> None:
        shape = self._session.document.get(uid)
        if shape is not None:
            self._session.interaction.selected = uid
            self._jump(shape.center_lps)

    def _on_delete(self, uids: tuple[str, ...]) -> None:
        mark_edits.delete(self._session, uids)

    def _on_label(self, uid: str, label: str) -> None:
        mark_edits.rename(self._session, uid, label)
        self._refresh()  # a locked mark keeps its words

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
        rows = tuple(row for row in self._rows if not uids or row.uid in uids)
        self._copy_text(as_tab_separated(rows))

    def _on_csv(self, path: Path) -> None:
        self._runner.submit(
            CSV_KEY,
            self._write,
            path,
            as_csv(self._rows),
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


def _why_empty(has_volume: bool) -> str:
    if not has_volume:
        return "Open a study to measure in it"
    return "No marks yet. The tools make them: distance (D), ellipse (E), arrow (B) and more."
