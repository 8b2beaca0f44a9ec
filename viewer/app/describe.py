"""What is in a study index, as the plain values that `info --json` prints."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from viewer.core.abilities import mpr_ability, surface_ability
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.errors import Problem, ViewerError
from viewer.core.geometry import Calibration, FloatArray, VolumeGeometry, direction_letters
from viewer.core.study import Series, Stack, StackLabels, StudyIndex, stated_edge_letters
from viewer.core.ultrasound import UltrasoundRegion
from viewer.core.volume import Volume
from viewer.core.window import HuWindow, VoiFunction, VoiLut
from viewer.dicom.stacks import is_made

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]

LENGTH_UNITS = {
    Calibration.PATIENT: "mm",
    Calibration.DETECTOR: "mm_detector",
    Calibration.NONE: "px",
}


def describe_index(
    index: StudyIndex,
    load_volume: Callable[[Stack], Volume] | None = None,
    *,
    identity: bool = False,
) -> JsonObject:
    """Describe everything that a scan found.

    Parameters
    ----------
    index : StudyIndex
        From a scan.
    load_volume : callable
        Loads a stack for its `stats`; one volume is held at a time. A stack that cannot be
        loaded gets `stats` None, and a problem.
    identity : bool
        Tell the patient's name of each study and stack.

    Returns
    -------
    dict
        JSON values only: no NaN, no infinity.
    """
    unreadable: list[Problem] = []
    studies: list[JsonValue] = [
        {
            "study_uid": study.study_uid,
            "description": study.description,
            "date": study.date,
            **({"patient_name": study.patient.name} if identity else {}),
            "series": [
                _series(series, load_volume, unreadable, identity) for series in study.series
            ],
        }
        for study in index.studies
    ]
    return {
        "files": index.files,
        "skipped": _problems(index.skipped),
        "problems": _problems((*index.problems, *unreadable)),
        "objects": [
            {"path": plain_path(o.path), "sop_class": o.sop_class, "what": o.what}
            for o in index.objects
        ],
        "studies": studies,
    }


def _series(
    series: Series,
    load_volume: Callable[[Stack], Volume] | None,
    unreadable: list[Problem],
    identity: bool,
) -> JsonObject:
    stacks: list[JsonValue] = []
    for stack in series.stacks:
        who: JsonObject = {"patient_name": stack.patient.name} if identity else {}
        if load_volume is None:
            stacks.append({**describe_stack(stack), **who})
            continue
        try:
            stacks.append({**describe_stack(stack, load_volume(stack)), **who})
        except ViewerError as error:
            unreadable.append(Problem(stack.frames[0].path, error.why or error.what))
            stacks.append({**describe_stack(stack), **who, "stats": None})
    return {
        "series_uid": series.series_uid,
        "modality": series.modality,
        "number": series.number,
        "description": series.description,
        "stacks": stacks,
    }


def describe_stack(stack: Stack, volume: Volume | None = None) -> JsonObject:
    """Describe a stack; with its loaded volume, also the statistics of its voxels."""
    geometry = stack.geometry if volume is None else volume.geometry
    shape: list[JsonValue] = list(geometry.shape_zyx)
    positions = [frame.position_mm for frame in stack.frames]
    described: JsonObject = {
        "stack": stack.key.stack,
        "part": stack.labels.part or None,
        "shape_zyx": shape,
        "spacing_zyx_mm": _spacing(geometry),
        "origin_lps_mm": _numbers(geometry.origin_lps_mm),
        "direction_lps": [_numbers(row) for row in geometry.direction_lps],
        "unit": stack.unit,
        "dtype": stack.dtype if volume is None else str(volume.data.dtype),
        "sop_uids": list(stack.sop_uids),
        "caveats": _caveats(stack.caveats if volume is None else volume.caveats),
        "samples": stack.samples,
        "length_unit": LENGTH_UNITS[geometry.calibration],
        "edge_letters": _edge_letters(geometry, stack.labels),
        "windows": [
            _window(w.name, w.window) for w in stack.windows if isinstance(w.window, HuWindow)
        ],
        "voi_luts": [
            {"name": w.name, "entries": len(w.window.greys)}
            for w in stack.windows
            if isinstance(w.window, VoiLut)
        ],
        "inverted": stack.inverted,
        "fps": finite(stack.fps),
        "overlays": [
            {
                "group": plane.name,
                "label": plane.label,
                "type": plane.kind.value,
                "rows": plane.rows,
                "columns": plane.columns,
            }
            for plane in stack.overlays
        ],
        "regions": [_region(region) for region in stack.regions],
        "lossy": any(caveat.code is CaveatCode.LOSSY for caveat in stack.caveats),
        "frame_of_reference_uid": geometry.frame_of_reference_uid or None,
        "positions_mm": None if None in positions else [finite(p) for p in positions],
        "can": {
            "mpr": mpr_ability(stack).possible,
            "surface": surface_ability(stack).possible,
        },
    }
    if volume is not None:
        described["stats"] = describe_values(volume)
    return described


def _window(name: str, window: HuWindow) -> JsonObject:
    described: JsonObject = {"name": name, "center": window.center, "width": window.width}
    if window.function is not VoiFunction.LINEAR:
        described["function"] = window.function.value
    return described


def _region(region: UltrasoundRegion) -> JsonObject:
    return {
        "x0": region.x0,
        "y0": region.y0,
        "x1": region.x1,
        "y1": region.y1,
        "units": list(region.units),
        "delta": [finite(step) for step in region.delta],
        "what": region.what,
    }


def describe_values(volume: Volume) -> JsonObject:
    """Return the statistics of all voxels that hold a measurement, exactly.

    Sums are made slice by slice in float64 (int64 for integers), so that neither rounding nor
    memory grows with the volume. Keys: `min`, `max`, `mean` (None where nothing is measured),
    `first`, `last` (of the first and last voxel: what the file stores there, be it padding; None
    where it stores nothing) and `padding_count`.
    """
    low, high = math.inf, -math.inf
    total, count = 0.0, 0
    for z in range(volume.data.shape[0]):
        values = volume.data[z]
        invalid = volume.invalid_mask(z)
        if invalid is not None and invalid.any():
            values = values[~invalid]
        values = values[np.isfinite(values)] if values.dtype.kind == "f" else values
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
            kind = np.float64 if values.dtype.kind == "f" else np.int64
            total += float(values.sum(dtype=kind))
            count += values.size
    return {
        "min": finite(low),
        "max": finite(high),
        "mean": total / count if count else None,
        "first": _corner(volume, (0, 0, 0)),
        "last": _corner(volume, tuple(n - 1 for n in volume.data.shape[:3])),
        "padding_count": volume.data.size - count,
    }


def finite(value: float | None) -> float | int | None:
    """Return a number that JSON can hold (whole ones as integers), or None."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)


