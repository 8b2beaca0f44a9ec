"""The nearest voxels against plain indexing, and where a moving picture uses them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.core.oblique import oblique_plane, straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.slab import Slab, SlabMode
from viewer.imaging.nearest import Nearest
from viewer.imaging.oblique import oblique_slice

GEOMETRY = make_geometry((9, 20, 31), spacing_zyx_mm=(1.3, 0.8, 0.6))


def volume():
    data = np.random.default_rng(5).integers(-1000, 1000, GEOMETRY.shape_zyx).astype(np.int16)
    return make_volume(GEOMETRY, data=data)


def test_each_sample_is_the_voxel_around_it():
    rng, shown = np.random.default_rng(7), volume()
    at = [rng.uniform(-2, n + 1, 400).astype(np.float32) for n in GEOMETRY.shape_zyx]
    inside = [
        np.clip(np.floor(a + 0.5), 0, n - 1).astype(int)
        for a, n in zip(at, GEOMETRY.shape_zyx, strict=True)
    ]
    found = Nearest(shown).read([a.copy() for a in at])
    np.testing.assert_array_equal(found.values, shown.data[tuple(inside)])
    assert found.absent is None


def test_colour_keeps_its_channels():
    data = np.random.default_rng(1).integers(0, 255, (*GEOMETRY.shape_zyx, 3)).astype(np.uint8)
    shown = make_volume(GEOMETRY, data=data, samples=3, unit=None)
    at = [np.array([n - 2, 1], np.float32) for n in GEOMETRY.shape_zyx]
    expected = data[[7, 1], [18, 1], [29, 1]]
    np.testing.assert_array_equal(Nearest(shown).read(at).values, expected)


def test_a_missing_slice_has_no_values():
    shown = replace(volume(), placeholders=frozenset({4}))
    at = [np.array([3.4, 3.6, 4.4, 4.6], np.float32)] + [np.ones(4, np.float32)] * 2
    found = Nearest(shown).read([a.copy() for a in at])
    assert found.absent is not None
    assert found.absent.tolist() == [False, True, True, False]


@pytest.mark.parametrize("slab", [Slab(), Slab(SlabMode.MIP, 4.0)])
def test_a_picture_on_the_move_has_values_of_voxels_once_its_pixels_are_larger(slab):
    shown, rotation = (
        volume(),
        turn_about(straight_rotation(GEOMETRY), np.array([1, 0.4, 0.2]), 0.4),
    )
    plane = oblique_plane(GEOMETRY, Orientation.AXIAL, rotation, 8)
    moving = oblique_slice(shown, plane, slab, 3)
    assert moving.invalid is not None
    seen = set(moving.image[~moving.invalid].tolist())
    assert len(seen) > 20
    assert seen <= set(shown.data.ravel().tolist())
    still = oblique_slice(shown, plane, slab)
    assert still.invalid is not None
    assert np.mean(still.invalid == moving.invalid) > 0.75  # blocks stand over the edge
    fine = oblique_slice(shown, plane, slab, 2)  # 1.2 mm: smaller than the slices' distance
    assert fine.invalid is not None
    assert not set(fine.image[~fine.invalid].tolist()) <= set(shown.data.ravel().tolist())
