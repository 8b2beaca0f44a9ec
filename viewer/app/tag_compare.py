"""What two files say differently: their elements side by side, tag by tag and item by item."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from viewer.app.tag_rows import TagRow, element_row, item_row
from viewer.app.tag_text import value_text
from viewer.dicom.data_element import DataElement
from viewer.dicom.tags import PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE


class Difference(StrEnum):
    """How an element of one file differs from that of the other."""

    NONE = ""
    VALUE = "differs"
    INSIDE = "differs inside"
    ONLY_FIRST = "only here"
    ONLY_SECOND = "only there"
    UNKNOWN = "not compared"


def compare_rows(
    first: Iterable[DataElement], second: Iterable[DataElement]
) -> tuple[list[TagRow], int]:
    """Lay out the elements of two files, those of the same tag on one line.

    Items of a sequence are paired by their number. Nothing is left out: UIDs, numbers and times
    of an image differ from image to image, and are listed so.

    Returns
    -------
    rows : list of TagRow
        In the order of the tags.
    count : int
        How many elements (not sequences) differ, or are in one file only.
    """
    comparison = _Comparison()
    comparison.add(first, second, "", 0, -1)
    return comparison.rows, comparison.count


def of_frame(elements: tuple[DataElement, ...], frame: int | None) -> tuple[DataElement, ...]:
    """Keep of the per-frame groups of a multi-frame file only those of one frame (from 0)."""
    if frame is None:
        return elements
    return tuple(_one_item(element, frame) for element in elements)


def _one_item(element: DataElement, frame: int) -> DataElement:
    items = element.items or ()
    if element.tag != PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE or frame >= len(items):
        return element
    return replace(element, items=(items[frame],))


class _Comparison:
    """Collects the lines of two trees."""

    def __init__(self) -> None:
        self.rows: list[TagRow] = []
        self.count = 0

    def add(
        self,
        first: Iterable[DataElement],
        second: Iterable[DataElement],
        prefix: str,
        depth: int,
        parent: int,
    ) -> bool:
        """Add the elements of two data sets or items; tell whether anything differs."""
        differs = False
        for one, other in _paired(first, second):
            line = len(self.rows)
            row = element_row(one or other, prefix, depth, parent)  # type: ignore[arg-type]
            self.rows.append(row)
            row.element, row.other_element = one, other
            row.other = value_text(other) if other else ""
            row.haystack += f"\n{row.other.casefold()}"
            if one is None and other is not None:
                row.value = ""
            row.difference = _difference(one, other)
            items = (one.items if one else None, other.items if other else None)
            if items[0] is not None or items[1] is not None:
                inside = self._add_items(items[0] or (), items[1] or (), row.path, depth + 1, line)
                if inside and not row.difference:
                    row.difference = Difference.INSIDE
            elif row.difference and row.difference != Difference.UNKNOWN:
                self.count += 1
            row.close(line, len(self.rows))
            differs |= bool(row.difference)
        return differs

    def _add_items(
        self,
        first: Sequence[tuple[DataElement, ...]],
        second: Sequence[tuple[DataElement, ...]],
        path: str,
        depth: int,
        parent: int,
    ) -> bool:
        differs = False
        for number in range(max(len(first), len(second))):
            line = len(self.rows)
            row = item_row(path, number, depth, parent)
            self.rows.append(row)
            one = first[number] if number < len(first) else ()
            other = second[number] if number < len(second) else ()
            inside = self.add(one, other, f"{row.path}.", depth + 1, line)
            row.difference = Difference.INSIDE if inside else Difference.NONE
            if number >= len(second):
                row.difference = Difference.ONLY_FIRST
            elif number >= len(first):
                row.difference = Difference.ONLY_SECOND
            row.close(line, len(self.rows))
            differs |= bool(row.difference)
        return differs


def _paired(
    first: Iterable[DataElement], second: Iterable[DataElement]
) -> list[tuple[DataElement | None, DataElement | None]]:
    """Pair elements by tag, in the order of the tags; a tag that stands twice is paired in turn."""
    found: defaultdict[tuple[int, int], list[DataElement | None]] = defaultdict(
        lambda: [None, None]
    )
    for side, elements in enumerate((first, second)):
        seen: defaultdict[int, int] = defaultdict(int)
        for element in elements:
            found[element.tag, seen[element.tag]][side] = element
            seen[element.tag] += 1
    return [(found[key][0], found[key][1]) for key in sorted(found)]


def _difference(one: DataElement | None, other: DataElement | None) -> Difference:
    if one is None:
        return Difference.ONLY_SECOND
    if other is None:
        return Difference.ONLY_FIRST
    if one.items is not None and other.items is not None:
        return Difference.NONE
    facts = (
        (e.vr, e.values, e.first_bytes, e.byte_count if not e.values else 0, e.fragments)
        for e in (one, other)
    )
    if len(set(facts)) > 1:
        return Difference.VALUE
    if one.digest != other.digest:
        return Difference.VALUE
    long = one.first_bytes and not one.digest
    return Difference.UNKNOWN if long else Difference.NONE
