"""Paints drawables with QPainter: the same code for the screen and for exported pictures."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeGuard

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from viewer.core.drawable import (
    Align,
    ArrowItem,
    BitmapItem,
    ColourBarItem,
    Drawable,
    EllipseItem,
    HandleItem,
    LoupeItem,
    PolylineItem,
    RulerItem,
    Space,
    Style,
    TextItem,
)
from viewer.core.label_box import LabelBox, center_after
from viewer.core.screen import ScreenTransform
from viewer.render.bitmap import draw_bitmap
from viewer.render.image_layer import pixels_to_px
from viewer.render.loupe import draw_colour_bar, draw_loupe
from viewer.render.ruler import LINE_HALO, Ruler, crisp, draw_ruler, laid_out
from viewer.render.text_box import TextBox, draw_text_box, text_box
from viewer.render.text_place import leader_between, leader_from, place_texts

_MARK_GROUND, _CORNER_GROUND = 150, 90  # of 255: behind light letters on white lungs
_LEADER = Style(width_px=1.5, dash=(3.0, 2.0), halo_px=2.5)
_HANDLE_PX = 4.0
_ARROW_HEAD_PX = 11.0
_ARROW_HEAD_ANGLE = math.radians(24)
_LEVEL_PX = 1e-3
_CORNER_SHARE = 0.49  # widest part of the viewport that a corner text may take

_CORNERS = frozenset({Align.TOP_LEFT, Align.TOP_RIGHT, Align.BOTTOM_LEFT, Align.BOTTOM_RIGHT})
_LINE_ALIGN = {
    Align.TOP_RIGHT: 1.0,
    Align.BOTTOM_RIGHT: 1.0,
    Align.RIGHT: 1.0,
    Align.CENTER: 0.5,
    Align.TOP: 0.5,
    Align.BOTTOM: 0.5,
}
"""Where the shorter lines of a text stand; at the left unless named."""
_ALIGN_SHIFT: dict[Align, tuple[float, float]] = {
    # Which part of the box's width and height lies before its point.
    Align.TOP_LEFT: (0.0, 0.0),
    Align.TOP_RIGHT: (1.0, 0.0),
    Align.BOTTOM_LEFT: (0.0, 1.0),
    Align.BOTTOM_RIGHT: (1.0, 1.0),
    Align.CENTER: (0.5, 0.5),
    Align.LEFT: (0.0, 0.5),
    Align.RIGHT: (1.0, 0.5),
    Align.TOP: (0.5, 0.0),
    Align.BOTTOM: (0.5, 1.0),
}


@dataclass(frozen=True, slots=True)
class Painted:
    """Where texts stand, in painter pixels.

    Attributes
    ----------
    texts : tuple of QRectF
        Those of the viewport itself.
    labels : tuple of LabelBox
        Those of marks, in the order in which they lie upon each other.
    """

    texts: tuple[QRectF, ...] = ()
    labels: tuple[LabelBox, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Where drawables land: the plane's transform, the viewport's size, the size of letters.

    Attributes
    ----------
    transform : ScreenTransform
        Plane millimetres to painter pixels.
    width, height : float
        Viewport in painter pixels.
    scale : float
        Factor on line widths and letters: above 1 for exports finer than the screen.
    taken : tuple of QRectF
        Where the texts of the viewport stand; those of marks keep off.
    """

    transform: ScreenTransform
    width: float
    height: float
    scale: float = 1.0
    taken: tuple[QRectF, ...] = ()

    def point(self, point: tuple[float, float], space: Space) -> QPointF:
        """Map a drawable's point to painter pixels."""
        if space is Space.VIEW:
            return QPointF(point[0] * self.width, point[1] * self.height)
        return QPointF(*self.transform.to_px(point))

    def vector(self, vector: tuple[float, float], space: Space) -> QPointF:
        """Map a difference of points to painter pixels."""
        if space is Space.VIEW:
            return QPointF(vector[0] * self.width, vector[1] * self.height)
        factor = self.transform.px_per_mm
        return QPointF(vector[0] * factor, vector[1] * factor)


def paint_drawables(
    painter: QPainter,
    drawables: Sequence[Drawable],
    transform: ScreenTransform,
    size_px: tuple[float, float],
    scale: float = 1.0,
) -> Painted:
    """Paint overlays in their order, the texts of marks last.

    Parameters
    ----------
    painter : QPainter
        In viewport pixels (device-independent); its state is restored.
    drawables : sequence of Drawable
        What to paint.
    transform : ScreenTransform
        From plane millimetres to those pixels.
    size_px : tuple of float
        Width and height of the viewport.
    scale : float
        Factor on line widths, letters and gaps.

    Returns
    -------
    Painted
        Where the texts stand.
    """
    frame = Frame(transform, size_px[0], size_px[1], scale)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
    frame = replace(frame, taken=_taken(painter, drawables, frame))
    # Texts of marks come last: where there is no room beside the others they lie on top.
    labels = [item for item in drawables if _is_mark_text(item)]
    for item in drawables:
        if not _is_mark_text(item):
            _PAINTERS[type(item)](painter, item, frame)
    boxes = _paint_labels(painter, labels, frame)
    painter.restore()
    return Painted(frame.taken, boxes)


