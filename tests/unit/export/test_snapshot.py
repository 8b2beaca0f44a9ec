"""The frame of a picture: square pixels, the whole slice, room for letters."""

import numpy as np
import pytest

from tests.support.volumes import make_geometry
from viewer.core.plane import Orientation, slice_plane
from viewer.export.snapshot import LARGEST_LONG_SIDE_PX, SMALLEST_LONG_SIDE_PX, frame_for


@pytest.mark.parametrize("orientation", list(Orientation))
def test_the_slice_fills_the_picture_in_true_proportion(orientation):
    plane = slice_plane(make_geometry(), orientation, 2)
    frame = frame_for(plane)
    assert max(frame.size_px) == SMALLEST_LONG_SIDE_PX
    width_mm, height_mm = plane.size_uv_mm
    assert frame.size_px[0] / frame.size_px[1] == pytest.approx(width_mm / height_mm, rel=0.01)
    dv, du = plane.spacing_vu_mm
    left, top = frame.transform.to_px((-du / 2, -dv / 2))
    right, bottom = frame.transform.to_px((width_mm - du / 2, height_mm - dv / 2))
    np.testing.assert_allclose([left, top, right, bottom], [0, 0, *frame.size_px], atol=1.0)


def test_large_matrices_keep_their_pixels_up_to_a_limit():
    plane = slice_plane(make_geometry((2, 2000, 1500), spacing_zyx_mm=(1, 0.1, 0.1)),
                        Orientation.AXIAL, 0)  # fmt: skip
    assert frame_for(plane).size_px == (1500, 2000)
    huge = slice_plane(make_geometry((2, 9000, 9000)), Orientation.AXIAL, 0)
    assert max(frame_for(huge).size_px) == LARGEST_LONG_SIDE_PX
