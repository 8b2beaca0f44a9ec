"""Whether the acquisitions of a group of images are one volume or several."""

from collections.abc import Sequence, Set
from typing import NamedTuple

import numpy as np

from viewer.core.geometry import FloatArray
from viewer.dicom.grouping import split_acquisitions
from viewer.dicom.headers import FrameHeader
from viewer.dicom.layout import grid_slots
from viewer.dicom.ordering import (
    Digest,
    OrderedFrames,
    has_geometry,
    number_places,
    order_frames,
    project,
)

MIN_VOLUME_IMAGES = 3
"""Acquisitions that mostly have fewer images count single shots or rotations, not phases."""
MAX_MISSING_SHARE = 0.5
"""Acquisitions further apart than this share of their images could fill lie apart."""
REPEATED_SHARE = 0.5
"""An acquisition repeats another where more than this share of the smaller one's places do."""
ROTATION_SHARE = 0.5
"""Acquisitions that image less than this share of all places on average are parts of a scan."""


class _Acquisition(NamedTuple):
    """Images of one Acquisition Number, and where they lie by the numbers of their places.

    Images at one place, copies above all, count once: only places tell acquisitions apart.
    """

    frames: list[FrameHeader]
    places_mm: dict[int, float]

    @property
    def places(self) -> Set[int]:
        return self.places_mm.keys()


def volumes_of(group: Sequence[FrameHeader], digest: Digest) -> list[OrderedFrames]:
    """Split a group of `grouping.split_stacks` into volumes, in their order.

    Acquisition Number tells phases apart, which image the same places again; but some scanners
    also count rotations or single images with it: those are one volume. What such a volume
    holds twice is dropped or set aside by `order_frames`, image by image.
    """
    parts = split_acquisitions(group)
    if len(parts) > 1 and all(has_geometry(frame) for frame in group):
        joined = _joined(_acquisitions(group))
        parts = [[frame for one in volume for frame in one.frames] for volume in joined]
    return [volume for part in parts for volume in order_frames(part, digest)]


def _joined(acquisitions: list[_Acquisition]) -> list[list[_Acquisition]]:
    """Put the acquisitions together that are one volume."""
    share = np.mean([len(one.places) for one in acquisitions])
    if share < ROTATION_SHARE * len(set[int]().union(*(one.places for one in acquisitions))):
        scans = _scans(acquisitions)
    elif _holds_a_phase(acquisitions):
        scans = [[one] for one in acquisitions]
    else:
        scans = [acquisitions]
    return [
        volume
        for scan in scans
        for volume in ([scan] if _is_one_volume(scan) else [[one] for one in scan])
    ]


def _acquisitions(group: Sequence[FrameHeader]) -> list[_Acquisition]:
    positions = project(group)
    place_of = dict(zip(map(id, group), number_places(positions), strict=True))
    depth_of = dict(zip(map(id, group), positions.tolist(), strict=True))
    return [
        _Acquisition(part, {place_of[id(frame)]: depth_of[id(frame)] for frame in part})
        for part in split_acquisitions(group)
    ]


def _repeats(one: Set[int], other: Set[int]) -> bool:
    return len(one & other) > REPEATED_SHARE * min(len(one), len(other))


def _holds_a_phase(acquisitions: Sequence[_Acquisition]) -> bool:
    """Tell whether an acquisition repeats another, or enough of it to be seen by itself."""
    return any(
        _repeats(one.places, other.places) or len(one.places & other.places) >= MIN_VOLUME_IMAGES
        for number, one in enumerate(acquisitions)
        for other in acquisitions[:number]
    )


def _scans(acquisitions: Sequence[_Acquisition]) -> list[list[_Acquisition]]:
    """Put rotations together to scans, in the order in which the scanner counted them.

    A rotation that repeats what a scan holds belongs to the next: the second of two scans, or a
    region imaged again.
    """
    scans: list[tuple[set[int], list[_Acquisition]]] = []
    first_to_try: dict[frozenset[int], int] = {}  # a scan that was repeated stays so: it only grows
    for one in sorted(acquisitions, key=_number):
        places = frozenset(one.places)
        number = first_to_try.get(places, 0)
        while number < len(scans) and _repeats(places, scans[number][0]):
            number += 1
        first_to_try[places] = number
        if number == len(scans):
            scans.append((set(), []))
        scans[number][0].update(places)
        scans[number][1].append(one)
    return [scan for _, scan in scans]


def _number(acquisition: _Acquisition) -> tuple[float, str]:
    first = acquisition.frames[0]
    return float(first.split.acquisition or 0), first.time


def _is_one_volume(scan: Sequence[_Acquisition]) -> bool:
    """Tell whether acquisitions that do not repeat each other follow each other."""
    if len(scan) == 1:
        return True
    positions = {place: mm for one in scan for place, mm in one.places_mm.items()}
    if _fills_a_grid(np.sort(list(positions.values()))):
        return True
    return float(np.median([len(one.places) for one in scan])) < MIN_VOLUME_IMAGES


def _fills_a_grid(positions_mm: FloatArray) -> bool:
    slots, _ = grid_slots(positions_mm - positions_mm[0])
    return slots is not None and slots[-1] + 1 <= (1 + MAX_MISSING_SHARE) * len(slots)
