"""Planes that are turned against the voxels: where they lie, and how many there are.

The three planes of a volume keep their right angles to each other: one rotation turns them all.
"""

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.plane import SCREEN_AXES, Orientation, PlaneGeometry, nearest_patient_axes
from viewer.core.view_state import Rotation

MAX_PIXELS = 640
"""Rows and columns of an oblique picture; wider planes get coarser pixels."""


def straight_rotation(geometry: VolumeGeometry) -> Rotation:
    """Return the rotation whose planes are the volume's own: where turning them begins."""
    axes = nearest_patient_axes(geometry.direction_lps)
    columns = []
    for patient, axis in enumerate(axes):
        direction = geometry.direction_lps[axis]
        columns.append(direction if direction[patient] >= 0 else -direction)
    return _as_rotation(np.stack(columns, axis=1))


def turn_about(rotation: Rotation, axis_lps: FloatArray, angle_rad: float) -> Rotation:
    """Turn all planes about an axis of the patient (right-hand rule), rounding kept in check."""
    x, y, z = np.asarray(axis_lps, np.float64) / np.linalg.norm(axis_lps)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turn = np.eye(3) + np.sin(angle_rad) * cross + (1 - np.cos(angle_rad)) * (cross @ cross)
    left, _, right = np.linalg.svd(turn @ np.asarray(rotation))
    return _as_rotation(left @ right)


def oblique_plane(
    geometry: VolumeGeometry, orientation: Orientation, rotation: Rotation, index: int
) -> PlaneGeometry:
    """Return the pixel grid of an oblique plane.

    Pixels are square, as wide as the volume's finest spacing (coarser where the plane would have
    more than `MAX_PIXELS` rows or columns); the grid covers the whole volume.

    Parameters
    ----------
    index : int
        0-based, along the plane's normal; `step_mm` apart.
    """
    box = _box(geometry, orientation, rotation)
    u_lps, v_lps, normal = box.axes
    low, high = box.low, box.high
    extent = max(float(high[0] - low[0]), float(high[1] - low[1]), box.step_mm)
    pixel = max(box.step_mm, extent / (MAX_PIXELS - 1))
    shape = (
        int((high[1] - low[1]) / pixel + 1e-6) + 1,
        int((high[0] - low[0]) / pixel + 1e-6) + 1,
    )
    depth = low[2] + index * box.step_mm
    return PlaneGeometry(
        origin_lps_mm=low[0] * u_lps + low[1] * v_lps + depth * normal,
        u_lps=u_lps,
        v_lps=v_lps,
        spacing_vu_mm=(pixel, pixel),
        shape_vu=shape,
    )


def oblique_count(geometry: VolumeGeometry, orientation: Orientation, rotation: Rotation) -> int:
    """Return how many oblique planes cover a volume."""
    box = _box(geometry, orientation, rotation)
    return int((box.high[2] - box.low[2]) / box.step_mm + 1e-6) + 1


def oblique_index_at(
    geometry: VolumeGeometry, orientation: Orientation, rotation: Rotation, point_lps: FloatArray
) -> int:
    """Return the oblique plane nearest to a point, clipped to the volume."""
    box = _box(geometry, orientation, rotation)
    depth = float(np.asarray(point_lps) @ box.axes[2])
    index = round((depth - float(box.low[2])) / box.step_mm)
    return min(max(index, 0), oblique_count(geometry, orientation, rotation) - 1)


class _Box(NamedTuple):
    """Extent of a volume in a plane's own axes, in millimetres.

    `axes` has the rows u, v and normal; `low` and `high` are shape (3,) in that order.
    """

    axes: FloatArray
    low: FloatArray
    high: FloatArray
    step_mm: float


@lru_cache(maxsize=64)
def _box(geometry: VolumeGeometry, orientation: Orientation, rotation: Rotation) -> _Box:
    matrix = np.asarray(rotation)
    u, v = (matrix @ np.asarray(axis, np.float64) for axis in SCREEN_AXES[orientation])
    axes = np.stack([u, v, np.cross(u, v)])
    ends = [(0.0, float(n - 1)) for n in geometry.shape_zyx]
    reach = geometry.index_to_lps(list(product(*ends))) @ axes.T
    return _Box(axes, reach.min(axis=0), reach.max(axis=0), min(geometry.spacing_zyx_mm))


def _as_rotation(matrix: FloatArray) -> Rotation:
    first, second, third = ((float(x), float(y), float(z)) for x, y, z in matrix)
    return first, second, third
