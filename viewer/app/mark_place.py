"""Where a mark lies, in words: its plane and slice, counted from 1 as on the image."""

import numpy as np

from viewer.core.plane import map_axes
from viewer.core.shapes import AnyShape
from viewer.core.study import FrameRef
from viewer.core.volume import Volume
from viewer.i18n import mark, tr
from viewer.imaging.reslice import normal_orientation
from viewer.imaging.slab import ALONG_TOLERANCE

_SHORT_PLANES = {"Axial": mark("Ax"), "Coronal": mark("Cor"), "Sagittal": mark("Sag")}


def place_text(shape: AnyShape, volume: Volume) -> str:
    """Return plane and slice of a mark, such as "Axial 12" or "Coronal 40 oblique"; English."""
    geometry = volume.geometry
    orientation = normal_orientation(geometry, shape.normal_lps)
    axis = map_axes(geometry, orientation).axis
    across = float(geometry.direction_lps[axis] @ np.asarray(shape.normal_lps))
    oblique = "" if abs(across) > 1 - ALONG_TOLERANCE else " oblique"
    position = float(geometry.lps_to_index(shape.center_lps)[axis])
    last = geometry.shape_zyx[axis] - 1
    if not -0.5 <= position <= last + 0.5:
        return f"{orientation.value.capitalize()}{oblique}, outside"
    number = min(max(round(position), 0), last) + 1
    return f"{orientation.value.capitalize()} {number}{oblique}"


def image_of(shape: AnyShape, volume: Volume) -> FrameRef | None:
    """Return the image of the files on which a mark lies; None where its plane crosses images."""
    geometry = volume.geometry
    across = float(geometry.direction_lps[0] @ np.asarray(shape.normal_lps))
    z = round(float(geometry.lps_to_index(shape.center_lps)[0]))
    if abs(across) <= 1 - ALONG_TOLERANCE or not 0 <= z < geometry.shape_zyx[0]:
        return None
    number = volume.stack.frame_of_slice[z]
    return None if number is None else volume.stack.frames[number]


def short_place(place: str) -> str:
    """Return what `place_text` gave in the reader's language, short enough for a narrow panel."""
    plane, space, rest = place.partition(" ")
    rest = rest.replace("oblique", tr("obl"))
    return tr(_SHORT_PLANES.get(plane, plane)) + space + rest
