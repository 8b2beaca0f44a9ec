"""Where a viewport stands in a volume: its planes, straight or oblique, by number and by point."""

from collections.abc import Sequence

import numpy as np

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.oblique import oblique_count, oblique_index_at, oblique_plane
from viewer.core.plane import PlaneGeometry, map_axes, slice_count, slice_index_at, slice_plane
from viewer.core.shapes import PointLps
from viewer.core.view_state import ViewportState

TO_HEAD, TO_LOWER = "head", "lower"
"""Where a step up goes."""
_SUPERIOR = 2  # LPS: left, posterior, superior


def view_count(viewport: ViewportState, geometry: VolumeGeometry) -> int:
    """Return how many planes a viewport can step through."""
    if viewport.rotation is None:
        return slice_count(geometry, viewport.orientation)
    return oblique_count(geometry, viewport.orientation, viewport.rotation)


def view_plane(viewport: ViewportState, geometry: VolumeGeometry, index: int) -> PlaneGeometry:
    """Return a viewport's plane number `index` (0-based), not turned, not mirrored."""
    if viewport.rotation is None:
        return slice_plane(geometry, viewport.orientation, index)
    return oblique_plane(geometry, viewport.orientation, viewport.rotation, index)


def view_index_at(
    viewport: ViewportState, geometry: VolumeGeometry, point_lps: Sequence[float] | FloatArray
) -> int:
    """Return the number of the plane that is nearest to a point, clipped to the volume."""
    if viewport.rotation is None:
        return slice_index_at(geometry, viewport.orientation, point_lps)
    return oblique_index_at(
        geometry, viewport.orientation, viewport.rotation, np.asarray(point_lps, np.float64)
    )


def up_step(viewport: ViewportState, geometry: VolumeGeometry, up_goes: str = TO_HEAD) -> int:
    """Return by what the number of the plane changes for one step up: 1 or -1.

    Up is towards the head where the planes follow each other along the body, to the front where
    they follow from front to back, to the patient's right where they follow from side to side;
    towards lower numbers where nobody knows, or where the reader wants it so.
    """
    if up_goes != TO_HEAD or not geometry.orientation_known:
        return -1
    straight = viewport.rotation is None
    if straight and not geometry.z_known and map_axes(geometry, viewport.orientation).axis == 0:
        return -1  # the slices follow each other in time, or in no known order
    first, second = (view_plane(viewport, geometry, index) for index in (0, 1))
    way_lps = second.origin_lps_mm - first.origin_lps_mm
    axis = int(np.argmax(np.abs(way_lps)))
    is_up = way_lps[axis] > 0 if axis == _SUPERIOR else way_lps[axis] < 0
    return 1 if is_up else -1


def onto_plane(viewport: ViewportState, geometry: VolumeGeometry, point_lps: PointLps) -> PointLps:
    """Move a point along the normal onto the plane that a viewport shows."""
    if view_index_at(viewport, geometry, point_lps) == viewport.index:
        return point_lps
    plane = view_plane(viewport, geometry, viewport.index)
    depth = float(plane.lps_to_uvw(point_lps)[2])
    x, y, z = (float(v) for v in np.asarray(point_lps) - depth * plane.normal_lps)
    return x, y, z
