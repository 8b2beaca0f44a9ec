"""Joins the export of pictures to its dialog: preview, count, progress, where the files are."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from viewer.app.export import (
    ImageExport,
    PaintSnapshot,
    compose_snapshot,
    export_images,
    slice_pixels,
)
from viewer.app.export_choices import (
    ExportChoices,
    Scope,
    chosen_indices,
    request_for,
    target_for,
)
from viewer.app.masking import told_error
from viewer.app.overlays import FROM_FILES, switched_off
from viewer.app.presenters.connections import Connectable, Connections
from viewer.core.errors import ViewerError
from viewer.core.plane import slice_count
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.export.snapshot import PixelArray
from viewer.i18n import tr, tr_n
from viewer.jobs.runner import JobRunner

EXPORT_KEY, PREVIEW_KEY = "export-images", "export-preview"


class ExportView(Protocol):
    """The dialog."""

    @property
    def choices_edited(self) -> Connectable:
        """`ExportChoices` after every change."""

    @property
    def refresh_requested(self) -> Connectable:
        """The dialog came to the front: look again at what is open and marked."""

    @property
    def export_requested(self) -> Connectable:
        """Write the files."""

    @property
    def cancel_requested(self) -> Connectable:
        """Stop writing."""

    @property
    def show_folder_requested(self) -> Connectable:
        """Open the folder with the files."""

    def set_choices(self, choices: ExportChoices, count: int) -> None:
        """Show choices for a plane of so many slices; emits nothing."""

    def set_identity_hidden(self, reason: str) -> None:
        """Say why nobody's identity can be shown; empty where it can."""

    def set_summary(self, text: str, *, can_export: bool) -> None:
        """Say what would be written."""

    def set_preview(self, image: PixelArray | None, text: str) -> None:
        """Show the first picture, shape (height, width) or (height, width, 3), or why none."""

    def set_progress(self, fraction: float, text: str) -> None:
        """Show that files are being written."""

    def set_idle(self) -> None:
        """Show that none is."""

    def set_result(self, text: str) -> None:
        """Say what was written; empty clears it."""

    def set_error(self, text: str) -> None:
        """Tell what went wrong; empty clears it."""


