"""Whether slices follow each other closely enough, or leave tissue between them untold.

A series of which every fourth file was kept is as regular as a whole one: only the slice
thickness, the scanner's own spacing and the instance numbers tell.
"""

from collections.abc import Sequence
from itertools import pairwise

from viewer.core.caveats import Caveat, CaveatCode
from viewer.dicom.headers import FrameHeader

SPARSE_RATIO = 2.0
"""Slices further apart than this many times their thickness leave as much unseen as they show.

MR leaves gaps of a tenth to a half of the thickness by design; CT series overlap or touch."""
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
