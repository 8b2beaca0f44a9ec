"""Where texts of marks stand: inside the viewport, beside other texts and the lines of marks."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from viewer.core.label_box import EDGE_PX

_GAPS_PX = np.array([-3.0, -3.0, 3.0, 3.0])  # left, top, right, bottom
_PIECES = 12
_LINE_PX = 2.0  # half the width that a mark's line takes
_STEP_PX, _REACH_PX, _DIRECTIONS = 10.0, 180.0, 12
_LEADER_FROM_PX = 24.0
_APART_PX = 14.0  # of a text that the reader put somewhere, from the lines of its mark

_ANGLES = 2 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
_RADII = np.arange(_STEP_PX, _REACH_PX, _STEP_PX)
_WAYS = np.stack(
    [np.outer(_RADII, np.cos(_ANGLES)).ravel(), np.outer(_RADII, np.sin(_ANGLES)).ravel()], axis=1
)
"""Ways from where a text should stand to where it may stand, the shortest first; shape (n, 2)."""


Corners = tuple[float, float, float, float]
"""Left, top, right and bottom of a box in painter pixels."""
Points = tuple[tuple[float, float], ...]
Wish = tuple[Corners, tuple[float, float], bool]
"""Box of a text where its mark would have it, its point, and whether the reader put it there."""


@lru_cache(maxsize=16)  # most often a viewport is painted again with the same marks in it
def place_texts(
    wanted: tuple[Wish, ...],
    lines: tuple[Points, ...],
    texts: tuple[Corners, ...],
    size_px: tuple[float, float],
) -> tuple[QRectF, ...]:
    """Place the texts of all marks in a viewport: first those that the reader put somewhere.

    Parameters
    ----------
    wanted : tuple of Wish
        One for each text.
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
    places: dict[int, QRectF] = {}
    # The reader's hand wins: such a text moves only so far that it is seen whole.
    for number in sorted(range(len(wanted)), key=lambda number: not wanted[number][2]):
        corners, anchor, is_put = wanted[number]
        others = ((), ()) if is_put else (fixed, drawn)
        places[number] = place_text(_box(corners), QPointF(*anchor), viewport, *others)
        fixed.append(places[number])
    return tuple(places[number] for number in range(len(wanted)))


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
    return anchor, _nearest_in(place, anchor)


def leader_from(lines: Sequence[Points], place: QRectF) -> tuple[QPointF, QPointF] | None:
    """Return the ends of a line from the lines of a mark to its text; None where they are near."""
    if not lines:
        return None
    corners = [np.asarray(line, np.float64) for line in lines]
    starts = np.concatenate([line[:-1] if len(line) > 1 else line for line in corners])
    ends = np.concatenate([line[1:] if len(line) > 1 else line for line in corners])
    along, center = ends - starts, np.array(place.center().toTuple())
    squared = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((center - starts) * along).sum(axis=1) / squared, 0, 1)
    points = starts + share[:, None] * along
    low, high = place.topLeft().toTuple(), place.bottomRight().toTuple()
    apart = np.linalg.norm(points - np.clip(points, low, high), axis=1)
    nearest = int(np.argmin(apart))
    if apart[nearest] < _APART_PX:
        return None
    anchor = QPointF(*points[nearest])
    middle, half_x, half_y = place.center(), place.width() / 2, place.height() / 2
    sides = ((half_x, 0.0), (-half_x, 0.0), (0.0, half_y), (0.0, -half_y))
    at_box = [middle + QPointF(*side) for side in sides]
    return anchor, min(at_box, key=lambda end: math.dist(end.toTuple(), anchor.toTuple()))


def _nearest_in(place: QRectF, point: QPointF) -> QPointF:
    x = min(max(point.x(), place.left()), place.right())
    y = min(max(point.y(), place.top()), place.bottom())
    return QPointF(x, y)


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
