"""Returns to the last look at a study when it is opened again."""

from collections.abc import Callable

from viewer.app.kept_views import kept_studies, key_of, restore
from viewer.app.load_stack import StackLoader
from viewer.app.looks import Looks
from viewer.app.presenters.connections import Connections
from viewer.app.presenters.navigation import Navigator
from viewer.core.errors import ViewerError
from viewer.core.layout import cell_in
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.core.study import Stack
from viewer.jobs.runner import JobRunner
from viewer.store.views import KeptStudy, KeptView, ViewStore

KEEP_KEY = "views.keep"
KEEP_MS = 1000
"""So often it is looked whether there is something new to keep, for what ends without a word."""

Every = Callable[[int, Callable[[], None]], Callable[[], None]]


class Returner:
    """Keeps how studies are looked at, all the while, and lets them look so when they are opened.

    Series go to the places where they were, of other studies too, as far as the present layout has
    the places and the index the series; the state of each place follows when its series arrives.

    Parameters
    ----------
    session : Session
        Whose viewports are meant.
    loader : StackLoader
        Opens series in their places.
    navigator : Navigator
        Shows slices.
    looks : Looks
        How series were looked at, those that no place shows among them.
    store : ViewStore
        Where looks are kept.
    runner : JobRunner
        Does the writing while reading goes on.
    wanted : callable
        Whether the reader wants this at all.
    every : callable
        Runs a function on the UI thread every so many milliseconds; returns what stops it.
    """

    def __init__(
        self,
        session: Session,
        loader: StackLoader,
        navigator: Navigator,
        looks: Looks,
        store: ViewStore,
        runner: JobRunner,
        wanted: Callable[[], bool],
        every: Every,
    ) -> None:
        self._session, self._loader, self._navigator = session, loader, navigator
        self._looks, self._store, self._runner = looks, store, runner
        self._wanted = wanted
        self._written: tuple[KeptStudy, ...] = ()
        self._begun: Stack | None = None
        self._kept: KeptStudy | None = None
        self._waiting: set[str] = set()
        self._connections = Connections()
        self._connections.add(session.index_changed, self._on_index)
        # Behind the navigator, which goes to the middle of what is new.
        self._connections.add(session.shown_changed, self._on_shown)
        self._stop = every(KEEP_MS, self._keep_soon)

    @property
    def awaited(self) -> frozenset[str]:
        """The places that a series is on its way back to."""
        return frozenset(self._waiting)

    def begin(self, stack: Stack) -> None:
        """Note that a study is about to be opened, and keep the look at the present one."""
        self._begun = stack
        self._keep_soon()

    def close(self) -> None:
        """Let go of the session."""
        self._stop()
        self._connections.close()
        self._runner.cancel(KEEP_KEY)

    def keep(self) -> None:
        """Keep the present look at once: the window is about to close."""
        kept = self._new()
        if kept:
            _try_to_keep(self._store, kept)

    def _keep_soon(self) -> None:
        kept = self._new()
        if kept:
            self._written = kept
            self._runner.submit(KEEP_KEY, _keep, self._store, kept)

    def _new(self) -> tuple[KeptStudy, ...]:
        """Return what differs from what was written last; nothing while series are on their way."""
        if self._waiting or not self._wanted():
            return ()
        kept = kept_studies(self._session, self._looks.known)
        return () if kept == self._written else kept

    # --- returning ---------------------------------------------------------------------------

    def _on_index(self) -> None:
        stack, index = self._begun, self._session.index
        self._begun, self._kept, self._waiting = None, None, set()
        study = None if stack is None or index is None else index.find_study(stack.key)
        if study is None or index is None or not self._wanted():
            return
        self._kept = self._store.find(study.study_uid)
        if self._kept is None:
            return
        for look in (*self._kept.looks, *self._kept.views.values()):
            self._looks.learn(look)
        present = self._session.viewports.by_id
        known = {one.key: one for one in index.stacks()}
        places = {
            name: known[key_of(view)]
            for name, view in self._kept.views.items()
            if name in present and key_of(view) in known
        }
        if self._kept.active in places and not self._session.layout.is_mpr:
            self._session.interaction.active = self._kept.active
        self._waiting = set(places)
        for name in places:
            self._looks.promise(name, self._kept.views[name])
        for name in self._openings(places):
            self._loader.open(places[name], name)

    def _openings(self, places: dict[str, Stack]) -> list[str]:
        """Return the places to open series in: one of the planes of a volume stands for all."""
        session = self._session
        opened, found = set[int](), list[str]()
        for name in places:
            layout = session.layout_with(name)
            if layout.is_mpr and layout.window in opened:
                continue
            if layout.is_mpr:
                opened.add(layout.window)
            found.append(name)
        return found

    def _on_shown(self, viewport_id: str) -> None:
        kept, stack = self._kept, self._session.shown_in(viewport_id)
        view = None if kept is None else kept.views.get(viewport_id)
        if kept is None or view is None or stack is None or viewport_id not in self._waiting:
            return
        if stack.volume.stack.key != key_of(view):
            self._waiting.discard(viewport_id)  # something else was opened there
            return
        layout = self._session.layout_with(viewport_id)
        if not layout.is_mpr:
            self._restore(viewport_id, kept)
        elif viewport_id == layout.viewport_ids[-1]:
            # The planes of a volume arrive together: the last one brings them all.
            for name in layout.viewport_ids:
                self._restore(name, kept)

    def _restore(self, viewport_id: str, kept: KeptStudy) -> None:
        session = self._session
        view, stack = kept.views.get(viewport_id), session.shown_in(viewport_id)
        if view is None or stack is None or viewport_id not in self._waiting:
            return
        self._waiting.discard(viewport_id)
        crosshair, leads = kept.crosshair, kept.active == viewport_id
        if crosshair is not None and (crosshair[0], crosshair[1]) == (view.series_uid, view.stack):
            leads = True
            session.interaction.crosshair_stack = key_of(view)
            session.interaction.crosshair_lps = crosshair[2]
        if kept.active == viewport_id:
            session.interaction.active = viewport_id
        # What leads carries the others along: those that were there before go back to their own.
        before = kept.views.keys() - self._waiting - {viewport_id} if leads else set()
        for name in (viewport_id, *before):
            self._show_as_kept(name, kept.views[name])
        if kept.maximised and cell_in(kept.maximised) == cell_in(viewport_id):
            session.interaction.maximised = kept.maximised

    def _show_as_kept(self, viewport_id: str, view: KeptView) -> None:
        stack = self._session.shown_in(viewport_id) if self._is_there(viewport_id) else None
        if stack is not None and stack.volume.stack.key == key_of(view):
            restore(self._session.viewports[viewport_id], view, stack.volume.stack)
            self._navigator.show_alone(viewport_id, view.index)

    def _is_there(self, viewport_id: str) -> bool:
        return viewport_id in self._session.viewports.by_id


def _keep(ctx: JobContext, store: ViewStore, kept: tuple[KeptStudy, ...]) -> None:
    ctx.check()
    _try_to_keep(store, kept)


def _try_to_keep(store: ViewStore, kept: tuple[KeptStudy, ...]) -> None:
    """Keep looks; where that is impossible the next start begins in the middle, as ever."""
    try:
        store.keep(*kept)
    except ViewerError:
        return
