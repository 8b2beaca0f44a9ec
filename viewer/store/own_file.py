"""A small JSON file of the program's own: read within bounds, and left alone where newer."""

import contextlib
import logging
from pathlib import Path
from typing import TypeVar

import msgspec

from viewer.files import SaveError, free_name, remove_parts, write_atomic

logger = logging.getLogger(__name__)

_Kind = TypeVar("_Kind")


class _Version(msgspec.Struct):
    version: int = 0


class NewerFileError(SaveError):
    """A newer program wrote the file; it stays as it is."""


class OwnFile:
    """One file; whatever cannot be read is kept aside, under another name.

    Parameters
    ----------
    path : Path
        Where it lies.
    version : int
        The newest format that is understood; the file says its own under "version".
    max_bytes : int
        A larger file was not written by this program; it is not even read.
    what : str
        What it holds, for the log ("series pairs").
    reads_newer : bool
        Whether a newer format still tells something, field by field.
    """

    def __init__(
        self, path: Path, version: int, max_bytes: int, what: str, *, reads_newer: bool = False
    ) -> None:
        self._path, self._version, self._max_bytes = path, version, max_bytes
        self._what, self._reads_newer = what, reads_newer
        self._told = self._swept = False

    def read(self, kind: type[_Kind]) -> _Kind | None:
        """Return what the file holds; None where there is none that can be used."""
        try:
            content = self._content()
            if not self._reads_newer and self._is_newer(content):
                logger.info("a newer program wrote the file of %s: left alone", self._what)
                return None
            return msgspec.json.decode(content, type=kind)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):  # decoding errors are ValueErrors
            logger.warning("the file of %s is damaged and kept aside", self._what)
            with contextlib.suppress(OSError):
                self._path.replace(free_name(self._path.with_suffix(".damaged.json")))
            return None

    def write(self, content: bytes) -> None:
        """Replace the file, but never one of a newer program.

        The first time, what killed programs left half written in the folder goes away.

        Raises
        ------
        NewerFileError
            There is such a one; the first time only, later calls do nothing.
        SaveError
            The folder is read-only or the disk is full; the former file is untouched.
        """
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if self._is_newer(self._content()):
                self._refuse()
                return
        if not self._swept:
            remove_parts(self._path.parent)
            self._swept = True
        write_atomic(self._path, content, private=True)

    def _content(self) -> bytes:
        with self._path.open("rb") as file:
            content = file.read(self._max_bytes + 1)
        if len(content) > self._max_bytes:
            raise ValueError("too large")
        return content

    def _is_newer(self, content: bytes) -> bool:
        return msgspec.json.decode(content, type=_Version).version > self._version

    def _refuse(self) -> None:
        if self._told:
            return
        self._told = True
        name = self._path.name
        raise NewerFileError(
            f"{name} is not changed", "a newer Hounsfield wrote it", "Use the newer program"
        )
