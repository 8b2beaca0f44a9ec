"""A reader's own layouts on disk: one JSON file in the settings folder."""

import logging
from pathlib import Path

import msgspec

from viewer.core.arrangement import Arrangement
from viewer.files import free_name, make_folder, write_atomic

logger = logging.getLogger(__name__)

VERSION = 1
FILE_NAME = "layouts.json"
MAX_LAYOUTS = 200


class _File(msgspec.Struct):
    version: int
    layouts: list[msgspec.Raw]


class ArrangementStore:
    """Reads and writes own layouts; an entry that cannot be used is kept in the file, not shown.

    Parameters
    ----------
    folder : Path
        The settings folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / FILE_NAME
        self._unusable: list[msgspec.Raw] = []

    def load(self) -> tuple[Arrangement, ...]:
        """Return the layouts in their order; a damaged file is kept aside and counts as none."""
        self._unusable = []
        try:
            file = msgspec.json.decode(self._path.read_bytes(), type=_File)
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            logger.warning("the file of own layouts is damaged and kept aside")
            self._keep_aside()
            return ()
        found: dict[str, Arrangement] = {}
        for raw in file.layouts[:MAX_LAYOUTS]:
            try:
                layout = msgspec.json.decode(raw, type=Arrangement)
            except (msgspec.DecodeError, ValueError, RecursionError):
                self._unusable.append(raw)
            else:
                found.setdefault(layout.name, layout)
        if self._unusable:
            logger.warning("%d own layouts cannot be used", len(self._unusable))
        return tuple(found.values())

    def save(self, layouts: tuple[Arrangement, ...]) -> None:
        """Write the layouts in their order.

        Raises
        ------
        SaveError
            The folder is read-only or the disk is full; the former file is untouched.
        """
        entries = [msgspec.Raw(msgspec.json.encode(layout)) for layout in layouts]
        content = msgspec.json.encode(_File(VERSION, entries + self._unusable))
        make_folder(self._folder, private=True)
        write_atomic(self._path, msgspec.json.format(content), private=True)

    def _keep_aside(self) -> None:
        try:
            self._path.replace(free_name(self._path.with_suffix(".damaged.json")))
        except OSError:
            logger.warning("the damaged file could not be moved")
