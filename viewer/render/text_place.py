"""Where texts of marks stand: inside the viewport, beside other texts and the lines of marks."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

EDGE_PX = 4.0
_GAPS_PX = np.array([-3.0, -3.0, 3.0, 3.0])  # left, top, right, bottom
_PIECES = 12
_LINE_PX = 2.0  # half the width that a mark's line takes
_STEP_PX, _REACH_PX, _DIRECTIONS = 10.0, 180.0, 12
_LEADER_FROM_PX = 24.0

_ANGLES = 2 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
_RADII = np.arange(_STEP_PX, _REACH_PX, _STEP_PX)
_WAYS = np.stack(
    [np.outer(_RADII, np.cos(_ANGLES)).ravel(), np.outer(_RADII, np.sin(_ANGLES)).ravel()], axis=1
)
"""Ways from where a text should stand to where it may stand, the shortest first; shape (n, 2)."""


Corners = tuple[float, float, float, float]
"""Left, top, right and bottom of a box in painter pixels."""
Points = tuple[tuple[float, float], ...]


@lru_cache(maxsize=16)  # most often a viewport is painted again with the same marks in it
def place_texts(
    wanted: tuple[tuple[Corners, tuple[float, float]], ...],
    lines: tuple[Points, ...],
    texts: tuple[Corners, ...],
    size_px: tuple[float, float],
) -> tuple[QRectF, ...]:
    """Place the texts of all marks in a viewport, one after the other.

    Parameters
    ----------
    wanted : tuple of (Corners, point)
        Box of each text where its mark would have it, and the point that it belongs to.
    lines : tuple of Points
        Of marks.
    texts : tuple of Corners
        That stay where they are.
    size_px : tuple of float
        Width and height of the viewport.
    """
    viewport = QRectF(0, 0, *size_px)
    fixed = [_box(corners) for corners in texts]
    drawn = [box for line in lines for box in boxes_along(line)]
    for corners, anchor in wanted:
        fixed.append(place_text(_box(corners), QPointF(*anchor), viewport, fixed, drawn))
    return tuple(fixed[len(texts) :])


def place_text(
    wanted: QRectF,
    anchor: QPointF,
    viewport: QRectF,
    texts: Sequence[QRectF],
    lines: Sequence[QRectF] = (),
) -> QRectF:
    """Move a mark's text about the shortest way to where nothing else is drawn.

    Parameters
    ----------
    wanted : QRectF
        Its box where the mark would have it.
    anchor : QPointF
        The point that it belongs to: a text whose point is not in view is not dragged in.
    viewport : QRectF
        What is seen.
    texts, lines : sequence of QRectF
        What it must not cover: texts that stay where they are, pieces of the lines of marks.

    Returns
    -------
    QRectF
        The box; where nothing near is free, as near as it fits into the viewport.
    """
    if not viewport.contains(anchor):
        return wanted
    room = viewport.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
    start = _inside(wanted, room)
    taken = (*texts, *lines)
    if not any(start.intersects(other) for other in taken):
        return start
    boxes = np.array([other.getCoords() for other in taken]) + _GAPS_PX
    corners = np.array([start.left(), start.top()]) + np.concatenate(
        [_beside(start, boxes[: len(texts)]), _WAYS]
    )
    size = np.array([start.width(), start.height()])
    fits = (corners >= (room.left(), room.top())) & (
        corners + size <= (room.right(), room.bottom())
    )
    corners = corners[fits.all(axis=1)]
    apart = (corners[:, None] >= boxes[:, 2:]) | (corners[:, None] + size <= boxes[:, :2])
    free = corners[apart.any(axis=2).all(axis=1)]
    if not len(free):
        return start
    ways = np.abs(free - (start.left(), start.top())).sum(axis=1)
    left, top = free[int(np.argmin(ways))]
    return QRectF(left, top, start.width(), start.height())


def boxes_along(points: Sequence[tuple[float, float]]) -> list[QRectF]:
    """Return boxes that together cover a line in pixels, few enough to test texts against."""
    corners = np.asarray(points, np.float64)
    if len(corners) > 1:
        reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
        along = np.linspace(0.0, reached[-1], _PIECES + 1)
        x, y = (np.interp(along, reached, corners[:, axis]) for axis in (0, 1))
    else:
        x, y = (np.repeat(corners[:, axis], 2) for axis in (0, 1))
    low = np.stack([np.minimum(x[:-1], x[1:]), np.minimum(y[:-1], y[1:])], axis=1) - _LINE_PX
    high = np.stack([np.maximum(x[:-1], x[1:]), np.maximum(y[:-1], y[1:])], axis=1) + _LINE_PX
    return [QRectF(QPointF(*a), QPointF(*b)) for a, b in zip(low, high, strict=True)]


def leader_between(
    wanted: QRectF, anchor: QPointF, place: QRectF
) -> tuple[QPointF, QPointF] | None:
    """Return the ends of a line from a mark to its text; None where the two are near."""
    if math.dist(wanted.topLeft().toTuple(), place.topLeft().toTuple()) < _LEADER_FROM_PX:
        return None
    x = min(max(anchor.x(), place.left()), place.right())
    y = min(max(anchor.y(), place.top()), place.bottom())
    return anchor, QPointF(x, y)


def _beside(start: QRectF, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ways straight to the four sides of each box; shape (n, 2)."""
    left, top, right, bottom = boxes.T
    none = np.zeros_like(left)
    return np.concatenate(
        [
            np.stack([left - start.right(), none], axis=1),
            np.stack([right - start.left(), none], axis=1),
            np.stack([none, top - start.bottom()], axis=1),
            np.stack([none, bottom - start.top()], axis=1),
        ]
    )


def _box(corners: Corners) -> QRectF:
    left, top, right, bottom = corners
    return QRectF(left, top, right - left, bottom - top)


def _inside(box: QRectF, room: QRectF) -> QRectF:
    left = min(max(box.left(), room.left()), max(room.right() - box.width(), room.left()))
    top = min(max(box.top(), room.top()), max(room.bottom() - box.height(), room.top()))
    return QRectF(left, top, box.width(), box.height())
