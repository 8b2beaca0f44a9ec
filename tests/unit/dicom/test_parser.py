"""The bounded walk: what pydicom writes it finds, and no length makes it believe."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import write_dataset

from viewer.dicom.elements import Values, parse_numbers
from viewer.dicom.parser import (
    MAX_NESTING,
    DamagedError,
    NeedMoreError,
    Syntax,
    parse,
    parse_items,
)

SYNTAXES = [Syntax(False, True), Syntax(True, True), Syntax(False, False)]
ROWS, NAME, SEQUENCE, POSITION = 0x00280010, 0x00100010, 0x00081115, 0x00200032


def encode(data_set: Dataset, syntax: Syntax) -> bytes:
    out = io.BytesIO()
    file = DicomFileLike(out)
    file.is_implicit_VR, file.is_little_endian = syntax.implicit, syntax.little
    write_dataset(file, data_set)
    return out.getvalue()


def sample() -> Dataset:
    inner = Dataset()
    inner.ReferencedSOPInstanceUID = "1.2.3"
    item = Dataset()
    item.SeriesInstanceUID = "1.2"
    item.ReferencedSOPSequence = [inner, inner]
    data_set = Dataset()
    data_set.PatientName = "Asym^Metric"
    data_set.ReferencedSeriesSequence = [item]
    data_set.ImagePositionPatient = [1.5, -2, 3e-3]
    data_set.Rows = 513
    data_set.PixelData = b"\1\0" * 8
    data_set["PixelData"].VR = "OW"
    return data_set


@pytest.mark.parametrize("syntax", SYNTAXES, ids=str)
@pytest.mark.parametrize("undefined", [False, True], ids=["defined", "undefined"])
def test_finds_what_pydicom_wrote(syntax, undefined):
    data_set = sample()
    data_set["ReferencedSeriesSequence"].is_undefined_length = undefined
    buffer = encode(data_set, syntax)
    parsed = parse(buffer, 0, len(buffer), syntax, None)
    values = Values(parsed)
    assert values.unsigned(ROWS) == 513
    assert values.text(NAME) == "Asym^Metric"
    assert values.finite(POSITION, 3) == (1.5, -2.0, 0.003)
    series = values.items(SEQUENCE)
    assert [s.code(0x0020000E) for s in series] == ["1.2"]
    assert len(series[0].items(0x00081199)) == 2
    assert parsed.pixels is not None
    assert buffer[parsed.pixels.start :] == b"\1\0" * 8
    assert parsed.pixels.length == 16


def test_asks_for_more_where_the_buffer_ends_before_the_file():
    buffer = encode(sample(), SYNTAXES[0])
    with pytest.raises(NeedMoreError):
        parse(buffer[:40], 0, len(buffer), SYNTAXES[0], frozenset({NAME, ROWS}))


@pytest.mark.parametrize("syntax", SYNTAXES, ids=str)
def test_truncation_anywhere_is_damage_or_a_shorter_header(syntax):
    buffer = encode(sample(), syntax)
    for end in range(len(buffer)):
        with contextlib.suppress(DamagedError):
            parsed = parse(buffer[:end], 0, end, syntax, None)
            list(parse_items(parsed, SEQUENCE))


@given(st.binary(max_size=300), st.sampled_from(SYNTAXES))
def test_garbage_never_escapes(data, syntax):
    try:
        parsed = parse(data, 0, len(data), syntax, None)
        for tag in parsed.elements:
            values = Values(parsed)
            values.numbers(tag)
            values.text(tag)
            values.items(tag)
            values.unsigned(tag)
    except DamagedError:
        pass


def test_nesting_is_bounded():
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    sequence = b"\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff"
    buffer = (sequence + item) * 500
    with pytest.raises(DamagedError, match=str(MAX_NESTING)):
        parse(buffer, 0, len(buffer), SYNTAXES[0], frozenset())


def test_a_length_beyond_the_file_is_damage_and_allocates_nothing():
    buffer = b"\x10\x00\x10\x00UT\0\0\x00\xff\xff\x7fabc"
    with pytest.raises(DamagedError, match=r"\(0010,0010\) claims"):
        parse(buffer, 0, len(buffer), SYNTAXES[0], None)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"1.5\\-2 \\ 3e1", (1.5, -2.0, 30.0)),
        (b"nan\\inf\\x", (None, None, None)),
        (b"1_000", (None,)),
        (b"12\0", (12.0,)),
        (b"1,5", (None,)),
    ],
)
def test_numbers_are_finite_or_nothing(raw, expected):
    assert parse_numbers(raw) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimal_strings_are_read_as_python_reads_them(value):
    assert parse_numbers(repr(value).encode()) == (value,)


def test_values_ignore_a_wrong_vr():
    data = b"\x28\x00\x10\x00IS\x04\x00512 \x28\x00\x11\x00UL\x04\x00\x00\x02\x00\x00"
    values = Values(parse(data, 0, len(data), SYNTAXES[0], None))
    assert values.unsigned(ROWS) == 512
    assert values.unsigned(0x00280011) == 512
    assert np.isfinite(values.number(ROWS) or np.nan)
