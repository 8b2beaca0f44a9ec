"""Use case: read a stack into the session, slice by slice, outwards from the one in view."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from viewer.app.open_study import main_stack
from viewer.app.windows import DEFAULT
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.plane import acquisition_orientation
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.core.study import Stack, StackKey, StudyIndex, StudyKey
from viewer.core.view_state import DisplayState
from viewer.core.volume import Volume
from viewer.core.window import HuWindow
from viewer.dicom.loader import SlicesLoaded, VolumeStarted, load
from viewer.imaging.histogram import automatic_window
from viewer.jobs.runner import JobRunner

LOAD_KEY = "open.load"
UNKNOWN_WINDOW = HuWindow(400, 40)
"""Until the first slices tell better."""


@dataclass(frozen=True, slots=True)
class WindowMeasured:
    """Partial result: the window that fits the slices that are told next."""

    window: HuWindow


class StackLoader:
    """Loads one stack at a time; another one supersedes it.

    Parameters
    ----------
    session : Session
        Gets the volume while it grows.
    runner : JobRunner
        Does the reading.
    open_document : callable
        Returns the marks of a series.
    trouble : callable
        Told when the stack cannot be read.
    """

    def __init__(
        self,
        session: Session,
        runner: JobRunner,
        open_document: Callable[[str], AnnotationDocument],
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._session = session
        self._runner = runner
        self._open_document = open_document
        self._trouble = trouble
        self._wanted: StackKey | None = None

    def open_key(self, key: StackKey) -> None:
        """Load a stack of the session's index; one that is not there any more is ignored."""
        index = self._session.index
        stack = index.find_stack(key) if index else None
        if stack is not None:
            self.open(stack)

    def open(self, stack: Stack) -> None:
        """Load a stack."""
        self._wanted = stack.key
        self._runner.submit(
            LOAD_KEY,
            load_measured,
            stack,
            partial(self._slice_in_view, stack),
            title="Loading images",
            on_partial=self._grow,
            on_done=self._finish,
            on_failed=self._fail,
        )

    def close_study(self, key: StudyKey) -> None:
        """Take a study out of the index; when it is the open one, show the next one."""
        index = self._session.index
        if index is None:
            return
        place = next((n for n, study in enumerate(index.studies) if study.key == key), None)
        if place is None:
            if any(found.study == key for found in index.objects):
                self._set_index(index.without(key))
            return
        closed = {stack.key for stack in index.studies[place].stacks}
        left, volume = index.without(key), self._session.volume
        if self._wanted in closed:
            self._runner.cancel(LOAD_KEY)
            self._wanted = None
        self._set_index(left)
        if volume is None or volume.stack.key not in closed:
            return
        self._session.set_volume(None, AnnotationDocument(""), DisplayState(UNKNOWN_WINDOW))
        if left.studies and self._wanted is None:
            neighbour = left.studies[min(place, len(left.studies) - 1)]
            stack = main_stack(StudyIndex(0, (neighbour,)))
            if stack is not None:
                self.open(stack)

    def _set_index(self, left: StudyIndex) -> None:
        self._session.set_index(left if left.studies or left.objects else None)

    def _slice_in_view(self, stack: Stack) -> int:
        """Return the z that the reader looks at; called from the loading thread, reads only."""
        volume = self._session.volume
        if volume is None or volume.stack.key != stack.key:
            return stack.opening_slice
        orientation = acquisition_orientation(volume.geometry)
        return self._session.viewports[orientation.value].index

    def _grow(self, part: VolumeStarted | WindowMeasured | SlicesLoaded) -> None:
        if isinstance(part, VolumeStarted):
            stack = part.volume.stack
            document = self._open_document(stack.key.series_uid)
            self._session.set_volume(part.volume, document, first_display(stack))
        elif isinstance(part, WindowMeasured):
            if self._session.display.preset == DEFAULT:
                self._session.display.window = part.window
        else:
            self._session.add_loaded(part.slices)

    def _finish(self, volume: Volume) -> None:
        self._session.finish_volume(volume)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, ViewerError):
            self._trouble(error)
        else:
            self._trouble(ViewerError("The series cannot be opened", type(error).__name__))


def first_display(stack: Stack) -> DisplayState:
    """Return the window that the files ask for."""
    return DisplayState(stack.windows[0].window if stack.windows else UNKNOWN_WINDOW)


def load_measured(ctx: JobContext, stack: Stack, first_slice: Callable[[], int]) -> Volume:
    """Load a stack; where its files state no window, one is measured before a slice is told.

    Partial results and errors are those of `viewer.dicom.loader.load`, and `WindowMeasured`.
    """
    return load(ctx if stack.windows else _MeasuringContext(ctx), stack, first_slice)


class _MeasuringContext:
    """Passes a load's partial results on, with a window in front of the first image."""

    def __init__(self, ctx: JobContext) -> None:
        self._ctx = ctx
        self._volume: Volume | None = None

    def progress(self, fraction: float, text: str = "") -> None:
        self._ctx.progress(fraction, text)

    def check(self) -> None:
        self._ctx.check()

    def partial(self, value: object) -> None:
        if isinstance(value, VolumeStarted):
            self._volume = None if value.volume.is_colour else value.volume
        elif isinstance(value, SlicesLoaded) and self._volume is not None:
            images = value.slices.difference(self._volume.placeholders)
            if images:
                self._ctx.partial(WindowMeasured(automatic_window(self._volume, images)))
                self._volume = None
        self._ctx.partial(value)
