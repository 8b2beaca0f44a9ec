"""What an empty place says."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

HINT = "Drop a series here"


class PlaceHint(QLabel):
    """Lies over a canvas without an image; hidden at first.

    Signals
    -------
    pressed
        A mouse button went down.
    """

    pressed = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(HINT)
        self.setObjectName("placeHint")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        column = QVBoxLayout(canvas)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self)
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.pressed.emit()
