"""Finds earlier marks: in open series, in those that were open, else in the annotation store."""

from collections.abc import Callable, Iterable
from copy import copy
from datetime import date
from functools import partial
from typing import Self

import numpy as np

from viewer.app.follow_up import study_date
from viewer.app.mark_values import MarkValues, mark_values, values_without_voxels
from viewer.app.roi_cache import RoiCache
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.geometry import VolumeGeometry
from viewer.core.patient import why_apart
from viewer.core.progress import JobContext
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import AnyShape, PriorMark, ProbeShape, RegionShape
from viewer.core.study import Stack, StackKey, StudyIndex
from viewer.core.volume import Volume
from viewer.jobs.runner import JobRunner

READ_KEY = "priors.read"

LoadMarks = Callable[[str], tuple[AnyShape, ...]]
"""Reads the saved marks of a series; runs on a job thread, may raise `ViewerError`."""


_Basis = tuple[AnyShape, StudyIndex | Volume | None, bool]


class SessionPriors:
    """Earlier marks as the window knows them; see `viewer.app.change.Priors`.

    Parameters
    ----------
    kept : callable
        Returns the document of a series that was open in this window, or None.
    load : callable
        See `LoadMarks`.
    on_read : callable
        Told when marks that were not there yet have been read.
    """

    def __init__(
        self,
        session: Session,
        runner: JobRunner,
        rois: RoiCache,
        kept: Callable[[str], AnnotationDocument | None],
        load: LoadMarks,
        on_read: Callable[[], None],
    ) -> None:
        self._session, self._runner, self._rois = session, runner, rois
        self._kept, self._load, self._on_read = kept, load, on_read
        self._read: dict[str, dict[str, AnyShape]] = {}
        self._asked: set[str] = set()
        self._values: dict[str, tuple[_Basis, MarkValues]] = {}

    def find(self, prior: PriorMark) -> AnyShape | None:
        """Return an earlier mark; None where there is none, or while it is being read.

        A mark of another patient is none: a file of marks may have been made by mistake.
        """
        if self._is_apart(prior.series_uid):
            return None
        document = self._document(prior.series_uid)
        if document is not None:
            self._read.pop(prior.series_uid, None)
            return document.get(prior.uid)
        if prior.series_uid not in self._read:
            self._ask(prior.series_uid)
        return self._read.get(prior.series_uid, {}).get(prior.uid)

    def is_reading(self, series_uid: str) -> bool:
        """Tell whether the marks of a series are still being read."""
        return series_uid in self._asked

    def values(self, series_uid: str, shape: AnyShape) -> MarkValues:
        """Return what a mark measures: with its voxels where its stack is open and loaded."""
        stack, index = self._stack(series_uid, shape), self._session.index
        volume = None if stack is None else stack.volume
        loaded = stack is not None and len(stack.loaded) >= stack.volume.geometry.shape_zyx[0]
        kept = self._values.get(shape.uid)
        basis = (shape, index if volume is None else volume, loaded)
        if kept is not None and kept[0] == basis:
            return kept[1]
        if volume is not None:
            found = mark_values(shape, volume, self._rois, loaded)
        else:
            listed = None if index is None else index.find_stack(shape.stack)
            found = unopened_values(shape, listed)
        self._values[shape.uid] = (basis, found)
        return found

    def day(self, series_uid: str) -> date | None:
        """Return the date of a series' study, where it is known."""
        index = self._session.index
        for key, stack in self._session.stacks.items():
            if key.series_uid == series_uid:
                return study_date(index, stack.volume.stack)
        return _series_day(index, series_uid)

    def forget_closed(self) -> None:
        """Let go of the volumes that are not open any more."""
        volumes = {id(stack.volume) for stack in self._session.stacks.values()}
        self._values = {
            uid: kept
            for uid, kept in self._values.items()
            if not isinstance(kept[0][1], Volume) or id(kept[0][1]) in volumes
        }

    def _is_apart(self, series_uid: str) -> bool:
        here, index = self._session.open_stack, self._session.index
        stacks = [stack.volume.stack for stack in self._session.stacks.values()]
        stacks += () if index is None else index.stacks()
        return _is_apart(None if here is None else here.volume.stack, series_uid, stacks)

    def _document(self, series_uid: str) -> AnnotationDocument | None:
        for key, stack in self._session.stacks.items():
            if key.series_uid == series_uid:
                return stack.document
        return self._kept(series_uid)

    def _stack(self, series_uid: str, shape: AnyShape) -> OpenStack | None:
        exact = self._session.stacks.get(shape.stack)
        if exact is not None:
            return exact
        stacks = self._session.stacks.items()
        return next((stack for key, stack in stacks if key.series_uid == series_uid), None)

    def _ask(self, series_uid: str) -> None:
        if series_uid in self._asked:
            return
        self._asked.add(series_uid)
        self._runner.submit(
            f"{READ_KEY}.{series_uid}",
            _read,
            self._load,
            series_uid,
            on_done=partial(self._on_loaded, series_uid),
        )

    def _on_loaded(self, series_uid: str, marks: dict[str, AnyShape]) -> None:
        self._asked.discard(series_uid)
        self._read[series_uid] = marks
        self._on_read()


