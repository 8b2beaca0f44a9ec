"""Offsets between pairs of series on disk, with their undo history: one private JSON file."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from viewer.core.history import NO_HISTORY, History
from viewer.core.links import Rigid, StackLinks
from viewer.files import locked, make_folder
from viewer.store.history_json import NOTHING, decode_history, encode_history
from viewer.store.own_file import OwnFile

VERSION = 1
FILE_NAME = "pairs.json"
"""In the application's data folder."""
MAX_PAIRS = 2000
"""The oldest give way to new ones."""
MAX_BYTES = 8 << 20
"""A larger file was not written by this program."""

Pair = tuple[str, str]
_Point = tuple[float, float, float]


class _Entry(msgspec.Struct, frozen=True):
    source_uid: str
    target_uid: str
    shift_mm: _Point
    rotation: tuple[_Point, _Point, _Point]


class _File(msgspec.Struct):
    version: int
    pairs: tuple[_Entry, ...]
    history: msgspec.Raw = NOTHING


class PairStore:
    """What is known of pairs of series.

    Parameters
    ----------
    folder : Path
        In the application's own data; made when the first pair is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = OwnFile(folder / FILE_NAME, VERSION, MAX_BYTES, "series pairs")

    def load(self) -> tuple[dict[Pair, Rigid], History[StackLinks]]:
        """Return the pairs, the oldest first, and what can be undone.

        A damaged file is kept aside and counts as none.
        """
        file = self._read()
        return _pairs(file), decode_history(file.history, file.pairs)

    def save(
        self, changes: Mapping[Pair, Rigid | None], history: History[StackLinks] = NO_HISTORY
    ) -> None:
        """Write changed pairs (None: forgotten) into what is there, also from another window.

        Raises
        ------
        SaveError
            The folder is read-only, the disk is full, or (said once) a newer program wrote the
            file: it is untouched.
        """
        make_folder(self._folder, private=True)
        with locked(self._folder):
            known = _pairs(self._read())
            for (source, target), rigid in changes.items():
                known.pop((source, target), None)
                known.pop((target, source), None)
                if rigid is not None:
                    known[source, target] = rigid
            entries = tuple(
                _Entry(source, target, rigid.shift_mm, rigid.rotation)
                for (source, target), rigid in known.items()
            )[-MAX_PAIRS:]
            file = _File(VERSION, entries, encode_history(history, entries))
            self._file.write(msgspec.json.encode(file))

    def _read(self) -> _File:
        return self._file.read(_File) or _File(VERSION, ())


def _pairs(file: _File) -> dict[Pair, Rigid]:
    """Return the entries that make sense: files may be edited."""
    return {
        (entry.source_uid, entry.target_uid): rigid
        for entry in file.pairs
        if entry.source_uid and entry.target_uid and entry.source_uid != entry.target_uid
        if (rigid := Rigid(entry.shift_mm, entry.rotation)).is_sound
    }
