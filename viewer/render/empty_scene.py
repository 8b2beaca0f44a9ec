"""What the 3D viewport shows without a surface: a calm line, and what can be made."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer.i18n import tr

_MARGIN_PX = 12


class EmptyScene(QWidget):
    """A text and the presets below it.

    Signals
    -------
    preset_requested(str)
        Id of the preset whose button was pressed.
    """

    preset_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message = QLabel()
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setStyleSheet("color: #b0b0b6; background: transparent;")
        self._buttons: list[QPushButton] = []
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.addStretch()
        self._row.addStretch()
        layout = QVBoxLayout(self)
        layout.addStretch()
        layout.addWidget(self._message)
        layout.addLayout(self._row)
        layout.addStretch()

    def set_message(self, text: str) -> None:
        """Set the plain text in the middle."""
        self._message.setText(text)

    def set_presets(self, presets: Sequence[tuple[str, str]]) -> None:
        """Offer presets (id, name)."""
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for preset_id, name in presets:
            button = QPushButton(name)
            button.setProperty("preset", preset_id)
            button.setAccessibleName(tr("Surface of {name}", name=name))
            button.clicked.connect(self._on_preset)
            self._row.insertWidget(self._row.count() - 1, button)
            self._buttons.append(button)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the buttons for the new width."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the buttons below each other where their words do not fit side by side."""
        gaps = self._row.spacing() * (len(self._buttons) + 1) + 2 * _MARGIN_PX
        wanted = sum(button.sizeHint().width() for button in self._buttons) + gaps
        fits = wanted <= self.width()
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.LeftToRight if fits else direction.TopToBottom)
        for button in self._buttons:
            side = Qt.AlignmentFlag(0) if fits else Qt.AlignmentFlag.AlignHCenter
            self._row.setAlignment(button, side)

    def _on_preset(self) -> None:
        self.preset_requested.emit(str(self.sender().property("preset")))
