"""Stored values to HU: exact against float64 arithmetic, whatever bits, signs and slopes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.dicom_writer import save, slice_set
from viewer.core.progress import SilentContext
from viewer.dicom.headers import Rescale
from viewer.dicom.loader import VolumeStarted, load
from viewer.dicom.pixel_format import PixelFormat
from viewer.dicom.pixels import mask_stored
from viewer.dicom.scan import scan
from viewer.dicom.values import _fill, rescaled_range


def load_one(folder, stored, **changes):
    """Write one slice with stored values and changed attributes; load it."""
    one = slice_set(np.zeros((8, 9), np.int16), 0)
    one.BitsAllocated = stored.dtype.itemsize * 8
    one.BitsStored, one.HighBit = one.BitsAllocated, one.BitsAllocated - 1
    one.PixelRepresentation = int(stored.dtype.kind == "i")
    one.PixelData = stored.tobytes() + b"\0" * (stored.nbytes % 2)
    for keyword, value in changes.items():
        setattr(one, keyword, value)
    save(one, folder / "one.dcm")
    index = scan(SilentContext(), [folder])
    assert index.problems == ()
    return load(SilentContext(), index.stacks()[0])


STORED = np.arange(72).reshape(8, 9)


@pytest.mark.parametrize(
    ("kind", "slope", "intercept", "dtype"),
    [
        ("<u2", 1, -1024, "int16"),
        ("<i2", 2, -1024, "int16"),
        ("<u1", 1, 0, "int16"),
        ("<i1", 3, 5, "int16"),
        ("<u4", 1, 0, "int16"),
        ("<i4", 1, -7, "int16"),
        ("<u2", 0.5, 0, "float32"),
        ("<u2", 1, -0.25, "float32"),
        ("<u4", 1e-6, 0, "float32"),
    ],
)
def test_the_values_are_the_float64_ones(tmp_path, kind, slope, intercept, dtype):
    stored = (STORED * 3 - (100 if "i" in kind else 0)).astype(kind)
    volume = load_one(tmp_path, stored, RescaleSlope=slope, RescaleIntercept=intercept)
    assert volume.data.dtype == dtype
    expected = stored.astype(np.float64) * slope + intercept
    np.testing.assert_array_equal(volume.data[0], expected.astype(dtype))


@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (0.37, -11.5)])
def test_tall_slices_of_real_numbers(slope, intercept):
    stored = np.arange(75 * 9, dtype=np.uint16).reshape(75, 9) * 97
    out = np.zeros((75, 9), np.float32)
    fmt = PixelFormat(75, 9, 1, "MONOCHROME2", 16, 16, 15, False, False)
    _fill(stored, fmt, Rescale(slope, intercept), out)
    expected = (stored.astype(np.float64) * slope + intercept).astype(np.float32)
    np.testing.assert_array_equal(out, expected)


def test_values_beyond_int16_make_the_volume_float(tmp_path):
    stored = (STORED * 900).astype("<u2")
    volume = load_one(tmp_path, stored)
    assert volume.data.dtype == np.float32
    np.testing.assert_array_equal(volume.data[0], stored.astype(np.float64) - 1024)


def test_a_late_overflow_starts_the_load_again_as_float(tmp_path):
    frames = []
    for z in range(9):
        one = slice_set(np.zeros((8, 9), np.int16), z)
        one.BitsStored, one.HighBit = 16, 15
        one.ImagePositionPatient = [0, 0, z * 2.0]
        stored = (STORED * (900 if z == 2 else 1)).astype("<u2")
        one.PixelData = stored.tobytes()
        frames.append(stored)
        save(one, tmp_path / f"{z}")
    stack = scan(SilentContext(), [tmp_path]).stacks()[0]
    assert stack.dtype == "int16"  # the scan looks at slices 0, 4 and 8 only
    started = []

    class Context(SilentContext):
        def partial(self, value):
            if isinstance(value, VolumeStarted):
                started.append(value.volume.data.dtype)

    volume = load(Context(), stack)
    assert started == [np.int16, np.float32]
    assert volume.stack.dtype == "float32"
    np.testing.assert_array_equal(volume.data, np.stack(frames).astype(np.float64) - 1024)


@given(
    st.integers(1, 16),
    st.integers(0, 15),
    st.booleans(),
    st.lists(st.integers(0, 65535), min_size=1),
)
def test_masking_keeps_the_stored_bits_and_the_sign(stored, extra, signed, raw):
    high = min(stored - 1 + extra, 15)
    fmt = PixelFormat(1, len(raw), 1, "MONOCHROME2", 16, stored, high, signed, False)
    values = np.array(raw, np.uint16).view(np.int16 if signed else np.uint16)
    mask_stored(values, fmt)
    for word, value in zip(raw, values.tolist(), strict=True):
        shift = 0 if stored == 16 else high + 1 - stored
        expected = (word >> shift) & ((1 << stored) - 1)
        if signed and expected >= 1 << (stored - 1):
            expected -= 1 << stored
        assert value == expected


def test_overlay_bits_above_the_stored_ones_do_not_count(tmp_path):
    stored = (STORED | 0xF000).astype("<u2")
    volume = load_one(tmp_path, stored, BitsStored=12, HighBit=11)
    np.testing.assert_array_equal(volume.data[0], STORED - 1024)


def test_a_missing_bits_stored_is_bits_allocated(tmp_path):
    one = slice_set(np.zeros((8, 9), np.int16), 0)
    del one.BitsStored, one.HighBit
    one.PixelData = (STORED + 4096).astype("<u2").tobytes()
    save(one, tmp_path / "one.dcm")
    volume = load(SilentContext(), scan(SilentContext(), [tmp_path]).stacks()[0])
    np.testing.assert_array_equal(volume.data[0], STORED + 4096 - 1024)


@pytest.mark.parametrize("slope", ["0", "NaN", "abc", "inf", "1e300"])
def test_a_bad_slope_is_a_problem_of_that_file(tmp_path, slope):
    one = slice_set(np.zeros((8, 9), np.int16), 0)
    one.RescaleSlope = "7"
    path = save(one, tmp_path / "one.dcm")
    data = path.read_bytes()
    at = data.index(b"\x28\x00\x53\x10DS")
    length = int.from_bytes(data[at + 6 : at + 8], "little")
    value = slope.encode() + b" " * (len(slope) % 2)
    fixed = data[: at + 6] + len(value).to_bytes(2, "little") + value + data[at + 8 + length :]
    path.write_bytes(fixed)
    save(slice_set(np.zeros((8, 9), np.int16), 1), tmp_path / "good.dcm")
    index = scan(SilentContext(), [tmp_path])
    assert [p.path for p in index.problems] == [str(path)]
    assert "slope" in index.problems[0].reason
    assert len(index.stacks()) == 1


def test_modality_lut_and_its_unit(tmp_path):
    from pydicom.dataset import Dataset

    lut = Dataset()
    table = (np.arange(16) ** 2).astype("<u2")
    lut.LUTDescriptor = [16, 4, 16]
    lut.ModalityLUTType = "OD"
    lut.add_new(0x00283006, "OW", table.tobytes())
    one = slice_set(np.zeros((8, 9), np.int16), 0)
    del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
    one.ModalityLUTSequence = [lut]
    one.PixelData = STORED.astype("<u2").tobytes()
    save(one, tmp_path / "one.dcm")
    volume = load(SilentContext(), scan(SilentContext(), [tmp_path]).stacks()[0])
    np.testing.assert_array_equal(volume.data[0], table[np.clip(STORED - 4, 0, 15)])
    assert volume.stack.unit == "OD"


def test_ranges_of_negative_slopes():
    fmt = PixelFormat(1, 1, 1, "MONOCHROME2", 16, 12, 11, False, False)
    assert rescaled_range(fmt, Rescale(-1.0, 10.0)) == (-4085.0, 10.0)
