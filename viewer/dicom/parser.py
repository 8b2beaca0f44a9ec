"""A bounded walk over the elements of a DICOM data set that never trusts a length.

Only what the viewer asks for is kept, as byte ranges of the buffer: values are decoded by
`viewer.dicom.elements` when they are read. The walk stops before the pixel data, whose place is
returned, so that the bytes can later be read straight into the volume. Source: DICOM PS3.5,
sections 7.1-7.5 (encoding), A.1-A.5 (transfer syntaxes); PS3.10, section 7 (files).
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from struct import Struct
from typing import NamedTuple

MAX_NESTING = 64
"""Sequences nested deeper than this are damage, not data."""
MAX_ELEMENTS = 200_000
"""Elements (and items) of one data set; real headers have some thousands at most."""
UNDEFINED = 0xFFFFFFFF
LAST_TAG = 0xFFFFFFFF

PIXEL_DATA = 0x7FE00010
FLOAT_PIXEL_DATA = 0x7FE00008
DOUBLE_PIXEL_DATA = 0x7FE00009
PIXEL_TAGS = frozenset({PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA})

_ITEM = 0xFFFEE000
_ITEM_END = 0xFFFEE00D
_SEQUENCE_END = 0xFFFEE0DD
LONG_VRS = frozenset(
    {b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UC", b"UR", b"UT", b"UN", b"SV", b"UV"}
)
VRS = LONG_VRS | frozenset(
    (
        b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US"  # codespell:ignore
    ).split()
)


class DamagedError(Exception):
    """The bytes are not a data set that can be followed; the text says where and why."""


class NeedMoreError(Exception):
    """The walk left the buffer before the file's end: read at least `size` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Syntax(NamedTuple):
    """How a data set is encoded."""

    implicit: bool
    little: bool


class Element(NamedTuple):
    """A value as a byte range; `vr` is empty in implicit encoding, `length` never undefined."""

    vr: bytes
    start: int
    length: int


class PixelPlace(NamedTuple):
    """Where the pixel data start; `length` is None when encapsulated (undefined length)."""

    tag: int
    vr: bytes
    start: int
    length: int | None


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """Kept elements of one data set or item."""

    buffer: bytes
    syntax: Syntax
    elements: dict[int, Element]
    pixels: PixelPlace | None = None


EXPLICIT_LITTLE = Syntax(implicit=False, little=True)
IMPLICIT_LITTLE = Syntax(implicit=True, little=True)

_EXPLICIT = {True: Struct("<HH2sH"), False: Struct(">HH2sH")}
_IMPLICIT = {True: Struct("<HHL"), False: Struct(">HHL")}
_LENGTH = {True: Struct("<L"), False: Struct(">L")}


class _Walker:
    """One pass over one buffer; counts elements so that no input makes it run for long."""

    def __init__(self, buffer: bytes, file_size: int) -> None:
        self.buffer = buffer
        self.file_size = file_size
        self.count = 0

    def data_set(
        self,
        position: int,
        end: int,
        syntax: Syntax,
        wanted: AbstractSet[int] | None,
        depth: int = 0,
        last: int = LAST_TAG,
    ) -> tuple[dict[int, Element], PixelPlace | None, int]:
        """Walk elements until `end`, the pixel data or an item's end delimiter.

        `wanted` None keeps everything; tags beyond `last` end it, too. Returns the elements, the
        pixel data, and where it ended.
        """
        if depth > MAX_NESTING:
            raise DamagedError(f"sequences are nested deeper than {MAX_NESTING} levels")
        elements: dict[int, Element] = {}
        limit = min(end, self.file_size)
        while position + 8 <= limit:
            tag, vr, start, length = self.header(position, syntax)
            if tag == _ITEM_END:
                return elements, None, start
            if tag > last:
                return elements, None, position
            if tag in PIXEL_TAGS and depth == 0:
                place = PixelPlace(tag, vr, start, None if length == UNDEFINED else length)
                return elements, place, position
            if length == UNDEFINED:
                inner = IMPLICIT_LITTLE if vr == b"UN" else syntax
                position = self.sequence(start, limit, inner, depth + 1)
                length = position - start
            else:
                position = start + length
                if position > limit:
                    raise DamagedError(
                        f"element {_name(tag)} claims {length} bytes, "
                        f"but only {limit - start} are left"
                    )
            if wanted is None or tag in wanted:
                if position > len(self.buffer):
                    raise NeedMoreError(position)
                elements[tag] = Element(vr, start, length)
        return elements, None, position

    def header(self, position: int, syntax: Syntax) -> tuple[int, bytes, int, int]:
        """Read an element's tag, VR (empty if implicit), start of the value and length."""
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise DamagedError(f"more than {MAX_ELEMENTS} elements in the header")
        if position + 12 > len(self.buffer):
            if len(self.buffer) < self.file_size:
                raise NeedMoreError(position + 12)
            if position + 8 > len(self.buffer):
                raise DamagedError("the file ends inside an element")
        little = syntax.little
        if not syntax.implicit:
            group, number, vr, length = _EXPLICIT[little].unpack_from(self.buffer, position)
            tag = group << 16 | number
            if vr in LONG_VRS and group != 0xFFFE:
                if position + 12 > len(self.buffer):
                    raise DamagedError("the file ends inside an element")
                (length,) = _LENGTH[little].unpack_from(self.buffer, position + 8)
                return tag, vr, position + 12, length
            if group != 0xFFFE and vr.isalpha() and vr.isupper():
                return tag, vr, position + 8, length
        # Implicit encoding, delimiters, and explicit files with single implicit elements.
        group, number, length = _IMPLICIT[little].unpack_from(self.buffer, position)
        return group << 16 | number, b"", position + 8, length

    def sequence(self, position: int, end: int, syntax: Syntax, depth: int) -> int:
        """Step over the items of an undefined-length sequence; return what follows it."""
        if depth > MAX_NESTING:
            raise DamagedError(f"sequences are nested deeper than {MAX_NESTING} levels")
        while position + 8 <= end:
            tag, _, start, length = self.header(position, syntax)
            if tag == _SEQUENCE_END:
                return start
            if tag != _ITEM:
                raise DamagedError(f"{_name(tag)} stands where a sequence item is due")
            if length == UNDEFINED:
                position = self.data_set(start, end, syntax, frozenset(), depth)[2]
            else:
                position = start + length
        if position > end:
            raise DamagedError("a sequence item is longer than what contains it")
        if end == self.file_size and len(self.buffer) < self.file_size:
            raise NeedMoreError(position + 8)
        raise DamagedError("a sequence does not end")


