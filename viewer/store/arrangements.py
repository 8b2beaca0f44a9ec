"""A reader's own layouts on disk: one JSON file in the settings folder."""

import logging
from pathlib import Path

import msgspec

from viewer.core.arrangement import Arrangement
from viewer.files import make_folder
from viewer.store.own_file import OwnFile

logger = logging.getLogger(__name__)

VERSION = 1
FILE_NAME = "layouts.json"
MAX_LAYOUTS = 200
MAX_BYTES = 4 << 20
"""A larger file was not written by this program."""


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
        self._folder = folder
        self._file = OwnFile(folder / FILE_NAME, VERSION, MAX_BYTES, "own layouts")
        self._unusable: list[msgspec.Raw] = []

    def load(self) -> tuple[Arrangement, ...]:
        """Return the layouts in their order; a damaged file is kept aside and counts as none."""
        self._unusable = []
        file = self._file.read(_File)
        if file is None:
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
            The folder is read-only, the disk is full, or (said once) a newer program wrote the
            file: it is untouched.
        """
        entries = [msgspec.Raw(msgspec.json.encode(layout)) for layout in layouts]
        content = msgspec.json.encode(_File(VERSION, entries + self._unusable))
        make_folder(self._folder, private=True)
        self._file.write(msgspec.json.format(content))
