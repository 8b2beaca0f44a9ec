"""A spawned process that is kept warm and runs one named function at a time."""

import contextlib
import logging
import multiprocessing
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from viewer.core.errors import CancelledError, RefusedError, ViewerError
from viewer.core.progress import JobContext
from viewer.jobs import child
from viewer.jobs.messages import (
    Call,
    Cancel,
    Cancelled,
    Done,
    Failed,
    Partial,
    Prepare,
    Progress,
    Reply,
    Started,
)
from viewer.jobs.shared_array import share_arrays
from viewer.paths import temp_dir

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

IDLE_STOP_S = 600.0
CANCEL_GRACE_S = 3.0
"""How long a call may take to notice a cancel before its process is ended."""
POLL_S = 0.05
END_S = 1.0
OUTPUT_SHOWN = 2000


class WorkerDiedError(ViewerError):
    """The process ended in the middle of a call. `output` is what it printed last."""

    output = ""


class MissingPackageError(ViewerError):
    """The function needs a package that is not installed; `package` is its import name."""

    package = ""


class RemoteError(Exception):
    """A mistake of ours in the worker; the message tells type and place."""


@dataclass(frozen=True, slots=True, eq=False)
class _Running:
    process: SpawnProcess
    pipe: Connection
    output: Path

    @property
    def alive(self) -> bool:
        return self.process.is_alive()


class WorkerProcess:
    """Runs named functions in one spawned process.

    A process and not a thread, because marching cubes and TensorFlow hold the interpreter for up
    to a second. It starts with the first call, runs at lower priority, and ends by itself when
    idle. Calls from several threads wait for each other.

    Parameters
    ----------
    name : str
        What it does, for messages ("learning").
    idle_stop_s : float
        Seconds without a call after which it ends, to free its memory.
    """

    def __init__(self, name: str, idle_stop_s: float = IDLE_STOP_S) -> None:
        self.name = name
        self._idle_stop_s = idle_stop_s
        self._lock = Lock()
        self._numbers = count(1)
        self._running: _Running | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id while it runs, else None."""
        running = self._running
        return running.process.pid if running is not None and running.alive else None

    def warm(self, function: str) -> None:
        """Start the process and let it import a function's module; returns without waiting."""
        with self._lock:
            if not self._closed:
                with contextlib.suppress(OSError):  # if it died, the call will start a new one
                    self._started().pipe.send(Prepare(function))

    def call(
        self,
        ctx: JobContext,
        function: str,
        *args: Any,  # noqa: ANN401 - the arguments of the named function
        arrays: "dict[str, NDArray[Any]] | None" = None,
    ) -> Any:  # noqa: ANN401 - its result
        """Run `function(ctx, *args, **arrays)` in the process and wait for its result.

        Parameters
        ----------
        ctx : JobContext
            Receives the function's progress and intermediate results, on the calling thread; its
            `check` cancels the call: softly first, by ending the process after 3 seconds.
        function : str
            "package.module:name", imported in the process only.
        *args
            Values that can be pickled.
        arrays : dict of ndarray, optional
            Big arrays; the function gets them read-only, by name, without a copy in the pipe.

        Raises
        ------
        CancelledError
            `ctx.check` raised it, or the worker was closed.
        MissingPackageError
            The function's module needs a package that is not installed.
        WorkerDiedError
            The process ended (killed, out of memory, crashed); the next call starts another.
        ViewerError
            As raised by the function.
        RemoteError
            Any other exception of the function.
        """
        with self._turn(ctx), share_arrays(arrays or {}, ctx.check) as handles:
            call = Call(next(self._numbers), function, args, handles)
            try:
                return self._converse(ctx, call)
            except _EndedIdleError:
                return self._converse(ctx, call)  # it ended just before the call reached it

    def close(self) -> None:
        """End the process; a call in progress is cancelled."""
        self._closed = True
        running = self._running
        if running is not None:
            running.process.terminate()  # a call in progress sees that, and lets go of the lock
        with self._lock:
            self._discard()

    @contextmanager
    def _turn(self, ctx: JobContext) -> Iterator[None]:
        while not self._lock.acquire(timeout=POLL_S):
            ctx.check()
        try:
            yield
        finally:
            self._lock.release()

    def _converse(self, ctx: JobContext, call: Call) -> object:
        running = self._started()
        try:
            running.pipe.send(call)
        except OSError:
            self._discard()
            raise _EndedIdleError from None
        exchange = _Exchange(ctx, call.number)
        try:
            while not exchange.finished:
                self._step(running, exchange)
        except BaseException:
            if not exchange.finished:  # an interrupt, or a callback that failed: do not compute on
                self._discard()
            raise
        return exchange.result()

    def _step(self, running: _Running, exchange: "_Exchange") -> None:
        """Take one reply, or notice a cancel, or the end of the process."""
        if running.pipe in wait([running.pipe, running.process.sentinel], POLL_S):
            try:
                exchange.take(running.pipe.recv())
            except (EOFError, OSError):
                self._fail_ended(running, exchange)
        elif not running.alive:
            self._fail_ended(running, exchange)
        if exchange.wants_cancel():
            with contextlib.suppress(OSError):
                running.pipe.send(Cancel(exchange.number))
        if self._closed or exchange.overdue:
            self._discard()
            raise CancelledError

    def _fail_ended(self, running: _Running, exchange: "_Exchange") -> None:
        running.process.join(END_S)
        error = _died(self.name, running)
        self._discard()
        # Whoever ended the process may have ended us, too: a whole group gets the same signal.
        if self._closed or exchange.cancelled or exchange.wants_cancel():
            raise CancelledError
        if not exchange.started and running.process.exitcode == 0:
            raise _EndedIdleError
        logger.info("worker %s: %s", self.name, error.why)
        raise error

    def _started(self) -> _Running:
        if self._closed:
            raise CancelledError
        if self._running is None or not self._running.alive:
            self._discard()
            self._running = _start(self.name, self._idle_stop_s)
        return self._running

    def _discard(self) -> None:
        if self._running is not None:
            _end(self._running)
            self._running = None


