"""Every kind of region in every plane, straight and oblique: numpy on the voxels, one by one."""

from typing import Any

import numpy as np
import pytest
from skimage.measure import points_in_poly

from tests.support.voxel_grids import geometry, padding_value, rotation, volume
from viewer.core.oblique import oblique_count, oblique_plane
from viewer.core.plane import Orientation, slice_plane
from viewer.core.shapes import (
    CircleShape,
    EllipseShape,
    FreehandShape,
    PolygonShape,
    RectangleShape,
    as_point,
)
from viewer.core.study import StackKey
from viewer.imaging.roi import region_statistics, region_values

SHAPE = (14, 23, 19)
DATA = np.random.default_rng(8).integers(-1000, 2000, SHAPE).astype(np.int16)
GRID = geometry(SHAPE, (1.7, 0.9, 0.8), direction_lps=np.eye(3)[::-1] @ rotation((4, -7, 9)).T)
OBLIQUE: Any = tuple(tuple(row) for row in rotation((21, -13, 17)))
# a hook, off the voxels' own places, so that no centre lies on an edge
HOOK = np.asarray(
    [(-4.13, -3.71), (3.89, -3.52), (3.34, 0.91), (0.57, 0.63), (0.41, 3.29), (-3.8, 3.1)]
)
HALF_U, HALF_V = 4.117, 3.213


def plane_of(orientation, is_oblique):
    if not is_oblique:
        return slice_plane(GRID, orientation, 7)
    return oblique_plane(GRID, orientation, OBLIQUE, oblique_count(GRID, orientation, OBLIQUE) // 2)


def region(kind, plane, middle):
    place: dict[str, Any] = {
        "frame_of_reference_uid": "",
        "stack": StackKey("1.2.3", 0),
        "normal_lps": as_point(plane.normal_lps),
    }
    if kind in (PolygonShape, FreehandShape):
        corners = plane.uv_to_lps(middle + HOOK)
        return kind(vertices=tuple(as_point(corner) for corner in corners), **place)
    half_v = HALF_U if kind is CircleShape else HALF_V
    return kind(
        center=as_point(plane.uv_to_lps(middle)),
        half_axis_u=as_point(HALF_U * plane.u_lps),
        half_axis_v=as_point(half_v * plane.v_lps),
        **place,
    )


def is_inside(kind, uv, middle):
    u, v = np.moveaxis(uv - middle, -1, 0)
    if kind is RectangleShape:
        return (np.abs(u) <= HALF_U) & (np.abs(v) <= HALF_V)
    if kind in (EllipseShape, CircleShape):
        half_v = HALF_U if kind is CircleShape else HALF_V
        return (u / HALF_U) ** 2 + (v / half_v) ** 2 <= 1
    flat = points_in_poly((uv - middle).reshape(-1, 2), HOOK)
    return np.asarray(flat).reshape(u.shape)


@pytest.mark.parametrize("is_oblique", [False, True], ids=["straight", "oblique"])
@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize(
    "kind", [EllipseShape, CircleShape, RectangleShape, PolygonShape, FreehandShape]
)
def test_statistics_are_numpys_on_the_voxels_that_the_plane_runs_through(
    kind, orientation, is_oblique
):
    plane = plane_of(orientation, is_oblique)
    middle = plane.lps_to_uvw(GRID.center_lps_mm)[:2]
    shape = region(kind, plane, middle)
    values = DATA.copy()
    values[np.random.default_rng(2).random(SHAPE) < 0.25] = -2000  # padding in every region
    series = volume(values, GRID, padding=padding_value(-2000, SHAPE[0]))
    axis = int(np.argmax(np.abs(GRID.direction_lps @ plane.normal_lps)))
    places = plane.lps_to_uvw(GRID.index_to_lps(np.moveaxis(np.indices(SHAPE), 0, -1)))
    step = abs(float(GRID.steps_lps_mm[axis] @ plane.normal_lps))
    near = np.abs(places[..., 2]) < step / 2
    inside = near & is_inside(kind, places[..., :2], middle)
    expected = values[inside & (values != -2000)].astype(float)
    found = region_statistics(series, shape)
    assert found.n_pixels == expected.size > 10
    assert inside.sum() > expected.size  # the padding was met
    assert found.mean == pytest.approx(expected.mean())
    assert found.sd == pytest.approx(expected.std())
    assert (found.minimum, found.maximum) == (expected.min(), expected.max())
    assert found.median == np.median(expected)
    assert found.share_without == pytest.approx(1 - expected.size / inside.sum())
    assert sorted(region_values(series, shape)) == sorted(expected)
