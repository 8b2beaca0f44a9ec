"""Self-check of what a folder holds: order, spacing, missing slices, a tilted gantry."""

import random
import re
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_geometry import LENGTH_TOLERANCE_MM, distance
from viewer.app.selfcheck_lab import Lab, bead_in_volume, open_series
from viewer.core.caveats import CaveatCode
from viewer.core.volume import Volume
from viewer.imaging.phantom_quality import (
    BEADS,
    LEFT,
    SHAPE_ZYX,
    SIDE,
    SPACING_ZYX_MM,
    quality_geometry,
)

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MISSING_SLICE = 18
"""Left out, counted from 1."""
TILT_DEG = 12.0
_SEED = 7


def check_order(lab: Lab, out: Findings) -> None:
    """Open files whose names, numbers and Slice Locations tell another order than the positions."""
    numbers = list(range(SHAPE_ZYX[0]))
    random.Random(_SEED).shuffle(numbers)  # noqa: S311 - a fixed disorder, no secret
    change = partial(_misnumbered, numbers)
    names = [f"{number:03d}" for number in reversed(numbers)]
    volume = open_series(lab.ctx, lab.rewritten("shuffled", change, names=names.__getitem__))
    in_place = _slices_in_place(volume, lab)
    count = SHAPE_ZYX[0]
    out.near("order", "Slices in their place, files shuffled", in_place, count, 0.0, "slices")
    step = volume.geometry.spacing_zyx_mm[0]
    out.near("spacing", "Distance of slices", step, SPACING_ZYX_MM[0], 1e-4, "mm")
    first = quality_geometry().origin_lps_mm
    off_mm = float(np.linalg.norm(volume.geometry.origin_lps_mm - first))
    out.near("origin", "First voxel, off by", off_mm, 0.0, 1e-3, "mm")
    down, across = volume.geometry.spacing_zyx_mm[1:]
    out.near("pixel-down", "Pixel size down", down, SPACING_ZYX_MM[1], 1e-4, "mm")
    out.near("pixel-across", "Pixel size across", across, SPACING_ZYX_MM[2], 1e-4, "mm")
    doubts = ", ".join(caveat.code for caveat in volume.caveats) or "none"
    out.same("caveats", "Doubts about a series without fault", doubts, "none")


def check_gap(lab: Lab, out: Findings) -> None:
    """Open the series without one file: told by its number, and nothing shrinks."""
    folder = lab.rewritten("gap", _unchanged)
    sorted(folder.iterdir())[MISSING_SLICE - 1].unlink()
    volume = open_series(lab.ctx, folder)
    told = [c.text for c in volume.caveats if c.code is CaveatCode.GAP]
    number = re.search(r"missing: ([\d, -]*\d)", told[0]) if told else None
    text = number.group(1) if number else "not told"
    note = told[0] if told else "no caveat"
    out.same("told", "Slice that the caveat names", text, str(MISSING_SLICE), note)
    empty = ", ".join(str(z + 1) for z in volume.placeholders) or "none"
    out.same("placeholder", "Empty place in the volume", empty, str(MISSING_SLICE))
    ends = [bead_in_volume(volume, bead) for bead in (LEFT, SIDE)]
    length = float(np.linalg.norm(ends[1] - ends[0]))
    name = "Length across the slices, unchanged"
    out.near("length", name, length, distance(LEFT, SIDE), LENGTH_TOLERANCE_MM, "mm")


def check_tilt(lab: Lab, out: Findings) -> None:
    """Open slices of a leaning gantry: the angle is told, and everything stands in its place."""
    volume = open_series(lab.ctx, lab.write("tilt", quality_geometry(TILT_DEG)))
    told = [c.text for c in volume.caveats if c.code is CaveatCode.GANTRY_TILT]
    angle = re.search(r"([\d.]+) degrees", told[0]) if told else None
    note = told[0] if told else "no caveat"
    degrees = float(angle.group(1)) if angle else None
    out.near("angle", "Angle that the caveat tells", degrees, TILT_DEG, 0.1, "degrees", note)
    off_mm = max(
        float(np.linalg.norm(bead_in_volume(volume, bead) - bead.centre_lps)) for bead in BEADS
    )
    out.near("beads", "Beads off their places, at most", off_mm, 0.0, 0.3, "mm")
    ends = [bead_in_volume(volume, bead) for bead in (LEFT, SIDE)]
    length = float(np.linalg.norm(ends[1] - ends[0]))
    name = "Length across the slices, upright"
    out.near("length", name, length, distance(LEFT, SIDE), 2 * LENGTH_TOLERANCE_MM, "mm")


def _slices_in_place(volume: Volume, lab: Lab) -> int | None:
    if volume.data.shape != lab.truth.shape:
        return None
    return int((volume.data == lab.truth).all(axis=(1, 2)).sum())


def _misnumbered(numbers: list[int], one: "Dataset") -> None:
    one.InstanceNumber = numbers[one.InstanceNumber - 1] + 1
    one.SliceLocation = str(-float(one.SliceLocation))


def _unchanged(one: "Dataset") -> None:
    """Leave a slice as it is."""
