"""Marks, key images and what can be undone are kept without being asked, soon after a change."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock

from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.events import Signal
from viewer.core.history import History
from viewer.core.progress import JobContext
from viewer.core.undo import UndoStack
from viewer.i18n import tr_n
from viewer.jobs.runner import JobRunner
from viewer.store.annotations import Annotations, AnnotationStore, DamagedAnnotationsError

SAVE_KEY = "annotations.save"
DEBOUNCE_S = 0.3
"""Changes within this time are written together; far below the 2 s that may be lost."""
LONGEST_WAIT_S = 1.0
"""A reader who changes something all the time waits no longer than this for the first of it."""
_WAIT_STEP_S = 0.03


def _no_name(series_uid: str) -> str:
    del series_uid
    return ""


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
    name : callable, optional
        Returns what the series with a UID is called.

    Signals
    -------
    problem_changed
        A try to save has failed, or the first one after that has worked.
    """

    problem_changed = Signal()

    def __init__(
        self,
        store: AnnotationStore,
        runner: JobRunner,
        undo: UndoStack,
        trouble: Callable[[ViewerError], None],
        name: Callable[[str], str] = _no_name,
    ) -> None:
        self._name = name
        self._failed: dict[str, ViewerError] = {}
        self._on_disk: dict[str, Annotations] = {}
        self._runner = runner
        self._undo = undo
        self._trouble = trouble
        self._writer = _Writer(store)
        self._store = store
        self._protected: set[str] = set()
        self._dirty: set[str] = set()
        self._told_unnamed = False
        self._documents: dict[str, AnnotationDocument] = {}
        self._read_ahead: dict[str, Annotations | ViewerError] = {}
        self._histories: dict[str, History[AnnotationDocument]] = {}
        undo.changed.connect(self._on_history)

    def read_ahead(self, series_uid: str) -> None:
        """Read what was saved of a series that will be opened; from any thread."""
        if series_uid not in self._documents:
            self._read_ahead[series_uid] = _saved(self._store, series_uid)

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
        self._on_disk[series_uid] = found
        self._undo.restore(found.history, document)
        return document

    def kept(self, series_uid: str) -> AnnotationDocument | None:
        """Return the document of a series that was open since the start, or None."""
        return self._documents.get(series_uid)

    def flush(self) -> None:
        """Write now what is not written yet."""
        for series_uid in tuple(self._dirty):
            self._runner.cancel(_job_key(series_uid))
            content, number = self._content(series_uid), self._writer.next_number(series_uid)
            try:
                self._writer.write(number, series_uid, content)
            except ViewerError as error:
                self._on_failed(series_uid, error)
            else:
                self._on_saved(series_uid, content, number)

    @property
    def problem(self) -> ViewerError | None:
        """Why the last try to save failed; None while all is well."""
        return next(iter(self._failed.values()), None)

    @property
    def unsaved(self) -> str:
        """What could not be saved ("3 marks"), or ""; key images count as marks."""
        count = sum(
            _differences(self._on_disk[series_uid], self._content(series_uid))
            for series_uid in self._failed
        )
        return tr_n("{n} mark", "{n} marks", max(count, 1)) if self._failed else ""

    def retry(self) -> None:
        """Try again, in the background, what could not be saved."""
        for series_uid in tuple(self._failed):
            self._submit(series_uid)

    def save_copy(self, folder: Path) -> None:
        """Write the marks that could not be saved into another folder, in files of our own kind.

        Raises
        ------
        SaveError
            It cannot be written there either.
        """
        store = AnnotationStore(folder)
        for series_uid in self._failed:
            found = self._content(series_uid)
            store.save(series_uid, found.shapes, found.key_images, found.history)

    def close(self) -> None:
        """Write what is left and let go of the documents."""
        self.flush()
        self._undo.changed.disconnect(self._on_history)
        self._documents.clear()

    def _read(self, series_uid: str) -> Annotations:
        found = self._read_ahead.pop(series_uid, None)
        if found is None:
            found = _saved(self._store, series_uid)
        if isinstance(found, Annotations):
            return found
        if not isinstance(found, DamagedAnnotationsError):
            self._protected.add(series_uid)
        self._trouble(found)
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
        content = self._content(series_uid)
        self._runner.submit(
            _job_key(series_uid),
            self._writer.write_soon,
            self._writer.next_number(series_uid),
            series_uid,
            content,
            on_done=partial(self._on_saved, series_uid, content),
            on_failed=partial(self._on_failed, series_uid),
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

    def _on_saved(self, series_uid: str, content: Annotations, number: int) -> None:
        self._on_disk[series_uid] = content
        if number >= self._writer.last_number(series_uid):
            self._dirty.discard(series_uid)
            if self._failed.pop(series_uid, None) is not None:
                self.problem_changed.emit()

    def _on_failed(self, series_uid: str, error: Exception) -> None:
        """Say once that marks are not saved, however often that is tried again."""
        is_new = series_uid not in self._failed
        self._failed[series_uid] = told = self._unsaved_error(series_uid, error)
        if is_new:
            self._trouble(told)
        self.problem_changed.emit()

    def _unsaved_error(self, series_uid: str, error: Exception) -> ViewerError:
        why = error.why if isinstance(error, ViewerError) else type(error).__name__
        name, hint = self._name(series_uid), "They stay in the window; saving is tried again"
        if name:
            return ViewerError(f"The marks of {name} are not saved", why, hint)
        return ViewerError("The marks of this series are not saved", why, hint)


def _saved(store: AnnotationStore, series_uid: str) -> Annotations | ViewerError:
    """Return what was saved of a series, or why it cannot be shown."""
    try:
        return store.load(series_uid)
    except ViewerError as error:
        return error


def _differences(before: Annotations, now: Annotations) -> int:
    """Return how many marks and key images are not the same."""
    old = {one.uid: one for one in (*before.shapes, *before.key_images)}
    new = {one.uid: one for one in (*now.shapes, *now.key_images)}
    return sum(old.get(uid) != new.get(uid) for uid in old.keys() | new.keys())


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