def parse(
    buffer: bytes,
    position: int,
    file_size: int,
    syntax: Syntax,
    wanted: AbstractSet[int] | None,
    last: int = LAST_TAG,
) -> DataSet:
    """Walk the top level of a data set, up to and without its pixel data.

    Parameters
    ----------
    buffer : bytes
        The first bytes of the file, or all of it.
    position : int
        Where the data set starts.
    file_size : int
        Size of the whole file; lengths are checked against it.
    syntax : Syntax
        Encoding.
    wanted : set of int or None
        Tags to keep (None: all).
    last : int
        Tags beyond it are not looked at.

    Raises
    ------
    NeedMoreError
        The buffer is too short; nothing is wrong yet.
    DamagedError
        The bytes cannot be followed.
    """
    elements, pixels, _ = _Walker(buffer, file_size).data_set(
        position, file_size, syntax, wanted, last=last
    )
    return DataSet(buffer, syntax, elements, pixels)


def parse_meta(buffer: bytes, position: int, file_size: int) -> tuple[DataSet, int]:
    """Read the file meta information (group 0002, always explicit little endian).

    Returns the elements and where the data set proper starts. The group length is not trusted.
    """
    walker = _Walker(buffer, file_size)
    elements: dict[int, Element] = {}
    while position + 8 <= file_size:
        if buffer[position : position + 2] != b"\x02\x00":
            break
        tag, vr, start, length = walker.header(position, EXPLICIT_LITTLE)
        if length == UNDEFINED or start + length > file_size:
            raise DamagedError("the file meta information is damaged")
        position = start + length
        if position > len(buffer):
            raise NeedMoreError(position)
        elements[tag] = Element(vr, start, length)
    return DataSet(buffer, EXPLICIT_LITTLE, elements), position


def parse_items(data_set: DataSet, tag: int) -> Iterator[DataSet]:
    """Yield the items of a sequence element, each with all its elements; none where absent.

    Raises
    ------
    DamagedError
        The next item cannot be followed; those before it have been yielded.
    """
    element = data_set.elements.get(tag)
    if element is None or element.vr not in (b"SQ", b"UN", b""):
        return
    syntax = IMPLICIT_LITTLE if element.vr == b"UN" else data_set.syntax
    end = element.start + element.length
    walker = _Walker(data_set.buffer, end)
    position = element.start
    while position + 8 <= end:
        item_tag, _, start, length = walker.header(position, syntax)
        if item_tag != _ITEM:
            break
        if length == UNDEFINED:
            elements, _, position = walker.data_set(start, end, syntax, None, 1)
        else:
            position = start + length
            if position > end:
                raise DamagedError(f"an item of {_name(tag)} is longer than its sequence")
            elements, _, _ = walker.data_set(start, position, syntax, None, 1)
        yield DataSet(data_set.buffer, syntax, elements)


def _name(tag: int) -> str:
    return f"({tag >> 16:04x},{tag & 0xFFFF:04x})"
