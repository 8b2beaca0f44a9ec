"""All elements of one DICOM file as a tree of values: what the metadata browser shows.

Unlike the header scan, which keeps what images need, this keeps everything but large binary
values, and of a damaged file what can be read up to the damage.
"""

import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from viewer.core.errors import ViewerError
from viewer.dicom.byte_window import ByteWindow, Inflater, Unpacked, most_inflated
from viewer.dicom.data_element import DataElement
from viewer.dicom.element_values import ElementValue
from viewer.dicom.element_walk import ElementWalk
from viewer.dicom.headers import guess_syntax, looks_like_data_set
from viewer.dicom.parser import EXPLICIT_LITTLE, DamagedError, Syntax
from viewer.dicom.sources import (
    FILE_ERRORS,
    SourceError,
    check_member,
    is_regular,
    plain_reason,
)
from viewer.dicom.tags import ROWS, SOP_CLASS_UID, SOP_INSTANCE_UID, TRANSFER_SYNTAX_UID
from viewer.dicom.transfer import DEFLATED, TransferSyntax

_ZIP_START = b"PK\x03\x04"
_PREAMBLE_BYTES = 128
_CONVINCING = frozenset({SOP_CLASS_UID, SOP_INSTANCE_UID, ROWS})
"""Bytes without DICOM's own mark are a data set only if one of these is among them."""

Check = Callable[[], None]


@dataclass(frozen=True, slots=True, eq=False)
class ElementTree:
    """The elements of a file.

    Attributes
    ----------
    path, member : str
        The file, and the name inside where it is an archive.
    size : int
        Bytes of the file.
    transfer : TransferSyntax
        As the file states it; empty where it does not.
    elements : tuple of DataElement
        File meta information first, then the data set, in the order of the file.
    note : str
        What is odd about the encoding but does not hinder, or "".
    damage : str
        Where and why reading ended before the end, or "".
    """

    path: str
    member: str
    size: int
    transfer: TransferSyntax
    elements: tuple[DataElement, ...]
    note: str = ""
    damage: str = ""

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return Path(self.member or self.path).name


def read_elements(path: str, member: str = "", check: Check = lambda: None) -> ElementTree:
    """Read all elements of a file; pixel data and other large values are passed over.

    Parameters
    ----------
    path : str
        A file of any transfer syntax, with or without a preamble; a DICOMDIR; or an archive.
    member : str
        The name inside of a ZIP archive.
    check : callable
        Called now and then; may raise to stop.

    Raises
    ------
    ViewerError
        The file cannot be read, or is not DICOM.
    """
    shown = f"{path}!{member}" if member else path
    try:
        with ExitStack() as stack:
            source = _Source(path, member, stack)
            tree = _read(source, check)
    except SourceError as error:
        raise ViewerError(f"{shown} cannot be read", str(error)) from error
    except (*FILE_ERRORS, ValueError) as error:  # names with a NUL are ValueErrors
        raise ViewerError(f"{shown} cannot be read", plain_reason(error)) from error
    if tree is None:
        raise ViewerError(f"{shown} is not a DICOM file")
    return tree


def split_member(path: str) -> tuple[str, str]:
    """Split "archive.zip!name" into archive and name; a file of that very name comes first."""
    if not Path(path).exists():
        for place, character in enumerate(path):
            archive = path[:place]
            if character == "!" and is_regular(Path(archive)) and zipfile.is_zipfile(archive):
                return archive, path[place + 1 :]
    return path, ""


class _Source:
    """Opens the bytes of a file or member, as often as needed."""

    def __init__(self, path: str, member: str, stack: ExitStack) -> None:
        self.path, self.member, self._stack = path, member, stack
        if not Path(path).exists():
            raise SourceError("there is no such file")
        if Path(path).is_dir():
            raise SourceError("it is a folder: name one file in it")
        if not is_regular(Path(path)):
            raise SourceError("it is not a regular file")
        self._info: zipfile.ZipInfo | None = None
        if member:
            self._archive = stack.enter_context(zipfile.ZipFile(path))
            self._info = _member_info(self._archive, member)
            check_member(self._info)
        self.size = self._info.file_size if self._info else Path(path).stat().st_size

    def window(self) -> ByteWindow:
        """Return a window at the first byte."""
        if self._info is None:
            file = Path(self.path).open("rb", buffering=0)  # noqa: SIM115 - the stack closes it
            return ByteWindow(self._stack.enter_context(file), self.size)
        stream = self._stack.enter_context(self._archive.open(self._info))
        return ByteWindow(Unpacked(stream), self.size)

    def inflated(self, start: int) -> ByteWindow:
        """Return a window on inflated bytes, the first of which is at `start`."""
        if self._info is None:
            file = Path(self.path).open("rb", buffering=0)  # noqa: SIM115 - the stack closes it
            self._stack.enter_context(file).seek(start)
            inflater = Inflater(file)
        else:
            stream = self._stack.enter_context(self._archive.open(self._info))
            stream.read(start)
            inflater = Inflater(stream)
        size = start + most_inflated(self.size - start)
        return ByteWindow(Unpacked(inflater, start), size)


def _member_info(archive: zipfile.ZipFile, member: str) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(member)
    except KeyError as error:
        raise SourceError("there is no such file in the archive") from error


def _read(source: _Source, check: Check) -> ElementTree | None:
    """Read a source; None where it is not DICOM."""
    window = source.window()
    head = window.at(0, _PREAMBLE_BYTES + 4)
    start = _start(head, source.size)
    if start is None:
        if head[:4] == _ZIP_START:
            raise SourceError("it is an archive: name a file in it, as in archive.zip!name")
        return None
    walk = ElementWalk(window, check)
    meta, start_of_data = walk.meta(start)
    transfer = TransferSyntax(_text(meta, TRANSFER_SYNTAX_UID))
    elements, note = meta, ""
    if not walk.damage:
        if transfer.uid == DEFLATED:
            walk = ElementWalk(source.inflated(start_of_data), check)
            elements += walk.data_set(start_of_data, EXPLICIT_LITTLE)
        else:
            syntax, note, empty = _syntax(window, start_of_data, transfer, source.size)
            elements += () if empty else walk.data_set(start_of_data, syntax)
            walk.damage = walk.damage or empty
    if start == 0 and not any(element.tag in _CONVINCING for element in elements):
        return None
    return ElementTree(
        source.path, source.member, source.size, transfer, elements, note, walk.damage
    )


def _start(head: bytes, size: int) -> int | None:
    """Return where the elements start: behind a preamble, the mark alone, or at once."""
    if head[_PREAMBLE_BYTES : _PREAMBLE_BYTES + 4] == b"DICM":
        return _PREAMBLE_BYTES + 4
    if head[:4] == b"DICM":
        return 4
    return 0 if looks_like_data_set(head, size) else None


def _syntax(
    window: ByteWindow, start: int, transfer: TransferSyntax, size: int
) -> tuple[Syntax, str, str]:
    """Return the encoding, what is odd about it, and why there is nothing to read (or "")."""
    try:
        syntax, note = guess_syntax(window.at(start, 16), 0, transfer, size - start)
    except DamagedError as error:
        return EXPLICIT_LITTLE, "", str(error)
    return syntax, note, ""


def _text(elements: tuple[DataElement, ...], tag: int) -> str:
    values: tuple[ElementValue, ...] = next((e.values for e in elements if e.tag == tag), ())
    return str(values[0]) if values else ""
