"""Options that several commands share: which stack, which slices, which window."""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from viewer.app.first_window import measured_window
from viewer.app.open_study import main_stack, scan_or_fail
from viewer.app.profile_store import PresetStore
from viewer.app.user_presets import find_preset, user_preset_name
from viewer.cli.terminal import UsageError
from viewer.core.progress import JobContext
from viewer.core.study import Stack, StudyIndex
from viewer.core.volume import Volume
from viewer.core.window import CT_PRESETS, HuWindow, VoiTransform
from viewer.dicom.loader import load
from viewer.imaging.histogram import full_range
from viewer.paths import config_dir

_MAX_DIGITS = 18


def path_argument(text: str) -> Path:
    """Return a path of the command line; the empty text is none (`Path("")` is the folder here).

    Raises
    ------
    argparse.ArgumentTypeError
        The text is empty.
    """
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)


def add_path(parser: argparse.ArgumentParser) -> None:
    """Add the PATH that every reading command has."""
    parser.add_argument(
        "path", metavar="PATH", type=path_argument, help="file, folder, ZIP or DICOMDIR"
    )


def add_stack_options(parser: argparse.ArgumentParser) -> None:
    """Add --series and --stack."""
    group = parser.add_argument_group("which images")
    group.add_argument(
        "--series", metavar="UID", help="series to take (default: the one with the most slices)"
    )
    group.add_argument(
        "--stack", metavar="N", type=int, help="stack of that series, as `info` numbers them"
    )


def add_window_options(parser: argparse.ArgumentParser) -> None:
    """Add --preset and --window, which exclude each other."""
    group = parser.add_mutually_exclusive_group()
    add_preset_option(group)
    group.add_argument(
        "--window",
        nargs=2,
        type=float,
        metavar=("WIDTH", "LEVEL"),
        help="width and level in HU",
    )


def add_preset_option(
    parser: "argparse.ArgumentParser | argparse._MutuallyExclusiveGroup",
) -> None:
    """Add --preset."""
    names = ", ".join(preset.id for preset in CT_PRESETS)
    parser.add_argument(
        "--preset",
        type=preset_argument,
        metavar="NAME",
        help=f"window: {names}, or one of your own by its name",
    )


def preset_argument(text: str) -> str:
    """Return the id of a preset of the program, or of the reader's own by its name.

    Raises
    ------
    argparse.ArgumentTypeError
        There is none.
    """
    names = [preset.id for preset in CT_PRESETS]
    if text in names:
        return text
    own, wrong = PresetStore(config_dir()).load()
    found = find_preset(own, text)
    if found is None:
        known = ", ".join((*names, *(preset.name for preset in own)))
        lines = "".join(f"; {line}" for line in wrong)
        raise argparse.ArgumentTypeError(f"there is no preset {text!r}, there are {known}{lines}")
    return found.id


def load_chosen(
    ctx: JobContext, path: Path, series_uid: str | None, stack_number: int | None
) -> Volume:
    """Scan a path and load the stack that the options name.

    Raises
    ------
    ViewerError
        Nothing can be opened, or there is no such series or stack.
    """
    return load(ctx, choose_stack(scan_or_fail(ctx, [path]), series_uid, stack_number))


def choose_stack(index: StudyIndex, series_uid: str | None, stack_number: int | None) -> Stack:
    """Return the stack that the options name; without options the largest.

    Raises
    ------
    UsageError
        There is no such series or stack.
    """
    stacks = [s for s in index.stacks() if series_uid in (None, s.key.series_uid)]
    if not stacks:
        found = ", ".join(sorted({s.key.series_uid for s in index.stacks()}))
        raise UsageError(f"There is no series {series_uid}", f"found {found}")
    if stack_number is None:
        largest = max(stacks, key=lambda s: len(s.frames)) if series_uid else main_stack(index)
        return largest or stacks[0]
    series = series_uid or (main_stack(index) or stacks[0]).key.series_uid
    stacks = [s for s in stacks if s.key.series_uid == series]
    for stack in stacks:
        if stack.key.stack == stack_number:
            return stack
    numbers = ", ".join(str(s.key.stack) for s in stacks)
    raise UsageError(f"There is no stack {stack_number}", f"the series has {numbers}")


def choose_window(
    volume: Volume, preset_id: str | None, window: Sequence[float] | None
) -> tuple[VoiTransform, str]:
    """Return the window that the options name, and the id of its preset ("" for none).

    Raises
    ------
    UsageError
        The width is not positive, a number is not finite, or a CT preset was asked for where the
        voxels are not in HU.
    """
    if window is not None:
        width, level = window
        if not (width > 0 and math.isfinite(level - width / 2) and math.isfinite(level + width)):
            raise UsageError("--window: width and level must be finite, the width positive")
        return HuWindow(width, level), ""
    if preset_id and user_preset_name(preset_id):
        return _own_window(volume, preset_id), preset_id
    preset = next(p for p in CT_PRESETS if p.id == (preset_id or "default"))
    if preset.window is not None:
        if volume.stack.unit != "HU":
            raise UsageError(
                f"--preset {preset.id} is for CT",
                f"the numbers of this series are in {volume.stack.unit or 'no known unit'}",
                "Use --window WIDTH LEVEL",
            )
        return preset.window, preset.id
    if preset.id == "full":
        return full_range(volume), preset.id
    measured = measured_window(volume)
    return volume.stack.windows[0].window if measured is None else measured, preset.id


def _own_window(volume: Volume, preset_id: str) -> VoiTransform:
    preset = find_preset(PresetStore(config_dir()).load()[0], preset_id)
    if preset is None:
        raise UsageError(f"There is no preset {user_preset_name(preset_id)}")
    if reason := preset.reason(volume.stack):
        raise UsageError(
            f"--preset {preset.name} does not suit this series", reason, "Use --window WIDTH LEVEL"
        )
    return preset.window


def parse_slices(text: str, count: int) -> tuple[int, ...]:
    """Turn "all", "A-B" or "N,N" (also mixed, counted from 1) into 0-based slices, in order.

    Raises
    ------
    UsageError
        The text is none of these, or names a slice that does not exist.
    """
    if text == "all":
        return tuple(range(count))
    numbers: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not _is_number(first) or (dash and not _is_number(last)):
            raise UsageError(
                f"--slices {text} cannot be read", "", "Give all, a range like 10-20, or 3,5,8"
            )
        low, high = int(first), int(last if dash else first)
        wrong = next((number for number in (low, high) if not 1 <= number <= count), None)
        if wrong is not None or high < low:
            what = "an empty range" if wrong is None else f"slice {wrong}"
            raise UsageError(f"--slices {text} names {what}", f"there are slices 1 to {count}")
        numbers.update(range(low - 1, high))
    return tuple(sorted(numbers))


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MAX_DIGITS
