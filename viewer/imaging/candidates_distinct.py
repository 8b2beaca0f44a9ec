"""One finding for one lesion: of proposals whose bodies touch, only one stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.core.volume import MaskArray

if TYPE_CHECKING:
    from viewer.imaging.candidates import Candidate

BALL_MARGIN_MM = 2.0
"""A middle this little outside the ball of another proposal still belongs to it."""
MUCH_LARGER = 2.0
"""Bodies whose volumes differ by less are of one size: the spot was segmented twice."""
WEAK_SHARE = 0.5
"""A larger proposal weaker than this share of a smaller one does not take its place."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The voxels of a body.

    Attributes
    ----------
    start_zyx : tuple of int
        First voxel of `mask` in the volume.
    mask : ndarray of bool, shape (z, y, x)
        The body within its box.
    """

    start_zyx: tuple[int, int, int]
    mask: MaskArray


def distinct(found: Sequence[tuple[Candidate, Region]], most: int) -> tuple[Candidate, ...]:
    """Return the strongest proposals, one of each lesion.

    Two proposals are one lesion where their bodies share a voxel or a face of one, or where the
    middle of the smaller lies within the ball of the larger (of its diameter) or at most
    `BALL_MARGIN_MM` outside of it. The larger one stays: the other is its rim or a part of it. But

    - of two of one size (volumes within a factor of `MUCH_LARGER`) the stronger one stays;
    - where the larger is weaker than `WEAK_SHARE` of the smaller, the smaller stays: a vessel or a
      wall hides no nodule.

    What went takes no other with it.

    Parameters
    ----------
    found : sequence of (Candidate, Region)
        In any order.
    most : int
        How many to return at most.

    Returns
    -------
    tuple of Candidate
        Sorted from the strongest.
    """
    kept: list[tuple[Candidate, Region]] = []
    for item in sorted(found, key=lambda item: (-item[0].strength, item[0].index_zyx)):
        rivals = [other for other in kept if _one_lesion(item, other)]
        if all(_takes_place(item[0], other[0]) for other in rivals):
            kept = [other for other in kept if other not in rivals]
            kept.append(item)
    kept.sort(key=lambda item: (-item[0].strength, item[0].index_zyx))
    return tuple(proposal for proposal, _ in kept[:most])


def _takes_place(weaker: Candidate, stronger: Candidate) -> bool:
    return (
        weaker.volume_mm3 >= MUCH_LARGER * stronger.volume_mm3
        and weaker.strength >= WEAK_SHARE * stronger.strength
    )


def _one_lesion(first: tuple[Candidate, Region], second: tuple[Candidate, Region]) -> bool:
    apart_mm = np.linalg.norm(np.subtract(first[0].position_lps_mm, second[0].position_lps_mm))
    radius_mm = max(first[0].diameter_mm, second[0].diameter_mm) / 2
    return bool(apart_mm <= radius_mm + BALL_MARGIN_MM) or touching(first[1], second[1])


def touching(first: Region, second: Region) -> bool:
    """Tell whether two bodies share a voxel, or a face of one."""
    from scipy import ndimage

    starts = np.array([first.start_zyx, second.start_zyx])
    stops = starts + np.array([first.mask.shape, second.mask.shape])
    low, high = starts.max(axis=0) - 1, stops.min(axis=0) + 1
    if (low >= high).any():
        return False
    near, other = (_within(region, low, high) for region in (first, second))
    return bool((ndimage.binary_dilation(near) & other).any())


def _within(region: Region, low: NDArray[np.int64], high: NDArray[np.int64]) -> MaskArray:
    """Return the part of a body in a box of the volume."""
    part = np.zeros(high - low, bool)
    start = np.asarray(region.start_zyx)
    first = np.maximum(start, low)
    last = np.minimum(start + region.mask.shape, high)
    if (first < last).all():
        to = tuple(slice(a, b) for a, b in zip(first - low, last - low, strict=True))
        of = tuple(slice(a, b) for a, b in zip(first - start, last - start, strict=True))
        part[to] = region.mask[of]
    return part
