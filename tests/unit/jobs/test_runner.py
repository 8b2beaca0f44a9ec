"""The thread pool: keys supersede, late answers are dropped, progress is throttled."""

import logging
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread, current_thread
from threading import enumerate as all_threads
from typing import Any

import pytest

from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.jobs.job import JobState
from viewer.jobs.runner import JobRunner

WAIT_S = 5.0


class UiThread:
    """Stands for the event loop: collects what was posted, runs it when the test says so."""

    def __init__(self) -> None:
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def post(self, function: Callable[[], None]) -> None:
        self.posted.put(function)

    def run_until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < deadline, "nothing came"
            try:
                self.posted.get(timeout=0.02)()
            except Empty:
                continue

    def run_posted(self) -> None:
        while not self.posted.empty():
            self.posted.get()()


@pytest.fixture
def ui() -> UiThread:
    return UiThread()


@pytest.fixture
def runner(ui: UiThread) -> Iterator[JobRunner]:
    runner = JobRunner(ui.post, threads=2)
    yield runner
    runner.close()
    assert not [t for t in all_threads() if t.name.startswith("job-")]


def test_result_arrives_on_the_ui_thread(runner, ui):
    seen: list[Any] = []

    def work(ctx: JobContext, a: int, b: int) -> tuple[int, Thread]:
        return a * b, current_thread()

    def done(result):
        seen.append((result, current_thread()))

    job = runner.submit("k", work, 6, 7, title="Multiply", on_done=done)
    assert runner.jobs == (job,)
    ui.run_until(lambda: seen)
    (product, worker), where = seen[0]
    assert product == 42
    assert where is current_thread()
    assert worker is not current_thread()
    assert job.state is JobState.DONE
    assert runner.jobs == ()


def test_same_key_supersedes_and_the_late_result_is_dropped(runner, ui):
    release, entered = Event(), Event()
    heard: list[Any] = []

    def slow(ctx: JobContext) -> str:
        entered.set()
        assert release.wait(WAIT_S)
        return "old"  # ignores the cancel

    first = runner.submit(
        "k", slow, on_done=heard.append, on_cancelled=lambda: heard.append("cancelled")
    )
    assert entered.wait(WAIT_S)
    second = runner.submit("k", lambda ctx: "new", on_done=heard.append)
    assert first.is_cancelled
    ui.run_until(lambda: heard)
    release.set()
    ui.run_until(lambda: first.ended)
    assert heard == ["new"]
    assert first.state is JobState.CANCELLED
    assert second.state is JobState.DONE


def test_a_result_that_is_posted_but_superseded_before_delivery_is_dropped(runner, ui):
    heard: list[Any] = []
    runner.submit("k", lambda ctx: "old", on_done=heard.append)
    deadline = time.monotonic() + WAIT_S
    while ui.posted.qsize() < 2:  # started and done
        assert time.monotonic() < deadline
        time.sleep(0.002)
    runner.submit("k", lambda ctx: "new", on_done=heard.append)
    ui.run_until(lambda: heard)
    assert heard == ["new"]


def test_cancel_reaches_check_and_only_on_cancelled_is_called(runner, ui):
    heard: list[Any] = []
    entered = Event()

    def work(ctx: JobContext) -> None:
        entered.set()
        while True:
            ctx.check()
            time.sleep(0.001)

    job = runner.submit(
        "k",
        work,
        title="Long",
        on_done=heard.append,
        on_failed=heard.append,
        on_cancelled=lambda: heard.append("cancelled"),
    )
    assert entered.wait(WAIT_S)
    runner.cancel("k")
    assert str(job.state) == "cancelling"
    ui.run_until(lambda: heard)
    assert heard == ["cancelled"]
    assert job.state is JobState.CANCELLED


def test_a_waiting_job_that_is_cancelled_never_runs(ui):
    runner = JobRunner(ui.post, threads=1)
    release = Event()
    ran: list[int] = []
    heard: list[str] = []
    runner.submit("busy", lambda ctx: release.wait(WAIT_S))
    runner.submit("k", lambda ctx: ran.append(1), on_cancelled=lambda: heard.append("cancelled"))
    runner.cancel("k")
    release.set()
    ui.run_until(lambda: heard)
    runner.close()
    assert ran == []


