"""Order, spacing, gaps, irregular steps, tilt, duplicates: geometry against analytic series."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.dicom_writer import (
    AXIAL,
    ORIGIN_LPS_MM,
    SERIES_UID,
    SHAPE_ZYX,
    SPACING_ZYX_MM,
    analytic_hu,
    mask_of,
    normal_of,
    save,
    slice_set,
    write_series,
)
from viewer.core.caveats import CaveatCode
from viewer.core.geometry import Calibration
from viewer.core.progress import SilentContext
from viewer.dicom.layout import is_regular
from viewer.dicom.loader import load
from viewer.dicom.scan import scan


def stacks_of(folder):
    index = scan(SilentContext(), [folder])
    assert index.problems == ()
    return index.stacks()


def codes(stack):
    return {caveat.code for caveat in stack.caveats}


OBLIQUE = (0.8, 0.6, 0.0, 0.0, 0.0, -1.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


@pytest.mark.parametrize("orientation", [AXIAL, SAGITTAL, OBLIQUE], ids=str)
@pytest.mark.parametrize("step", [2.5, -2.5], ids=["ascending", "descending"])
def test_order_and_affine(tmp_path, orientation, step):
    depths = np.arange(SHAPE_ZYX[0]) * step
    hu = write_series(tmp_path, orientation=orientation, positions_mm=depths)
    (stack,) = stacks_of(tmp_path)
    assert codes(stack) == set()
    expected = hu if step > 0 else hu[::-1]
    volume = load(SilentContext(), stack)
    np.testing.assert_array_equal(volume.data, expected)
    geometry = volume.geometry
    assert geometry.spacing_zyx_mm == pytest.approx(SPACING_ZYX_MM)
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    normal = normal_of(orientation)
    np.testing.assert_allclose(geometry.direction_lps, [normal, column, row], atol=1e-9)
    start = np.array(ORIGIN_LPS_MM) + min(depths) * normal
    point = start + 2 * 2.5 * normal + 3 * 0.7 * column + 5 * 0.8 * row
    np.testing.assert_allclose(geometry.index_to_lps((2, 3, 5)), point, atol=1e-5)


def test_spacing_comes_from_positions_not_from_the_thickness(tmp_path):
    def change(one, z):
        one.SliceThickness, one.SpacingBetweenSlices, one.SliceLocation = 9.0, 8.0, -z
        one.InstanceNumber = (z * 5) % 7

    write_series(tmp_path, change=change)
    (stack,) = stacks_of(tmp_path)
    assert stack.geometry.spacing_zyx_mm[0] == pytest.approx(2.5)


def test_jitter_within_the_tolerance_is_regular(tmp_path):
    write_series(tmp_path, positions_mm=[0, 2.52, 5.0, 7.49, 10.0, 12.5])
    (stack,) = stacks_of(tmp_path)
    assert codes(stack) == set()
    assert stack.geometry.spacing_zyx_mm[0] == pytest.approx(2.5)


def test_missing_slices_become_placeholders(tmp_path):
    hu = write_series(tmp_path, positions_mm=[0, 2.5, 10.0, 12.5, 15.0, 17.5])
    (stack,) = stacks_of(tmp_path)
    assert stack.frame_of_slice == (0, 1, None, None, 2, 3, 4, 5)
    assert [c.text for c in stack.caveats] == [
        "2 slices are missing: 3-4 (at -115.25 to -112.75 mm)"
    ]
    volume = load(SilentContext(), stack)
    assert volume.placeholders == (2, 3)
    np.testing.assert_array_equal(volume.data[[0, 1, 4, 5, 6, 7]], hu)
    assert mask_of(volume)[2].all()
    assert not mask_of(volume)[4].any()
    assert volume.geometry.spacing_zyx_mm[0] == pytest.approx(2.5)


def test_irregular_steps_are_resampled_and_the_original_listed(tmp_path):
    depths = np.array([0, 2.0, 5.0, 7.0, 10.5, 12.0])
    base = np.zeros(SHAPE_ZYX, np.int16)
    hu = base + (depths * 20)[:, None, None].astype(np.int16) + np.arange(40, dtype=np.int16)
    write_series(tmp_path, hu.astype(np.int16), positions_mm=depths)
    resampled, original = stacks_of(tmp_path)
    assert codes(resampled) == {CaveatCode.RESAMPLED}
    assert "largest gap 3.5 mm" in resampled.caveats[0].text
    volume = load(SilentContext(), resampled)
    z = np.arange(len(volume.data)) * volume.geometry.spacing_zyx_mm[0]
    assert z[-1] == pytest.approx(12.0)
    expected = z[:, None] * 20 + np.arange(40)
    assert np.abs(volume.data[:, 7, :] - expected).max() <= 1
    assert not original.geometry.z_known
    np.testing.assert_array_equal(load(SilentContext(), original).data, hu)


def test_gantry_tilt_is_sheared_and_the_original_kept(tmp_path):
    """A field that is linear in patient space must be the same field after shearing."""
    shifts = [(0.0, 0.6 * z, 0.0) for z in range(6)]
    z, y, x = np.indices(SHAPE_ZYX).astype(float)
    patient_y = ORIGIN_LPS_MM[1] + 0.7 * y + 0.6 * z
    hu = (10 * patient_y + 4 * x + 20 * z).astype(np.int16)
    write_series(tmp_path, hu, shifts_lps_mm=shifts)
    sheared, original = stacks_of(tmp_path)
    angle = np.degrees(np.arctan2(0.6, 2.5))
    assert codes(sheared) == {CaveatCode.GANTRY_TILT}
    assert f"{angle:.1f}" in sheared.caveats[0].text
    volume = load(SilentContext(), sheared)
    directions = volume.geometry.direction_lps
    np.testing.assert_allclose(directions @ directions.T, np.eye(3), atol=1e-9)
    valid = ~mask_of(volume)
    assert valid.mean() > 0.8
    index = np.argwhere(valid)
    points = volume.geometry.index_to_lps(index)
    depth = (points[:, 2] - ORIGIN_LPS_MM[2]) / 2.5
    expected = 10 * points[:, 1] + 4 * index[:, 2] + 20 * depth
    assert np.abs(volume.data[valid] - expected).max() <= 1.5
    raw = load(SilentContext(), original)
    np.testing.assert_array_equal(raw.data, hu)
    np.testing.assert_allclose(
        raw.geometry.index_to_lps((4, 2, 3)),
        np.add(ORIGIN_LPS_MM, (3 * 0.8, 2 * 0.7 + 4 * 0.6, 4 * 2.5)),
        atol=1e-5,
    )


def test_identical_copies_are_dropped_and_counted(tmp_path):
    write_series(tmp_path / "a")
    write_series(tmp_path / "b")
    (stack,) = stacks_of(tmp_path)
    assert stack.geometry.shape_zyx == SHAPE_ZYX
    assert [c.text for c in stack.caveats] == ["6 identical copies of images were left out"]


def test_other_pixels_at_the_same_place_are_another_volume(tmp_path):
    first = write_series(tmp_path / "a")
    second = write_series(tmp_path / "b", analytic_hu() + np.int16(50), prefix="b")
    stacks = stacks_of(tmp_path)
    loaded = [load(SilentContext(), stack).data for stack in stacks]
    assert len(loaded) == 2
    assert {data[0, 0, 0] for data in loaded} == {first[0, 0, 0], second[0, 0, 0]}
    assert len({stack.key for stack in stacks}) == 2


DIFFERENCES = {
    "image type": lambda one: setattr(one, "ImageType", ["ORIGINAL", "PRIMARY", "OTHER"]),
    "acquisition": lambda one: setattr(one, "AcquisitionNumber", 2),
    "time point": lambda one: setattr(one, "TemporalPositionIdentifier", 2),
    "echo": lambda one: setattr(one, "EchoTime", 55.0),
    "b value": lambda one: setattr(one, "DiffusionBValue", 800.0),
    "kernel": lambda one: setattr(one, "ConvolutionKernel", "B60f"),
    "pixel spacing": lambda one: setattr(one, "PixelSpacing", [0.9, 0.9]),
    "orientation": None,
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_splits_a_series(tmp_path, name):
    write_series(tmp_path / "a")
    hu = analytic_hu((4, 36, 40))
    orientation = SAGITTAL if name == "orientation" else AXIAL
    change = DIFFERENCES[name]
    write_series(
        tmp_path / "b", hu, orientation=orientation, change=lambda one, z: change and change(one)
    )
    large, small = stacks_of(tmp_path)
    assert large.geometry.shape_zyx[0] == 6
    assert small.geometry.shape_zyx[0] == 4
    assert (large.key.stack, small.key.stack) == (1, 2)


def test_an_acquisition_number_for_each_slice_does_not_split(tmp_path):
    write_series(tmp_path, change=lambda one, z: setattr(one, "AcquisitionNumber", z + 1))
    (stack,) = stacks_of(tmp_path)
    assert stack.geometry.shape_zyx == SHAPE_ZYX


def test_localizers_stand_apart_and_behind(tmp_path):
    def scout(one, z):
        one.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]

    write_series(tmp_path / "scan", analytic_hu((3, 36, 40)))
    write_series(tmp_path / "scout", analytic_hu(), change=scout)
    scan_stack, scout_stack = stacks_of(tmp_path)
    assert scan_stack.image_type[2] == "AXIAL"
    assert scout_stack.image_type[2] == "LOCALIZER"
    assert scan_stack.unit == "HU"


def test_without_positions_the_order_is_unverified(tmp_path):
    def change(one, z):
        del one.ImagePositionPatient
        one.InstanceNumber = 10 - z

    hu = write_series(tmp_path, change=change)
    (stack,) = stacks_of(tmp_path)
    assert {CaveatCode.ORDER_UNVERIFIED, CaveatCode.SPACING_UNKNOWN} <= codes(stack)
    assert not stack.geometry.z_known
    np.testing.assert_array_equal(load(SilentContext(), stack).data, hu[::-1])


def test_one_slice_says_so(tmp_path):
    write_series(tmp_path, analytic_hu((1, 36, 40)))
    (stack,) = stacks_of(tmp_path)
    assert codes(stack) == {CaveatCode.SINGLE_SLICE}
    assert not stack.geometry.z_known


def test_two_patients_never_share_a_series(tmp_path):
    write_series(tmp_path / "a")
    other = analytic_hu() + np.int16(1)
    write_series(tmp_path / "b", other, change=lambda one, z: setattr(one, "PatientID", "T-2"))
    index = scan(SilentContext(), [tmp_path])
    assert sorted(study.patient.patient_id for study in index.studies) == ["T-1", "T-2"]
    assert len({stack.key for stack in index.stacks()}) == 2
    assert {stack.key.series_uid for stack in index.stacks()} == {SERIES_UID}


def test_far_apart_images_are_no_volume_and_cost_no_memory(tmp_path):
    write_series(tmp_path, positions_mm=[0, 1, 2, 3, 4, 90000.0])
    (stack,) = stacks_of(tmp_path)
    assert stack.geometry.shape_zyx == SHAPE_ZYX
    assert not stack.geometry.z_known


def test_calibration(tmp_path):
    for name, patient, detector, modality, expected in (
        ("a", [0.7, 0.8], None, "CT", Calibration.PATIENT),
        ("b", None, [0.2, 0.3], "DX", Calibration.DETECTOR),
        ("c", [0.2, 0.3], [0.2, 0.3], "DX", Calibration.DETECTOR),
        ("d", [0.1, 0.15], [0.2, 0.3], "DX", Calibration.PATIENT),
        ("e", None, None, "OT", Calibration.NONE),
    ):
        one = slice_set(analytic_hu()[0], 0)
        del one.PixelSpacing, one.ImageOrientationPatient
        one.Modality = modality
        if patient:
            one.PixelSpacing = patient
        if detector:
            one.ImagerPixelSpacing = detector
        save(one, tmp_path / name / "x")
        (stack,) = stacks_of(tmp_path / name)
        assert stack.geometry.calibration is expected, name
        if expected is not Calibration.NONE:
            spacing = patient if expected is Calibration.PATIENT else detector
            assert stack.geometry.spacing_zyx_mm[1:] == pytest.approx(spacing)


@settings(max_examples=60)
@given(
    st.lists(st.floats(-0.009, 0.009), min_size=3, max_size=30),
    st.floats(0.3, 8.0),
)
def test_steps_within_one_percent_are_regular(errors, step):
    positions = np.cumsum([0, *(step * (1 + e / 2) for e in errors)])
    assert is_regular(positions)
    broken = np.delete(positions, len(positions) // 2)
    if 1 < len(positions) // 2 < len(positions) - 1:
        assert not is_regular(broken)


def test_names_differ_but_the_volume_does_not(tmp_path):
    """The order of files on disk never decides anything."""
    hu = analytic_hu((3, 36, 40))
    for number, order in enumerate(itertools.permutations(range(3))):
        folder = tmp_path / str(number)
        for name, z in enumerate(order):
            one = slice_set(hu[z], z)
            one.ImagePositionPatient = [0, 0, 2.0 * z]
            save(one, folder / str(name))
        (stack,) = stacks_of(folder)
        np.testing.assert_array_equal(load(SilentContext(), stack).data, hu)
