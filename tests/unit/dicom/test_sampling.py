"""Evenly thinned and gapped series are told; touching, overlapping and whole ones are not."""

import zipfile

import numpy as np
import pytest
from pydicom import dcmread

from tests.support.dicom_writer import analytic_hu, write_series
from viewer.core.caveats import CaveatCode
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan


def sparse_texts(path):
    return [
        caveat.text
        for stack in scan(SilentContext(), [path]).stacks()
        for caveat in stack.caveats
        if caveat.code is CaveatCode.SPARSE
    ]


def told(tmp_path, step, thickness, spacing=None, skip=1, slices=4):
    """Write slices of an evenly spaced series (2.5 mm grid scaled to `step`)."""

    def change(one, z):
        one.InstanceNumber = 1 + skip * z
        if thickness is not None:
            one.SliceThickness = thickness
        if spacing is not None:
            one.SpacingBetweenSlices = spacing

    positions = [step * z for z in range(slices)]
    write_series(tmp_path, analytic_hu((slices, 36, 40)), positions_mm=positions, change=change)
    return sparse_texts(tmp_path)


@pytest.mark.parametrize(
    ("step", "thickness", "spacing", "skip"),
    [
        (1.25, 1.25, None, 1),
        (1.0, 2.0, None, 1),
        (2.5, 1.25, None, 1),  # a gap as wide as the slice is the most that counts as usual
        (6.0, 5.0, 6.0, 2),
        (2.5, None, None, 4),
        (3.0, 5.0, 1.0, 1),
    ],
)
def test_sound_series(tmp_path, step, thickness, spacing, skip):
    assert told(tmp_path, step, thickness, spacing, skip) == []


@pytest.mark.parametrize(
    ("step", "thickness", "spacing", "skip", "text"),
    [
        (10.0, 1.0, 10.0, 1, "slices of 1 mm every 10 mm: tissue between them was not imaged"),
        (5.0, 1.25, -5.0, 1, "slices of 1.25 mm every 5 mm"),
        (5.0, 1.25, None, 4, "slices of 1.25 mm every 5 mm"),
        (2.5, 1.25, None, 2, "slices of 1.25 mm every 2.5 mm"),
        (2.5, 1.25, None, -2, "slices of 1.25 mm every 2.5 mm"),
        (5.0, None, 2.5, 1, "the scanner's spacing is 2.5 mm: tissue between them"),
        (4.0, 2.5, 2.0, 2, "the scanner's spacing is 2 mm"),
    ],
)
def test_thinned_and_gapped_series(tmp_path, step, thickness, spacing, skip, text):
    (found,) = told(tmp_path, step, thickness, spacing, skip)
    assert text in found


@pytest.mark.parametrize(
    ("thickness", "covered"),
    [
        ((2.0, 2.0, 2.0, 2.0, 4.0, 4.0), True),
        ((2.0, 2.0, 2.0, 2.0, 2.0, 2.0), False),  # slices are missing
        ((4.0, 4.0, 4.0, 4.0, 4.0, 4.0), False),  # the same everywhere: it may be wrong
        ((2.0, 2.0, 2.0, 2.0, 4.0, 2.0), True),  # each wide step has one thick slice beside it
        ((2.0, 2.0, 2.0, 2.0, 3.0, 3.0), False),
        ((2.0, 2.0, None, 2.0, 4.0, 4.0), False),
    ],
)
def test_thicker_slices_cover_wider_steps(tmp_path, thickness, covered):
    def change(one, z):
        if thickness[z] is not None:
            one.SliceThickness = thickness[z]

    positions = [0, 2, 4, 6, 10, 14]
    write_series(tmp_path, positions_mm=positions, change=change)
    stack = scan(SilentContext(), [tmp_path]).stacks()[0]
    codes = {caveat.code for caveat in stack.caveats}
    assert (CaveatCode.RESAMPLED in codes) == covered
    assert (CaveatCode.GAP in codes) != covered


def test_two_slices_far_apart(tmp_path):
    (found,) = told(tmp_path, 30.0, 5.0, slices=2)
    assert "every 30 mm" in found


def stacks_with_thickness(folder, positions, thickness):
    def change(one, z):
        one.SliceThickness = thickness if np.isscalar(thickness) else thickness[z]

    hu = analytic_hu((len(positions), 36, 40))
    write_series(folder, hu, positions_mm=positions, change=change)
    return scan(SilentContext(), [folder]).stacks()


TWO_BLOCKS = [0, 2.5, 5.0, 7.7, 10.2, 34.4, 36.9, 39.4, 42.1, 44.6]
"""No grid fits: resampled to 2.5 mm; 24.2 mm between the blocks."""


def test_nothing_is_interpolated_where_nothing_was_imaged(tmp_path):
    stack, as_acquired = stacks_with_thickness(tmp_path, TWO_BLOCKS, 2.5)
    volume = load(SilentContext(), stack)
    step = volume.geometry.spacing_zyx_mm[0]
    half = step / 2
    between = [z for z in range(len(volume.data)) if 10.2 + half < z * step < 34.4 - half]
    assert volume.placeholders == tuple(between)
    assert len(between) >= 8
    mask = volume.invalid_mask()
    assert mask is not None
    assert mask[between].all()
    (text,) = [c.text for c in volume.caveats if c.code is CaveatCode.GAP]
    start = stack.frames[0].position_mm
    assert text == f"nothing was imaged from {start + 10.2:g} to {start + 34.4:g} mm: left empty"
    assert len(as_acquired.frames) == 10


@pytest.mark.parametrize("thickness", [10.0, [2.5] * 4 + [20.0] + [2.5] * 5])
def test_thick_slices_fill_the_space_between(tmp_path, thickness):
    stack, _ = stacks_with_thickness(tmp_path, TWO_BLOCKS, thickness)
    assert None not in stack.frame_of_slice


def test_planes_here_and_there_are_no_volume(tmp_path):
    """A scout: three slices with different distances, all large."""
    (stack,) = stacks_with_thickness(tmp_path, [0, 31, 83], 6.0)
    assert len(stack.frames) == 3
    assert None not in stack.frame_of_slice
    assert not stack.geometry.z_known
    (text,) = [c.text for c in stack.caveats if c.code is CaveatCode.SPACING_UNKNOWN]
    assert "scattered" in text


@pytest.mark.parametrize("name", ["LIDC-IDRI-0001", "LIDC-IDRI-0002"])
def test_real_slices(shared_data, tmp_path, name):
    archive = shared_data / "dicom" / f"{name}-part.zip"
    assert sparse_texts(archive) == []
    with zipfile.ZipFile(archive) as source:
        images = sorted(
            (
                (float(one.ImagePositionPatient[2]), info)
                for info in source.infolist()
                if info.filename.endswith(".dcm")
                for one in [dcmread(source.open(info), stop_before_pixels=True)]
            ),
            key=lambda pair: pair[0],
        )
        for number in (0, 4, 8):
            (tmp_path / str(number)).write_bytes(source.read(images[number][1]))
    (text,) = sparse_texts(tmp_path)
    thickness = "1.25" if name.endswith("2") else "2.5"
    assert f"slices of {thickness} mm every {4 * float(thickness):g} mm" in text
