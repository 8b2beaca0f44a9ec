"""Use case: the embedded sample study, made on first use: a chest CT phantom as DICOM files."""

import contextlib
import secrets
import shutil
from pathlib import Path
from typing import Protocol

from viewer.core.progress import JobContext
from viewer.dicom.write import write_ct_series
from viewer.files import make_folder, save_error
from viewer.imaging.phantom import chest_phantom

SAMPLE_VERSION = 1
"""Raised when the phantom changes; the sample is then made anew."""
_PHANTOM_SHARE = 0.75


class Worker(Protocol):
    """What is needed of `viewer.jobs.process.WorkerProcess`."""

    def call(self, ctx: JobContext, function: str, *args: Path) -> object:
        """Run a named function in the process."""


def ensure_sample(ctx: JobContext, folder: Path) -> Path:
    """Return the folder of the sample study; make it if it is not there.

    Parameters
    ----------
    ctx : JobContext
        Progress of the making; a cancel leaves nothing behind.
    folder : Path
        The application's own data folder.

    Raises
    ------
    SaveError
        The folder is read-only or the disk is full.
    """
    target = folder / f"sample-study-{SAMPLE_VERSION}"
    if target.is_dir():  # it gets its name when it is complete
        return target
    make_folder(folder, private=True)
    beside = folder / f".{secrets.token_hex(8)}.part"
    try:
        _write(ctx, beside)
        with contextlib.suppress(FileExistsError):  # another instance was quicker
            beside.rename(target)
    except OSError as error:
        if not target.is_dir():
            raise save_error(target, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    _remove_former(folder, target)
    return target


def sample_in_process(worker: Worker, ctx: JobContext, folder: Path) -> Path:
    """Do `ensure_sample` in the compute process: making the phantom holds the interpreter."""
    return Path(str(worker.call(ctx, "viewer.app.sample:ensure_sample", folder)))


def _write(ctx: JobContext, folder: Path) -> None:
    phantom = chest_phantom(ctx=_Share(ctx, 0.0, _PHANTOM_SHARE))
    folder.mkdir(parents=True)
    write_ct_series(_Share(ctx, _PHANTOM_SHARE, 1.0), folder, phantom.hu, phantom.geometry)


def _remove_former(folder: Path, target: Path) -> None:
    for former in folder.glob("sample-study-*"):
        if former != target:
            shutil.rmtree(former, ignore_errors=True)


class _Share:
    """Shows a part of a job as a part of the whole's progress."""

    def __init__(self, ctx: JobContext, start: float, end: float) -> None:
        self._ctx = ctx
        self._start = start
        self._end = end

    def progress(self, fraction: float, text: str = "") -> None:
        """Report on the whole's scale."""
        del text
        whole = self._start + fraction * (self._end - self._start)
        self._ctx.progress(whole, "Making the sample study")

    def partial(self, value: object) -> None:
        """Pass on."""
        self._ctx.partial(value)

    def check(self) -> None:
        """Pass on."""
        self._ctx.check()
