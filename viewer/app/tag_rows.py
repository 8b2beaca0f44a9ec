"""The lines of the metadata browser: a tree of elements laid out from top to bottom."""

from collections.abc import Iterable
from dataclasses import dataclass

from viewer.app.tag_text import SHOWN_CHARACTERS, full_name, step_name, value_text, vr_text
from viewer.dicom.data_dictionary import is_private
from viewer.dicom.data_element import DataElement
from viewer.dicom.element_values import tag_text
from viewer.i18n import tr

SEARCHED_CHARACTERS = 4096
"""A value is searched up to here."""


@dataclass(slots=True, eq=False)
class TagRow:
    """One line: an element, or an item of a sequence. Nothing changes it once the list is made.

    Attributes
    ----------
    path : str
        Its place: "BeamSequence[0].BeamName"; items count from 0 here.
    depth : int
        Levels above it.
    parent : int
        Line of what contains it, or -1.
    end : int
        Line behind the last one that it contains.
    tag, name, vr, value : str
        The cells.
    other : str
        The value that it is compared with.
    difference : str
        How the two differ, in words; empty where they do not.
    private : bool
        Whether it is a private element.
    is_container : bool
        Whether other lines stand under it.
    haystack : str
        What a search looks at.
    element, other_element : DataElement or None
        For what a cell has no room for; None for items.
    """

    path: str
    depth: int
    parent: int
    tag: str
    name: str
    vr: str
    value: str
    private: bool
    haystack: str
    element: DataElement | None
    other_element: DataElement | None = None
    other: str = ""
    difference: str = ""
    end: int = 0
    is_container: bool = False

    def close(self, line: int, end: int) -> None:
        """Note where the lines under this one end, which is itself at `line`."""
        self.end, self.is_container = end, end > line + 1


def tag_rows(elements: Iterable[DataElement]) -> list[TagRow]:
    """Lay out elements and all that is nested in them."""
    rows: list[TagRow] = []
    _add(rows, elements, "", 0, -1)
    return rows


def _add(
    rows: list[TagRow], elements: Iterable[DataElement], prefix: str, depth: int, parent: int
) -> None:
    for element in elements:
        row = element_row(element, prefix, depth, parent)
        line = len(rows)
        rows.append(row)
        for number, item in enumerate(element.items or ()):
            item_line = len(rows)
            rows.append(item_row(row.path, number, depth + 1, line))
            _add(rows, item, f"{rows[item_line].path}.", depth + 2, item_line)
            rows[item_line].close(item_line, len(rows))
        row.close(line, len(rows))


def element_row(element: DataElement, prefix: str, depth: int, parent: int) -> TagRow:
    """Make the line of an element, still without those under it."""
    tag, name, value = tag_text(element.tag), full_name(element), value_text(element)
    return TagRow(
        path=prefix + step_name(element, tag),
        depth=depth,
        parent=parent,
        tag=tag,
        name=name,
        vr=vr_text(element),
        value=value,
        private=is_private(element.tag),
        haystack=_haystack(element, tag, name, value),
        element=element,
    )


def item_row(path: str, number: int, depth: int, parent: int) -> TagRow:
    """Make the line of an item."""
    name = tr("Item {number}", number=number + 1)
    return TagRow(f"{path}[{number}]", depth, parent, "", name, "", "", False, "", None)


def _haystack(element: DataElement, tag: str, name: str, value: str) -> str:
    """Return what a search for an element looks at, in folded case."""
    if len(value) > SHOWN_CHARACTERS:
        value = value_text(element, SEARCHED_CHARACTERS)
    return f"{tag}\n{element.tag:08X}\n{element.keyword}\n{name}\n{value}".casefold()


def needle(text: str) -> str:
    """Return what is searched for when a reader types a text."""
    return " ".join(text.split()).casefold()
