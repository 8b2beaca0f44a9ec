"""Undo and redo of everything that a reader does, in the order in which it was done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from viewer.core.commands import Command
from viewer.core.document import AnnotationDocument
from viewer.core.events import Signal

TargetT = TypeVar("TargetT")


@dataclass(frozen=True, slots=True)
class _Step:
    """A change and what it is made to; carrying it out returns the step that takes it back."""

    text: str
    apply: Callable[[], "_Step"]


class UndoStack:
    """One history for all that is open. `changed` fires after every run, undo and redo.

    Attributes
    ----------
    document : AnnotationDocument
        The marks that `run` changes: those of the active series.
    """

    changed = Signal()

    def __init__(self, document: AnnotationDocument) -> None:
        self.document = document
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []

    def run(self, command: Command[AnnotationDocument]) -> None:
        """Change the marks of the active series."""
        self.run_on(command, self.document)

    def run_on(self, command: Command[TargetT], target: TargetT) -> None:
        """Apply a command, remember its inverse, forget what was undone."""
        self._undo.append(_step(command, target).apply())
        self._redo.clear()
        self.changed.emit()

    def undo(self) -> None:
        """Take the last change back; nothing to undo is no error."""
        self._move(self._undo, self._redo)

    def redo(self) -> None:
        """Make the last undone change again; nothing to redo is no error."""
        self._move(self._redo, self._undo)

    def clear(self) -> None:
        """Forget the history: what it was about is closed."""
        self._undo.clear()
        self._redo.clear()
        self.changed.emit()

    def _move(self, source: list[_Step], target: list[_Step]) -> None:
        if source:
            target.append(source.pop().apply())
            self.changed.emit()

    @property
    def undo_text(self) -> str | None:
        """Name of the change that `undo` takes back, or None."""
        return self._undo[-1].text if self._undo else None

    @property
    def redo_text(self) -> str | None:
        """Name of the change that `redo` makes again, or None."""
        return self._redo[-1].text if self._redo else None


def _step(command: Command[TargetT], target: TargetT) -> _Step:
    return _Step(command.text, lambda: _step(command.apply(target), target))
