"""A table whose Delete and Copy keys act on its rows while it has the focus.

The window has actions with the same keys; claiming the keys here keeps both from being ambiguous.
"""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableWidget


class KeyTable(QTableWidget):
    """A table of rows.

    Signals
    -------
    copy_requested, delete_requested
        The key was pressed.
    """

    copy_requested = Signal()
    delete_requested = Signal()

    def __init__(self, rows: int = 0, columns: int = 0) -> None:
        super().__init__(rows, columns)
        self.setTabKeyNavigation(False)  # Tab leads to the next widget, arrows through the cells

    def event(self, event: QEvent) -> bool:
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(event, QKeyEvent) and claimed_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = claimed_key(event)
        if name == "copy":
            self.copy_requested.emit()
        elif name == "delete":
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)


def claimed_key(event: QKeyEvent) -> str:
    """Return what a key does to the rows of a table: "copy", "delete", or "" for nothing."""
    if event.matches(QKeySequence.StandardKey.Copy):
        return "copy"
    return "delete" if event.matches(QKeySequence.StandardKey.Delete) else ""
