"""Slices that a volume lacks although their files are there: odd ones, in stacks of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from viewer.core.study import FrameRef
from viewer.dicom.grouping import PLACE, differences
from viewer.dicom.headers import FrameHeader
from viewer.dicom.stacks import ImageStack

SLOT_TOLERANCE = 0.3
"""So many steps from a slice of the grid, an image is still that slice."""
MIN_NORMAL_COSINE = 0.998
"""Between normals: an odd slice may also be turned a little (3 degrees)."""
MAX_STACKS = 100
"""A series in more pieces than these is not one volume of which a few slices are odd."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What other stacks of the series hold of a stack's missing slices.

    Attributes
    ----------
    slots : frozenset of int
        Slices of the grid.
    reasons : tuple of str
        In what those images differ ("rescale").
    unplaced : int
        Images of the series that are like those of the stack, but have no position.
    """

    slots: frozenset[int] = frozenset()
    reasons: tuple[str, ...] = ()
    unplaced: int = 0


NOWHERE = Elsewhere()


class SeriesImages:
    """The images of a series, to look up what another stack holds of a gap.

    Parameters
    ----------
    headers : sequence of FrameHeader
        All images of the series.
    stacks : sequence of ImageStack
        All its stacks.
    """

    def __init__(self, headers: Sequence[FrameHeader], stacks: Sequence[ImageStack]) -> None:
        self._headers = headers
        self._stacks = stacks

    @cached_property
    def _header_of(self) -> Mapping[tuple[str, str, int], FrameHeader]:
        return {(h.block.source.path, h.block.source.member, h.frame): h for h in self._headers}

    def of(self, frame: FrameRef) -> FrameHeader:
        """Return the header of an image."""
        return self._header_of[frame.path, frame.member, frame.frame]

    def fill(self, stack: ImageStack, gaps: Sequence[int]) -> Elsewhere:
        """Tell which missing slices of a stack stand in another stack of the series.

        A whole volume of another time point or echo holds slices at the same places, too: only
        a stack that has none where this one has its own is part of it.

        Parameters
        ----------
        stack : ImageStack
            One with a regular grid.
        gaps : sequence of int
            Its slices without an image.
        """
        if not gaps or len(self._stacks) > MAX_STACKS:
            return NOWHERE
        own = self.of(stack.frames[0])
        taken = {z for z, frame in enumerate(stack.frame_of_slice) if frame is not None}
        missing, slots = set(gaps), set[int]()
        reasons: dict[str, None] = {}
        unplaced = 0
        for other in self._stacks:
            if other is stack or other.as_acquired or len(other.frames) > len(stack.frames):
                continue
            images = [self.of(frame) for frame in other.frames]
            words = differences(own, images[0])
            if words == [PLACE]:
                unplaced += len(images)
                continue
            found = [_slot(image, stack) for image in images]
            if None in found or taken.intersection(found) or missing.isdisjoint(found):
                continue
            slots.update(missing.intersection(z for z in found if z is not None))
            reasons.update(dict.fromkeys(words or ["orientation"]))
        return Elsewhere(frozenset(slots), tuple(reasons), unplaced)


def _slot(image: FrameHeader, stack: ImageStack) -> int | None:
    """Return the slice of the grid that an image would be, also beyond its ends."""
    if image.position_lps_mm is None or image.orientation is None:
        return None
    rows = stack.geometry.direction_lps
    normal = np.cross(image.orientation[:3], image.orientation[3:])
    if float(normal @ np.cross(rows[2], rows[1])) < MIN_NORMAL_COSINE:
        return None
    z = float(stack.geometry.lps_to_index(image.position_lps_mm)[0])
    return round(z) if abs(z - round(z)) <= SLOT_TOLERANCE else None
