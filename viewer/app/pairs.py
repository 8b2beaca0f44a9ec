"""Offsets between series are kept without being asked, and are there again when they are opened."""

from collections.abc import Callable
from threading import Lock

from viewer.core.errors import ViewerError
from viewer.core.links import Rigid, StackLinks
from viewer.core.progress import JobContext
from viewer.jobs.runner import JobRunner
from viewer.store.pairs import Pair, PairStore

LOAD_KEY = "pairs.load"
SAVE_KEY = "pairs.save"


class PairKeeper:
    """Restores and saves the pairs of a session's links, in the background.

    Parameters
    ----------
    store : PairStore
        Where pairs are kept.
    links : StackLinks
        Of the session.
    runner : JobRunner
        Does the reading and writing.
    trouble : callable
        Told of pairs that could not be saved.
    """

    def __init__(
        self,
        store: PairStore,
        links: StackLinks,
        runner: JobRunner,
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._store, self._links, self._runner, self._trouble = store, links, runner, trouble
        self._unsaved: dict[Pair, Rigid | None] = {}
        self._touched: set[Pair] = set()
        self._writing = Lock()
        links.changed.connect(self._on_changed)
        runner.submit(LOAD_KEY, _load, store, on_done=self._on_loaded)

    def close(self) -> None:
        """Write what is left; let go of the links."""
        self._links.changed.disconnect(self._on_changed)
        self._runner.cancel(LOAD_KEY)
        self._runner.cancel(SAVE_KEY)
        if not self._unsaved:
            return
        try:
            with self._writing:
                self._store.save(self._unsaved)
        except ViewerError as error:
            self._trouble(error)

    def _on_loaded(self, pairs: dict[Pair, Rigid]) -> None:
        # What the reader did meanwhile is newer.
        self._links.restore(
            {
                (source, target): rigid
                for (source, target), rigid in pairs.items()
                if not {(source, target), (target, source)} & self._touched
            }
        )

    def _on_changed(self, source_uid: str, target_uid: str) -> None:
        if not source_uid or not target_uid:
            return  # restored, or series without a UID: those cannot be found again
        pair = (source_uid, target_uid)
        self._touched.add(pair)
        self._unsaved.pop((target_uid, source_uid), None)
        self._unsaved[pair] = self._links.pair(*pair)
        changes = dict(self._unsaved)
        self._runner.submit(
            SAVE_KEY,
            self._save,
            changes,
            on_done=self._on_saved,
            on_failed=self._on_failed,
        )

    def _save(self, ctx: JobContext, changes: dict[Pair, Rigid | None]) -> dict[Pair, Rigid | None]:
        with self._writing:
            ctx.check()  # a later change has a job of its own
            self._store.save(changes)
        return changes

    def _on_saved(self, changes: dict[Pair, Rigid | None]) -> None:
        for pair, rigid in changes.items():
            if pair in self._unsaved and self._unsaved[pair] == rigid:
                del self._unsaved[pair]

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ViewerError):
            self._trouble(error)


def _load(ctx: JobContext, store: PairStore) -> dict[Pair, Rigid]:
    ctx.check()
    return store.load()
