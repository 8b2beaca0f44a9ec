"""The phantom is what its numbers say, wherever its slices lie."""

import numpy as np
import pytest

from viewer.imaging.phantom_quality import (
    BEADS,
    INSERTS,
    SPHERE,
    feet_first_prone,
    on_the_side,
    quality_geometry,
    quality_phantom,
    ramp_hu,
)


@pytest.fixture(scope="module")
def hu():
    return quality_phantom(quality_geometry())


def test_no_flip_and_no_swap_leaves_it_as_it_is(hu):
    assert hu.shape == (46, 88, 108)
    for axes in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
        assert (np.flip(hu, axes) != hu).sum() > 1000


def test_objects_hold_their_volume(hu):
    geometry = quality_geometry()
    for item, reach in ((SPHERE, 13.0), (INSERTS[-1], 18.0)):
        index = np.moveaxis(np.indices(hu.shape), 0, -1)
        delta = geometry.index_to_lps(index) - item.centre_lps
        near = (np.abs(delta) <= np.array([6.5, 6.5, reach] if item is not SPHERE else 13)).all(-1)
        near &= (np.linalg.norm(delta, axis=-1) < 12.6) | (item is not SPHERE)
        share = hu[near].astype(float).sum() / item.hu * geometry.voxel_volume_mm3
        assert share == pytest.approx(item.volume_mm3, rel=0.005)


def test_beads_lie_on_their_places(hu):
    geometry = quality_geometry()
    for bead in BEADS:
        z, y, x = np.rint(geometry.lps_to_index(bead.centre_lps)).astype(int)
        assert hu[z, y, x] == bead.hu


def test_other_positions_hold_the_same_voxels(hu):
    assert np.array_equal(quality_phantom(feet_first_prone())[::-1, ::-1], hu)
    turned = quality_phantom(on_the_side()).transpose(0, 2, 1)[:, ::-1]
    assert np.array_equal(turned, hu)


@pytest.mark.parametrize("make", [quality_geometry, feet_first_prone, on_the_side])
def test_axes_are_right_handed(make):
    normal, column, row = make().direction_lps
    assert np.cross(row, column) == pytest.approx(normal)


def test_a_tilted_gantry_leans_to_the_back():
    geometry = quality_geometry(12)
    steps = geometry.index_to_lps([[0, 0, 0], [1, 0, 0]])
    lean = steps[1] - steps[0]
    assert np.degrees(np.arctan2(lean[1], lean[2])) == pytest.approx(12)
    assert np.linalg.norm(lean) == pytest.approx(1.5)


def test_the_ramp_rises_to_the_left():
    assert ramp_hu(np.array([-22.0, 0.0, 22.0])).tolist() == [-1000, 0, 1000]
