"""Undo and redo of document commands."""

from viewer.core.commands import Command
from viewer.core.document import AnnotationDocument
from viewer.core.events import Signal


class UndoStack:
    """History of one document. `changed` fires after every run, undo and redo."""

    changed = Signal()

    def __init__(self, document: AnnotationDocument) -> None:
        self.document = document
        self._undo: list[Command] = []
        self._redo: list[Command] = []

    def run(self, command: Command) -> None:
        """Apply a command, remember its inverse, forget what was undone."""
        self._undo.append(command.apply(self.document))
        self._redo.clear()
        self.changed.emit()

    def undo(self) -> None:
        """Take the last change back; nothing to undo is no error."""
        self._move(self._undo, self._redo)

    def redo(self) -> None:
        """Make the last undone change again; nothing to redo is no error."""
        self._move(self._redo, self._undo)

    def _move(self, source: list[Command], target: list[Command]) -> None:
        if source:
            target.append(source.pop().apply(self.document))
            self.changed.emit()

    @property
    def undo_text(self) -> str | None:
        """Name of the change that `undo` takes back, or None."""
        return self._undo[-1].text if self._undo else None

    @property
    def redo_text(self) -> str | None:
        """Name of the change that `redo` makes again, or None."""
        return self._redo[-1].text if self._redo else None
