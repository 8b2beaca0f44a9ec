"""Where Hounsfield keeps its own files: data, cache, settings, logs, temporary files, resources.

The folders are the platform's usual ones. The environment variable ``HOUNSFIELD_HOME`` moves
all of them below one folder, so that a test or a portable copy never touches the user's own.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path

from platformdirs import PlatformDirs

APP_NAME = "Hounsfield"
HOME_VARIABLE = "HOUNSFIELD_HOME"

_PRIVATE_MODE = 0o700  # patient data may be inside: for this user only
_RUN_PREFIX = "run-"
_LOCK_SUFFIX = ".lock"

_platform = PlatformDirs(APP_NAME, appauthor=False)


def data_dir() -> Path:
    """Folder of what must survive: annotations, the study database, user presets."""
    return _private_folder(_moved("data") or _platform.user_data_path)


def cache_dir() -> Path:
    """Folder of what can be computed again; the user may empty it at any time."""
    return _private_folder(_moved("cache") or _platform.user_cache_path)


def config_dir() -> Path:
    """Folder of the settings."""
    return _private_folder(_moved("config") or _platform.user_config_path)


def log_dir() -> Path:
    """Folder of the log files."""
    return _private_folder(_moved("logs") or _platform.user_log_path)


def resources_dir() -> Path:
    """Folder of the files that ship with the program.

    It lies beside the ``viewer`` package, in a checkout and in an installed wheel alike.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.
    """
    folder = Path(__file__).resolve().parent.parent / "resources"
    if not folder.is_dir():
        raise FileNotFoundError(f"The program's resources are missing: {folder}")
    return folder


def temp_dir() -> Path:
    """Private folder of this process for temporary files, removed when the process ends.

    The first call also removes what earlier runs left behind when they crashed. Names inside
    it must not be built from patient data.
    """
    root = cache_dir() / "tmp"
    run = _runs.get((os.getpid(), root))
    if run is None or not run.folder.is_dir():
        run = _start_run(root)
        _runs[os.getpid(), root] = run
    return run.folder


@dataclass(frozen=True, slots=True)
class _Run:
    """The temporary folder of one process; the locked file beside it says that it is alive."""

    folder: Path
    lock: BufferedRandom


# By process id, as a forked child must not use its parent's folder, and by place.
_runs: dict[tuple[int, Path], _Run] = {}


def _moved(kind: str) -> Path | None:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser().absolute() / kind if home else None


def _private_folder(folder: Path) -> Path:
    folder.mkdir(mode=_PRIVATE_MODE, parents=True, exist_ok=True)
    return folder


def _start_run(root: Path) -> _Run:
    _private_folder(root)
    # Sweeping and starting exclude each other: a sweep could otherwise take away a folder
    # between its making and its locking.
    with _one_at_a_time(root / "start.lock"):
        _sweep(root)
        folder = Path(tempfile.mkdtemp(prefix=_RUN_PREFIX, dir=root))  # mode 0700
        lock = _lock_of(folder).open("w+b")
        _try_lock(lock)
    run = _Run(folder, lock)
    atexit.register(_end_run, run, os.getpid())
    return run


def _end_run(run: _Run, pid: int) -> None:
    if os.getpid() != pid:
        return
    shutil.rmtree(run.folder, ignore_errors=True)
    run.lock.close()
    _lock_of(run.folder).unlink(missing_ok=True)


def _sweep(root: Path) -> None:
    """Remove the folders whose process is gone: nobody holds their lock any more."""
    for folder in root.glob(f"{_RUN_PREFIX}*"):
        if folder.suffix == _LOCK_SUFFIX or not folder.is_dir():
            continue
        with _lock_of(folder).open("a+b") as lock:
            stale = _try_lock(lock)
        if stale:
            shutil.rmtree(folder, ignore_errors=True)
            _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + _LOCK_SUFFIX)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("a+b") as lock:
        _lock(lock)
        yield  # closing the file releases the lock


# A lock of the operating system ends with its process, even by kill -9; a process id in a file
# would outlive it, and be given to somebody else.
if sys.platform == "win32":
    import msvcrt

    def _lock(file: BufferedRandom) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)

    def _try_lock(file: BufferedRandom) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: BufferedRandom) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _try_lock(file: BufferedRandom) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
