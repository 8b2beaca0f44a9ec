"""Copies are known by their values, however they are encoded; other images are not copies."""

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

from tests.support.dicom_writer import analytic_hu, write_series
from viewer.core.caveats import CaveatCode
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan


def stacks_of(folder):
    return scan(SilentContext(), [folder]).stacks()


@pytest.mark.parametrize("uid", [RLELossless, JPEGLSLossless, JPEG2000Lossless])
def test_one_image_in_two_encodings_is_one(tmp_path, uid):
    hu = analytic_hu((3, 36, 40))
    write_series(tmp_path / "a", hu)
    write_series(tmp_path / "b", hu, transfer_syntax=uid)
    (stack,) = stacks_of(tmp_path)
    assert [c.code for c in stack.caveats] == [CaveatCode.DUPLICATES_DROPPED]


def test_one_voxel_makes_another_image(tmp_path):
    hu = analytic_hu((3, 36, 40))
    write_series(tmp_path / "a", hu)
    hu = hu.copy()
    hu[1, 7, 9] += 1
    write_series(tmp_path / "b", hu, transfer_syntax=RLELossless, series_uid="1.2.3")

    def same_series(one, z):
        one.SeriesInstanceUID = "1.2.3"

    write_series(tmp_path / "c", analytic_hu((3, 36, 40)), change=same_series, prefix="c")
    stacks = [stack for stack in stacks_of(tmp_path) if stack.key.series_uid == "1.2.3"]
    assert sorted(len(stack.frames) for stack in stacks) == [1, 3]


def test_empty_images_of_other_times_are_no_copies(tmp_path):
    for time in ("101500", "101510", "101520"):

        def change(one, z, time=time):
            one.AcquisitionTime, one.SOPInstanceUID = time, f"1.2.{time}.{z}"

        zeros = np.full((3, 36, 40), -1000, np.int16)
        write_series(tmp_path / time, zeros, change=change)
    stacks = stacks_of(tmp_path)
    assert [len(stack.frames) for stack in stacks] == [3, 3, 3]
    assert [stack.labels.part for stack in stacks] == ["10:15:00", "10:15:10", "10:15:20"]
    assert not any(stack.caveats for stack in stacks)
