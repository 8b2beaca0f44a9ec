"""Ultrasound regions give millimetres where they hold, and nowhere else."""

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.support.dicom_writer import UNCOMPRESSED, save
from tests.support.graphics_writer import (
    CM,
    CM_PER_SECOND,
    SECONDS,
    region,
    stack_of,
    ultrasound_set,
    volume_of,
)
from viewer.app.describe import describe_stack
from viewer.app.mark_values import length_text
from viewer.app.measurement_table import RowMaker
from viewer.app.roi_cache import RoiCache
from viewer.core.caveats import CaveatCode
from viewer.core.commands import PutShape
from viewer.core.document import AnnotationDocument
from viewer.core.geometry import Calibration
from viewer.core.progress import SilentContext
from viewer.core.shapes import EllipseShape, LengthShape
from viewer.core.study import Stack
from viewer.core.undo import UndoStack
from viewer.core.volume import Volume
from viewer.dicom.scan import scan
from viewer.imaging.roi import region_statistics

LEFT, RIGHT = (0, 0, 19, 35), (20, 0, 39, 35)


def codes(stack: Stack) -> set[CaveatCode]:
    return {caveat.code for caveat in stack.caveats}


def length(volume: Volume, start_yx: tuple[float, float], end_yx: tuple[float, float]) -> str:
    ends = volume.geometry.index_to_lps([(0, *start_yx), (0, *end_yx)])
    shape = LengthShape(
        frame_of_reference_uid="",
        stack=volume.stack.key,
        normal_lps=(0, 0, 1),
        start_lps=tuple(ends[0]),
        end_lps=tuple(ends[1]),
    )
    return length_text(shape, volume.geometry, volume.stack.regions)


def area(volume: Volume, center_yx: tuple[float, float], half_yx: tuple[float, float]):
    lps = volume.geometry.index_to_lps
    center = lps((0, *center_yx))
    half_u = lps((0, center_yx[0], center_yx[1] + half_yx[1])) - center
    half_v = lps((0, center_yx[0] + half_yx[0], center_yx[1])) - center
    shape = EllipseShape(
        frame_of_reference_uid="",
        stack=volume.stack.key,
        normal_lps=(0, 0, 1),
        center=tuple(center),
        half_axis_u=tuple(half_u),
        half_axis_v=tuple(half_v),
    )
    return region_statistics(volume, shape)


@pytest.mark.parametrize("uid", UNCOMPRESSED)
def test_one_region_calibrates_the_image(tmp_path, uid):
    one = ultrasound_set(region((4, 6, 35, 30), delta=(0.03, -0.02)))
    volume = volume_of(save(one, tmp_path / "a", uid))
    stack = volume.stack
    assert stack.geometry.spacing_zyx_mm[1:] == pytest.approx((0.2, 0.3))
    assert stack.geometry.calibration is Calibration.PATIENT
    assert CaveatCode.REGION_CALIBRATION in codes(stack)
    assert CaveatCode.UNCALIBRATED not in codes(stack)
    (found,) = stack.regions
    assert (found.x0, found.y0, found.x1, found.y1) == (4, 6, 35, 30)
    assert (found.units, found.delta, found.what) == (("cm", "cm"), (0.03, -0.02), "2D tissue")


def test_a_mark_has_millimetres_only_inside_the_region(tmp_path):
    one = ultrasound_set(region((4, 6, 35, 30), delta=(0.03, 0.02)))
    volume = volume_of(save(one, tmp_path / "a"))
    assert length(volume, (10, 5), (10, 15)) == "3.0 mm"
    assert length(volume, (10, 5), (20, 5)) == "2.0 mm"
    assert length(volume, (6, 4), (30, 35)) == f"{np.hypot(24 * 0.2, 31 * 0.3):.1f} mm"
    assert length(volume, (10, 2), (10, 15)) == "13.0 px"
    assert length(volume, (10, 5), (32, 5)) == "22.0 px"
    inside, outside = area(volume, (15, 20), (5, 10)), area(volume, (8, 20), (5, 10))
    assert inside.area_mm2 == pytest.approx(np.pi * 5 * 0.2 * 10 * 0.3)
    assert outside.area_mm2 is None
    y, x = np.indices((36, 40))
    pixels = ((y - 8) / 5) ** 2 + ((x - 20) / 10) ** 2 <= 1 + 1e-9
    assert outside.n_pixels == pixels.sum()
    assert outside.mean == pytest.approx((3 * y + x)[pixels].mean())


