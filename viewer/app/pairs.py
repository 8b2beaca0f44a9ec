"""Offsets between series are kept without being asked, and are there again when they are opened."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from viewer.core.errors import ViewerError
from viewer.core.events import Signal
from viewer.core.history import NO_HISTORY, History
from viewer.core.links import Rigid, StackLinks
from viewer.core.progress import JobContext
from viewer.core.undo import UndoStack
from viewer.i18n import tr_n
from viewer.jobs.runner import JobRunner
from viewer.store.pairs import Pair, PairStore

LOAD_KEY = "pairs.load"
SAVE_KEY = "pairs.save"


class PairKeeper:
    """Restores and saves the pairs of a session's links, and their history, in the background.

    Parameters
    ----------
    store : PairStore
        Where pairs are kept.
    links : StackLinks
        Of the session.
    undo : UndoStack
        Of the session.
    runner : JobRunner
        Does the reading and writing.
    trouble : callable
        Told of pairs that could not be saved.

    Signals
    -------
    problem_changed
        A try to save has failed, or the first one after that has worked.
    """

    problem_changed = Signal()

    def __init__(
        self,
        store: PairStore,
        links: StackLinks,
        undo: UndoStack,
        runner: JobRunner,
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._store, self._links, self._undo = store, links, undo
        self._runner, self._trouble = runner, trouble
        self._unsaved: dict[Pair, Rigid | None] = {}
        self._touched: set[Pair] = set()
        self._history: History[StackLinks] = NO_HISTORY
        self._kept: History[StackLinks] = NO_HISTORY
        self._writing = Lock()
        self._problem: ViewerError | None = None
        links.changed.connect(self._on_changed)
        undo.changed.connect(self._on_history)
        runner.submit(LOAD_KEY, _load, store, on_done=self._on_loaded)

    def close(self) -> None:
        """Write what is left; let go of links and history."""
        self._links.changed.disconnect(self._on_changed)
        self._undo.changed.disconnect(self._on_history)
        self._runner.cancel(LOAD_KEY)
        self.flush()

    @property
    def problem(self) -> ViewerError | None:
        """Why the last try to save failed; None while all is well."""
        return self._problem

    @property
    def unsaved(self) -> str:
        """What could not be saved ("1 offset of two series"), or ""."""
        if self._problem is None:
            return ""
        count = max(len(self._unsaved), 1)
        return tr_n("{n} offset of two series", "{n} offsets of two series", count)

    def retry(self) -> None:
        """Try again, in the background, what could not be saved."""
        self._submit()

    def flush(self) -> None:
        """Write now what is not written yet."""
        self._runner.cancel(SAVE_KEY)
        if not self._unsaved and self._history == self._kept:
            return
        changes = dict(self._unsaved)
        try:
            with self._writing:
                self._store.save(changes, self._history)
        except ViewerError as error:
            self._on_failed(error)
        else:
            self._on_saved((changes, self._history))

    def save_copy(self, folder: Path) -> None:
        """Write what could not be saved into another folder.

        Raises
        ------
        SaveError
            It cannot be written there either.
        """
        PairStore(folder).save(self._unsaved, self._history)

    def _on_loaded(self, kept: tuple[dict[Pair, Rigid], History[StackLinks]]) -> None:
        pairs, history = kept
        # What the reader did meanwhile is newer.
        self._links.restore(
            {
                (source, target): rigid
                for (source, target), rigid in pairs.items()
                if not {(source, target), (target, source)} & self._touched
            }
        )
        self._kept = history
        self._undo.restore(history, self._links)

    def _on_changed(self, source_uid: str, target_uid: str) -> None:
        if not source_uid or not target_uid:
            return  # restored, or series without a UID: those cannot be found again
        pair = (source_uid, target_uid)
        self._touched.add(pair)
        self._unsaved.pop((target_uid, source_uid), None)
        self._unsaved[pair] = self._links.pair(*pair)
        self._submit()

    def _on_history(self) -> None:
        """Save again where what can be undone of the pairs is something else now."""
        history = self._undo.history_of(self._links)
        if history != self._history:
            self._history = history
            if history != self._kept:
                self._submit()

    def _submit(self) -> None:
        self._runner.submit(
            SAVE_KEY,
            self._save,
            dict(self._unsaved),
            self._history,
            on_done=self._on_saved,
            on_failed=self._on_failed,
        )

    def _save(
        self, ctx: JobContext, changes: dict[Pair, Rigid | None], history: History[StackLinks]
    ) -> tuple[dict[Pair, Rigid | None], History[StackLinks]]:
        with self._writing:
            ctx.check()  # a later change has a job of its own
            self._store.save(changes, history)
        return changes, history

    def _on_saved(self, saved: tuple[dict[Pair, Rigid | None], History[StackLinks]]) -> None:
        changes, self._kept = saved
        for pair, rigid in changes.items():
            if pair in self._unsaved and self._unsaved[pair] == rigid:
                del self._unsaved[pair]
        if self._problem is not None:
            self._problem = None
            self.problem_changed.emit()

    def _on_failed(self, error: Exception) -> None:
        """Say once that pairs are not saved, however often that is tried again."""
        why = error.why if isinstance(error, ViewerError) else type(error).__name__
        hint = "They stay in the window; saving is tried again"
        is_new, what = self._problem is None, "The offsets between series are not saved"
        self._problem = ViewerError(what, why, hint)
        if is_new:
            self._trouble(self._problem)
        self.problem_changed.emit()


def _load(ctx: JobContext, store: PairStore) -> tuple[dict[Pair, Rigid], History[StackLinks]]:
    ctx.check()
    return store.load()
