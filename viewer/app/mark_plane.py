"""Use case: a mark that no view would draw is brought back by turning a view to its plane."""

from dataclasses import replace

import numpy as np

from viewer.app.resolve import true_orientations
from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.plane import Orientation, map_axes
from viewer.core.session import Session
from viewer.core.shapes import AnyShape
from viewer.core.view_place import view_index_at, view_plane
from viewer.core.view_state import Rotation, ViewportState
from viewer.core.volume import Volume
from viewer.i18n import tr
from viewer.imaging.reslice import normal_orientation
from viewer.imaging.slab import ALONG_TOLERANCE
from viewer.tools.hit import belongs_to, lies_in


def turn_to(session: Session, shape: AnyShape) -> None:
    """Turn a view of the active volume to a mark's plane, where no view of it draws the mark.

    It is the view whose plane is nearest to the mark's; where there is none, the active one. A
    mark whose points lie in no one plane leaves the views as they are. What was done is told.
    """
    volume = session.volume
    if volume is None or not belongs_to(shape, volume):
        return
    names = session.viewports_of(volume.stack.key)
    if any(_draws(session.viewports[name], volume, shape) for name in names):
        return
    orientation = normal_orientation(volume.geometry, shape.normal_lps)
    if not names or orientation not in true_orientations(volume):
        return
    active = session.interaction.active
    ranked = sorted(
        names, key=lambda n: (session.viewports[n].orientation is not orientation, n != active)
    )
    view = session.viewports[ranked[0]]
    rotation = _rotation_onto(volume.geometry, orientation, shape)
    turned = replace(view, orientation=orientation, rotation=rotation)
    turned.index = view_index_at(turned, volume.geometry, shape.center_lps)
    if not _draws(turned, volume, shape):
        return
    view.rotation = None  # a turn keeps the scale, within one orientation
    view.orientation = orientation
    view.rotation = rotation
    view.index = turned.index
    if rotation is not None:
        session.told.emit(tr("The view was turned to the plane of the mark (Shift+U: straight)"))


def _draws(view: ViewportState, volume: Volume, shape: AnyShape) -> bool:
    return lies_in(shape, volume, view_plane(view, volume.geometry, view.index))


def _rotation_onto(
    geometry: VolumeGeometry, orientation: Orientation, shape: AnyShape
) -> Rotation | None:
    """Return the smallest turn of the volume's planes after which one is the mark's."""
    own = geometry.direction_lps[map_axes(geometry, orientation).axis]
    own = np.asarray(own / np.linalg.norm(own), np.float64)
    wanted = np.asarray(shape.normal_lps, np.float64)
    wanted = wanted / np.linalg.norm(wanted)
    cosine = float(own @ wanted)
    if abs(cosine) > 1 - ALONG_TOLERANCE:
        return None
    axis: FloatArray = np.cross(own, wanted if cosine > 0 else -wanted)
    angle = float(np.arctan2(np.linalg.norm(axis), abs(cosine)))
    return turn_about(straight_rotation(geometry), axis, angle)
