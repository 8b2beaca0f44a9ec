"""Where the lines between the rows or columns of a grid are, and what dragging one of them does."""

import itertools
from collections.abc import Sequence

from viewer.core.layout import LEAST_SHARE

GRAB_PX = 3
"""A line is held from this far beside it."""

Line = tuple[int, int]
"""First and last pixel of a row or column."""


def line_at(lines: Sequence[Line], at_px: float) -> int | None:
    """Return the number of the row or column whose far end is at a pixel, or None."""
    for number, (line, following) in enumerate(itertools.pairwise(lines)):
        if line[1] - GRAB_PX <= at_px <= following[0] + GRAB_PX:
            return number
    return None


def shares_after(lines: Sequence[Line], number: int, way_px: float) -> tuple[float, ...]:
    """Return what rows or columns share when the end of one is dragged by some pixels.

    Only the two beside the line change, and none becomes narrower than `LEAST_SHARE`.
    """
    sizes = [float(end - start + 1) for start, end in lines]
    total = sum(sizes)
    both, least = sizes[number] + sizes[number + 1], LEAST_SHARE * total
    least = min(least, both / 2)
    sizes[number] = min(max(sizes[number] + way_px, least), both - least)
    sizes[number + 1] = both - sizes[number]
    return tuple(size / total for size in sizes)
