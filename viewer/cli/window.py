"""`hounsfield [PATH ...]`: the window."""

import argparse
import os
from pathlib import Path

from viewer.cli.selection import add_preset_option, path_argument
from viewer.cli.terminal import TerminalContext, UsageError
from viewer.i18n import LANGUAGES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=path_argument,
        help="files, folders, ZIP or DICOMDIR to open",
    )
    add_preset_option(parser)
    parser.add_argument(
        "--slice", dest="slice_number", metavar="N", type=int, help="slice to begin with, from 1"
    )
    parser.add_argument(
        "--sample", action="store_true", help="open the sample study (made on first use)"
    )
    parser.add_argument(
        "--language",
        choices=tuple(LANGUAGES),
        help="language of the window for this time (otherwise as in the preferences)",
    )
    parser.add_argument(
        "--teaching", action="store_true", help="hide who the images are of, from the start"
    )


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Open the window and return when it is closed."""
    paths: list[Path] = arguments.paths
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} cannot be opened", "there is no such file or folder")
    if arguments.slice_number is not None and arguments.slice_number < 1:
        raise UsageError("--slice counts from 1")
    if arguments.language:
        os.environ["HOUNSFIELD_LANGUAGE"] = arguments.language
    return ctx.window.open(
        paths,
        preset=arguments.preset or "",
        slice_number=arguments.slice_number,
        sample=arguments.sample,
        teaching=arguments.teaching,
    )
