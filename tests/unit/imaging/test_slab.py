"""Thick slices against numpy over the same voxels."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.core.plane import Orientation, map_axes
from viewer.core.slab import Slab, SlabMode
from viewer.imaging.reslice import axis_slice, plane_slice
from viewer.imaging.slab import project, slab_range

RNG = np.random.default_rng(5)
MODES: dict[SlabMode, Callable[..., np.ndarray]] = {
    SlabMode.MIP: np.max,
    SlabMode.MINIP: np.min,
    SlabMode.MEAN: np.mean,
}


@pytest.mark.parametrize(
    ("index", "thickness_mm", "expected"),
    [
        (3, 2.5, (3, 4)), (3, 5.0, (3, 5)), (3, 7.5, (2, 5)),
        (0, 7.5, (0, 2)), (6, 30.0, (1, 7)), (3, 0.1, (3, 4)),
    ],
)  # fmt: skip
def test_which_slices_a_slab_takes(index, thickness_mm, expected):
    assert slab_range(index, 7, 2.5, Slab(SlabMode.MIP, thickness_mm)) == expected


@pytest.mark.parametrize("mode", list(MODES))
@pytest.mark.parametrize("orientation", list(Orientation))
def test_a_slab_is_numpys_projection(mode, orientation):
    volume = make_volume(data=RNG.integers(-1000, 1000, (7, 10, 12), dtype=np.int16))
    mapping = map_axes(volume.geometry, orientation)
    spacing = volume.geometry.spacing_zyx_mm[mapping.axis]
    cut = plane_slice(volume, orientation, 4, Slab(mode, 3 * spacing))
    slices = [axis_slice(volume.data, mapping, n).astype(float) for n in (3, 4, 5)]
    np.testing.assert_array_equal(cut.image, np.rint(MODES[mode](slices, axis=0)))
    assert cut.image.dtype == np.int16


def test_missing_slices_take_no_part():
    data = np.full((7, 10, 12), 5, np.int16)
    data[3] = -1024
    volume = make_volume(data=data, placeholders=(3,))
    for mode in MODES:
        cut = plane_slice(volume, Orientation.AXIAL, 3, Slab(mode, 7.5))
        assert (cut.image == 5).all()
        assert cut.invalid is not None
        assert not cut.invalid.any()
    alone = plane_slice(volume, Orientation.AXIAL, 3, Slab(SlabMode.MIP, 2.5))
    assert alone.invalid is not None
    assert alone.invalid.all()


def test_a_mean_leaves_out_what_was_not_measured():
    planes = np.array([[[1.0, 2.0]], [[3.0, 9.0]]], np.float32)
    invalid = np.array([[[False, True]], [[False, False]]])
    image, mask = project(planes, invalid, SlabMode.MEAN)
    np.testing.assert_array_equal(image, [[2.0, 9.0]])
    assert mask is not None
    assert not mask.any()


def test_a_slab_needs_a_thickness():
    with pytest.raises(ValueError, match="positive"):
        Slab(SlabMode.MIP, 0.0)


def test_colour_has_no_slabs():
    data = RNG.integers(0, 255, (7, 10, 12, 3), dtype=np.uint8)
    volume = make_volume(make_geometry(), data=data, samples=3, unit=None)
    cut = plane_slice(volume, Orientation.AXIAL, 2, Slab(SlabMode.MIP, 30.0))
    np.testing.assert_array_equal(cut.image, data[2])
