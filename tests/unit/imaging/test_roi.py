"""Statistics under a region, restated voxel by voxel."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.voxel_grids import (
    geometry,
    padding_value,
    rotation,
    signed_permutations,
    volume,
)
from viewer.core.geometry import Calibration
from viewer.core.oblique import oblique_count, oblique_plane
from viewer.core.plane import Orientation, slice_count, slice_plane, turned
from viewer.core.shapes import EllipseShape, FreehandShape, PolygonShape, RectangleShape
from viewer.core.study import StackKey
from viewer.imaging.reslice import plane_slice
from viewer.imaging.roi import region_statistics

SHAPE = (12, 20, 17)
DATA = np.random.default_rng(4).integers(-1000, 2000, SHAPE).astype(np.int16)


def ellipse(plane, center_uv_mm, half_uv_mm, turn_deg=0.0, off_plane_mm=0.0):
    """An ellipse on a plane; its half axes turned within the plane."""
    c, s = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))
    center = plane.uv_to_lps(center_uv_mm) + off_plane_mm * plane.normal_lps
    return EllipseShape(
        frame_of_reference_uid="",
        stack=StackKey("1.2.3", 0),
        normal_lps=tuple(plane.normal_lps),
        center=tuple(center),
        half_axis_u=tuple(half_uv_mm[0] * (c * plane.u_lps + s * plane.v_lps)),
        half_axis_v=tuple(half_uv_mm[1] * (-s * plane.u_lps + c * plane.v_lps)),
    )


def voxels_inside(grid, shape):
    """All voxels of the volume within half a slice of the ellipse's plane and in its outline."""
    index = np.moveaxis(np.indices(grid.shape_zyx), 0, -1)
    delta = grid.index_to_lps(index) - np.asarray(shape.center)
    u, v = np.asarray(shape.half_axis_u), np.asarray(shape.half_axis_v)
    normal = np.cross(u, v) / np.linalg.norm(np.cross(u, v))
    across = int(np.argmax(np.abs(grid.direction_lps @ normal)))
    near = np.abs(delta @ normal) < grid.spacing_zyx_mm[across] / 2
    return near & ((delta @ u / (u @ u)) ** 2 + (delta @ v / (v @ v)) ** 2 <= 1 + 1e-9)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(signed_permutations()),
    st.tuples(*[st.floats(-15, 15)] * 3),
    st.sampled_from(Orientation),
    st.floats(0, 1),
    st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)),
    st.tuples(st.floats(0.4, 8), st.floats(0.4, 8)),
    st.floats(0, 180),
)
def test_statistics_are_those_of_the_voxels_inside(
    direction, tilt, orientation, depth, where, half_mm, turn
):
    grid = geometry(SHAPE, (2.5, 0.7, 0.8), direction_lps=direction @ rotation(tilt).T)
    index = round(depth * (slice_count(grid, orientation) - 1))
    plane = slice_plane(grid, orientation, index)
    shape = ellipse(plane, np.multiply(where, plane.size_uv_mm), half_mm, turn)
    values = DATA[voxels_inside(grid, shape)].astype(float)
    result = region_statistics(volume(DATA, grid), shape)
    assert result.n_pixels == len(values)
    assert result.area_mm2 == pytest.approx(np.pi * half_mm[0] * half_mm[1])
    assert result.unit == "HU"
    if len(values) == 0:
        assert result.mean is result.sd is result.minimum is result.median is None
        return
    assert result.mean == pytest.approx(values.mean())
    assert result.sd == pytest.approx(values.std())
    assert (result.minimum, result.maximum) == (values.min(), values.max())
    assert result.median == np.median(values)


def test_by_hand():
    grid = geometry(SHAPE, (2.0, 1.0, 1.0))
    plane = slice_plane(grid, Orientation.AXIAL, 3)
    result = region_statistics(volume(DATA, grid), ellipse(plane, (5, 8), (1, 1)))
    cross = [DATA[3, 8, 5], DATA[3, 7, 5], DATA[3, 9, 5], DATA[3, 8, 4], DATA[3, 8, 6]]
    assert result.n_pixels == 5  # centres on the outline count
    assert result.mean == pytest.approx(np.mean(cross))
    assert result.median == np.median(cross)


@pytest.mark.parametrize(("off_mm", "z"), [(0.9, 3), (-0.9, 3), (1.1, 4), (-1.1, 2)])
def test_the_nearest_slice_is_measured(off_mm, z):
    grid = geometry(SHAPE, (2.0, 1.0, 1.0))
    plane = slice_plane(grid, Orientation.AXIAL, 3)
    result = region_statistics(
        volume(DATA, grid), ellipse(plane, (5, 8), (0.5, 0.5), off_plane_mm=off_mm)
    )
    assert (result.n_pixels, result.mean) == (1, DATA[z, 8, 5])


