"""`hounsfield curved PATH --out FILE`: a series along a line, made straight, as a picture."""

import argparse
import math
from pathlib import Path

from viewer.app.curved import (
    CURVED_CAVEAT,
    WIDTH_MM,
    CurvedWish,
    DrawnLine,
    cut_curved,
    drawn_line,
    save_curved,
)
from viewer.cli.selection import (
    add_path,
    add_stack_options,
    add_window_options,
    choose_window,
    load_chosen,
    path_argument,
)
from viewer.cli.terminal import TerminalContext, UsageError, print_line
from viewer.core.abilities import mpr_ability
from viewer.core.document import AnnotationDocument
from viewer.core.shapes import PolylineShape, ProbeShape, as_point
from viewer.core.volume import Volume
from viewer.files import free_name
from viewer.imaging.lut import to_grey
from viewer.paths import data_dir
from viewer.store.annotations import FOLDER_NAME, AnnotationStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    add_path(parser)
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=path_argument,
        required=True,
        help="picture to write, .png or .jpg",
    )
    parser.add_argument(
        "--points",
        metavar='"X,Y,Z X,Y,Z ..."',
        help="the line in patient millimetres (LPS); default: the saved polyline or probes",
    )
    parser.add_argument(
        "--width",
        type=float,
        default=40.0,
        metavar="MM",
        help="width of the picture across the line (default: 40)",
    )
    parser.add_argument(
        "--turn", type=float, default=0.0, metavar="DEG", help="turn about the line"
    )
    add_stack_options(parser)
    add_window_options(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace a file of that name")


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Load, cut, paint and write."""
    low, high = WIDTH_MM
    if not low <= arguments.width <= high:
        raise UsageError(f"--width {arguments.width:g} is out of range", f"{low:g} to {high:g} mm")
    if not math.isfinite(arguments.turn):
        raise UsageError("--turn is no angle")
    points = None if arguments.points is None else _points(arguments.points)
    volume = load_chosen(ctx, arguments.path, arguments.series, arguments.stack)
    ability = mpr_ability(volume.stack)
    if not ability.possible:
        raise UsageError("There is no curved view of this series", ability.reason)
    drawn = _saved_line(volume) if points is None else _line_through(points, volume)
    window, _ = choose_window(volume, arguments.preset, arguments.window)
    made = cut_curved(ctx, volume, CurvedWish(drawn, arguments.width, math.radians(arguments.turn)))
    cut = made.cut
    pixels = to_grey(cut.image, window, volume.stack.inverted, cut.invalid)
    path: Path = arguments.out if arguments.overwrite else free_name(arguments.out)
    from viewer.render.snapshot import render_snapshot

    save_curved(ctx, path, volume, made, pixels, render_snapshot)
    ctx.end_line()
    print_line(f"{path}: {made.line.length_mm:.1f} mm. {CURVED_CAVEAT}")
    return 0


def _points(text: str) -> tuple[tuple[float, ...], ...]:
    try:
        points = tuple(tuple(float(v) for v in part.split(",")) for part in text.split())
    except ValueError:
        points = ()
    if any(len(p) != 3 or not all(map(math.isfinite, p)) for p in points) or len(set(points)) < 2:
        raise UsageError(
            "--points is no line", "", 'Give at least two places, as "10,-20.5,30 12,-22,41"'
        )
    return points


def _line_through(points: tuple[tuple[float, ...], ...], volume: Volume) -> DrawnLine:
    x, y, z = (float(v) for v in volume.geometry.direction_lps[0])
    return DrawnLine(tuple(as_point(point) for point in points), (x, y, z))


def _saved_line(volume: Volume) -> DrawnLine:
    """Return the only polyline that was saved for a series, or else its probes."""
    key = volume.stack.key
    saved = AnnotationStore(data_dir() / FOLDER_NAME).load(key.series_uid).shapes
    shapes = tuple(shape for shape in saved if shape.stack == key)
    for kind in (PolylineShape, ProbeShape):
        own = [shape for shape in shapes if isinstance(shape, kind)]
        if kind is PolylineShape and len(own) > 1:
            raise UsageError("Several polylines were saved for this series", "", "Give --points")
        if own:
            line = drawn_line(AnnotationDocument(key.series_uid, shapes), own[0].uid)
            if line is not None:
                return line
    raise UsageError(
        "No line was saved for this series", "", "Draw a polyline in the window, or give --points"
    )
