"""Oblique planes against the formula of the voxels they cut, and against SimpleITK."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.core.oblique import oblique_plane, straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.slab import THIN, Slab, SlabMode
from viewer.core.volume import Padding
from viewer.imaging.oblique import oblique_slice
from viewer.imaging.reslice import plane_slice

GEOMETRY = make_geometry((9, 14, 11))


def linear_volume():
    """Voxels are a linear function of the place: interpolation is exact."""
    z, y, x = np.indices(GEOMETRY.shape_zyx)
    points = GEOMETRY.index_to_lps(np.stack([z, y, x], axis=-1))
    data = (points @ np.array([3.0, -7.0, 5.0])).astype(np.float32)
    return make_volume(GEOMETRY, data=data, unit=None)


@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize("degrees", [0, 20, -75])
def test_values_are_those_of_the_place(orientation, degrees):
    rotation = turn_about(
        straight_rotation(GEOMETRY), np.array([2.0, -1.0, 1.0]), np.radians(degrees)
    )
    volume = linear_volume()
    plane = oblique_plane(GEOMETRY, orientation, rotation, 9)
    cut = oblique_slice(volume, plane, THIN)
    rows, columns = np.indices(plane.shape_vu)
    dv, du = plane.spacing_vu_mm
    points = plane.uv_to_lps(np.stack([columns * du, rows * dv], axis=-1))
    index = GEOMETRY.lps_to_index(points)
    inside = ((index >= 0) & (index <= np.array(GEOMETRY.shape_zyx) - 1)).all(axis=-1)
    assert inside.sum() > 20
    assert cut.invalid is not None
    assert not cut.invalid[inside].any()
    expected = points @ np.array([3.0, -7.0, 5.0])
    np.testing.assert_allclose(cut.image[inside], expected[inside], atol=1e-2)
    outside = ((index < -0.51) | (index > np.array(GEOMETRY.shape_zyx) - 0.49)).any(axis=-1)
    assert cut.invalid[outside].all()


def test_noise_equals_simpleitk():
    sitk = pytest.importorskip("SimpleITK")
    data = np.random.default_rng(2).normal(0, 300, GEOMETRY.shape_zyx).astype(np.float32)
    volume = make_volume(GEOMETRY, data=data, unit=None)
    rotation = turn_about(straight_rotation(GEOMETRY), np.array([0.3, 1.0, -0.5]), 0.7)
    plane = oblique_plane(GEOMETRY, Orientation.CORONAL, rotation, 10)
    cut = oblique_slice(volume, plane, THIN)
    image = sitk.GetImageFromArray(data)
    image.SetSpacing(GEOMETRY.spacing_zyx_mm[::-1])
    image.SetOrigin(tuple(GEOMETRY.origin_lps_mm))
    image.SetDirection(GEOMETRY.direction_lps[::-1].T.ravel().tolist())
    direction = np.stack([plane.u_lps, plane.v_lps, plane.normal_lps], axis=1)
    rows, columns = plane.shape_vu
    dv, du = plane.spacing_vu_mm
    expected = sitk.GetArrayFromImage(
        sitk.Resample(
            image, (columns, rows, 1), sitk.Transform(), sitk.sitkLinear,
            tuple(plane.origin_lps_mm), (du, dv, 1.0), direction.ravel().tolist(), -9999.0,
        )
    )[0]  # fmt: skip
    assert cut.invalid is not None
    both = (expected != -9999.0) & ~cut.invalid
    index = GEOMETRY.lps_to_index(
        plane.uv_to_lps(np.stack(np.meshgrid(np.arange(columns) * du, np.arange(rows) * dv), -1))
    )
    both &= ((index >= 0) & (index <= np.array(GEOMETRY.shape_zyx) - 1)).all(axis=-1)
    assert both.sum() > 50
    np.testing.assert_allclose(cut.image[both], expected[both], atol=0.05)


def test_a_straight_slab_is_the_projection_of_its_planes():
    isotropic = make_geometry((9, 14, 11), spacing_zyx_mm=(1.0, 1.0, 1.0))
    data = np.random.default_rng(3).integers(-900, 900, isotropic.shape_zyx, dtype=np.int16)
    volume = make_volume(isotropic, data=data)
    plane = oblique_plane(isotropic, Orientation.AXIAL, straight_rotation(isotropic), 4)
    cut = oblique_slice(volume, plane, Slab(SlabMode.MIP, 3.0))
    expected = plane_slice(volume, Orientation.AXIAL, 4, Slab(SlabMode.MIP, 3.0))
    np.testing.assert_array_equal(cut.image, expected.image)


PADDED = Padding(np.full(9, -2000.0, np.float32), np.full(9, -1990.0, np.float32))


def padded(data, padding=PADDED, placeholders=()):
    volume = make_volume(GEOMETRY, data=data)
    return replace(volume, padding=padding, placeholders=placeholders)


def half_padded():
    """Tissue of 100 HU with a slanted edge to padding of two values."""
    z, y, x = np.indices(GEOMETRY.shape_zyx)
    data = np.full(GEOMETRY.shape_zyx, 100, np.int16)
    data[y + x // 2 + z // 3 < 9] = -2000
    data[y + x // 2 + z // 3 < 4] = -1995
    return data


def touched(plane, hole):
    """Where a voxel of `hole` has a share in a pixel: for sure, and perhaps (by rounding)."""
    rows, columns = np.indices(plane.shape_vu)
    dv, du = plane.spacing_vu_mm
    points = plane.uv_to_lps(np.stack([columns * du, rows * dv], axis=-1))
    last = np.array(GEOMETRY.shape_zyx) - 1
    index = np.clip(GEOMETRY.lps_to_index(points), 0, last)
    floor = np.minimum(np.floor(index).astype(int), last)
    share = index - floor
    sure, perhaps = np.zeros(plane.shape_vu, bool), np.zeros(plane.shape_vu, bool)
    for corner in np.ndindex(2, 2, 2):
        at = np.minimum(floor + corner, last)
        weights = np.where(np.array(corner) == 1, share, 1 - share)
        bad = hole[at[..., 0], at[..., 1], at[..., 2]]
        sure |= bad & (weights > 1e-3).all(axis=-1)
        perhaps |= bad & (weights > -1e-3).all(axis=-1)
    return sure, perhaps


@pytest.mark.parametrize("degrees", [0.0, 8.0, 33.0, -71.0])
@pytest.mark.parametrize("what", ["one range", "a range for some slices", "slices without image"])
def test_no_value_is_a_mixture_with_what_was_not_measured(degrees, what):
    data = half_padded()
    hole = data < 0
    volume = padded(data)
    if what == "a range for some slices":
        low, high = PADDED.low.copy(), PADDED.high.copy()
        low[[1, 4]] = high[[1, 4]] = np.nan
        hole[[1, 4]] = False
        data[[1, 4]] = 100
        volume = padded(data, Padding(low, high))
    elif what == "slices without image":
        data[:] = 100
        data[[2, 6]] = -777
        hole = data == -777
        volume = padded(data, None, (2, 6))
    rotation = turn_about(
        straight_rotation(GEOMETRY), np.array([1.0, 0.5, 0.7]), np.radians(degrees)
    )
    plane = oblique_plane(GEOMETRY, Orientation.CORONAL, rotation, 7)
    cut = oblique_slice(volume, plane, THIN)
    assert cut.invalid is not None
    assert (cut.image[~cut.invalid] == 100).all()
    sure, perhaps = touched(plane, hole)
    beyond = oblique_slice(padded(data, None), plane, THIN).invalid
    assert beyond is not None
    assert cut.invalid[sure].all()
    assert not (cut.invalid & ~perhaps & ~beyond).any()  # what is beside it stays
    assert 10 < (~cut.invalid).sum() < (~beyond).sum()


@pytest.mark.parametrize("mode", [SlabMode.MIP, SlabMode.MINIP, SlabMode.MEAN])
def test_a_slab_projects_measurements_only(mode):
    rotation = turn_about(straight_rotation(GEOMETRY), np.array([1.0, 0.5, 0.7]), 0.5)
    plane = oblique_plane(GEOMETRY, Orientation.CORONAL, rotation, 7)
    for coarse in (1, 2):
        cut = oblique_slice(padded(half_padded()), plane, Slab(mode, 4.0), coarse)
        assert cut.invalid is not None
        assert (cut.image[~cut.invalid] == 100).all()


def test_colour_is_interpolated_channel_by_channel():
    data = np.zeros((*GEOMETRY.shape_zyx, 3), np.uint8)
    data[..., 0], data[..., 2] = 200, 7
    volume = make_volume(GEOMETRY, data=data, samples=3, unit=None)
    rotation = turn_about(straight_rotation(GEOMETRY), np.array([1.0, 0.0, 1.0]), 0.4)
    cut = oblique_slice(volume, oblique_plane(GEOMETRY, Orientation.AXIAL, rotation, 10), THIN)
    assert cut.image.dtype == np.uint8
    assert cut.invalid is not None
    assert (cut.image[~cut.invalid] == (200, 0, 7)).all()
