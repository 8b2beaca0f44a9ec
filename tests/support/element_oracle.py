"""What pydicom reads of a file, compared element by element with the metadata browser."""

import math
from collections.abc import Iterable
from typing import Any

from pydicom.dataelem import DataElement as PydicomElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from viewer.dicom.data_element import DataElement
from viewer.dicom.element_values import BINARY_VRS


def differences(ours: Iterable[DataElement], theirs: Dataset, where: str = "") -> list[str]:
    """Every tag, VR or value in which two readings of a data set differ, in words."""
    mine = {element.tag: element for element in ours}
    tags = {int(tag): tag for tag in theirs.keys()}  # noqa: SIM118 - a Dataset iterates elements
    found = [f"{where}({tag:08x}) in one reading only" for tag in sorted(set(mine) ^ set(tags))]
    for tag in sorted(set(mine) & set(tags)):
        found += _compare(mine[tag], theirs[tags[tag]], f"{where}({tag:08x})")
    return found


def _compare(mine: DataElement, theirs: PydicomElement, where: str) -> list[str]:
    if mine.vr != str(theirs.VR):
        return [f"{where} {mine.vr} is {theirs.VR}"]
    if mine.items is not None:
        items = list(theirs.value or [])
        found = [] if len(items) == len(mine.items) else [f"{where} has {len(items)} items"]
        for number, (one, other) in enumerate(zip(mine.items, items, strict=False)):
            found += differences(one, other, f"{where}[{number}]")
        return found
    if mine.vr in BINARY_VRS:
        value = theirs.value or b""
        same = mine.fragments is not None or (
            mine.byte_count == len(value) and value.startswith(mine.first_bytes)
        )
        return [] if same else [f"{where} {mine.byte_count} bytes are {len(value)}"]
    ours, expected = _ours(mine), _theirs(theirs)
    return [] if ours == expected else [f"{where} {str(ours)[:60]} is {str(expected)[:60]}"]


def _ours(element: DataElement) -> list[object]:
    values: list[object] = []
    for value in element.values:
        if isinstance(value, str) and element.vr == "IS" and value.lstrip("+-").isdigit():
            values.append(int(value))
        else:
            values.append(value.strip(" \0") if isinstance(value, str) else value)
    return [] if values == [""] else values


def _theirs(element: PydicomElement) -> list[object]:
    values = [_plain(element.VR, value) for value in _flat(element.value)]
    return [] if values == [""] else values


def _flat(value: Any) -> list[Any]:
    if isinstance(value, MultiValue | list | tuple):
        return [part for one in value for part in _flat(one)]
    return [] if value is None else [value]


def _plain(vr: str, value: Any) -> object:
    if vr == "AT":
        return f"({value >> 16:04X},{value & 0xFFFF:04X})"
    if vr in ("FL", "FD"):
        return value if math.isfinite(value) else str(value).replace("nan", "NaN")
    if vr == "IS":
        return value if isinstance(value, str) else int(value)
    if vr == "DS":
        value = getattr(value, "original_string", value)
    return value if isinstance(value, int) else str(value).strip(" \0")
