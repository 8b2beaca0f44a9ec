"""Tests of viewer.store.value_codec: what was written comes back, of the same types, or fails."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pytest
from numpy.typing import NDArray

from viewer.store.value_codec import CodecError, Schema, decode, encode


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    radius: int


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    shapes: tuple[Point | Circle | None, ...]
    one: Point | Circle
    colour: Colour
    grid: NDArray[np.float64]
    sizes: tuple[tuple[int, float], ...] = ()
    raw: bytes = b""
    inner: "tuple[Drawing, ...]" = ()
    length: int = field(init=False, default=0)


SCHEMA = Schema(Drawing)
GRID = np.array([[1.5, -0.0, math.inf], [2.0, 3.0, 4.0]])


def drawing(**changes) -> Drawing:
    facts = {
        "shapes": (Point(1.0), Circle(2), None, Point(1.0)),
        "one": Circle(7),
        "colour": Colour.BLUE,
        "grid": GRID,
        "sizes": ((1, 2.5), (3, -0.0)),
        "raw": b"\0\xff",
    }
    return Drawing(**{**facts, **changes})


def back(value, schema=SCHEMA):
    return decode(encode(value, schema), schema)


def test_everything_comes_back_with_its_type():
    made = back(drawing(inner=(drawing(one=Point(3.0, "Größe")),)))
    assert isinstance(made, Drawing)
    assert made.shapes == (Point(1.0), Circle(2), None, Point(1.0))
    assert (made.one, made.raw, made.sizes) == (Circle(7), b"\0\xff", ((1, 2.5), (3, -0.0)))
    assert made.colour is Colour.BLUE
    np.testing.assert_array_equal(made.grid, GRID)
    assert made.grid.dtype == np.float64
    assert made.grid.flags.writeable
    assert made.inner[0].one == Point(3.0, "Größe")


@pytest.mark.parametrize("pair", [(1, 1.0), (0.0, -0.0), (True, 1), ("a", b"a")])
def test_equal_values_of_different_kinds_are_not_confused(pair):
    made = back(drawing(shapes=tuple(Point(value) for value in pair)))
    got = [point.x for point in made.shapes]
    assert [type(value) for value in got] == [type(value) for value in pair]
    assert [str(value) for value in got] == [str(value) for value in pair]


def test_equal_parts_become_one_object():
    made = back(drawing(inner=tuple(drawing() for _ in range(4))))
    assert len({id(part) for part in made.inner}) == 1
    assert made.shapes[0] is made.shapes[3]


def test_not_a_number_comes_back():
    made = back(drawing(one=Point(math.nan)))
    assert math.isnan(made.one.x)


@dataclass(frozen=True)
class Stranger:
    x: int = 1


@pytest.mark.parametrize(
    "odd", [Stranger(), {"a": 1}, [1], 1j, Point(1 << 80), Point(1.0, "\udc80")]
)
def test_what_the_schema_does_not_name_is_refused(odd):
    with pytest.raises(CodecError):
        encode(drawing(one=odd), SCHEMA)


def test_damaged_bytes_are_refused():
    data = encode(drawing(), SCHEMA)
    refused = 0
    for end in range(0, len(data), 7):
        with pytest.raises(CodecError):
            decode(data[:end], SCHEMA)
    for place in range(0, len(data), 3):
        changed = bytearray(data)
        changed[place] ^= 0xFF
        try:
            decode(bytes(changed), SCHEMA)
        except CodecError:
            refused += 1
    assert refused > 20


def test_another_schema_has_another_fingerprint():
    @dataclass(frozen=True)
    class Point:
        x: float
        label: str | None = None
        more: int = 0

    @dataclass(frozen=True)
    class Holder:
        point: Point

    first = Schema(Point)
    assert first.fingerprint != Schema(Circle).fingerprint
    assert first.fingerprint == Schema(Point).fingerprint
    with pytest.raises(CodecError):
        decode(encode(Circle(1), Schema(Circle)), first)
