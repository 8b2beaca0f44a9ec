"""The thread pool behind the window: keys that supersede, progress that is throttled."""

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread, current_thread
from time import monotonic
from typing import Any

from viewer.core.errors import CancelledError, ViewerError
from viewer.core.events import Signal
from viewer.jobs.failure import place_of
from viewer.jobs.job import Job, JobProgress, JobState, Work

logger = logging.getLogger(__name__)

THREADS = 6
"""Enough for a load, a scan, thumbnails and statistics while two wait for a process."""
PROGRESS_INTERVAL_S = 0.05
CLOSE_TIMEOUT_S = 2.0

Dispatch = Callable[[Callable[[], None]], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    job: Job
    work: Work
    args: tuple[Any, ...]
    on_progress: Callable[[float, str], None] | None
    on_partial: Callable[[Any], None] | None
    on_done: Callable[[Any], None] | None
    on_failed: Callable[[Exception], None] | None
    on_cancelled: Callable[[], None] | None


class JobRunner:
    """Runs long functions on threads and answers on the UI thread.

    All public methods are called on the UI thread; so are the callbacks, through `dispatch`.

    Parameters
    ----------
    dispatch : callable
        Runs a function on the UI thread soon; called from any thread.
    threads : int
        Size of the pool.

    Signals
    -------
    changed
        `jobs`, or the state or progress of one of them, is different.
    """

    changed = Signal()

    def __init__(self, dispatch: Dispatch, threads: int = THREADS) -> None:
        self._dispatch = dispatch
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._current: dict[Hashable, _Task] = {}
        self._tasks: list[_Task] = []
        self._closed = False
        self._reports = _ProgressPump(self._deliver_progress)
        self._threads = [
            Thread(target=self._work_off, name=f"job-{n}", daemon=True) for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Jobs with a title that have not ended, the oldest first."""
        return tuple(task.job for task in self._tasks if task.job.title)

    def submit(
        self,
        key: str,
        work: Work,
        *args: Any,  # noqa: ANN401 - the arguments of `work`
        title: str = "",
        on_progress: Callable[[float, str], None] | None = None,
        on_partial: Callable[[Any], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> Job:
        """Run `work(ctx, *args)` on a thread.

        Parameters
        ----------
        key : str
            What the work is about. A job of the same key that has not ended is superseded: it is
            cancelled, and none of its callbacks is called any more.
        work : callable
            Takes a `JobContext` first; its arguments and results are not changed afterwards.
        title : str
            Line in the job list; empty: not listed.
        on_progress, on_partial, on_done, on_failed, on_cancelled : callable, optional
            Called on the UI thread. After `cancel` only `on_cancelled` comes, once the function
            has stopped. Without `on_failed` a failure is only logged.

        Raises
        ------
        RuntimeError
            The runner is closed.
        """
        if self._closed:
            raise RuntimeError("the job runner is closed")
        job = Job(key, title)
        task = _Task(job, work, args, on_progress, on_partial, on_done, on_failed, on_cancelled)
        superseded = self._current.pop(key, None)
        if superseded is not None:
            superseded.job.cancel()
        self._current[key] = task
        self._tasks.append(task)
        self._queue.put(task)
        self.changed.emit()
        return job

    def cancel(self, key: str) -> None:
        """Ask the job of this key to stop; no such job is no error."""
        task = self._current.get(key)
        if task is not None:
            task.job.cancel()
            self.changed.emit()

    def cancel_all(self) -> None:
        """Ask every listed job to stop; silent work (saving) goes on."""
        for job in self.jobs:
            job.cancel()
        self.changed.emit()

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """Cancel everything, drop all answers and wait shortly for the threads."""
        if self._closed:
            return
        self._closed = True
        for task in self._tasks:
            task.job.cancel()
        self._tasks.clear()
        self._current.clear()
        self._reports.close()
        for _ in self._threads:
            self._queue.put(None)
        deadline = monotonic() + timeout_s
        for thread in self._threads:
            if thread is not current_thread():
                thread.join(max(0.0, deadline - monotonic()))

    # On the job's thread.

    def _work_off(self) -> None:
        while (task := self._queue.get()) is not None:
            self._run(task)
            del task  # an idle thread must not keep a volume alive

    def _run(self, task: _Task) -> None:
        context = JobProgress(
            task.job,
            lambda: self._reports.add(task, context),
            lambda value: self._post(lambda: self._deliver_partial(task, value)),
        )
        try:
            context.check()
            self._post(lambda: self._deliver_started(task))
            result = task.work(context, *task.args)
            context.check()
        except CancelledError:
            self._post(lambda: self._deliver_end(task, JobState.CANCELLED))
        except Exception as error:  # noqa: BLE001 - the job boundary
            self._post_failure(task, error)
        else:
            with context.delivery:
                last = context.take()
                self._post(lambda: self._deliver_done(task, last, result))

    def _post_failure(self, task: _Task, error: Exception) -> None:
        if not isinstance(error, ViewerError):
            logger.error("job failed: %s", place_of(error))
        self._post(lambda: self._deliver_end(task, JobState.FAILED, error))

    def _post(self, deliver: Callable[[], None]) -> None:
        if not self._closed:
            self._dispatch(deliver)

    # On the UI thread.

    def _is_current(self, task: _Task) -> bool:
        return not self._closed and self._current.get(task.job.key) is task

    def _deliver_started(self, task: _Task) -> None:
        if task.job.state is JobState.WAITING:
            task.job.state = JobState.RUNNING
            self.changed.emit()

    def _deliver_progress(self, task: _Task, context: JobProgress) -> None:
        with context.delivery:
            latest = context.take()
            if latest is not None:
                self._post(lambda: self._report(task, *latest))

    def _report(self, task: _Task, fraction: float, text: str) -> None:
        if not self._is_current(task) or task.job.is_cancelled or task.job.ended:
            return
        task.job.fraction, task.job.text = fraction, text
        if task.on_progress:
            task.on_progress(fraction, text)
        self.changed.emit()

    def _deliver_partial(self, task: _Task, value: object) -> None:
        if self._is_current(task) and not task.job.is_cancelled and task.on_partial:
            task.on_partial(value)

    def _deliver_done(self, task: _Task, last: tuple[float, str] | None, result: object) -> None:
        if task.job.is_cancelled:
            self._deliver_end(task, JobState.CANCELLED)
            return
        if last is not None:
            self._report(task, *last)
        wanted = self._is_current(task)
        self._forget(task, JobState.DONE)
        if wanted and task.on_done:
            task.on_done(result)

    def _deliver_end(self, task: _Task, state: JobState, error: Exception | None = None) -> None:
        wanted = self._is_current(task)
        if task.job.is_cancelled:
            state, error = JobState.CANCELLED, None
        task.job.error = error
        self._forget(task, state)
        if not wanted:
            return
        if error is not None and task.on_failed:
            task.on_failed(error)
        elif error is None and task.on_cancelled:
            task.on_cancelled()

    def _forget(self, task: _Task, state: JobState) -> None:
        task.job.state = state
        if self._current.get(task.job.key) is task:
            del self._current[task.job.key]
        if task in self._tasks:
            self._tasks.remove(task)
        self.changed.emit()


class _ProgressPump:
    """Passes reports on at once, then not again before the interval is over; the last is kept."""

    def __init__(self, deliver: Callable[[_Task, JobProgress], None]) -> None:
        self._deliver = deliver
        self._waiting: dict[_Task, JobProgress] = {}
        self._wake = Event()
        self._stop = Event()
        self._thread = Thread(target=self._run, name="job-progress", daemon=True)
        self._thread.start()

    def add(self, task: _Task, context: JobProgress) -> None:
        """Note that a task has a new report; called from its thread."""
        self._waiting[task] = context  # one dict operation: safe between threads
        self._wake.set()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._wake.set()
        self._thread.join(CLOSE_TIMEOUT_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            # Once for each task: one that reports without pause waits for the next round.
            for task in list(self._waiting):
                self._deliver(task, self._waiting.pop(task))
            self._stop.wait(PROGRESS_INTERVAL_S)
