"""One process that decodes frames, seen from here: started when needed, ended when it misbehaves.

A frame and its pixels lie in memory that both processes see; where the system has too little of
that, they go through the pipe.
"""

import multiprocessing
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from time import monotonic

import numpy as np

from viewer.dicom import decoder_child
from viewer.dicom.codecs import stored_dtype
from viewer.dicom.codestream import CodestreamError
from viewer.dicom.decoder_child import COST, IDLE_END_S, Request
from viewer.dicom.decoding_budget import DecodingBudget
from viewer.dicom.pixel_format import PixelFormat, StoredArray

END_LIMIT_S = 1.0
"""A process that let go of its pipe is about to end."""
START_LIMIT_S = 60.0
"""Imports on a busy machine; nothing of a frame is looked at meanwhile."""
FRAME_LIMIT_S = 5.0
"""No honest frame takes longer, apart from what its size asks for."""
SLOWEST_BYTES_PER_S = 1e6
"""Large frames may take longer; decoders do ten times this."""
DECODER_ENDED = "the decoders were ended with the program"
_NO_START = "the decoders' process cannot be started"
_STEP_BYTES = 1 << 20
_ALIGNMENT = 64
_MAX_ANSWER_BYTES = 4096
_SHARED_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - where Linux mounts shared memory
_SPARE_BYTES = 8 << 20


Use = Callable[[StoredArray], None]
"""What is done with decoded pixels."""


class TooSlowError(CodestreamError):
    """The frame took longer than any honest one."""


class DecoderStartError(CodestreamError):
    """There is no decoder; the frame may be perfect."""


