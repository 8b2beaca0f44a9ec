"""`hounsfield export PATH --out DIR --format ...`: slices as pictures, volumes as numbers."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from viewer.app.export import ImageExport, ImageTarget, PaintSnapshot, export_images
from viewer.app.key_images import key_slices
from viewer.app.masking import without_identity
from viewer.app.open_study import scan_or_fail
from viewer.app.overlays import EXPORT_PARTS
from viewer.cli.layer import add_colour_options, chosen_layer
from viewer.cli.selection import (
    add_path,
    add_stack_options,
    add_window_options,
    choose_stack,
    choose_window,
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
from viewer.core.layer import GREY_MAP
from viewer.core.plane import Orientation, acquisition_orientation, slice_count
from viewer.core.volume import Volume
from viewer.dicom.loader import load
from viewer.export.image import IMAGE_FORMATS, image_format
from viewer.export.stack import write_nifti, write_npy
from viewer.files import free_name, make_folder
from viewer.paths import data_dir
from viewer.store.annotations import FOLDER_NAME, Annotations, AnnotationStore

KEY_SLICES = "key"
"""Value of `--slices` for the key images."""
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
        metavar="all|A-B|N,N|key",
        help="which slices, counted from 1; key: the saved key images (default: all)",
    )
    parser.add_argument(
        "--plane",
        choices=[o.value for o in Orientation],
        help="plane of the pictures (default: as acquired)",
    )
    add_window_options(parser)
    add_colour_options(parser)
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
    coloured = arguments.layer is not None or arguments.colour_map is not None
    if coloured and (arguments.bare or arguments.format in _VOLUME_FORMATS):
        raise UsageError(
            "--layer and --colour-map are for pictures", "they exclude --bare, npy and nifti"
        )
    index = scan_or_fail(ctx, [arguments.path])
    volume = load(ctx, choose_stack(index, arguments.series, arguments.stack))
    files: tuple[Path, ...]
    if arguments.format in _VOLUME_FORMATS:
        files = (_write_volume(arguments, volume),)
    else:
        target = ImageTarget(arguments.out, image_format(arguments.format), arguments.overwrite)
        request = _request(arguments, volume)
        layer = chosen_layer(arguments, ctx, index, volume, request.window)
        if layer is not None and not arguments.identity:
            layer = layer.without_identity()
        request = replace(request, layer=layer, colour_map=arguments.colour_map or GREY_MAP)
        files = export_images(ctx, request, target, _painter(arguments.bare))
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
    saved = Annotations() if arguments.bare or arguments.no_marks else _saved(volume)
    return ImageExport(
        volume=volume if arguments.identity else without_identity(volume),
        orientation=orientation,
        indices=_chosen(arguments.slices, volume, orientation),
        window=window,
        preset=preset,
        parts=frozenset() if arguments.bare else EXPORT_PARTS,
        shapes=saved.shapes,
        key_images=saved.key_images,
    )


def _missing_slices(arguments: argparse.Namespace, volume: Volume) -> list[int]:
    """Return the acquired slices without an image that went into the files, counted from 1."""
    missing = volume.placeholders
    if arguments.plane in (None, acquisition_orientation(volume.geometry).value):
        acquired = acquisition_orientation(volume.geometry)
        missing = tuple(set(missing) & set(_chosen(arguments.slices, volume, acquired)))
    return sorted(z + 1 for z in missing)


def _chosen(text: str, volume: Volume, orientation: Orientation) -> tuple[int, ...]:
    """Return the 0-based slices of a plane that `--slices` names."""
    if text != KEY_SLICES:
        return parse_slices(text, slice_count(volume.geometry, orientation))
    acquired = acquisition_orientation(volume.geometry)
    if orientation is not acquired:
        raise UsageError(
            f"--slices {text} cannot be given with --plane {orientation.value}",
            f"key images are images of the files: {acquired.value}",
        )
    chosen = key_slices(volume.stack, _saved(volume).key_images)
    if not chosen:
        raise UsageError(
            f"--slices {text} names no slice",
            "no key image is saved for this series",
            "Mark images in the window: K",
        )
    return chosen


def _saved(volume: Volume) -> Annotations:
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
    chosen = _chosen(arguments.slices, volume, acquired)
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
