"""Where texts stand: marks' texts inside the viewport and beside the texts of the corners."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

EDGE_PX = 4.0
_GAP_PX = 3.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A text's box.

    Attributes
    ----------
    box : QRectF
        In painter pixels.
    covers : bool
        It could not be kept off another text: it needs a dark ground of its own.
    """

    box: QRectF
    covers: bool


def place_text(
    wanted: QRectF, anchor: QPointF, viewport: QRectF, taken: Sequence[QRectF]
) -> Placed:
    """Move a mark's text the shortest way to where nothing else is written.

    Parameters
    ----------
    wanted : QRectF
        Its box where the mark would have it.
    anchor : QPointF
        The point that it belongs to: a text whose point is not in view is not dragged in.
    viewport : QRectF
        What is seen.
    taken : sequence of QRectF
        Texts that stay where they are.
    """
    if not viewport.contains(anchor):
        return Placed(wanted, covers=False)
    room = viewport.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
    start = _inside(wanted, room)
    if _is_free(start, taken):
        return Placed(start, covers=False)
    free = [
        box
        for left in _starts(start.left(), start.width(), [(t.left(), t.right()) for t in taken])
        for top in _starts(start.top(), start.height(), [(t.top(), t.bottom()) for t in taken])
        for box in (QRectF(left, top, start.width(), start.height()),)
        if room.contains(box) and _is_free(box, taken)
    ]
    if not free:
        return Placed(start, covers=True)
    return Placed(min(free, key=lambda box: _distance(box, start)), covers=False)


def _inside(box: QRectF, room: QRectF) -> QRectF:
    left = min(max(box.left(), room.left()), max(room.right() - box.width(), room.left()))
    top = min(max(box.top(), room.top()), max(room.bottom() - box.height(), room.top()))
    return QRectF(left, top, box.width(), box.height())


def _is_free(box: QRectF, taken: Sequence[QRectF]) -> bool:
    return not any(box.intersects(other) for other in taken)


def _starts(start: float, length: float, taken: Sequence[tuple[float, float]]) -> list[float]:
    """Return where a box may begin along one axis: as wanted, or just before or behind another."""
    return [
        start,
        *(low - length - _GAP_PX for low, _ in taken),
        *(high + _GAP_PX for _, high in taken),
    ]


def _distance(box: QRectF, other: QRectF) -> float:
    return abs(box.left() - other.left()) + abs(box.top() - other.top())
