"""Pictures for the self-check's report: slices of the phantom with what was measured on them."""

from dataclasses import replace

import numpy as np

from viewer.app.export import ImageExport, compose_snapshot, slice_pixels
from viewer.app.overlays import Part
from viewer.app.selfcheck_geometry import measured_length
from viewer.app.selfcheck_lab import NotFoundError
from viewer.app.selfcheck_values import insert_roi
from viewer.core.geometry import FloatArray
from viewer.core.plane import Orientation, slice_index_at
from viewer.core.shapes import AnyShape
from viewer.core.volume import Volume
from viewer.core.window import HuWindow
from viewer.export.snapshot import ExportSnapshot, ReportPicture
from viewer.imaging.phantom_quality import BACK, CORNER, HEAD, INSERTS, SIDE, Ball

PARTS = frozenset({Part.MARKS, Part.LETTERS, Part.RULER})
WINDOW = HuWindow(2200, 100)
LETTERS = 2.4
"""Larger letters: two pictures share the width of a page."""
ROIS = ("bone",)
LENGTHS = ((Orientation.AXIAL, BACK), (Orientation.CORONAL, SIDE), (Orientation.SAGITTAL, HEAD))
DOWN_MM = np.array([0.0, 0.0, -9.0])
"""From the middle of the inserts to a slice that holds the grey ramp, too."""


def report_pictures(volume: Volume) -> tuple[ReportPicture, ...]:
    """Return the pictures of the report, in its order; without a length that was not found."""
    rois: tuple[AnyShape, ...] = tuple(
        insert_roi(volume, insert.centre_lps + DOWN_MM) for insert in INSERTS if insert.name in ROIS
    )
    axial = _snapshot(volume, Orientation.AXIAL, INSERTS[0].centre_lps + DOWN_MM, rois)
    pictures = [ReportPicture("Axial: HU inserts, grey ramp, a region", axial)]
    for orientation, end in LENGTHS:
        shapes = _length(volume, orientation, end)
        snapshot = _snapshot(volume, orientation, CORNER.centre_lps, shapes)
        caption = f"{orientation.value.capitalize()}: beads with a length between two"
        pictures.append(ReportPicture(caption, snapshot))
    return tuple(pictures)


def _length(volume: Volume, orientation: Orientation, end: Ball) -> tuple[AnyShape, ...]:
    try:
        return (measured_length(volume, orientation, CORNER, end),)
    except NotFoundError:
        return ()


def _snapshot(
    volume: Volume, orientation: Orientation, place_lps: FloatArray, shapes: tuple[AnyShape, ...]
) -> ExportSnapshot:
    index = slice_index_at(volume.geometry, orientation, place_lps)
    request = ImageExport(volume, orientation, (index,), WINDOW, parts=PARTS, shapes=shapes)
    snapshot = compose_snapshot(request, index, slice_pixels(request, index))
    frame = replace(snapshot.frame, scale=snapshot.frame.scale * LETTERS)
    return replace(snapshot, frame=frame)