class DecoderProcess:
    """Decodes frames in a child process; used by one thread at a time.

    Parameters
    ----------
    limit_s : float
        Time that one frame may take, beside what its size asks for.
    """

    def __init__(self, limit_s: float = FRAME_LIMIT_S) -> None:
        self._limit_s = limit_s
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._memory: SharedMemory | None = None
        self._is_nameless = False
        self._last_used = 0.0
        self._cost_s = 0.0
        self._ended = False

    def start(self) -> Connection:
        """Start the process if it does not run, and wait until it is ready.

        Raises
        ------
        DecoderStartError
            It cannot be started; the text says why.
        """
        if self._connection is not None and self._is_fit():
            return self._connection
        self.close()
        if self._ended:
            raise DecoderStartError(DECODER_ENDED)
        spawn = multiprocessing.get_context("spawn")
        own, other = spawn.Pipe()
        process = spawn.Process(
            target=decoder_child.serve, args=(other,), name="decoder", daemon=True
        )
        try:
            process.start()
            self._process, self._connection = process, own
            other.close()
            if self._ended:  # while it started
                raise DecoderStartError(DECODER_ENDED)
            if not own.poll(START_LIMIT_S):
                raise DecoderStartError(f"{_NO_START}: it is not ready after {START_LIMIT_S:g} s")
            own.recv_bytes()
        except (EOFError, OSError) as error:
            reason = self._why_no_start(error)
            self.close()
            raise DecoderStartError(reason) from error
        except DecoderStartError:
            self.close()
            raise
        self._last_used = monotonic()
        return own

    def _is_fit(self) -> bool:
        """Tell whether the process runs and does not end by itself just now."""
        running = self._process is not None and self._process.is_alive()
        return running and monotonic() - self._last_used < IDLE_END_S / 2

    def _why_no_start(self, error: EOFError | OSError) -> str:
        if self._ended:
            return DECODER_ENDED
        if isinstance(error, OSError) and error.strerror:
            return f"{_NO_START}: {error.strerror}"
        if self._process is None:
            return _NO_START
        self._process.join(END_LIMIT_S)
        return f"{_NO_START}: it ended with code {self._process.exitcode}"

    def end(self) -> None:
        """Kill the process, also from another thread, and start none any more."""
        self._ended = True
        process = self._process
        if process is not None:
            with suppress(ValueError):  # the other thread was sooner
                process.kill()

    def decode(
        self,
        data: bytes,
        transfer_syntax: str,
        fmt: PixelFormat,
        use: Use,
        budget: DecodingBudget | None = None,
    ) -> None:
        """Decode one frame; see `viewer.dicom.codecs.decode_frame`.

        Parameters
        ----------
        data, transfer_syntax, fmt
            The frame, the UID, and what the header says.
        use : callable
            Gets the pixels, which are gone when it returns. What it raises is passed on.
        budget : DecodingBudget
            Told what the frame took, decoded or not.

        Raises
        ------
        CodestreamError
            The frame is damaged, killed its decoder, or took too long (`TooSlowError`); or there
            is no decoder (`DecoderStartError`).
        """
        shape = (fmt.rows, fmt.columns) if fmt.samples == 1 else (fmt.rows, fmt.columns, 3)
        dtype = stored_dtype(fmt)
        connection = self.start()
        self._cost_s = 0.0
        try:
            buffer, offset = self._exchange(connection, data, transfer_syntax, fmt, dtype.itemsize)
        except TooSlowError:
            self.close()
            raise
        except (EOFError, OSError) as error:
            self.close()
            reason = DECODER_ENDED if self._ended else "the compressed image is damaged"
            raise CodestreamError(reason) from error
        finally:
            if budget is not None:
                budget.spend(self._cost_s, len(data), fmt.rows * fmt.columns * fmt.samples)
        self._last_used = monotonic()
        use(np.ndarray(shape, dtype, buffer, offset))

    def _exchange(
        self,
        connection: Connection,
        data: bytes,
        transfer_syntax: str,
        fmt: PixelFormat,
        sample_bytes: int,
    ) -> tuple[memoryview | bytes, int]:
        """Send the frame, wait, and return where its pixels are."""
        offset = -(-len(data) // _ALIGNMENT) * _ALIGNMENT
        pixel_bytes = fmt.rows * fmt.columns * fmt.samples * sample_bytes
        memory = self._room_for(offset + pixel_bytes)
        view = memory.buf if memory is not None else None
        name, size = (memory.name, memory.size) if memory is not None else ("", 0)
        limit_s = self._limit_s + len(data) / SLOWEST_BYTES_PER_S
        if view is not None:
            view[: len(data)] = data
        connection.send(Request(name, size, len(data), offset, transfer_syntax, fmt, limit_s))
        if view is None:
            connection.send_bytes(data)
        reason = self._answer(connection, limit_s)
        if memory is not None and not self._is_nameless:
            memory.unlink()  # both have it: so nothing is left behind, however we end
            self._is_nameless = True
        if reason:
            raise CodestreamError(reason)
        return (connection.recv_bytes(pixel_bytes), 0) if view is None else (view, offset)

    def _answer(self, connection: Connection, limit_s: float) -> str:
        """Wait for the answer, note what the frame took, and return why there are no pixels."""
        began = monotonic()
        try:
            if not connection.poll(limit_s):
                raise TooSlowError("the compressed image takes too long to decode")
            answer = connection.recv_bytes(_MAX_ANSWER_BYTES)
        except (TooSlowError, EOFError, OSError):
            self._cost_s = monotonic() - began
            raise
        if len(answer) < COST.size:
            raise EOFError
        (self._cost_s,) = COST.unpack_from(answer)
        return answer[COST.size :].decode(errors="replace")

    def _room_for(self, size: int) -> SharedMemory | None:
        """Return shared memory of at least that size, or None where there is too little."""
        if self._memory is None or self._memory.size < size:
            self._release_memory()
            self._memory = _allocate(-(-size // _STEP_BYTES) * _STEP_BYTES)
            self._is_nameless = False
        return self._memory

    def _release_memory(self) -> None:
        memory, self._memory = self._memory, None
        if memory is not None:
            memory.close()
            if not self._is_nameless:
                memory.unlink()

    def close(self) -> None:
        """End the process; the next frame starts another."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._connection = self._process = None
        self._release_memory()


def _allocate(size: int) -> SharedMemory | None:
    """Return shared memory of which every page is there, or None.

    A mount that is too small (a container's often has 64 MB) shows only when a page is touched,
    by a fatal signal: so the room is looked at, and taken at once.
    """
    folder = _SHARED_MEMORY_FOLDER
    if folder.is_dir() and shutil.disk_usage(folder).free < size + _SPARE_BYTES:
        return None
    try:
        memory = SharedMemory(create=True, size=size)
    except OSError:
        return None
    path = folder / memory.name
    if hasattr(os, "posix_fallocate") and path.exists():
        descriptor = os.open(path, os.O_RDWR)
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError:
            memory.close()
            memory.unlink()
            return None
        finally:
            os.close(descriptor)
    return memory
