"""A list of gestures, each with a choice of what it does."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer.app.bindings import Gesture, GestureKind, MouseBinding, binding_of, deeds_for
from viewer.i18n import tr
from viewer.ui.widgets.labels import plain_label


class MouseRows(QWidget):
    """Shows what gestures do and asks for other deeds.

    Signals
    -------
    edited(str, str)
        Name of a gesture, and the id of what it shall do; "" for nothing.
    reset_requested(str)
        Name of a gesture that shall do what it does by default.
    """

    edited = Signal(str, str)
    reset_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices: dict[Gesture, QComboBox] = {}
        self.resets: dict[Gesture, QPushButton] = {}
        content = QWidget()
        grid = QGridLayout(content)
        grid.setColumnStretch(1, 1)
        for row, gesture in enumerate(Gesture):
            grid.addWidget(plain_label(tr(gesture.value)), row, 0)
            grid.addWidget(self._choice(gesture), row, 1)
            grid.addWidget(self._reset(gesture), row, 2)
        grid.setRowStretch(len(Gesture), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(area)

    def set_bindings(self, bindings: tuple[MouseBinding, ...], changed: set[str]) -> None:
        """Show other bindings; the gestures named differ from the default."""
        for gesture, choice in self.choices.items():
            choice.setCurrentIndex(max(choice.findData(binding_of(gesture, bindings)), 0))
            self.resets[gesture].setEnabled(gesture.value in changed)

    def _choice(self, gesture: Gesture) -> QComboBox:
        choice = QComboBox()
        choice.setAccessibleName(tr(gesture.value))
        choice.addItem(_unbound(gesture), "")
        for deed in deeds_for(gesture):
            choice.addItem(tr(deed.text), deed.id)
        choice.activated.connect(partial(self._on_chosen, gesture))
        self.choices[gesture] = choice
        return choice

    def _reset(self, gesture: Gesture) -> QPushButton:
        button = QPushButton(tr("Reset"))
        button.setAccessibleName(tr("Reset {gesture}", gesture=tr(gesture.value)))
        button.setAutoDefault(False)
        button.clicked.connect(partial(self._on_reset, gesture))
        self.resets[gesture] = button
        return button

    def _on_chosen(self, gesture: Gesture, row: int) -> None:
        self.edited.emit(gesture.value, self.choices[gesture].itemData(row))

    def _on_reset(self, gesture: Gesture) -> None:
        self.reset_requested.emit(gesture.value)


def _unbound(gesture: Gesture) -> str:
    """Return what a gesture without a deed does: keys that are bound to nothing change nothing."""
    with_keys = gesture.kind in (GestureKind.DRAG, GestureKind.WHEEL) and "+" in gesture.value
    if with_keys and gesture is not Gesture.BOTH_DRAG:
        return tr("As without the key")
    return tr("Nothing")
