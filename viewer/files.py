"""Writing a file so that it is either complete or not there: write beside, sync, replace."""

import contextlib
import errno
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from viewer.core.errors import ViewerError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_LOCK_NAME = ".lock"
_LOCK_STEP_S = 0.005
_STALE_S = 60.0
"""No file takes so long to be written."""
_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EEXIST})


class SaveError(ViewerError):
    """A file could not be written; what was there before is untouched."""


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """Write a file of the given name; it appears, complete, when the context ends without error.

    Parameters
    ----------
    path : Path
        The file; one that is there is replaced in one step.
    private : bool
        Readable by this user only (patient data in our own folders).

    Raises
    ------
    SaveError
        The folder is missing or read-only, the disk is full, or the name is impossible.
    """
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with _created(beside, 0o600 if private else 0o666) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise save_error(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_atomic(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write bytes with `replacing`."""
    with replacing(path, private=private) as file:
        file.write(data)


@contextmanager
def locked(folder: Path, timeout_s: float = 1.0) -> Iterator[bool]:
    """Keep other programs (and threads) out that lock the same folder; never for long.

    The system lets go of the lock when a program ends, however it ends. Where locks do not work
    (some network drives) or another program hangs, work goes on without one after the timeout:
    saving late is worse. Yields whether the folder is locked.
    """
    path, deadline = folder / _LOCK_NAME, time.monotonic() + timeout_s
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield False  # writing will tell why
        return
    try:
        while not (is_locked := _try_lock(descriptor)) and time.monotonic() < deadline:
            time.sleep(_LOCK_STEP_S)
        yield is_locked
    finally:
        os.close(descriptor)


def remove_parts(folder: Path) -> None:
    """Remove what programs that were killed while writing have left in our own folder."""
    for path in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink()


def require_writable(path: Path) -> None:
    """Find out before the work for a file whether it can be written; nothing stays.

    Raises
    ------
    SaveError
        It cannot.
    """
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        _created(beside, 0o600).close()
        beside.unlink()
    except OSError as error:
        raise save_error(path, error) from error


def make_folder(folder: Path, *, private: bool = False) -> None:
    """Make a folder for what is saved, with those above it; one that is there is no error.

    Raises
    ------
    SaveError
        It cannot be made.
    """
    try:
        folder.mkdir(0o700 if private else 0o777, parents=True, exist_ok=True)
    except OSError as error:
        raise save_error(folder, error) from error


def free_name(path: Path) -> Path:
    """Return the path, or with a number behind its name where such a file exists already."""
    candidate, number = path, 2
    suffix = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    stem = path.name.removesuffix(suffix)
    while candidate.exists() or candidate.is_symlink():
        candidate = path.with_name(f"{stem} ({number}){suffix}")
        number += 1
    return candidate


def save_error(path: Path, error: OSError) -> SaveError:
    """Say in the user's terms why a file could not be written."""
    what, names = f"{path.name} cannot be saved", (path.name, str(path.parent))
    if error.errno in _FULL:
        what_to_do = "Free some space or choose another folder"
        return SaveError(what, "the disk is full", what_to_do, names)
    # A system's own folder (/proc) is there and says that it is not.
    if error.errno in _FORBIDDEN or (error.errno == errno.ENOENT and path.parent.is_dir()):
        why = f"writing in {path.parent} is not allowed"
        return SaveError(what, why, "Choose another folder", names)
    if error.errno in _NO_FOLDER:
        why = f"there is no folder {path.parent}"
        return SaveError(what, why, "Choose another folder", names)
    reason = (error.strerror or "the system refused it").lower()
    return SaveError(what, reason, "Choose another name or folder", names)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _created(path: Path, mode: int) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, mode), "wb")


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power failure; Windows has no such thing."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
