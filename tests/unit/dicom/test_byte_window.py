"""The forward window: the right bytes at each place, whatever lies between is passed over."""

import io
import random
import zlib

import pytest

from viewer.dicom import byte_window
from viewer.dicom.byte_window import WINDOW_BYTES, ByteWindow, Inflater, Unpacked, most_inflated
from viewer.dicom.sources import SourceError

DATA = random.Random(3).randbytes(5 * WINDOW_BYTES + 17)


class Trickle(io.BytesIO):
    """A stream that gives fewer bytes than it is asked for, as pipes and files may."""

    def read(self, count: int | None = -1, /) -> bytes:
        return super().read(min(count or 0, 1000))


def packed(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def windows() -> list[ByteWindow]:
    size = len(DATA)
    return [
        ByteWindow(io.BytesIO(DATA), size),
        ByteWindow(Trickle(DATA), size),
        ByteWindow(Unpacked(io.BytesIO(DATA)), size),
        ByteWindow(Unpacked(Inflater(io.BytesIO(packed(DATA)))), most_inflated(size)),
    ]


@pytest.mark.parametrize("number", range(4))
def test_it_gives_the_bytes_of_each_place(number):
    window, draw, position = windows()[number], random.Random(number), 0
    while position < len(DATA):
        count = draw.choice((0, 8, 12, 300, WINDOW_BYTES + 5))
        assert window.at(position, count) == DATA[position : position + count]
        position += draw.choice((0, 3, 1000, WINDOW_BYTES, 2 * WINDOW_BYTES + 1))
    assert window.at(len(DATA) + 100, 8) == b""
    assert window.size <= len(DATA)


@pytest.mark.parametrize("number", range(4))
def test_it_knows_where_the_end_is(number):
    window = windows()[number]
    assert window.at(len(DATA) - 3, 8) == DATA[-3:]
    assert window.holds(len(DATA) - 1)
    assert not window.holds(len(DATA))
    assert window.size == len(DATA)


def test_it_never_goes_back():
    window = windows()[0]
    window.at(3 * WINDOW_BYTES, 8)
    with pytest.raises(ValueError, match="forwards"):
        window.at(0, 8)


def test_what_is_unpacked_has_an_end(monkeypatch):
    monkeypatch.setattr(byte_window, "MAX_UNPACKED_BYTES", 1 << 20)
    window = ByteWindow(Unpacked(Inflater(io.BytesIO(packed(bytes(3 << 20))))), 1 << 40)
    assert window.at(0, 4) == bytes(4)
    with pytest.raises(SourceError, match="unpack it first"):
        window.at(2 << 20, 4)


def test_damaged_deflated_data_is_told():
    window = ByteWindow(Unpacked(Inflater(io.BytesIO(b"\xff" * 50))), 1000)
    with pytest.raises(SourceError, match="damaged"):
        window.at(0, 4)
