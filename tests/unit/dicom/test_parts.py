"""The words that tell the volumes of a series apart."""

import pytest

from tests.support.dicom_writer import AXIAL, analytic_hu, write_series
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan

SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
OBLIQUE = (0.8, 0.6, 0.0, 0.0, 0.0, -1.0)


def write(folder, name, hu_plus=0, orientation=AXIAL, slices=4, **values):
    def change(one, z):
        one.SOPInstanceUID = f"1.2.{sum(name.encode())}.{z}"
        for keyword, value in values.items():
            setattr(one, keyword, value)

    hu = analytic_hu((slices, 36, 40)) + hu_plus
    write_series(folder, hu, orientation=orientation, change=change, prefix=name)


def parts_of(folder):
    return [stack.labels.part for stack in scan(SilentContext(), [folder]).stacks()]


def test_one_volume_needs_no_name(tmp_path):
    write(tmp_path, "a", EchoTime=4.5, TemporalPositionIdentifier=7)
    assert parts_of(tmp_path) == [""]


def test_only_what_differs_is_said_in_the_order_of_the_numbers(tmp_path):
    for name, echo, b in (("a", 10, 1000), ("b", 9.5, 50), ("c", 9.5, 1000), ("d", 10, 50)):
        write(tmp_path, name, EchoTime=echo, DiffusionBValue=float(b), ConvolutionKernel="B30f")
    assert parts_of(tmp_path) == [
        "echo 9.5 ms, b 50 s/mm²",
        "echo 9.5 ms, b 1000 s/mm²",
        "echo 10 ms, b 50 s/mm²",
        "echo 10 ms, b 1000 s/mm²",
    ]


def test_time_points_count_up_whatever_the_files_are_called(tmp_path):
    for point in (10, 9, 2):
        write(tmp_path, f"{99 - point}", point, TemporalPositionIdentifier=point)
    assert parts_of(tmp_path) == ["time point 2", "time point 9", "time point 10"]


@pytest.mark.parametrize(
    ("orientation", "word"), [(SAGITTAL, "sagittal"), (CORONAL, "coronal"), (OBLIQUE, "oblique")]
)
def test_planes(tmp_path, orientation, word):
    write(tmp_path, "a")
    write(tmp_path, "b", orientation=orientation, slices=3)
    assert parts_of(tmp_path) == ["axial", word]


def test_a_tilted_stack_is_named_by_what_was_done_to_it(tmp_path):
    lean = [(0.0, 0.5 * z, 0.0) for z in range(5)]
    write_series(tmp_path, analytic_hu((5, 36, 40)), shifts_lps_mm=lean)
    assert parts_of(tmp_path) == ["tilt corrected", "as acquired"]


def test_the_uncorrected_companion_says_so(tmp_path):
    hu = analytic_hu((5, 36, 40))
    write_series(tmp_path, hu, positions_mm=[0, 2.0, 5.0, 7.0, 10.5])
    assert parts_of(tmp_path) == ["resampled", "as acquired"]


def test_clock_times_of_repeats(tmp_path):
    write(tmp_path, "a", 5, AcquisitionTime="101530.25")
    write(tmp_path, "b", 9, AcquisitionTime="091530")
    assert parts_of(tmp_path) == ["09:15:30", "10:15:30"]


def test_unnamed_volumes_count_as_the_list_does_the_largest_first(tmp_path):
    write(tmp_path, "a", FrameOfReferenceUID="1.2.7")
    write(tmp_path, "b", slices=5, FrameOfReferenceUID="1.2.8")
    assert parts_of(tmp_path) == ["1 of 2", "2 of 2"]


def test_repeats_without_a_time_are_counted(tmp_path):
    write(tmp_path, "a", 5)
    write(tmp_path, "b", 9)
    assert parts_of(tmp_path) == ["1 of 2", "2 of 2"]
