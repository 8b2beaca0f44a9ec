"""A field that takes the next key that is pressed."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit, QWidget

from viewer.app.keys import canonical_key
from viewer.i18n import tr


class KeyField(QKeySequenceEdit):
    """One key with its modifiers.

    Signals
    -------
    pressed(str)
        A key as the table writes it; "" when it was cleared.
    """

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaximumSequenceLength(1)
        self.setMinimumWidth(110)  # long words beside it must leave room for the longest key
        self.setClearButtonEnabled(True)
        self.setAccessibleName(tr("Press the key"))
        self.keySequenceChanged.connect(self._on_changed)
        self.editingFinished.connect(self._invite)
        self._invite()

    @property
    def key(self) -> str:
        """The key that was pressed, or ""."""
        text = self.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        try:
            return canonical_key(text) if text else ""
        except ValueError:  # a key of this keyboard that has no name in the table
            return ""

    def set_key(self, key: str) -> None:
        """Show a key; emits nothing."""
        if key != self.key:
            blocked = self.blockSignals(True)
            self.setKeySequence(QKeySequence(key))
            self.blockSignals(blocked)
            self._invite()

    def _on_changed(self) -> None:
        self._invite()
        self.pressed.emit(self.key)

    def _invite(self) -> None:
        """Say in few words what to do; Qt's own are too long for the field in some languages."""
        line = self.findChild(QLineEdit)
        if line is not None:
            line.setPlaceholderText(tr("Key"))
