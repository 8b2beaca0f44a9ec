"""Where DICOM bytes come from: plain files, members of ZIP archives, and deflated data sets.

Everything is opened by path and member, with limits; nothing is ever unpacked to disk.
"""

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self

HEAD_BYTES = 1 << 13
"""First read of each file: the headers of nearly all images end within it."""
HEAD_GROWTH = 16
MAX_INFLATED_BYTES = 4 << 30
"""Largest deflated data set or ZIP member that is unpacked in memory."""
MAX_HEAD_BYTES = 256 << 20
"""No honest header is longer, not even one that describes thousands of frames."""
MAX_ARCHIVE_BYTES = 8 << 30
"""All that is unpacked of one archive in a scan: the heads of its members and its images."""
MAX_MEMBERS = 200_000
"""Members of one archive that are looked at."""
MAX_DIRECTORY_BYTES = 24 << 20
"""Longest list of members: reading it takes seconds, and ten times its size of memory."""
MAX_ARCHIVE_RATIO = 200
"""What unpacks to more than this many times its size is made to fill memory..."""
ARCHIVE_RATIO_FLOOR_BYTES = 256 << 20
"""... unless what it unpacks to is no more than this (blank test images pack well)."""
_CHUNK_BYTES = 1 << 20
_END_RECORD = struct.Struct("<4s8xL6x")
_ZIP64_BYTES = 56 + 20
"""The end record of ZIP64 and its locator, which stand right before the ordinary end record."""
_TOO_MANY = f"holds more than {MAX_MEMBERS} files: unpack it first"
_TOO_LARGE = "the deflated data set is larger than it may be"
_NOT_DEFLATED = "the deflated data set is damaged"
_LOCKED = "is protected by a password: unpack the archive first"
_PACKING = "is packed in a way that cannot be read: unpack the archive first"
MAX_INFLATION = 1100
"""Deflate cannot shrink data more than this; a header that claims more lies."""

