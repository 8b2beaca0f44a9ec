"""Marks are kept without being asked: saved shortly after each change, restored on reopening."""

import time
from collections.abc import Callable
from functools import partial
from threading import Lock

from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.shapes import AnyShape
from viewer.jobs.runner import JobRunner
from viewer.store.annotations import AnnotationStore, DamagedAnnotationsError

SAVE_KEY = "annotations.save"
DEBOUNCE_S = 0.3
"""Changes within this time are written together; far below the 2 s that may be lost."""
_WAIT_STEP_S = 0.03


class AnnotationKeeper:
    """Saves the marks of every document that it opened, in the background.

    Parameters
    ----------
    store : AnnotationStore
        Where marks are kept.
    runner : JobRunner
        Does the writing.
    trouble : callable
        Told of marks that could not be read or saved.
    """

    def __init__(
        self,
        store: AnnotationStore,
        runner: JobRunner,
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._runner = runner
        self._trouble = trouble
        self._writer = _Writer(store)
        self._store = store
        self._protected: set[str] = set()
        self._dirty: set[str] = set()
        self._told_unnamed = False
        self._documents: dict[str, AnnotationDocument] = {}

    def open_document(self, series_uid: str) -> AnnotationDocument:
        """Return the document of a series, with the marks that were saved.

        The same one as long as this window is open: undo keeps its meaning when a series is
        closed and opened again. Series without a UID have nothing in common.
        """
        known = self._documents.get(series_uid)
        if known is not None and series_uid:
            return known
        document = AnnotationDocument(series_uid, self._read(series_uid))
        document.changed.connect(partial(self._on_changed, document))
        self._documents[series_uid] = document
        return document

    def flush(self) -> None:
        """Write now what is not written yet."""
        for series_uid in tuple(self._dirty):
            self._runner.cancel(_job_key(series_uid))
            try:
                number = self._writer.next_number(series_uid)
                self._writer.write(number, *_content(self._documents[series_uid]))
            except ViewerError as error:
                self._trouble(error)
            else:
                self._dirty.discard(series_uid)

    def close(self) -> None:
        """Write what is left and let go of the documents."""
        self.flush()
        for document in self._documents.values():
            document.changed.disconnect()
        self._documents.clear()

    def _read(self, series_uid: str) -> tuple[AnyShape, ...]:
        try:
            return self._store.load(series_uid)
        except DamagedAnnotationsError as error:
            self._trouble(error)
        except ViewerError as error:
            self._protected.add(series_uid)
            self._trouble(error)
        return ()

    def _on_changed(self, document: AnnotationDocument, uid: str) -> None:
        del uid
        series_uid = document.series_uid
        if series_uid in self._protected:
            return
        if not series_uid:
            self._tell_unnamed()
            return
        self._dirty.add(series_uid)
        number = self._writer.next_number(series_uid)
        self._runner.submit(
            _job_key(series_uid),
            self._writer.write_soon,
            number,
            *_content(document),
            on_done=partial(self._on_saved, series_uid),
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

    def _on_saved(self, series_uid: str, number: int) -> None:
        if number >= self._writer.last_number(series_uid):
            self._dirty.discard(series_uid)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ViewerError):
            self._trouble(error)
        else:
            self._trouble(ViewerError("The marks could not be saved", type(error).__name__))


def _job_key(series_uid: str) -> str:
    return f"{SAVE_KEY}.{series_uid}"


def _content(document: AnnotationDocument) -> tuple[str, tuple[AnyShape, ...]]:
    return document.series_uid, tuple(document)


class _Writer:
    """Writes each series in the order of its changes, whatever thread comes first."""

    def __init__(self, store: AnnotationStore) -> None:
        self._store = store
        self._lock = Lock()
        self._numbers: dict[str, int] = {}
        self._written: dict[str, int] = {}

    def next_number(self, series_uid: str) -> int:
        """Number a change of a series; on the UI thread."""
        self._numbers[series_uid] = self.last_number(series_uid) + 1
        return self._numbers[series_uid]

    def last_number(self, series_uid: str) -> int:
        """Return the number of a series' last change."""
        return self._numbers.get(series_uid, 0)

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
            if number > self._written.get(series_uid, 0):
                self._store.save(series_uid, shapes)
                self._written[series_uid] = number
        return number
