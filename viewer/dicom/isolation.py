"""Foreign decoders in a process of their own: they may abort, hang or hold the interpreter.

GDCM aborts the whole process on some damaged frames, and OpenJPEG holds the interpreter's lock
while it decodes. So one small process decodes frames for everybody here; when it dies or takes
too long, the frame is lost, not the session, and the next frame starts a new process.
"""

import multiprocessing
import os
import sys
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from viewer.dicom.codecs import StoredArray, decode_frame, missing_codec
from viewer.dicom.codestream import CodestreamError
from viewer.dicom.pixel_format import PixelFormat
from viewer.dicom.transfer import RLE

FRAME_LIMIT_S = 60.0
"""No honest frame takes longer to decode."""


class DecoderProcess:
    """Decodes frames in a child process; may be called from several threads.

    Parameters
    ----------
    limit_s : float
        Time that one frame may take.
    """

    def __init__(self, limit_s: float = FRAME_LIMIT_S) -> None:
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def decode(self, data: bytes, transfer_syntax: str, fmt: PixelFormat) -> StoredArray:
        """Decode one frame; see `viewer.dicom.codecs.decode_frame`.

        Raises
        ------
        CodestreamError
            The frame is damaged, killed its decoder, or took too long.
        """
        with self._lock:
            connection = self._connection or self._start()
            try:
                connection.send((data, transfer_syntax, fmt))
                answer = connection.recv() if connection.poll(self._limit_s) else None
            except (EOFError, OSError) as error:
                self._stop()
                raise CodestreamError("the compressed image is damaged") from error
            if answer is None:
                self._stop()
                raise CodestreamError("the compressed image takes too long to decode")
        if isinstance(answer, str):
            raise CodestreamError(answer)
        array: StoredArray = answer
        return array

    def close(self) -> None:
        """End the child process; the next frame starts another."""
        with self._lock:
            self._stop()

    def _start(self) -> Connection:
        spawn = multiprocessing.get_context("spawn")
        own, other = spawn.Pipe()
        process = spawn.Process(target=serve, args=(other,), name="decoder", daemon=True)
        process.start()
        other.close()
        self._process, self._connection = process, own
        return own

    def _stop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._connection = self._process = None


def serve(connection: Connection) -> None:
    """Decode what is asked for until the other end closes: the child's main function.

    The decoders' own messages go nowhere: they are not for users, and the command line
    promises a single line on stderr.
    """
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(silent, stream.fileno())
    while True:
        try:
            data, transfer_syntax, fmt = connection.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            connection.send(decode_frame(data, transfer_syntax, fmt))
        except CodestreamError as error:
            connection.send(str(error))


_DECODER = DecoderProcess()


def decode_safely(data: bytes, transfer_syntax: str, fmt: PixelFormat) -> StoredArray:
    """Decode a frame where it can do no harm: RLE here (plain Python), the rest in the process.

    Raises
    ------
    MissingCodecError
        Nothing is installed for this transfer syntax.
    CodestreamError
        The frame is damaged.
    """
    if transfer_syntax == RLE or missing_codec(transfer_syntax):
        return decode_frame(data, transfer_syntax, fmt)
    return _DECODER.decode(data, transfer_syntax, fmt)
