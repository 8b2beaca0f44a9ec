"""The decoder's process: takes one frame after the other, and gives back pixels or a reason.

It imports numpy and the decoders, nothing else, so that it is ready soon. The system is told
before each frame how much memory and time it may take at most.
"""

import os
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from struct import Struct
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # numpy is loaded once its threads are settled
    from viewer.dicom.pixel_format import PixelFormat, StoredArray

IDLE_END_S = 300.0
"""Without work for so long, the process ends and frees its memory."""
SPARE_BYTES = 96 << 20
WORKING_BYTES_PER_SAMPLE = 24
"""Memory that a frame may take: three times what JPEG 2000, the greediest, was seen to."""
COST = Struct("<d")
"""An answer starts with the processor time that the frame took, in seconds."""
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Request(NamedTuple):
    """One frame to decode.

    Attributes
    ----------
    memory : str
        Name of the shared memory, or empty: then the frame and its pixels go through the pipe.
    memory_bytes : int
        Its size.
    size : int
        Bytes of the frame; they stand at the start of the shared memory.
    offset : int
        Where its pixels go.
    transfer_syntax : str
        UID.
    format : PixelFormat
        What the header says.
    limit_s : float
        Time it may take.
    """

    memory: str
    memory_bytes: int
    size: int
    offset: int
    transfer_syntax: str
    format: "PixelFormat"
    limit_s: float


def serve(connection: Connection) -> None:
    """Decode what is asked for until the other end closes: the main function of the process.

    Says with an empty message that it is ready; answers each request with what it took (`COST`),
    once the pixels are in place, or with that and the reason why there are none.
    """
    _settle()
    from viewer.dicom import codecs

    with suppress(ImportError):  # an answer will say which package is missing
        import imagecodecs

        for name in codecs.DECODERS.values():
            getattr(imagecodecs, name)  # loads its library: a frame's time is not for that
    child = _Child(connection)
    connection.send_bytes(b"")
    with suppress(EOFError, OSError):  # the parent is gone, or has had enough of us
        while connection.poll(IDLE_END_S):
            child.answer(connection.recv())


class _Child:
    """What lasts from one frame to the next: the pipe, the memory, the limits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._memory: SharedMemory | None = None
        self._base_bytes = _address_space()

    def answer(self, request: Request) -> None:
        from viewer.dicom.codecs import MissingCodecError, decode_frame
        from viewer.dicom.codestream import CodestreamError

        _limit(request, self._base_bytes)
        view = self._view(request)
        data = self._connection.recv_bytes() if view is None else bytes(view[: request.size])
        began = process_time()
        try:
            pixels = decode_frame(data, request.transfer_syntax, request.format)
        except (CodestreamError, MissingCodecError) as error:
            self._answer(process_time() - began, str(error))
            return
        cost_s = process_time() - began
        if view is not None:
            _put(pixels, view, request.offset)
        self._answer(cost_s)
        if view is None:
            self._connection.send_bytes(pixels.tobytes())

    def _answer(self, cost_s: float, reason: str = "") -> None:
        self._connection.send_bytes(COST.pack(cost_s) + reason.encode())

    def _view(self, request: Request) -> memoryview | None:
        if not request.memory:
            return None
        if self._memory is None or self._memory.name != request.memory:
            if self._memory is not None:
                self._memory.close()
            self._memory = SharedMemory(request.memory)
        return self._memory.buf


def _put(pixels: "StoredArray", memory: memoryview, offset: int) -> None:
    import numpy as np

    place = np.frombuffer(memory, pixels.dtype, pixels.size, offset)
    np.copyto(place.reshape(pixels.shape), pixels)


def _settle() -> None:
    """Be silent, single-threaded, and deaf to Ctrl+C, which is for the parent.

    The decoders' own messages are not for users: the command line promises one line on stderr.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silent, stream)
    os.close(silent)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for variable in _THREAD_VARIABLES:
        os.environ[variable] = "1"


def _address_space() -> int | None:
    """Return the bytes that the process takes before its first frame; None where unknown."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def _limit(request: Request, base_bytes: int | None) -> None:
    """Have the system refuse memory and end the process beyond what an honest frame takes.

    Only Linux counts address space so that this works; the time is also kept by the parent.
    """
    if base_bytes is None:
        return
    import resource

    fmt = request.format
    samples = fmt.rows * fmt.columns * fmt.samples
    size = base_bytes + request.memory_bytes + 4 * request.size + SPARE_BYTES
    size += WORKING_BYTES_PER_SAMPLE * samples
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = int(used.ru_utime + used.ru_stime + request.limit_s) + 2
    for kind, value in ((resource.RLIMIT_AS, size), (resource.RLIMIT_CPU, cpu_s)):
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY or value < hard:
            resource.setrlimit(kind, (value, hard))
