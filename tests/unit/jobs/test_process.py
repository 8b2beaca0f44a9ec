"""The spawned worker: results, cancel, death; no test trusts that a process ends by itself."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from tests.support.source_tree import PROJECT_ROOT
from tests.unit.jobs.test_shared_array import memory_names
from viewer.core.errors import CancelledError, RefusedError, ViewerError
from viewer.core.progress import SilentContext
from viewer.jobs import process
from viewer.jobs.process import MissingPackageError, RemoteError, WorkerDiedError, WorkerProcess

FUNCTIONS = "tests.support.worker_functions:"
ANY = SilentContext()


class Recorder:
    """Context that notes what came and cancels when told."""

    def __init__(self) -> None:
        self.reports: list[tuple[float, str]] = []
        self.parts: list[object] = []
        self.cancelled = False
        self.cancel_on_progress = False

    def progress(self, fraction: float, text: str = "") -> None:
        self.reports.append((fraction, text))
        self.cancelled = self.cancelled or self.cancel_on_progress

    def partial(self, value: object) -> None:
        self.parts.append(value)

    def check(self) -> None:
        if self.cancelled:
            raise CancelledError


@pytest.fixture(scope="module")
def shared_worker() -> Iterator[WorkerProcess]:
    """One warm process for the tests that leave it alive."""
    worker = WorkerProcess("test")
    yield worker
    worker.close()


@pytest.fixture
def worker(shared_worker, tmp_path) -> WorkerProcess:
    return shared_worker


def test_result_progress_and_partial(worker):
    ctx = Recorder()
    volume = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    assert worker.call(ctx, FUNCTIONS + "total", 2, arrays={"volume": volume}) == 552.0
    assert ctx.reports == [(0.5, "half")]
    assert ctx.parts == ["first"]


def test_arrays_are_read_only_there_and_removed_here(worker):
    before = memory_names()
    volume = np.zeros((2, 2), np.int16)
    assert worker.call(ANY, FUNCTIONS + "is_writeable", arrays={"volume": volume}) is False
    assert memory_names() == before


def test_it_is_another_modest_process_that_stays(worker):
    first = worker.call(ANY, FUNCTIONS + "describe")
    second = worker.call(ANY, FUNCTIONS + "describe")
    assert first["pid"] == second["pid"] == worker.pid != os.getpid()
    assert first["nice"] >= min(os.nice(0) + 10, 19)
    assert 1 <= int(first["omp"]) <= (os.cpu_count() or 1)
    assert not {"PySide6", "tensorflow", "pyqtgraph"} & set(first["modules"])


def test_what_it_prints_does_not_reach_us(worker, capfd):
    assert worker.call(ANY, FUNCTIONS + "print_things") == 1
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_soft_cancel_keeps_the_process(worker):
    worker.call(ANY, FUNCTIONS + "describe")
    pid = worker.pid
    ctx = Recorder()
    ctx.cancel_on_progress = True
    with pytest.raises(CancelledError):
        worker.call(ctx, FUNCTIONS + "until_cancelled")
    assert worker.call(ANY, FUNCTIONS + "describe")["pid"] == pid


def test_errors_keep_their_meaning(worker):
    with pytest.raises(ViewerError, match=r"It cannot be done: a reason\. Do this"):
        worker.call(ANY, FUNCTIONS + "fail_as_viewer")
    with pytest.raises(RefusedError, match="Refused"):
        worker.call(ANY, FUNCTIONS + "refuse")
    with pytest.raises(RemoteError) as bug:
        worker.call(ANY, FUNCTIONS + "fail_as_bug")
    assert "ValueError" in str(bug.value)
    assert "worker_functions.py" in str(bug.value)
    assert "Doe" not in str(bug.value)
    with pytest.raises(ViewerError, match="not enough memory"):
        worker.call(ANY, FUNCTIONS + "run_out_of_memory")


def test_a_missing_package_is_named(worker):
    with pytest.raises(MissingPackageError) as missing:
        worker.call(ANY, FUNCTIONS + "need_a_package")
    assert missing.value.package == "a_package_that_nobody_has"


def test_missing_module_and_unsendable_values_fail_and_the_worker_lives_on(worker):
    with pytest.raises(MissingPackageError):
        worker.call(ANY, "tests.support.no_such_module:f")
    with pytest.raises(RemoteError, match="AttributeError"):
        worker.call(ANY, FUNCTIONS + "no_such_function")
    with pytest.raises(RemoteError):
        worker.call(ANY, FUNCTIONS + "unsendable")
    assert worker.call(ANY, FUNCTIONS + "nothing_imported_early") is True


def test_a_kept_view_does_not_break_the_worker(worker):
    before = memory_names()
    for n in range(3):
        volume = np.full((3, 3), n, np.float64)
        assert worker.call(ANY, FUNCTIONS + "keep_array", arrays={"volume": volume}) == n
    assert memory_names() == before


def test_big_results_come_back(worker):
    result = worker.call(ANY, FUNCTIONS + "big_result", 1_000_000)
    assert result[-1] == 999_999


def test_a_killed_process_is_told_and_replaced(worker):
    before = memory_names()
    volume = np.zeros((4, 4))
    with pytest.raises(WorkerDiedError, match=r"test process stopped unexpectedly.*9") as died:
        worker.call(ANY, FUNCTIONS + "die", arrays={"volume": volume})
    assert died.value.output.endswith("last words\n")
    assert worker.pid is None
    assert memory_names() == before
    with pytest.raises(WorkerDiedError, match="code 3"):
        worker.call(ANY, FUNCTIONS + "leave")
    assert worker.call(ANY, FUNCTIONS + "nothing_imported_early") is True


def test_a_deaf_function_is_ended(worker, tmp_path, monkeypatch):
    monkeypatch.setattr(process, "CANCEL_GRACE_S", 0.2)
    before = memory_names()
    marker = tmp_path / "running"
    worker.call(ANY, FUNCTIONS + "describe")
    pid = worker.pid
    ctx = Recorder()

    def cancel_when_running() -> None:
        while not marker.exists():
            time.sleep(0.005)
        ctx.cancelled = True

    watcher = Thread(target=cancel_when_running)
    watcher.start()
    with pytest.raises(CancelledError):
        worker.call(ctx, FUNCTIONS + "deaf", str(marker), arrays={"volume": np.ones(4)})
    watcher.join()
    assert memory_names() == before
    assert worker.call(ANY, FUNCTIONS + "describe")["pid"] != pid


def test_close_during_a_call_cancels_it(tmp_path):
    worker = WorkerProcess("closing")
    marker = tmp_path / "running"
    outcome: list[str] = []

    def call() -> None:
        try:
            worker.call(ANY, FUNCTIONS + "deaf", str(marker))
        except CancelledError:
            outcome.append("cancelled")

    thread = Thread(target=call)
    thread.start()
    while not marker.exists():
        time.sleep(0.005)
    started = time.monotonic()
    worker.close()
    thread.join(5)
    assert time.monotonic() - started < 1.0
    assert outcome == ["cancelled"]
    assert worker.pid is None
    with pytest.raises(CancelledError):
        worker.call(ANY, FUNCTIONS + "describe")


def test_it_ends_when_idle_and_comes_back():
    worker = WorkerProcess("idle", idle_stop_s=0.1)
    try:
        first = worker.call(ANY, FUNCTIONS + "describe")["pid"]
        deadline = time.monotonic() + 5
        while worker.pid is not None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert worker.call(ANY, FUNCTIONS + "describe")["pid"] != first
    finally:
        worker.close()


def test_warm_imports_ahead():
    worker = WorkerProcess("warm")
    try:
        worker.warm(FUNCTIONS + "describe")
        pid = worker.pid
        assert worker.call(ANY, FUNCTIONS + "describe")["pid"] == pid
        worker.warm("no_such_module:f")
        assert worker.call(ANY, FUNCTIONS + "describe")["pid"] == pid
    finally:
        worker.close()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_nothing_survives_the_death_of_the_parent(tmp_path):
    code = f"""