def test_the_table_of_marks_has_the_same_units(tmp_path):
    volume = volume_of(save(ultrasound_set(region((4, 6, 35, 30))), tmp_path / "a"))
    document = AnnotationDocument("")
    for column in (2, 10):
        ends = volume.geometry.index_to_lps([(0, 10, column), (0, 20, column)])
        mark = LengthShape(
            frame_of_reference_uid="",
            stack=volume.stack.key,
            normal_lps=(0, 0, 1),
            start_lps=tuple(ends[0]),
            end_lps=tuple(ends[1]),
        )
        UndoStack(document).run(PutShape(mark, "length"))
    rows = RowMaker(RoiCache()).rows(document, volume, loaded=True)
    assert [row.value for row in rows] == ["10.0 px", "2.0 mm"]


def test_two_regions_of_one_scale_but_no_mark_across_both(tmp_path):
    one = ultrasound_set(region(LEFT, (0.02, 0.02)), region(RIGHT, (0.0200001, 0.02)))
    volume = volume_of(save(one, tmp_path / "a"))
    assert volume.geometry.spacing_zyx_mm[1:] == pytest.approx((0.2, 0.2), rel=1e-4)
    assert length(volume, (5, 2), (5, 12)) == "2.0 mm"
    assert length(volume, (5, 12), (5, 28)) == "16.0 px"


def test_regions_of_different_scales_each_have_their_own(tmp_path):
    one = ultrasound_set(region(LEFT, (0.02, 0.02)), region(RIGHT, (0.05, 0.05)))
    volume = volume_of(save(one, tmp_path / "a"))
    assert volume.geometry.calibration is Calibration.NONE
    assert {CaveatCode.UNCALIBRATED, CaveatCode.REGION_CALIBRATION} <= codes(volume.stack)
    described = describe_stack(volume.stack)
    assert described["length_unit"] == "px"
    assert described["spacing_zyx_mm"] == [None, None, None]
    assert length(volume, (5, 2), (5, 12)) == "2.0 mm"
    assert length(volume, (5, 22), (5, 32)) == "5.0 mm"
    assert length(volume, (5, 12), (5, 28)) == "16.0 px"
    assert area(volume, (15, 30), (4, 6)).area_mm2 == pytest.approx(np.pi * 2.0 * 3.0)


def test_time_and_speed_are_no_millimetres(tmp_path):
    doppler = region(RIGHT, (0.01, 1.5), (SECONDS, CM_PER_SECOND), spatial_format=3, data_type=3)
    motion = region(LEFT, (0.01, 0.02), (SECONDS, CM), spatial_format=2)
    volume = volume_of(save(ultrasound_set(doppler, motion), tmp_path / "a"))
    assert volume.geometry.calibration is Calibration.NONE
    assert CaveatCode.REGION_CALIBRATION not in codes(volume.stack)
    assert length(volume, (5, 22), (5, 32)) == "10.0 px"
    assert [r.what for r in volume.stack.regions] == ["spectral PW Doppler", "M-mode tissue"]


def test_pixel_spacing_does_not_hold_on_a_spectrum(tmp_path):
    doppler = region(RIGHT, (0.01, 1.5), (SECONDS, CM_PER_SECOND), spatial_format=3, data_type=3)
    one = ultrasound_set(doppler)
    one.PixelSpacing = [0.4, 0.4]
    volume = volume_of(save(one, tmp_path / "a"))
    assert length(volume, (5, 2), (5, 12)) == "4.0 mm"
    assert length(volume, (5, 22), (5, 32)) == "10.0 px"


def test_a_plane_beside_a_spectrum(tmp_path):
    doppler = region(RIGHT, (0.01, 1.5), (SECONDS, CM_PER_SECOND), spatial_format=3, data_type=3)
    volume = volume_of(save(ultrasound_set(region(LEFT), doppler), tmp_path / "a"))
    assert volume.geometry.spacing_zyx_mm[1:] == pytest.approx((0.2, 0.2))
    assert length(volume, (5, 22), (5, 32)) == "10.0 px"


