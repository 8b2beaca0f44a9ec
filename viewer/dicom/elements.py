"""Single values out of a parsed data set: finite numbers, plain texts, or nothing.

One reader per kind of value, whatever VR the file claims, so that a wrong VR costs nothing and no
number ever comes out of a bad string.
"""

import math
from functools import lru_cache
from struct import Struct, error

from viewer.dicom.parser import DataSet, parse_items
from viewer.dicom.text import decode_text

_UNPACK = {
    (kind, little): Struct(("<" if little else ">") + kind)
    for kind in "HhLlfdQq"
    for little in (True, False)
}
_BINARY_NUMBERS = {
    b"US": ("H", 2),
    b"SS": ("h", 2),
    b"UL": ("L", 4),
    b"SL": ("l", 4),
    b"FL": ("f", 4),
    b"FD": ("d", 8),
    b"UV": ("Q", 8),
    b"SV": ("q", 8),
}


@lru_cache(maxsize=8192)
def parse_numbers(raw: bytes) -> tuple[float | None, ...]:
    """Parse a DS or IS value; each part is a finite number or None."""
    return tuple(_number(part) for part in raw.strip(b" \0").split(b"\\"))


def _number(part: bytes) -> float | None:
    try:
        value = float(part.strip(b" \0"))
    except ValueError:
        return None
    return value if math.isfinite(value) and b"_" not in part else None


class Values:
    """Reads values of one data set (or item).

    Parameters
    ----------
    data_set : DataSet
        Parsed elements.
    charset : tuple of str
        Specific Character Set in force.
    """

    __slots__ = ("_buffer", "_elements", "charset", "data_set")

    def __init__(self, data_set: DataSet, charset: tuple[str, ...] = ()) -> None:
        self.data_set = data_set
        self.charset = charset
        self._elements, self._buffer = data_set.elements, data_set.buffer

    def has(self, tag: int) -> bool:
        """Tell whether the element is there and not empty."""
        element = self._elements.get(tag)
        return element is not None and element.length > 0

    def raw(self, tag: int) -> bytes:
        """Return the bytes of a value; empty where absent."""
        element = self._elements.get(tag)
        if element is None:
            return b""
        _, start, length = element
        return self._buffer[start : start + length]

    def code(self, tag: int) -> str:
        """Return the first value of a CS, UI, DA, TM or similar element (ASCII, stripped)."""
        raw = self.raw(tag)
        return _codes(raw)[0] if raw else ""

    def codes(self, tag: int) -> tuple[str, ...]:
        """Return all values of a CS or UI element."""
        raw = self.raw(tag)
        return _codes(raw) if raw else ()

    def text(self, tag: int) -> str:
        """Return a decoded text (LO, SH, PN, ST ...) on one line."""
        raw = self.raw(tag)
        return decode_text(raw, self.charset) if raw else ""

    def numbers(self, tag: int) -> tuple[float | None, ...]:
        """Return all numbers of an element of any numeric VR; bad parts are None."""
        raw = self.raw(tag)
        if not raw:
            return ()
        vr = self.data_set.elements[tag].vr
        if vr in _BINARY_NUMBERS:
            return self._binary(raw, *_BINARY_NUMBERS[vr])
        return parse_numbers(raw)

    def number(self, tag: int) -> float | None:
        """Return the first number of an element, or None."""
        values = self.numbers(tag)
        return values[0] if values else None

    def finite(self, tag: int, count: int) -> tuple[float, ...] | None:
        """Return exactly `count` finite numbers, or None."""
        values = self.numbers(tag)
        if len(values) < count:
            return None
        found = tuple(value for value in values[:count] if value is not None)
        return found if len(found) == count else None

    def double(self, tag: int) -> float | None:
        """Return the first value of an FD element (also where the VR is implicit)."""
        return self._floating(tag, "d", 8)

    def single(self, tag: int) -> float | None:
        """Return the first value of an FL element (also where the VR is implicit)."""
        return self._floating(tag, "f", 4)

    def _floating(self, tag: int, kind: str, size: int) -> float | None:
        element = self.data_set.elements.get(tag)
        if element is None or element.vr != b"":
            return self.number(tag)
        values = self._binary(self.raw(tag), kind, size)
        return values[0] if values else None

    def unsigned(self, tag: int) -> int | None:
        """Return the first value of a US or UL element (also implicit, or written as text)."""
        raw = self.raw(tag)
        if not raw:
            return None
        vr = self.data_set.elements[tag].vr
        if vr in (b"IS", b"DS", b"LO", b"SH", b"CS"):
            value = parse_numbers(raw)[0]
            return int(value) if value is not None and value >= 0 else None
        kind = "L" if len(raw) == 4 and vr in (b"UL", b"SL") else "H"
        return self._integer(raw, kind)

    def signed_or_not(self, tag: int, signed: bool) -> int | None:
        """Return a "US or SS" value, read by the pixel representation."""
        raw = self.raw(tag)
        if raw and self.data_set.elements[tag].vr in (b"IS", b"DS"):
            value = parse_numbers(raw)[0]
            return None if value is None else int(value)
        return self._integer(raw, "h" if signed else "H")

    def shorts(self, tag: int) -> tuple[int, ...]:
        """Return all 16-bit values of a US, SS or OW element as unsigned integers."""
        raw = self.raw(tag)
        order = "<" if self.data_set.syntax.little else ">"
        return Struct(f"{order}{len(raw) // 2}H").unpack_from(raw) if raw else ()

    def longs(self, tag: int) -> tuple[int, ...]:
        """Return all values of a UL element, also where the VR is implicit."""
        raw = self.raw(tag)
        order = "<" if self.data_set.syntax.little else ">"
        return Struct(f"{order}{len(raw) // 4}L").unpack_from(raw) if raw else ()

    def items(self, tag: int) -> list["Values"]:
        """Return the items of a sequence; [] where absent.

        Raises
        ------
        DamagedError
            The sequence cannot be followed.
        """
        if not self.has(tag):
            return []
        return [Values(item, self.charset) for item in parse_items(self.data_set, tag)]

    def item(self, tag: int) -> "Values | None":
        """Return the first item of a sequence, or None."""
        items = self.items(tag)
        return items[0] if items else None

    def _integer(self, raw: bytes, kind: str) -> int | None:
        try:
            return int(_UNPACK[kind, self.data_set.syntax.little].unpack_from(raw)[0])
        except error:
            return None

    def _binary(self, raw: bytes, kind: str, size: int) -> tuple[float | None, ...]:
        order = "<" if self.data_set.syntax.little else ">"
        values = Struct(f"{order}{len(raw) // size}{kind}").unpack_from(raw)
        return tuple(float(value) if math.isfinite(value) else None for value in values)


@lru_cache(maxsize=8192)
def _codes(raw: bytes) -> tuple[str, ...]:
    text = raw.decode("ascii", "replace")
    return tuple(part.strip(" \0\t\r\n") for part in text.split("\\"))
