"""How elements of a file are written: one plain line each, whatever they hold."""

import unicodedata
from itertools import islice

from viewer.dicom.data_dictionary import uid_name
from viewer.dicom.data_element import DataElement
from viewer.dicom.element_values import ElementValue
from viewer.i18n import mark_n, tr, tr_n

SHOWN_CHARACTERS = 200
"""A value is cut behind so many characters where it shares a line with others."""

_COUNTED: dict[str, tuple[str, str]] = {
    "byte": mark_n("{n} byte", "{n} bytes"),
    "fragment": mark_n("{n} fragment", "{n} fragments"),
    "item": mark_n("{n} item", "{n} items"),
    "file": mark_n("{n} file", "{n} files"),
    "problem": mark_n("{n} problem", "{n} problems"),
    "stack": mark_n("{n} stack", "{n} stacks"),
    "image": mark_n("{n} image", "{n} images"),
    "caveat": mark_n("{n} caveat", "{n} caveats"),
    "element": mark_n("{n} element", "{n} elements"),
    "hit": mark_n("{n} hit", "{n} hits"),
}
"""What is counted, one and many."""


def value_text(element: DataElement, limit: int | None = SHOWN_CHARACTERS) -> str:
    """Write an element's value: several values with backslashes between them, as DICOM does.

    Parameters
    ----------
    limit : int or None
        Longer values are cut and say how long they are; None writes everything.

    Returns
    -------
    str
        One line; control characters and those that turn the direction of text are escaped.
    """
    if element.items is not None:
        return count_text(len(element.items), "item")
    if not element.values:
        return _bytes_text(element)
    values = element.values
    parts = values if limit is None else islice(values, limit)
    text = escaped("\\".join(_one_text(element.vr, value) for value in parts))
    if limit is not None and len(text) > limit:
        length = (
            tr("{count} values", count=len(values))
            if len(values) > 1
            else tr("{count} characters", count=len(text))
        )
        return f"{text[:limit]}… ({length})"
    meaning = uid_name(text) if element.vr == "UI" else ""
    return f"{text} ({meaning})" if meaning else text


def raw_text(element: DataElement) -> str:
    """Write a value to be pasted elsewhere: complete, without remarks, lines as they are."""
    if element.values:
        return "\\".join(_one_text(element.vr, value) for value in element.values)
    return value_text(element, None) if element.items is None else ""


def full_name(element: DataElement) -> str:
    """Return the name; a private element says whose it is."""
    return f"{element.name} [{escaped(element.creator)}]" if element.creator else element.name


def step_name(element: DataElement, tag: str) -> str:
    """Return what stands for an element in a path: its keyword, else its tag."""
    return element.keyword or tag


def vr_text(element: DataElement) -> str:
    """Return the value representation; with what the file says where that was no help."""
    stated = element.stated_vr
    return f"{element.vr} ({stated})" if stated and stated != element.vr else element.vr


def escaped(text: str) -> str:
    """Write control, format, surrogate and line-separating characters as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if unicodedata.category(c) in _UNSEEN else c for c in text)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(character: str) -> str:
    code = ord(character)
    long = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return _SHORT.get(character, long if code <= 0xFFFF else f"\\U{code:08x}")


def _one_text(vr: str, value: ElementValue) -> str:
    if isinstance(value, float):
        return _shortest(value) if vr == "FL" else repr(value)
    return str(value)


def _shortest(value: float) -> str:
    """Write a single-precision number with the digits that tell it from its neighbours."""
    import numpy as np

    return str(np.float32(value))


def _bytes_text(element: DataElement) -> str:
    """Write what is no text and no number: how much there is, and how it begins."""
    if not element.byte_count and element.fragments is None:
        return ""
    parts = [count_text(element.byte_count, "byte")]
    if element.fragments is not None:
        parts.append(tr("in {count_text}", count_text=count_text(element.fragments, "fragment")))
    first = element.first_bytes
    more = "…" if len(first) < element.byte_count else ""
    return f"{' '.join(parts)}: {first.hex(' ')}{more}" if first else " ".join(parts)


def count_text(n: int, noun: str) -> str:
    """Write a number of things."""
    return tr_n(*_COUNTED[noun], n)
