"""The program `hounsfield`: finds the command, runs it, turns what happened into an exit code."""

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import NoReturn, Protocol

from viewer.cli.terminal import TerminalContext, UsageError, WindowProgram, print_error
from viewer.core.errors import CancelledError, RefusedError, ViewerError
from viewer.jobs.failure import place_of
from viewer.logs import start_logging
from viewer.paths import log_dir

logger = logging.getLogger(__name__)

OK, USER_ERROR, REFUSED, BUG, INTERRUPTED = 0, 2, 3, 70, 130
LOG_FILE = "command-line.log"
DISCLAIMER = "Research and education. Not a medical device."


class Command(Protocol):
    """What the module of a command offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare its options."""

    def run(self, arguments: argparse.Namespace, ctx: TerminalContext) -> int:
        """Do it and return the exit code."""


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One subcommand; its module is imported only when it is called."""

    name: str
    module: str
    summary: str


WINDOW = CommandSpec("window", "viewer.cli.window", "open the window (this is the default)")
COMMANDS: tuple[CommandSpec, ...] = (
    WINDOW,
    CommandSpec("info", "viewer.cli.info", "what is in a file, folder, ZIP or DICOMDIR"),
    CommandSpec("tags", "viewer.cli.tags", "every element of one file, searchable"),
    CommandSpec(
        "export", "viewer.cli.export", "slices as PNG, JPEG or TIFF; volumes as npy, NIfTI"
    ),
    CommandSpec("marks", "viewer.cli.marks", "saved marks with their values and follow-up"),
    CommandSpec("surface", "viewer.cli.surface", "a 3D surface as STL"),
    CommandSpec("curved", "viewer.cli.curved", "a series along a line, made straight"),
    CommandSpec("analyze", "viewer.cli.analyze", "nodule candidates and scores (research only)"),
    CommandSpec("faces", "viewer.cli.faces", "find faces in an ordinary photo"),
    CommandSpec("keys", "viewer.cli.keys", "what keys and mouse do, and the profiles of them"),
    CommandSpec("settings", "viewer.cli.settings", "list, get, set or reset the preferences"),
    CommandSpec("selfcheck", "viewer.cli.selfcheck", "check this installation with a phantom"),
    CommandSpec("demo", "viewer.cli.demo", "walk through the window and leave pictures"),
)


class _Parser(argparse.ArgumentParser):
    """Tells mistakes in one line, as everything else does."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, "", f"See: {self.prog} --help")


def run(arguments: Sequence[str], window: WindowProgram | None = None) -> int:
    """Run the program and return its exit code; `window` shows the window where one is wanted.

    0 done; 1 a check of `selfcheck` failed; 2 a mistake of the user's, told in one line on
    stderr; 3 refused by the gate of Analyze; 70 a mistake of ours; 130 cancelled with Ctrl+C.
    """
    _accept_any_text()
    ctx = TerminalContext(window)
    try:
        with contextlib.suppress(OSError):  # a read-only home is no reason not to work
            start_logging(log_dir(), LOG_FILE)
        return _run(list(arguments), ctx)
    except ViewerError as error:
        ctx.end_line()
        print_error(error.one_line())
        return REFUSED if isinstance(error, RefusedError) else USER_ERROR
    except (CancelledError, KeyboardInterrupt):
        ctx.end_line()
        print_error("cancelled")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has enough (| head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001 - the process boundary
        ctx.end_line()
        place = place_of(error)
        logger.error("command failed: %s", place)
        print_error(f"internal error ({place}). Please report it; the log has the same line")
        return BUG


def _run(arguments: list[str], ctx: TerminalContext) -> int:
    spec = next((c for c in COMMANDS if arguments[:1] == [c.name]), None)
    if spec is None and arguments[:1] in (["-h"], ["--help"]):
        parser = _main_parser()
        _load(WINDOW).add_arguments(parser)
        parser.print_help()
        return OK
    if spec is None and arguments[:1] == ["--version"]:
        sys.stdout.write(f"hounsfield {version()}\n")
        return OK
    command = _load(spec or WINDOW)
    parser = _command_parser(spec) if spec else _main_parser()
    command.add_arguments(parser)
    try:
        parsed = parser.parse_args(arguments[1:] if spec else arguments)
    except SystemExit:  # --help of a command
        return OK
    ctx.watch_interrupts()
    try:
        return command.run(parsed, ctx)
    finally:
        ctx.end_line()


def version() -> str:
    """Return the program's version."""
    try:
        return metadata.version("hounsfield")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _load(spec: CommandSpec) -> Command:
    command: Command = import_module(spec.module)
    return command


def _command_parser(spec: CommandSpec) -> argparse.ArgumentParser:
    return _Parser(
        prog=f"hounsfield {spec.name}",
        description=spec.summary[0].upper() + spec.summary[1:] + ".",
        epilog=DISCLAIMER,
        allow_abbrev=False,
    )


def _main_parser() -> argparse.ArgumentParser:
    lines = [f"  {spec.name:<9} {spec.summary}" for spec in COMMANDS]
    parser = _Parser(
        prog="hounsfield",
        usage="hounsfield [PATH ...] [--preset NAME] [--slice N] [--teaching] [--language L]\n"
        "       hounsfield COMMAND ...",
        description="Hounsfield, a DICOM viewer with an honest lung assistant. "
        "Without a command it opens the window.",
        epilog="commands:\n"
        + "\n".join(lines)
        + "\n\n`hounsfield COMMAND --help` tells more. Slices count from 1, as on the image.\n"
        "Exit codes: 0 done, 1 a check of selfcheck failed, 2 a mistake in what was asked,\n"
        f"3 refused by the gate of analyze, 70 a bug, 130 cancelled.\n{DISCLAIMER}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="tell the version and stop")
    return parser


def _accept_any_text() -> None:
    """Write names in any script also where the terminal's encoding has not got them."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
