"""Frozen values to bytes and back: typed, without pickle, equal parts stored and made once.

What may be written and made again is fixed by a schema: the dataclasses and enumerations that
the types of its roots name. Values are laid out by class, in columns, so that an index of
thousands of images is read in a few passes.
"""

import dataclasses
import hashlib
from collections.abc import Sequence
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import numpy as np

PLAIN, TUPLES, OBJECTS, TUPLES_OF_OBJECTS, MIXED = range(5)
"""What a column holds: values as they are, nested tuples of such, references, tuples of them."""
_ARRAY = "ndarray"
_SCALARS = (bool, int, float, str, bytes)


class CodecError(ValueError):
    """A value cannot be written, or bytes are not what was written."""


class Schema:
    """The classes that may be written and made again.

    Parameters
    ----------
    roots : types
        Dataclasses; what their fields name belongs to the schema, too. A class that a field
        names without importing it at run time must be among them.

    Attributes
    ----------
    fingerprint : str
        Changes with any class, field, type or member.
    """

    def __init__(self, *roots: type) -> None:
        self.fields: dict[type, tuple[str, ...]] = {}
        self._described: list[str] = []
        self._roots: dict[str, object] = {root.__name__: root for root in roots}
        for root in roots:
            self._add(root)
        self.names = {f"{kind.__module__}.{kind.__qualname__}": kind for kind in self.fields}
        text = "\n".join(sorted(self._described))
        self.fingerprint = hashlib.sha256(text.encode()).hexdigest()

    def _add(self, kind: object) -> None:
        for part in get_args(kind):
            self._add(part)
        if get_origin(kind) or not isinstance(kind, type) or kind in self.fields:
            return
        if issubclass(kind, Enum):
            self.fields[kind] = ("value",)
            self._described.append(f"{kind.__qualname__}: {[(m.name, m.value) for m in kind]}")
        elif dataclasses.is_dataclass(kind):
            hints = get_type_hints(kind, localns=self._roots)
            names = tuple(field.name for field in dataclasses.fields(kind) if field.init)
            self.fields[kind] = names
            self._described.append(f"{kind.__qualname__}: {[(n, str(hints[n])) for n in names]}")
            for name in names:
                self._add(hints[name])


class _Block(msgspec.Struct, array_like=True):
    """Objects of one class whose parts all stand in earlier blocks.

    `places` numbers them; `columns` holds (kind of column, values) for each field.
    """

    name: str
    places: list[int]
    columns: list[tuple[int, list[Any]]]


def encode(value: object, schema: Schema) -> bytes:
    """Write a value of the schema.

    Raises
    ------
    CodecError
        It holds something that the schema does not name, or that has no bytes (an undecodable
        file name, a number beyond 64 bits).
    """
    writer = _Writer(schema)
    try:
        writer.add(value)
        return msgspec.msgpack.encode(writer.blocks())
    except (OverflowError, UnicodeError, RecursionError) as error:
        raise CodecError("a value cannot be written") from error


def decode(data: bytes, schema: Schema) -> object:
    """Make the value again that `encode` wrote with the same schema.

    Raises
    ------
    CodecError
        The bytes are damaged, or were written with another schema.
    """
    try:
        blocks = msgspec.msgpack.decode(data, type=list[_Block])
        made: list[Any] = [None] * sum(len(block.places) for block in blocks)
        for block in blocks:
            columns = [_restore(kind, values, made) for kind, values in block.columns]
            for place, value in zip(block.places, _make(block.name, columns, schema), strict=True):
                made[place] = value
        return made[-1]
    except (msgspec.DecodeError, ValueError, TypeError, LookupError) as error:
        raise CodecError("the bytes are damaged") from error


class _Writer:
    """Numbers every distinct part of a value, parts before what they are part of."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._numbers: dict[int, tuple[int, int]] = {}
        self._known: dict[tuple[str, bytes], tuple[int, int]] = {}
        self._rows: dict[tuple[int, str], list[tuple[int, list[tuple[int, Any]]]]] = {}
        self._kept_alive: list[object] = []

    def add(self, value: object) -> tuple[int, int]:
        """Return the number of an object and its level: one above that of its parts."""
        known = self._numbers.get(id(value))
        if known is not None:
            return known
        kind = type(value)
        if isinstance(value, np.ndarray):
            name, row = _ARRAY, [(PLAIN, value.dtype.str), (TUPLES, value.shape)]
            row.append((PLAIN, value.tobytes()))
            level = 0
        elif kind in self._schema.fields:
            name = f"{kind.__module__}.{kind.__qualname__}"
            cells = [self._cell(getattr(value, field)) for field in self._schema.fields[kind]]
            row = [(sort, content) for sort, content, _ in cells]
            level = max((level for _, _, level in cells), default=0)
        else:
            raise CodecError(f"{kind.__qualname__} is not in the schema")
        key = (name, msgspec.msgpack.encode(row))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = (len(self._known), level + 1)
            self._rows.setdefault((level, name), []).append((found[0], row))
        self._numbers[id(value)] = found
        self._kept_alive.append(value)  # so that no other object gets its id
        return found

    def _cell(self, value: object) -> tuple[int, Any, int]:
        """Return the sort of a field's value, what stands for it, and the level of its parts."""
        if value is None or type(value) in _SCALARS:
            return PLAIN, value, 0
        if type(value) is not tuple:
            return OBJECTS, *self.add(value)
        if _is_plain(value):
            return TUPLES, value, 0
        parts = [(None, 0) if part is None else self.add(part) for part in value]
        return TUPLES_OF_OBJECTS, [number for number, _ in parts], max(lv for _, lv in parts)

    def blocks(self) -> list[_Block]:
        """Return everything, in the order in which it can be made again."""
        made = []
        for (_, name), rows in sorted(self._rows.items(), key=lambda entry: entry[0]):
            columns = [_column(cells) for cells in zip(*(row for _, row in rows), strict=True)]
            made.append(_Block(name, [number for number, _ in rows], columns))
        return made


def _is_plain(value: object) -> bool:
    if type(value) is tuple:
        return all(_is_plain(part) for part in value)
    return value is None or type(value) in _SCALARS


def _column(cells: Sequence[tuple[int, Any]]) -> tuple[int, list[Any]]:
    """Return a column as one sort of value where it is; None goes with each of them."""
    sorts = {sort for sort, content in cells if content is not None}
    if len(sorts) > 1:
        return MIXED, list(cells)
    return (sorts.pop() if sorts else PLAIN), [content for _, content in cells]


def _restore(kind: int, values: list[Any], made: list[Any]) -> list[Any]:
    if kind == TUPLES:
        return [_tuple(value) for value in values]
    if kind == OBJECTS:
        return [None if number is None else made[number] for number in values]
    if kind == TUPLES_OF_OBJECTS:
        return [
            None if numbers is None else tuple(None if n is None else made[n] for n in numbers)
            for numbers in values
        ]
    if kind == MIXED:
        return [_restore(sort, [content], made)[0] for sort, content in values]
    return values


def _tuple(value: Any) -> Any:  # noqa: ANN401 - whatever a field may hold
    return tuple(map(_tuple, value)) if type(value) is list else value


def _make(name: str, columns: list[list[Any]], schema: Schema) -> list[Any]:
    if name == _ARRAY:
        return [_array(*parts) for parts in zip(*columns, strict=True)]
    return list(map(schema.names[name], *columns))


def _array(dtype: str, shape: tuple[int, ...], content: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(content, np.dtype(dtype)).reshape(shape).copy()
