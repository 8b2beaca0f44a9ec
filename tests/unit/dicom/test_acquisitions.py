"""Acquisition numbers: phases of one region are volumes of their own, rotations are not."""

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, write_series
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan


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
    ],
)
def test_volumes(tmp_path, positions, acquisitions, volumes):
    assert slices_of(tmp_path, positions, acquisitions) == volumes
