"""Whether the acquisitions of a group of images are one volume or several."""

from collections.abc import Sequence

import numpy as np

from viewer.core.geometry import FloatArray
from viewer.dicom.grouping import split_acquisitions
from viewer.dicom.headers import FrameHeader
from viewer.dicom.layout import grid_slots
from viewer.dicom.ordering import (
    SAME_POSITION_MM,
    Digest,
    OrderedFrames,
    has_geometry,
    order_frames,
    project,
)

MIN_VOLUME_IMAGES = 3
"""Acquisitions that mostly have fewer images count single shots or rotations, not phases."""
MAX_MISSING_SHARE = 0.5
"""Acquisitions further apart than this share of their images could fill lie apart."""


def volumes_of(group: Sequence[FrameHeader], digest: Digest) -> list[OrderedFrames]:
    """Split a group of `grouping.split_stacks` into volumes, in their order.

    Acquisition Number tells phases apart, but some scanners also count rotations or single
    images with it: they are one volume.
    """
    acquisitions = split_acquisitions(group)
    if len(acquisitions) > 1 and not _is_one_volume(group, acquisitions):
        return [volume for part in acquisitions for volume in order_frames(part, digest)]
    return order_frames(group, digest)


def _is_one_volume(
    group: Sequence[FrameHeader], acquisitions: Sequence[Sequence[FrameHeader]]
) -> bool:
    if not all(has_geometry(frame) for frame in group):
        return False
    positions = np.sort(project(group))
    if float(np.diff(positions).min()) < SAME_POSITION_MM:
        return False
    if _fills_a_grid(positions):
        return True
    return float(np.median([len(part) for part in acquisitions])) < MIN_VOLUME_IMAGES


def _fills_a_grid(positions_mm: FloatArray) -> bool:
    slots, _ = grid_slots(positions_mm - positions_mm[0])
    return slots is not None and slots[-1] + 1 <= (1 + MAX_MISSING_SHARE) * len(slots)