def plain_path(path: str) -> str:
    """Return a path that can be printed, whatever bytes its name holds."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _corner(volume: Volume, zyx: tuple[int, ...]) -> JsonValue:
    """Return the value of a voxel, or None where it is not the file's: no image, or beside one."""
    z = zyx[0]
    if z in volume.placeholders:
        return None
    invalid = volume.invalid_mask(zyx)
    if invalid is not None and bool(invalid) and is_made(volume.stack, z):
        return None
    value = volume.data[zyx]
    if isinstance(value, np.ndarray):
        return [int(part) for part in value]
    return finite(float(value))


def _spacing(geometry: VolumeGeometry) -> list[JsonValue]:
    z, y, x = geometry.spacing_zyx_mm
    if geometry.calibration is Calibration.NONE:
        return [z if geometry.z_known else None, None, None]
    return [z if geometry.z_known else None, y, x]


def _edge_letters(geometry: VolumeGeometry, labels: StackLabels) -> JsonValue:
    """Return the letters at the edges of an image as it is stored, without any rotation."""
    letters = stated_edge_letters(labels)
    if geometry.orientation_known:
        _, column, row = geometry.direction_lps
        letters = {
            "left": direction_letters(-row),
            "right": direction_letters(row),
            "top": direction_letters(-column),
            "bottom": direction_letters(column),
        }
    return {**letters} or None


def _numbers(values: FloatArray) -> list[JsonValue]:
    return [float(value) + 0.0 for value in values]


def _problems(problems: Sequence[Problem]) -> list[JsonValue]:
    return [{"path": plain_path(p.path), "reason": plain_path(p.reason)} for p in problems]


def _caveats(caveats: Sequence[Caveat]) -> list[JsonValue]:
    return [{"code": caveat.code.value, "text": caveat.text} for caveat in caveats]
