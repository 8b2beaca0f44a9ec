"""What lies in a folder, remembered: a series seen before is listed without opening its files.

An entry holds as long as the list of all files (names, sizes, times, inodes) is exactly the same.
It holds what the study tree shows, patient names among it, in the application's own cache folder,
readable by this user only; the files' names are hashes.
"""

import contextlib
import hashlib
import logging
import os
import stat
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import msgspec

from viewer import core, dicom
from viewer.core.progress import JobContext
from viewer.core.study import StudyIndex
from viewer.dicom.sources import FileSource
from viewer.dicom.stacks import ImageStack
from viewer.files import SaveError, make_folder, write_atomic
from viewer.store.value_codec import CodecError, Schema, decode, encode

logger = logging.getLogger(__name__)

FOLDER_NAME = "folders"
"""In the application's cache folder."""
FORMAT = "1"
MAX_ENTRIES = 50
MAX_BYTES = 64 << 20
"""The oldest entries beyond these go."""
MAX_LISTED = 200_000
"""Files in one listing; larger trees are archives of many studies and are always read."""
SETTLED_S = 2.0
"""Files changed less than this before they were listed may change again within one tick of the
file system's clock, without a trace."""
_SUFFIX = ".index"
_NAME_LETTERS = 40
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Listing:
    """All files below some roots at one moment.

    Attributes
    ----------
    digest : bytes
        Of names, sizes, times and inodes.
    newest_s : float
        When the youngest of them was changed.
    taken_s : float
        When the listing began.
    """

    digest: bytes
    newest_s: float
    taken_s: float


class _Entry(msgspec.Struct, array_like=True):
    """`paths` as they were given; `roots`: all that the listing covers; `packed`: the index."""

    program: str
    paths: tuple[str, ...]
    roots: tuple[str, ...]
    listing: bytes
    packed: bytes


