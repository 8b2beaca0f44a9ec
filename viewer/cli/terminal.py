"""How a command talks: progress on stderr for a human, JSON alone on stdout, Ctrl+C cancels."""

import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Protocol

from viewer.core.errors import CancelledError, ViewerError
from viewer.core.shapes import PointLps

PROGRESS_INTERVAL_S = 0.1
_WIDTH = 78

JsonValue = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
"""What can be written as JSON."""


class WindowProgram(Protocol):
    """What the command line needs of the window; passed in, as the two do not know each other."""

    def open(
        self,
        paths: Sequence[Path],
        *,
        preset: str,
        slice_number: int | None,
        sample: bool,
        teaching: bool,
    ) -> int:
        """Show the window and return the exit code when it is closed."""

    def walk(
        self,
        study: Path,
        out: Path,
        tell: Callable[[str], None],
        targets_lps_mm: tuple[PointLps, ...],
    ) -> tuple[Sequence[Path], Sequence[Path]]:
        """Walk through the window and return the pictures and the exported files."""


class UsageError(ViewerError):
    """The command line itself is wrong."""


class TerminalContext:
    """The `JobContext` of a command: one changing line on a terminal, silence elsewhere.

    The first Ctrl+C (or SIGTERM) cancels at the next check, so that nothing half-written stays;
    the second ends the program at once.

    Parameters
    ----------
    window : WindowProgram, optional
        For the commands that show the window.
    """

    def __init__(self, window: WindowProgram | None = None) -> None:
        self._window = window
        self._cancelled = False
        self._shown = 0.0
        self._line_open = False
        self._live = sys.stderr.isatty()

    @property
    def window(self) -> WindowProgram:
        """The window.

        Raises
        ------
        UsageError
            The program was started without one.
        """
        if self._window is None:
            raise UsageError("There is no window here")
        return self._window

    def watch_interrupts(self) -> None:
        """Take Ctrl+C, and the polite end that a system asks for."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupt)

    def progress(self, fraction: float, text: str = "") -> None:
        """Show how far it is."""
        now = time.monotonic()
        if not self._live or (now - self._shown < PROGRESS_INTERVAL_S and fraction < 1):
            return
        self._shown = now
        line = f"{fraction:4.0%} {text}"[:_WIDTH]
        sys.stderr.write(f"\r{line:<{_WIDTH}}")
        sys.stderr.flush()
        self._line_open = True

    def partial(self, value: object) -> None:
        """Nothing to show for intermediate results."""

    def check(self) -> None:
        """Raise `CancelledError` after Ctrl+C."""
        if self._cancelled:
            raise CancelledError

    def end_line(self) -> None:
        """Remove the progress line."""
        if self._line_open:
            sys.stderr.write("\r" + " " * _WIDTH + "\r")
            sys.stderr.flush()
            self._line_open = False

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._cancelled:
            raise KeyboardInterrupt
        self._cancelled = True


def print_json(value: JsonValue) -> None:
    """Write a value as JSON on stdout; numbers that are not finite are our bug and raise."""
    json.dump(value, sys.stdout, allow_nan=False, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    sys.stdout.flush()


def print_line(text: str) -> None:
    """Write a line of human-readable output on stdout."""
    sys.stdout.write(text + "\n")


def print_error(text: str) -> None:
    """Write one line on stderr."""
    sys.stderr.write(f"hounsfield: {' '.join(text.split())}\n")
    sys.stderr.flush()
