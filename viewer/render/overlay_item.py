"""One scene item for all overlays of a viewport."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from viewer.core.drawable import Drawable
from viewer.core.screen import ScreenTransform
from viewer.render.painter import Painted, paint_drawables


class OverlayItem(QGraphicsItem):
    """Paints drawables over the whole viewport, in viewport pixels.

    Attributes
    ----------
    painted : Painted
        Where the texts stood when it was painted last.
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawables: Sequence[Drawable] = ()
        self._transform = ScreenTransform(1.0, (0.0, 0.0))
        self._size = (1.0, 1.0)
        self._scale = 1.0
        self.painted = Painted()
        self.setZValue(10)

    def set_drawables(self, drawables: Sequence[Drawable]) -> None:
        """Show other drawables."""
        self._drawables = drawables
        self.update()

    def set_frame(
        self, transform: ScreenTransform, size_px: tuple[float, float], scale: float = 1.0
    ) -> None:
        """Follow the viewport's size, zoom and pan, and the size of letters and lines."""
        if size_px != self._size:
            self.prepareGeometryChange()
        self._transform, self._size, self._scale = transform, size_px, scale
        self.update()

    def boundingRect(self) -> QRectF:
        """Cover the viewport."""
        return QRectF(0, 0, *self._size)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the drawables."""
        self.painted = paint_drawables(
            painter, self._drawables, self._transform, self._size, self._scale
        )
