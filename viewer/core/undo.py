"""Undo and redo of everything that a reader does, in the order in which it was done."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from viewer.core.commands import Command, removes, series_pairs, takes_back
from viewer.core.document import AnnotationDocument
from viewer.core.events import Signal
from viewer.core.history import LIMIT, Change, History

TargetT = TypeVar("TargetT")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A change and what it is made to: a document, or the links between series."""

    change: Change[Any]
    target: object


class Way(StrEnum):
    """How a change came about."""

    DONE = "done"
    UNDONE = "undone"
    REDONE = "redone"


@dataclass(frozen=True, slots=True, eq=False)
class Went:
    """A change that was just made, taken back or made again.

    Attributes
    ----------
    way : Way
        Which of these.
    command, inverse : Command
        What was applied, and what would take it back.
    target : object
        What it was made to.
    """

    way: Way
    command: Command[Any]
    inverse: Command[Any]
    target: object


class UndoStack:
    """One history for all that is open. `changed` fires whenever it is another one.

    A step whose series is not open waits: undo takes back the last change of what the reader
    can see. Series do not depend on each other, so that their order may differ from that of the
    work; pairs of series do, and a pair waits with the later pairs that it shares a series pair
    with.

    Parameters
    ----------
    document : AnnotationDocument
        The first to be active.
    is_open : callable, optional
        Whether a step's effect can be seen; without it that of every step.

    Attributes
    ----------
    document : AnnotationDocument
        The marks that `run` changes: those of the active series.

    Signals
    -------
    went(Went)
        What happened, after `changed`.
    """

    changed = Signal()
    went = Signal(object)

    def __init__(
        self, document: AnnotationDocument, is_open: Callable[[Step], bool] | None = None
    ) -> None:
        self.document = document
        self._is_open = is_open or _always
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._last_ns = 0

    def run(self, command: Command[AnnotationDocument]) -> None:
        """Change the marks of the active series."""
        self.run_on(command, self.document)

    def run_on(self, command: Command[TargetT], target: TargetT, *, apart: bool = False) -> None:
        """Apply a command, remember its inverse, forget what was undone in what is open.

        What stands `apart` from other targets, a look at the images, forgets nothing of theirs.
        """
        inverse = command.apply(target)
        self._undo.append(self._step(inverse, target))
        self._redo = [
            step
            for step in self._redo
            if step.target is not target and (apart or not self._is_open(step))
        ]
        self._forget_oldest(target)
        self.changed.emit()
        self.went.emit(Went(Way.DONE, command, inverse, target))

    def complete_on(self, command: Command[TargetT], target: TargetT) -> None:
        """Go on with what the last change of a target has made, as part of the same step.

        A command that takes it away again leaves no step. Where the last change has made
        something else, this is a step of its own.
        """
        made = next((step for step in reversed(self._undo) if step.target is target), None)
        if made is None or not takes_back(made.change.command, command):
            self.run_on(command, target)
            return
        self._undo.remove(made)
        command.apply(target)
        if not removes(command):
            self._undo.append(self._step(made.change.command, target))
        self.changed.emit()

    def undo(self) -> None:
        """Take the last change back; nothing to undo is no error."""
        self._move(self._undo, self._redo, Way.UNDONE)

    def redo(self) -> None:
        """Make the last undone change again; nothing to redo is no error."""
        self._move(self._redo, self._undo, Way.REDONE)

    def history_of(self, target: TargetT) -> History[TargetT]:
        """Return what can be undone and redone in one document, or in the links."""
        return History(_changes(self._undo, target), _changes(self._redo, target))

    def restore(self, history: History[TargetT], target: TargetT) -> None:
        """Take the history of a target that was kept; older than all that was done since."""
        if not history:
            return
        self._undo = _merged(self._undo, history.undo, target)
        self._redo = _merged(self._redo, history.redo, target)
        times = (change.time_ns for change in (*history.undo, *history.redo))
        self._last_ns = max(self._last_ns, *times)
        self.changed.emit()

    @property
    def undo_text(self) -> str | None:
        """Name of the change that `undo` takes back, or None."""
        return _text(self._next(self._undo))

    @property
    def redo_text(self) -> str | None:
        """Name of the change that `redo` makes again, or None."""
        return _text(self._next(self._redo))

    def _move(self, source: list[Step], destination: list[Step], way: Way) -> None:
        step = self._next(source)
        if step is None:
            return
        inverse = step.change.command.apply(step.target)
        source.remove(step)
        destination.append(self._step(inverse, step.target))
        self.changed.emit()
        self.went.emit(Went(way, step.change.command, inverse, step.target))

    def _next(self, steps: list[Step]) -> Step | None:
        """Return the last step that need not wait, or None."""
        waiting: set[frozenset[str]] = set()
        for step in reversed(steps):
            pairs = series_pairs(step.change.command)
            if self._is_open(step) and not pairs & waiting:
                return step
            waiting |= pairs
        return None

    def _step(self, command: Command[TargetT], target: TargetT) -> Step:
        # Clocks are set back now and then; the order of work must not turn with them.
        self._last_ns = max(time.time_ns(), self._last_ns + 1)
        return Step(Change(command, self._last_ns), target)

    def _forget_oldest(self, target: object) -> None:
        of_target = [step for step in self._undo if step.target is target]
        for step in of_target[:-LIMIT]:
            self._undo.remove(step)


def _always(step: Step) -> bool:
    del step
    return True


def _text(step: Step | None) -> str | None:
    return None if step is None else step.change.command.text


def _changes(steps: Iterable[Step], target: object) -> tuple[Change[Any], ...]:
    return tuple(step.change for step in steps if step.target is target)


def _merged(steps: list[Step], kept: Iterable[Change[Any]], target: object) -> list[Step]:
    both = [*steps, *(Step(change, target) for change in kept)]
    return sorted(both, key=lambda step: step.change.time_ns)
