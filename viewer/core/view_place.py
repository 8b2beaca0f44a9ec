"""Where a viewport stands in a volume: its planes, straight or oblique, by number and by point."""

from collections.abc import Sequence

import numpy as np

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.oblique import oblique_count, oblique_index_at, oblique_plane
from viewer.core.plane import PlaneGeometry, slice_count, slice_index_at, slice_plane
from viewer.core.shapes import PointLps
from viewer.core.view_state import ViewportState


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


def onto_plane(viewport: ViewportState, geometry: VolumeGeometry, point_lps: PointLps) -> PointLps:
    """Move a point along the normal onto the plane that a viewport shows."""
    if view_index_at(viewport, geometry, point_lps) == viewport.index:
        return point_lps
    plane = view_plane(viewport, geometry, viewport.index)
    depth = float(plane.lps_to_uvw(point_lps)[2])
    x, y, z = (float(v) for v in np.asarray(point_lps) - depth * plane.normal_lps)
    return x, y, z