class IndexCache:
    """Remembered study indexes, one file for each set of opened paths.

    Parameters
    ----------
    folder : Path
        In the application's cache; made when the first index is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema: Schema | None = None

    def find(self, ctx: JobContext, paths: Sequence[Path]) -> StudyIndex | None:
        """Return the index of paths that were opened before and have not changed, else None.

        Raises
        ------
        CancelledError
            The job was cancelled.
        """
        place = self._place(paths)
        try:
            entry = _unseal(place.read_bytes())
        except OSError:
            return None
        if entry is None:
            logger.info("a remembered folder was damaged and is read again")
            place.unlink(missing_ok=True)
            return None
        if entry.program != self._program() or entry.paths != _texts(paths):
            return None
        listing = take_listing(ctx, [Path(root) for root in entry.roots])
        if listing is None or listing.digest != entry.listing:
            return None
        index = self._unpack(entry)
        if index is None:
            logger.info("a remembered folder could not be read and is read again")
            return None
        with contextlib.suppress(OSError):
            os.utime(place)  # used last, dropped last
        return index

    def recall(self, paths: Sequence[Path]) -> StudyIndex | None:
        """Return what paths held when they were remembered, whatever became of them."""
        try:
            entry = _unseal(self._place(paths).read_bytes())
        except OSError:
            return None
        if entry is None or entry.program != self._program() or entry.paths != _texts(paths):
            return None
        return self._unpack(entry)

    def _unpack(self, entry: _Entry) -> StudyIndex | None:
        try:
            index = decode(zlib.decompress(entry.packed), self._known_schema())
        except (CodecError, zlib.error):
            return None
        return index if isinstance(index, StudyIndex) else None

    def keep(
        self, ctx: JobContext, paths: Sequence[Path], before: Listing, index: StudyIndex
    ) -> bool:
        """Remember an index, unless its files changed since before they were read.

        Parameters
        ----------
        ctx : JobContext
            May cancel.
        paths : sequence of Path
            What was opened.
        before : Listing
            Of these paths, taken before the scan.
        index : StudyIndex
            What the scan found.

        Returns
        -------
        bool
            Whether it is remembered now.
        """
        roots = _roots(paths, index)
        after = take_listing(ctx, roots)
        if after is None or after.newest_s > before.taken_s - SETTLED_S:
            return False
        if roots == tuple(paths) and after.digest != before.digest:
            return False
        try:
            packed = zlib.compress(encode(index, self._known_schema()), 1)
            texts = tuple(str(root.absolute()) for root in roots)
            entry = _Entry(self._program(), _texts(paths), texts, after.digest, packed)
            sealed = _seal(entry)
        except (CodecError, UnicodeError) as error:
            logger.info("a folder is not remembered: %s", type(error).__name__)
            return False
        if len(sealed) > MAX_BYTES:
            return False
        ctx.check()
        try:
            make_folder(self._folder, private=True)
            write_atomic(self._place(paths), sealed, private=True)
        except SaveError as error:
            logger.info("a folder is not remembered: %s", type(error).__name__)
            return False
        self._drop_oldest()
        return True

    def clear(self) -> None:
        """Forget everything, with what a crash may have left half written."""
        with contextlib.suppress(OSError):
            for place in list(self._folder.iterdir()):
                place.unlink()

    def _drop_oldest(self) -> None:
        kept: list[tuple[float, int, Path]] = []
        for place in self._folder.glob(f"*{_SUFFIX}"):
            with contextlib.suppress(OSError):
                status = place.stat()
                kept.append((status.st_mtime, status.st_size, place))
        total = 0
        for count, (_, size, place) in enumerate(sorted(kept, reverse=True)):
            total += size
            if count >= MAX_ENTRIES or total > MAX_BYTES:
                with contextlib.suppress(OSError):
                    place.unlink()

    def _place(self, paths: Sequence[Path]) -> Path:
        text = "\0".join((*_texts(paths), *(str(path.absolute()) for path in paths)))
        name = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:_NAME_LETTERS]
        return self._folder / f"{name}{_SUFFIX}"

    def _known_schema(self) -> Schema:
        if self._schema is None:
            self._schema = Schema(StudyIndex, ImageStack, FileSource)
        return self._schema

    def _program(self) -> str:
        """Identify what made an index: another program may see other things in the same files."""
        return f"{FORMAT} {_version()} {self._known_schema().fingerprint} {_sources_digest()}"


def take_listing(ctx: JobContext, paths: Sequence[Path]) -> Listing | None:
    """List everything below some paths without opening anything; None where that is impossible.

    Links are listed, not followed, as in the scan; of a link, whether it leads somewhere counts.

    Raises
    ------
    CancelledError
        The job was cancelled.
    """
    taken = time.time()
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    newest = 0.0
    count = 0
    try:
        for path in paths:
            for name, status in _walk(ctx, path):
                count += 1
                if count > MAX_LISTED:
                    return None
                facts = f"{name}\0{status.st_mode}"
                if not stat.S_ISDIR(status.st_mode):
                    facts += f"/{status.st_size}/{status.st_ino}/{status.st_mtime_ns}"
                    facts += f"/{status.st_ctime_ns}"
                    newest = max(newest, status.st_mtime, status.st_ctime)
                digest.update(f"{facts}\n".encode(errors="surrogateescape"))
    except OSError:
        return None
    return Listing(digest.digest(), newest, taken)


def _walk(ctx: JobContext, path: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield every name below a path, from the path on, with its facts."""
    status = path.stat()
    yield "", status
    if not stat.S_ISDIR(status.st_mode):
        return
    start = len(str(path))
    folders = [str(path)]
    while folders:
        ctx.check()
        folder = folders.pop()
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                status = entry.stat(follow_symlinks=False)
                leads = entry.is_symlink() and Path(entry.path).exists()
                yield f"{entry.path[start:]}{'*' if leads else ''}", status
                if stat.S_ISDIR(status.st_mode):
                    folders.append(entry.path)


def _roots(paths: Sequence[Path], index: StudyIndex) -> tuple[Path, ...]:
    """Return what must stay as it is: the paths, and of a DICOMDIR the medium around it."""
    files = {path for path in paths if not path.is_dir()}
    folders = [path for path in paths if path not in files]
    read = {frame.path for stack in index.stacks() for frame in stack.frames}
    read |= {found.path for found in index.objects}
    given = {str(path) for path in files}
    below = tuple(f"{folder}{os.sep}" for folder in folders)
    outside = [
        path
        for path in read
        if path not in given and path.partition("!")[0] not in given and not path.startswith(below)
    ]
    extra = sorted({path.parent for path in files}) if outside else []
    return (*paths, *extra)


def _texts(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(str(path) for path in paths)


def _seal(entry: _Entry) -> bytes:
    content = msgspec.msgpack.encode(entry)
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest() + content


def _unseal(data: bytes) -> _Entry | None:
    """Return an entry; None where its bytes are not all there or not what was written."""
    content = data[_DIGEST_BYTES:]
    if hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest() != data[:_DIGEST_BYTES]:
        return None
    try:
        return msgspec.msgpack.decode(content, type=_Entry)
    except msgspec.DecodeError:
        return None


def _version() -> str:
    try:
        return metadata.version("hounsfield")
    except metadata.PackageNotFoundError:
        return ""


def _sources_digest() -> str:
    """Identify the code that makes an index, for those who change it without a new version."""
    digest = hashlib.blake2b(digest_size=8)
    for room in (core, dicom):
        for folder in room.__path__:
            for file in sorted(Path(folder).glob("*.py")):
                status = file.stat()
                digest.update(f"{file.name}/{status.st_size}/{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
