"""Strategies that damage DICOM files as disks, networks, careless programs and attackers do."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.support.element_places import Place, data_set_start, places

Draw = Callable[[st.SearchStrategy[Any]], Any]
Mutation = Callable[[Draw, bytes], bytes]

LENGTHS = (0, 1, 2, 7, 0x7FFF, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
NUMBERS = (0, 1, 2, 3, 7, 12, 17, 32, 64, 255, 512, 4096, 32_767, 32_768, 65_535)
COUNTS = ("0", "-1", "2", "17", "100000", "2147483647", "1e9", "9" * 16, "1_0", "", "NaN", "x")
TEXTS = (
    b"",
    b" ",
    b"NaN",
    b"inf\\-inf\\nan",
    b"1e400",
    b"-1e400\\1e-400\\0",
    b"1e38\\-1e38\\1e38\\1e308\\1e308\\1e308",
    b"0",
    b"0\\0\\0\\0\\0\\0",
    b"1_0",
    b"1,5",
    b"0x10",
    b"9" * 400,
    b"\\" * 500,
    b"1\\" * 3000,
    b"A" * 5000,
    b"\0\0\0\0",
    b"a\0b\r\nc\x1b[31m",
    "\u202egnp.exe\u2066".encode(),
    b"<img src=x onerror=1><b>bold</b>",
    b"../../../../etc/passwd",
    b"C:\\Windows\\x",
    b"=1+1",
    b"\xff\xfe\xfd",
    b"\x1b$B\x1b$B\x1b(J\x1b",
    "\u5c71\u7530^\u592a\u90ce".encode(),
)
SYNTAXES = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.2.4.100",
    "1.2.3",
)
_SYNTAX_TAG = b"\x02\x00\x10\x00UI"
_SIZE_TAGS = {
    0x00280002: "samples",
    0x00280006: "planar",
    0x00280010: "rows",
    0x00280011: "columns",
    0x00280100: "allocated",
    0x00280101: "stored",
    0x00280102: "high bit",
    0x00280103: "signed",
    0x00280120: "padding",
    0x00280121: "padding limit",
}
_PIXELS = (0x7FE00010, 0x7FE00008, 0x7FE00009)


def cut(draw: Draw, data: bytes) -> bytes:
    """The file ends somewhere."""
    return data[: draw(st.integers(0, len(data) - 1))]


def flip(draw: Draw, data: bytes) -> bytes:
    """Some bits are other bits, in the header above all."""
    changed = bytearray(data)
    limit = draw(st.sampled_from([min(2500, len(data)), len(data)]))
    for _ in range(draw(st.integers(1, 8))):
        changed[draw(st.integers(min(132, limit - 1), limit - 1))] ^= draw(st.integers(1, 255))
    return bytes(changed)


def move_block(draw: Draw, data: bytes) -> bytes:
    """A run of bytes is lost, doubled, zeroed or written elsewhere."""
    start = draw(st.integers(0, len(data) - 1))
    end = min(len(data), start + draw(st.sampled_from([1, 2, 4, 8, 64, 512, 4096])))
    block = data[start:end]
    return draw(
        st.sampled_from(
            [
                data[:start] + data[end:],
                data[:end] + data[start:],
                data[:start] + bytes(len(block)) + data[end:],
                block + data[:start] + data[end:],
            ]
        )
    )


def length(draw: Draw, data: bytes) -> bytes:
    """An element claims another length; one time in four, all of them claim to be undefined."""
    found = _elements(data)
    if not found:
        return data
    chosen = found if draw(st.integers(0, 3)) == 0 else [draw(st.sampled_from(found))]
    claim = 0xFFFFFFFF if len(chosen) > 1 else draw(st.sampled_from(LENGTHS))
    changed = bytearray(data)
    for place in chosen:
        size = place.length_bytes
        field = (claim & ((1 << 8 * size) - 1)).to_bytes(size, _order(place))
        changed[place.length_at : place.length_at + size] = field
    return bytes(changed)


def other_vr(draw: Draw, data: bytes) -> bytes:
    """An element states another VR, with or without meaning."""
    found = [place for place in _elements(data) if not place.implicit]
    if not found:
        return data
    place = draw(st.sampled_from(found))
    vr = draw(st.sampled_from([b"SQ", b"UN", b"OB", b"UT", b"US", b"DS", b"FD", b"ZZ", b"\0\0"]))
    return data[: place.start + 4] + vr + data[place.start + 6 :]


def rearrange(draw: Draw, data: bytes) -> bytes:
    """An element is missing, there twice, or in another place."""
    found = [place for place in _elements(data) if not place.nested]
    if not found:
        return data
    place = draw(st.sampled_from(found))
    other = draw(st.sampled_from(found))
    block = data[place.start : place.end]
    rest = data[: place.start] + data[place.end :]
    return draw(
        st.sampled_from(
            [
                rest,
                data[: place.end] + block + data[place.end :],
                data[: other.start] + block + data[other.start :],
            ]
        )
    )


def text(draw: Draw, data: bytes) -> bytes:
    """A value is a hostile text; its length is right, so that somebody will read it."""
    found = [p for p in _elements(data) if p.tag not in _PIXELS and p.end > p.value]
    if not found:
        return data
    place = draw(st.sampled_from(found))
    value = draw(st.sampled_from(TEXTS))
    if place.nested:  # the sequences around it keep their lengths
        value = value[: place.end - place.value].ljust(place.end - place.value, b" ")
    return _with_value(data, place, value)


def size(draw: Draw, data: bytes) -> bytes:
    """Numbers that describe the pixels are absurd."""
    for _ in range(draw(st.integers(1, 3))):
        found = [p for p in _elements(data) if p.tag in _SIZE_TAGS or p.tag == 0x00280008]
        if not found:
            return data
        place = draw(st.sampled_from(found))
        if place.tag == 0x00280008:
            data = _with_value(data, place, draw(st.sampled_from(COUNTS)).encode())
        else:
            number = draw(st.sampled_from(NUMBERS))
            data = _with_value(data, place, number.to_bytes(2, _order(place)))
    return data


def frames(draw: Draw, data: bytes) -> bytes:
    """A single image claims many frames."""
    found = [p for p in _elements(data) if p.tag == 0x00280010 and not p.nested]
    if not found:
        return data
    place = found[0]
    value = draw(st.sampled_from(COUNTS)).encode()
    return data[: place.start] + _element(place, 0x00280008, b"IS", value) + data[place.start :]


def nest(draw: Draw, data: bytes) -> bytes:
    """Sequences within sequences within sequences, also in private elements."""
    depth = draw(st.sampled_from([3, 63, 64, 65, 500, 5000]))
    found = [p for p in _elements(data) if not p.nested]
    if not found:
        return data
    place = draw(st.sampled_from(found))
    block = nested_sequences(depth, defined=draw(st.booleans()), implicit=place.implicit)
    return data[: place.start] + block + data[place.start :]


def claim(draw: Draw, data: bytes) -> bytes:
    """A private element claims gigabytes."""
    found = [p for p in _elements(data) if not p.nested]
    if not found:
        return data
    place = draw(st.sampled_from(found))
    vr = draw(st.sampled_from([b"OB", b"UN", b"SQ", b"OW"]))
    size = draw(st.sampled_from([0x7FFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF, 1 << 28]))
    head = struct.pack("<HH", 0x0009, 0x1001)
    head += struct.pack("<L", size) if place.implicit else vr + bytes(2) + struct.pack("<L", size)
    return data[: place.start] + head + data[place.start :]


def syntax(draw: Draw, data: bytes) -> bytes:
    """The file states another transfer syntax than its own."""
    return with_syntax(data, draw(st.sampled_from(SYNTAXES)))


def deflate(draw: Draw, data: bytes) -> bytes:
    """The (already damaged) data set is deflated, and the result may be cut."""
    start = data_set_start(data)
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(data[start:]) + packer.flush()
    packed = packed[: draw(st.integers(1, len(packed)))] if draw(st.booleans()) else packed
    return with_syntax(data[:start], "1.2.840.10008.1.2.1.99") + packed


def items(draw: Draw, data: bytes) -> bytes:
    """Offset tables and fragments lie: lengths, order, number, content."""
    found = [p for p in _elements(data) if p.tag == 0x7FE00010]
    if not found:
        return data
    start = found[0].value
    parts = _fragments(data, start)
    if not parts:
        return data
    index = draw(st.integers(0, len(parts) - 1))
    kind = draw(st.integers(0, 6))
    if kind == 0:
        del parts[index]
    elif kind == 1:
        parts.insert(index, parts[index])
    elif kind == 2:
        parts[index] = parts[index][: draw(st.integers(0, len(parts[index])))]
    elif kind == 3:
        parts[0] = struct.pack("<L", draw(st.sampled_from([0, 1, 8, 1 << 31, 0xFFFFFFFF]))) * draw(
            st.sampled_from([1, 2, 3, 1000])
        )
    elif kind == 4:
        parts[index] = bytes(len(parts[index]))
    elif kind == 5:
        parts = [parts[0], *parts[:0:-1]]
    block = b"".join(struct.pack("<HHL", 0xFFFE, 0xE000, len(part)) + part for part in parts)
    if kind == 6:
        claimed = draw(st.sampled_from(LENGTHS)) & 0xFFFFFFFF
        block = struct.pack("<HHL", 0xFFFE, 0xE000, claimed) + block[8:]
    return data[:start] + block + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def codestream(draw: Draw, data: bytes) -> bytes:
    """Bytes of the compressed images change, those of their own headers above all."""
    found = [p for p in _elements(data) if p.tag == 0x7FE00010]
    if not found or found[0].value + 16 >= len(data):
        return data
    start = found[0].value + 16
    changed = bytearray(data)
    limit = draw(st.sampled_from([min(start + 120, len(data)), len(data)]))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(start, limit - 1))
        changed[at] = draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFE, 0xFF, changed[at] ^ 1]))
    return bytes(changed)


HEADER_MUTATIONS: tuple[Mutation, ...] = (
    length,
    other_vr,
    rearrange,
    text,
    text,
    size,
    frames,
    nest,
    claim,
    syntax,
    deflate,
)
BYTE_MUTATIONS: tuple[Mutation, ...] = (cut, flip, move_block)
FRAME_MUTATIONS: tuple[Mutation, ...] = (items, codestream, codestream, size, cut)


@dataclass(frozen=True, repr=False)
class Damage:
    """A damaged file and how it came about; told without its bytes."""

    name: str
    data: bytes
    file_name: str = "damaged"

    def __repr__(self) -> str:
        return f"{self.name} ({len(self.data)} bytes)"


@st.composite
def damaged(draw: Draw, originals: dict[str, bytes], mutations: tuple[Mutation, ...]):
    """An original after one to three mutations."""
    name = draw(st.sampled_from(sorted(originals)))
    data = originals[name]
    done = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        mutation = draw(st.sampled_from(mutations))
        done.append(mutation.__name__)
        data = mutation(draw, data) if len(data) > 140 else data
    return Damage(f"{name}: {' + '.join(done)}", data)


def with_syntax(data: bytes, uid: str) -> bytes:
    """State another transfer syntax in the file meta information."""
    at = data.find(_SYNTAX_TAG)
    if at < 0:
        return data
    end = at + 8 + int.from_bytes(data[at + 6 : at + 8], "little")
    value = uid.encode() + b"\0" * (len(uid) % 2)
    return data[: at + 6] + struct.pack("<H", len(value)) + value + data[end:]


def nested_sequences(depth: int, *, defined: bool, implicit: bool = False) -> bytes:
    """A private sequence with one item, with one sequence, with one item ... `depth` times."""
    tag = struct.pack("<HH", 0x0009, 0x1002)
    vr = b"" if implicit else b"SQ\0\0"
    block = b""
    if defined:
        for _ in range(depth):
            item = struct.pack("<HHL", 0xFFFE, 0xE000, len(block)) + block
            block = tag + vr + struct.pack("<L", len(item)) + item
        return block
    begin = (
        tag + vr + struct.pack("<L", 0xFFFFFFFF) + struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)
    )
    end = struct.pack("<HHL", 0xFFFE, 0xE00D, 0) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    return begin * depth + end * depth


def replace_value(data: bytes, tag: int, value: bytes) -> bytes:
    """Give the first top-level element with this tag another value and the right length."""
    place = next(p for p in places(data) if p.tag == tag and not p.nested)
    return _with_value(data, place, value)


def _elements(data: bytes) -> list[Place]:
    return [place for place in places(data) if place.tag >> 16 > 2]


def _order(place: Place):
    return "little" if place.little else "big"


def _with_value(data: bytes, place: Place, value: bytes) -> bytes:
    limit = 0xFFFE if place.length_bytes == 2 else 0xFFFFFFFE
    value = (value + b" " * (len(value) % 2))[:limit]
    field = len(value).to_bytes(place.length_bytes, _order(place))
    head = data[place.start : place.length_at] + field
    return data[: place.start] + head + value + data[place.end :]


def _element(place: Place, tag: int, vr: bytes, value: bytes) -> bytes:
    value += b" " * (len(value) % 2)
    order = _order(place)
    head = (tag >> 16).to_bytes(2, order) + (tag & 0xFFFF).to_bytes(2, order)
    if place.implicit:
        return head + len(value).to_bytes(4, order) + value
    return head + vr + len(value).to_bytes(2, order) + value


def _fragments(data: bytes, position: int) -> list[bytes]:
    parts = []
    while position + 8 <= len(data):
        group, element, count = struct.unpack_from("<HHL", data, position)
        if (group, element) != (0xFFFE, 0xE000):
            break
        parts.append(data[position + 8 : position + 8 + count])
        position += 8 + count
    return parts
