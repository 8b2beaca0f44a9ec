"""What a screen reader says about an image: asked for by giving it the focus, not at each step."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class Announcement(QObject):
    """Describes a widget anew whenever it gets the focus.

    While a reader scrolls nothing is described: speech could not keep up, and no step pays for it.

    Parameters
    ----------
    widget : QWidget
        Gets the description.
    words : callable
        Returns what is to be said now.
    """

    def __init__(self, widget: QWidget, words: Callable[[], str]) -> None:
        super().__init__(widget)
        self._widget, self._words = widget, words
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._widget.setAccessibleDescription(self._words())
        return super().eventFilter(watched, event)

    def renew(self) -> None:
        """Say what holds now instead of what was said before, where anything was."""
        if self._widget.accessibleDescription():
            self._widget.setAccessibleDescription(self._words())
