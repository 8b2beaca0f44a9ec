"""The header of a viewport, by which its series is dragged to another place."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


class CarryStrip(QWidget):
    """Tells when it is dragged.

    Signals
    -------
    carried
        The mouse was pressed here and moved away.
    """

    carried = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pressed_at: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start, here = self._pressed_at, event.position().toPoint()
        far = QApplication.startDragDistance()
        if start is not None and (here - start).manhattanLength() >= far:
            self._pressed_at = None
            self.carried.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._pressed_at = None
