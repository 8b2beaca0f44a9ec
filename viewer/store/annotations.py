"""Marks on disk: one JSON file for each series, written beside and replaced.

The file's name is a hash of the series UID: no UID and no name stands in a file name.
"""

import contextlib
import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from viewer.core.errors import ViewerError
from viewer.core.shapes import AnyShape
from viewer.files import free_name, make_folder, write_atomic
from viewer.store.mark_json import MarkJson, from_json, to_json

logger = logging.getLogger(__name__)

VERSION = 2
"""1 knew distances, ellipses and arrows only; all that 2 added has a default, so 1 is read, too."""
FOLDER_NAME = "annotations"
"""In the application's data folder."""
_NAME_LETTERS = 40


class DamagedAnnotationsError(ViewerError):
    """The file of a series could not be read; it was kept aside and a new one will be begun."""


class ProtectedAnnotationsError(ViewerError):
    """The file is there but not ours to replace: a newer program's, or one we may not read."""


class _Version(msgspec.Struct):
    version: int


class _File(msgspec.Struct):
    version: int
    series_uid: str
    marks: tuple[MarkJson, ...]


class AnnotationStore:
    """The marks of every series, below one folder.

    Parameters
    ----------
    folder : Path
        In the application's own data; made when the first mark is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, set[str]] = {}

    def path_of(self, series_uid: str) -> Path:
        """Return the file of a series, whether it exists or not."""
        digest = hashlib.sha256(series_uid.encode()).hexdigest()[:_NAME_LETTERS]
        return self._folder / f"{digest}.json"

    def load(self, series_uid: str) -> tuple[AnyShape, ...]:
        """Return the marks of a series in the order they were made; none is no error.

        Raises
        ------
        DamagedAnnotationsError
            The file could not be read and now lies beside, under another name.
        ProtectedAnnotationsError
            The file belongs to a newer program or cannot be opened; it was left as it is, and
            must not be saved over.
        """
        path = self.path_of(series_uid)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _protected(path, error) from error
        try:
            shapes = _decode(content, series_uid)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            logger.warning("a file of marks was damaged and kept aside")
            raise DamagedAnnotationsError(
                "The saved marks of this series cannot be shown",
                "their file is damaged",
                f"The file was kept as {_set_aside(path)}",
            ) from error
        self._note(series_uid, shapes)
        return shapes

    def save(self, series_uid: str, shapes: Iterable[AnyShape]) -> None:
        """Write the marks of a series; without marks the file goes away.

        Marks that another program saved since are kept behind ours: those on disk that this
        store has never given out or written. Of the same mark, ours is kept; one that we had
        and have no more was deleted here.

        Raises
        ------
        ProtectedAnnotationsError
            A newer program has written the file, or it cannot be read; it is left as it is.
        SaveError
            The folder is read-only or the disk is full; the former file is untouched.
        """
        path = self.path_of(series_uid)
        ours = tuple(shapes)
        marks = tuple(to_json(shape) for shape in (*ours, *self._others(series_uid, ours)))
        if not marks:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            self._note(series_uid, ours)
            return
        make_folder(self._folder, private=True)
        content = msgspec.json.format(msgspec.json.encode(_File(VERSION, series_uid, marks)))
        write_atomic(path, content, private=True)
        self._note(series_uid, ours)

    def _note(self, series_uid: str, shapes: tuple[AnyShape, ...]) -> None:
        self._seen.setdefault(series_uid, set()).update(shape.uid for shape in shapes)

    def _others(self, series_uid: str, ours: tuple[AnyShape, ...]) -> tuple[AnyShape, ...]:
        """Return the marks on disk that came from elsewhere since we looked."""
        path = self.path_of(series_uid)
        try:
            on_disk = _decode(path.read_bytes(), series_uid)
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise _protected(path, error) from error
        except (msgspec.DecodeError, ValueError, RecursionError):
            logger.warning("a file of marks was damaged and kept aside")
            _set_aside(path)
            return ()
        known = self._seen.get(series_uid, set()) | {shape.uid for shape in ours}
        return tuple(shape for shape in on_disk if shape.uid not in known)


def _decode(content: bytes, series_uid: str) -> tuple[AnyShape, ...]:
    version = msgspec.json.decode(content, type=_Version).version
    if version > VERSION:
        raise ProtectedAnnotationsError(
            "The marks of this series cannot be shown",
            "a newer Hounsfield wrote them",
            "Use the newer program; new marks are not saved meanwhile",
        )
    file = msgspec.json.decode(content, type=_File)
    if file.series_uid != series_uid:
        raise ValueError("the file belongs to another series")
    return tuple(from_json(mark, series_uid) for mark in file.marks)


def _set_aside(path: Path) -> Path:
    aside = free_name(path.with_name(f"{path.stem}.damaged.json"))
    try:
        path.replace(aside)
    except OSError as error:
        raise _protected(path, error) from error
    return aside


def _protected(path: Path, error: OSError) -> ProtectedAnnotationsError:
    return ProtectedAnnotationsError(
        "The marks of this series cannot be shown",
        (error.strerror or "the file cannot be opened").lower(),
        f"New marks are not saved meanwhile; see {path}",
    )
