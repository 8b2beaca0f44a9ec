"""Joins an ordinary photo to the face finder; knows no DICOM."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from viewer.app.masking import saved_text, told_error
from viewer.app.presenters.connections import Connectable, Connections
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.view_state import InteractionState
from viewer.i18n import tr
from viewer.imaging.faces import FaceBox, FaceParameters, blur_faces, draw_boxes, find_faces
from viewer.imaging.photo import RgbImage, read_photo
from viewer.jobs.runner import JobRunner

OPEN_KEY, FIND_KEY, SAVE_KEY = "faces-open", "faces-find", "faces-save"

SavePhoto = Callable[[JobContext, Path, RgbImage], None]
"""Writes a picture in the format of its suffix, at once or not at all."""


@dataclass(frozen=True, slots=True, eq=False)
class FacesFound:
    """What one search gave: boxes, and the photo with the faces blurred where that was wanted."""

    faces: tuple[FaceBox, ...]
    blurred: RgbImage | None


class FacesView(Protocol):
    """The dialog."""

    @property
    def photo_requested(self) -> Connectable:
        """Path of the photo to open."""

    @property
    def parameters_edited(self) -> Connectable:
        """`FaceParameters`, at every movement of a slider."""

    @property
    def blur_toggled(self) -> Connectable:
        """Whether faces are blurred."""

    @property
    def save_requested(self) -> Connectable:
        """Path to save the result to."""

    def set_photo(self, rgb: RgbImage | None, name: str) -> None:
        """Show a picture, shape (rows, columns, 3), without boxes."""

    def set_picture(self, rgb: RgbImage) -> None:
        """Show the same photo in another form (blurred or not); boxes stay."""

    def set_faces(self, faces: tuple[FaceBox, ...]) -> None:
        """Draw boxes."""

    def set_status(self, text: str) -> None:
        """Say how many faces there are, or what is going on."""

    def set_error(self, text: str) -> None:
        """Tell what went wrong; empty clears it."""

    def set_can_save(self, can_save: bool) -> None:
        """Allow saving."""


class FacesPresenter:
    """Opens, finds, blurs and saves; each in the background, the newest request wins.

    Parameters
    ----------
    interaction : InteractionState
        Tells whether files are named: not while teaching.
    save_photo : callable
        Writes the file; runs on a job thread.
    on_saved : callable
        Tells the window that a file was written.
    """

    def __init__(
        self,
        view: FacesView,
        runner: JobRunner,
        interaction: InteractionState,
        save_photo: SavePhoto,
        *,
        on_saved: Callable[[Path], None],
    ) -> None:
        self._view, self._runner, self._interaction = view, runner, interaction
        self._save_photo, self._on_saved = save_photo, on_saved
        self._photo: RgbImage | None = None
        self._found: FacesFound | None = None
        self._parameters = FaceParameters()
        self._blur = False
        self._connections = Connections()
        self._connections.add(view.photo_requested, self.open)
        self._connections.add(view.parameters_edited, self._on_parameters)
        self._connections.add(view.blur_toggled, self._on_blur)
        self._connections.add(view.save_requested, self.save)
        self._connections.add(interaction.events.teaching, self._on_teaching)
        self._show_nothing()

    def open(self, path: Path) -> None:
        """Open a photo; the one that is shown stays until it is read."""
        self._view.set_error("")
        self._view.set_status(tr("Opening…"))
        self._runner.submit(
            OPEN_KEY,
            _read,
            path,
            title=tr("Opening the photo"),
            on_done=self._on_opened,
            on_failed=self._on_open_failed,
            on_cancelled=self._show_count,
        )

    def save(self, path: Path) -> None:
        """Save the photo as it is shown: with boxes, or with blurred faces."""
        if self._photo is None or self._found is None:
            return
        self._view.set_error("")
        self._runner.submit(
            SAVE_KEY,
            self._write,
            path,
            self._photo,
            self._found,
            title=tr("Saving the photo"),
            on_done=self._on_written,
            on_failed=self._on_failed,
        )

    def close(self) -> None:
        """Stop; let go of the view."""
        for key in (OPEN_KEY, FIND_KEY):
            self._runner.cancel(key)
        self._connections.close()

    def _on_opened(self, opened: tuple[Path, RgbImage]) -> None:
        path, self._photo = opened
        self._found = None
        self._view.set_photo(self._photo, "" if self._interaction.teaching else path.name)
        self._find()

    def _on_open_failed(self, error: Exception) -> None:
        self._on_failed(error)
        self._show_count()

    def _on_parameters(self, parameters: FaceParameters) -> None:
        if parameters != self._parameters:
            self._parameters = parameters
            self._find()

    def _on_blur(self, blur: bool) -> None:
        self._blur = blur
        self._find()

    def _find(self) -> None:
        if self._photo is None:
            return
        self._view.set_can_save(False)
        self._view.set_status(tr("Looking for faces…"))
        self._runner.submit(
            FIND_KEY,
            _find_and_blur,
            self._photo,
            self._parameters,
            self._blur,
            on_done=self._on_found,
            on_failed=self._on_failed,
        )

    def _on_found(self, found: FacesFound) -> None:
        self._found = found
        if self._photo is not None:
            self._view.set_picture(self._photo if found.blurred is None else found.blurred)
        self._view.set_faces(() if found.blurred is not None else found.faces)
        self._view.set_error("")
        self._view.set_can_save(True)
        self._show_count()

    def _on_written(self, path: Path) -> None:
        self._view.set_status(saved_text(path, self._interaction.teaching))
        self._on_saved(path)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ViewerError):
            self._view.set_error(told_error(error, self._interaction.teaching))
        else:
            self._view.set_error(tr("That did not work; the log tells more."))

    def _on_teaching(self) -> None:
        """Take away what may name a file."""
        self._view.set_error("")
        self._show_count()

    def _show_nothing(self) -> None:
        self._view.set_photo(None, "")
        self._view.set_faces(())
        self._view.set_can_save(False)
        self._view.set_error("")
        self._show_count()

    def _show_count(self) -> None:
        if self._photo is None:
            self._view.set_status(tr("Open a photo, or drop one here"))
        elif self._found is not None:
            count = len(self._found.faces)
            self._view.set_status(
                tr("1 face") if count == 1 else tr("{count} faces", count=count or "No")
            )

    def _write(self, ctx: JobContext, path: Path, photo: RgbImage, found: FacesFound) -> Path:
        blurred = found.blurred
        picture = draw_boxes(photo, found.faces) if blurred is None else blurred
        self._save_photo(ctx, path, picture)
        return path


def _read(ctx: JobContext, path: Path) -> tuple[Path, RgbImage]:
    ctx.check()
    return path, read_photo(path)


def _find_and_blur(
    ctx: JobContext, photo: RgbImage, parameters: FaceParameters, blur: bool
) -> FacesFound:
    ctx.check()
    faces = find_faces(photo, parameters)
    ctx.check()
    return FacesFound(faces, blur_faces(photo, faces) if blur else None)
