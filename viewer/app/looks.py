"""How each series was last looked at: one memory for every road that leads back to it."""

from viewer.app.kept_views import kept_view
from viewer.core.layout import MPR_IDS, cell_in
from viewer.core.plane import acquisition_orientation
from viewer.core.session import Session
from viewer.core.study import StackKey
from viewer.core.view_state import ViewportState
from viewer.store.views import KeptView

MAX_SERIES = 400
"""Those not looked at for longest are forgotten beyond so many."""


class Looks:
    """Notes what a place showed when it shows something else, and finds it again.

    A look is kept for each standard plane of a series; a place for series returns to the last of
    them, the planes of a volume each to its own. What another place shows at the moment is newer
    than what is kept.

    Parameters
    ----------
    session : Session
        Whose viewports are watched.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[StackKey, dict[str, KeptView]] = {}
        self._promised: dict[str, KeptView] = {}
        self._held: dict[str, tuple[ViewportState, bool]] = {}
        session.shown_changed.connect(self._on_shown)
        session.layout_changed.connect(self._on_layout)

    def close(self) -> None:
        """Let go of the session."""
        self._session.shown_changed.disconnect(self._on_shown)
        self._session.layout_changed.disconnect(self._on_layout)

    @property
    def known(self) -> tuple[KeptView, ...]:
        """The last look at each series that a place showed before, the newest last."""
        return tuple(next(reversed(planes.values())) for planes in self._known.values())

    def promise(self, viewport_id: str, look: KeptView) -> None:
        """Say how a place shall look when the series of the look comes into it."""
        self._promised[viewport_id] = look

    def is_promised(self, key: StackKey, viewport_id: str) -> bool:
        """Tell whether it was said how a series shall look in a place."""
        promised = self._promised.get(viewport_id)
        return promised is not None and (promised.series_uid, promised.stack) == _names(key)

    def learn(self, look: KeptView) -> None:
        """Take in a look of an earlier session; a newer one stays."""
        self._known.setdefault(StackKey(look.series_uid, look.stack), {look.orientation: look})
        self._forget_oldest()

    def find(self, key: StackKey, viewport_id: str) -> KeptView | None:
        """Return the look that a series has when it comes into a place; None for a new one."""
        is_promised = self.is_promised(key, viewport_id)
        promised = self._promised.pop(viewport_id, None)
        if is_promised:
            return promised
        plane = cell_in(viewport_id) if cell_in(viewport_id) in MPR_IDS else ""
        beside = self._shown_beside(key, viewport_id, plane)
        if beside is not None:
            return kept_view(beside, key)
        planes = self._known.get(key, {})
        if plane:
            return planes.get(plane)
        return next(reversed(planes.values()), None)

    def remember(self, view: ViewportState, key: StackKey, *, leads: bool = True) -> None:
        """Keep how a series looks in a plane; what leads is what a place for series returns to."""
        if not key.series_uid:
            return
        look = kept_view(view, key)
        planes = self._known.pop(key, {})
        planes.pop(look.orientation, None)
        one = {look.orientation: look}
        self._known[key] = planes | one if leads else one | planes
        self._forget_oldest()

    def _shown_beside(self, key: StackKey, viewport_id: str, plane: str) -> ViewportState | None:
        """Return another place that shows a series now, the same plane of a volume at best."""
        views = self._session.viewports.by_id.items()
        found = [
            view
            for name, view in views
            if view.stack == key
            and (not plane or view.orientation.value == plane)
            and (plane or name != viewport_id)
        ]
        return found[0] if found else None

    def _on_shown(self, viewport_id: str) -> None:
        now = self._session.viewports[viewport_id]
        if viewport_id in self._held and self._held[viewport_id][0] is not now:
            self._note(*self._held[viewport_id])
        self._held[viewport_id] = now, self._leads(viewport_id)

    def _leads(self, viewport_id: str) -> bool:
        """Tell whether a place is one for series, or of the planes of a volume the slices' own."""
        stack = self._session.shown_in(viewport_id)
        if stack is None or cell_in(viewport_id) not in MPR_IDS:
            return True
        return cell_in(viewport_id) == acquisition_orientation(stack.volume.geometry).value

    def _on_layout(self) -> None:
        present = self._session.viewports.by_id
        for viewport_id in self._held.keys() - present.keys():
            self._note(*self._held.pop(viewport_id))

    def _note(self, view: ViewportState, leads: bool) -> None:
        if view.stack is not None:
            self.remember(view, view.stack, leads=leads)

    def _forget_oldest(self) -> None:
        while len(self._known) > MAX_SERIES:
            del self._known[next(iter(self._known))]


def _names(key: StackKey) -> tuple[str, int]:
    return key.series_uid, key.stack
