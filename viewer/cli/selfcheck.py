"""`hounsfield selfcheck`: known phantoms through the whole program, figures beside the truth."""

import argparse
from pathlib import Path

from viewer.app.selfcheck import SelfCheckResult, run_selfcheck
from viewer.app.selfcheck_report import report_json, report_lines
from viewer.cli.selection import path_argument
from viewer.cli.terminal import TerminalContext, UsageError, print_json, print_line
from viewer.files import require_writable

CHECK_FAILED = 1
"""Exit code: it ran to its end, and a figure is not what it must be."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    parser.add_argument(
        "--pdf", metavar="FILE", type=path_argument, help="also write a report of two pages"
    )


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Check, tell, and write the report where one is wanted."""
    path: Path | None = arguments.pdf
    if path is not None:
        _check_target(path)
    result = run_selfcheck(ctx)
    ctx.end_line()
    if arguments.json:
        print_json(report_json(result.report))
    else:
        for line in report_lines(result.report):
            print_line(line)
    if path is not None:
        _write_pdf(path, result)
        if not arguments.json:
            print_line(str(path))
    return 0 if result.report.passed else CHECK_FAILED


def _check_target(path: Path) -> None:
    """Refuse before the work what cannot be written after it."""
    if path.suffix.lower() != ".pdf":
        raise UsageError(
            f"--pdf {path.name} is not a PDF file", "", "Give a name that ends in .pdf"
        )
    if path.is_dir():
        raise UsageError(f"--pdf {path} cannot be written", "it is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"--pdf {path} cannot be written", "there is no such folder")
    require_writable(path)


def _write_pdf(path: Path, result: SelfCheckResult) -> None:
    from viewer.render.report_pdf import write_selfcheck_pdf  # Qt: only where a page is painted

    write_selfcheck_pdf(path, result.report, result.pictures)
