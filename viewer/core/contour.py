"""Closed outlines in a plane: which points lie inside, how large they are, fewer corners."""

from itertools import pairwise

import numpy as np

from viewer.core.geometry import FloatArray
from viewer.core.volume import MaskArray

EDGE_TOLERANCE_MM = 1e-6
"""A point this near to the outline lies on it, and so inside: rounding."""
MOST_CORNERS = 1500
"""No hand draws more; what has more is measured on those of its corners that matter most."""
_PAIRS_AT_ONCE = 1 << 20
NEGLIGIBLE_MM2 = 1e-18
"""Two edges that span less cross nowhere that an area could tell; dividing by it may overflow."""


def holds(corners: FloatArray, points: FloatArray) -> MaskArray:
    """Tell which points lie inside an outline (even-odd rule) or on it.

    Parameters
    ----------
    corners : ndarray, shape (n, 2)
        The outline in millimetres; the last corner is joined to the first.
    points : ndarray, shape (m, 2)

    Returns
    -------
    ndarray of bool, shape (m,)
    """
    corners = bounded(corners)
    order = np.argsort(points[:, 1], kind="stable")
    x, y = points[order].T
    inside, on_edge = np.zeros(len(points), bool), np.zeros(len(points), bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        low, high = min(y0, y1), max(y0, y1)
        # Half open: a corner between two edges is crossed once.
        first, end = np.searchsorted(y, (low, high), side="left")
        if end > first:
            crossing = x0 + (y[first:end] - y0) / (y1 - y0) * (x1 - x0)
            inside[first:end] ^= x[first:end] < crossing
        near = slice(
            int(np.searchsorted(y, low - EDGE_TOLERANCE_MM, side="left")),
            int(np.searchsorted(y, high + EDGE_TOLERANCE_MM, side="right")),
        )
        on_edge[near] |= _near_edge(x[near], y[near], (x0, y0), (x1, y1))
    result = np.empty(len(points), bool)
    result[order] = inside | on_edge
    return result


def area(corners: FloatArray) -> float:
    """Return what an outline encloses by the even-odd rule, also where it crosses itself.

    Between two heights at which there is a corner or a crossing, the enclosed strips are
    trapezoids: their middle widths times the height are exact.

    Parameters
    ----------
    corners : ndarray, shape (n, 2)
        In millimetres; the last corner is joined to the first.
    """
    if len(corners) < 3:
        return 0.0
    corners = bounded(corners)
    x0, y0 = corners.T
    x1, y1 = np.roll(corners, -1, axis=0).T
    heights = np.unique(np.concatenate([y0, _crossing_heights(corners)]))
    total = 0.0
    for low, high in pairwise(heights):
        middle = (low + high) / 2
        cut = (np.minimum(y0, y1) <= middle) & (middle < np.maximum(y0, y1))
        crossings = np.sort(
            x0[cut] + (middle - y0[cut]) / (y1[cut] - y0[cut]) * (x1[cut] - x0[cut])
        )
        total += float((crossings[1::2] - crossings[::2]).sum() * (high - low))
    return total


def bounded(corners: FloatArray) -> FloatArray:
    """Return an outline of `MOST_CORNERS` corners at most, those of the finest tolerance that does.

    Time and memory of measuring grow with the square of their number.
    """
    if len(corners) <= MOST_CORNERS:
        return corners
    fewer = corners[:: -(-len(corners) // (10 * MOST_CORNERS))]
    tolerance = 1e-3
    while len(fewer) > MOST_CORNERS:
        fewer = simplified(fewer, tolerance)
        tolerance *= 2
    return fewer


def simplified(line: FloatArray, tolerance: float) -> FloatArray:
    """Leave out points of an open line that lie within a tolerance of what remains.

    Ramer (1972), Douglas and Peucker (1973).

    Parameters
    ----------
    line : ndarray, shape (n, d)
    tolerance : float
        In the unit of the points.
    """
    keep = np.zeros(len(line), bool)
    keep[[0, -1]] = True
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        if last - first < 2:
            continue
        away = _distances(line[first + 1 : last], line[first], line[last])
        farthest = int(np.argmax(away))
        if away[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            open_parts += [(first, middle), (middle, last)]
    return line[keep]


def _distances(points: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    along = end - start
    squared = max(float(along @ along), 1e-12)
    share = np.clip((points - start) @ along / squared, 0, 1)
    distances: FloatArray = np.linalg.norm(points - start - share[:, None] * along, axis=1)
    return distances


def _near_edge(
    x: FloatArray, y: FloatArray, start: tuple[float, float], end: tuple[float, float]
) -> MaskArray:
    points = np.stack([x, y], axis=1)
    away = _distances(points, np.asarray(start), np.asarray(end))
    return np.asarray(away <= EDGE_TOLERANCE_MM, bool)


def _crossing_heights(corners: FloatArray) -> FloatArray:
    """Return the heights at which edges of an outline cross each other."""
    step = np.roll(corners, -1, axis=0) - corners
    rows = max(_PAIRS_AT_ONCE // len(corners), 1)
    parts = range(0, len(corners), rows)
    found = [_heights_of(corners, step, slice(first, first + rows)) for first in parts]
    return np.concatenate(found)


def _heights_of(corners: FloatArray, step: FloatArray, part: slice) -> FloatArray:
    """Return the heights at which some of the edges cross any other."""
    own = step[part]
    cross = own[:, None, 0] * step[None, :, 1] - own[:, None, 1] * step[None, :, 0]
    apart = corners[None, :] - corners[part, None]
    is_parallel = np.abs(cross) < NEGLIGIBLE_MM2
    divisor = np.where(is_parallel, 1.0, cross)
    share = (apart[..., 0] * step[None, :, 1] - apart[..., 1] * step[None, :, 0]) / divisor
    other = (apart[..., 0] * own[:, None, 1] - apart[..., 1] * own[:, None, 0]) / divisor
    meets = ~is_parallel & (share > 0) & (share < 1) & (other > 0) & (other < 1)
    first, _ = np.nonzero(meets)
    heights: FloatArray = corners[part][first, 1] + share[meets] * own[first, 1]
    return heights
