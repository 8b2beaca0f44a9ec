"""What is not on the disk yet although it was tried: told, tried again, and asked at the end."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from viewer.app.presenters.connections import Connectable, Connections
from viewer.core.errors import ViewerError
from viewer.i18n import told, tr

FIRST_WAIT_MS = 1000
LONGEST_WAIT_MS = 8000
"""Between two tries: each wait is twice as long as the one before, up to this one."""


class Saver(Protocol):
    """Keeps what a reader did without being asked."""

    @property
    def problem_changed(self) -> Connectable:
        """A try to save has failed, or the first one after that has worked."""

    @property
    def problem(self) -> ViewerError | None:
        """Why the last try failed; None while all is well."""

    @property
    def unsaved(self) -> str:
        """What would be lost now, in words ("3 marks"); "" where nothing would."""

    def retry(self) -> None:
        """Try again in the background."""

    def flush(self) -> None:
        """Try again now."""

    def save_copy(self, folder: Path) -> None:
        """Write what is unsaved into another folder.

        Raises
        ------
        SaveError
            It cannot be written there either.
        """


class Answer(Enum):
    """What a reader wants who closes the window before everything is saved."""

    AGAIN = auto()
    COPY = auto()
    LOSE = auto()
    STAY = auto()


class Unsaved:
    """Tries again what could not be saved, says so meanwhile, and asks before it is lost.

    Parameters
    ----------
    savers : sequence of Saver
        Whose work is meant.
    show : callable
        Shows in the window what is not saved, and why; both empty when all is well.
    later : callable
        Runs a function on the UI thread after some milliseconds.
    """

    def __init__(
        self,
        savers: Sequence[Saver],
        show: Callable[[str, str], None],
        later: Callable[[int, Callable[[], None]], None],
    ) -> None:
        self._savers, self._show, self._later = savers, show, later
        self._wait_ms = FIRST_WAIT_MS
        self._waiting = self._closed = False
        self._connections = Connections()
        for saver in savers:
            self._connections.add(saver.problem_changed, self._look)

    def close(self) -> None:
        """Let go."""
        self._closed = True
        self._connections.close()

    @property
    def words(self) -> str:
        """What would be lost now ("3 marks, 1 offset"), or ""."""
        return ", ".join(words for saver in self._savers if (words := saver.unsaved))

    def save(self) -> bool:
        """Try to write everything now; tells whether nothing is left."""
        for saver in self._savers:
            saver.flush()
        return not self._failing()

    def may_close(
        self, ask: Callable[[str, str], Answer], choose_folder: Callable[[], Path | None]
    ) -> bool:
        """Save everything, or ask what shall become of it; tells whether the window may close.

        Parameters
        ----------
        ask : callable
            Gets what would be lost and why it cannot be saved.
        choose_folder : callable
            Returns where a copy shall go; None to think again.
        """
        why_no_copy = ""
        while not self.save():
            answer = ask(self.words, why_no_copy or self._why())
            why_no_copy = ""
            if answer is Answer.STAY:
                return False
            if answer is Answer.LOSE:
                return True
            folder = choose_folder() if answer is Answer.COPY else None
            if folder is not None:
                try:
                    for saver in self._failing():
                        saver.save_copy(folder)
                except ViewerError as error:
                    why_no_copy = error.shown_line()
                else:
                    return True
        return True

    def _failing(self) -> list[Saver]:
        return [saver for saver in self._savers if saver.problem is not None]

    def _why(self) -> str:
        return next((told(s.problem.why) for s in self._savers if s.problem is not None), "")

    def _look(self) -> None:
        if not self._failing():
            self._wait_ms = FIRST_WAIT_MS
            self._show("", "")
            return
        self._show(tr("Not saved: {what}; trying again", what=self.words), self._why())
        if not self._waiting:
            self._waiting = True
            self._later(self._wait_ms, self._retry)
            self._wait_ms = min(2 * self._wait_ms, LONGEST_WAIT_MS)

    def _retry(self) -> None:
        self._waiting = False
        if not self._closed:
            for saver in self._failing():
                saver.retry()
