"""Messages above the images: never modal, details on demand."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.core.errors import ViewerError
from viewer.ui.icons import icon
from viewer.ui.theme import COLOURS
from viewer.ui.widgets.labels import plain_label

_INFO_MS = 8000
_MOST = 3
_COLOURS = {"info": COLOURS.accent, "warning": COLOURS.caution, "error": COLOURS.failure}


class Notification(QFrame):
    """One message with an optional action; `kind` is "info", "warning" or "error"."""

    closed = Signal(QWidget)

    def __init__(
        self,
        kind: str,
        text: str,
        details: str = "",
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("notification")
        self.setProperty("kind", kind)
        self.setAccessibleName(f"{kind}: {text}")
        symbol = QLabel()
        symbol.setPixmap(icon(f"notice.{kind}", _COLOURS[kind]).pixmap(18, 18))
        message = plain_label(text, wrap=True)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(symbol)
        row.addWidget(message, 1)
        self._details = plain_label(details, "dim", wrap=True)
        self._details.hide()
        if details:
            row.addWidget(self._button("Details", self._toggle_details))
        if action is not None:
            row.addWidget(self._button(action[0], action[1]))
        close = QToolButton()
        close.setIcon(icon("close", COLOURS.dim))
        close.setAccessibleName("Close message")
        close.clicked.connect(self._close)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 5, 6, 5)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._details)

    def _button(self, text: str, run: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "quiet")
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _toggle_details(self) -> None:
        self._details.setVisible(not self._details.isVisible())

    def _close(self) -> None:
        self.closed.emit(self)


class NotificationArea(QWidget):
    """The last messages, the newest at the bottom; takes no space when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_INFO_MS)
        self._timer.timeout.connect(self._drop_infos)
        self.hide()

    def show_message(
        self,
        text: str,
        kind: str = "info",
        details: str = "",
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a message; an "info" goes away by itself."""
        notice = Notification(kind, text, details, action)
        notice.closed.connect(self.drop)
        self._column.addWidget(notice)
        while len(self.messages()) > _MOST:
            self.drop(self.messages()[0])
        if kind == "info":
            self._timer.start()
        self.show()

    def show_error(self, error: ViewerError) -> None:
        """Show what, why and what to do."""
        text = f"{error.what}: {error.why}" if error.why else error.what
        self.show_message(text, "error", error.what_to_do)

    def messages(self) -> list[Notification]:
        """Return the messages that are shown, the oldest first."""
        items = [self._column.itemAt(i) for i in range(self._column.count())]
        return [
            w for item in items if isinstance(w := item.widget() if item else None, Notification)
        ]

    def texts(self) -> list[str]:
        """Return what they say."""
        return [notice.accessibleName() for notice in self.messages()]

    def drop(self, notice: QWidget) -> None:
        """Take a message away."""
        self._column.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
        self.setVisible(bool(self.messages()))

    def _drop_infos(self) -> None:
        for notice in self.messages():
            if notice.property("kind") == "info":
                self.drop(notice)