FILE_ERRORS = (
    OSError,
    EOFError,
    LookupError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What opening and reading may raise: files vanish, archives change, are damaged or encrypted."""
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""PS3.12 annex V knows no other; an LZMA member would say itself how much memory it takes."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file, or a member of a ZIP archive.

    Attributes
    ----------
    path : str
        File, or the archive when `member` is set.
    member : str
        Name inside the archive, or empty.
    size : int
        Bytes (unpacked size of a member).
    """

    path: str
    member: str
    size: int

    @property
    def display(self) -> str:
        """The name shown in lists of problems."""
        return f"{self.path}!{self.member}" if self.member else self.path


class SourceError(Exception):
    """A source cannot be read; the text is one plain line."""


class SourceReader:
    """Opens sources one after the other and keeps the last archive and member open.

    Reading many members of one archive would otherwise read its directory each time. Used by one
    thread at a time; close it, or use it in a `with` statement.
    """

    def __init__(self) -> None:
        self._archive_path = ""
        self._archive: zipfile.ZipFile | None = None
        self._file_key: tuple[str, str, bool] | None = None
        self._file: BinaryIO | None = None
        self._unpacked: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open."""
        self._close_file()
        if self._archive is not None:
            self._archive.close()
            self._archive = None
        self._archive_path = ""

    def archive(self, path: str) -> zipfile.ZipFile:
        """Return an open archive."""
        if self._archive is None or self._archive_path != path:
            self.close()
            self._archive = zipfile.ZipFile(path)
            self._archive_path = path
        return self._archive

    def read_head(self, source: FileSource, size: int) -> bytes:
        """Read the first bytes of a source (fewer where it is shorter).

        Raises
        ------
        SourceError
            The source cannot be read.
        """
        try:
            if not source.member:
                with Path(source.path).open("rb", buffering=0) as file:
                    return file.read(size) or b""
            head = read_member(self.archive(source.path), source.member, size).getvalue()
        except FILE_ERRORS as error:
            raise SourceError(plain_reason(error)) from error
        self._count(source, len(head))
        return head

    def admit(self, source: FileSource) -> None:
        """Count an image against what may be unpacked of its archive.

        Raises
        ------
        SourceError
            The archive unpacks to more than it may.
        """
        if source.member:
            self._count(source, source.size)

    def _count(self, source: FileSource, size: int) -> None:
        total = self._unpacked.get(source.path, 0) + size
        if total > MAX_ARCHIVE_BYTES:
            raise SourceError(
                f"the archive holds more than {MAX_ARCHIVE_BYTES >> 30} GB: unpack it first"
            )
        packed = Path(source.path).stat().st_size
        if total > max(ARCHIVE_RATIO_FLOOR_BYTES, MAX_ARCHIVE_RATIO * packed):
            raise SourceError("the archive unpacks to far more than images do: unpack it first")
        self._unpacked[source.path] = total

    def open(self, source: FileSource, inflate_from: int | None = None) -> BinaryIO:
        """Return a seekable file; the same one again while the source stays the same.

        Parameters
        ----------
        source : FileSource
            What to open.
        inflate_from : int or None
            Where a deflated data set starts; the returned file then holds the inflated bytes
            at the same offset (the bytes before it are zero).

        Raises
        ------
        SourceError
            The source cannot be read.
        """
        key = (source.path, source.member, inflate_from is not None)
        if self._file is None or self._file_key != key:
            self._close_file()
            try:
                self._file = self._open(source, inflate_from)
            except FILE_ERRORS as error:
                raise SourceError(plain_reason(error)) from error
            self._file_key = key
        return self._file

    def _open(self, source: FileSource, inflate_from: int | None) -> BinaryIO:
        if inflate_from is None and not source.member:
            return Path(source.path).open("rb", buffering=0)
        if not source.member:
            data = Path(source.path).read_bytes()
        else:
            member = read_member(self.archive(source.path), source.member)
            if inflate_from is None:
                return member
            data = member.getvalue()
        return inflate(data, inflate_from or 0)

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._file_key = None


def list_members(path: Path) -> list[zipfile.ZipInfo]:
    """Return the members of an archive as its directory names them.

    Raises
    ------
    SourceError
        It is damaged, or holds too many.
    """
    try:
        if _directory_bytes(path) > MAX_DIRECTORY_BYTES:
            raise SourceError(_TOO_MANY)
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except FILE_ERRORS as error:
        raise SourceError(plain_reason(error)) from error
    if len(members) > MAX_MEMBERS:
        raise SourceError(_TOO_MANY)
    return members


def _directory_bytes(path: Path) -> int:
    """Return what the end of an archive says about the size of its directory, at most.

    The record is searched where `zipfile` does; with ZIP64, another one stands before it.
    """
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, io.SEEK_END) - _END_RECORD.size - 0xFFFF - _ZIP64_BYTES))
        tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END_RECORD.size > len(tail):
        return 0
    size: int = _END_RECORD.unpack_from(tail, at)[1]
    if at >= _ZIP64_BYTES and tail[at - 20 : at - 16] == b"PK\6\7":
        size = max(
            size, int.from_bytes(tail[at - _ZIP64_BYTES + 40 : at - _ZIP64_BYTES + 48], "little")
        )
    return size


def read_member(archive: zipfile.ZipFile, member: str, limit: int | None = None) -> io.BytesIO:
    """Unpack a member in memory, up to a limit or the size that the archive states."""
    info = archive.getinfo(member)
    check_member(info)
    with archive.open(info) as file:
        return _copy(file, info.file_size if limit is None else min(limit, info.file_size))


def _copy(file: IO[bytes], size: int) -> io.BytesIO:
    """Read up to `size` bytes piece by piece: in one go, zipfile holds them twice."""
    copy = io.BytesIO()
    while (left := size - copy.tell()) > 0 and (piece := file.read(min(_CHUNK_BYTES, left))):
        copy.write(piece)
    copy.seek(0)
    return copy


def check_member(info: zipfile.ZipInfo) -> None:
    """Refuse members that cannot be what they claim.

    Raises
    ------
    SourceError
        Encrypted, packed in another way than ZIP's usual one, too large, or impossibly well
        packed.
    """
    if info.flag_bits & 0x1:
        raise SourceError(_LOCKED)
    if info.compress_type not in _PACKINGS:
        raise SourceError(_PACKING)
    if info.file_size > MAX_INFLATED_BYTES:
        raise SourceError("is too large to read from inside an archive: unpack the archive first")
    if info.file_size > (info.compress_size + 64) * MAX_INFLATION:
        raise SourceError("claims more data than its packed size can hold")


def inflate(data: bytes, start: int) -> io.BytesIO:
    """Inflate a deflated data set (PS3.5 A.5) up to the limit of `unpacked_limit`.

    Parameters
    ----------
    data : bytes
        The file.
    start : int
        Where the data set starts; the bytes before it become zeros.

    Raises
    ------
    SourceError
        Larger than it may be, or damaged.
    """
    packed = memoryview(data)[start:]
    limit = unpacked_limit(len(packed))
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = io.BytesIO(bytes(start))
    inflated.seek(start)
    try:
        for at in range(0, len(packed), _CHUNK_BYTES):
            piece: bytes | memoryview = packed[at : at + _CHUNK_BYTES]
            while piece and not unpacker.eof:
                inflated.write(unpacker.decompress(piece, _CHUNK_BYTES))
                piece = unpacker.unconsumed_tail
                if inflated.tell() - start > limit:
                    raise SourceError(_TOO_LARGE)
    except zlib.error as error:
        raise SourceError(_NOT_DEFLATED) from error
    return inflated


def inflate_head(data: bytes, size: int) -> tuple[bytes, int]:
    """Inflate the first `size` bytes and count the rest without keeping it.

    Returns
    -------
    head : bytes
        At most `size` bytes.
    total : int
        Inflated size of the whole data set (counted up to the limit).

    Raises
    ------
    SourceError
        Larger than it may be, or damaged.
    """
    limit = unpacked_limit(len(data))
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        head = unpacker.decompress(data, size)
        total = len(head)
        while unpacker.unconsumed_tail and not unpacker.eof:
            total += len(unpacker.decompress(unpacker.unconsumed_tail, _CHUNK_BYTES))
            if total > limit:
                raise SourceError(_TOO_LARGE)
    except zlib.error as error:
        raise SourceError(_NOT_DEFLATED) from error
    return head, total


def unpacked_limit(packed: int) -> int:
    """Return to how many bytes so many packed ones may grow before they are called a bomb."""
    return min(MAX_INFLATED_BYTES, max(ARCHIVE_RATIO_FLOOR_BYTES, MAX_ARCHIVE_RATIO * packed))


def plain_reason(error: BaseException) -> str:
    """Say in one line why a file could not be read."""
    if isinstance(error, FileNotFoundError):
        return "the file is not there any more"
    if isinstance(error, PermissionError):
        return "no permission to read the file"
    if isinstance(error, NotImplementedError):
        return _PACKING
    if isinstance(error, RuntimeError):
        return _LOCKED
    if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError | struct.error):
        return "the archive is damaged"
    if isinstance(error, LookupError | UnicodeError):
        return "the archive is damaged, or changed while it was read"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read ({error.strerror})"
    return "cannot be read"


def is_regular(path: Path) -> bool:
    """Tell whether a path is a regular file (no FIFO, device or socket)."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
