"""What was done to one target, and what of it was undone: the part of undo that can be kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from viewer.core.commands import Command

TargetT = TypeVar("TargetT")

LIMIT = 200
"""Changes of one series (or of all pairs of series) that can be taken back; the oldest go."""


@dataclass(frozen=True, slots=True)
class Change(Generic[TargetT]):
    """A command that would take a change back, or make it again.

    Attributes
    ----------
    command : Command
        What to apply.
    time_ns : int
        When the change was made or undone: nanoseconds since 1970. It orders the histories of
        several series as one; it is never the same twice.
    """

    command: Command[TargetT]
    time_ns: int


@dataclass(frozen=True, slots=True)
class History(Generic[TargetT]):
    """Changes of one target, the latest last.

    Attributes
    ----------
    undo, redo : tuple of Change
        What takes changes back, and what makes undone ones again.
    """

    undo: tuple[Change[TargetT], ...] = ()
    redo: tuple[Change[TargetT], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.undo or self.redo)

    def fits(self, copy: Callable[[], TargetT]) -> bool:
        """Tell whether everything in it can be carried out.

        Parameters
        ----------
        copy : callable
            Returns a fresh copy of what it shall be applied to.
        """
        try:
            for changes in (self.undo, self.redo):
                target = copy()
                for change in reversed(changes):
                    change.command.apply(target)
        except (KeyError, ValueError):
            return False
        return True


NO_HISTORY: History[Any] = History()
