"""Oblique planes against the formula of the voxels they cut, and against SimpleITK."""

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.core.oblique import oblique_plane, straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.view_state import THIN, Slab, SlabMode
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


def test_padding_is_not_shown():
    data = np.full(GEOMETRY.shape_zyx, 40, np.int16)
    data[:, :6] = -2000
    low = np.full(9, -2000.0, np.float32)
    volume = make_volume(GEOMETRY, data=data)
    volume = type(volume)(volume.stack, data, GEOMETRY, padding=Padding(low, low))
    rotation = turn_about(straight_rotation(GEOMETRY), np.array([0.0, 0.0, 1.0]), 0.2)
    cut = oblique_slice(volume, oblique_plane(GEOMETRY, Orientation.AXIAL, rotation, 10), THIN)
    assert cut.invalid is not None
    assert (cut.image[~cut.invalid] > -1100).all()  # no more than half of a neighbour shows


def test_colour_is_interpolated_channel_by_channel():
    data = np.zeros((*GEOMETRY.shape_zyx, 3), np.uint8)
    data[..., 0], data[..., 2] = 200, 7
    volume = make_volume(GEOMETRY, data=data, samples=3, unit=None)
    rotation = turn_about(straight_rotation(GEOMETRY), np.array([1.0, 0.0, 1.0]), 0.4)
    cut = oblique_slice(volume, oblique_plane(GEOMETRY, Orientation.AXIAL, rotation, 10), THIN)
    assert cut.image.dtype == np.uint8
    assert cut.invalid is not None
    assert (cut.image[~cut.invalid] == (200, 0, 7)).all()