class _EndedIdleError(Exception):
    """The process ended because it was idle, before the call reached it."""


class _Exchange:
    """What has come back of one call."""

    def __init__(self, ctx: JobContext, number: int) -> None:
        self.number = number
        self.started = False
        self.cancelled = False
        self._ctx = ctx
        self._final: Done | Failed | Cancelled | None = None
        self._deadline = float("inf")

    @property
    def finished(self) -> bool:
        return self._final is not None

    @property
    def overdue(self) -> bool:
        """Whether a cancel was not noticed in time."""
        return not self.finished and monotonic() > self._deadline

    def take(self, reply: Reply) -> None:
        # A request that cannot be read is answered with number 0: the worker does not know it.
        if reply.number not in (self.number, 0):
            return
        if isinstance(reply, Started):
            self.started = True
        elif isinstance(reply, Progress):
            if not self.cancelled:
                self._ctx.progress(reply.fraction, reply.text)
        elif isinstance(reply, Partial):
            if not self.cancelled:
                self._ctx.partial(reply.value)
        else:
            self._final = reply

    def wants_cancel(self) -> bool:
        """Look at the caller's context; true once, when it is cancelled."""
        if self.cancelled or self.finished:
            return False
        try:
            self._ctx.check()
        except CancelledError:
            self.cancelled = True
            self._deadline = monotonic() + CANCEL_GRACE_S
        return self.cancelled

    def result(self) -> object:
        if self.cancelled or isinstance(self._final, Cancelled):
            raise CancelledError
        if isinstance(self._final, Failed):
            raise _error_of(self._final)
        return self._final.result if self._final is not None else None


def _start(name: str, idle_stop_s: float) -> _Running:
    # fork would hang TensorFlow and OpenMP, and copy the window's state.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    descriptor, output = tempfile.mkstemp(prefix=f"{name}-", suffix=".txt", dir=temp_dir())
    with open(descriptor, "wb"):  # noqa: PTH123 - closes it; the child opens it by name
        process = context.Process(
            target=child.serve,
            args=(theirs, output, idle_stop_s),
            name=f"hounsfield-{name}",
            daemon=True,
        )
        with _interrupts_held():
            process.start()
    theirs.close()
    logger.info("worker %s started, process %s", name, process.pid)
    return _Running(process, ours, Path(output))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl+C from a process that is just starting, until it has settled to ignore it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(running: _Running) -> None:
    with contextlib.suppress(OSError):
        running.pipe.close()  # the worker ends when it sees this
    if running.alive:
        running.process.terminate()
    running.process.join(END_S)
    if running.alive:
        running.process.kill()
        running.process.join(END_S)
    running.output.unlink(missing_ok=True)


def _died(name: str, running: _Running) -> WorkerDiedError:
    code = running.process.exitcode
    if code is not None and code < 0:
        why = f"it was ended by signal {-code}"
        with contextlib.suppress(ValueError):
            why += f" ({signal.Signals(-code).name})"
        if -code == getattr(signal, "SIGKILL", 9):
            why += ", most often because the computer ran out of memory"
    else:
        why = f"it ended with code {code}"
    error = WorkerDiedError(
        f"The {name} process stopped unexpectedly",
        why,
        "Nothing else is affected; trying again starts a new one",
    )
    with contextlib.suppress(OSError):
        error.output = running.output.read_text("utf-8", "replace")[-OUTPUT_SHOWN:]
    return error


def _error_of(failed: Failed) -> Exception:
    if failed.kind == "refused":
        return RefusedError(failed.what, failed.why, failed.what_to_do)
    if failed.kind == "missing":
        missing = MissingPackageError(
            f"The package {failed.what.partition('.')[0]} is missing",
            "this part of the program is not installed",
            "Install it and start the program again",
        )
        missing.package = failed.what.partition(".")[0]
        return missing
    if failed.kind == "memory":
        return ViewerError(
            "There is not enough memory for this", "", "Close other programs or series"
        )
    if failed.kind == "bug":
        return RemoteError(failed.what)
    return ViewerError(failed.what, failed.why, failed.what_to_do)
