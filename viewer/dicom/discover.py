"""Lists the files to look at: folders, ZIP archives, DICOMDIR media; symlinks stay inside."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from viewer.core.errors import Problem, ViewerError
from viewer.core.progress import JobContext
from viewer.dicom.elements import Values
from viewer.dicom.headers import DICOMDIR_CLASS
from viewer.dicom.parser import (
    DamagedError,
    DataSet,
    NeedMoreError,
    parse,
    parse_items,
    parse_meta,
)
from viewer.dicom.sources import (
    FileSource,
    SourceError,
    check_member,
    is_regular,
    list_members,
    plain_reason,
)
from viewer.dicom.tags import MEDIA_STORAGE_SOP_CLASS_UID, TRANSFER_SYNTAX_UID
from viewer.dicom.transfer import TransferSyntax

MAX_DEPTH = 64
"""Folders nested deeper are not entered."""
MAX_DICOMDIR_BYTES = 256 << 20

_RECORDS = 0x00041220
_FILE_ID = 0x00041500
_ZIP_START = b"PK\x03\x04"


class Found:
    """What a listing found: sources to read, and what was left out with the reason."""

    def __init__(self) -> None:
        self.sources: list[FileSource] = []
        self.skipped: list[Problem] = []
        self.problems: list[Problem] = []
        self._seen: set[str] = set()
        self._given = self._real = ""

    def enter(self, path: Path) -> None:
        """Begin with another of the given paths, which may lead to the same files by a link."""
        self._given, self._real = str(path), str(path.resolve())
        if self._given == ".":  # the paths within it do not begin with it
            self._given, self._real = "", self._real + os.sep

    def is_new(self, path: Path | str) -> bool:
        """Tell whether something is met for the first time; from then on it is not."""
        name = str(path)
        if name.startswith(self._given):  # below it no link is followed: this is its real place
            name = self._real + name[len(self._given) :]
        if name in self._seen:
            return False
        self._seen.add(name)
        return True

    def add_file(self, path: Path, size: int) -> None:
        """Add a plain file once."""
        if self.is_new(path):
            self.sources.append(FileSource(str(path), "", size))

    def skip(self, path: Path | str, reason: str) -> None:
        """Note something that is not DICOM, once."""
        if self.is_new(path):
            self.skipped.append(Problem(str(path), reason))


def find_sources(ctx: JobContext, paths: Sequence[Path]) -> Found:
    """List everything under the given paths, in a stable order.

    Raises
    ------
    ViewerError
        A given path does not exist.
    """
    found = Found()
    for path in paths:
        if not path.exists():
            raise ViewerError(
                f"{path} cannot be opened",
                "there is no such file or folder",
                "Check the path",
                names=(str(path),),
            )
        found.enter(path)
        if path.is_dir():
            root = path.resolve()
            _list_folder(ctx, path, root, found, 0)
        elif not is_regular(path):
            found.skip(path, "is not a regular file")
        elif (records := read_dicomdir(path)) is not None:
            _list_dicomdir(path, records, found)
        else:
            _list_file(ctx, path, path.stat().st_size, found, any_name=True)
    return found


def _list_folder(ctx: JobContext, folder: Path, root: Path, found: Found, depth: int) -> None:
    ctx.check()
    if depth > MAX_DEPTH:
        found.skip(folder, f"is nested deeper than {MAX_DEPTH} folders")
        return
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        found.skip(folder, plain_reason(error))
        return
    for entry in ordered:
        path = folder / entry.name
        try:
            if entry.is_symlink():
                _note_link(path, root, found)
            elif entry.is_dir(follow_symlinks=False):
                _list_folder(ctx, path, root, found, depth + 1)
            elif entry.is_file(follow_symlinks=False):
                _list_file(ctx, path, entry.stat(follow_symlinks=False).st_size, found)
            else:
                found.skip(path, "is not a regular file")
        except OSError as error:
            found.skip(path, plain_reason(error))


def _note_link(path: Path, root: Path, found: Found) -> None:
    """Say why a link is not followed; a link to a place inside the folder needs no word."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        found.skip(path, "is a link to nothing, or to itself")
        return
    if not target.is_relative_to(root):
        found.skip(path, "is a link that leaves the folder")


def _list_file(
    ctx: JobContext, path: Path, size: int, found: Found, any_name: bool = False
) -> None:
    """Add a file; archives are told by content (of other names, when their header is read)."""
    if size == 0:
        found.skip(path, "is empty")
    elif (any_name or path.suffix.lower() == ".zip") and starts_as_zip(path):
        _list_archive(ctx, path, found)
    else:
        found.add_file(path, size)


def list_archive(ctx: JobContext, path: Path) -> Found | None:
    """List the members of a ZIP archive, whatever its name; None where the file is none."""
    if not starts_as_zip(path):
        return None
    found = Found()
    found.enter(path)
    _list_archive(ctx, path, found)
    return found


