"""What keeps a keyboard or a screen reader from a widget: nameless, not on the Tab way, a trap."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QTextEdit,
    QWidget,
)

_PARTS_OF_ONE = (QAbstractSpinBox, QComboBox)
"""What they are made of is reached and named with them."""


def obstacles(window: QWidget) -> list[str]:
    """Return what is wrong with the widgets of a window that can be seen and used now."""
    return [f"{_path(widget)}: {what}" for widget in _usable(window) if (what := _wrong(widget))]


def _usable(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        parent = widget.parentWidget()
        takes_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if not (takes_focus and widget.isVisibleTo(window) and widget.isEnabledTo(window)):
            continue
        if isinstance(parent, _PARTS_OF_ONE) or widget.focusProxy() is not None:
            continue
        if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
            continue
        if isinstance(widget, QTabBar | QLabel):  # names its tabs; a text is read, not used
            continue
        if isinstance(widget, QScrollArea):  # its content is reached
            continue
        yield widget


def _wrong(widget: QWidget) -> str:
    spoken = QAccessible.queryAccessibleInterface(widget)
    if not widget.accessibleName() and not spoken.text(QAccessible.Text.Name).strip():
        return "has no name"
    if not widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value:
        return "Tab does not reach it"
    if isinstance(widget, QAbstractItemView) and widget.tabKeyNavigation():
        return "Tab does not leave it"
    if isinstance(widget, QTextEdit | QPlainTextEdit) and not widget.tabChangesFocus():
        if not widget.textInteractionFlags() & Qt.TextInteractionFlag.TextEditable:
            return ""  # Qt gives Tab away where nothing can be written
        return "Tab does not leave it"
    return ""


def _path(widget: QWidget) -> str:
    names: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(names) < 4:
        names.append(at.objectName() or type(at).__name__)
        at = at.parentWidget()
    return " < ".join(names)
