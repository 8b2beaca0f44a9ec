"""`hounsfield surface PATH --hu N --out FILE.stl`: a 3D surface in patient millimetres."""

import argparse
from pathlib import Path

from viewer.app.open_study import scan_or_fail
from viewer.app.save import save_stl
from viewer.app.surface import check_surface, surface_mesh
from viewer.cli.selection import add_path, add_stack_options, choose_stack, path_argument
from viewer.cli.terminal import TerminalContext, UsageError, print_json, print_line
from viewer.core.progress import JobContext
from viewer.dicom.loader import load
from viewer.files import free_name
from viewer.imaging.mesh import Mesh
from viewer.imaging.surface_request import SurfaceKind, surface_request
from viewer.jobs.process import WorkerProcess


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    add_path(parser)
    parser.add_argument(
        "--hu", type=float, required=True, metavar="N", help="threshold: 300 for bone, -300 skin"
    )
    parser.add_argument(
        "--out", metavar="FILE.stl", type=path_argument, required=True, help="STL file to write"
    )
    parser.add_argument(
        "--kind",
        choices=[kind.value for kind in SurfaceKind],
        default=SurfaceKind.ABOVE.value,
        help="what it encloses: voxels above the threshold (default), the body, or the lungs",
    )
    parser.add_argument(
        "--reduce", type=float, default=0.0, metavar="PART", help="triangles to leave out, 0 to 1"
    )
    parser.add_argument(
        "--smooth", type=float, default=0.0, metavar="MM", help="blur before cutting, in mm"
    )
    add_stack_options(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace a file of that name")
    parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Load, cut and write."""
    path: Path = arguments.out
    if path.suffix.lower() != ".stl":
        raise UsageError(
            f"--out {path.name} is not an STL file", "", "Give a name that ends in .stl"
        )
    if not path.parent.is_dir():
        raise UsageError(f"--out {path} cannot be written", "there is no such folder")
    mesh = _cut(arguments, ctx)
    if not arguments.overwrite:
        path = free_name(path)
    save_stl(ctx, path, mesh)
    ctx.end_line()
    area_mm2, volume_mm3 = mesh.area_mm2, mesh.volume_mm3
    if arguments.json:
        print_json(
            {
                "file": str(path),
                "triangles": mesh.n_faces,
                "area_mm2": area_mm2,
                "volume_mm3": volume_mm3,
            }
        )
    else:
        print_line(f"{path}: {mesh.n_faces} triangles, {area_mm2 / 100:.1f} cm2")
    return 0


def _cut(arguments: argparse.Namespace, ctx: JobContext) -> Mesh:
    index = scan_or_fail(ctx, [arguments.path])
    stack = choose_stack(index, arguments.series, arguments.stack)
    check_surface(stack)
    volume = load(ctx, stack)
    request = surface_request(
        volume,
        arguments.hu,
        SurfaceKind(arguments.kind),
        smooth_mm=arguments.smooth,
        reduce=arguments.reduce,
        max_samples=None,
    )
    # Marching cubes cannot be interrupted: in a process of its own it can be ended.
    worker = WorkerProcess("compute")
    try:
        return surface_mesh(worker, ctx, volume, request)
    finally:
        worker.close()