@pytest.mark.parametrize("off_mm", [-8.0, 24.0])
def test_beyond_the_volume_there_is_nothing(off_mm):
    grid = geometry(SHAPE, (2.0, 1.0, 1.0))
    plane = slice_plane(grid, Orientation.AXIAL, 3)
    shape = ellipse(plane, (5, 8), (4, 4), off_plane_mm=off_mm)
    assert region_statistics(volume(DATA, grid), shape).n_pixels == 0


def test_padding_placeholders_and_nan_are_left_out():
    grid = geometry(SHAPE, (2.0, 1.0, 1.0))
    shape = ellipse(slice_plane(grid, Orientation.SAGITTAL, 5), (9, 11), (6, 7))
    values = DATA.astype(np.float32)
    values[5, :, 5] = -2000
    values[6, 10, 5] = np.nan
    series = volume(values, grid, padding=padding_value(-2000, 12), placeholders=(7,))
    inside = voxels_inside(grid, shape)
    inside[5] = inside[7] = False
    inside[6, 10, 5] = False
    result = region_statistics(series, shape)
    assert result.n_pixels == inside.sum() > 30
    assert result.mean == pytest.approx(values[inside].mean(dtype=float))
    assert result.minimum == values[inside].min()


def test_no_area_without_millimetres():
    for calibration, z_known, orientation, known in (
        (Calibration.NONE, True, Orientation.AXIAL, False),
        (Calibration.DETECTOR, True, Orientation.AXIAL, True),
        (Calibration.PATIENT, False, Orientation.AXIAL, True),
        (Calibration.PATIENT, False, Orientation.CORONAL, False),
    ):
        grid = geometry(SHAPE, calibration=calibration, z_known=z_known)
        shape = ellipse(slice_plane(grid, orientation, 3), (5, 5), (2, 2))
        result = region_statistics(volume(DATA, grid), shape)
        assert (result.area_mm2 is not None) is known
        assert result.n_pixels > 0


def test_an_ellipse_without_extent_holds_nothing():
    grid = geometry(SHAPE)
    shape = ellipse(slice_plane(grid, Orientation.AXIAL, 3), (5, 5), (0, 3))
    result = region_statistics(volume(DATA, grid), shape)
    assert (result.n_pixels, result.area_mm2, result.mean) == (0, 0, None)


def test_colour_has_no_statistics():
    colour = np.zeros((*SHAPE, 3), np.uint8)
    grid = geometry(SHAPE)
    shape = ellipse(slice_plane(grid, Orientation.AXIAL, 3), (5, 5), (3, 3))
    assert region_statistics(volume(colour, grid, unit=None), shape).n_pixels == 0


def polygon(plane, corners_uv, kind=PolygonShape):
    return kind(
        frame_of_reference_uid="",
        stack=StackKey("1.2.3", 0),
        normal_lps=tuple(plane.normal_lps),
        vertices=tuple(tuple(point) for point in plane.uv_to_lps(np.asarray(corners_uv))),
    )


def nearest_to_plane(grid, shape):
    """Voxels at most half a step from a plane along the axis most nearly across it, (z, y, x)."""
    normal = np.asarray(shape.normal_lps)
    axis = int(np.argmax(np.abs(grid.direction_lps @ normal)))
    index = np.moveaxis(np.indices(grid.shape_zyx), 0, -1)
    places = grid.index_to_lps(index)
    away = (places - np.asarray(shape.center_lps)) @ normal
    step = float(grid.steps_lps_mm[axis] @ normal)
    return np.abs(away / step) < 0.5, places


