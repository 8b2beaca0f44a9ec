"""A 2D viewport as a passive view: one image, one list of drawables, pointer events outwards."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from viewer.core.drawable import Drawable
from viewer.core.label_box import label_at
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.render.image_layer import ImageArray, ImageLayer
from viewer.render.overlay_item import OverlayItem
from viewer.render.pointer_events import PointerSource
from viewer.tools.pointer import PointerKind

CURSORS: dict[str, Qt.CursorShape] = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "hand": Qt.CursorShape.OpenHandCursor,
    "move": Qt.CursorShape.SizeAllCursor,
    "vertical": Qt.CursorShape.SizeVerCursor,
}


class Canvas2D(pg.GraphicsView):
    """Draws a slice and its overlays; scene coordinates are device-independent pixels.

    Signals
    -------
    pointer(PointerEvent)
        A press, move, release, double click or wheel step over the viewport.
    left
        The mouse went away.
    resized
        The viewport has another size: the transform must be set anew.
    texts_moved(tuple of QRectF)
        The texts of the viewport were painted at other places, in its pixels.
    """

    pointer = Signal(object)
    left = Signal()
    resized = Signal()
    texts_moved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background="k")
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        self.setMinimumSize(120, 100)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._source = PointerSource()
        self._image = ImageLayer()
        self._overlay = OverlayItem()
        self._texts: tuple[QRectF, ...] = ()
        self._plane: PlaneGeometry | None = None
        self._transform = ScreenTransform(1.0, (0.0, 0.0))
        self._image.hide()
        self.addItem(self._image)
        self.addItem(self._overlay)

    # --- the view's side ---------------------------------------------------------------------

    def size_px(self) -> tuple[float, float]:
        """Return width and height in device-independent pixels."""
        return float(max(self.width(), 1)), float(max(self.height(), 1))

    def set_image(self, image: ImageArray) -> None:
        """Show uint8 pixels, shape (v, u) or (v, u, 3), on the plane of `set_frame`."""
        self._image.show_pixels(np.ascontiguousarray(image))
        self._image.show()

    def set_frame(
        self, plane: PlaneGeometry, transform: ScreenTransform, text_scale: float = 1.0
    ) -> None:
        """Place the slice: what later pointer events and drawables refer to.

        Parameters
        ----------
        text_scale : float
            Factor on letters and lines of the drawables.
        """
        self._plane, self._transform = plane, transform
        self._image.place(plane, transform)
        self._overlay.set_frame(transform, self.size_px(), text_scale)
        self._source.set_frame(plane, transform, self.size_px())

    def set_drawables(self, drawables: Sequence[Drawable]) -> None:
        """Show other overlays."""
        self._overlay.set_drawables(drawables)

    def set_cursor(self, name: str) -> None:
        """Show one of `CURSORS` over the viewport."""
        if self.cursor().shape() is not CURSORS[name]:
            self.setCursor(CURSORS[name])

    def clear(self) -> None:
        """Show nothing."""
        self._image.hide()
        self._plane = None
        self._source.clear()
        self._overlay.set_drawables(())

    # --- Qt's side ---------------------------------------------------------------------------

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Hand on a press."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._emit(PointerKind.PRESS, ev)

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Hand on a move, with or without a button."""
        self._emit(PointerKind.MOVE, ev)

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        """Hand on a release."""
        self._emit(PointerKind.RELEASE, ev)

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Hand on a double click (Qt sends it instead of the second press)."""
        self._emit(PointerKind.DOUBLE, ev)

    def wheelEvent(self, ev: QWheelEvent) -> None:
        """Hand on whole wheel steps; a touch pad's small ones add up."""
        event = self._source.wheel(ev)
        if event is not None:
            self.pointer.emit(event)
        ev.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ignore Qt's own timing: the presenter knows whether a right press was a click."""
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Nothing to do: the next move says where the mouse is."""
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse went away."""
        self.left.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys to the window's actions."""
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Leave keys to the window's actions."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Follow the size."""
        super().resizeEvent(event)
        if event is not None:
            self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; tell where the texts are now."""
        super().paintEvent(event)
        if self._overlay.painted.texts != self._texts:
            self._texts = self._overlay.painted.texts
            self.texts_moved.emit(self._texts)

    def global_point(self, px: tuple[float, float]) -> QPoint:
        """Return the screen position of a viewport pixel, for menus."""
        return self.mapToGlobal(QPoint(round(px[0]), round(px[1])))

    def _emit(self, kind: PointerKind, event: QMouseEvent) -> None:
        pointer = self._source.mouse(kind, event)
        if pointer is not None:
            label = label_at(self._overlay.painted.labels, pointer.px)
            self.pointer.emit(replace(pointer, label=label))
        event.accept()
