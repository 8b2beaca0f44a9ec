"""Look-up tables in files, plain and segmented, checked against their descriptor.

Source: PS3.3 C.11.1.1 (Modality LUT), C.11.2.1.1 (VOI LUT), C.7.6.3.1.5 and C.7.9 (palettes).
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.elements import Values
from viewer.dicom.pixel_format import LookupTable

MAX_LUT_ENTRIES = 65_536
MAX_SEGMENTS = 2 * MAX_LUT_ENTRIES
"""Segments that are followed at most; indirect ones may be met more than once."""
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2


def read_lut(
    values: Values, descriptor: int, data: int, signed: bool, segmented: int = 0
) -> LookupTable | None:
    """Read a look-up table; None where it does not fit its descriptor.

    Parameters
    ----------
    values : Values
        Data set or item with the table.
    descriptor, data : int
        Tags.
    signed : bool
        Whether what is looked up may be negative: then the first entry's value is signed.
    segmented : int
        Tag of the table in segments, which is taken where it is there.
    """
    numbers = values.shorts(descriptor)
    if len(numbers) < 3:
        return None
    count = numbers[0] or MAX_LUT_ENTRIES
    signed = signed or values.data_set.elements[descriptor].vr == b"SS"
    first = numbers[1] - 65_536 if signed and numbers[1] > 32_767 else numbers[1]
    bits = numbers[2] if 8 <= numbers[2] <= 16 else 16 if numbers[2] > 16 else 8
    raw, little = values.raw(data), values.data_set.syntax.little
    if segmented and values.has(segmented):
        entries = _expanded(values.raw(segmented), count, bits, little)
    elif len(raw) in (count, count + count % 2) and (bits == 8 or count > 1):
        # Bytes, also where the descriptor promises more; big endian words hold them swapped.
        swapped = not little and values.data_set.elements[data].vr == b"OW"
        entries, bits = _bytes(raw, count, swapped), 8
    else:
        entries = _words(raw, count, little)
    return LookupTable(first, entries, bits) if len(entries) == 2 * count else None


# The slices of a series repeat their tables: each is unpacked once, and they share it.


@lru_cache(maxsize=16)
def _bytes(raw: bytes, count: int, swapped: bool) -> bytes:
    plain = _swap_pairs(raw) if swapped else raw
    return np.frombuffer(plain, np.uint8)[:count].astype("<u2").tobytes()


@lru_cache(maxsize=16)
def _words(raw: bytes, count: int, little: bool) -> bytes:
    return _unpack(raw, little)[:count].astype("<u2").tobytes()


@lru_cache(maxsize=16)
def _expanded(raw: bytes, count: int, bits: int, little: bool) -> bytes:
    plain = raw if little else _swap_pairs(raw)
    words: Sequence[int] = plain if bits == 8 else _unpack(raw, little).tolist()
    try:
        entries = _Segments(words, 1 if bits == 8 else 2, count).expand()
    except (IndexError, ValueError):
        return b""
    return np.asarray(entries, "<u2").tobytes()


def _unpack(raw: bytes, little: bool) -> NDArray[np.uint16]:
    return np.frombuffer(raw, "<u2" if little else ">u2", len(raw) // 2)


def _swap_pairs(raw: bytes) -> bytes:
    return np.frombuffer(raw, np.uint16, len(raw) // 2).byteswap().tobytes() + raw[len(raw) & ~1 :]


class _Segments:
    """Expands the segments of one table (PS3.3 C.7.9.2) up to `count` entries.

    Parameters
    ----------
    words : sequence of int
        The table: bytes, or 16-bit words.
    word_bytes : int
        Size of a word, by which indirect offsets count.
    count : int
        Entries wanted.
    """

    def __init__(self, words: Sequence[int], word_bytes: int, count: int) -> None:
        self._words, self._word_bytes, self._count = words, word_bytes, count
        self._entries: list[int] = []
        self._left = MAX_SEGMENTS

    def expand(self) -> list[int]:
        """Return the entries; fewer than wanted where the segments end early.

        Raises
        ------
        IndexError, ValueError
            The segments are damaged.
        """
        at = 0
        while len(self._entries) < self._count and at + 1 < len(self._words):
            at = self._segment(at, may_refer=True)
        return self._entries[: self._count]

    def _segment(self, at: int, *, may_refer: bool) -> int:
        """Add one segment; return where the next one begins."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many segments")
        kind, length = self._words[at], self._words[at + 1]
        if kind == _DISCRETE:
            self._entries.extend(self._words[at + 2 : at + 2 + length])
            return at + 2 + length
        if kind == _LINEAR and self._entries:
            start, end = self._entries[-1], self._words[at + 2]
            self._entries.extend(
                round(start + (end - start) * step / length) for step in range(1, length + 1)
            )
            return at + 3
        if kind == _INDIRECT and may_refer:
            return self._indirect(at, length)
        raise ValueError("no such segment")

    def _indirect(self, at: int, segments: int) -> int:
        """Add segments that stand elsewhere; the offset's low 16 bits come first."""
        if self._word_bytes == 1:
            low, high = (self._words[i] | self._words[i + 1] << 8 for i in (at + 2, at + 4))
            following = at + 6
        else:
            low, high = self._words[at + 2], self._words[at + 3]
            following = at + 4
        place = (low | high << 16) // self._word_bytes
        for _ in range(segments):
            if len(self._entries) >= self._count:
                break
            place = self._segment(place, may_refer=False)
        return following
