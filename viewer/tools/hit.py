"""Which mark is under the pointer, measured in pixels so that it is the same at every zoom."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from viewer.core.document import AnnotationDocument
from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.label_box import LabelBox
from viewer.core.plane import PlaneGeometry
from viewer.core.shapes import AnyShape, TextShape
from viewer.core.volume import Volume
from viewer.imaging.slab import ALONG_TOLERANCE

HANDLE_RADIUS_PX = 9.0
LINE_RADIUS_PX = 6.0
DRAWING_RADIUS_PX = 5.0
SLICE_TOLERANCE = 1e-3
"""Parts of a slice distance: rounding of stored points."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a mark a press takes hold of.

    Attributes
    ----------
    handle_px : float
        How near a grip, in pixels.
    line_px : float or None
        How near a line; None for never.
    every_text : bool
        Whether the texts of all marks are taken, or only that of the selected one.
    """

    handle_px: float = HANDLE_RADIUS_PX
    line_px: float | None = LINE_RADIUS_PX
    every_text: bool = True


EDITING = Reach()
DRAWING = Reach(DRAWING_RADIUS_PX, None, every_text=False)
"""While a tool draws: a mark beside another or under its text is a new one, unless a grip itself
or the text of the selected mark is pressed."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A mark under the pointer.

    Attributes
    ----------
    shape : Shape
        The mark.
    handle : int or None
        Index into its `points_lps`; None for its line, which moves the whole mark.
    label : LabelBox or None
        Its text, which moves by itself.
    """

    shape: AnyShape
    handle: int | None
    label: LabelBox | None = None


def belongs_to(shape: AnyShape, volume: Volume) -> bool:
    """Tell whether a mark was made on this stack or in the same patient frame."""
    frame = volume.geometry.frame_of_reference_uid
    same_frame = bool(frame) and shape.frame_of_reference_uid == frame
    return same_frame or shape.stack == volume.stack.key


def lies_in(shape: AnyShape, volume: Volume, plane: PlaneGeometry) -> bool:
    """Tell whether every grip of a mark lies within half a slice distance of a slice.

    Oblique planes are as far apart as the volume's finest spacing.
    """
    distance_mm = plane.lps_to_uvw(shape.points_lps)[:, 2]
    return bool(np.all(np.abs(distance_mm) <= _half_slice_mm(volume.geometry, plane)))


def marks_in(
    document: AnnotationDocument, volume: Volume, plane: PlaneGeometry
) -> tuple[AnyShape, ...]:
    """Return the marks of a document that lie in a slice; see `belongs_to` and `lies_in`."""
    near = document.near(plane, _half_slice_mm(volume.geometry, plane))
    return tuple(shape for shape in near if belongs_to(shape, volume))


def _half_slice_mm(geometry: VolumeGeometry, plane: PlaneGeometry) -> float:
    return plane_distance_mm(geometry, plane) * (0.5 + SLICE_TOLERANCE)


def plane_distance_mm(geometry: VolumeGeometry, plane: PlaneGeometry) -> float:
    """Return how far a plane is from the next one that the reader can step to."""
    spacings = geometry.spacing_zyx_mm
    across = np.abs(geometry.direction_lps @ plane.normal_lps)
    axis = int(np.argmax(across))
    return spacings[axis] if across[axis] > 1 - ALONG_TOLERANCE else min(spacings)


def hit_test(
    shapes: Iterable[AnyShape],
    plane: PlaneGeometry,
    point_uv_mm: tuple[float, float],
    mm_per_px: float,
    selected: str = "",
    reach: Reach = EDITING,
    label: LabelBox | None = None,
) -> Hit | None:
    """Find the mark under a point.

    Parameters
    ----------
    shapes : iterable of Shape
        Marks that are drawn on the plane.
    plane : PlaneGeometry
        What is shown.
    point_uv_mm : tuple of float
        The point in plane millimetres.
    mm_per_px : float
        Millimetres under one pixel.
    selected : str
        Uid of the selected mark: its grips are drawn, so they go before those of others.
    reach : Reach
        How near is near enough.
    label : LabelBox, optional
        The text that is painted at the point.

    Returns
    -------
    Hit or None
        A grip if one is near enough, else the text, else a line, else None; among equals the
        nearest. The words of a text without an arrow are the mark itself.
    """
    point = np.asarray(point_uv_mm)
    best: tuple[tuple[int, float], Hit] | None = None
    for shape in shapes:
        grips = plane.lps_to_uvw(shape.points_lps)[:, :2]
        to_grips = np.linalg.norm(grips - point, axis=1) / mm_per_px
        nearest = int(np.argmin(to_grips))
        if to_grips[nearest] <= reach.handle_px:
            rank = 0 if shape.uid == selected else 1
            found = ((rank, float(to_grips[nearest])), Hit(shape, nearest))
        elif _takes_text(shape, selected, reach, label):
            own = None if isinstance(shape, TextShape) else label
            found = ((2, 0.0), Hit(shape, None, own))
        elif reach.line_px is None:
            continue
        else:
            to_line = _distance_to_lines(shape, plane, point) / mm_per_px
            if to_line > reach.line_px:
                continue
            found = ((3, to_line), Hit(shape, None))
        if best is None or found[0] < best[0]:
            best = found
    return None if best is None else best[1]


def _takes_text(shape: AnyShape, selected: str, reach: Reach, label: LabelBox | None) -> bool:
    is_on_text = label is not None and label.uid == shape.uid
    return is_on_text and (reach.every_text or shape.uid == selected)


def _distance_to_lines(shape: AnyShape, plane: PlaneGeometry, point: FloatArray) -> float:
    """Return how far a point is from a mark's lines in millimetres; without lines, infinitely."""
    lines = (line for line in shape.outlines_lps if len(line) > 1)
    return min(
        (_distance_to_line(plane.lps_to_uvw(line)[:, :2], point) for line in lines),
        default=float("inf"),
    )


def _distance_to_line(corners: FloatArray, point: FloatArray) -> float:
    start, along = corners[:-1], np.diff(corners, axis=0)
    squared = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - start) * along).sum(axis=1) / squared, 0, 1)
    nearest = start + share[:, None] * along
    return float(np.min(np.linalg.norm(nearest - point, axis=1)))
