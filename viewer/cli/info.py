"""`hounsfield info PATH`: what is in there."""

import argparse
from functools import partial

from viewer.app.describe import JsonObject, describe_index, describe_stack, plain_path
from viewer.app.open_study import left_out_text, nothing_opened
from viewer.cli.selection import add_path
from viewer.cli.terminal import TerminalContext, print_json, print_line
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.study import Stack, StudyIndex
from viewer.dicom.loader import load
from viewer.dicom.scan import scan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    add_path(parser)
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    parser.add_argument(
        "--stats", action="store_true", help="read the pixels: minimum, maximum, mean"
    )


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Scan and tell."""
    index = scan(ctx, [arguments.path])
    if arguments.json:
        value = describe_index(index, partial(load, ctx) if arguments.stats else None)
        ctx.end_line()
        print_json(value)
    else:
        lines = _lines(index, ctx, stats=arguments.stats)
        ctx.end_line()
        for line in lines:
            print_line(line)
    if not index.stacks():
        raise nothing_opened(index)
    return 0


def _lines(index: StudyIndex, ctx: JobContext, *, stats: bool) -> list[str]:
    lines = [f"{index.files} DICOM files"]
    for study in index.studies:
        lines.append(f"Study {study.study_uid}  {study.date}  {study.description}".rstrip())
        for series in study.series:
            lines.append(
                f"  Series {series.number}  {series.modality}  {series.description}".rstrip()
            )
            lines.append(f"    {series.series_uid}")
            for stack in series.stacks:
                lines += _stack_lines(stack, ctx, stats=stats)
    left_out = left_out_text(index)
    if left_out:
        lines.append(left_out)
    unused = (*index.problems, *index.skipped)
    return [*lines, *(f"  {plain_path(file.path)}: {file.reason}" for file in unused)]


def _stack_lines(stack: Stack, ctx: JobContext, *, stats: bool) -> list[str]:
    try:
        facts = describe_stack(stack, load(ctx, stack) if stats else None)
        unreadable = []
    except ViewerError as error:
        facts = describe_stack(stack)
        unreadable = [f"      ! {error.one_line()}"]
    shape = " x ".join(str(n) for n in stack.geometry.shape_zyx)
    return [
        f"    Stack {facts['stack']}: {shape} (z y x), {_spacing_text(facts)}, "
        f"{facts['unit'] or 'no unit'}, {facts['dtype']}",
        *_statistics_line(facts),
        *unreadable,
        *(f"      ! {caveat.text}" for caveat in stack.caveats),
    ]


def _spacing_text(facts: JsonObject) -> str:
    spacing = facts["spacing_zyx_mm"]
    numbers = spacing if isinstance(spacing, list) else []
    text = " x ".join(f"{v:g}" if isinstance(v, int | float) else "?" for v in numbers)
    return f"{text} mm at the detector" if facts["length_unit"] == "mm_detector" else f"{text} mm"


def _statistics_line(facts: JsonObject) -> list[str]:
    stats = facts.get("stats")
    if not isinstance(stats, dict) or not isinstance(stats["mean"], int | float):
        return []
    return [f"      min {stats['min']}, max {stats['max']}, mean {stats['mean']:.1f}"]
