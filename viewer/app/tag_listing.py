"""A file's elements as text for people and as values for programs: what `tags` prints."""

import math
from collections.abc import Iterator, Sequence

from viewer.app.describe import JsonObject, JsonValue, plain_path
from viewer.app.tag_outline import TagOutline
from viewer.app.tag_rows import TagRow, needle, tag_rows
from viewer.app.tag_text import value_text
from viewer.dicom.data_element import DataElement
from viewer.dicom.element_tree import ElementTree
from viewer.dicom.element_values import ElementValue, tag_text

_INDENT = "  "
_NAME_COLUMN = 56
_SAFE_DIGITS = 18
"""Longer whole numbers are no numbers but identifiers, and stay text."""


def text_lines(rows: Sequence[TagRow], *, full: bool = False) -> list[str]:
    """Write rows, indented by their depth.

    Parameters
    ----------
    full : bool
        Write long values to their end.
    """
    return [_text_line(row, full) for row in rows]


def cell_line(row: TagRow) -> str:
    """Write one row for a spreadsheet: tag, name, VR and complete value, tabs between."""
    value = row.value if row.element is None else value_text(row.element, None)
    cells = [row.tag, row.name, row.vr, value]
    if row.other or row.difference:
        other = row.other_element
        cells += [row.other if other is None else value_text(other, None), row.difference]
    return "\t".join(cells)


def found_rows(tree: ElementTree, text: str) -> tuple[list[TagRow], int]:
    """Return all rows of a file, or those that a search leaves, and the number of hits."""
    outline = TagOutline()
    outline.rows = tag_rows(tree.elements)
    outline.search(text)
    if not outline.is_filtered:
        outline.open_all()
    rows = outline.visible()
    return rows, outline.hits


def describe_tree(tree: ElementTree, find: str | None = None) -> JsonObject:
    """Describe a file as JSON values.

    Parameters
    ----------
    find : str, optional
        Then `elements` is the flat list of the elements that match, at any depth, each with its
        `path`: keywords (or tags) with dots between, items counted from 0.

    Returns
    -------
    dict
        `path`, `transfer_syntax`, `elements`, `note` and `damage`.
    """
    elements: list[JsonValue]
    if find is None:
        elements = [_described(element) for element in tree.elements]
    else:
        elements = list(_found(tree, needle(find)))
    return {
        "path": plain_path(f"{tree.path}!{tree.member}" if tree.member else tree.path),
        "transfer_syntax": {"uid": tree.transfer.uid or None, "name": tree.transfer.name},
        "elements": elements,
        "note": tree.note or None,
        "damage": tree.damage or None,
    }


def _found(tree: ElementTree, text: str) -> Iterator[JsonValue]:
    for row in tag_rows(tree.elements):
        if row.element is not None and text in row.haystack:
            yield {"path": row.path, **_described(row.element)}


def _described(element: DataElement) -> JsonObject:
    described: JsonObject = {
        "tag": tag_text(element.tag),
        "keyword": element.keyword,
        "name": element.name,
        "vr": element.vr,
        "vm": element.vm,
        "length": element.length,
        "value": _value(element),
        "private_creator": element.creator or None,
    }
    if element.stated_vr not in ("", element.vr):
        described["stated_vr"] = element.stated_vr
    if element.items is not None:
        described["items"] = [[_described(inner) for inner in item] for item in element.items]
    elif not element.values and element.byte_count:
        described["bytes"] = element.byte_count
        described["first_bytes"] = element.first_bytes.hex(" ")
    return described


def _value(element: DataElement) -> JsonValue:
    """Return a value: one alone as itself, several as a list, none (or bytes) as null."""
    if not element.values:
        return None
    values: list[JsonValue] = [_json(element.vr, value) for value in element.values]
    return values[0] if len(values) == 1 else values


def _json(vr: str, value: ElementValue) -> str | int | float | None:
    if vr not in ("DS", "IS") or not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return None
    if text.lstrip("+-").isdecimal() and text.isascii() and len(text) <= _SAFE_DIGITS:
        return int(text) if text.count("+") + text.count("-") <= 1 else value
    return _decimal(text) if text.isascii() and "_" not in text else value


def _decimal(text: str) -> str | float:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _text_line(row: TagRow, full: bool) -> str:
    indent = _INDENT * row.depth
    if not row.tag:
        return f"{indent}{row.name}"
    value = value_text(row.element, None) if full and row.element is not None else row.value
    start = f"{indent}{row.tag} {row.vr or '  '} {row.name}"
    if not value:
        return start
    return f"{start:<{_NAME_COLUMN + len(indent)}}  {value}"
