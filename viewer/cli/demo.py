"""`hounsfield demo --out DIR`: the main job in the real window, without anybody watching."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viewer.app.sample import ensure_sample
from viewer.cli.terminal import TerminalContext, UsageError, print_line
from viewer.core.errors import ViewerError
from viewer.files import make_folder
from viewer.imaging.phantom import NODULES
from viewer.paths import HOME_VARIABLE, data_dir, temp_dir

SCREEN = "1920x1200x24"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="folder for pictures and exports"
    )
    parser.add_argument(
        "--path", metavar="PATH", type=Path, help="study to walk through (default: the sample)"
    )


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Walk, and say what was left where."""
    if arguments.path is not None and not arguments.path.exists():
        raise UsageError(f"{arguments.path} cannot be opened", "there is no such file or folder")
    make_folder(arguments.out)
    study = arguments.path or ensure_sample(ctx, data_dir())
    ctx.end_line()
    targets = () if arguments.path else tuple(n.centre_lps_mm for n in reversed(NODULES))
    # The walk draws marks: they must not mix with the user's own.
    os.environ[HOME_VARIABLE] = str(temp_dir() / "demo-home")
    out = arguments.out.resolve()

    def tell(text: str) -> None:
        ctx.check()
        print_line(text)

    with screen():
        pictures, files = ctx.window.walk(study.resolve(), out, tell, targets)
    for paths, text in ((pictures, f"pictures in {out}"), (files, f"files in {out / 'exports'}")):
        print_line(f"{len(paths)} {text}:")
        for path in paths:
            print_line(f"  {path.name}")
    return 0


@contextmanager
def screen() -> Iterator[None]:
    """Make sure that there is a screen: the present one, or a virtual one for the time being.

    Raises
    ------
    ViewerError
        There is neither a screen nor Xvfb.
    """
    if not sys.platform.startswith("linux") or _has_screen():
        yield
        return
    program = shutil.which("Xvfb")
    if program is None:
        raise ViewerError(
            "The window cannot be shown",
            "there is no screen, and the virtual screen Xvfb is not installed",
            "Install it (apt install xvfb) or run this on a desktop",
        )
    reader, writer = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=(writer,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as answers:
            number = answers.readline().strip()  # empty when it could not start
        if not number:
            raise ViewerError("The window cannot be shown", "the virtual screen did not start")
        os.environ["DISPLAY"] = f":{number}"
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        yield
    finally:
        server.terminate()
        server.wait()


def _has_screen() -> bool:
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    names = ("DISPLAY", "WAYLAND_DISPLAY")
    return bool(chosen) or any(os.environ.get(name) for name in names)
