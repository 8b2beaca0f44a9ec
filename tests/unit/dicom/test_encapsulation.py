"""More encapsulated frames than the header says: the first ones are sure with a table."""

import numpy as np
from pydicom import dcmread
from pydicom.uid import RLELossless

from tests.support.dicom_writer import analytic_hu, enhanced_set, save
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan


def test_frames_beyond_the_said_number_are_left_out_and_told(tmp_path):
    hu = analytic_hu((5, 36, 40))
    one = dcmread(save(enhanced_set(hu), tmp_path / "x", RLELossless))
    one.NumberOfFrames = 3
    del one.PerFrameFunctionalGroupsSequence[3:]
    one.save_as(tmp_path / "x")
    (stack,) = scan(SilentContext(), [tmp_path]).stacks()
    assert "the offset table lists more frames than the header says" in [
        c.text for c in stack.caveats
    ]
    volume = load(SilentContext(), stack)
    np.testing.assert_array_equal(volume.data, hu[:3])
    assert volume.placeholders == ()
