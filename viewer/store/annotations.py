"""Marks on disk: one JSON file for each series, written beside and replaced.

The file's name is a hash of the series UID: no UID and no name stands in a file name.
"""

import contextlib
import hashlib
import logging
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from viewer.core.errors import ViewerError
from viewer.core.shapes import AnyShape, ArrowShape, EllipseShape, LengthShape, PointLps
from viewer.core.study import StackKey
from viewer.files import free_name, make_folder, write_atomic

logger = logging.getLogger(__name__)

VERSION = 1
FOLDER_NAME = "annotations"
"""In the application's data folder."""
_NAME_LETTERS = 40
_PointJson = tuple[float, float, float]


class DamagedAnnotationsError(ViewerError):
    """The file of a series could not be read; it was kept aside and a new one will be begun."""


class ProtectedAnnotationsError(ViewerError):
    """The file is there but not ours to replace: a newer program's, or one we may not read."""


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    uid: str
    label: str = ""
    frame_of_reference_uid: str
    stack: int
    normal_lps: _PointJson


class _Length(_Mark, frozen=True, tag="length"):
    start_lps: _PointJson
    end_lps: _PointJson


class _Ellipse(_Mark, frozen=True, tag="ellipse"):
    center_lps: _PointJson
    half_axis_u_mm: _PointJson
    half_axis_v_mm: _PointJson


class _Arrow(_Mark, frozen=True, tag="arrow"):
    tip_lps: _PointJson
    tail_lps: _PointJson
    text: str = ""


class _Version(msgspec.Struct):
    version: int


class _File(msgspec.Struct):
    version: int
    series_uid: str
    marks: tuple[_Length | _Ellipse | _Arrow, ...]


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
        marks = tuple(_to_json(shape) for shape in (*ours, *self._others(series_uid, ours)))
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
    return tuple(_from_json(mark, series_uid) for mark in file.marks)


def _to_json(shape: AnyShape) -> _Length | _Ellipse | _Arrow:
    frame, stack = shape.frame_of_reference_uid, shape.stack.stack
    if isinstance(shape, LengthShape):
        return _Length(
            uid=shape.uid,
            label=shape.label,
            frame_of_reference_uid=frame,
            stack=stack,
            normal_lps=_finite(shape.normal_lps),
            start_lps=_finite(shape.start_lps),
            end_lps=_finite(shape.end_lps),
        )
    if isinstance(shape, EllipseShape):
        return _Ellipse(
            uid=shape.uid,
            label=shape.label,
            frame_of_reference_uid=frame,
            stack=stack,
            normal_lps=_finite(shape.normal_lps),
            center_lps=_finite(shape.center),
            half_axis_u_mm=_finite(shape.half_axis_u),
            half_axis_v_mm=_finite(shape.half_axis_v),
        )
    return _Arrow(
        uid=shape.uid,
        label=shape.label,
        frame_of_reference_uid=frame,
        stack=stack,
        normal_lps=_finite(shape.normal_lps),
        tip_lps=_finite(shape.tip_lps),
        tail_lps=_finite(shape.tail_lps),
        text=shape.text,
    )


def _from_json(mark: _Length | _Ellipse | _Arrow, series_uid: str) -> AnyShape:
    frame, key = mark.frame_of_reference_uid, StackKey(series_uid, mark.stack)
    normal = _finite(mark.normal_lps)
    if isinstance(mark, _Length):
        return LengthShape(
            frame_of_reference_uid=frame,
            stack=key,
            normal_lps=normal,
            label=mark.label,
            uid=mark.uid,
            start_lps=_finite(mark.start_lps),
            end_lps=_finite(mark.end_lps),
        )
    if isinstance(mark, _Ellipse):
        return EllipseShape(
            frame_of_reference_uid=frame,
            stack=key,
            normal_lps=normal,
            label=mark.label,
            uid=mark.uid,
            center=_finite(mark.center_lps),
            half_axis_u=_finite(mark.half_axis_u_mm),
            half_axis_v=_finite(mark.half_axis_v_mm),
        )
    return ArrowShape(
        frame_of_reference_uid=frame,
        stack=key,
        normal_lps=normal,
        label=mark.label,
        uid=mark.uid,
        tip_lps=_finite(mark.tip_lps),
        tail_lps=_finite(mark.tail_lps),
        text=mark.text,
    )


def _finite(point: Sequence[float]) -> PointLps:
    x, y, z = (float(value) for value in point)
    if not all(math.isfinite(value) for value in (x, y, z)):
        raise ValueError("a coordinate is not finite")
    return x, y, z


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
