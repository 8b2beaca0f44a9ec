"""The worker process: waits for calls, runs the named function, answers through the pipe.

Nothing heavy is imported before a call names it, and the number of computing threads is settled
before numpy is. What the libraries print goes to a private file, never to the command line.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

from viewer.core.errors import CancelledError, RefusedError, ViewerError
from viewer.core.processors import usable_processors
from viewer.jobs.failure import place_of
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
from viewer.jobs.shared_array import attach_arrays

NICENESS = 10
PROGRESS_INTERVAL_S = 0.05
MAX_COMPUTE_THREADS = 16
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def serve(pipe: Connection, output: str, idle_stop_s: float) -> None:
    """Answer calls until the parent closes the pipe or nothing was asked for `idle_stop_s`.

    Parameters
    ----------
    pipe : Connection
        Our end of the pipe; see `viewer.jobs.messages` for why it may carry pickled values.
    output : str
        File that takes stdout and stderr.
    idle_stop_s : float
        Seconds without a call after which the process ends by itself, to free its memory.
    """
    _redirect_output(output)
    _be_modest()
    worker = _Worker(pipe)
    Thread(target=worker.listen, name="listen", daemon=True).start()
    worker.work_off(idle_stop_s)


class _Worker:
    """One thread listens (so that a cancel and the end of the parent are seen), one works."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._requests: SimpleQueue[Call | Prepare | Failed] = SimpleQueue()
        self._sending = Lock()
        self.cancelled: set[int] = set()

    def listen(self) -> None:
        """Receive until the parent is gone; then end at once, whatever is being computed."""
        while True:
            try:
                request = self._pipe.recv()
            except (EOFError, OSError):
                os._exit(0)
            except Exception as error:  # noqa: BLE001 - a request that cannot be read: answer it
                self._requests.put(_failed(0, error))
                continue
            if isinstance(request, Cancel):
                self.cancelled.add(request.number)
            else:
                self._requests.put(request)

    def work_off(self, idle_stop_s: float) -> None:
        """Run one request after the other."""
        while True:
            try:
                request = self._requests.get(timeout=idle_stop_s)
            except Empty:
                return
            if isinstance(request, Prepare):
                with contextlib.suppress(Exception):  # the call itself will tell
                    import_module(request.function.partition(":")[0])
            elif isinstance(request, Failed):
                self.send(request)
            else:
                self.send(Started(request.number))
                self.send(self._answer(request))

    def send(self, reply: Reply) -> None:
        """Send a reply; a result that cannot be sent becomes a failure."""
        with self._sending:
            try:
                self._pipe.send(reply)
            except OSError:
                os._exit(0)
            except Exception as error:  # noqa: BLE001 - a value that cannot be pickled
                self._pipe.send(_failed(reply.number, error))

    def _answer(self, call: Call) -> Reply:
        context = _PipeContext(self, call.number)
        with attach_arrays(call.arrays) as arrays:
            # Failures become text in here: a traceback would keep the arrays in use.
            try:
                context.check()
                function = _find(call.function)
                result = function(context, *call.args, **arrays)
                context.flush()
                return Done(call.number, result)
            except CancelledError:
                return Cancelled(call.number)
            except Exception as error:  # noqa: BLE001 - the process boundary
                return _failed(call.number, error)


class _PipeContext:
    """The `JobContext` of a call: reports go through the pipe, at most 20 a second."""

    def __init__(self, worker: _Worker, number: int) -> None:
        self._worker = worker
        self._number = number
        self._next = 0.0
        self._held: Progress | None = None

    def progress(self, fraction: float, text: str = "") -> None:
        """Send the report, or keep it until it is due."""
        self._held = Progress(self._number, fraction, text)
        if monotonic() >= self._next:
            self.flush()

    def flush(self) -> None:
        """Send the report that is still held back."""
        if self._held is not None:
            self._worker.send(self._held)
            self._held = None
            self._next = monotonic() + PROGRESS_INTERVAL_S

    def partial(self, value: object) -> None:
        """Send an intermediate result."""
        self._worker.send(Partial(self._number, value))

    def check(self) -> None:
        """Raise `CancelledError` once the parent cancelled this call."""
        if self._held is not None and monotonic() >= self._next:
            self.flush()
        if self._number in self._worker.cancelled:
            raise CancelledError


def _find(dotted: str) -> Callable[..., Any]:
    module, _, name = dotted.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def _failed(number: int, error: Exception) -> Failed:
    if isinstance(error, ViewerError):
        kind = "refused" if isinstance(error, RefusedError) else "viewer"
        return Failed(number, kind, error.what, error.why, error.what_to_do)
    if isinstance(error, ModuleNotFoundError):
        return Failed(number, "missing", error.name or "")
    if isinstance(error, MemoryError):
        return Failed(number, "memory")
    return Failed(number, "bug", place_of(error))


def _redirect_output(output: str) -> None:
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
    # A program without a console (Windows) has no streams; libraries that print need some.
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _be_modest() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent; it tells us
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # held while we started
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    threads = str(min(usable_processors(), MAX_COMPUTE_THREADS))
    for variable in _THREAD_VARIABLES:
        os.environ.setdefault(variable, threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
