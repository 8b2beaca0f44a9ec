"""Padding, frame rate and the Modality LUT as files tell them."""

import json
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut

from tests.support.dicom_writer import mask_of, save, slice_set
from viewer.app.describe import describe_stack
from viewer.core.caveats import CaveatCode
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

STORED = np.arange(72).reshape(8, 9)


def described(*stack_and_volume) -> Any:
    """What `info --json` tells of a stack."""
    return json.loads(json.dumps(describe_stack(*stack_and_volume), allow_nan=False))


def written(tmp_path, change=None, stored=STORED, **facts):
    one = slice_set(np.zeros((8, 9), np.int16), 0)
    one.PixelData = stored.astype("<u2").tobytes()
    for name, value in facts.items():
        setattr(one, name, value)
    if change is not None:
        change(one)
    save(one, tmp_path / "one.dcm")
    return one, load(SilentContext(), scan(SilentContext(), [tmp_path]).stacks()[0])


def modality_lut(first, entries, kind="OD"):
    lut = Dataset()
    lut.add_new(0x00283002, "US" if first >= 0 else "SS", [len(entries), first, 16])
    lut.ModalityLUTType = kind
    lut.add_new(0x00283006, "OW", np.asarray(entries, "<u2").tobytes())
    return lut


def only_a_lut(lut, **facts):
    def change(one):
        del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
        one.ModalityLUTSequence = [lut]
        for name, value in facts.items():
            setattr(one, name, value)

    return change


def test_a_modality_lut_of_signed_pixels(tmp_path):
    entries = np.arange(60) ** 2 + 7
    stored = (STORED - 30).astype("<i2")
    one, volume = written(
        tmp_path,
        only_a_lut(modality_lut(-20, entries), PixelRepresentation=1, BitsStored=16, HighBit=15),
        stored=stored,
    )
    np.testing.assert_array_equal(volume.data[0], apply_modality_lut(one.pixel_array, one))
    assert volume.stack.unit == "OD"


@pytest.mark.parametrize(("value", "limit"), [(3, None), (3, 9), (9, 3), (500, None)])
def test_padding_goes_through_the_modality_lut(tmp_path, value, limit):
    entries = 4000 - 50 * np.arange(72)

    def change(one):
        only_a_lut(modality_lut(0, entries))(one)
        one.add_new(0x00280120, "US", value)
        if limit is not None:
            one.add_new(0x00280121, "US", limit)

    _, volume = written(tmp_path, change)
    low, high = sorted((value, value if limit is None else limit))
    expected = (low <= STORED) & (high >= STORED) if value < 500 else STORED == 71
    np.testing.assert_array_equal(mask_of(volume)[0], expected)
    measured = volume.data[0][~expected]
    stats = described(volume.stack, volume)["stats"]
    assert stats["padding_count"] == expected.sum()
    assert stats["max"] == measured.max()


@pytest.mark.parametrize("vr", ["US", "SS", "IS"])
@pytest.mark.parametrize("signed", [0, 1])
def test_padding_is_read_by_the_pixel_representation_whatever_its_vr(tmp_path, vr, signed):
    value = -2000 if signed else 63_536
    written_value = {"US": 63_536, "SS": -2000, "IS": str(value)}[vr]
    stored = STORED.astype(np.int64)
    stored[2:5, 3] = value

    def change(one):
        one.PixelRepresentation = signed
        one.BitsStored, one.HighBit = 16, 15
        one.add_new(0x00280120, vr, written_value)

    _, volume = written(tmp_path, change, stored=stored & 0xFFFF)
    np.testing.assert_array_equal(mask_of(volume)[0], stored == value)
    assert volume.data[0, 2, 3] == value - 1024


@pytest.mark.parametrize(("bits", "tag", "vr"), [(32, 0x22, "FL"), (64, 0x23, "FD")])
@pytest.mark.parametrize("limit", [None, -5.5])
def test_padding_of_floating_point_images(tmp_path, bits, tag, vr, limit):
    values = STORED.astype(f"<f{bits // 8}") * 0.25
    values[0, :3] = [-7.5, -6.0, -5.5]

    def change(one):
        del one.PixelData, one.RescaleIntercept, one.RescaleSlope
        one.BitsAllocated = bits
        name = "FloatPixelData" if bits == 32 else "DoubleFloatPixelData"
        setattr(one, name, values.tobytes())
        one.add_new(0x00280100 + tag, vr, -7.5)
        if limit is not None:
            one.add_new(0x00280102 + tag, vr, limit)

    _, volume = written(tmp_path, change)
    expected = (values == -7.5) if limit is None else (values >= -7.5) & (values <= limit)
    np.testing.assert_array_equal(mask_of(volume)[0], expected)
    np.testing.assert_array_equal(volume.data[0], values.astype(np.float32))


def test_doubles_beyond_float_are_in_no_statistic(tmp_path):
    values = STORED.astype("<f8")
    values[1, 1] = 1e300

    def change(one):
        del one.PixelData, one.RescaleIntercept, one.RescaleSlope
        one.BitsAllocated, one.DoubleFloatPixelData = 64, values.tobytes()

    _, volume = written(tmp_path, change)
    stats = described(volume.stack, volume)["stats"]
    assert (stats["max"], stats["padding_count"]) == (71, 1)
    (caveat,) = [c for c in volume.caveats if c.code is CaveatCode.TOO_LARGE]
    assert caveat.text == "some values are too large to be shown: they count as not measured"


