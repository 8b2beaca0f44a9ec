"""The level that places beside one show, for a series that comes between them."""

from viewer.core.screen import center_uv_mm
from viewer.core.session import Session
from viewer.core.shapes import PointLps
from viewer.core.view_place import view_plane
from viewer.core.view_state import ViewportState
from viewer.core.volume import Volume


def level_beside(session: Session, viewport_id: str) -> PointLps | None:
    """Return a point of the level that a place shares with another one that it scrolls with.

    In LPS mm of the place's own stack; None where nothing is joined to it. Planes of one volume
    are one place.
    """
    own = session.viewports[viewport_id]
    if own.stack is None or own.alone or not session.interaction.link_scroll:
        return None
    layout = session.layout_with(viewport_id)
    together = layout.viewport_ids if layout.is_mpr else (viewport_id,)
    for name, view in session.viewports.by_id.items():
        there = session.shown_in(name)
        if name in together or view.alone or there is None or view.stack is None:
            continue
        point = session.point_in(middle_of_plane(view, there.volume), view.stack, own.stack)
        if point is not None:
            return point
    return None


def middle_of_plane(viewport: ViewportState, volume: Volume) -> PointLps:
    """Return the middle of what a viewport cuts out of its volume, in LPS mm."""
    plane = view_plane(viewport, volume.geometry, viewport.index)
    x, y, z = (float(v) for v in plane.uv_to_lps(center_uv_mm(plane)))
    return x, y, z
