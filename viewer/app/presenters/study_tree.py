"""Joins the study index to the tree of studies, series and stacks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.app.describe import plain_path
from viewer.app.masking import nameless_study
from viewer.app.overlays_frame import date_text, name_text
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.series_names import series_title, told_apart
from viewer.app.tag_text import count_text
from viewer.core.caveats import doubts
from viewer.core.errors import ViewerError
from viewer.core.geometry import Calibration
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.core.study import DicomObject, Series, Stack, StackKey, Study, StudyIndex, StudyKey
from viewer.i18n import told, tr
from viewer.jobs.runner import JobRunner

THUMBNAILS_KEY = "thumbnails"

MakeThumbnail = Callable[[Stack], NDArray[np.uint8]]
"""Reads the middle slice of a stack and windows it: shape (size, size) or (size, size, 3)."""


@dataclass(frozen=True, slots=True)
class StackRow:
    """One stack that can be opened; its details stand in lines, what matters most first."""

    key: StackKey
    title: str
    detail: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series; with one stack it is shown as that stack."""

    title: str
    stacks: tuple[StackRow, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """A file of the study that holds no image."""

    found: DicomObject
    title: str
    detail: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A study.

    Attributes
    ----------
    title : str
        The patient's name, as on the images.
    detail : str
        Two lines: the patient's ID; date and description as in the files.
    """

    key: StudyKey
    title: str
    detail: str
    series: tuple[SeriesRow, ...]
    objects: tuple[ObjectRow, ...] = ()


class StudyTreeView(Protocol):
    """The tree."""

    @property
    def stack_requested(self) -> Connectable:
        """`StackKey` to open."""

    @property
    def place_requested(self) -> Connectable:
        """`StackKey` to open, and the id of the viewport to open it in."""

    @property
    def object_requested(self) -> Connectable:
        """`DicomObject` to tell about."""

    @property
    def close_requested(self) -> Connectable:
        """`StudyKey` to take out of the tree."""

    @property
    def problems_requested(self) -> Connectable:
        """Show the files that were left out."""

    def set_studies(self, studies: tuple[StudyRow, ...]) -> None:
        """Show other studies, without thumbnails."""

    def set_thumbnail(self, key: StackKey, image: NDArray[np.uint8]) -> None:
        """Show a stack's thumbnail."""

    def set_active(self, key: StackKey | None, shown: frozenset[StackKey] = frozenset()) -> None:
        """Mark the stack that panels act on, its study, and all that are shown."""

    def set_places(self, places: tuple[str, ...]) -> None:
        """Offer other places for series."""

    def set_summary(self, text: str, *, has_problems: bool) -> None:
        """Say how many files there are and how many were left out."""


class StudyTreePresenter:
    """Fills the tree, makes thumbnails in the background, passes on what shall be opened.

    Parameters
    ----------
    open_stack, put_stack, show_object, close_study, show_problems : callable
        What a double click on a stack, choosing a place for it, a double click on another object,
        closing a study and the summary line do.
    thumbnail : callable
        Makes one thumbnail; runs on a job thread.
    """

    def __init__(
        self,
        session: Session,
        view: StudyTreeView,
        runner: JobRunner,
        thumbnail: MakeThumbnail,
        *,
        open_stack: Callable[[StackKey], None],
        put_stack: Callable[[StackKey, str], None],
        show_object: Callable[[DicomObject], None],
        close_study: Callable[[StudyKey], None],
        show_problems: Callable[[], None],
    ) -> None:
        self._session, self._view, self._runner = session, view, runner
        self._thumbnail = thumbnail
        self._open_stack, self._put_stack, self._show_problems = (
            open_stack,
            put_stack,
            show_problems,
        )
        self._show_object, self._close_study = show_object, close_study
        self._thumbnails: dict[StackKey, tuple[Stack, NDArray[np.uint8]]] = {}
        self._connections = Connections()
        self._connections.add(session.index_changed, self._on_index)
        self._connections.add(session.interaction.events.teaching, self._on_index)
        self._connections.add(session.volume_changed, self._on_volume)
        self._connections.add(session.layout_changed, self._on_layout)
        self._connections.add(view.stack_requested, self._on_stack_requested)
        self._connections.add(view.place_requested, self._on_place_requested)
        self._connections.add(view.object_requested, self._on_object_requested)
        self._connections.add(view.close_requested, self._on_close_requested)
        self._connections.add(view.problems_requested, self._on_problems_requested)
        self._on_index()
        self._on_layout()

    def close(self) -> None:
        """Stop making thumbnails; let go of session and view."""
        self._runner.cancel(THUMBNAILS_KEY)
        self._connections.close()

    def _on_index(self) -> None:
        index = self._session.index
        self._runner.cancel(THUMBNAILS_KEY)
        hidden = self._session.interaction.teaching
        self._view.set_studies(() if index is None else study_rows(index, hidden))
        text = summary_text(index)
        has_problems = index is not None and bool(index.skipped or index.problems)
        self._view.set_summary(text, has_problems=has_problems)
        self._on_volume()
        stacks = () if index is None else index.stacks()
        kept = {stack: self._thumbnails.get(stack.key) for stack in stacks}
        self._thumbnails = {
            stack.key: made for stack, made in kept.items() if made and made[0] is stack
        }
        for key, (_, image) in self._thumbnails.items():
            self._view.set_thumbnail(key, image)
        missing = tuple(stack for stack in stacks if stack.key not in self._thumbnails)
        if missing:
            self._runner.submit(
                THUMBNAILS_KEY,
                make_thumbnails,
                missing,
                self._thumbnail,
                on_partial=self._on_thumbnail,
            )

    def _on_volume(self) -> None:
        volume = self._session.volume
        shown = frozenset(self._session.stacks)
        self._view.set_active(None if volume is None else volume.stack.key, shown)

    def _on_layout(self) -> None:
        grids = [layout for layout in self._session.layouts if not layout.is_mpr]
        self._view.set_places(tuple(name for grid in grids for name in grid.viewport_ids))

    def _on_thumbnail(self, made: tuple[Stack, NDArray[np.uint8]]) -> None:
        stack, image = made
        self._thumbnails[stack.key] = made
        self._view.set_thumbnail(stack.key, image)

    def _on_stack_requested(self, key: StackKey) -> None:
        volume = self._session.volume
        if volume is None or volume.stack.key != key:
            self._open_stack(key)

    def _on_place_requested(self, key: StackKey, viewport_id: str) -> None:
        self._put_stack(key, viewport_id)

    def _on_object_requested(self, found: DicomObject) -> None:
        self._show_object(found)

    def _on_close_requested(self, key: StudyKey) -> None:
        self._close_study(key)

    def _on_problems_requested(self) -> None:
        self._show_problems()


def make_thumbnails(ctx: JobContext, stacks: tuple[Stack, ...], thumbnail: MakeThumbnail) -> None:
    """Hand over (stack, image) for each stack; one that cannot be read keeps its blank place."""
    for stack in stacks:
        ctx.check()
        try:
            image = thumbnail(stack)
        except (ViewerError, OSError):
            continue  # opening the stack tells why
        ctx.partial((stack, image))


def study_rows(index: StudyIndex, hidden: bool = False) -> tuple[StudyRow, ...]:
    """Return what the tree shows of an index; studies without any image stand last.

    Parameters
    ----------
    hidden : bool
        Tell nobody whose studies they are: they are numbered.
    """
    objects: dict[StudyKey, list[ObjectRow]] = {}
    for found in index.objects:
        objects.setdefault(found.study, []).append(_object_row(found, hidden))
    shown = (nameless_study(study) if hidden else study for study in index.studies)
    rows = [
        replace(_study_row(one, tuple(objects.pop(study.key, ()))), key=study.key)
        for study, one in zip(index.studies, shown, strict=True)
    ]
    rows += (
        StudyRow(key, _name(key.patient_name), "" if hidden else key.patient_id, (), tuple(found))
        for key, found in objects.items()
    )
    if not hidden:
        return tuple(rows)
    return tuple(
        replace(row, title=tr("Study {number}", number=number))
        for number, row in enumerate(rows, 1)
    )


def summary_text(index: StudyIndex | None) -> str:
    """Say how many files were read: "812 files, 3 skipped, 1 problem"."""
    if index is None:
        return ""
    total = index.files + len(index.skipped)
    parts = [count_text(total, "file")]
    if index.skipped:
        parts.append(tr("{count} skipped", count=len(index.skipped)))
    if index.problems:
        parts.append(count_text(len(index.problems), "problem"))
    return ", ".join(parts)


def _study_row(study: Study, objects: tuple[ObjectRow, ...]) -> StudyRow:
    patient = study.patient
    # The date first: it tells present from prior where there is no room for more.
    what = " | ".join(part for part in (date_text(study.date), study.description) if part)
    detail = "\n".join(part for part in (patient.patient_id, what) if part)
    apart = told_apart(study.series)
    rows = tuple(_series_row(series, apart.get(series.series_uid, "")) for series in study.series)
    return StudyRow(study.key, _name(patient.name), detail, rows, objects)


def _name(name: str) -> str:
    return name_text(name) or tr("No name")


def _object_row(found: DicomObject, hidden: bool) -> ObjectRow:
    what = found.what.removeprefix("a ").removeprefix("an ")
    title = what[:1].upper() + what[1:]
    file = "" if hidden else Path(plain_path(found.path)).name
    tooltip = "\n".join(part for part in (title, found.description, file) if part)
    return ObjectRow(found, title, found.description or file, tooltip)


def _series_row(series: Series, apart: str) -> SeriesRow:
    title = series_title(series)
    if len(series.stacks) == 1:
        return SeriesRow(title, (_stack_row(series.stacks[0], title, title, apart),))
    rows = tuple(_stack_row(stack, title, _stack_title(stack)) for stack in series.stacks)
    detail = "\n".join(part for part in (apart, count_text(len(rows), "stack")) if part)
    return SeriesRow(title, rows, detail)


def _stack_row(stack: Stack, of_series: str, title: str, apart: str = "") -> StackRow:
    images = len(stack.frame_of_slice)
    z, y, x = stack.geometry.spacing_zyx_mm
    parts = [part for part in (stack.modality, stack.labels.view) if part]
    parts.append(count_text(images, "image"))
    facts = []
    if stack.fps:
        facts.append(tr("{fps:.3g} a second", fps=stack.fps))
    calibrated = stack.geometry.calibration is not Calibration.NONE
    if images > 1 and stack.geometry.z_known and calibrated:
        facts.append(tr("{z:.3g} mm", z=z))
    if found := doubts(stack.caveats):
        facts.append(count_text(len(found), "caveat"))
    shape = " x ".join(str(n) for n in reversed(stack.geometry.shape_zyx))
    part = (stack.labels.part,) if stack.labels.part else ()
    lines = [of_series, *part, tr("{shape} voxels", shape=shape)]
    if calibrated:
        lines.append(tr("{x:.4g} x {y:.4g} x {z:.4g} mm", x=x, y=y, z=z))
    lines += [f"- {told(caveat.text)}" for caveat in stack.caveats]
    detail = "\n".join(line for line in (apart, ", ".join(parts), ", ".join(facts)) if line)
    return StackRow(stack.key, title, detail, "\n".join(lines))


def _stack_title(stack: Stack) -> str:
    """Return "2: echo 4.5 ms" where something tells the stack from the others, else "Stack 2"."""
    number, part = stack.key.stack, stack.labels.part
    return f"{number}: {part}" if part else tr("Stack {number}", number=number)
