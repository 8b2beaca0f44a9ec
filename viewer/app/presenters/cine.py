"""Plays the images of a viewport one after the other, at the pace of the clock."""

from collections.abc import Callable
from functools import partial

from viewer.app.presenters.connections import Connections
from viewer.app.resolve import resolve
from viewer.core.session import Session
from viewer.core.study import Stack

DEFAULT_FPS = 10.0
"""Where the files state no frame rate."""
MAX_FPS = 120.0
SPEED_STEP = 1.25
SPEED_RANGE = (0.1, 10.0)

Later = Callable[[int, Callable[[], None]], None]
"""Runs a function on the UI thread after some milliseconds."""


class Cine:
    """Steps through a viewport; images that would come late are left out.

    Which viewport plays, and how, stands in the session's interaction state. Scrolling that view,
    pressing a button in it or showing something else there stops it. While nothing plays, there
    is no timer.

    Parameters
    ----------
    session : Session
        Whose viewports play.
    later : callable
        See `Later`.
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, session: Session, later: Later, clock: Callable[[], float]) -> None:
        self._session, self._later, self._clock = session, later, clock
        self._run = 0  # ticks of former runs do nothing
        self._stack: Stack | None = None
        self._started_s, self._fps = 0.0, DEFAULT_FPS
        self._start_phase = 0
        self._shown = -1
        self._connections = Connections()
        events = session.interaction.events
        self._connections.add(events.cine, self._on_cine)
        self._connections.add(events.cine_speed, self._begin)
        self._connections.add(events.cine_bounce, self._begin)
        self._connections.add(session.shown_changed, self._on_shown)
        self._connections.add(session.layout_changed, self.stop)

    def close(self) -> None:
        """Stop, and let go of the session."""
        self._connections.close()
        self._run += 1

    def toggle(self, viewport_id: str = "") -> None:
        """Play the active viewport (or the one given), or stop it."""
        interaction = self._session.interaction
        viewport_id = viewport_id or interaction.active
        interaction.cine = "" if interaction.cine == viewport_id else viewport_id

    def stop(self) -> None:
        """Show the image that is shown, and no other."""
        self._session.interaction.cine = ""

    def toggle_bounce(self) -> None:
        """Turn round at the ends, or begin again."""
        interaction = self._session.interaction
        interaction.cine_bounce = not interaction.cine_bounce

    def faster(self, steps: int) -> None:
        """Play faster (negative: slower)."""
        interaction, (low, high) = self._session.interaction, SPEED_RANGE
        interaction.cine_speed = min(max(interaction.cine_speed * SPEED_STEP**steps, low), high)

    # --- details -----------------------------------------------------------------------------

    def _on_cine(self, viewport_id: str) -> None:
        self._run += 1
        shown = None
        if viewport_id in self._session.viewports.by_id:
            shown = self._session.shown_in(viewport_id)
        self._stack = None if shown is None else shown.volume.stack
        if viewport_id and self._stack is None:
            self.stop()
        elif viewport_id:
            self._shown = -1
            self._begin()

    def _on_shown(self, viewport_id: str) -> None:
        if viewport_id == self._session.interaction.cine:
            self.stop()

    def _begin(self, *_: object) -> None:
        """Start the clock at the image that is shown now."""
        viewport_id = self._session.interaction.cine
        if not viewport_id or self._stack is None:
            return
        index, count = self._place(viewport_id)
        if count < 2:
            self.stop()
            return
        self._run += 1
        self._fps = cine_fps(self._stack, self._session.interaction.cine_speed)
        self._started_s, self._start_phase, self._shown = self._clock(), index, index
        self._wait(self._run, 1)

    def _wait(self, run: int, frame: int) -> None:
        """Come back when a frame, counted from the start, is due."""
        due_s = self._started_s + frame / self._fps - self._clock()
        self._later(max(round(due_s * 1000), 1), partial(self._tick, run))

    def _tick(self, run: int) -> None:
        viewport_id = self._session.interaction.cine
        if run != self._run or viewport_id not in self._session.viewports.by_id:
            return
        index, count = self._place(viewport_id)
        if index != self._shown:
            self.stop()  # the reader went elsewhere
            return
        frame = int((self._clock() - self._started_s) * self._fps + 1e-6)
        wanted = index_of_frame(
            self._start_phase + frame, count, bounce=self._session.interaction.cine_bounce
        )
        if self._is_there(viewport_id, wanted):
            self._shown = wanted
            self._session.viewports[viewport_id].index = wanted
        self._wait(run, frame + 1)

    def _place(self, viewport_id: str) -> tuple[int, int]:
        """Return the image that a viewport shows and the number of its images."""
        shown = self._session.shown_in(viewport_id)
        if shown is None:
            return 0, 0
        view = resolve(self._session.viewports[viewport_id], shown.volume)
        return view.index, view.count

    def _is_there(self, viewport_id: str, index: int) -> bool:
        """Tell whether an image has arrived; while a series loads, the last one stays."""
        shown, viewport = self._session.shown_in(viewport_id), self._session.viewports[viewport_id]
        if shown is None:
            return False
        along = resolve(viewport, shown.volume).along_slices
        return not along or index in shown.loaded


def cine_fps(stack: Stack, speed: float) -> float:
    """Return the frames a second at which a stack plays."""
    return min((stack.fps or DEFAULT_FPS) * speed, MAX_FPS)


def index_of_frame(frame: int, count: int, *, bounce: bool) -> int:
    """Return the 0-based image that stands at a place of an endless cine."""
    if not bounce or count < 2:
        return frame % count
    phase = frame % (2 * count - 2)
    return min(phase, 2 * count - 2 - phase)