def test_padding_beyond_float_is_padding(tmp_path):
    values = STORED.astype("<f8")
    values[1, 1] = 1e300

    def change(one):
        del one.PixelData, one.RescaleIntercept, one.RescaleSlope
        one.BitsAllocated, one.DoubleFloatPixelData = 64, values.tobytes()
        one.add_new(0x00280123, "FD", 1e300)

    _, volume = written(tmp_path, change)
    np.testing.assert_array_equal(mask_of(volume)[0], values == 1e300)
    assert CaveatCode.TOO_LARGE not in {caveat.code for caveat in volume.caveats}


def clip(tmp_path, frames=3, **facts):
    one = slice_set(np.zeros((8, 9), np.int16), 0)
    del one.ImageOrientationPatient
    one.NumberOfFrames = frames
    one.PixelData = np.arange(72 * frames).astype("<u2").tobytes()
    for name, value in facts.items():
        setattr(one, name, value)
    save(one, tmp_path / "clip.dcm")
    return scan(SilentContext(), [tmp_path]).stacks()[0]


@pytest.mark.parametrize(
    ("facts", "fps"),
    [
        ({}, None),
        ({"FrameTime": "40"}, 25),
        ({"FrameTime": "33.33"}, 1000 / 33.33),
        ({"FrameTime": "0"}, None),
        ({"FrameTimeVector": ["0", "50", "40", "40"]}, 25),
        ({"FrameTimeVector": ["0"]}, None),
        ({"CineRate": "15", "FrameTime": "40"}, 15),
        ({"RecommendedDisplayFrameRate": "30", "CineRate": "15"}, 30),
        ({"RecommendedDisplayFrameRate": "0", "CineRate": "15"}, 15),
        ({"FrameTime": "0.001"}, None),
    ],
)
def test_frames_a_second(tmp_path, facts, fps):
    stack = clip(tmp_path, **facts)
    assert stack.fps == pytest.approx(fps)
    assert described(stack)["fps"] == pytest.approx(fps)


def test_a_single_image_is_no_cine(tmp_path):
    assert clip(tmp_path, frames=1, CineRate="30").fps is None


@pytest.mark.parametrize("bits", [12, 24, 64, 0])
def test_samples_of_other_sizes_are_a_problem(tmp_path, bits):
    one = slice_set(np.zeros((8, 9), np.int16), 0)
    one.BitsAllocated = bits
    save(one, tmp_path / "one.dcm")
    (problem,) = scan(SilentContext(), [tmp_path]).problems
    what = f"{bits} bits" if bits else "an unknown number of bits"
    assert problem.reason == f"stores {what} per sample, which cannot be read"


@pytest.mark.parametrize(
    ("modality", "spacing", "detector", "kind", "expected"),
    [
        ("CR", [0.100000001, 0.200000002], [0.1, 0.2], None, "mm_detector"),
        ("MG", [0.100009, 0.2], [0.1, 0.2], None, "mm_detector"),
        ("DX", [0.1, 0.2], [0.1, 0.2], "GEOMETRY", "mm"),
        ("DX", [0.1, 0.2], [0.1, 0.2], "FIDUCIAL", "mm"),
        ("DX", [0.1, 0.2], [0.1, 0.2], "", "mm_detector"),
        ("DX", [0.1, 0.2], [0.1, 0.2002], None, "mm"),
        ("CR", [0.1, 0.2], None, None, "mm"),
        ("CT", [0.1, 0.2], [0.1, 0.2], None, "mm"),
    ],
)
def test_a_spacing_that_is_the_detectors_is_not_the_patients(
    tmp_path, modality, spacing, detector, kind, expected
):
    facts = {"Modality": modality, "PixelSpacing": spacing}
    if detector is not None:
        facts["ImagerPixelSpacing"] = detector
    if kind is not None:
        facts["PixelSpacingCalibrationType"] = kind
    told = described(written(tmp_path, **facts)[1].stack)
    assert told["length_unit"] == expected
    codes = {caveat["code"] for caveat in told["caveats"]}
    assert ("detector-calibration" in codes) == (expected == "mm_detector")


@pytest.mark.parametrize(
    ("spacing", "known"),
    [
        ([1e-4, 2e-4], True),
        ([9999, 0.5], True),
        (["1e-300", "1e-300"], False),
        ([0.5, 9e-5], False),
        ([10001, 0.5], False),
    ],
)
def test_a_spacing_out_of_reason_is_no_calibration(tmp_path, spacing, known):
    _, volume = written(tmp_path, PixelSpacing=spacing)
    told = described(volume.stack)
    assert told["length_unit"] == ("mm" if known else "px")
    notes = [c["text"] for c in told["caveats"] if c["code"] == "nonstandard-header"]
    y, x = (float(v) for v in spacing)
    assert notes == ([] if known else [f"a pixel cannot be {y:.4g} x {x:.4g} mm large"])


@pytest.mark.parametrize(
    ("slope", "largest", "rounded"),
    [(1, 16_777_217, True), (1, 16_777_215, False), (0.5, 207_471_861, False)],
)
def test_large_whole_numbers_are_rounded_and_that_is_told(tmp_path, slope, largest, rounded):
    stored = STORED.copy()
    stored[2, 3] = -largest

    def change(one):
        one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 32, 32, 31, 1
        one.RescaleSlope, one.RescaleIntercept = slope, 0
        one.PixelData = stored.astype("<i4").tobytes()

    _, volume = written(tmp_path, change)
    texts = [c.text for c in volume.caveats if c.code is CaveatCode.ROUNDED]
    assert texts == ["values above 16,777,216 are rounded to seven figures"] * rounded
