"""Returns to the last look at a study when it is opened again."""

from collections.abc import Callable

from viewer.app.kept_views import kept_study, key_of, restore
from viewer.app.load_stack import StackLoader
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


class Returner:
    """Keeps how a study is looked at when it is left, and lets it look so when it is opened.

    Series go to the places where they were, as far as the present layout has them; the state of
    each place follows when its series arrives.

    Parameters
    ----------
    session : Session
        Whose viewports are meant.
    loader : StackLoader
        Opens series in their places.
    navigator : Navigator
        Shows slices.
    store : ViewStore
        Where looks are kept.
    runner : JobRunner
        Does the writing while reading goes on.
    wanted : callable
        Whether the reader wants this at all.
    """

    def __init__(
        self,
        session: Session,
        loader: StackLoader,
        navigator: Navigator,
        store: ViewStore,
        runner: JobRunner,
        wanted: Callable[[], bool],
    ) -> None:
        self._session, self._loader, self._navigator = session, loader, navigator
        self._store, self._runner, self._wanted = store, runner, wanted
        self._begun: Stack | None = None
        self._kept: KeptStudy | None = None
        self._waiting: set[str] = set()
        self._connections = Connections()
        self._connections.add(session.index_changed, self._on_index)
        # Behind the navigator, which goes to the middle of what is new.
        self._connections.add(session.shown_changed, self._on_shown)

    def begin(self, stack: Stack) -> None:
        """Note that a study is about to be opened, and keep the look at the present one."""
        self._begun = stack
        kept = kept_study(self._session) if self._wanted() else None
        if kept is not None:
            self._runner.submit(KEEP_KEY, _keep, self._store, kept)

    def close(self) -> None:
        """Keep the last look; let go of the session."""
        self._connections.close()
        self._runner.cancel(KEEP_KEY)

    def keep(self) -> None:
        """Keep the present look at once: the window is about to close."""
        kept = kept_study(self._session) if self._wanted() else None
        if kept is not None:
            _try_to_keep(self._store, kept)

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
        present = self._session.viewports.by_id
        own = {one.key: one for one in study.stacks}
        places = {
            name: own[key_of(view)]
            for name, view in self._kept.views.items()
            if name in present and key_of(view) in own
        }
        if self._kept.active in places and not self._session.layout.is_mpr:
            self._session.interaction.active = self._kept.active
        self._waiting = set(places)
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


def _keep(ctx: JobContext, store: ViewStore, kept: KeptStudy) -> None:
    ctx.check()
    _try_to_keep(store, kept)


def _try_to_keep(store: ViewStore, kept: KeptStudy) -> None:
    """Keep a look; where that is impossible the next start begins in the middle, as ever."""
    try:
        store.keep(kept)
    except ViewerError:
        return
