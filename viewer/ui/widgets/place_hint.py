"""What an empty place says."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from viewer.i18n import mark, tr

HINT = mark("Drop a series here")


class PlaceHint(QLabel):
    """Lies over a canvas without an image; hidden at first.

    Signals
    -------
    pressed
        A mouse button went down.
    """

    pressed = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(tr(HINT))
        self.setObjectName("placeHint")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)  # a file's words may stand in it
        column = QVBoxLayout(canvas)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self)
        self.hide()

    def set_reason(self, reason: str) -> None:
        """Say first why the place is empty, if there is a reason."""
        hint = tr(HINT)
        text = f"{reason}\n\n{hint}" if reason else hint
        if text != self.text():
            self.setText(text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.pressed.emit()
