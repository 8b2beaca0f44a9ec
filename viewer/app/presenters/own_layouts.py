"""Own layouts: saved, listed, ordered and shown on whatever study is open."""

from collections.abc import Callable
from dataclasses import replace

from viewer.app.first_window import first_display
from viewer.app.load_stack import StackLoader
from viewer.app.own_layouts import found_for, patient_studies, take_down
from viewer.app.presenters.connections import Connections
from viewer.core.arrangement import Arrangement, SavedPlace, SavedWindow
from viewer.core.errors import ViewerError
from viewer.core.events import Signal
from viewer.core.layout import MAIN, layout_from
from viewer.core.session import Session
from viewer.core.study import StackKey, Study
from viewer.core.view_place import view_index_at
from viewer.core.view_state import ViewportState
from viewer.i18n import tr
from viewer.store.arrangements import ArrangementStore


class OwnLayouts:
    """Keeps the reader's layouts and shows one.

    Parameters
    ----------
    session : Session
        Whose windows are arranged.
    loader : StackLoader
        Opens what the rules find.
    store : ArrangementStore
        Where they are kept.
    open_second : callable
        Opens the second window where a layout needs it.
    tell, trouble : callable
        Told what was found, and what went wrong.

    Signals
    -------
    changed
        Other layouts, names or order.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        loader: StackLoader,
        store: ArrangementStore,
        open_second: Callable[[], None],
        tell: Callable[[str], None],
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._session, self._loader, self._store = session, loader, store
        self._open_second, self._tell, self._trouble = open_second, tell, trouble
        self._layouts = store.load()
        self._awaited: dict[str, tuple[StackKey, SavedPlace]] = {}
        self._connections = Connections()
        self._connections.add(session.shown_changed, self._on_shown)

    def close(self) -> None:
        """Let go of the session."""
        self._connections.close()

    @property
    def all(self) -> tuple[Arrangement, ...]:
        """The layouts in the reader's order."""
        return self._layouts

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the reader's order."""
        return tuple(layout.name for layout in self._layouts)

    # --- keeping -----------------------------------------------------------------------------

    def save(self, name: str) -> bool:
        """Take the present arrangement down; one of the same name is replaced in its place."""
        try:
            made = take_down(self._session, name)
        except ValueError:
            self._trouble(ViewerError(tr("The layout is not saved"), tr("it needs a short name")))
            return False
        if made.name in self.names:
            return self._keep(tuple(made if x.name == made.name else x for x in self._layouts))
        return self._keep((*self._layouts, made))

    def rename(self, number: int, name: str) -> bool:
        """Give a layout another name, which no other has."""
        others = self.names[:number] + self.names[number + 1 :]
        try:
            renamed = replace(self._layouts[number], name=name.strip())
        except ValueError:
            return False
        if renamed.name in others:
            return False
        before, after = self._layouts[:number], self._layouts[number + 1 :]
        return self._keep((*before, renamed, *after))

    def delete(self, number: int) -> None:
        """Forget a layout."""
        self._keep(self._layouts[:number] + self._layouts[number + 1 :])

    def move(self, number: int, to: int) -> None:
        """Give a layout another place in the order; the first nine have keys."""
        if 0 <= to < len(self._layouts):
            rest = list(self._layouts)
            rest.insert(to, rest.pop(number))
            self._keep(tuple(rest))

    def _keep(self, layouts: tuple[Arrangement, ...]) -> bool:
        try:
            self._store.save(layouts)
        except ViewerError as error:
            self._trouble(error)
            return False
        self._layouts = layouts
        self.changed.emit()
        return True

    # --- showing -----------------------------------------------------------------------------

    def show(self, number: int) -> None:
        """Arrange the windows as a layout says, and fill its places by their rules."""
        if number >= len(self._layouts):
            return
        layout, studies = self._layouts[number], patient_studies(self._session)
        if len(layout.windows) > 1:
            self._open_second()
        self._awaited = {}
        empty = 0
        for window, saved in enumerate(layout.windows):
            empty += self._fill(window, saved, studies)
        text = tr("Layout: {name}", name=layout.name)
        if empty and studies:
            text = tr("Layout: {name}; places left empty: {n}", name=layout.name, n=empty)
        self._tell(text)

    def _fill(self, window: int, saved: SavedWindow, studies: tuple[Study, ...]) -> int:
        """Lay a window out; returns how many places found nothing."""
        session = self._session
        layout = layout_from(saved.layout).in_window(window)
        wanted = [found_for(place.rule, studies) for place in saved.places]
        states: dict[str, ViewportState] = {}
        to_open: dict[str, StackKey] = {}
        for name, place, (stack, missing) in zip(
            layout.viewport_ids, saved.places, wanted, strict=False
        ):
            states[name] = state = ViewportState(place.orientation, note=missing)
            if stack is None:
                continue
            if stack.key in session.stacks:
                state.display = first_display(session.stacks[stack.key])
                state.stack, state.slab = stack.key, place.slab
            else:
                to_open[name] = stack.key
                self._awaited[name] = (stack.key, place)
        active = next(iter(layout.viewport_ids)) if window == MAIN else session.interaction.active
        session.set_layout(layout, states, active)
        names = list(to_open)[:1] if layout.is_mpr else list(to_open)
        for name in names:
            self._loader.open_key(to_open[name], name)
        return sum(bool(missing) for _, missing in wanted[: len(layout.viewport_ids)])

    def _on_shown(self, viewport_id: str) -> None:
        """Let a series that came for a place stand as the place says."""
        session = self._session
        key, place = self._awaited.get(viewport_id, (None, None))
        view, stack = session.viewports.by_id.get(viewport_id), session.shown_in(viewport_id)
        if place is None or view is None or stack is None or view.stack != key:
            return
        del self._awaited[viewport_id]
        view.slab = place.slab
        if view.orientation is not place.orientation:
            geometry = stack.volume.geometry
            view.orientation = place.orientation
            point = session.crosshair_in(stack.volume.stack.key) or geometry.center_lps_mm
            view.index = view_index_at(view, geometry, point)
