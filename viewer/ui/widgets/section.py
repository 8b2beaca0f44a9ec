"""A titled part of a panel."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from viewer.ui.widgets.labels import plain_label


class Section(QWidget):
    """A heading with a thin line over it, and what belongs to it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = plain_label(title, "heading")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 8, 0, 0)
        self._layout.setSpacing(5)
        self._layout.addWidget(self._title)

    def set_title(self, title: str) -> None:
        """Show another heading."""
        self._title.setText(title)

    def add(self, *widgets: QWidget) -> None:
        """Append widgets."""
        for widget in widgets:
            self._layout.addWidget(widget)

    def add_layout(self, layout: QLayout) -> None:
        """Append a row."""
        self._layout.addLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, self.palette().mid())
        painter.end()
