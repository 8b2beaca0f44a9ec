"""Where a line of sight meets a surface: exact on its triangles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.shapes import PointLps
from viewer.imaging.mesh import Mesh

_EDGE = 1e-9
"""Points this near to an edge, as part of the triangle, lie in both triangles beside it."""


@dataclass(frozen=True, slots=True)
class Ray:
    """A half line in LPS millimetres: from the eye, and where to (any length but zero)."""

    origin_lps: PointLps
    direction_lps: PointLps


def first_hit(mesh: Mesh, ray: Ray) -> PointLps | None:
    """Return the point of a mesh that a ray meets first, from either side; None if it misses.

    The triangles are looked at along the ray: it meets those that hold its own place in that
    view, at the depth that their corners have there.
    """
    if not mesh.n_faces:
        return None
    forward = np.asarray(ray.direction_lps, np.float64)
    forward = forward / np.linalg.norm(forward)
    right, up = _across(forward)
    origin = np.asarray(ray.origin_lps, np.float64)
    seen = (mesh.vertices_lps_mm - origin) @ np.stack([right, up, forward], axis=1)
    near = _around(seen[:, :2], mesh.faces)
    corners = seen[near]  # (k, 3, 3): triangle, corner, (right, up, depth)
    weights = _weights(corners[:, :, :2])
    inside = (weights >= -_EDGE).all(axis=1)
    depths = (weights[inside] * corners[inside][:, :, 2]).sum(axis=1)
    depths = depths[depths > 0]
    if not depths.size:
        return None
    x, y, z = (float(value) for value in origin + depths.min() * forward)
    return x, y, z


def _across(forward: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two unit vectors at right angles to a direction and to each other."""
    right = np.cross(forward, np.eye(3)[int(np.argmin(np.abs(forward)))])
    right = right / np.linalg.norm(right)
    return right, np.cross(forward, right)


def _around(seen: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the faces whose bounding boxes, seen along the ray, hold the ray."""
    signs = seen > 0  # a box holds the zero where its corners are on both sides of it
    held = np.ones(len(faces), bool)
    for axis in (0, 1):
        of_corners = signs[:, axis][faces]
        held &= of_corners.any(axis=1) & ~of_corners.all(axis=1)
    return np.asarray(faces[held])


def _weights(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the barycentric coordinates of the zero in triangles (k, 3, 2); -1 without an area."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    parts = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=1)
    area = parts.sum(axis=1, keepdims=True)
    return np.where(area != 0, parts / np.where(area != 0, area, 1), -1)


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
