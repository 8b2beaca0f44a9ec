"""A file, archive member or deflated data set read forwards through a small window.

Whatever lies between two positions is passed over: seeking in a file, unpacking and forgetting in
what is packed. Memory stays small whatever the source claims to hold.
"""

import zlib
from typing import Protocol

from viewer.dicom.sources import FILE_ERRORS, MAX_INFLATION, SourceError, plain_reason

WINDOW_BYTES = 1 << 16
_PIECE_BYTES = 1 << 20
MAX_UNPACKED_BYTES = 1 << 30
"""What is unpacked at most to look at the elements of one packed source."""


class ByteStream(Protocol):
    """What bytes come from."""

    def read(self, count: int, /) -> bytes | None:
        """Read so many bytes at most; nothing only at the end."""


class ForwardFile(ByteStream, Protocol):
    """What is looked at: positions never go back."""

    def seek(self, position: int, /) -> int:
        """Go on to a position and return where it really is."""


class ByteWindow:
    """Looks at bytes by their position.

    Parameters
    ----------
    file : ForwardFile
        Read from its start.
    size : int
        How many bytes there are, or may be at most.
    """

    def __init__(self, file: ForwardFile, size: int) -> None:
        self._file = file
        self._size = size
        self._buffer = b""
        self._start = 0

    @property
    def size(self) -> int:
        """How many bytes there are; exact once the end has been met."""
        return self._size

    def at(self, position: int, count: int) -> bytes:
        """Return bytes at a position, fewer at the end.

        Raises
        ------
        SourceError
            They cannot be read.
        """
        offset = position - self._start
        if offset < 0:
            raise ValueError("a byte window goes forwards only")
        if offset + count > len(self._buffer):
            self._fill(position, count)
            offset = 0
        return self._buffer[offset : offset + count]

    def holds(self, position: int) -> bool:
        """Tell whether there is anything at a position or behind it.

        Raises
        ------
        SourceError
            It cannot be read so far.
        """
        return position < self._size and bool(self.at(position, 1))

    def _fill(self, position: int, count: int) -> None:
        end = self._start + len(self._buffer)
        kept = self._buffer[position - self._start :] if position < end else b""
        try:
            if position > end and (reached := self._file.seek(position)) < position:
                self._size = min(self._size, reached)
            wanted = max(count, WINDOW_BYTES) - len(kept)
            read = b"" if position > self._size else _read_all(self._file, wanted)
        except FILE_ERRORS as error:
            raise SourceError(plain_reason(error)) from error
        self._buffer, self._start = kept + read, position
        if len(read) < wanted:
            self._size = min(self._size, position + len(self._buffer))


def _read_all(file: ByteStream, count: int) -> bytes:
    """Read `count` bytes; unbuffered files may give fewer at a time."""
    parts = []
    while count and (part := file.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class Unpacked:
    """A packed stream of an archive, passed over piece by piece and not without end."""

    def __init__(self, file: ByteStream, position: int = 0) -> None:
        self._file = file
        self._position = position

    def read(self, count: int, /) -> bytes:
        """Read so many bytes."""
        data = self._file.read(count) or b""
        self._position += len(data)
        if self._position > MAX_UNPACKED_BYTES:
            raise SourceError("it is packed and too large to be read to its end: unpack it first")
        return data

    def seek(self, position: int, /) -> int:
        """Read on to a position."""
        while self._position < position:
            if not self.read(min(_PIECE_BYTES, position - self._position)):
                break
        return self._position


class Inflater:
    """Inflates as much of a deflated data set (PS3.5 A.5) as is asked for.

    Parameters
    ----------
    file : ByteStream
        At the first deflated byte.
    """

    def __init__(self, file: ByteStream) -> None:
        self._file = file
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)

    def read(self, count: int, /) -> bytes:
        """Return inflated bytes, `count` at most; nothing only at the end."""
        unpacker = self._unpacker
        while not unpacker.eof:
            packed = unpacker.unconsumed_tail or self._file.read(WINDOW_BYTES) or b""
            try:
                data = unpacker.decompress(packed, count)
            except zlib.error as error:
                raise SourceError("the deflated data set is damaged") from error
            if data or not packed:
                return data
        return b""


def most_inflated(packed: int) -> int:
    """Return how many bytes so many deflated ones can hold at most."""
    return packed * MAX_INFLATION