def _is_mark_text(item: Drawable) -> TypeGuard[TextItem]:
    return isinstance(item, TextItem) and item.space is Space.PLANE


def _stroke(painter: QPainter, style: Style, frame: Frame, draw: Callable[[], None]) -> None:
    """Draw a line with a dark line under it, so that it shows on any grey."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, extra in ((LINE_HALO, style.halo_px), (QColor(style.colour), 0.0)):
        pen = QPen(colour, (style.width_px + extra) * frame.scale)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if style.dash else Qt.PenCapStyle.RoundCap)
        if style.dash:
            width = style.width_px + extra
            pen.setDashPattern([length / width for length in style.dash])
        painter.setPen(pen)
        draw()


def _paint_polyline(painter: QPainter, item: PolylineItem, frame: Frame) -> None:
    polygon = QPolygonF(_sharpened([frame.point(point, item.space) for point in item.points]))
    draw = painter.drawPolygon if item.closed else painter.drawPolyline
    _stroke(painter, item.style, frame, lambda: draw(polygon))


def _paint_ellipse(painter: QPainter, item: EllipseItem, frame: Frame) -> None:
    center = frame.point(item.center, item.space)
    half_u, half_v = frame.vector(item.half_u, item.space), frame.vector(item.half_v, item.space)
    steps = 72
    polygon = QPolygonF(
        [
            center + half_u * math.cos(angle) + half_v * math.sin(angle)
            for angle in (2 * math.pi * step / steps for step in range(steps))
        ]
    )
    _stroke(painter, item.style, frame, lambda: painter.drawPolygon(polygon))


def _paint_bitmap(painter: QPainter, item: BitmapItem, frame: Frame) -> None:
    place = pixels_to_px(item.spacing_vu_mm, frame.transform)
    viewport = QRectF(0, 0, frame.width, frame.height)
    to_device = place * painter.deviceTransform()
    painter.save()
    painter.setTransform(place, True)
    # As the image itself is drawn, or its edges would show beside those of a shutter.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    draw_bitmap(painter, item, place.inverted()[0].mapRect(viewport), to_device)
    painter.restore()


def _paint_handle(painter: QPainter, item: HandleItem, frame: Frame) -> None:
    center, reach = frame.point(item.point, item.space), _HANDLE_PX * frame.scale
    painter.setPen(QPen(QColor(0, 0, 0, 220), 1.2 * frame.scale))
    painter.setBrush(QColor(item.style.colour))
    painter.drawEllipse(center, reach, reach)


def _paint_arrow(painter: QPainter, item: ArrowItem, frame: Frame) -> None:
    tip, tail = frame.point(item.tip, item.space), frame.point(item.tail, item.space)
    shaft = tail - tip
    length = math.hypot(shaft.x(), shaft.y())
    if length < 1e-6:
        return
    head = min(_ARROW_HEAD_PX * frame.scale, length)
    angle = math.atan2(shaft.y(), shaft.x())
    wings = [
        tip + QPointF(math.cos(angle + turn), math.sin(angle + turn)) * head
        for turn in (_ARROW_HEAD_ANGLE, -_ARROW_HEAD_ANGLE)
    ]
    neck = tip + shaft * (head * 0.8 / length)
    _stroke(painter, item.style, frame, lambda: painter.drawLine(tail, neck))
    painter.setPen(QPen(QColor(0, 0, 0, 160), frame.scale))
    painter.setBrush(QColor(item.style.colour))
    painter.drawPolygon(QPolygonF([tip, *wings]))


def _paint_text(painter: QPainter, item: TextItem, frame: Frame) -> None:
    box, place = _laid_out(painter, item, frame)
    draw_text_box(painter, box, place.left(), place.top())


def _paint_labels(
    painter: QPainter, labels: Sequence[TextItem], frame: Frame
) -> tuple[LabelBox, ...]:
    """Paint the texts of marks, each where it covers neither another one nor the line of a mark."""
    if not labels:
        return ()
    to_px = frame.transform.to_px
    lines = tuple(tuple(map(to_px, line)) for item in labels for line in item.outlines)
    laid_out = [_laid_out(painter, item, frame) for item in labels]
    wishes = tuple(
        (wanted.getCoords(), to_px(item.point), item.way_mm is not None)
        for item, (_, wanted) in zip(labels, laid_out, strict=True)
    )
    texts = tuple(box.getCoords() for box in frame.taken)
    places = place_texts(wishes, lines, texts, (frame.width, frame.height))
    for item, (box, wanted), place in zip(labels, laid_out, places, strict=True):
        if (leader := _leader(item, frame, wanted, place)) is not None:
            own = replace(_LEADER, colour=item.style.colour)
            _stroke(painter, own, frame, partial(painter.drawLine, *leader))
        draw_text_box(painter, box, place.left(), place.top())
    return tuple(
        LabelBox(item.mark_uid, place.left(), place.top(), place.right(), place.bottom())
        for item, place in zip(labels, places, strict=True)
        if item.mark_uid
    )


def _leader(
    item: TextItem, frame: Frame, wanted: QRectF, place: QRectF
) -> tuple[QPointF, QPointF] | None:
    if item.way_mm is None:
        return leader_between(wanted, frame.point(item.point, item.space), place)
    to_px = frame.transform.to_px
    return leader_from([tuple(map(to_px, line)) for line in item.outlines], place)


def _laid_out(painter: QPainter, item: TextItem, frame: Frame) -> tuple[TextBox, QRectF]:
    """Return a text as a picture and the rectangle where its item would have it."""
    in_corner = item.space is Space.VIEW and item.align in _CORNERS
    ground = _CORNER_GROUND if in_corner else _MARK_GROUND if item.space is Space.PLANE else 0
    box = text_box(
        item.text,
        item.style,
        frame.scale,
        _ratio(painter),
        _LINE_ALIGN.get(item.align, 0.0),
        frame.width * _CORNER_SHARE if in_corner else None,
        ground,
    )
    anchor = frame.point(item.point, item.space)
    if item.way_mm is not None:
        way_px = frame.vector(item.way_mm, item.space).toTuple()
        half_px = box.width_px / 2, box.height_px / 2
        x, y = center_after(way_px, half_px)
        corner = anchor + QPointF(x - half_px[0], y - half_px[1])
        return box, QRectF(corner.x(), corner.y(), box.width_px, box.height_px)
    shift_x, shift_y = _ALIGN_SHIFT[item.align]
    left = anchor.x() + item.offset_px[0] * frame.scale - box.width_px * shift_x
    top = anchor.y() + item.offset_px[1] * frame.scale - box.height_px * shift_y
    if item.space is Space.VIEW:  # what belongs to the viewport never leaves it
        left = max(min(left, frame.width - box.width_px), 0.0)
    return box, QRectF(left, top, box.width_px, box.height_px)


def _taken(painter: QPainter, drawables: Sequence[Drawable], frame: Frame) -> tuple[QRectF, ...]:
    """Return where the texts of the viewport itself stand."""
    places = []
    for item in drawables:
        if isinstance(item, RulerItem):
            places.append(_ruler(painter, item, frame).label()[1])
        elif isinstance(item, TextItem) and item.space is Space.VIEW:
            places.append(_laid_out(painter, item, frame)[1])
    return tuple(places)


def _sharpened(points: list[QPointF]) -> list[QPointF]:
    """Put a single upright or level line on the middle of its pixels; leave others alone."""
    if len(points) != 2:
        return points
    (x1, y1), (x2, y2) = ((p.x(), p.y()) for p in points)
    if abs(x1 - x2) < _LEVEL_PX:
        x1 = x2 = crisp(x1)
    elif abs(y1 - y2) < _LEVEL_PX:
        y1 = y2 = crisp(y1)
    return [QPointF(x1, y1), QPointF(x2, y2)]


def _paint_ruler(painter: QPainter, item: RulerItem, frame: Frame) -> None:
    draw_ruler(painter, _ruler(painter, item, frame))


def _ruler(painter: QPainter, item: RulerItem, frame: Frame) -> Ruler:
    size = (frame.width, frame.height)
    return laid_out(item, frame.transform.px_per_mm, size, frame.scale, _ratio(painter))


def _ratio(painter: QPainter) -> float:
    return float(painter.device().devicePixelRatioF())


def _paint_colour_bar(painter: QPainter, item: ColourBarItem, frame: Frame) -> None:
    draw_colour_bar(painter, item, frame.point(item.point, Space.VIEW), frame.scale)


def _paint_loupe(painter: QPainter, item: LoupeItem, frame: Frame) -> None:
    size, scale = (frame.width, frame.height), frame.scale

    def paint_marks(
        painter: QPainter, drawables: Sequence[Drawable], near: ScreenTransform
    ) -> None:
        paint_drawables(painter, drawables, near, size, scale)

    draw_loupe(painter, item, frame.transform, size, scale, paint_marks)


_PAINTERS: dict[type, Callable[..., None]] = {
    PolylineItem: _paint_polyline,
    EllipseItem: _paint_ellipse,
    HandleItem: _paint_handle,
    TextItem: _paint_text,
    ArrowItem: _paint_arrow,
    RulerItem: _paint_ruler,
    BitmapItem: _paint_bitmap,
    ColourBarItem: _paint_colour_bar,
    LoupeItem: _paint_loupe,
}
