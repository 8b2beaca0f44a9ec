"""Foreign decoders in processes of their own: they may abort, hang or ask for all memory.

As many small processes as there are processors decode frames for everybody here. When one dies or
takes too long, its frame is lost, not the session, and the next frame starts another process.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import cache, partial
from multiprocessing.util import Finalize
from queue import SimpleQueue

from viewer.core.processors import usable_processors
from viewer.dicom.codecs import MissingCodecError, missing_codec
from viewer.dicom.codestream import CodestreamError
from viewer.dicom.decoder_process import DECODER_ENDED, FRAME_LIMIT_S, DecoderProcess, Use
from viewer.dicom.decoding_budget import DecodingBudget
from viewer.dicom.pixel_format import PixelFormat

MAX_PROCESSES = 32
"""One reader of files feeds no more than this."""
DECODING_BYTES = 1 << 30
"""Memory that all frames in the making may take together."""
DECODING_BYTES_PER_SAMPLE = 16
"""JPEG 2000 takes eight, and the pixels exist twice for a moment."""
_FIRST = 1000
"""Of what multiprocessing does when the program ends: it counts down."""

_Work = Callable[[DecoderProcess], None]


class DecoderPool:
    """Decodes frames in child processes, one for each of its threads; used by many threads.

    Threads and processes start with the first frames, as many as are wanted at one time.

    Parameters
    ----------
    size : int
        Processes at most.
    limit_s : float
        Time that one frame may take, beside what its size asks for.
    """

    def __init__(self, size: int, limit_s: float = FRAME_LIMIT_S) -> None:
        self.size = size
        self._limit_s = limit_s
        self._works: SimpleQueue[_Work | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._unfinished = 0
        self._threads: list[threading.Thread] = []
        self._processes: list[DecoderProcess] = []
        self._closed = False

    def submit(
        self,
        data: bytes,
        transfer_syntax: str,
        fmt: PixelFormat,
        use: Use,
        budget: DecodingBudget | None = None,
    ) -> "Future[None]":
        """Decode one frame; see `viewer.dicom.codecs.decode_frame`.

        On a thread of the pool `use` gets the pixels, straight from where the decoder put them:
        they are gone when it returns. The result raises `CodestreamError` where the frame is
        damaged, killed its decoder or took too long, or what `use` raised; `budget` is told what
        it took. A frame that has not begun can be cancelled.
        """
        future: Future[None] = Future()
        if not self._put(partial(_decode, future, data, transfer_syntax, fmt, use, budget)):
            future.set_exception(CodestreamError(DECODER_ENDED))
        return future

    def warm(self) -> None:
        """Start a process where none has work, so that the first frame need not wait for it."""
        if not self._unfinished:
            self._put(_start)

    def close(self) -> None:
        """End the processes at once, also those that still start; frames not done are lost."""
        with self._lock:
            self._closed = True
            threads, self._threads = self._threads, []
            for process in self._processes:
                process.end()
            for _ in threads:
                self._works.put(None)
        for thread in threads:
            thread.join()

    def _put(self, work: _Work) -> bool:
        """Have a thread do the work; False once the pool is closed."""
        with self._lock:
            if self._closed:
                return False
            self._unfinished += 1
            self._works.put(work)
            if len(self._threads) < min(self._unfinished, self.size):
                process = DecoderProcess(self._limit_s)
                thread = threading.Thread(
                    target=self._work_off, args=(process,), name="decoding", daemon=True
                )
                self._processes.append(process)
                self._threads.append(thread)
                thread.start()
            return True

    def _work_off(self, process: DecoderProcess) -> None:
        while (work := self._works.get()) is not None:
            work(process)
            del work  # an idle thread must not keep pixels alive
            with self._lock:
                self._unfinished -= 1
        process.close()


def _decode(
    future: "Future[None]",
    data: bytes,
    transfer_syntax: str,
    fmt: PixelFormat,
    use: Use,
    budget: DecodingBudget | None,
    process: DecoderProcess,
) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        process.decode(data, transfer_syntax, fmt, use, budget)
    except Exception as error:  # noqa: BLE001 - the thread's boundary: whoever waits is told
        # Without its traceback, which would hold on to the shared memory.
        future.set_exception(error.with_traceback(None))
    else:
        future.set_result(None)


def _start(process: DecoderProcess) -> None:
    with suppress(CodestreamError):  # the first frame will tell
        process.start()


@cache
def _pool() -> DecoderPool:
    """Return the pool that everybody shares; it ends with the program at the latest."""
    return DecoderPool(min(usable_processors(), MAX_PROCESSES))


def warm_decoders() -> None:
    """Expect compressed frames: returns at once."""
    _pool().warm()


def close_decoders() -> None:
    """End all decoders' processes now; the next frame starts others."""
    if _pool.cache_info().currsize:
        pool = _pool()
        _pool.cache_clear()
        pool.close()


def _end_with_program() -> None:
    """End all decoders' processes for good, before multiprocessing ends all processes itself.

    Two who do that at one time disturb each other, and a process that was just starting finds
    nobody to tell it what to do: both would be said on the command line.
    """
    _pool().close()


Finalize(None, _end_with_program, exitpriority=_FIRST)


def decode_soon(
    data: bytes,
    transfer_syntax: str,
    fmt: PixelFormat,
    use: Use,
    budget: DecodingBudget | None = None,
) -> "Future[None]":
    """Decode a frame where it can do no harm; see `DecoderPool.submit`.

    Raises
    ------
    MissingCodecError
        Nothing is installed for this transfer syntax.
    """
    if reason := missing_codec(transfer_syntax):
        raise MissingCodecError(reason)
    return _pool().submit(data, transfer_syntax, fmt, use, budget)


def decoding_bytes(fmt: PixelFormat) -> int:
    """Return the memory that one frame takes while it is decoded."""
    return fmt.rows * fmt.columns * fmt.samples * DECODING_BYTES_PER_SAMPLE


def frames_at_once(fmt: PixelFormat, free_bytes: int | None = None) -> int:
    """Return how many frames to have in the making: every process has one, and one waiting."""
    room = DECODING_BYTES if free_bytes is None else min(free_bytes, DECODING_BYTES)
    return max(1, min(2 * _pool().size + 1, room // decoding_bytes(fmt)))