@settings(deadline=None, max_examples=40)
@given(
    st.tuples(*[st.floats(-15, 15)] * 3),
    st.tuples(*[st.floats(-40, 40)] * 3),
    st.sampled_from(Orientation),
    st.booleans(),
    st.booleans(),
)
def test_on_an_oblique_plane_each_voxel_counts_once(tilt, turn, orientation, mirrored, is_box):
    grid = geometry(SHAPE, (1.5, 0.7, 0.8), direction_lps=np.eye(3)[::-1] @ rotation(tilt).T)
    planes: Any = tuple(tuple(row) for row in rotation(turn))
    count = oblique_count(grid, orientation, planes)
    plane = turned(oblique_plane(grid, orientation, planes, count // 2), 1, mirrored)
    middle = plane.lps_to_uvw(grid.center_lps_mm)[:2]
    # off the voxels' own places, so that no centre lies on an edge
    corners = middle + np.asarray(
        [(-3.1307, -2.0711), (2.8873, -2.5179), (3.3391, 1.9013), (-2.7117, 3.2919)]
    )
    if is_box:
        shape = rectangle(plane, middle, (2.9117, 3.3013))
        u, v = plane.lps_to_uvw(shape.center_lps)[:2]
        edges = np.asarray([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (2.9117, 3.3013) + (u, v)
    else:
        shape, edges = polygon(plane, corners), corners
    near, places = nearest_to_plane(grid, shape)
    uv = plane.lps_to_uvw(places)[..., :2]
    inside = near.copy()  # convex: on the same side of every edge
    for a, b in zip(edges, np.roll(edges, -1, axis=0), strict=True):
        side = (b[0] - a[0]) * (uv[..., 1] - a[1]) - (b[1] - a[1]) * (uv[..., 0] - a[0])
        inside &= side >= 0
    values = DATA[inside].astype(float)
    result = region_statistics(volume(DATA, grid), shape)
    assert result.n_pixels == len(values) > 10
    assert result.mean == pytest.approx(values.mean())
    assert result.sd == pytest.approx(values.std())
    assert (result.minimum, result.maximum) == (values.min(), values.max())
    assert result.median == np.median(values)
    x, y = np.asarray(edges).T
    shoelace = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    assert result.area_mm2 == pytest.approx(shoelace)


def rectangle(plane, center_uv, half_uv_mm):
    return RectangleShape(
        frame_of_reference_uid="",
        stack=StackKey("1.2.3", 0),
        normal_lps=tuple(plane.normal_lps),
        center=tuple(plane.uv_to_lps(center_uv)),
        half_axis_u=tuple(half_uv_mm[0] * plane.u_lps),
        half_axis_v=tuple(half_uv_mm[1] * plane.v_lps),
    )


@pytest.mark.parametrize("kind", [PolygonShape, FreehandShape])
@pytest.mark.parametrize("orientation", list(Orientation))
def test_an_l_is_counted_by_hand(kind, orientation):
    grid = geometry(SHAPE, (1.0, 1.0, 1.0))
    plane = slice_plane(grid, orientation, 3)
    shape = polygon(plane, [(1, 1), (7, 1), (7, 3), (3, 3), (3, 6), (1, 6)], kind)
    image = plane_slice(volume(DATA, grid), orientation, 3).image
    inside = [(r, c) for r in (1, 2, 3) for c in range(1, 8)]
    inside += [(r, c) for r in (4, 5, 6) for c in (1, 2, 3)]
    values = np.asarray([image[place] for place in inside], float)
    result = region_statistics(volume(DATA, grid), shape)
    assert result.n_pixels == len(values) == 30
    assert result.mean == pytest.approx(values.mean())
    assert result.area_mm2 == pytest.approx(18)


def test_a_region_leaves_padding_and_placeholders_out():
    grid = geometry(SHAPE, (1.0, 1.0, 1.0))
    values = DATA.copy()
    values[:, 3:5, :] = -2000
    series = volume(values, grid, padding=padding_value(-2000, 12), placeholders=(7,))
    plane = slice_plane(grid, Orientation.SAGITTAL, 5)
    shape = rectangle(plane, (6, 6), (20, 20))  # all of the slice
    kept = np.ones(SHAPE[:2], bool)
    kept[:, 3:5] = kept[7] = False
    result = region_statistics(series, shape)
    # index axis of the sagittal slices is x
    sagittal = values[:, :, round(float(grid.lps_to_index(shape.center_lps)[2]))][kept]
    assert result.n_pixels == sagittal.size
    assert result.mean == pytest.approx(sagittal.mean())


@pytest.mark.parametrize("orientation", list(Orientation))
def test_what_lies_beyond_the_image_has_no_value(orientation):
    """Half of a rectangle lies beside the image, whose pixels are small against it."""
    grid = geometry((60, 64, 72), (1.3, 0.7, 0.9))
    series = volume(np.zeros(grid.shape_zyx, np.int16), grid)
    plane = slice_plane(grid, orientation, 20)
    middle = plane.lps_to_uvw(grid.center_lps_mm)[:2]
    whole = ellipse(plane, middle, (9.0, 7.0))
    assert region_statistics(series, whole).share_without == 0.0
    at_edge = (-plane.spacing_vu_mm[1] / 2, middle[1])
    found = region_statistics(series, ellipse(plane, at_edge, (9.0, 7.0)))
    assert found.share_without == pytest.approx(0.5, abs=0.06)
    away = (-200.0, middle[1])
    assert region_statistics(series, ellipse(plane, away, (9.0, 7.0))).share_without == 1.0
