"""Messages over the images: never modal, details on demand."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
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
_WIDEST_PX, _MARGIN_PX = 760, 12
_COLOURS = {"info": COLOURS.accent, "warning": COLOURS.caution, "error": COLOURS.failure}


class Notification(QFrame):
    """One message with an optional action; `kind` is "info", "warning" or "error".

    Attributes
    ----------
    topic : str
        What it is about, for taking it away when that is over; may be empty.
    said : tuple of str
        Kind, text and details.
    """

    closed = Signal(QWidget)

    topic: str
    said: tuple[str, str, str]

    def __init__(
        self,
        kind: str,
        text: str,
        details: str = "",
        action: tuple[str, Callable[[], None]] | None = None,
        topic: str = "",
    ) -> None:
        super().__init__()
        self.topic = topic
        self.said = (kind, text, details)
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
    """The last messages, the newest at the bottom.

    They lie over the lower edge of `parent`, so that the images below keep their size and zoom.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = parent
        parent.installEventFilter(self)
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
        topic: str = "",
    ) -> None:
        """Show a message once, however often it is said; an "info" goes away by itself."""
        notice = Notification(kind, text, details, action, topic)
        notice.closed.connect(self.drop)
        for shown in self.messages():
            if shown.said == notice.said:
                self.drop(shown)
        self._column.addWidget(notice)
        while len(self.messages()) > _MOST:
            self.drop(self.messages()[0])
        if kind == "info":
            self._timer.start()
        self.show()
        self._place()
        self.raise_()

    def show_error(self, error: ViewerError, topic: str = "") -> None:
        """Show what, why and what to do."""
        text = f"{error.what}: {error.why}" if error.why else error.what
        self.show_message(text, "error", error.what_to_do, topic=topic)

    def drop_topic(self, topic: str) -> None:
        """Take away what is about something that is over."""
        for notice in self.messages():
            if notice.topic == topic:
                self.drop(notice)

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
        self._place()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        box = self._under.rect()
        width = min(box.width() - 2 * _MARGIN_PX, _WIDEST_PX)
        has = self._column.hasHeightForWidth()
        height = self._column.totalHeightForWidth(width) if has else self.sizeHint().height()
        left = (box.width() - width) // 2
        self.setGeometry(left, box.height() - height - _MARGIN_PX, width, height)

    def _drop_infos(self) -> None:
        for notice in self.messages():
            if notice.property("kind") == "info":
                self.drop(notice)
