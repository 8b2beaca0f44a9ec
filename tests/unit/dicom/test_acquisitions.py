"""Acquisition numbers: phases of one region are volumes of their own, rotations are not."""

import shutil
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, write_series
from viewer.core.caveats import CaveatCode
from viewer.core.progress import SilentContext
from viewer.dicom.acquisitions import volumes_of
from viewer.dicom.headers import read_raw_header
from viewer.dicom.image_header import frames_of
from viewer.dicom.scan import scan
from viewer.dicom.sources import FileSource, SourceReader


def slices_of(folder, positions, acquisitions):
    def change(one, z):
        one.AcquisitionNumber = acquisitions[z]

    hu = analytic_hu((len(positions), 36, 40))
    write_series(folder, hu, positions_mm=positions, change=change)
    stacks = scan(SilentContext(), [folder]).stacks()
    return [len(stack.frames) for stack in stacks if "as acquired" not in stack.labels.part]


REGULAR = np.arange(9) * 2.5


@pytest.mark.parametrize(
    ("positions", "acquisitions", "volumes"),
    [
        (REGULAR, [1, 1, 1, 2, 2, 2, 3, 3, 3], [9]),  # rotations
        (REGULAR, [1, 2, 1, 2, 1, 2, 1, 2, 1], [9]),  # interleaved
        (np.delete(np.arange(10) * 2.5, 3), [1, 1, 1, 2, 2, 2, 3, 3, 3], [9]),  # one is missing
        ([0, 2.6, 5.0, 7.4, 10.0, 12.4], [1, 2, 3, 4, 5, 6], [6]),  # single shots
        ([0, 1, 2, 3, 8, 13, 18], [1, 1, 1, 1, 2, 2, 2], [4, 3]),  # other steps: gaps prevail
        ([0, 1, 2, 3, 80, 81, 82], [1, 1, 1, 1, 2, 2, 2], [4, 3]),  # two regions
        ([0, 2.5, 5, 0, 2.5, 5], [1, 1, 1, 2, 2, 2], [3, 3]),  # two phases
        ([0, 1.2, 2.4, 0.5, 2.0, 3.5], [1, 1, 1, 2, 2, 2], [3, 3]),  # two grids
        ([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], [1, 1, 2, 2, 3, 4, 4, 5, 5, 6], [5, 5]),  # there and back
        ([0, 1, 2, 3, 4, 5, 6, 7, 2, 3], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5], [8, 2]),  # a part again
        ([0, 1, 2, 3, 4, 5, 1, 2, 3], [1, 1, 1, 1, 1, 1, 2, 2, 2], [6, 3]),  # a phase of a part
        ([0, 1, 2, 3, 4, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 2, 2, 2, 2, 2], [5, 5]),  # they overlap
        ([0, 1, 2, 3, 3, 4, 5, 6], [1, 1, 1, 1, 2, 2, 2, 2], [7, 1]),  # they touch
    ],
)
def test_volumes(tmp_path, positions, acquisitions, volumes):
    assert slices_of(tmp_path, positions, acquisitions) == volumes


def test_many_single_shots_take_no_time(tmp_path):
    """Each shot is compared with the scans so far, not with every other shot."""
    write_series(tmp_path, analytic_hu((1, 36, 40)))
    path = tmp_path / "001"
    with SourceReader() as sources:
        source = FileSource(str(path), "", path.stat().st_size)
        (header,) = frames_of(read_raw_header(sources, source))
    shots = [
        replace(
            header,
            position_lps_mm=(0.0, 0.0, z // 2 * 0.5),
            split=replace(header.split, acquisition=str(z)),
        )
        for z in range(6000)
    ]
    start = time.perf_counter()
    volumes = volumes_of(shots, lambda shot, decoded: shot.split.acquisition.encode())
    assert [len(volume.frames) for volume in volumes] == [3000, 3000]
    assert time.perf_counter() - start < 10.0


def test_each_volume_tells_its_own_copies(tmp_path):
    """Images at each place: three copies, and one with other pixels that has one copy."""
    hu = analytic_hu((3, 36, 40))
    write_series(tmp_path / "a", hu)
    write_series(tmp_path / "b", hu)
    write_series(tmp_path / "c", hu)
    write_series(tmp_path / "d", hu + np.int16(7), change=later)
    shutil.copy(tmp_path / "d" / "002", tmp_path / "d" / "copy")
    told = [
        [c.text for c in stack.caveats if c.code is CaveatCode.DUPLICATES_DROPPED]
        for stack in scan(SilentContext(), [tmp_path]).stacks()
    ]
    assert told == [
        ["6 identical copies of images were left out"],
        ["1 identical copy of an image was left out"],
    ]


def later(one, z):
    one.InstanceNumber += 100
    one.SOPInstanceUID = f"1.2.7.{z}"
