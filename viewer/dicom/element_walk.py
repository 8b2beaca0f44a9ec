"""A bounded walk over every element of a data set, nested ones too, in one pass forwards.

It ends at the first thing that cannot be followed and says where that was; what came before
stays. Source: DICOM PS3.5 sections 6.2.2 (UN), 7.1-7.5 (encoding), 7.8 (private elements).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from struct import Struct

from viewer.dicom.byte_window import ByteWindow
from viewer.dicom.data_dictionary import find_entry, is_private, is_private_creator
from viewer.dicom.data_element import DataElement
from viewer.dicom.element_values import (
    BINARY_VRS,
    PREVIEW_BYTES,
    Decoded,
    decode_value,
    tag_text,
)
from viewer.dicom.parser import (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    LONG_VRS,
    MAX_NESTING,
    UNDEFINED,
    VRS,
    Syntax,
)
from viewer.dicom.sources import SourceError
from viewer.dicom.tags import PIXEL_REPRESENTATION, SPECIFIC_CHARACTER_SET

MAX_ELEMENTS = 250_000
"""Elements, items and fragments of one file that are looked at."""
MAX_VALUE_BYTES = 1 << 20
"""Longer values are not decoded; only their first bytes are shown."""
MAX_BINARY_BYTES = 1 << 18
"""Longer binary values are not read."""
MAX_TOTAL_BYTES = 64 << 20
"""Values beyond so many bytes in all are not decoded any more."""
_CHECK_EVERY = 1024
_MAX_UN_BYTES = 0xFFFF
"""A longer UN value was written so because its own VR cannot hold it (PS3.5 6.2.2 note 1)."""

_HEAD_BYTES, _SHORT_HEAD_BYTES = 12, 8
_ITEM, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE0DD
_ITEM_END_BYTES = {True: b"\xfe\xff\x0d\xe0", False: b"\xff\xfe\xe0\x0d"}
_MAYBE_BINARY = BINARY_VRS | {"OB or OW", "US or OW", "US or SS or OW"}
_EXPLICIT = {True: Struct("<HH2sH"), False: Struct(">HH2sH")}
_IMPLICIT = {True: Struct("<HHL"), False: Struct(">HHL")}
_LENGTH = {True: Struct("<L"), False: Struct(">L")}


@dataclass(slots=True)
class _Scope:
    """What holds within one data set or item; items inherit the first four."""

    syntax: Syntax
    charset: tuple[str, ...] = ()
    signed: bool = False
    depth: int = 0
    creators: dict[int, str] = field(default_factory=dict)

    def inner(self, syntax: Syntax) -> "_Scope":
        return _Scope(syntax, self.charset, self.signed, self.depth + 1)

    def note(self, element: DataElement) -> None:
        """Keep what later elements are read by."""
        if element.tag == SPECIFIC_CHARACTER_SET:
            self.charset = tuple(str(value) for value in element.values)
        elif element.tag == PIXEL_REPRESENTATION:
            self.signed = element.values[:1] == (1,)
        elif is_private_creator(element.tag) and element.values:
            self.creators[element.tag] = str(element.values[0])

    def creator(self, tag: int) -> str:
        """Return who reserved the private block of a tag."""
        return self.creators.get(tag & 0xFFFF0000 | (tag & 0xFFFF) >> 8, "")


@dataclass(frozen=True, slots=True)
class _Header:
    """Start of an element: `vr` as stated or "", where the value starts, length or UNDEFINED."""

    tag: int
    vr: str
    start: int
    length: int


class ElementWalk:
    """One pass over one window.

    Attributes
    ----------
    damage : str
        Where and why it ended early, or "".
    """

    def __init__(self, window: ByteWindow, check: Callable[[], None]) -> None:
        self.damage = ""
        self._window, self._check = window, check
        self._count = self._kept = 0
        self._place: list[str] = []

    def meta(self, position: int) -> tuple[tuple[DataElement, ...], int]:
        """Walk the file meta information; return it, and where the data set starts."""
        scope, elements = _Scope(EXPLICIT_LITTLE), []
        try:
            while not self.damage and self._window.at(position, 2) == b"\x02\x00":
                head, limit = self._window.at(position, _HEAD_BYTES), self._window.size
                header = self._header(head, position, limit, scope.syntax)
                if header is not None:
                    element, position = self._element(header, position, limit, scope)
                    elements += [element] if element else []
        except SourceError as error:
            self._fail(str(error), position)
        return tuple(elements), position

    def data_set(self, position: int, syntax: Syntax) -> tuple[DataElement, ...]:
        """Walk a data set to the end of the window."""
        elements: list[DataElement] = []
        try:
            self._elements(elements, position, None, self._window.size, _Scope(syntax))
        except SourceError as error:
            self._fail(str(error), position)
        return tuple(elements)

    # --- structure ---------------------------------------------------------------------------

    def _elements(
        self, found: list[DataElement], position: int, end: int | None, limit: int, scope: _Scope
    ) -> int:
        """Add elements up to `end`, or to a delimiter where that is None; return what follows.

        Nothing may reach beyond `limit`.
        """
        while not self.damage and position != end:
            head = self._window.at(position, _HEAD_BYTES)
            if scope.depth == 0 and len(head) < _SHORT_HEAD_BYTES and not head.strip(b"\0"):
                break  # the end of the file, perhaps with a zero byte that makes it even
            if head[:4] == _ITEM_END_BYTES[scope.syntax.little]:
                if end is None and scope.depth:
                    return position + _SHORT_HEAD_BYTES
                self._fail("an item ends where none began", position)
                break
            header = self._header(head, position, limit, scope.syntax)
            if header is None:
                break
            element, position = self._element(header, position, limit, scope)
            if element is not None:
                found.append(element)
                scope.note(element)
        return position

    def _element(
        self, header: _Header, position: int, limit: int, scope: _Scope
    ) -> tuple[DataElement | None, int]:
        """Read an element whose head is known; None where its value is not there."""
        tag, length = header.tag, header.length
        creator = scope.creator(tag) if is_private(tag) else ""
        entry = find_entry(tag, creator)
        vr = _effective_vr(header, entry.vr, scope)
        count, fragments, items, decoded = length, None, None, Decoded()
        end = header.start + length
        if length == UNDEFINED and vr in BINARY_VRS:
            fragments, count, decoded, end = self._fragments(header.start, limit, scope.syntax)
        elif vr == "SQ":
            name = entry.keyword or tag_text(tag)
            items, end = self._sequence(name, header, limit, scope)
            count = 0
        else:
            read = self._value(header, vr, limit, scope)
            if read is None:
                left = max(min(limit, self._window.size) - header.start, 0)
                what = f"element {tag_text(tag)} claims {length} bytes, but only {left} are left"
                self._fail(what, position)
                return None, position
            decoded = read
        element = DataElement(
            tag=tag,
            keyword=entry.keyword,
            name=entry.name,
            creator=creator,
            vr=vr,
            stated_vr=header.vr,
            length=None if length == UNDEFINED else length,
            values=decoded.values,
            first_bytes=decoded.first_bytes,
            digest=decoded.digest,
            items=items,
            fragments=fragments,
            byte_count=count,
        )
        return element, end

    def _sequence(
        self, name: str, header: _Header, limit: int, scope: _Scope
    ) -> tuple[tuple[tuple[DataElement, ...], ...], int]:
        """Read the items of a sequence; return them and what follows."""
        items: list[tuple[DataElement, ...]] = []
        position = header.start
        end = None if header.length == UNDEFINED else header.start + header.length
        syntax = self._inner_syntax(header, scope.syntax)
        if scope.depth >= MAX_NESTING:
            self._fail(f"sequences are nested deeper than {MAX_NESTING} levels", position)
        claimed, end = end, None if end is None else min(end, limit)
        while not self.damage and position != end:
            most = limit if end is None else end
            head = self._item_head(position, most, syntax)
            if head is None:
                break
            tag, start, length = head
            if tag == _SEQUENCE_END and end is None:
                return tuple(items), start
            if tag != _ITEM:
                self._fail(f"{tag_text(tag)} stands where a sequence item is due", position)
                break
            self._place.append(f"{name}[{len(items)}]")
            item_end = None if length == UNDEFINED else min(start + length, most)
            found: list[DataElement] = []
            position = self._elements(found, start, item_end, item_end or most, scope.inner(syntax))
            items.append(tuple(found))
            if item_end is not None and start + length > most:
                self._fail(f"the item claims {length} bytes, but has {most - start}", start)
            self._place.pop()
        if claimed != end:
            self._fail(
                f"{name} claims {header.length} bytes, but has {limit - header.start}", position
            )
        return tuple(items), position

    def _fragments(
        self, position: int, limit: int, syntax: Syntax
    ) -> tuple[int, int, Decoded, int]:
        """Pass over encapsulated data: fragments, their bytes, the first ones, what follows."""
        count, total, first = 0, 0, b""
        while not self.damage:
            head = self._item_head(position, limit, syntax)
            if head is None:
                break
            tag, start, length = head
            if tag == _SEQUENCE_END:
                position = start
                break
            if tag != _ITEM or start + length > limit:
                what = "claims more than the file has" if tag == _ITEM else f"is {tag_text(tag)}"
                self._fail(f"fragment {count} of the encapsulated data {what}", position)
                break
            if count == 1:
                first = self._window.at(start, min(length, PREVIEW_BYTES))
            count, total, position = count + 1, total + (length if count else 0), start + length
        return max(count - 1, 0), total, Decoded((), first), position

    # --- pieces ------------------------------------------------------------------------------

    def _value(self, header: _Header, vr: str, limit: int, scope: _Scope) -> Decoded | None:
        """Read a value, or the first bytes of a long one; None where it is not all there."""
        length = header.length
        end = header.start + length
        if end > limit:
            return None
        most = MAX_BINARY_BYTES if vr in BINARY_VRS else MAX_VALUE_BYTES
        if length <= most and self._kept + length <= MAX_TOTAL_BYTES:
            raw = self._window.at(header.start, length)
            self._kept += length
            charset = () if header.tag == SPECIFIC_CHARACTER_SET else scope.charset
            known = decode_value(raw, vr, scope.syntax.little, charset)
            return known if len(raw) == length else None
        first = self._window.at(header.start, PREVIEW_BYTES)
        return Decoded((), first) if self._window.holds(end - 1) else None

    def _header(self, head: bytes, position: int, limit: int, syntax: Syntax) -> _Header | None:
        """Take an element's head apart; None where there is none."""
        self._step(position)
        if len(head) < _SHORT_HEAD_BYTES or position + _SHORT_HEAD_BYTES > limit:
            self._fail("the file or item ends inside an element", position)
        if self.damage:
            return None
        little = syntax.little
        if not syntax.implicit:
            group, number, vr, length = _EXPLICIT[little].unpack_from(head)
            if vr in LONG_VRS:
                if len(head) < _HEAD_BYTES:
                    self._fail("the file or item ends inside an element", position)
                    return None
                (length,) = _LENGTH[little].unpack_from(head, 8)
                return _Header(group << 16 | number, vr.decode(), position + 12, length)
            if vr.isalpha() and vr.isupper():
                return _Header(group << 16 | number, vr.decode(), position + 8, length)
        # Implicit encoding, and explicit files with single implicit elements.
        group, number, length = _IMPLICIT[little].unpack_from(head)
        return _Header(group << 16 | number, "", position + 8, length)

    def _item_head(self, position: int, limit: int, syntax: Syntax) -> tuple[int, int, int] | None:
        """Return tag, start and length of an item or delimiter; None where there is none."""
        self._step(position)
        head = self._window.at(position, _SHORT_HEAD_BYTES)
        if len(head) < _SHORT_HEAD_BYTES or position + _SHORT_HEAD_BYTES > limit:
            self._fail("a sequence does not end", position)
            return None
        group, number, length = _IMPLICIT[syntax.little].unpack_from(head)
        return group << 16 | number, position + _SHORT_HEAD_BYTES, length

    def _inner_syntax(self, header: _Header, syntax: Syntax) -> Syntax:
        """Return how the items of a sequence are encoded: inside UN implicitly, as a rule."""
        if header.vr != "UN":
            return syntax
        first_vr = self._window.at(header.start, _SHORT_HEAD_BYTES + 6)[-2:]
        return syntax if first_vr in VRS else IMPLICIT_LITTLE

    def _step(self, position: int) -> None:
        self._count += 1
        if self._count % _CHECK_EVERY == 0:
            self._check()
        if self._count > MAX_ELEMENTS:
            self._fail(f"there are more than {MAX_ELEMENTS} elements", position)

    def _fail(self, reason: str, position: int) -> None:
        if not self.damage:
            place = f" in {'.'.join(self._place)}" if self._place else ""
            self.damage = f"byte {position}{place}: {reason}"


def _effective_vr(header: _Header, known: str, scope: _Scope) -> str:
    """Return what to read a value by: as stated, else as the dictionary has it."""
    vr = header.vr
    if vr == "UN" and known and header.length <= _MAX_UN_BYTES:
        vr = known
    elif vr == "UN" and header.length == UNDEFINED:
        vr = "SQ"
    elif not vr:
        undefined_is_sequence = header.length == UNDEFINED and known not in _MAYBE_BINARY
        vr = "SQ" if undefined_is_sequence else known or "UN"
    if " or " in vr:  # PS3.5 annex A: by the pixel representation, or words
        words = "OB" if header.length == UNDEFINED else "OW"
        vr = ("SS" if scope.signed else "US") if vr == "US or SS" else words
    elif header.length == UNDEFINED and vr not in BINARY_VRS:
        vr = "SQ"
    return vr
