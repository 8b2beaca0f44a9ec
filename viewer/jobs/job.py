"""One piece of background work as its starter and the job list see it."""

from collections.abc import Callable
from enum import StrEnum
from threading import Event, Lock, RLock
from typing import Any

from viewer.core.errors import CancelledError


class JobState(StrEnum):
    """Where a job stands; the value is what the job list shows."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class Job:
    """A handle of submitted work. Everything but `cancel` is read on the UI thread.

    Attributes
    ----------
    key : str
        What the job is about; a later job of the same key supersedes it.
    title : str
        Line in the job list; empty for work that is not worth showing.
    state : JobState
        Where it stands.
    fraction : float
        Finished part, 0..1.
    text : str
        Present stage.
    error : Exception or None
        Why it failed.
    """

    def __init__(self, key: str, title: str) -> None:
        self.key = key
        self.title = title
        self.state = JobState.WAITING
        self.fraction = 0.0
        self.text = ""
        self.error: Exception | None = None
        self._cancel = Event()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop, by its reader or by a newer job of its key."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask it to stop at its next `check`; what it still answers is dropped."""
        self._cancel.set()
        if self.state in (JobState.WAITING, JobState.RUNNING):
            self.state = JobState.CANCELLING


class JobProgress:
    """The `JobContext` of a job that runs on a thread.

    Parameters
    ----------
    job : Job
        Whose flag `check` looks at.
    notify : callable
        Called without arguments after `progress` stored a new value.
    hand_over : callable
        Called with each intermediate result.

    Attributes
    ----------
    delivery : RLock
        Held while a report is taken and posted: a report that was taken must not be posted behind
        the result.
    """

    def __init__(
        self, job: Job, notify: Callable[[], None], hand_over: Callable[[object], None]
    ) -> None:
        self._job = job
        self._notify = notify
        self._hand_over = hand_over
        self.delivery = RLock()
        self._lock = Lock()
        self._latest: tuple[float, str] | None = None

    def progress(self, fraction: float, text: str = "") -> None:
        """Keep the newest report; the runner fetches it at most 20 times a second."""
        with self._lock:
            self._latest = (min(max(fraction, 0.0), 1.0), text)
        self._notify()

    def take(self) -> tuple[float, str] | None:
        """Return the report that came since the last call, or None."""
        with self._lock:
            latest, self._latest = self._latest, None
        return latest

    def partial(self, value: object) -> None:
        """Hand over an intermediate result."""
        if not self._job.is_cancelled:
            self._hand_over(value)

    def check(self) -> None:
        """Raise `CancelledError` once the job is cancelled."""
        if self._job.is_cancelled:
            raise CancelledError


Work = Callable[..., Any]
"""A long function: `fn(ctx: JobContext, *args) -> result`."""
