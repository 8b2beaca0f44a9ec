"""What marks on slabs measure: the pixels of the picture; across oblique ones, voxel by voxel."""

from typing import Any

import numpy as np
import pytest

from tests.support.voxel_grids import geometry, padding_value, rotation, volume
from viewer.core.oblique import oblique_count, oblique_plane
from viewer.core.plane import Orientation, slice_plane
from viewer.core.shapes import EllipseShape, as_point
from viewer.core.slab import THIN, Slab, SlabMode
from viewer.core.study import StackKey
from viewer.imaging.distribution import slice_distribution
from viewer.imaging.oblique import oblique_slice, slab_planes, slab_step_mm
from viewer.imaging.reslice import plane_slice
from viewer.imaging.roi import region_statistics, region_values
from viewer.imaging.slab import slab_values

SHAPE = (14, 23, 19)
DATA = np.random.default_rng(8).integers(-1000, 2000, SHAPE).astype(np.int16)
GRID = geometry(SHAPE, (1.7, 0.9, 0.8), direction_lps=np.eye(3)[::-1] @ rotation((4, -7, 9)).T)
OBLIQUE: Any = tuple(tuple(row) for row in rotation((21, -13, 17)))
PROJECT: dict[SlabMode, Any] = {
    SlabMode.MIP: np.max,
    SlabMode.MINIP: np.min,
    SlabMode.MEAN: np.mean,
}
MODES = list(PROJECT)


def ellipse(plane, slab, half_mm=(4.1, 3.2)):
    middle = plane.lps_to_uvw(GRID.center_lps_mm)[:2]
    return EllipseShape(
        frame_of_reference_uid="",
        stack=StackKey("1.2.3", 0),
        normal_lps=as_point(plane.normal_lps),
        slab=slab,
        center=as_point(plane.uv_to_lps(middle)),
        half_axis_u=as_point(half_mm[0] * plane.u_lps),
        half_axis_v=as_point(half_mm[1] * plane.v_lps),
    )


@pytest.mark.parametrize("index", [0, 6, 13])
@pytest.mark.parametrize("thickness_mm", [0.4, 4.6, 7.0, 300.0])
@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize("mode", MODES)
def test_on_a_straight_plane_they_are_the_pixels_of_the_picture(
    mode, orientation, thickness_mm, index
):
    series, slab = volume(DATA, GRID), Slab(mode, thickness_mm)
    cut = plane_slice(series, orientation, index, slab)
    rows, columns = np.indices(cut.image.shape)
    dv, du = cut.plane.spacing_vu_mm
    points = cut.plane.uv_to_lps(np.stack([columns * du, rows * dv], axis=-1).reshape(-1, 2))
    values, invalid = slab_values(series, points, cut.plane.normal_lps, slab)
    np.testing.assert_array_equal(values, cut.image.ravel())
    assert not invalid.any()


@pytest.mark.parametrize("mode", MODES)
def test_a_region_on_a_slab_measures_the_pixels_of_its_picture(mode):
    series, slab = volume(DATA, GRID), Slab(mode, 5.2)
    cut = plane_slice(series, Orientation.AXIAL, 7, slab)
    shape = ellipse(cut.plane, slab)
    rows, columns = np.indices(cut.image.shape)
    dv, du = cut.plane.spacing_vu_mm
    u, v = np.moveaxis(
        np.stack([columns * du, rows * dv], -1) - cut.plane.lps_to_uvw(shape.center)[:2], -1, 0
    )
    inside = (u / 4.1) ** 2 + (v / 3.2) ** 2 <= 1
    expected = cut.image[inside].astype(float)
    found = region_statistics(series, shape)
    assert found.n_pixels == expected.size
    assert found.mean == pytest.approx(expected.mean())
    assert (found.minimum, found.maximum) == (expected.min(), expected.max())
    thin = region_statistics(series, ellipse(cut.plane, THIN))
    assert thin.mean == pytest.approx(DATA[7][inside].mean())
    assert thin.mean != found.mean


