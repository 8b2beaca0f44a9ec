"""Leaves lists, fields and buttons the keys they need, although actions of the window want them."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

_MOVES = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
_PRESSES = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter})
_SIGNS = frozenset({Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Equal})

_KEPT: tuple[tuple[tuple[type, ...], frozenset[Qt.Key]], ...] = (
    ((QAbstractItemView, QComboBox), _MOVES | _PRESSES),
    ((QAbstractSlider, QTabBar), _MOVES),
    ((QAbstractSpinBox, QLineEdit, QTextEdit, QPlainTextEdit), _MOVES | _PRESSES | _SIGNS),
    ((QAbstractButton,), _PRESSES),
)
_KINDS = tuple(kind for kinds, _ in _KEPT for kind in kinds)


class KeyGuard(QObject):
    """Asks for a key before a shortcut takes it.

    It filters the events of the widget with the focus only: a filter of the whole application
    would bring every event of the program into Python.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.focusChanged.connect(self._on_focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the key for the widget with the focus if it moves or presses something there."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        claimed = keeps(watched, event)
        if claimed:
            event.accept()
        return claimed

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is not None and isinstance(new, _KINDS):
            new.installEventFilter(self)


def keeps(widget: QObject, event: QKeyEvent) -> bool:
    """Tell whether a widget has its own use for a key."""
    held = event.modifiers() & ~(
        Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    )
    if held != Qt.KeyboardModifier.NoModifier:
        return False
    return any(isinstance(widget, kinds) and event.key() in keys for kinds, keys in _KEPT)
