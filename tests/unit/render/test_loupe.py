"""The loupe and the colour bar, painted: from the voxels, in the right place."""

import numpy as np
import pytest

from tests.support.volumes import make_geometry
from viewer.core.drawable import ColourBarItem, LoupeItem
from viewer.core.plane import Orientation, slice_plane
from viewer.core.screen import place
from viewer.export.snapshot import ExportSnapshot, SnapshotFrame
from viewer.imaging.colour_maps import colour_table
from viewer.render.loupe import enlarged
from viewer.render.snapshot import render_snapshot

PLANE = slice_plane(make_geometry((5, 60, 80)), Orientation.AXIAL, 2)
V, U = np.indices((60, 80))
IMAGE = (2 * V + U).astype(np.uint8)


def painted(*drawables):
    size = (400, 300)
    frame = SnapshotFrame(size, place(PLANE, (400.0, 300.0)), 1.0)
    return render_snapshot(ExportSnapshot(IMAGE, PLANE, frame, drawables)), frame.transform


@pytest.mark.parametrize("power", [2.0, 8.0])
def test_the_loupe_enlarges_the_voxels_about_its_centre(power):
    dv, du = PLANE.spacing_vu_mm
    center = (40 * du, 30 * dv)
    picture, transform = painted(LoupeItem(center, power, IMAGE, PLANE.spacing_vu_mm))
    x, y = transform.to_px(center)
    near = enlarged(transform, center, power)
    assert near.to_px(center) == pytest.approx((x, y))
    for dx, dy in ((0, 0), (31, -22), (-40, 35), (10, 60)):
        u, v = near.to_uv((x + dx, y + dy))
        seen = picture[round(y + dy), round(x + dx), 0]
        assert abs(int(seen) - (2 * v / dv + u / du)) <= 2.5
    far = picture[15, 60, 0]  # outside the disc the picture is as it was
    u, v = transform.to_uv((60, 15))
    assert abs(int(far) - (2 * v / dv + u / du)) <= 4


def test_beside_the_image_a_loupe_is_black():
    picture, transform = painted(LoupeItem((-900.0, 0.0), 2.0, IMAGE, PLANE.spacing_vu_mm))
    assert picture.shape == (300, 400, 3)
    del transform


def test_a_colour_bar_runs_from_its_first_colour_down():
    colours = colour_table("pet")[::-1]
    picture, _ = painted(ColourBarItem((1.0, 0.0), (-50.0, 20.0), (12.0, 256.0), colours.tobytes()))
    for row in (40, 100, 180, 260):
        expected = colours[row - 20].astype(int)
        assert np.abs(picture[row, 356].astype(int) - expected).max() <= 10
