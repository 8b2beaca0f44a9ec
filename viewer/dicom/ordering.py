"""Images in the order of their positions, and what to do with those at the same place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from viewer.core.geometry import FloatArray
from viewer.dicom.headers import FrameHeader

SAME_POSITION_MM = 1e-3
"""Images closer than this along the normal are at the same place."""


class Digest(Protocol):
    """Fingerprint of an image's pixels and their rescale; images with equal ones are copies."""

    def __call__(self, header: FrameHeader, *, decoded: bool) -> bytes:
        """Return the fingerprint, of decoded values or of the bytes as they are in the file."""


@dataclass(frozen=True, slots=True, eq=False)
class OrderedFrames:
    """Images of one volume in volume order.

    Attributes
    ----------
    frames : tuple of FrameHeader
        Lowest position along row x column first, or by Instance Number without positions.
    positions_mm : ndarray, shape (n,), or None
        Projections on the normal.
    duplicates : int
        Identical images of this volume that were dropped.
    repeat : int
        0 for the first volume at these positions, 1 for the next with other pixels, ...
    """

    frames: tuple[FrameHeader, ...]
    positions_mm: FloatArray | None
    duplicates: int = 0
    repeat: int = 0


def has_geometry(header: FrameHeader) -> bool:
    """Tell whether an image says where it lies."""
    return header.position_lps_mm is not None and header.orientation is not None


def normal_of(header: FrameHeader) -> FloatArray:
    """Return the unit normal row x column of an image with geometry, shape (3,)."""
    if header.orientation is None:
        raise ValueError("the image has no orientation")
    normal: FloatArray = np.cross(header.orientation[:3], header.orientation[3:])
    return normal


def project(frames: Sequence[FrameHeader]) -> FloatArray:
    """Project the image positions on the first image's normal, in mm, shape (n,)."""
    points = np.array([frame.position_lps_mm for frame in frames], np.float64)
    return np.asarray(points @ normal_of(frames[0]), np.float64)


def order_frames(frames: Sequence[FrameHeader], digest: Digest) -> list[OrderedFrames]:
    """Order images; images at the same place become separate volumes or are dropped.

    Parameters
    ----------
    frames : sequence of FrameHeader
        One group of `grouping.split_stacks`.
    digest : callable
        Called only for images that share a position.

    Returns
    -------
    list of OrderedFrames
        The first holds one image of every position; the next what is left, and so on.
    """
    if not all(has_geometry(frame) for frame in frames):
        return _order_by_number(frames, digest)
    positions = project(frames)
    places: dict[int, list[int]] = {}
    for index, place in enumerate(number_places(positions)):
        places.setdefault(place, []).append(index)
    layers: list[list[int]] = []
    dropped: list[int] = []
    for number in range(len(places)):
        here = sorted(places[number], key=lambda i: _tie_break(frames[i]))
        copies = _copies([frames[i] for i in here], digest) if len(here) > 1 else [[0]]
        for level, same in enumerate(copies):
            if level == len(layers):
                layers.append([])
                dropped.append(0)
            layers[level].append(here[same[0]])
            dropped[level] += len(same) - 1
    return [
        OrderedFrames(
            tuple(frames[i] for i in layer),
            np.asarray(positions[layer], np.float64),
            dropped[level],
            level,
        )
        for level, layer in enumerate(layers)
    ]


def number_places(positions_mm: FloatArray) -> list[int]:
    """Number the places of images along the normal; images at one place share its number.

    Parameters
    ----------
    positions_mm : ndarray, shape (n,)
        In any order.

    Returns
    -------
    list of int
        For each image, from 0 for the lowest place.
    """
    numbers = [0] * len(positions_mm)
    number, start = -1, -np.inf
    for index in np.argsort(positions_mm, kind="stable").tolist():
        if positions_mm[index] - start >= SAME_POSITION_MM:
            number, start = number + 1, float(positions_mm[index])
        numbers[index] = number
    return numbers


def _order_by_number(frames: Sequence[FrameHeader], digest: Digest) -> list[OrderedFrames]:
    """Order by Instance Number and frame; the same SOP instance twice is dropped where equal."""
    ordered = sorted(frames, key=lambda f: _tie_break(f)[1:])
    by_identity: dict[tuple[str, int], list[FrameHeader]] = {}
    for position, frame in enumerate(ordered):
        uid = frame.sop_uid or f"unnamed {position}"
        by_identity.setdefault((uid, frame.frame), []).append(frame)
    kept: list[FrameHeader] = []
    for same in by_identity.values():
        copies = _copies(same, digest) if len(same) > 1 else [[0]]
        kept.extend(same[indices[0]] for indices in copies)
    return [OrderedFrames(tuple(kept), None, len(frames) - len(kept))]


def _copies(frames: Sequence[FrameHeader], digest: Digest) -> list[list[int]]:
    """Return the indices of each set of images with equal pixels, in their order.

    Copies share their acquisition time. Images of different times are different ones, even
    where both show nothing but zeros (time points of a masked series), and need no look.
    """
    times = Counter(frame.time for frame in frames)
    decoded = _may_be_encoded_otherwise(frames)
    sets: dict[tuple[str, bytes], list[int]] = {}
    for index, frame in enumerate(frames):
        single = bool(frame.time) and times[frame.time] == 1
        key = (frame.time, b"" if single else digest(frame, decoded=decoded))
        sets.setdefault(key, []).append(index)
    return list(sets.values())


def _may_be_encoded_otherwise(frames: Sequence[FrameHeader]) -> bool:
    """Tell whether equal pixels may lie in the files as different bytes."""
    if len({frame.block.transfer_syntax for frame in frames}) > 1:
        return True
    uids = {(frame.sop_uid, frame.frame) for frame in frames}
    return frames[0].block.encapsulated and len(uids) < len(frames)


def _tie_break(frame: FrameHeader) -> tuple[str, int, tuple[int, ...], int]:
    number = frame.instance_number
    return frame.time, number if number is not None else 0, frame.rank, frame.frame