def starts_as_zip(path: Path) -> bool:
    """Tell a ZIP archive by its first bytes."""
    try:
        with path.open("rb", buffering=0) as file:
            return file.read(4) == _ZIP_START
    except OSError:
        return False


def _list_archive(ctx: JobContext, path: Path, found: Found) -> None:
    """Add the regular members of an archive; their names are only names, never paths.

    Of members with the same name, the last one counts, as for every program that unpacks them.
    """
    if not found.is_new(path):
        return
    try:
        members = list_members(path)
    except SourceError as error:
        found.problems.append(Problem(str(path), str(error)))
        return
    last = {info.filename: info for info in members}
    for info in members:
        ctx.check()
        if info.is_dir():
            continue
        name = f"{path}!{info.filename}"
        if info is not last[info.filename]:
            found.skip(name, "stands twice in the archive")
        elif info.file_size == 0:
            found.skip(name, "is empty")
        else:
            try:
                check_member(info)
            except SourceError as error:
                found.problems.append(Problem(name, str(error)))
            else:
                found.sources.append(FileSource(str(path), info.filename, info.file_size))


def read_dicomdir(path: Path) -> list[tuple[str, ...]] | None:
    """Return the file IDs that a DICOMDIR lists, or None where the file is something else.

    The records are read one after the other as they stand: their links by offset are not needed
    to find the files, and cannot run in circles this way (PS3.3 annex F, PS3.10 section 8).
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            if not is_dicomdir(head, path.stat().st_size):
                return None
            buffer = head + file.read(MAX_DICOMDIR_BYTES)
    except OSError:
        return None
    try:
        meta, start = parse_meta(buffer, 132, len(buffer))
        syntax = TransferSyntax(Values(meta).code(TRANSFER_SYNTAX_UID)).data_set_syntax
        data_set = parse(buffer, start, len(buffer), syntax, frozenset({_RECORDS}))
    except (DamagedError, NeedMoreError):
        return []
    file_ids: list[tuple[str, ...]] = []
    with contextlib.suppress(DamagedError):  # a bad record ends the list, it does not empty it
        file_ids.extend(_file_ids(data_set))
    return file_ids


def is_dicomdir(head: bytes, file_size: int) -> bool:
    """Tell from a file's first bytes whether it is a DICOMDIR."""
    if head[128:132] != b"DICM":
        return False
    try:
        meta, _ = parse_meta(head, 132, file_size)
    except (DamagedError, NeedMoreError):
        return False
    return Values(meta).code(MEDIA_STORAGE_SOP_CLASS_UID) == DICOMDIR_CLASS


def _file_ids(data_set: DataSet) -> Iterator[tuple[str, ...]]:
    for item in parse_items(data_set, _RECORDS):
        parts = Values(item).codes(_FILE_ID)
        if parts and any(parts):
            yield parts


def _list_dicomdir(path: Path, file_ids: list[tuple[str, ...]], found: Found) -> None:
    root = path.parent.resolve()
    if not file_ids:
        found.problems.append(Problem(str(path), "the DICOMDIR lists no files, or is damaged"))
    names = _MediumNames()
    foreign: list[str] = []
    for parts in dict.fromkeys(file_ids):
        if any(p in ("", ".", "..") or "/" in p or "\\" in p or ":" in p for p in parts):
            foreign.append("/".join(parts))
            continue
        target = names.find(path.parent, parts)
        if target is None or not is_regular(target):
            reason = "is listed in the DICOMDIR but missing"
            found.problems.append(Problem(str(path.parent.joinpath(*parts)), reason))
        elif not target.resolve().is_relative_to(root):
            found.problems.append(Problem(str(target), "is a link that leaves the medium"))
        else:
            found.add_file(target, target.stat().st_size)
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        reason = f"refers to {foreign[0]!r}{more}, which is no file of this medium"
        found.problems.append(Problem(str(path), reason))


class _MediumNames:
    """Finds the files of a medium whose names some systems write in small letters.

    Each folder is listed once: a DICOMDIR may name many thousands of files that are not there.
    """

    def __init__(self) -> None:
        self._names: dict[Path, dict[str, str]] = {}

    def find(self, folder: Path, parts: tuple[str, ...]) -> Path | None:
        """Return the path of a file ID; None where there is no such file."""
        for part in parts:
            name = self._in(folder, part)
            if name is None:
                return None
            folder = folder / name
        return folder

    def _in(self, folder: Path, name: str) -> str | None:
        if folder not in self._names:
            self._names[folder] = _names_by_small_letters(folder)
        names = self._names[folder]
        return names.get(name) or names.get(name.lower()) or names.get(f"{name.lower()}.")


def _names_by_small_letters(folder: Path) -> dict[str, str]:
    """Map the names in a folder, as they are and in small letters, to what they are there."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except (OSError, ValueError):  # no folder, or a name that no folder may have
        return {}
    return {name.lower(): name for name in names} | {name: name for name in names}
