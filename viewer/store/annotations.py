"""Marks, key images and their undo history on disk: one JSON file for each series.

The file's name is a hash of the series UID: no UID and no name stands in a file name.
"""

import contextlib
import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.history import NO_HISTORY, History
from viewer.core.key_image import KeyImage
from viewer.core.shapes import AnyShape
from viewer.files import free_name, locked, make_folder, remove_parts, write_atomic
from viewer.store.history_json import NOTHING, decode_history, encode_history
from viewer.store.mark_json import (
    KeyImageJson,
    MarkJson,
    from_json,
    key_image_from_json,
    key_image_to_json,
    to_json,
)

logger = logging.getLogger(__name__)

VERSION = 3
"""1 knew distances, ellipses and arrows only, 2 no follow-up and no key images; all that came since
has a default, so that both are read, too."""
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
    key_images: tuple[KeyImageJson, ...] = ()
    history: msgspec.Raw = NOTHING

    @property
    def content(self) -> tuple[object, ...]:
        """What the history is about."""
        return self.marks, self.key_images


@dataclass(frozen=True, slots=True)
class Annotations:
    """All that is kept of a series.

    Attributes
    ----------
    shapes : tuple of Shape
        Marks, in the order they were made.
    key_images : tuple of KeyImage
        The same.
    history : History
        What can be undone and redone.
    """

    shapes: tuple[AnyShape, ...] = ()
    key_images: tuple[KeyImage, ...] = ()
    history: History[AnnotationDocument] = NO_HISTORY

    def document(self, series_uid: str) -> AnnotationDocument:
        """Return a new document with these marks and key images."""
        return AnnotationDocument(series_uid, self.shapes, self.key_images)


class AnnotationStore:
    """The marks and key images of every series, below one folder.

    Parameters
    ----------
    folder : Path
        In the application's own data; made when the first mark is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, set[str]] = {}
        self._swept = False

    def path_of(self, series_uid: str) -> Path:
        """Return the file of a series, whether it exists or not."""
        digest = hashlib.sha256(series_uid.encode()).hexdigest()[:_NAME_LETTERS]
        return self._folder / f"{digest}.json"

    def load(self, series_uid: str) -> Annotations:
        """Return what was saved of a series; nothing is no error.

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
            return Annotations()
        except OSError as error:
            raise _protected(path, error) from error
        try:
            found = _decode(content, series_uid)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            logger.warning("a file of marks was damaged and kept aside")
            raise DamagedAnnotationsError(
                "The saved marks of this series cannot be shown",
                "their file is damaged",
                f"The file was kept as {_set_aside(path)}",
            ) from error
        self._note(series_uid, found)
        return found

    def save(
        self,
        series_uid: str,
        shapes: Iterable[AnyShape],
        key_images: Iterable[KeyImage] = (),
        history: History[AnnotationDocument] = NO_HISTORY,
    ) -> None:
        """Write what is kept of a series; with nothing to keep the file goes away.

        Marks and key images that another program saved since are kept behind ours: those on disk
        that this store has never given out or written. Of the same one, ours is kept; one that
        we had and have no more was deleted here. Programs that save at the same time wait for
        each other.

        Raises
        ------
        ProtectedAnnotationsError
            A newer program has written the file, or it cannot be read; it is left as it is.
        SaveError
            The folder is read-only or the disk is full; the former file is untouched.
        """
        ours = Annotations(tuple(shapes), tuple(key_images), history)
        make_folder(self._folder, private=True)
        with locked(self._folder):
            if not self._swept:
                remove_parts(self._folder)
                self._swept = True
            self._write(series_uid, ours)
        self._note(series_uid, ours)

    def _write(self, series_uid: str, ours: Annotations) -> None:
        path, others = self.path_of(series_uid), self._others(series_uid, ours)
        file = _File(
            VERSION,
            series_uid,
            tuple(to_json(shape) for shape in (*ours.shapes, *others.shapes)),
            tuple(key_image_to_json(image) for image in (*ours.key_images, *others.key_images)),
        )
        file.history = encode_history(ours.history, file.content)
        if not (file.marks or file.key_images or ours.history):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return
        write_atomic(path, msgspec.json.encode(file), private=True)

    def _note(self, series_uid: str, found: Annotations) -> None:
        known = self._seen.setdefault(series_uid, set())
        known.update(value.uid for value in (*found.shapes, *found.key_images))

    def _others(self, series_uid: str, ours: Annotations) -> Annotations:
        """Return what came from elsewhere since we looked."""
        path = self.path_of(series_uid)
        try:
            file = _read(path.read_bytes(), series_uid)
            shapes, images = _shapes(file), _key_images(file)
        except (FileNotFoundError, NotADirectoryError):
            return Annotations()
        except OSError as error:
            raise _protected(path, error) from error
        except (msgspec.DecodeError, ValueError, RecursionError):
            logger.warning("a file of marks was damaged and kept aside")
            _set_aside(path)
            return Annotations()
        known = self._seen.get(series_uid, set())
        known = known | {value.uid for value in (*ours.shapes, *ours.key_images)}
        return Annotations(_unknown(shapes, known), _unknown(images, known))


class _Named(Protocol):
    @property
    def uid(self) -> str: ...


_NamedT = TypeVar("_NamedT", bound=_Named)


def _unknown(values: Iterable[_NamedT], known: set[str]) -> tuple[_NamedT, ...]:
    return tuple(value for value in values if value.uid not in known)


def _decode(content: bytes, series_uid: str) -> Annotations:
    file = _read(content, series_uid)
    found = Annotations(_shapes(file), _key_images(file))
    history = decode_history(file.history, file.content, series_uid)
    if not history.fits(lambda: found.document(series_uid)):
        logger.warning("an undo history was left out: it does not fit the marks")
        return found
    return Annotations(found.shapes, found.key_images, history)


def _read(content: bytes, series_uid: str) -> _File:
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
    return file


def _shapes(file: _File) -> tuple[AnyShape, ...]:
    return tuple(from_json(mark, file.series_uid) for mark in file.marks)


def _key_images(file: _File) -> tuple[KeyImage, ...]:
    return tuple(key_image_from_json(image, file.series_uid) for image in file.key_images)


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
