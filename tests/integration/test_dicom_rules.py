"""Every row of dicom-rules: each variant of the phantom is the same volume, or tells why not."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.config import disable_value_validation

from tests.support.variants import Expected, Variant
from tests.support.variants_catalogue import VARIANTS
from tests.support.variants_phantom import Grid, phantom_hu
from viewer.app.describe import describe_index, describe_stack
from viewer.core.progress import SilentContext
from viewer.core.volume import Volume
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

WITHIN_MM = 2e-5
"""Positions are written with six decimals."""

ONE_PLACE = ("what a file is", "duplicates", "text", "limits")
"""Rows about which files are read, not about what is in them."""
ITK_DIFFERS = {
    "takes frames as they are stored, with the first one's rescale": (
        "multi-frame: enhanced CT",
        "multi-frame: frames out of order",
        "multi-frame: sequences without lengths",
        "multi-frame: no plane positions",
        "multi-frame: window of each frame",
        "multi-frame: nothing shared",
        "multi-frame: thickness in the functional groups",
        "multi-frame: enhanced PET",
        "multi-frame: legacy converted CT",
        "multi-frame: nuclear medicine",
        "transfer syntaxes: offset table",
        "transfer syntaxes: no offset table",
        "transfer syntaxes: RLE frames, no table",
    ),
    "does not read them": (
        "stored values: float",
        "stored values: double",
        "colour: palette that starts at 7",
        "transfer syntaxes: encapsulated uncompressed",
        "transfer syntaxes: fragments, table",
        "transfer syntaxes: fragments, no table",
        "transfer syntaxes: extended offset table",
    ),
    "takes the thickness for the distance": ("order: orientation that is none",),
    "leaves the stored numbers": ("multi-frame: dose grid",),
    "takes the lowest bits": (
        "stored values: high bit 15 of 12",
        "stored values: high bit 13 of 12, signed",
    ),
    "makes 255 of 1": ("stored values: single bits",),
    "inverts the values": ("MONOCHROME1: values stay",),
    "calls other things the pixel's size": (
        "calibration: PixelSpacing",
        "calibration: NominalScannedPixelSpacing is film, not patient",
        "calibration: PixelAspectRatio alone",
    ),
}
"""Where SimpleITK (GDCM) gives something else than the standard asks for, and why."""


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_variant(variant: Variant, tmp_path: Path) -> None:
    with disable_value_validation():  # odd values are what some variants are about
        written = variant.write(tmp_path / "files")
    opened = written if isinstance(written, Path) else tmp_path / "files"
    index = scan(SilentContext(), [opened])
    reasons = [problem.reason for problem in index.problems]
    assert len(reasons) == len(variant.problems), reasons
    for reason, part in zip(reasons, variant.problems, strict=True):
        assert part in reason
    assert len(index.skipped) == variant.skipped, index.skipped
    if variant.files is not None:
        assert index.files == variant.files
    stacks = index.stacks()
    assert len(stacks) == len(variant.stacks), [
        (stack.geometry.shape_zyx, [c.text for c in stack.caveats]) for stack in stacks
    ]
    volumes = [load(SilentContext(), stack) for stack in stacks]
    described = describe_index(index, dict(zip(stacks, volumes, strict=True)).__getitem__)
    problems = described["problems"]
    assert isinstance(problems, list)
    assert len(problems) == len(variant.problems)
    for volume, expected in zip(volumes, variant.stacks, strict=True):
        compare(volume, expected)
    if variant.patient_name is not None:
        assert {stack.patient.name for stack in stacks} == {variant.patient_name}
    if is_read_by_itk(variant):
        compare_with_itk(volumes[0], opened)


def compare(volume: Volume, expected: Expected) -> None:
    facts = describe_stack(volume.stack, volume)
    assert {caveat.code.value for caveat in volume.caveats} == expected.caveats, volume.caveats
    for text in expected.texts:
        assert any(text in caveat.text for caveat in volume.caveats), volume.caveats
    assert volume.placeholders == expected.placeholders
    letters = facts["edge_letters"]
    found = tuple(letters.values()) if isinstance(letters, dict) else None
    assert found == expected.letters
    for name, value in expected.facts.items():
        assert facts[name] == value, name
    if expected.grid is not None:
        compare_geometry(volume, expected.grid)
    wanted = wanted_values(volume, expected)
    assert volume.data.shape == wanted.shape
    mask = volume.invalid_mask()
    padded = np.zeros(volume.data.shape[:3], bool) if mask is None else mask
    compare_padding(volume, padded, expected)
    compare_corners(facts["stats"], wanted, padded, expected)
    if expected.interpolated:
        compare_interpolated(volume, ~padded)
    else:
        difference = np.abs(volume.data.astype(np.float64) - wanted)[~padded]
        assert difference.max(initial=0) <= expected.tolerance
        compare_statistics(facts["stats"], wanted, padded, expected.tolerance)


def wanted_values(volume: Volume, expected: Expected) -> np.ndarray:
    if expected.array is not None:
        return expected.array()
    index = np.moveaxis(np.indices(volume.data.shape[:3]), 0, -1)
    return expected.value(phantom_hu(index @ volume.geometry.affine[:3, :3].T + origin_of(volume)))


def origin_of(volume: Volume) -> np.ndarray:
    return volume.geometry.affine[:3, 3]


def compare_geometry(volume: Volume, grid: Grid) -> None:
    geometry = volume.geometry
    assert geometry.shape_zyx == grid.shape
    if not geometry.z_known:  # the step between slices is no measure: only the images' own plane
        np.testing.assert_allclose(geometry.affine[:, 1:], grid.affine[:, 1:], atol=WITHIN_MM)
        return
    np.testing.assert_allclose(geometry.affine, grid.affine, atol=WITHIN_MM)
    assert geometry.orientation_known


def compare_padding(volume: Volume, padded: np.ndarray, expected: Expected) -> None:
    if expected.padded is not None:
        np.testing.assert_array_equal(padded, expected.padded())
        return
    absent = np.zeros(padded.shape, bool)
    absent[list(expected.placeholders)] = True
    if not expected.interpolated:
        np.testing.assert_array_equal(padded, absent)


def compare_interpolated(volume: Volume, valid: np.ndarray) -> None:
    """Linear interpolation is exact where the phantom is linear, and between values elsewhere."""
    index = np.argwhere(valid)
    assert len(index) > 0.6 * valid.size
    affine = volume.geometry.affine
    points = index @ affine[:3, :3].T + affine[:3, 3]
    steps = affine[:3, :3].T
    around = [
        phantom_hu(points + z * steps[0] + y * steps[1] + x * steps[2])
        for z in (-1, 0, 1)
        for y in (-1, 0, 1)
        for x in (-1, 0, 1)
    ]
    stack = np.stack(around)
    values = volume.data[valid].astype(np.float64)
    # A direct neighbourhood that is symmetric about its centre value is linear.
    centre = stack[13]
    smooth = np.abs(stack + stack[::-1] - 2 * centre).max(axis=0) < 1e-6
    assert smooth.mean() > 0.2
    assert np.abs(values - centre)[smooth].max() <= 1.0
    assert (values >= stack.min(axis=0) - 1).all()
    assert (values <= stack.max(axis=0) + 1).all()


def compare_statistics(
    stats: object, wanted: np.ndarray, padded: np.ndarray, tolerance: float
) -> None:
    assert isinstance(stats, dict)
    valid = wanted[~padded].astype(np.float64)
    assert stats["padding_count"] == np.count_nonzero(padded)
    assert stats["min"] == pytest.approx(valid.min(), abs=tolerance + 1e-6)
    assert stats["max"] == pytest.approx(valid.max(), abs=tolerance + 1e-6)
    assert stats["mean"] == pytest.approx(valid.mean(), abs=tolerance + 1e-6)


def compare_corners(
    stats: object, wanted: np.ndarray, padded: np.ndarray, expected: Expected
) -> None:
    """Stored values are told, padding too; where nothing is stored, nothing is."""
    assert isinstance(stats, dict)
    slices = len(wanted)
    for name, z, corner in (("first", 0, 0), ("last", slices - 1, -1)):
        found = stats[name]
        if z in expected.placeholders or (expected.interpolated and padded[z, corner, corner]):
            assert found is None
        elif padded[z, corner, corner] and expected.padding_value is not None:
            assert found == expected.padding_value
        elif not expected.interpolated:
            difference = np.asarray(found) - wanted[z, corner, corner].astype(np.float64)
            assert np.abs(difference).max() <= expected.tolerance
        else:
            assert isinstance(found, int | float)


def is_read_by_itk(variant: Variant) -> bool:
    """Tell whether SimpleITK too makes one whole volume of the files."""
    differs = {name for names in ITK_DIFFERS.values() for name in names}
    return (
        len(variant.stacks) == 1
        and not variant.stacks[0].placeholders
        and variant.name not in differs
        and not variant.name.startswith(ONE_PLACE)
    )


def compare_with_itk(volume: Volume, opened: Path) -> None:
    """Let SimpleITK (GDCM) read the same files: values, spacing, origin and directions."""
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    reader = SimpleITK.ImageSeriesReader()
    if opened.is_file():
        image = SimpleITK.ReadImage(str(opened))
    else:
        names = reader.GetGDCMSeriesFileNames(str(opened))
        reader.SetFileNames(names)
        image = reader.Execute()
    values = SimpleITK.GetArrayFromImage(image)
    np.testing.assert_allclose(values, volume.data, atol=0.5)
    geometry = volume.geometry
    np.testing.assert_allclose(image.GetSpacing()[::-1], geometry.spacing_zyx_mm, atol=1e-4)
    np.testing.assert_allclose(image.GetOrigin(), geometry.origin_lps_mm, atol=1e-4)
    directions = np.reshape(image.GetDirection(), (3, 3)).T[::-1]
    np.testing.assert_allclose(directions, geometry.direction_lps, atol=1e-5)
