"""Offsets between pairs of series on disk: one private JSON file, written beside and replaced."""

import contextlib
import logging
import math
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from viewer.core.links import Rigid
from viewer.files import free_name, make_folder, write_atomic

logger = logging.getLogger(__name__)

VERSION = 1
FILE_NAME = "pairs.json"
"""In the application's data folder."""
MAX_PAIRS = 2000
"""The oldest give way to new ones."""
_ROUNDING = 1e-6

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


class PairStore:
    """What is known of pairs of series.

    Parameters
    ----------
    folder : Path
        In the application's own data; made when the first pair is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME

    def load(self) -> dict[Pair, Rigid]:
        """Return the pairs, the oldest first; a damaged file is kept aside and counts as none."""
        try:
            file = msgspec.json.decode(self._path.read_bytes(), type=_File)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            logger.warning("the file of series pairs is damaged and kept aside")
            with contextlib.suppress(OSError):
                self._path.replace(free_name(self._path.with_suffix(".damaged.json")))
            return {}
        return {
            (entry.source_uid, entry.target_uid): Rigid(entry.shift_mm, entry.rotation)
            for entry in file.pairs
            if _sound(entry)
        }

    def save(self, changes: Mapping[Pair, Rigid | None]) -> None:
        """Write changed pairs (None: forgotten) into what is there, also from another window.

        Raises
        ------
        SaveError
            The folder is read-only or the disk is full; the former file is untouched.
        """
        known = self.load()
        for (source, target), rigid in changes.items():
            known.pop((source, target), None)
            known.pop((target, source), None)
            if rigid is not None:
                known[source, target] = rigid
        entries = tuple(
            _Entry(source, target, rigid.shift_mm, rigid.rotation)
            for (source, target), rigid in known.items()
        )
        make_folder(self._folder, private=True)
        content = msgspec.json.encode(_File(VERSION, entries[-MAX_PAIRS:]))
        write_atomic(self._path, content, private=True)


def _sound(entry: _Entry) -> bool:
    """Tell whether an entry is a shift in millimetres after a rotation: files may be edited."""
    matrix = np.asarray(entry.rotation)
    return (
        bool(entry.source_uid and entry.target_uid)
        and all(math.isfinite(value) for value in entry.shift_mm)
        and bool(np.isfinite(matrix).all())
        and np.allclose(matrix @ matrix.T, np.eye(3), atol=_ROUNDING)
        and bool(np.linalg.det(matrix) > 0)
    )
