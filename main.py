"""Hounsfield: `python main.py [PATH]` opens the window, `python main.py --help` tells the rest.

Worker processes import this file again, so nothing heavy may be imported at the top.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path


class Window:
    """Joins the command line to the window; Qt is loaded only when one is wanted."""

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
        from viewer.ui.application import run

        return run(
            paths, preset=preset, slice_number=slice_number, sample=sample, teaching=teaching
        )

    def walk(
        self,
        study: Path,
        out: Path,
        tell: Callable[[str], None],
        targets_lps_mm: tuple[tuple[float, float, float], ...],
    ) -> tuple[Sequence[Path], Sequence[Path]]:
        """Walk through the window and return the pictures and the exported files."""
        from viewer.ui.walk import walk_through

        result = walk_through(study, out, tell, targets_lps_mm)
        return result.pictures, result.files


def main() -> int:
    """Run the program (also installed as `hounsfield`) and return its exit code."""
    from multiprocessing import freeze_support

    freeze_support()
    from viewer.cli.program import run

    return run(sys.argv[1:], Window())


if __name__ == "__main__":
    sys.exit(main())