class SavedPriors:
    """Earlier marks as files and the annotation store know them; see `viewer.app.change.Priors`.

    Parameters
    ----------
    index : StudyIndex
        Where series and dates are looked up.
    load_marks : callable
        See `LoadMarks`.
    load_volume : callable
        Reads the voxels of a stack; may raise `ViewerError`.
    """

    def __init__(
        self, index: StudyIndex, load_marks: LoadMarks, load_volume: Callable[[Stack], Volume]
    ) -> None:
        self._index, self._load_marks, self._load_volume = index, load_marks, load_volume
        self._rois = RoiCache()
        self._marks: dict[str, dict[str, AnyShape]] = {}
        self._volumes: dict[StackKey, Volume | None] = {}
        self._here: Stack | None = None

    def beside(self, stack: Stack) -> Self:
        """Return the same for the marks of a stack: those of other patients are not found."""
        made = copy(self)
        made._here = stack
        return made

    def find(self, prior: PriorMark) -> AnyShape | None:
        """Return an earlier mark; None where there is none, as in `SessionPriors.find`."""
        if _is_apart(self._here, prior.series_uid, self._index.stacks()):
            return None
        known = self._marks.get(prior.series_uid)
        if known is None:
            try:
                known = {shape.uid: shape for shape in self._load_marks(prior.series_uid)}
            except ViewerError:
                known = {}
            self._marks[prior.series_uid] = known
        return known.get(prior.uid)

    def is_reading(self, series_uid: str) -> bool:
        """Tell that nothing is read in the background."""
        del series_uid
        return False

    def values(self, series_uid: str, shape: AnyShape) -> MarkValues:
        """Return what a mark measures: with its voxels where they can be read."""
        del series_uid
        stack = self._index.find_stack(shape.stack)
        if stack is None or not isinstance(shape, RegionShape | ProbeShape):
            return unopened_values(shape, stack)
        if stack.key not in self._volumes:
            try:
                self._volumes[stack.key] = self._load_volume(stack)
            except ViewerError:
                self._volumes[stack.key] = None
        volume = self._volumes[stack.key]
        if volume is None:
            return unopened_values(shape, stack)
        return mark_values(shape, volume, self._rois)

    def day(self, series_uid: str) -> date | None:
        """Return the date of a series' study, where it is known."""
        return _series_day(self._index, series_uid)


def _is_apart(here: Stack | None, series_uid: str, stacks: Iterable[Stack]) -> bool:
    """Tell whether a series is known to be of another patient than a stack."""
    there = next((stack for stack in stacks if stack.key.series_uid == series_uid), None)
    if here is None or there is None:
        return False
    return bool(why_apart(here.patient, there.patient))


def _series_day(index: StudyIndex | None, series_uid: str) -> date | None:
    stacks = () if index is None else index.stacks()
    found = next((stack for stack in stacks if stack.key.series_uid == series_uid), None)
    return None if found is None else study_date(index, found)


def unopened_values(shape: AnyShape, stack: Stack | None) -> MarkValues:
    """Return what a mark of a series that is not open measures: no values of voxels.

    Without the series' files only patient millimetres are certain: those of a mark that names
    its frame of reference.
    """
    if stack is not None:
        return values_without_voxels(shape, stack)
    if not shape.frame_of_reference_uid:
        return MarkValues()
    return values_without_voxels(shape, _unknown_stack(shape))


def _unknown_stack(shape: AnyShape) -> Stack:
    """Return a stand-in for a stack whose files are not at hand: any grid in patient space."""
    grid = VolumeGeometry(
        shape_zyx=(1, 1, 1),
        spacing_zyx_mm=(1.0, 1.0, 1.0),
        origin_lps_mm=np.zeros(3),
        direction_lps=np.eye(3)[::-1],
        frame_of_reference_uid=shape.frame_of_reference_uid,
    )
    return Stack(shape.stack, "", (), (), grid, "int16", None)


def _read(ctx: JobContext, load: LoadMarks, series_uid: str) -> dict[str, AnyShape]:
    ctx.check()
    try:
        return {shape.uid: shape for shape in load(series_uid)}
    except ViewerError:
        return {}  # opening that series tells what is wrong with its marks
