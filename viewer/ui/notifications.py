"""Messages in the status bar: never modal, never over the images; the whole text on demand."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.app.masking import without_file_names
from viewer.core.errors import ViewerError
from viewer.i18n import mark, told, tr
from viewer.ui.icons import icon
from viewer.ui.theme import Ink
from viewer.ui.widgets.icon_label import IconLabel
from viewer.ui.widgets.labels import plain_label, plain_tooltip

_INFO_MS = 8000
_MOST = 3
_WIDEST_PX, _SHEET_WIDTH_PX, _ICON_PX = 900, 560, 16
_SHORT_CHARACTERS = 90
"""A text up to here is seen whole beside the jobs; a longer one can be unfolded."""

_INKS: dict[str, Ink] = {"info": "accent", "warning": "caution", "error": "failure"}

_KINDS = {"info": mark("info"), "warning": mark("warning"), "error": mark("error")}

Action = tuple[str, Callable[[], None]]


class Notification(QFrame):
    """One message in one line, with an optional action; `kind` is "info", "warning" or "error".

    Attributes
    ----------
    topic : str
        What it is about, for taking it away when that is over; may be empty.
    said : tuple of str
        Kind, text and details.
    names : tuple of str
        Of files, as they stand there.

    Signals
    -------
    closed(QWidget)
        The reader closed it, by its button or by Escape, or its time is over.
    details_wanted(QWidget)
        Show, or hide, all that it says.
    """

    closed = Signal(QWidget)
    details_wanted = Signal(QWidget)

    def __init__(
        self,
        kind: str,
        text: str,
        details: str = "",
        action: Action | None = None,
        topic: str = "",
    ) -> None:
        super().__init__()
        self.topic = topic
        self.names: tuple[str, ...] = ()
        self.said = (kind, text, details)
        self.setObjectName("notification")
        self.setProperty("kind", kind)
        self.setAccessibleName(f"{tr(_KINDS[kind])}: {text}")
        self.setToolTip(plain_tooltip(self.whole_text))
        symbol = IconLabel(icon(f"notice.{kind}", _INKS[kind]), _ICON_PX)
        self._more = plain_label(role="dim")
        self._more.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 2, 0)
        row.setSpacing(8)
        row.addWidget(symbol)
        row.addWidget(_Line(text), 1)
        row.addWidget(self._more)
        if details or len(text) > _SHORT_CHARACTERS:
            row.addWidget(self._button(tr("Details"), self._on_details))
        if action is not None:
            row.addWidget(self._button(action[0], action[1]))
        close = QToolButton()
        close.setIcon(icon("close", "dim"))
        close.setAccessibleName(tr("Close message"))
        close.setToolTip(tr("Close message (Esc)"))
        close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        close.clicked.connect(self._close)
        row.addWidget(close)

    @property
    def whole_text(self) -> str:
        """All that it says."""
        return "\n".join(part for part in self.said[1:] if part)

    def expire_after(self, ms: int) -> None:
        """Close by itself, however many messages come meanwhile."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(self._close)
        timer.start(ms)

    def set_waiting(self, others: int) -> None:
        """Say how many messages wait behind this one."""
        self._more.setText(tr("{others} more", others=others))
        self._more.setVisible(others > 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # The window has an action with the same key; in here the key is the message's.
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def _button(self, text: str, run: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "quiet")
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _on_details(self) -> None:
        self.details_wanted.emit(self)

    def _close(self) -> None:
        self.closed.emit(self)


class NotificationArea(QWidget):
    """The last messages: the newest is seen, the others wait behind it.

    It has a place of its own, one line high, so that messages cover no image and move none.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Notification] = []
        self._sheet: _Sheet | None = None
        self._hides_names = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 1, 8, 1)
        self.setMaximumWidth(_WIDEST_PX)
        self.hide()

    def hide_names(self, hidden: bool) -> None:
        """Name no file from now on, or again; what has named one goes away."""
        self._hides_names = hidden
        for notice in self.messages() if hidden else ():
            if notice.names or any(without_file_names(said) != said for said in notice.said[1:]):
                self.drop(notice)

    def show_message(
        self,
        text: str,
        kind: str = "info",
        details: str = "",
        action: Action | None = None,
        topic: str = "",
        names: tuple[str, ...] = (),
    ) -> None:
        """Show a message once, however often it is said; an "info" goes away by itself.

        Parameters
        ----------
        names : tuple of str
            Of files, as they stand in the text.
        """
        text, details = told(text), told(details)
        if self._hides_names:
            text = without_file_names(text, names)
            details = details if without_file_names(details, names) == details else ""
        notice = Notification(kind, text, details, action, topic)
        notice.names = names
        notice.closed.connect(self.drop)
        notice.details_wanted.connect(self._toggle_details)
        for shown in self.messages():
            if shown.said == notice.said:
                self.drop(shown)
        self._messages.append(notice)
        self._row.addWidget(notice)
        while len(self._messages) > _MOST:
            self.drop(self._messages[0])
        if kind == "info":
            notice.expire_after(_INFO_MS)
        self._show_newest()

    def show_error(self, error: ViewerError, topic: str = "") -> None:
        """Show what, why and what to do."""
        what, why = told(error.what), told(error.why)
        text = f"{what}: {why}" if why else what
        self.show_message(text, "error", error.what_to_do, topic=topic, names=error.names)

    def drop_topic(self, topic: str) -> None:
        """Take away what is about something that is over."""
        for notice in self.messages():
            if notice.topic == topic:
                self.drop(notice)

    def messages(self) -> list[Notification]:
        """Return the messages, the oldest first."""
        return list(self._messages)

    def texts(self) -> list[str]:
        """Return what they say."""
        return [notice.accessibleName() for notice in self._messages]

    def drop(self, notice: Notification) -> None:
        """Take a message away, if it is still there."""
        if notice not in self._messages:
            return
        self._messages.remove(notice)
        self._row.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
        self._show_newest()

    def _show_newest(self) -> None:
        self._close_sheet()
        self.setVisible(bool(self._messages))
        for notice in self._messages:
            notice.setVisible(notice is self._messages[-1])
        if self._messages:
            self._messages[-1].set_waiting(len(self._messages) - 1)

    def _toggle_details(self, notice: Notification) -> None:
        if self._sheet is not None:
            self._close_sheet()
            return
        self._sheet = _Sheet(notice.whole_text, self.window())
        self._sheet.open_over(notice)

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.hide()
            self._sheet.deleteLater()
            self._sheet = None


class _Sheet(QFrame):
    """All that a message says, above its line, until the reader has seen it."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("notificationDetails")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(plain_label(text, wrap=True))
        self.setFixedWidth(min(_SHEET_WIDTH_PX, parent.width()))

    def open_over(self, notice: QWidget) -> None:
        """Show it above a message, held inside the window."""
        window = self._window
        height = self.heightForWidth(self.width())
        corner = notice.mapTo(window, QPoint(0, 0))
        left = max(min(corner.x(), window.width() - self.width()), 0)
        top = max(corner.y() - height - 4, 0)
        self.setGeometry(left, top, self.width(), height)
        self.show()
        self.raise_()


class _Line(QWidget):
    """A line of text that is cut at its end where there is no room."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = " ".join(text.split())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        mode = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self._text, mode, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
