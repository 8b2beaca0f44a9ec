"""Statistics of regions, computed once while voxels and region stay the same."""

import weakref
from dataclasses import dataclass

from viewer.core.shapes import RegionShape
from viewer.core.study import StackKey
from viewer.core.volume import Padding, Volume, VoxelArray
from viewer.imaging.roi import RoiStatistics, region_statistics

_ENTRIES = 4096
"""Entries of volumes that are closed go away when there are more."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Statistics and what they were computed from; it keeps no voxels alive."""

    shape: RegionShape
    data: weakref.ref[VoxelArray]
    padding: Padding | None
    placeholders: tuple[int, ...]
    statistics: RoiStatistics

    def is_of(self, volume: Volume, shape: RegionShape) -> bool:
        return (
            self.data() is volume.data
            and self.padding is volume.padding
            and self.placeholders == volume.placeholders
            and self.shape == shape
        )


class RoiCache:
    """Statistics of regions on all open volumes; one for the whole window."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, StackKey], _Kept] = {}

    def statistics(self, volume: Volume, shape: RegionShape) -> RoiStatistics:
        """Return the statistics of a region, computed at most once."""
        key = (shape.uid, volume.stack.key)
        kept = self._kept.get(key)
        if kept is None or not kept.is_of(volume, shape):
            kept = _Kept(
                shape,
                weakref.ref(volume.data),
                volume.padding,
                volume.placeholders,
                region_statistics(volume, shape),
            )
            self._kept[key] = kept
            if len(self._kept) > _ENTRIES:
                self._forget_closed()
        return kept.statistics

    def _forget_closed(self) -> None:
        self._kept = {key: kept for key, kept in self._kept.items() if kept.data() is not None}
