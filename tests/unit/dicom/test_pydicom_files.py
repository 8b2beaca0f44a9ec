"""Every test file that pydicom carries opens with pydicom's own pixels, or says why not."""

import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut

from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"
FILES = sorted(p for p in FOLDER.rglob("*") if p.is_file())

REFUSED = {
    "MR_truncated.dcm": "need 8192 bytes, but only 8130 are there",
    "meta_missing_tsyntax.dcm": "no valid number of rows and columns",
    "nested_priv_SQ.dcm": "no valid number of rows and columns",
    "priv_SQ.dcm": "does not say what it is",
    "UN_sequence.dcm": "does not say what it is",
    "empty_charset_LEI.dcm": "does not say what it is",
    "no_meta_group_length.dcm": "does not say what it is",
}
OBJECTS = {
    "rtplan.dcm": "a radiotherapy plan",
    "rtplan_truncated.dcm": "a radiotherapy plan",
    "rtstruct.dcm": "a radiotherapy structure set",
    "test-SR.dcm": "a structured report (comprehensive)",
    "reportsi.dcm": "a structured report (basic text)",
    "reportsi_with_empty_number_tags.dcm": "a structured report (basic text)",
    "waveform_ecg.dcm": "a waveform (12-lead ECG)",
    "liver_1frame.dcm": "a segmentation",
    "liver_expb_1frame.dcm": "a segmentation",
    "ExplVR_BigEndNoMeta.dcm": "a radiotherapy plan (ions)",
    "ExplVR_LitEndNoMeta.dcm": "a radiotherapy plan (ions)",
}
DAMAGED_FRAMES = ("JPEG2000-embedded-sequence-delimiter.dcm",)
NOT_DECODED_BY_PYDICOM = ("JPEG-lossy.dcm", "JPGExtended.dcm", "badVR.dcm")


def identify(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def pydicom_values(path: Path) -> np.ndarray:
    """Pixels as pydicom gives them: HU or RGB of 8 bits, frames first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = pydicom.dcmread(path, force=True)
        pixels = one.pixel_array
        if one.PhotometricInterpretation == "PALETTE COLOR":
            pixels = (apply_color_lut(pixels, one) >> 8).astype(np.uint8)
        elif one.SamplesPerPixel == 3:
            pixels = (pixels >> (8 * pixels.itemsize - 8)).astype(np.uint8)
        elif "DoseGridScaling" in one:
            pixels = pixels * float(one.DoseGridScaling)
        else:
            pixels = apply_modality_lut(pixels, one)
    return pixels if int(one.get("NumberOfFrames", 1)) > 1 else pixels[np.newaxis]


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_opens_or_says_why_not(path):
    index = scan(SilentContext(), [path])
    texts = [*index.problems, *index.skipped]
    assert all("\n" not in p.reason and "Error" not in p.reason for p in texts)
    stacks = index.stacks()
    if path.name in REFUSED:
        assert REFUSED[path.name] in index.problems[0].reason
        return
    if path.name in OBJECTS:
        assert (stacks, index.problems) == ((), ())
        assert [(found.path, found.what) for found in index.objects] == [
            (str(path), OBJECTS[path.name])
        ]
        return
    if path.name in DAMAGED_FRAMES:
        with pytest.raises(Exception, match="the compressed image is damaged"):
            load(SilentContext(), stacks[0])
        return
    if path.name.startswith("DICOMDIR"):
        if path.name == "DICOMDIR-empty.dcm":
            assert "lists no files" in index.problems[0].reason
        else:
            assert index.files > 20
            assert len(stacks) >= 7 or all("holds no image" in p.reason for p in index.problems)
        return
    if not stacks:
        assert len(texts) >= 1
        return
    volume = load(SilentContext(), stacks[0])
    assert volume.placeholders == ()
    if path.name in NOT_DECODED_BY_PYDICOM:
        return
    expected = pydicom_values(path)
    if stacks[0].frames[0].frame != 0:  # a grid that runs against its normal
        expected = expected[::-1]
    np.testing.assert_array_equal(volume.data, expected.astype(volume.data.dtype))


@pytest.mark.parametrize("name", ["JPEG-lossy.dcm", "JPGExtended.dcm"])
def test_twelve_bit_jpeg_against_simpleitk(name):
    import SimpleITK

    expected = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(FOLDER / name)))
    stack = scan(SilentContext(), [FOLDER / name]).stacks()[0]
    np.testing.assert_array_equal(load(SilentContext(), stack).data, expected)