@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize("mode", MODES)
def test_across_an_oblique_plane_each_place_takes_its_nearest_voxels(mode, orientation):
    count = oblique_count(GRID, orientation, OBLIQUE)
    plane, slab = oblique_plane(GRID, orientation, OBLIQUE, count // 2), Slab(mode, 6.1)
    series = volume(DATA, GRID)
    step_mm, depth = slab_step_mm(GRID, plane), slab_planes(GRID, plane, slab)
    assert depth > 2
    middle = plane.lps_to_uvw(GRID.center_lps_mm)[:2]
    points = plane.uv_to_lps(middle + np.random.default_rng(2).uniform(-6, 6, (40, 2)))
    values, invalid = slab_values(series, points, plane.normal_lps, slab)
    for point, value, is_absent in zip(points, values, invalid, strict=True):
        found = []
        for number in range(depth):
            at = point + (number - (depth - 1) / 2) * step_mm * plane.normal_lps
            z, y, x = (round(float(i)) for i in GRID.lps_to_index(at))
            if all(0 <= i < n for i, n in zip((z, y, x), SHAPE, strict=True)):
                found.append(int(DATA[z, y, x]))
        assert is_absent == (not found)
        if found:
            assert value == round(float(PROJECT[mode](found)))


def test_across_an_oblique_plane_they_are_near_the_picture_of_smooth_tissue():
    z, y, x = np.indices(SHAPE)
    data = (40 * z - 25 * y + 30 * x).astype(np.int16)
    series, slab = volume(data, GRID), Slab(SlabMode.MEAN, 4.3)
    count = oblique_count(GRID, Orientation.CORONAL, OBLIQUE)
    plane = oblique_plane(GRID, Orientation.CORONAL, OBLIQUE, count // 2)
    cut = oblique_slice(series, plane, slab)
    dv, du = plane.spacing_vu_mm
    rows, columns = (n // 2 for n in cut.image.shape)
    values, _ = slab_values(
        series, plane.uv_to_lps([[columns * du, rows * dv]]), plane.normal_lps, slab
    )
    assert abs(int(values[0]) - int(cut.image[rows, columns])) < 25  # half a voxel's way


def test_padding_takes_no_part_and_all_padding_is_no_value():
    data = np.full(SHAPE, 50, np.int16)
    data[6], data[7, :, :10] = -2000, -2000
    series = volume(data, GRID, padding=padding_value(-2000, SHAPE[0]))
    plane = slice_plane(GRID, Orientation.AXIAL, 7)
    two = Slab(SlabMode.MINIP, 2 * 1.7)
    assert set(region_values(series, ellipse(plane, two))) == {50.0}
    one = Slab(SlabMode.MINIP, 1.7)
    assert len(region_values(series, ellipse(plane, one))) < len(
        region_values(series, ellipse(plane, two))
    )


def test_a_slab_without_end_costs_no_more_than_the_volume():
    plane = slice_plane(GRID, Orientation.AXIAL, 7)
    shape = ellipse(plane, Slab(SlabMode.MIP, 1e300))
    assert (
        region_statistics(volume(DATA, GRID), shape).maximum
        == DATA.max(axis=0)[_inside_of(shape)].max()
    )


def _inside_of(shape):
    z, y, x = np.indices(SHAPE)
    points = GRID.index_to_lps(np.stack([z[7], y[7], x[7]], -1).reshape(-1, 3))
    return shape.holds(points).reshape(SHAPE[1:])


def test_the_histogram_of_a_slice_in_a_slab_is_that_of_the_picture():
    series, slab = volume(DATA, GRID), Slab(SlabMode.MIP, 5.2)
    cut = plane_slice(series, Orientation.SAGITTAL, 9, slab)
    found = slice_distribution(series, cut.plane, slab=slab)
    assert found is not None
    assert (found.n, found.minimum) == (cut.image.size, cut.image.min())
    assert found.mean == pytest.approx(cut.image.mean())
