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

import platformdirs

APP_NAME = "Hounsfield"
HOME_VARIABLE = "HOUNSFIELD_HOME"

_PRIVATE_MODE = 0o700  # patient data may be inside: for this user only
_RUN_PREFIX = "run-"
_LOCK_SUFFIX = ".lock"


def data_dir() -> Path:
    """Folder of what must survive: annotations, the study database, user presets."""
    return _private_folder(_base("data", platformdirs.user_data_path))


def cache_dir() -> Path:
    """Folder of what can be computed again; the user may empty it at any time."""
    return _private_folder(_base("cache", platformdirs.user_cache_path))


def config_dir() -> Path:
    """Folder of the settings."""
    return _private_folder(_base("config", platformdirs.user_config_path))


def log_dir() -> Path:
    """Folder of the log files."""
    return _private_folder(_base("logs", platformdirs.user_log_path))


def resources_dir() -> Path:
    """Folder of the files that ship with the program.

    It lies beside the ``viewer`` package in a checkout and in an installed wheel alike.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.
    """
    folder = Path(__file__).resolve().parent.parent / "resources"
    if not folder.is_dir():
        raise FileNotFoundError(f"Hounsfield's resources are missing: {folder}. Install it again.")
    return folder


def temp_dir() -> Path:
    """Private folder of this process for temporary files, removed when the process ends.

    The first call also removes what earlier runs left behind when they crashed. Names inside
    it must not be built from patient data.
    """
    run = _runs.get(os.getpid())
    if run is None:
        run = _start_run(cache_dir() / "tmp")
        _runs[os.getpid()] = run
    return run.folder


@dataclass(frozen=True, slots=True)
class _Run:
    """The temporary folder of one process; the locked file beside it says that it is alive."""

    folder: Path
    lock: BufferedRandom


_runs: dict[int, _Run] = {}  # by process id: a forked child must not use its parent's folder


def _base(kind: str, platform_folder: "_PlatformFolder") -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home).expanduser().absolute() / kind
    return platform_folder(APP_NAME, appauthor=False)
