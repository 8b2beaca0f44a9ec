"""`hounsfield info PATH`: what is in there."""

import argparse

import numpy as np

from viewer.app.open_study import left_out_text, nothing_opened
from viewer.cli.selection import add_path
from viewer.cli.terminal import JsonValue, TerminalContext, print_json, print_line
from viewer.core.errors import Problem
from viewer.core.geometry import Calibration, VolumeGeometry
from viewer.core.progress import JobContext
from viewer.core.study import Series, Stack, StudyIndex
from viewer.core.volume import Volume
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
        value = index_json(index, ctx, stats=arguments.stats)
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


def index_json(index: StudyIndex, ctx: JobContext, *, stats: bool) -> JsonValue:
    """Return an index as JSON; with `stats` every stack is loaded, one after the other."""
    return {
        "files": index.files,
        "skipped": [_problem_json(problem) for problem in index.skipped],
        "problems": [_problem_json(problem) for problem in index.problems],
        "studies": [
            {
                "study_uid": study.study_uid,
                "series": [_series_json(series, ctx, stats=stats) for series in study.series],
            }
            for study in index.studies
        ],
    }


def _problem_json(problem: Problem) -> JsonValue:
    return {"path": problem.path, "reason": problem.reason}


def _series_json(series: Series, ctx: JobContext, *, stats: bool) -> JsonValue:
    return {
        "series_uid": series.series_uid,
        "modality": series.modality,
        "description": series.description,
        "stacks": [_stack_json(stack, ctx, stats=stats) for stack in series.stacks],
    }


def _stack_json(stack: Stack, ctx: JobContext, *, stats: bool) -> JsonValue:
    volume = load(ctx, stack) if stats else None
    geometry = volume.geometry if volume else stack.geometry
    caveats = volume.caveats if volume else stack.caveats
    known = geometry.orientation_known
    value: dict[str, JsonValue] = {
        "stack": stack.key.stack,
        "shape_zyx": list(geometry.shape_zyx),
        "spacing_zyx_mm": list(known_spacing_zyx_mm(geometry)),
        "origin_lps_mm": [float(v) for v in geometry.origin_lps_mm] if known else None,
        "direction_lps": [[float(v) for v in row] for row in geometry.direction_lps]
        if known
        else None,
        "unit": stack.unit,
        "dtype": str(volume.data.dtype) if volume else stack.dtype,
        "sop_uids": list(stack.sop_uids),
        "caveats": [{"code": caveat.code.value, "text": caveat.text} for caveat in caveats],
    }
    if volume is not None:
        value["stats"] = statistics(volume)
    return value


def known_spacing_zyx_mm(geometry: VolumeGeometry) -> tuple[float | None, ...]:
    """Return the spacing in millimetres, None where the files do not tell it."""
    z, y, x = (float(v) for v in geometry.spacing_zyx_mm)
    in_plane = geometry.calibration is not Calibration.NONE
    return z if geometry.z_known else None, y if in_plane else None, x if in_plane else None


def statistics(volume: Volume) -> dict[str, JsonValue]:
    """Return minimum, maximum and mean of the measured voxels, None where there is none."""
    low, high, total, count = np.inf, -np.inf, 0.0, 0
    for z in range(volume.data.shape[0]):
        values = volume.data[z]
        mask = volume.invalid_mask((z,))
        values = values.ravel() if mask is None else values[~mask]
        if values.dtype.kind == "f":
            values = values[np.isfinite(values)]
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
            total, count = total + float(values.sum(dtype=np.float64)), count + values.size
    if count == 0:
        return {"min": None, "max": None, "mean": None}
    return {"min": _number(low), "max": _number(high), "mean": total / count}


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


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
    lines += [f"  {problem.path}: {problem.reason}" for problem in index.problems]
    return lines


def _stack_lines(stack: Stack, ctx: JobContext, *, stats: bool) -> list[str]:
    volume = load(ctx, stack) if stats else None
    geometry = volume.geometry if volume else stack.geometry
    shape = " x ".join(str(n) for n in geometry.shape_zyx)
    spacing = " x ".join("?" if v is None else f"{v:g}" for v in known_spacing_zyx_mm(geometry))
    unit = stack.unit or "no unit"
    lines = [f"    Stack {stack.key.stack}: {shape} (z y x), {spacing} mm, {unit}, {stack.dtype}"]
    if volume is not None:
        found = statistics(volume)
        if isinstance(found["mean"], float):
            lines.append(f"      min {found['min']}, max {found['max']}, mean {found['mean']:.1f}")
    caveats = volume.caveats if volume else stack.caveats
    lines += [f"      ! {caveat.text}" for caveat in caveats]
    return lines
