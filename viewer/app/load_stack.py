"""Use case: read a stack into the session, slice by slice, outwards from the one in view."""

from collections.abc import Callable
from functools import partial

from viewer.app.open_study import main_stack
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.plane import acquisition_orientation
from viewer.core.session import Session
from viewer.core.study import Stack, StackKey, StudyIndex, StudyKey
from viewer.core.view_state import DisplayState
from viewer.core.volume import Volume
from viewer.core.window import HuWindow
from viewer.dicom.loader import SlicesLoaded, VolumeStarted, load
from viewer.jobs.runner import JobRunner

LOAD_KEY = "open.load"
UNKNOWN_WINDOW = HuWindow(400, 40)
"""Until the first slices tell better."""


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
            load,
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
            return
        closed = {stack.key for stack in index.studies[place].stacks}
        left, volume = index.without(key), self._session.volume
        if self._wanted in closed:
            self._runner.cancel(LOAD_KEY)
            self._wanted = None
        self._session.set_index(left if left.studies else None)
        if volume is None or volume.stack.key not in closed:
            return
        self._session.set_volume(None, AnnotationDocument(""), DisplayState(UNKNOWN_WINDOW))
        if left.studies and self._wanted is None:
            neighbour = left.studies[min(place, len(left.studies) - 1)]
            stack = main_stack(StudyIndex(0, (neighbour,)))
            if stack is not None:
                self.open(stack)

    def _slice_in_view(self, stack: Stack) -> int:
        """Return the z that the reader looks at; called from the loading thread, reads only."""
        volume = self._session.volume
        if volume is None or volume.stack.key != stack.key:
            return stack.geometry.shape_zyx[0] // 2  # where the views will open
        orientation = acquisition_orientation(volume.geometry)
        return self._session.viewports[orientation.value].index

    def _grow(self, part: VolumeStarted | SlicesLoaded) -> None:
        if isinstance(part, VolumeStarted):
            stack = part.volume.stack
            document = self._open_document(stack.key.series_uid)
            self._session.set_volume(part.volume, document, first_display(stack))
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
