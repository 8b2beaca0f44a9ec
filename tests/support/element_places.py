"""Where the elements of a well-formed DICOM file stand, told by pydicom."""

import logging
import warnings
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Literal

import pydicom
from pydicom.dataset import Dataset

PREAMBLE_END = 132
logging.getLogger("pydicom").setLevel(logging.CRITICAL)  # damage is what is wanted here
_LONG = ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV")


ByteOrder = Literal["little", "big"]


@dataclass(frozen=True)
class Place:
    """One element: `start` of its tag, `value` and `end` of its value, as offsets in the file."""

    tag: int
    vr: str
    start: int
    value: int
    end: int
    nested: bool
    little: bool

    @property
    def header(self) -> int:
        """Bytes before the value: 12 only where the length has 32 bits behind a VR."""
        return self.value - self.start

    @property
    def length_at(self) -> int:
        """Offset of the length field."""
        return self.start + (8 if self.header == 12 else 4 if self.implicit else 6)

    @property
    def length_bytes(self) -> int:
        return 4 if self.header == 12 or self.implicit else 2

    @property
    def implicit(self) -> bool:
        return self.vr == ""


@lru_cache(maxsize=64)
def places(data: bytes) -> tuple[Place, ...]:
    """All elements of the data set in the order of the file, those of sequences included.

    None where pydicom cannot follow the bytes (after a first damage).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            one = pydicom.dcmread(BytesIO(data), force=True)
            implicit, little = one.original_encoding
            found = list(_walk(one, data, bool(little), bool(implicit), nested=False))
        except Exception:  # noqa: BLE001 - a damaged file may raise anything there
            return ()
    return tuple(sorted(found, key=lambda place: place.start))


def _walk(one: Dataset, data: bytes, little: bool, implicit: bool, *, nested: bool):
    order: ByteOrder = "little" if little else "big"
    for element in one:
        tell = element.file_tell or 0
        name = element.tag.group.to_bytes(2, order) + element.tag.element.to_bytes(2, order)
        header = 12 if not implicit and element.VR in _LONG else 8
        start = tell - header
        if start >= 0 and data[start : start + 4] == name:
            length = _length(data, start, header, implicit, order)
            end = len(data) if length == 0xFFFFFFFF else min(tell + length, len(data))
            vr = "" if implicit else element.VR
            yield Place(int(element.tag), vr, start, tell, end, nested, little)
        if element.VR == "SQ":
            for item in element.value:
                yield from _walk(item, data, little, implicit, nested=True)


def _length(data: bytes, start: int, header: int, implicit: bool, order: ByteOrder) -> int:
    if header == 12:
        return int.from_bytes(data[start + 8 : start + 12], order)
    if implicit:
        return int.from_bytes(data[start + 4 : start + 8], order)
    return int.from_bytes(data[start + 6 : start + 8], order)


def data_set_start(data: bytes) -> int:
    """Where the data set begins behind the preamble and the file meta information."""
    if data[128:140] != b"DICM\x02\0\0\0UL\x04\0":
        return 0
    return min(len(data), 144 + int.from_bytes(data[140:144], "little"))
