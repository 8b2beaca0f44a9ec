"""A job runner without threads: a submitted job has ended when `submit` returns."""

from collections.abc import Callable
from typing import Any

from viewer.core.errors import CancelledError
from viewer.core.events import Signal
from viewer.jobs.job import Job, JobProgress, JobState, Work


class InlineRunner:
    """Stands for `viewer.jobs.runner.JobRunner` in tests of use cases and presenters.

    With `hold=True` submitted jobs wait until `run_held` is called, in their order; a job whose key
    was submitted again or cancelled meanwhile is then only told so.
    """

    changed = Signal()

    def __init__(self, hold: bool = False) -> None:
        self.hold = hold
        self.submitted: list[str] = []
        self.closed = False
        self._held: dict[str, tuple[Job, Callable[[], None], Callable[[], None] | None]] = {}

    @property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(job for job, _, _ in self._held.values() if job.title)

    def submit(
        self,
        key: str,
        work: Work,
        *args: Any,
        title: str = "",
        on_progress: Callable[[float, str], None] | None = None,
        on_partial: Callable[[Any], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> Job:
        job = Job(key, title)
        self.submitted.append(key)

        def run() -> None:
            context = JobProgress(job, lambda: None, on_partial or (lambda value: None))
            try:
                result = work(context, *args)
            except CancelledError:
                job.state = JobState.CANCELLED
                if on_cancelled:
                    on_cancelled()
                return
            except Exception as error:
                job.state, job.error = JobState.FAILED, error
                if on_failed is None:
                    raise
                on_failed(error)
                return
            latest = context.take()
            if latest is not None:
                job.fraction, job.text = latest
                if on_progress:
                    on_progress(*latest)
            job.state = JobState.DONE
            if on_done:
                on_done(result)

        if self.hold:
            self._held.pop(key, None)
            self._held[key] = (job, run, on_cancelled)
        else:
            run()
        self.changed.emit()
        return job

    def run_held(self) -> None:
        while self._held:
            key = next(iter(self._held))
            _, run, _ = self._held.pop(key)
            run()
        self.changed.emit()

    def cancel(self, key: str) -> None:
        if key in self._held:
            job, _, on_cancelled = self._held.pop(key)
            job.cancel()
            job.state = JobState.CANCELLED
            if on_cancelled:
                on_cancelled()
            self.changed.emit()

    def cancel_all(self) -> None:
        for key in [key for key, (job, _, _) in self._held.items() if job.title]:
            self.cancel(key)

    def close(self, timeout_s: float = 0.0) -> None:
        self.closed = True
        self._held.clear()
