"""Which viewports there are and what is in them: layouts, and series put into their places."""

from dataclasses import replace

from viewer.app.load_stack import StackLoader
from viewer.core.layout import Layout, layout_of
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
    """

    def __init__(self, session: Session, loader: StackLoader) -> None:
        self._session, self._loader = session, loader

    def set_layout(self, layout_id: str) -> None:
        """Show another layout; an unknown id is the default one."""
        layout = layout_of(layout_id)
        if layout == self._session.layout:
            return
        if layout.is_mpr:
            self._show_planes(layout)
        else:
            self._show_grid(layout)

    def begin(self, stack: Stack) -> None:
        """Open a stack in the active place; empty places take those that follow in its study."""
        session = self._session
        self._loader.open(stack)
        if session.layout.is_mpr:
            return
        views = session.viewports.by_id
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
        """Open a stack in a viewport, and make that the active one."""
        if viewport_id in self._session.viewports.by_id:
            self._session.interaction.active = viewport_id
        self._loader.open_key(key, viewport_id)

    def _show_planes(self, layout: Layout) -> None:
        session, stack = self._session, self._session.open_stack
        before, now = session.viewports.by_id, session.active
        states = {
            name: before[name]
            if name in before
            else ViewportState(Orientation(name), now.display, now.stack)
            for name in layout.viewport_ids
        }
        active = session.interaction.active
        if active not in states:
            active = Orientation.AXIAL.value
            if stack is not None:
                active = acquisition_orientation(stack.volume.geometry).value
        session.set_layout(layout, states, active)

    def _show_grid(self, layout: Layout) -> None:
        session = self._session
        kept = [session.active] if session.layout.is_mpr else list(session.viewports.by_id.values())
        kept = [_own_copy(state) for state in kept if state.stack is not None]
        # The active viewport stays when there is less room.
        number = next((n for n, s in enumerate(kept) if s.stack == session.active.stack), 0)
        places = layout.viewport_ids
        if number >= len(places):
            kept[len(places) - 1] = kept[number]
            number = len(places) - 1
        states = dict(zip(places, kept, strict=False))
        session.set_layout(layout, states, places[min(number, len(places) - 1)])
        shown = [state.stack for state in kept if state.stack is not None]
        for place, stack in zip(places[len(states) :], self._following(shown), strict=False):
            self._loader.open(stack, place)

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
    display = DisplayState(state.display.window, state.display.preset, state.display.inverted)
    return replace(state, display=display)
