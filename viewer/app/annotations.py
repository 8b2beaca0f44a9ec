"""Marks are kept without being asked: saved shortly after each change, restored on reopening."""

import time
from collections.abc import Callable
from threading import Lock

from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.core.shapes import AnyShape
from viewer.jobs.runner import JobRunner
from viewer.store.annotations import AnnotationStore, DamagedAnnotationsError

SAVE_KEY = "annotations.save"
DEBOUNCE_S = 0.3
"""Changes within this time are written together; far below the 2 s that may be lost."""
_WAIT_STEP_S = 0.03


class AnnotationKeeper:
    """Saves the marks of the session's document in the background.

    Parameters
    ----------
    session : Session
        Whose document is watched; another document is taken up when the volume changes.
    store : AnnotationStore
        Where marks are kept.
    runner : JobRunner
        Does the writing.
    trouble : callable
        Told of marks that could not be read or saved.
    """

    def __init__(
        self,
        session: Session,
        store: AnnotationStore,
        runner: JobRunner,
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._session = session
        self._runner = runner
        self._trouble = trouble
        self._writer = _Writer(store)
        self._store = store
        self._protected: set[str] = set()
        self._dirty = False
        self._told_unnamed = False
        self._document = session.document
        self._document.changed.connect(self._on_changed)
        session.volume_changed.connect(self._on_volume)

    def open_document(self, series_uid: str) -> AnnotationDocument:
        """Return the document of a series with the marks that were saved."""
        self.flush()  # the same series may be opened again
        try:
            return AnnotationDocument(series_uid, self._store.load(series_uid))
        except DamagedAnnotationsError as error:
            self._trouble(error)
        except ViewerError as error:
            self._protected.add(series_uid)
            self._trouble(error)
        return AnnotationDocument(series_uid)

    def flush(self) -> None:
        """Write now what is not written yet."""
        if not self._dirty:
            return
        self._runner.cancel(SAVE_KEY)
        try:
            self._writer.write(self._writer.next_number(), *self._content())
        except ViewerError as error:
            self._trouble(error)
        else:
            self._dirty = False

    def close(self) -> None:
        """Write what is left and let go of the session."""
        self.flush()
        self._document.changed.disconnect(self._on_changed)
        self._session.volume_changed.disconnect(self._on_volume)

    def _on_volume(self) -> None:
        if self._session.document is self._document:
            return
        self.flush()
        self._document.changed.disconnect(self._on_changed)
        self._document = self._session.document
        self._document.changed.connect(self._on_changed)
        self._dirty = False
        self._told_unnamed = False

    def _on_changed(self, uid: str) -> None:
        del uid
        series_uid = self._document.series_uid
        if series_uid in self._protected:
            return
        if not series_uid:
            self._tell_unnamed()
            return
        self._dirty = True
        number = self._writer.next_number()
        self._runner.submit(
            SAVE_KEY,
            self._writer.write_soon,
            number,
            *self._content(),
            on_done=self._on_saved,
            on_failed=self._on_failed,
        )

    def _tell_unnamed(self) -> None:
        """Say once for each opened series that nothing tells it from others the next time."""
        if not self._told_unnamed:
            self._told_unnamed = True
            self._trouble(
                ViewerError(
                    "The marks of this series will not be saved",
                    "its files have no UIDs by which they could be found again",
                    "Export the images with their marks to keep them",
                )
            )

    def _content(self) -> tuple[str, tuple[AnyShape, ...]]:
        return self._document.series_uid, tuple(self._document)

    def _on_saved(self, number: int) -> None:
        if number == self._writer.last_number:
            self._dirty = False

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ViewerError):
            self._trouble(error)
        else:
            self._trouble(ViewerError("The marks could not be saved", type(error).__name__))


class _Writer:
    """Writes in the order of the changes, whatever thread comes first."""

    def __init__(self, store: AnnotationStore) -> None:
        self._store = store
        self._lock = Lock()
        self._written = 0
        self.last_number = 0

    def next_number(self) -> int:
        """Number a change; on the UI thread."""
        self.last_number += 1
        return self.last_number

    def write_soon(
        self, ctx: JobContext, number: int, series_uid: str, shapes: tuple[AnyShape, ...]
    ) -> int:
        """Wait for further changes, which supersede this job, then write."""
        end = time.monotonic() + DEBOUNCE_S
        while time.monotonic() < end:
            ctx.check()
            time.sleep(_WAIT_STEP_S)
        return self.write(number, series_uid, shapes)

    def write(self, number: int, series_uid: str, shapes: tuple[AnyShape, ...]) -> int:
        """Write, unless something newer was written meanwhile."""
        with self._lock:
            if number > self._written:
                self._store.save(series_uid, shapes)
                self._written = number
        return number
