"""`hounsfield export PATH --out DIR --format ...`: slices as pictures, volumes as numbers."""

import argparse
from pathlib import Path
from typing import NoReturn

from viewer.app.export import ImageExport, ImageTarget, PaintSnapshot, export_images
from viewer.app.masking import without_identity
from viewer.app.overlays import EXPORT_PARTS
from viewer.cli.selection import (
    add_path,
    add_stack_options,
    add_window_options,
    choose_window,
    load_chosen,
    parse_slices,
    path_argument,
)
from viewer.cli.terminal import (
    JsonValue,
    TerminalContext,
    UsageError,
    print_error,
    print_json,
    print_line,
)
from viewer.core.plane import Orientation, acquisition_orientation, slice_count
from viewer.core.shapes import AnyShape
from viewer.core.volume import Volume
from viewer.export.image import IMAGE_FORMATS, image_format
from viewer.export.stack import write_nifti, write_npy
from viewer.files import free_name, make_folder
from viewer.paths import data_dir
from viewer.store.annotations import FOLDER_NAME, AnnotationStore

_VOLUME_FORMATS = {"npy": (write_npy, "volume.npy"), "nifti": (write_nifti, "volume.nii.gz")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    formats = [*(f.id for f in IMAGE_FORMATS), *_VOLUME_FORMATS]
    add_path(parser)
    parser.add_argument(
        "--out", metavar="DIR", type=path_argument, required=True, help="folder to write to"
    )
    parser.add_argument("--format", choices=formats, required=True, help=", ".join(formats))
    add_stack_options(parser)
    parser.add_argument(
        "--slices",
        default="all",
        metavar="all|A-B|N,N",
        help="which slices, counted from 1 (default: all)",
    )
    parser.add_argument(
        "--plane",
        choices=[o.value for o in Orientation],
        help="plane of the pictures (default: as acquired)",
    )
    add_window_options(parser)
    parser.add_argument(
        "--bare", action="store_true", help="pixels only: 8 bit, in the slice's own matrix"
    )
    parser.add_argument(
        "--no-marks", action="store_true", help="leave out the marks saved for this series"
    )
    parser.add_argument(
        "--identity", action="store_true", help="burn in name, ID and dates of the patient, too"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files of the same name")
    parser.add_argument("--json", action="store_true", help="list the files as JSON on stdout")


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Load, write and list what was written."""
    if arguments.bare and arguments.identity:
        raise UsageError("--bare means pixels only", "it excludes --identity")
    volume = load_chosen(ctx, arguments.path, arguments.series, arguments.stack)
    files: tuple[Path, ...]
    if arguments.format in _VOLUME_FORMATS:
        files = (_write_volume(arguments, volume),)
    else:
        target = ImageTarget(arguments.out, image_format(arguments.format), arguments.overwrite)
        files = export_images(ctx, _request(arguments, volume), target, _painter(arguments.bare))
    ctx.end_line()
    missing = _missing_slices(arguments, volume)
    if missing:
        numbers = ", ".join(str(number) for number in missing)
        print_error(f"warning: there is no image for slice {numbers} (missing or damaged)")
    if arguments.json:
        listed: list[JsonValue] = [str(path) for path in files]
        print_json({"files": listed, "missing_slices": [*missing]})
    else:
        for path in files:
            print_line(str(path))
    return 0


def _request(arguments: argparse.Namespace, volume: Volume) -> ImageExport:
    orientation = (
        Orientation(arguments.plane)
        if arguments.plane
        else acquisition_orientation(volume.geometry)
    )
    window, preset = choose_window(volume, arguments.preset, arguments.window)
    return ImageExport(
        volume=volume if arguments.identity else without_identity(volume),
        orientation=orientation,
        indices=parse_slices(arguments.slices, slice_count(volume.geometry, orientation)),
        window=window,
        preset=preset,
        parts=frozenset() if arguments.bare else EXPORT_PARTS,
        shapes=() if arguments.bare or arguments.no_marks else _saved_marks(volume),
    )


def _missing_slices(arguments: argparse.Namespace, volume: Volume) -> list[int]:
    """Return the acquired slices without an image that went into the files, counted from 1."""
    missing = volume.placeholders
    if arguments.plane in (None, acquisition_orientation(volume.geometry).value):
        missing = tuple(
            set(missing) & set(parse_slices(arguments.slices, volume.geometry.shape_zyx[0]))
        )
    return sorted(z + 1 for z in missing)


def _saved_marks(volume: Volume) -> tuple[AnyShape, ...]:
    return AnnotationStore(data_dir() / FOLDER_NAME).load(volume.stack.key.series_uid)


def _painter(bare: bool) -> PaintSnapshot:
    if bare:
        return _paint_nothing
    from viewer.render.snapshot import render_snapshot  # Qt: only where something is painted

    return render_snapshot


def _paint_nothing(snapshot: object) -> NoReturn:
    raise AssertionError(f"a bare picture is not painted: {type(snapshot).__name__}")


def _write_volume(arguments: argparse.Namespace, volume: Volume) -> Path:
    acquired = acquisition_orientation(volume.geometry)
    if arguments.plane not in (None, acquired.value):
        raise UsageError(
            f"--plane {arguments.plane} cannot be given with --format {arguments.format}",
            "a volume is written as it was acquired",
        )
    chosen = parse_slices(arguments.slices, volume.geometry.shape_zyx[0])
    if chosen[-1] - chosen[0] + 1 != len(chosen):
        raise UsageError(
            f"--slices {arguments.slices} cannot be one volume", "", "Give one range, like 10-20"
        )
    write, name = _VOLUME_FORMATS[arguments.format]
    make_folder(arguments.out)
    path: Path = arguments.out / name
    if not arguments.overwrite:
        path = free_name(path)
    write(path, volume, slice(chosen[0], chosen[-1] + 1))
    return path