@pytest.mark.parametrize("delta", [(0.0, 0.02), (float("nan"), 0.02), (1e9, 0.02)])
def test_a_step_that_cannot_be_is_none(tmp_path, delta):
    stack = stack_of(save(ultrasound_set(region(LEFT, delta)), tmp_path / "a"))
    assert stack.geometry.calibration is Calibration.NONE
    assert stack.regions[0].delta == (None, 0.02)
    assert "'delta': [None, 0.02]" in str(describe_stack(stack)["regions"])


def test_regions_of_an_image_that_was_made_smaller_are_not_believed(tmp_path):
    stack = stack_of(save(ultrasound_set(region((8, 12, 79, 71))), tmp_path / "a"))
    assert stack.regions == ()
    assert stack.geometry.calibration is Calibration.NONE
    notes = [c.text for c in stack.caveats if c.code is CaveatCode.NONSTANDARD_HEADER]
    assert "reach beyond the image" in notes[0]


def test_one_behind_the_last_pixel_is_the_last_pixel(tmp_path):
    (found,) = stack_of(save(ultrasound_set(region((2, 3, 40, 36))), tmp_path / "a")).regions
    assert (found.x1, found.y1) == (39, 35)


def test_images_of_different_scale_are_different_stacks(tmp_path):
    series = []
    for number, delta in enumerate((0.02, 0.02, 0.05)):
        one = ultrasound_set(region(LEFT, (delta, delta)))
        one.InstanceNumber = number + 1
        series.append(one)
    for one in series[1:]:
        one.StudyInstanceUID = series[0].StudyInstanceUID
        one.SeriesInstanceUID = series[0].SeriesInstanceUID
    for number, one in enumerate(series):
        save(one, tmp_path / str(number))
    stacks = scan(SilentContext(), [tmp_path]).stacks()
    assert sorted(len(stack.frames) for stack in stacks) == [1, 2]


def test_info_lists_regions(tmp_path):
    one = ultrasound_set(region((4, 6, 35, 30), delta=(0.03, -0.02)))
    described = describe_stack(stack_of(save(one, tmp_path / "a")))
    assert described["regions"] == [
        {
            "x0": 4,
            "y0": 6,
            "x1": 35,
            "y1": 30,
            "units": ["cm", "cm"],
            "delta": [0.03, -0.02],
            "what": "2D tissue",
        }
    ]
    assert described["length_unit"] == "mm"


def test_a_region_without_a_place_is_left_out(tmp_path):
    broken = region(LEFT)
    del broken.RegionLocationMaxX1
    stack = stack_of(save(ultrasound_set(broken, region(RIGHT)), tmp_path / "a"))
    assert [r.x0 for r in stack.regions] == [20]
    assert CaveatCode.NONSTANDARD_HEADER in codes(stack)


def test_a_sequence_that_cannot_be_followed_is_a_problem_of_its_file_only(tmp_path):
    path = save(ultrasound_set(region(LEFT)), tmp_path / "bad")
    data = bytearray(path.read_bytes())
    place = data.index(struct.pack("<HH", 0x0018, 0x6011))
    item = data.index(struct.pack("<HH", 0xFFFE, 0xE000), place)
    data[item + 4 : item + 8] = struct.pack("<L", 0x7FFFFFFF)
    path.write_bytes(data)
    save(ultrasound_set(region(LEFT)), tmp_path / "good")
    index = scan(SilentContext(), [tmp_path])
    assert len(index.stacks()) == 1
    assert [Path(problem.path).name for problem in index.problems] == ["bad"]


def test_an_image_without_regions_is_as_it_was(tmp_path):
    volume = volume_of(save(ultrasound_set(), tmp_path / "a"))
    assert volume.stack.regions == ()
    assert length(volume, (5, 2), (5, 12)) == "10.0 px"


def test_pixel_spacing_alone_holds_everywhere(tmp_path):
    one = ultrasound_set()
    one.PixelSpacing = [0.4, 0.5]
    assert length(volume_of(save(one, tmp_path / "a")), (5, 2), (5, 12)) == "5.0 mm"
