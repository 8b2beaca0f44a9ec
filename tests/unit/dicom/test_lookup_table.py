"""Look-up tables, plain and segmented, against pydicom's expansion and by hand."""

import numpy as np
import pytest
from pydicom.pixels.processing import _expand_segmented_lut

from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.lookup_table import read_lut
from viewer.dicom.parser import DataSet, Element, Syntax

DESCRIPTOR, DATA = tags.LUT_DESCRIPTOR, tags.LUT_DATA
SEGMENTS = tags.SEGMENTED_RED_PALETTE_DATA


def values_of(elements, *, little=True):
    """Values of a made data set: {tag: (VR, bytes)}."""
    buffer, places = b"", {}
    for tag, (vr, raw) in elements.items():
        places[tag] = Element(vr, len(buffer), len(raw))
        buffer += raw
    return Values(DataSet(buffer, Syntax(implicit=False, little=little), places))


def words(numbers, order="<"):
    return np.asarray(numbers).astype(f"{order}u2").tobytes()


def table_of(descriptor, data, *, signed=False, vr=b"US", data_vr=b"OW", order="<", segments=None):
    elements = {DESCRIPTOR: (vr, words(descriptor, order))}
    if data is not None:
        elements[DATA] = (data_vr, data)
    if segments is not None:
        elements[SEGMENTS] = (b"OW", segments)
    values = values_of(elements, little=order == "<")
    return read_lut(values, DESCRIPTOR, DATA, signed, SEGMENTS)


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bits(order):
    table = table_of([4, 7, 12], words([1, 4095, 3, 2], order), order=order)
    assert (table.first, table.values.tolist(), table.bits) == (7, [1, 4095, 3, 2], 12)


def test_eight_bits_packed_in_words_or_spread_over_them():
    assert table_of([3, 0, 8], bytes([9, 8, 7, 0])).values.tolist() == [9, 8, 7]
    assert table_of([3, 0, 8], words([9, 8, 7])).values.tolist() == [9, 8, 7]
    # Bytes, although the descriptor promises 16 bits.
    table = table_of([4, 0, 16], bytes([9, 8, 7, 255]))
    assert (table.values.tolist(), table.bits) == ([9, 8, 7, 255], 8)
    # Big endian words hold the bytes swapped in pairs (PS3.5 8.1.1); OB does not.
    table = table_of([4, 0, 8], bytes([8, 9, 255, 7]), order=">")
    assert table.values.tolist() == [9, 8, 7, 255]
    table = table_of([4, 0, 8], bytes([9, 8]) * 2, order=">", data_vr=b"OB")
    assert table.values.tolist() == [9, 8, 9, 8]


def test_the_first_value_may_be_negative():
    descriptor, data = [2, 65_536 - 1024, 16], words([5, 6])
    assert table_of(descriptor, data).first == 64_512
    assert table_of(descriptor, data, signed=True).first == -1024
    assert table_of(descriptor, data, vr=b"SS").first == -1024


def test_no_entries_means_all_of_them():
    table = table_of([0, 0, 16], words(np.arange(65_536)))
    assert len(table.values) == 65_536
    assert table.values[-1] == 65_535


@pytest.mark.parametrize(
    ("descriptor", "data"),
    [([4, 0, 16], words([1, 2, 3])), ([4, 0], words([1, 2, 3, 4])), ([4, 0, 16], None)],
)
def test_what_does_not_fit_its_descriptor_is_no_table(descriptor, data):
    assert table_of(descriptor, data) is None


def segmented(numbers, bits, count, order="<"):
    raw = bytes(numbers) if bits == 8 else words(numbers, order)
    table = table_of([count, 0, bits], None, segments=raw, order=order)
    return None if table is None else list(table.values)


WORDS = [0, 3, 10, 500, 65_535, 1, 7, 100, 0, 2, 9, 4, 1, 5, 4, 2, 2, 10, 0, 0, 1, 77]
"""Discrete (3), linear (7), discrete (2), linear (5), the two from byte 10 again, discrete (1)."""


def test_segments_of_words_as_pydicom_expands_them():
    # pydicom counts offsets in words; PS3.3 C.7.9.2.3 counts them in bytes.
    counted_in_words = [
        5 if number == 10 and at == 17 else number for at, number in enumerate(WORDS)
    ]
    expected = _expand_segmented_lut(tuple(counted_in_words), "<H")
    assert len(expected) == 3 + 7 + 2 + 5 + 9 + 1
    assert segmented(WORDS, 16, len(expected)) == expected
    assert segmented(WORDS, 16, len(expected), ">") == expected
    assert segmented(WORDS, 16, len(expected) + 1) is None
    assert segmented(WORDS, 16, 12) == expected[:12]


def test_segments_of_bytes_as_pydicom_expands_them():
    numbers = [0, 2, 3, 250, 1, 6, 40, 0, 3, 1, 2, 3, 2, 2, 4, 0, 0, 0, 1, 5, 5, 0]
    expected = _expand_segmented_lut(tuple(numbers), "<B")
    assert segmented(numbers, 8, len(expected)) == expected


@pytest.mark.parametrize(
    "numbers",
    [
        [1, 5, 100, 0],  # a line from nowhere
        [3, 1, 2, 2],  # no such segment
        [0, 1, 5, 2, 1, 600, 0, 0],  # points beyond the end
        [0, 1, 5, 2, 9, 6, 0, 0],  # points at itself
        [0, 0] * 200_000,  # nothing, for ever
        [0, 1],
    ],
)
def test_damaged_segments_are_no_table(numbers):
    assert segmented(numbers, 16, 50) is None


def test_equal_tables_share_their_entries():
    one, other = (table_of([3000, 0, 16], words(np.arange(3000))) for _ in range(2))
    assert one.entries is other.entries
