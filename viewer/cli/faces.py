"""`hounsfield faces IMAGE`: find faces in an ordinary photo."""

import argparse
from pathlib import Path

from viewer.app.save import save_photo
from viewer.cli.selection import path_argument
from viewer.cli.terminal import TerminalContext, print_json, print_line
from viewer.files import free_name
from viewer.imaging.faces import FaceParameters, blur_faces, draw_boxes, find_faces
from viewer.imaging.photo import read_photo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    usual = FaceParameters()
    parser.add_argument(
        "image", metavar="IMAGE", type=path_argument, help="PNG, JPEG, TIFF, WebP or BMP"
    )
    parser.add_argument("--json", action="store_true", help="boxes as JSON on stdout")
    parser.add_argument(
        "--out", metavar="FILE", type=path_argument, help="save the photo with the boxes drawn"
    )
    parser.add_argument("--blur", action="store_true", help="with --out: blur the faces instead")
    parser.add_argument("--overwrite", action="store_true", help="replace a file of that name")
    parser.add_argument(
        "--scale", type=float, default=usual.scale_factor, metavar="F", help="1.01 to 2, usual 1.1"
    )
    parser.add_argument(
        "--neighbours", type=int, default=usual.min_neighbours, metavar="N", help="usual 5"
    )
    parser.add_argument(
        "--min-size", type=int, default=usual.min_size_px, metavar="PX", help="usual 30"
    )


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Find, tell and save."""
    parameters = FaceParameters(arguments.scale, arguments.neighbours, arguments.min_size)
    rgb = read_photo(arguments.image)
    faces = find_faces(rgb, parameters)
    path: Path | None = arguments.out
    if path is not None:
        path = path if arguments.overwrite else free_name(path)
        save_photo(ctx, path, blur_faces(rgb, faces) if arguments.blur else draw_boxes(rgb, faces))
    if arguments.json:
        print_json(
            {
                "faces": [{"x": f.x, "y": f.y, "w": f.w, "h": f.h} for f in faces],
                "width": int(rgb.shape[1]),
                "height": int(rgb.shape[0]),
                "out": None if path is None else str(path),
            }
        )
    else:
        print_line(f"{len(faces)} face{'' if len(faces) == 1 else 's'}")
        for face in faces:
            print_line(f"  x {face.x}  y {face.y}  {face.w} x {face.h} pixels")
        if path is not None:
            print_line(str(path))
    return 0
