"""Marks, key images and what can be undone are kept without being asked, soon after a change."""

import time
from collections.abc import Callable
from functools import partial
from threading import Lock

from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.history import History
from viewer.core.progress import JobContext
from viewer.core.undo import UndoStack
from viewer.jobs.runner import JobRunner
from viewer.store.annotations import Annotations, AnnotationStore, DamagedAnnotationsError

SAVE_KEY = "annotations.save"
DEBOUNCE_S = 0.3
"""Changes within this time are written together; far below the 2 s that may be lost."""
LONGEST_WAIT_S = 1.0
"""A reader who changes something all the time waits no longer than this for the first of it."""
_WAIT_STEP_S = 0.03


class AnnotationKeeper:
    """Saves every document that it opened, with its history, in the background.

    Parameters
    ----------
    store : AnnotationStore
        Where marks are kept.
    runner : JobRunner
        Does the writing; no long work may keep it waiting.
    undo : UndoStack
        Gets the history of what is opened.
    trouble : callable
        Told of marks that could not be read or saved.
    """

    def __init__(
        self,
        store: AnnotationStore,
        runner: JobRunner,
        undo: UndoStack,
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._runner = runner
        self._undo = undo
        self._trouble = trouble
        self._writer = _Writer(store)
        self._store = store
        self._protected: set[str] = set()
        self._dirty: set[str] = set()
        self._told_unnamed = False
        self._documents: dict[str, AnnotationDocument] = {}
        self._histories: dict[str, History[AnnotationDocument]] = {}
        undo.changed.connect(self._on_history)

    def open_document(self, series_uid: str) -> AnnotationDocument:
        """Return the document of a series, with the marks, key images and history that were saved.

        The same one as long as this window is open: undo keeps its meaning when a series is
        closed and opened again. Series without a UID have nothing in common.
        """
        known = self._documents.get(series_uid)
        if known is not None and series_uid:
            return known
        found = self._read(series_uid)
        document = found.document(series_uid)
        self._documents[series_uid] = document
        self._histories[series_uid] = found.history
        self._undo.restore(found.history, document)
        return document

    def kept(self, series_uid: str) -> AnnotationDocument | None:
        """Return the document of a series that was open since the start, or None."""
        return self._documents.get(series_uid)

    def flush(self) -> None:
        """Write now what is not written yet."""
        for series_uid in tuple(self._dirty):
            self._runner.cancel(_job_key(series_uid))
            try:
                number = self._writer.next_number(series_uid)
                self._writer.write(number, series_uid, self._content(series_uid))
            except ViewerError as error:
                self._trouble(error)
            else:
                self._dirty.discard(series_uid)

    def close(self) -> None:
        """Write what is left and let go of the documents."""
        self.flush()
        self._undo.changed.disconnect(self._on_history)
        self._documents.clear()

    def _read(self, series_uid: str) -> Annotations:
        try:
            return self._store.load(series_uid)
        except DamagedAnnotationsError as error:
            self._trouble(error)
        except ViewerError as error:
            self._protected.add(series_uid)
            self._trouble(error)
        return Annotations()

    def _on_history(self) -> None:
        """Save the documents that were changed: by commands only, each of which is a step."""
        for series_uid, document in self._documents.items():
            history = self._undo.history_of(document)
            if history == self._histories[series_uid]:
                continue
            self._histories[series_uid] = history
            if not series_uid:
                self._tell_unnamed()
            elif series_uid not in self._protected:
                self._submit(series_uid)

    def _submit(self, series_uid: str) -> None:
        self._dirty.add(series_uid)
        self._runner.submit(
            _job_key(series_uid),
            self._writer.write_soon,
            self._writer.next_number(series_uid),
            series_uid,
            self._content(series_uid),
            on_done=partial(self._on_saved, series_uid),
            on_failed=self._on_failed,
        )

    def _content(self, series_uid: str) -> Annotations:
        document = self._documents[series_uid]
        return Annotations(tuple(document), document.key_images, self._histories[series_uid])

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


class _Writer:
    """Writes each series in the order of its changes, whatever thread comes first."""

    def __init__(self, store: AnnotationStore) -> None:
        self._store = store
        self._lock = Lock()
        self._numbers: dict[str, int] = {}
        self._written: dict[str, int] = {}
        self._unwritten_since: dict[str, float] = {}

    def next_number(self, series_uid: str) -> int:
        """Number a change of a series; on the UI thread."""
        if self.last_number(series_uid) == self._written.get(series_uid, 0):
            self._unwritten_since[series_uid] = time.monotonic()
        self._numbers[series_uid] = self.last_number(series_uid) + 1
        return self._numbers[series_uid]

    def last_number(self, series_uid: str) -> int:
        """Return the number of a series' last change."""
        return self._numbers.get(series_uid, 0)

    def write_soon(
        self, ctx: JobContext, number: int, series_uid: str, content: Annotations
    ) -> int:
        """Wait for further changes, which supersede this job, then write."""
        now = time.monotonic()
        latest = self._unwritten_since.get(series_uid, now) + LONGEST_WAIT_S
        while time.monotonic() < min(now + DEBOUNCE_S, latest):
            ctx.check()
            time.sleep(_WAIT_STEP_S)
        return self.write(number, series_uid, content)

    def write(self, number: int, series_uid: str, content: Annotations) -> int:
        """Write, unless something newer was written meanwhile."""
        with self._lock:
            if number > self._written.get(series_uid, 0):
                self._store.save(series_uid, content.shapes, content.key_images, content.history)
                self._written[series_uid] = number
        return number
