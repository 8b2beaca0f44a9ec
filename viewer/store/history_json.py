"""Undo histories as JSON: one structure for each command, named and tagged for good.

A history is kept with what it is about, and names it by a digest. Whatever is wrong with it, it is
left out with a line in the log: marks and pairs never depend on it.
"""

import hashlib
import logging
from collections.abc import Iterable
from typing import Any

import msgspec

from viewer.core.commands import (
    Command,
    PutKeyImage,
    PutShape,
    RemoveKeyImage,
    RemoveShape,
    SetPair,
    Together,
)
from viewer.core.history import NO_HISTORY, Change, History
from viewer.core.links import Rigid
from viewer.store.mark_json import (
    KeyImageJson,
    MarkJson,
    PointJson,
    from_json,
    key_image_from_json,
    key_image_to_json,
    to_json,
)

logger = logging.getLogger(__name__)

MAX_BYTES = 500_000
"""Of a history; the oldest changes go, so that saving stays quick whatever was drawn."""

NOTHING = msgspec.Raw(b"null")


class _Command(msgspec.Struct, frozen=True, tag_field="do"):
    text: str


class _PutShape(_Command, frozen=True, tag="put_mark"):
    mark: MarkJson
    place: int | None = None


class _RemoveShape(_Command, frozen=True, tag="remove_mark"):
    uid: str


class _PutKeyImage(_Command, frozen=True, tag="put_key_image"):
    image: KeyImageJson
    place: int | None = None


class _RemoveKeyImage(_Command, frozen=True, tag="remove_key_image"):
    uid: str


class _Rigid(msgspec.Struct, frozen=True):
    shift_mm: PointJson
    rotation: tuple[PointJson, PointJson, PointJson]


class _SetPair(_Command, frozen=True, tag="set_pair"):
    source_uid: str
    target_uid: str
    rigid: _Rigid | None


class _Together(_Command, frozen=True, tag="together"):
    commands: tuple["_CommandJson", ...]


_CommandJson = _PutShape | _RemoveShape | _PutKeyImage | _RemoveKeyImage | _SetPair | _Together


class _Change(msgspec.Struct, frozen=True):
    time_ns: int
    command: _CommandJson


class _Written(msgspec.Struct, frozen=True):
    about: str
    undo: tuple[msgspec.Raw, ...]
    redo: tuple[msgspec.Raw, ...]


class _Read(msgspec.Struct, frozen=True):
    about: str
    undo: tuple[_Change, ...]
    redo: tuple[_Change, ...]


def encode_history(history: History[Any], about: object) -> msgspec.Raw:
    """Return a history as JSON, together with a digest of what it is about.

    Parameters
    ----------
    about : object
        Structures that are written beside it; with others it will not be read again.
    """
    if not history:
        return NOTHING
    room = MAX_BYTES
    kept: list[tuple[msgspec.Raw, ...]] = []
    for changes in (history.undo, history.redo):
        newest: list[msgspec.Raw] = []
        for change in reversed(changes):
            data = msgspec.json.encode(_Change(change.time_ns, _to_json(change.command)))
            room -= len(data)
            if room < 0:
                break
            newest.append(msgspec.Raw(data))
        kept.append(tuple(reversed(newest)))
    undo, redo = kept
    return msgspec.Raw(msgspec.json.encode(_Written(_digest(about), undo, redo)))


def decode_history(data: msgspec.Raw, about: object, series_uid: str = "") -> History[Any]:
    """Return the history that was written beside these structures; an empty one where it is not.

    Parameters
    ----------
    series_uid : str
        The series of its marks.
    """
    try:
        read = msgspec.json.decode(data, type=_Read | None)
        if read is None:
            return NO_HISTORY
        if read.about != _digest(about):
            logger.warning("an undo history was left out: something else changed what it is about")
            return NO_HISTORY
        undo, redo = (_changes(changes, series_uid) for changes in (read.undo, read.redo))
    except (msgspec.DecodeError, ValueError, RecursionError):
        logger.warning("an undo history was left out: it is damaged")
        return NO_HISTORY
    return History(undo, redo)


def _digest(about: object) -> str:
    return hashlib.sha256(msgspec.json.encode(about)).hexdigest()


def _changes(changes: Iterable[_Change], series_uid: str) -> tuple[Change[Any], ...]:
    return tuple(Change(_from_json(c.command, series_uid), c.time_ns) for c in changes)


def _to_json(command: Command[Any]) -> _CommandJson:
    match command:
        case PutShape():
            return _PutShape(command.text, to_json(command.shape), command.place)
        case RemoveShape():
            return _RemoveShape(command.text, command.uid)
        case PutKeyImage():
            return _PutKeyImage(command.text, key_image_to_json(command.image), command.place)
        case RemoveKeyImage():
            return _RemoveKeyImage(command.text, command.uid)
        case SetPair():
            rigid = command.rigid
            written = None if rigid is None else _Rigid(rigid.shift_mm, rigid.rotation)
            return _SetPair(command.text, command.source_uid, command.target_uid, written)
        case Together():
            return _Together(command.text, tuple(map(_to_json, command.commands)))
    raise TypeError(f"{type(command).__name__} cannot be kept")


def _from_json(command: _CommandJson, series_uid: str) -> Command[Any]:
    match command:
        case _PutShape():
            return PutShape(from_json(command.mark, series_uid), command.text, command.place)
        case _RemoveShape():
            return RemoveShape(command.uid, command.text)
        case _PutKeyImage():
            image = key_image_from_json(command.image, series_uid)
            return PutKeyImage(image, command.text, command.place)
        case _RemoveKeyImage():
            return RemoveKeyImage(command.uid, command.text)
        case _SetPair():
            return SetPair(
                command.source_uid, command.target_uid, _rigid(command.rigid), command.text
            )
        case _Together():
            parts = tuple(_from_json(part, series_uid) for part in command.commands)
            return Together(parts, command.text)


def _rigid(written: _Rigid | None) -> Rigid | None:
    if written is None:
        return None
    rigid = Rigid(written.shift_mm, written.rotation)
    if not rigid.is_sound:
        raise ValueError("no rotation")
    return rigid
