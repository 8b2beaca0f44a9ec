"""Whether slices follow each other closely enough, or leave tissue between them untold.

A series of which every fourth file was kept is as regular as a whole one: only the slice
thickness, the scanner's own spacing and the instance numbers tell.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.geometry import FloatArray
from viewer.dicom.headers import FrameHeader

SHOWN_RANGES = 8
"""Of the missing slices, so many ranges are listed."""
SPARSE_RATIO = 2.0
"""Slices further apart than this many times their thickness leave as much unseen as they show.

MR leaves gaps of a tenth to a half of the thickness by design; CT series overlap or touch."""
COVERED_SHARE = 0.9
"""A slice this thick, against the step beside it, leaves nothing unseen there."""
SKIPPED_RATIO = 1.5
"""Enough where the instance numbers skip evenly, or where the scanner states its own spacing."""


def sparse_caveats(frames: Sequence[FrameHeader], step_mm: float) -> tuple[Caveat, ...]:
    """Tell of tissue between evenly spaced slices that no slice shows.

    A protocol with gaps (thin slices, each some millimetres from the next) and a series of
    which files are missing look alike, and mean the same to a reader: both are told.

    Parameters
    ----------
    frames : sequence of FrameHeader
        Two or more images in volume order.
    step_mm : float
        Their usual distance along the normal.
    """
    labels, facts = frames[0].facts.labels, frames[0].facts
    thickness, stated = labels.slice_thickness_mm, facts.slice_distance_mm
    if stated is not None and step_mm > SKIPPED_RATIO * max(stated, thickness or 0.0):
        text = (
            f"the images are {step_mm:.3g} mm apart, the scanner's spacing is {stated:.3g} mm: "
            "tissue between them was not imaged or is missing"
        )
        return (Caveat(CaveatCode.SPARSE, text),)
    if thickness is None:
        return ()
    ratio = SKIPPED_RATIO if _skips_evenly(frames) else SPARSE_RATIO
    if step_mm <= ratio * thickness:
        return ()
    text = (
        f"slices of {thickness:.3g} mm every {step_mm:.3g} mm: "
        "tissue between them was not imaged or is missing"
    )
    return (Caveat(CaveatCode.SPARSE, text),)


def _skips_evenly(frames: Sequence[FrameHeader]) -> bool:
    """Tell whether the instance numbers go up or down by the same two or more."""
    numbers = [frame.instance_number for frame in frames]
    steps = {0 if a is None or b is None else b - a for a, b in pairwise(numbers)}
    return len(steps) == 1 and abs(steps.pop()) >= 2


def is_thicker_where_wider(
    frames: Sequence[FrameHeader], positions_mm: FloatArray, step_mm: float
) -> bool:
    """Tell whether the wider steps of a stack hold thicker slices, so that none is missing.

    A chest in thin slices and a belly in thick ones look like a grid with gaps. A thickness
    that is the same everywhere says nothing: it may be wrong.

    Parameters
    ----------
    frames : sequence of FrameHeader
        Two or more images in volume order.
    positions_mm : ndarray, shape (n,)
        Their places along the normal, ascending.
    step_mm : float
        The step of the grid that they would leave gaps in.
    """
    found = [frame.facts.labels.slice_thickness_mm for frame in frames]
    thickness = [value for value in found if value is not None]
    if len(thickness) < len(found):
        return False
    return all(
        max(pair) >= COVERED_SHARE * step
        if step > SKIPPED_RATIO * step_mm
        else min(pair) <= SKIPPED_RATIO * step_mm
        for pair, step in zip(pairwise(thickness), np.diff(positions_mm), strict=True)
    )


def gap_caveats(
    positions_mm: FloatArray, slots: Sequence[int] | None, step_mm: float
) -> tuple[Caveat, ...]:
    """Tell which slices of a regular grid have no image, or how irregular the steps are.

    Parameters
    ----------
    positions_mm : ndarray, shape (n,)
        Of the images, projected on the normal, ascending.
    slots : sequence of int, or None
        The slice of the grid that each image is; None where they fit no regular grid.
    step_mm : float
        Of the grid.
    """
    if slots is None:
        largest = float(np.diff(positions_mm).max())
        text = f"resampled to {step_mm:.3g} mm steps, largest gap {largest:.4g} mm"
        return (Caveat(CaveatCode.RESAMPLED, text),)
    missing = slots[-1] + 1 - len(slots)
    if not missing:
        return ()
    known = set(slots)
    ranges = _ranges([slot for slot in range(slots[-1]) if slot not in known])
    numbers = _listed([(str(a + 1), str(b + 1)) for a, b in ranges], "-")
    first = float(positions_mm[0])
    places = [(f"{round(first + z * step_mm, 2):g}" for z in ends) for ends in ranges]
    at = _listed([(a, b) for a, b in places], " to ")
    plural = "slice is" if missing == 1 else "slices are"
    return (Caveat(CaveatCode.GAP, f"{missing} {plural} missing: {numbers} (at {at} mm)"),)


def _ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and last of each run of ascending numbers."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _listed(ranges: Sequence[tuple[str, str]], dash: str) -> str:
    """Write ranges as "3, 7-9"."""
    texts = [a if a == b else f"{a}{dash}{b}" for a, b in ranges]
    return ", ".join(texts[:SHOWN_RANGES]) + (", ..." if len(texts) > SHOWN_RANGES else "")
