"""Which viewports there are and what is in them: layouts, and series put into their places."""

from collections.abc import Callable
from dataclasses import replace

from viewer.app.kept_views import restore_stance
from viewer.app.load_stack import StackLoader
from viewer.app.presenters.hanging import newest_prior
from viewer.core.layout import Layout, cell_in, id_in, layout_of, window_of
from viewer.core.plane import Orientation, acquisition_orientation
from viewer.core.session import Session
from viewer.core.study import Stack, StackKey
from viewer.core.view_state import DisplayState, ViewportState


class Arranger:
    """Changes the layout; what was shown stays, free places take the series that follow.

    Parameters
    ----------
    session : Session
        Whose viewports change.
    loader : StackLoader
        Opens series in places that are free.
    hangs_prior : callable, optional
        Whether the first free place is for the newest prior.
    """

    def __init__(
        self,
        session: Session,
        loader: StackLoader,
        hangs_prior: Callable[[], bool] = lambda: False,
    ) -> None:
        self._session, self._loader, self._hangs_prior = session, loader, hangs_prior

    def set_layout(self, layout_id: str) -> None:
        """Show another layout in the active window; an unknown id is the default one."""
        self.lay_out(layout_of(layout_id).in_window(self._session.layout.window))

    def lay_out(self, layout: Layout) -> None:
        """Show a layout in its window; the second one must be open."""
        if layout == self._session.layouts[layout.window]:
            return
        if layout.is_mpr:
            self._show_planes(layout)
        else:
            self._show_grid(layout)

    def open_second(self, layout: Layout) -> None:
        """Add the second window's viewports: empty places, or planes of the active series."""
        session = self._session
        if len(session.layouts) > 1:
            return
        states: dict[str, ViewportState] = {}
        now = session.active
        if layout.is_mpr and session.open_stack is not None:
            states = {
                name: ViewportState(
                    Orientation(cell_in(name)), now.display, now.stack, layer=now.layer
                )
                for name in layout.viewport_ids
            }
        session.set_layout(layout, states, session.interaction.active)

    def begin(self, stack: Stack) -> None:
        """Open a stack in the active place; empty places take those that follow in its study."""
        session = self._session
        self._loader.open(stack)
        if session.layout.is_mpr:
            return
        views = self._views(session.layout.window)
        shown = [view.stack for view in views.values() if view.stack is not None]
        free = [
            name
            for name, view in views.items()
            if view.stack is None and name != session.interaction.active
        ]
        following = self._following([*(key for key in shown if key != stack.key), stack.key])
        for place, other in zip(free, following, strict=False):
            self._loader.open(other, place)

    def put(self, key: StackKey, viewport_id: str) -> None:
        """Open a stack in a viewport beside the active one, and make it the active one."""
        before = self._session.interaction.active
        if viewport_id in self._session.viewports.by_id:
            self._session.interaction.active = viewport_id
        self._loader.open_key(key, viewport_id, beside=before)

    def _views(self, window: int) -> dict[str, ViewportState]:
        views = self._session.viewports.by_id.items()
        return {name: view for name, view in views if window_of(name) == window}

    def _leading(self, window: int) -> str:
        """Return the viewport of a window that its others follow: the active one, or the first."""
        active = self._session.interaction.active
        return active if window_of(active) == window else next(iter(self._views(window)))

    def _show_planes(self, layout: Layout) -> None:
        session, leading = self._session, self._leading(layout.window)
        stack, before = session.shown_in(leading), session.viewports.by_id
        now = before[leading]
        states = {
            name: before[name] if name in before else self._plane(name, now)
            for name in layout.viewport_ids
        }
        active = session.interaction.active
        if active not in states and window_of(active) == layout.window:
            active = id_in(layout.window, Orientation.AXIAL.value)
            if stack is not None:
                plane = acquisition_orientation(stack.volume.geometry)
                active = id_in(layout.window, plane.value)
        session.set_layout(layout, states, active)

    def _plane(self, name: str, now: ViewportState) -> ViewportState:
        """Return a plane of what a place shows: as it stood when it was last seen."""
        plane = ViewportState(Orientation(cell_in(name)), now.display, now.stack, layer=now.layer)
        look = None if now.stack is None else self._loader.looks.find(now.stack, name)
        if look is not None:
            restore_stance(plane, look)
        return plane

    def _show_grid(self, layout: Layout) -> None:
        session, leading = self._session, self._leading(layout.window)
        lead = session.viewports[leading]
        mpr = session.layouts[layout.window].is_mpr
        kept = [lead] if mpr else list(self._views(layout.window).values())
        kept = [_own_copy(state) for state in kept if state.stack is not None]
        # The active viewport stays when there is less room.
        number = next((n for n, s in enumerate(kept) if s.stack == lead.stack), 0)
        places = layout.viewport_ids
        if number >= len(places):
            kept[len(places) - 1] = kept[number]
            number = len(places) - 1
        states = dict(zip(places, kept, strict=False))
        active = session.interaction.active
        if window_of(active) == layout.window:
            active = places[min(number, len(places) - 1)]
        session.set_layout(layout, states, active)
        shown = [state.stack for state in kept if state.stack is not None]
        coming = self._following(shown)
        prior = self._prior(lead.stack, shown)
        if prior is not None:
            coming = [prior, *(stack for stack in coming if stack.key != prior.key)]
        for place, stack in zip(places[len(states) :], coming, strict=False):
            beside = active if stack is prior else ""
            self._loader.open(stack, place, beside)

    def _prior(self, lead: StackKey | None, shown: list[StackKey]) -> Stack | None:
        """Return the newest prior of what leads, where it is wanted and not shown yet."""
        index = self._session.index
        stack = None if index is None or lead is None else index.find_stack(lead)
        if index is None or stack is None or not self._hangs_prior():
            return None
        prior = newest_prior(index, stack)
        return None if prior is None or prior.key in shown else prior

    def _following(self, shown: list[StackKey]) -> list[Stack]:
        """Return the stacks of the study behind the last that is shown, scouts left out."""
        index, last = self._session.index, shown[-1] if shown else None
        study = None if index is None or last is None else index.find_study(last)
        if study is None or last is None:
            return []
        stacks = [stack for stack in study.stacks if "LOCALIZER" not in stack.image_type]
        keys = [stack.key for stack in stacks]
        start = keys.index(last) + 1 if last in keys else 0
        return [stack for stack in stacks[start:] + stacks[:start] if stack.key not in shown]


def _own_copy(state: ViewportState) -> ViewportState:
    """Return a viewport's state with a window of its own: planes of one volume share theirs."""
    shown = state.display
    display = DisplayState(shown.window, shown.preset, shown.inverted, shown.colour_map)
    return replace(state, display=display)
