"""Values between voxels against the formula, also where all share falls to one voxel."""

from dataclasses import replace

import numpy as np

from tests.support.volumes import make_geometry, make_volume
from viewer.core.volume import Padding
from viewer.imaging.trilinear import Trilinear

GEOMETRY = make_geometry((4, 6, 5))
DATA = np.random.default_rng(8).integers(-900, 900, GEOMETRY.shape_zyx, dtype=np.int16)


def at(*places):
    return [np.array(axis, np.float32) for axis in zip(*places, strict=True)]


def test_values_are_weighted_by_nearness():
    samples = Trilinear(make_volume(GEOMETRY, data=DATA)).read(at((1.25, 2.5, 3.75)))
    cell = DATA[1:3, 2:4, 3:5].astype(float)
    expected = np.einsum("zyx,z,y,x", cell, [0.75, 0.25], [0.5, 0.5], [0.25, 0.75])
    np.testing.assert_allclose(samples.values, [expected], rtol=1e-6)
    assert samples.absent is None


def test_a_voxel_beside_padding_keeps_its_own_value():
    data = DATA.copy()
    data[2, 3, 3] = -2000
    ends = np.full(4, -2000.0, np.float32)
    volume = replace(make_volume(GEOMETRY, data=data), padding=Padding(ends, ends))
    places = [(2, 3, 2), (2, 3, 2.00002), (2, 3, 3.99999), (2, 3, 2.1), (2, 2.5, 3), (1.5, 3, 3)]
    samples = Trilinear(volume).read(at(*places))
    assert samples.absent is not None
    assert samples.absent.tolist() == [False, False, False, True, True, True]
    near = [data[2, 3, 2], data[2, 3, 2], data[2, 3, 4]]
    np.testing.assert_allclose(samples.values[:3], near, atol=1e-3)


def test_the_outermost_voxels_are_reached():
    samples = Trilinear(make_volume(GEOMETRY, data=DATA)).read(at((3.4, 5.4, 4.4), (-0.4, 0, -9)))
    np.testing.assert_allclose(samples.values, [DATA[3, 5, 4], DATA[0, 0, 0]], atol=0.01)
