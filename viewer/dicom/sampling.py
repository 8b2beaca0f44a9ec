"""Whether slices follow each other closely enough, or leave tissue between them untold.

A series of which every fourth file was kept is as regular as a whole one: only the slice
thickness, the scanner's own spacing and the instance numbers tell.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from viewer.core.abilities import is_unimaged
from viewer.core.caveats import Caveat, CaveatCode, ranges_text
from viewer.core.geometry import FloatArray
from viewer.dicom.headers import FrameHeader

SHOWN_RANGES = 8
"""Of the missing slices, so many ranges are listed."""
SHORT_RANGES = 4
"""... and so many on a picture."""
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
    unseen = "tissue between them was not imaged or is missing"
    if is_unimaged(step_mm, thickness):
        unseen += ", so that only their own plane is shown"
    if stated is not None and step_mm > SKIPPED_RATIO * max(stated, thickness or 0.0):
        text = (
            f"the images are {step_mm:.3g} mm apart, the scanner's spacing is {stated:.3g} mm: "
            f"{unseen}"
        )
        return (Caveat(CaveatCode.SPARSE, text, f"slices every {step_mm:.3g} mm"),)
    if thickness is None:
        return ()
    ratio = SKIPPED_RATIO if _skips_evenly(frames) else SPARSE_RATIO
    if step_mm <= ratio * thickness:
        return ()
    text = f"slices of {thickness:.3g} mm every {step_mm:.3g} mm: {unseen}"
    short = f"{thickness:.3g} mm slices every {step_mm:.3g} mm"
    return (Caveat(CaveatCode.SPARSE, text, short),)


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


def unimaged_steps(frames: Sequence[FrameHeader], positions_mm: FloatArray) -> list[bool]:
    """Tell for each step of a stack whether between its images nothing was imaged.

    Parameters
    ----------
    frames : sequence of FrameHeader
        Two or more images in volume order; the thicker one of each pair counts.
    positions_mm : ndarray, shape (n,)
        Their places along the normal, ascending.
    """
    found = [frame.facts.labels.slice_thickness_mm for frame in frames]
    return [
        is_unimaged(step, None if a is None or b is None else max(a, b))
        for (a, b), step in zip(pairwise(found), np.diff(positions_mm).tolist(), strict=True)
    ]


def unimaged_caveats(positions_mm: FloatArray, unimaged: Sequence[bool]) -> tuple[Caveat, ...]:
    """Tell between which images of no one step nothing was imaged, and nothing is interpolated.

    Parameters
    ----------
    positions_mm : ndarray, shape (n,)
        Of the images, projected on the normal, ascending.
    unimaged : sequence of bool
        For each of the n - 1 steps (`unimaged_steps`).
    """
    if not any(unimaged):
        return ()
    places = [f"{round(float(position), 2):g}" for position in positions_mm]
    ends = [pair for pair, empty in zip(pairwise(places), unimaged, strict=True) if empty]
    text = f"nothing was imaged from {_listed(ends, ' to ')} mm: left empty"
    return (Caveat(CaveatCode.GAP, text, "not imaged in between"),)


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
        short = f"resampled, largest gap {largest:.4g} mm"
        return (Caveat(CaveatCode.RESAMPLED, text, short),)
    known = set(slots)
    missing = [slot for slot in range(slots[-1]) if slot not in known]
    return (missing_caveat(missing, float(positions_mm[0]), step_mm),) if missing else ()


def missing_caveat(missing: Sequence[int], first_mm: float, step_mm: float) -> Caveat:
    """Name the slices of a grid that have no image.

    Parameters
    ----------
    missing : sequence of int
        One or more, ascending, counted from 0.
    first_mm, step_mm : float
        Of the grid along the normal.
    """
    ranges = _ranges(missing)
    numbers = ranges_text([slot + 1 for slot in missing], SHOWN_RANGES)
    places = [(f"{round(first_mm + z * step_mm, 2):g}" for z in ends) for ends in ranges]
    at = _listed([(a, b) for a, b in places], " to ")
    count = len(missing)
    text = f"{count} {'slice is' if count == 1 else 'slices are'} missing: {numbers} (at {at} mm)"
    few = ranges_text([slot + 1 for slot in missing], SHORT_RANGES)
    short = f"{'slice' if count == 1 else 'slices'} {few} missing"
    return Caveat(CaveatCode.GAP, text, short)


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
