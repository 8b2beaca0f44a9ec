"""Errors a user can act on, and the failures that are data."""

from dataclasses import dataclass

from viewer.i18n import told


class ViewerError(Exception):
    """What was asked for cannot be done: what, why, and what to do about it.

    Parameters
    ----------
    what : str
        What failed, as a sentence without a full stop ("The series cannot be opened").
    why : str
        The reason, in the user's terms.
    what_to_do : str
        The next step for the user; may be empty where there is none.
    names : tuple of str
        Of files and folders, as they stand in these words: teaching mode hides them.
    """

    def __init__(
        self, what: str, why: str = "", what_to_do: str = "", names: tuple[str, ...] = ()
    ) -> None:
        self.names = names
        self.what = what
        self.why = why
        self.what_to_do = what_to_do
        super().__init__(self.one_line())

    def one_line(self) -> str:
        """Return the whole message on one line, as the command line prints it."""
        text = f"{self.what}: {self.why}" if self.why else self.what
        return " ".join((f"{text}. {self.what_to_do}" if self.what_to_do else text).split())

    def shown_line(self) -> str:
        """Return the same in the language of the window."""
        return ViewerError(told(self.what), told(self.why), told(self.what_to_do)).one_line()


class RefusedError(ViewerError):
    """An input was understood and declined for stated reasons (the gate of Analyze)."""


class CancelledError(Exception):
    """Raised inside a job by `JobContext.check` after the user cancelled it; not a failure."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be used; it never stops the others.

    Attributes
    ----------
    path : str
        The file, with `!member` behind it for a member of a ZIP archive.
    reason : str
        One plain line: why, and what would help.
    """

    path: str
    reason: str