import os, signal, numpy as np
from viewer.jobs.process import WorkerProcess
class Context:
    def progress(self, fraction, text=""): os.kill(os.getpid(), signal.SIGKILL)
    def partial(self, value): print(value, flush=True)
    def check(self): pass
if __name__ == "__main__":
    worker = WorkerProcess("orphan")
    print(worker.call(Context(), "{FUNCTIONS}describe")["pid"], flush=True)
    worker.call(Context(), "{FUNCTIONS}until_cancelled", arrays={{}})
"""
    script = tmp_path / "parent.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == -9
    pid = int(done.stdout)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and "Z" not in _state(pid):
        assert time.monotonic() < deadline, "the worker outlives its parent"
        time.sleep(0.01)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_no_warnings_at_exit(tmp_path):
    code = f"""
import numpy as np
from viewer.core.progress import SilentContext
from viewer.jobs.process import WorkerProcess, WorkerDiedError
if __name__ == "__main__":
    worker = WorkerProcess("w")
    volume = np.ones((5, 5))
    worker.call(SilentContext(), "{FUNCTIONS}total", 1, arrays={{"volume": volume}})
    try:
        worker.call(SilentContext(), "{FUNCTIONS}die", arrays={{"volume": volume}})
    except WorkerDiedError:
        print("died")
    worker.call(SilentContext(), "{FUNCTIONS}total", 1, arrays={{"volume": volume}})
"""
    script = tmp_path / "parent.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "died\n"
    assert done.stderr == ""
