"""Bytes of a data element to its values, by value representation (PS3.5 section 6.2)."""

import math
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct, calcsize

from viewer.dicom.text import decode_bytes

ElementValue = str | int | float
"""Texts stay texts (also DS and IS); numbers that are not finite become texts, too."""

PREVIEW_BYTES = 16
"""So many first bytes of binary values are shown."""

BINARY_VRS = frozenset({"OB", "OW", "OD", "OF", "OL", "OV", "UN"})
_ONE_TEXT = frozenset({"LT", "ST", "UT", "UR"})
"""A backslash in these is a character, no delimiter."""
_TEXTS = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI"})
_OF_CHARSET = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
"""Specific Character Set governs these only (PS3.5 6.1.2.2)."""
_NUMBERS = {
    "US": "H",
    "SS": "h",
    "UL": "L",
    "SL": "l",
    "FL": "f",
    "FD": "d",
    "UV": "Q",
    "SV": "q",
}
_TAGS = "AT"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the bytes of an element mean.

    Attributes
    ----------
    values : tuple of str, int or float
        Empty for binary values, and where the bytes do not fit the value representation.
    first_bytes : bytes
        The first bytes of what has no values.
    digest : bytes
        Tells binary values apart; empty where they were not read.
    """

    values: tuple[ElementValue, ...] = ()
    first_bytes: bytes = b""
    digest: bytes = b""


def decode_value(raw: bytes, vr: str, little: bool, charset: tuple[str, ...]) -> Decoded:
    """Decode a whole value.

    Parameters
    ----------
    raw : bytes
        The value, all of it.
    vr : str
        Value representation to read it by.
    little : bool
        Byte order.
    charset : tuple of str
        Specific Character Set in force.
    """
    if not raw:
        return Decoded()
    if vr in _TEXTS or vr in _ONE_TEXT:
        return Decoded(_texts(raw, vr, charset if vr in _OF_CHARSET else ()))
    order = "<" if little else ">"
    kind = "H" if vr == _TAGS else _NUMBERS.get(vr, "")
    size = calcsize(order + kind) * (2 if vr == _TAGS else 1)
    if not kind or len(raw) % size:
        return Decoded((), raw[:PREVIEW_BYTES], blake2b(raw, digest_size=16).digest())
    numbers = Struct(f"{order}{len(raw) // calcsize(order + kind)}{kind}").unpack(raw)
    if vr == _TAGS:
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return Decoded(tuple(tag_text(group << 16 | number) for group, number in pairs))
    return Decoded(tuple(map(_finite, numbers)) if kind in "fd" else numbers)


def tag_text(tag: int) -> str:
    """Write a tag as the standard does: "(0028,0010)"."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _texts(raw: bytes, vr: str, charset: tuple[str, ...]) -> tuple[str, ...]:
    # The whole value is decoded at once: a backslash may be half of a character (GB18030).
    text = decode_bytes(raw.rstrip(b"\0 ") if vr not in _ONE_TEXT else raw, charset)
    if vr in _ONE_TEXT:
        text = text.rstrip(" \0")
        return (text,) if text else ()
    return tuple(part.strip(" \0") for part in text.split("\\")) if text else ()


def _finite(value: float) -> ElementValue:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
