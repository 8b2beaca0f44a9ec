"""A field over an image for words: Return, a click elsewhere or `finish` keep them, Esc not."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from viewer.app.words import LONGEST

_WIDTH_PX = 224


class WordsEntry(QLineEdit):
    """Asks once, then hides.

    Signals
    -------
    answered(str)
        The words; those that were there before where the reader gave up.
    """

    answered = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._before = ""
        self.setMaxLength(LONGEST)
        self.setFixedWidth(_WIDTH_PX)
        self.editingFinished.connect(self.finish)
        self.hide()

    def ask(self, px: tuple[float, float], text: str, prompt: str) -> None:
        """Open at a pixel of the parent, as far as there is room."""
        room = self._over.size()
        x = min(max(px[0] + 8, 0), max(room.width() - _WIDTH_PX, 0))
        y = min(max(px[1] - 12, 0), max(room.height() - self.sizeHint().height(), 0))
        self._before = text
        self.setPlaceholderText(prompt)
        self.setAccessibleName(prompt)
        self.setText(text)
        self.move(round(x), round(y))
        self.show()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        # The window has an action with the same key; in here the key is the field's.
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._answer(self._before)
        else:
            super().keyPressEvent(event)

    def finish(self) -> None:
        """Answer with what stands there; a field that is closed stays so."""
        self._answer(self.text().strip())

    def _answer(self, text: str) -> None:
        """Hide, which takes the focus and would finish the editing again, then tell."""
        if self.isVisible():
            was_here = self.hasFocus()  # not where a click or a key has put it elsewhere
            self.hide()
            if was_here:
                self._over.setFocus()
            self.answered.emit(text)