class ExportPresenter:
    """Exports slices of the active volume.

    Parameters
    ----------
    paint : callable
        Paints a snapshot; runs on a job thread.
    folder : Path
        Offered first.
    show_folder : callable
        Opens a folder in the system's file manager.
    on_folder : callable, optional
        Told of each folder that was written to, to be remembered.
    """

    def __init__(
        self,
        session: Session,
        view: ExportView,
        runner: JobRunner,
        paint: PaintSnapshot,
        *,
        folder: Path,
        show_folder: Callable[[Path], None],
        on_folder: Callable[[Path], None] | None = None,
    ) -> None:
        self._session, self._view, self._runner, self._paint = session, view, runner, paint
        self._show_folder, self._on_folder = show_folder, on_folder
        self._choices = ExportChoices(folder)
        self._written_to = folder
        self._connections = Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.interaction.events.teaching, self._on_teaching),
            (view.choices_edited, self._on_choices),
            (view.refresh_requested, self.refresh),
            (view.export_requested, self.export),
            (view.cancel_requested, self._on_cancel),
            (view.show_folder_requested, self._on_show_folder),
        ):
            self._connections.add(signal, slot)
        self._on_teaching()
        self._on_volume()

    def start(self) -> None:
        """Offer the slice of the active viewport; for when the dialog is opened."""
        orientation = self._session.active.orientation
        parts = self._choices.parts
        if parts:  # as the views show them
            parts = (parts | FROM_FILES) - (FROM_FILES & switched_off(self._session.interaction))
        self._choices = replace(
            self._choices, scope=Scope.IN_VIEW, orientation=orientation, parts=parts
        )
        self._clear_outcome()
        self.refresh()

    def refresh(self) -> None:
        """Count again and draw the preview again."""
        volume = self._session.volume
        count = 1
        if volume is not None:
            count = slice_count(volume.geometry, self._choices.orientation)
        self._view.set_choices(self._choices, count)
        indices = chosen_indices(self._session, self._choices)
        self._view.set_summary(self._summary(indices), can_export=bool(indices))
        self._preview(indices)

    def export(self) -> None:
        """Write the files."""
        self._clear_outcome()
        try:
            request, target = request_for(self._session, self._choices), target_for(self._choices)
        except ViewerError as error:
            self._view.set_error(told_error(error, self._session.interaction.teaching))
            return
        self._view.set_progress(0.0, tr("Starting"))
        self._runner.submit(
            EXPORT_KEY,
            export_images,
            request,
            target,
            self._paint,
            title=tr("Exporting pictures"),
            on_progress=self._view.set_progress,
            on_done=self._on_done,
            on_failed=self._on_failed,
            on_cancelled=self._on_cancelled,
        )

    def close(self) -> None:
        """Stop the preview; let go of session and view. Files being written are completed."""
        self._runner.cancel(PREVIEW_KEY)
        self._connections.close()

    def _on_volume(self) -> None:
        volume = self._session.volume
        count = 1
        if volume is not None:
            count = slice_count(volume.geometry, self._choices.orientation)
        self._choices = replace(self._choices, first=1, last=count, scope=Scope.IN_VIEW)
        self._clear_outcome()
        # No preview yet: the dialog asks for one when it comes to the front.
        self._view.set_choices(self._choices, count)
        self._view.set_preview(None, "")
        indices = chosen_indices(self._session, self._choices)
        self._view.set_summary(self._summary(indices), can_export=bool(indices))

    def _on_teaching(self, *_: object) -> None:
        hidden = self._session.interaction.teaching
        self._view.set_identity_hidden(tr("Hidden in teaching mode") if hidden else "")
        self._clear_outcome()

    def _on_choices(self, choices: ExportChoices) -> None:
        volume = self._session.volume
        if volume is not None and choices.orientation is not self._choices.orientation:
            last = slice_count(volume.geometry, choices.orientation)
            choices = replace(choices, first=1, last=last)
        self._choices = choices
        self._clear_outcome()
        self.refresh()

    def _preview(self, indices: tuple[int, ...]) -> None:
        if not indices:
            self._runner.cancel(PREVIEW_KEY)
            self._view.set_preview(None, tr("Nothing to show"))
            return
        self._runner.submit(
            PREVIEW_KEY,
            _paint_one,
            request_for(self._session, self._choices),
            self._paint,
            on_done=self._on_preview,
            on_failed=self._on_preview_failed,
        )

    def _summary(self, indices: tuple[int, ...]) -> str:
        if self._session.volume is None:
            return tr("Open a study to export from it")
        plane = tr(self._choices.orientation.value)
        if not indices:
            if self._choices.scope is Scope.KEY_IMAGES:
                return tr("No key image is a slice of the {plane} plane (K marks one)", plane=plane)
            return tr("No mark lies on a slice of the {plane} plane", plane=plane)
        if len(indices) == 1:
            return tr("1 picture: {plane} {indices}", plane=plane, indices=indices[0] + 1)
        return tr(
            "{count} pictures: {plane} {indices} to {indices_2}",
            count=len(indices),
            plane=plane,
            indices=indices[0] + 1,
            indices_2=indices[-1] + 1,
        )

    def _clear_outcome(self) -> None:
        self._view.set_result("")
        self._view.set_error("")

    def _on_cancel(self) -> None:
        self._runner.cancel(EXPORT_KEY)

    def _on_show_folder(self) -> None:
        self._show_folder(self._written_to)

    def _on_preview(self, image: PixelArray) -> None:
        self._view.set_preview(image, "")

    def _on_preview_failed(self, error: Exception) -> None:
        text = error.shown_line() if isinstance(error, ViewerError) else tr("No preview")
        self._view.set_preview(None, text)

    def _on_done(self, paths: tuple[Path, ...]) -> None:
        self._view.set_idle()
        self._written_to = paths[0].parent
        what = paths[0].name if len(paths) == 1 else tr("{count} pictures", count=len(paths))
        if self._session.interaction.teaching:
            self._view.set_result(tr_n("Saved {n} picture", "Saved {n} pictures", len(paths)))
        else:
            self._view.set_result(
                tr("Saved {what} in {written_to}", what=what, written_to=self._written_to)
            )
        if self._on_folder is not None:
            self._on_folder(self._written_to)

    def _on_failed(self, error: Exception) -> None:
        self._view.set_idle()
        if isinstance(error, ViewerError):
            self._view.set_error(told_error(error, self._session.interaction.teaching))
        else:
            self._view.set_error(tr("The pictures could not be saved; the log tells more."))

    def _on_cancelled(self) -> None:
        self._view.set_idle()
        text = tr("Stopped. Pictures that were complete are kept.")
        self._view.set_summary(text, can_export=True)


def _paint_one(ctx: JobContext, request: ImageExport, paint: PaintSnapshot) -> PixelArray:
    """Return the first picture of a request as it would be saved."""
    ctx.check()
    index = request.indices[0]
    pixels = slice_pixels(request, index)
    return paint(compose_snapshot(request, index, pixels)) if request.parts else pixels
