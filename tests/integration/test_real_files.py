"""Real files, one by one: each is pixel for pixel what pydicom decodes, or says why not."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.support.real_files import (
    PYDICOM_FILES,
    VARIABLE,
    decoded_by_pydicom,
    has_pixels,
    other_files,
    other_files_folder,
    pydicom_files,
    series_folders,
)
from viewer.core.caveats import CaveatCode
from viewer.core.errors import ViewerError
from viewer.core.progress import SilentContext
from viewer.core.study import Stack
from viewer.dicom.loader import load, read_frame
from viewer.dicom.scan import scan

TOLD = {
    "MR_truncated.dcm": "need 8192 bytes, but only 8130 are there",
    "meta_missing_tsyntax.dcm": "no valid number of rows and columns",
    "nested_priv_SQ.dcm": "no valid number of rows and columns",
    "DICOMDIR-empty.dcm": "lists no files",
    "JPEG2000-embedded-sequence-delimiter.dcm": "the compressed image is damaged",
    "priv_SQ.dcm": "does not say what it is",
    "UN_sequence.dcm": "does not say what it is",
    "empty_charset_LEI.dcm": "does not say what it is",
    "no_meta_group_length.dcm": "does not say what it is",
}
"""Files that are damaged, and what is said of them."""
NO_PIXELS = "holds no image: the pixel data are missing"
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
"""pydicom's files that are no images, and what is said of them."""
BY_SIMPLEITK = ("JPEG-lossy.dcm", "JPGExtended.dcm")
"""JPEG with 12 bits, which pydicom does not decode."""
TWINS = {
    "emri_small_jpeg_2k_lossless_too_short.dcm": "emri_small_jpeg_2k_lossless.dcm",
    "OBXXXX1A_expb.dcm": "OBXXXX1A.dcm",
    "OBXXXX1A_expb_2frame.dcm": "OBXXXX1A_2frame.dcm",
    "OT-PAL-8-face.dcm": "",
    "badVR.dcm": "",
}
"""Where pydicom fails, the same image in another file tells: it takes the palette of a big endian
file for little endian, wants the end of a sequence, a transfer syntax, an integer in an IS."""
MANY_FRAMES = 16
MAX_SERIES_BYTES = 40 << 20
INTERPOLATED = {
    CaveatCode.GAP,
    CaveatCode.RESAMPLED,
    CaveatCode.GANTRY_TILT,
    CaveatCode.MISSING_SLICES,
    CaveatCode.SPARSE,
}
OTHER_FILES = other_files()
SERIES = series_folders()
needs_other_files = pytest.mark.skipif(
    not OTHER_FILES,
    reason=f"no real files at {other_files_folder()}; name their folder in {VARIABLE}",
)


def identify(path: Path) -> str:
    for root in (PYDICOM_FILES, other_files_folder()):
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return str(path)


@pytest.mark.parametrize("path", pydicom_files(), ids=identify)
def test_pydicoms_own_file(path):
    check(path)


@needs_other_files
@pytest.mark.parametrize("path", OTHER_FILES or [Path()], ids=identify)
def test_other_real_file(path):
    check(path)


def check(path: Path) -> None:
    index = scan(SilentContext(), [path])
    stacks = index.stacks()
    texts = [problem.reason for problem in (*index.problems, *index.skipped)]
    assert all("\n" not in text and "Error" not in text for text in texts)
    if path.name in TOLD:
        text = texts[0] if texts else refusal(stacks[0])
        assert re.search(TOLD[path.name], text), text
    elif path.name == "DICOMDIR" or path.name.startswith("DICOMDIR-"):
        assert stacks or {problem.reason for problem in index.problems} == {NO_PIXELS}
    elif not stacks:
        assert len(texts) + len(index.objects) == 1
        if path.name in OBJECTS:
            assert [one.what for one in index.objects] == [OBJECTS[path.name]]
        if not index.skipped:
            assert index.objects or not has_pixels(path), texts
    else:
        assert texts == []
        compare(path, stacks)


def refusal(stack: Stack) -> str:
    with pytest.raises(ViewerError) as caught:
        load(SilentContext(), stack)
    return caught.value.one_line()


def compare(path: Path, stacks: tuple[Stack, ...]) -> None:
    """Every frame of every stack is the one of pydicom; of many frames, three of them."""
    for stack in stacks:
        if INTERPOLATED & {caveat.code for caveat in stack.caveats}:
            continue
        slices = len(stack.frame_of_slice)
        if slices > MANY_FRAMES:
            shown = sorted({0, slices // 2, slices - 1})
            values = {z: read_frame(stack, z) for z in shown}
        else:
            volume = load(SilentContext(), stack)
            assert volume.placeholders == ()
            values = dict(enumerate(volume.data))
        places = {z: place for z, place in enumerate(stack.frame_of_slice) if place is not None}
        frames = {z: stack.frames[places[z]].frame for z in values}
        expected = reference(path, frames.values())
        for z, value in values.items():
            if expected is not None:
                np.testing.assert_array_equal(value, expected[frames[z]].astype(value.dtype))


def reference(path: Path, frames: Collection[int]) -> Mapping[int, np.ndarray] | None:
    if path.name in BY_SIMPLEITK:
        import SimpleITK

        return dict(enumerate(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))))
    if path.name in TWINS:
        twin = TWINS[path.name]
        return decoded_by_pydicom(path.with_name(twin), frames) if twin else None
    return decoded_by_pydicom(path, frames)


@needs_other_files
@pytest.mark.parametrize("folder", SERIES or [Path()], ids=identify)
def test_series_is_that_of_simpleitk(folder):
    """Order, spacing, origin, direction and values, where SimpleITK reads the series as one."""
    import SimpleITK

    if sum(path.stat().st_size for path in folder.iterdir()) > MAX_SERIES_BYTES:
        pytest.skip(f"more than {MAX_SERIES_BYTES >> 20} MB")
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    stacks = [stack for stack in scan(SilentContext(), [folder]).stacks() if stack.geometry.z_known]
    compared = 0
    for uid in SimpleITK.ImageSeriesReader.GetGDCMSeriesIDs(str(folder)):
        names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), uid)
        same = [s for s in stacks if sorted(f.path for f in s.frames) == sorted(names)]
        if len(names) < 3 or len(same) != 1:
            continue
        stack = same[0]
        if INTERPOLATED & {caveat.code for caveat in stack.caveats}:
            continue
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames(names)
        image = reader.Execute()
        volume = load(SilentContext(), stack)
        expected = SimpleITK.GetArrayFromImage(image).astype(volume.data.dtype)
        np.testing.assert_array_equal(volume.data, expected)
        geometry = volume.geometry
        assert geometry.spacing_zyx_mm == pytest.approx(image.GetSpacing()[::-1], rel=1e-3)
        np.testing.assert_allclose(geometry.origin_lps_mm, image.GetOrigin(), atol=1e-3)
        direction = np.array(image.GetDirection()).reshape(3, 3).T[::-1]
        np.testing.assert_allclose(geometry.direction_lps, direction, atol=1e-3)
        compared += 1
    if not compared:
        pytest.skip("SimpleITK reads no series here as one volume")
