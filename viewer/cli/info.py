"""`hounsfield info PATH`: what is in there."""

import argparse
from collections.abc import Callable

from viewer.app.describe import JsonObject, describe_index, describe_stack, plain_path
from viewer.app.open_study import left_out_text, nothing_opened
from viewer.app.windows import window_text
from viewer.cli.selection import add_path
from viewer.cli.terminal import TerminalContext, print_json, print_line
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.study import DicomObject, Stack, StudyIndex
from viewer.core.volume import Volume
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

LoadVolume = Callable[[Stack], Volume]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    add_path(parser)
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    parser.add_argument(
        "--stats", action="store_true", help="read the pixels: minimum, maximum, mean"
    )
    parser.add_argument(
        "--identity", action="store_true", help="tell the patients' names, as the files write them"
    )


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Scan and tell."""
    index = scan(ctx, [arguments.path], pixels_follow=arguments.stats)
    failures: list[ViewerError] = []
    load_volume = _loader(ctx, failures) if arguments.stats else None
    if arguments.json:
        value = describe_index(index, load_volume, identity=arguments.identity)
        ctx.end_line()
        print_json(value)
    else:
        lines = _lines(index, load_volume, identity=arguments.identity)
        ctx.end_line()
        for line in lines:
            print_line(line)
    if not index.stacks():
        raise nothing_opened(index)
    if len(failures) == len(index.stacks()):
        raise _nothing_shown(failures)
    return 0


def _loader(ctx: JobContext, failures: list[ViewerError]) -> LoadVolume:
    """Return what loads a stack and keeps why it could not."""

    def load_volume(stack: Stack) -> Volume:
        try:
            return load(ctx, stack)
        except ViewerError as error:
            failures.append(error)
            raise

    return load_volume


def _nothing_shown(failures: list[ViewerError]) -> ViewerError:
    """Say why no stack at all could be read: scripts go by the exit code."""
    first = failures[0]
    if len(failures) == 1:
        return first
    what = f"None of the {len(failures)} stacks can be shown"
    return ViewerError(what, first.why or first.what, first.what_to_do)


def _lines(index: StudyIndex, load_volume: LoadVolume | None, *, identity: bool) -> list[str]:
    lines = ["1 DICOM file" if index.files == 1 else f"{index.files} DICOM files"]
    for study in index.studies:
        lines.append(f"Study {study.study_uid}  {study.date}  {study.description}".rstrip())
        if identity:
            lines.append(f"  Patient {study.patient.name or 'without a name'}")
        for series in study.series:
            lines.append(
                f"  Series {series.number}  {series.modality}  {series.description}".rstrip()
            )
            lines.append(f"    {series.series_uid}")
            for stack in series.stacks:
                lines += _stack_lines(stack, load_volume)
    if index.objects:
        lines.append("No images, and not opened by this version:")
        lines += (f"  {plain_path(one.path)} is {_object_text(one)}" for one in index.objects)
    left_out = left_out_text(index)
    if left_out:
        lines.append(left_out)
    unused = (*index.problems, *index.skipped)
    return [*lines, *(f"  {plain_path(file.path)}: {file.reason}" for file in unused)]


def _object_text(one: DicomObject) -> str:
    return f"{one.what}: {one.description}" if one.description else one.what


def _stack_lines(stack: Stack, load_volume: LoadVolume | None) -> list[str]:
    volume, unreadable = None, []
    try:
        volume = None if load_volume is None else load_volume(stack)
    except ViewerError as error:
        unreadable = [f"      ! {error.one_line()}"]
    facts = describe_stack(stack, volume)
    caveats = stack.caveats if volume is None else volume.caveats
    shape = " x ".join(str(n) for n in stack.geometry.shape_zyx)
    part = f" ({stack.labels.part})" if stack.labels.part else ""
    return [
        f"    Stack {facts['stack']}{part}: {shape} (z y x), {_spacing_text(facts)}, "
        f"{_value_text(stack, facts)}",
        *_window_line(stack),
        *_graphics_lines(stack),
        *_statistics_line(facts),
        *unreadable,
        *(f"      ! {caveat.text}" for caveat in caveats),
    ]


def _spacing_text(facts: JsonObject) -> str:
    if facts["length_unit"] == "px":
        return "pixel size unknown"
    spacing = facts["spacing_zyx_mm"]
    numbers = spacing if isinstance(spacing, list) else []
    text = " x ".join(f"{v:g}" if isinstance(v, int | float) else "?" for v in numbers)
    return f"{text} mm at the detector" if facts["length_unit"] == "mm_detector" else f"{text} mm"


def _value_text(stack: Stack, facts: JsonObject) -> str:
    """Say what the numbers are: "HU, int16", "colour", "no unit, int16, inverted, 25 a second"."""
    parts = ["colour"] if stack.samples == 3 else [stack.unit or "no unit", str(facts["dtype"])]
    if stack.inverted:
        parts.append("shown inverted (MONOCHROME1)")
    if stack.fps:
        parts.append(f"{stack.fps:g} frames a second")
    return ", ".join(parts)


def _window_line(stack: Stack) -> list[str]:
    windows = [window_text(named, stack.unit) for named in stack.windows]
    return [f"      windows (width / centre): {', '.join(windows)}"] if windows else []


def _graphics_lines(stack: Stack) -> list[str]:
    lines = [
        f"      overlay plane {plane.name}: {plane.rows} x {plane.columns}  {plane.label}".rstrip()
        for plane in stack.overlays
    ]
    for region in stack.regions:
        steps = [
            "?" if step is None else f"{step:.4g} {unit}"
            for step, unit in zip(region.delta, region.units, strict=True)
        ]
        lines.append(
            f"      region {region.what}: columns {region.x0 + 1}-{region.x1 + 1}, "
            f"rows {region.y0 + 1}-{region.y1 + 1}, a pixel is {' x '.join(steps)}"
        )
    return lines


def _statistics_line(facts: JsonObject) -> list[str]:
    stats = facts.get("stats")
    if not isinstance(stats, dict):
        return []
    padding = f", {stats['padding_count']} without measurement" if stats["padding_count"] else ""
    if not isinstance(stats["mean"], int | float):
        return [f"      nothing measured{padding}"]
    return [f"      min {stats['min']}, max {stats['max']}, mean {stats['mean']:.1f}{padding}"]
