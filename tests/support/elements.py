"""Data elements made by hand, for tests of what is shown of them."""

from collections.abc import Sequence

from viewer.dicom.data_dictionary import find_entry
from viewer.dicom.data_element import DataElement
from viewer.dicom.element_values import ElementValue


def element(tag: int, *values: ElementValue, vr: str = "", creator: str = "") -> DataElement:
    entry = find_entry(tag, creator)
    vr = vr or entry.vr or "LO"
    length = sum(len(str(value)) + 1 for value in values)
    return DataElement(
        tag, entry.keyword, entry.name, creator, vr, vr, length, values, byte_count=length
    )


def binary(tag: int, count: int, first: bytes = b"", digest: bytes = b"") -> DataElement:
    entry = find_entry(tag)
    return DataElement(
        tag, entry.keyword, entry.name, "", "OW", "OW", count, (), first, digest, byte_count=count
    )


def sequence(tag: int, *items: Sequence[DataElement]) -> DataElement:
    entry = find_entry(tag)
    made = tuple(tuple(item) for item in items)
    return DataElement(tag, entry.keyword, entry.name, "", "SQ", "SQ", None, items=made)