def test_viewer_error_is_handed_over(runner, ui):
    heard: list[Any] = []

    def work(ctx: JobContext) -> None:
        raise ViewerError("No", "because")

    job = runner.submit("k", work, on_failed=heard.append)
    ui.run_until(lambda: heard)
    assert isinstance(heard[0], ViewerError)
    assert job.error is heard[0]
    assert job.state is JobState.FAILED


def test_a_bug_is_logged_by_place_and_without_its_message(runner, ui, caplog):
    heard: list[Any] = []

    def work(ctx: JobContext) -> None:
        raise ValueError("Doe^Jane 1970")

    with caplog.at_level(logging.ERROR):
        runner.submit("k", work, on_failed=heard.append)
        ui.run_until(lambda: heard)
    assert "ValueError" in caplog.text
    assert "test_runner.py" in caplog.text
    assert "Doe" not in caplog.text


def test_partial_results_all_arrive_in_order(runner, ui):
    parts: list[int] = []
    done: list[object] = []

    def work(ctx: JobContext) -> None:
        for n in range(200):
            ctx.partial(n)

    runner.submit("k", work, on_partial=parts.append, on_done=done.append)
    ui.run_until(lambda: done)
    assert parts == list(range(200))


def test_progress_is_throttled_and_the_last_report_is_never_lost(runner, ui):
    reports: list[tuple[float, str]] = []
    done: list[object] = []

    def work(ctx: JobContext) -> None:
        for n in range(1, 20001):
            ctx.progress(n / 20000, f"step {n}")

    started = time.monotonic()
    job = runner.submit("k", work, on_progress=lambda *r: reports.append(r), on_done=done.append)
    ui.run_until(lambda: done)
    elapsed = time.monotonic() - started
    assert len(reports) <= elapsed / 0.05 + 2
    assert reports[-1] == (1.0, "step 20000")
    assert job.fraction == 1.0


def test_a_report_that_was_held_back_comes_although_the_job_goes_silent(runner, ui):
    reports: list[tuple[float, str]] = []
    release = Event()

    def work(ctx: JobContext) -> None:
        ctx.progress(0.1, "one")
        ctx.progress(0.2, "two")
        release.wait(WAIT_S)

    runner.submit("k", work, on_progress=lambda *r: reports.append(r))
    ui.run_until(lambda: reports and reports[-1] == (0.2, "two"))
    release.set()


def test_close_is_quick_and_drops_what_was_posted(ui):
    runner = JobRunner(ui.post)
    heard: list[Any] = []
    entered = Event()

    def work(ctx: JobContext) -> None:
        entered.set()
        while True:
            ctx.check()
            time.sleep(0.001)

    runner.submit("a", work, on_cancelled=lambda: heard.append("cancelled"))
    runner.submit("b", lambda ctx: "result", on_done=heard.append)
    assert entered.wait(WAIT_S)
    started = time.monotonic()
    runner.close()
    assert time.monotonic() - started < 0.5
    ui.run_posted()
    assert heard == []
    with pytest.raises(RuntimeError):
        runner.submit("c", work)
    runner.close()


def test_cancel_all_spares_silent_work(runner, ui):
    release = Event()
    loud = runner.submit("loud", lambda ctx: release.wait(WAIT_S), title="Loading")
    silent = runner.submit("silent", lambda ctx: release.wait(WAIT_S))
    runner.cancel_all()
    assert loud.is_cancelled
    assert not silent.is_cancelled
    release.set()
    ui.run_until(lambda: loud.ended and silent.ended)


def test_changed_is_emitted(runner, ui):
    count: list[int] = []
    runner.changed.connect(lambda: count.append(1))
    job = runner.submit("k", lambda ctx: None, title="x")
    ui.run_until(lambda: job.ended)
    assert len(count) >= 3  # submitted, started, ended
