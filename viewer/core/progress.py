"""How a long job talks to whoever started it."""

from typing import Protocol


class JobContext(Protocol):
    """Given to every long function as its first argument."""

    def progress(self, fraction: float, text: str = "") -> None:
        """Report the finished part (0..1) and the present stage; cheap, throttled by the runner."""

    def partial(self, value: object) -> None:
        """Hand over an intermediate result (a loaded slice, a first finding); never throttled."""

    def check(self) -> None:
        """Raise `viewer.core.errors.CancelledError` once the job is cancelled."""


class SilentContext:
    """A context that reports nothing and never cancels, for direct calls and tests."""

    def progress(self, fraction: float, text: str = "") -> None:
        """Ignore the report."""

    def partial(self, value: object) -> None:
        """Ignore the intermediate result."""

    def check(self) -> None:
        """Never cancel."""
