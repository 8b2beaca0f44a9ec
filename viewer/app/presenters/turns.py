"""Views that have the same to do do it one after the other, so that the hand is never held up."""

from collections.abc import Callable, Container

from viewer.app.presenters.refining import Later


class Turns:
    """Runs one function in each turn of the event loop; what the hand does comes in between.

    A picture takes a few milliseconds to cut and to paint. While a series loads, all views that
    show it grow at the same moment: together they would take longer than a hand notices.

    Parameters
    ----------
    later : callable
        See `viewer.app.presenters.refining.Later`.
    """

    def __init__(self, later: Later) -> None:
        self._later = later
        self._waiting: dict[Callable[[], None], None] = {}
        self._taken = False

    def take(self, run: Callable[[], None]) -> None:
        """Run a function now if this turn is free, else soon; one that waits already waits once."""
        if self._taken:
            self._waiting[run] = None
            return
        self._taken = True
        self._later(0, self._next)
        run()

    def leave(self, runs: Container[Callable[[], None]]) -> None:
        """Forget functions that wait: what they would do has nobody to do it for any more."""
        self._waiting = {run: None for run in self._waiting if run not in runs}

    def _next(self) -> None:
        self._taken = False
        if self._waiting:
            run = next(iter(self._waiting))
            del self._waiting[run]
            self.take(run)
