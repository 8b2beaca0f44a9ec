"""Which marks are too small to have been meant: no length, no area, no angle."""

from itertools import pairwise

import numpy as np

from viewer.core.geometry import FloatArray
from viewer.core.shapes import AnyShape, RegionShape


def is_too_small(shape: AnyShape, smallest_mm: float) -> bool:
    """Tell whether a mark has nothing to measure.

    Parameters
    ----------
    smallest_mm : float
        Lines (each diameter, each leg of an angle) are at least this long; regions have at least
        the area of a square with this side. Single points have no size and are never too small.
    """
    if isinstance(shape, RegionShape):
        return shape.area_mm2 < smallest_mm**2
    lines = [line for line in shape.outlines_lps if len(line) > 1]
    return any(_length(line) < smallest_mm for line in lines) or (
        len(lines) == 1 and _has_empty_leg(lines[0], smallest_mm)
    )


def _length(line: FloatArray) -> float:
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def _has_empty_leg(line: FloatArray, smallest_mm: float) -> bool:
    """Tell whether an angle lacks a leg; a path may have short steps."""
    is_angle = len(line) == 3
    return is_angle and any(_length(np.stack(leg)) < smallest_mm for leg in pairwise(line))
