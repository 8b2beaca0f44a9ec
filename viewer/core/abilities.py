"""What a stack is fit for, with the reason where it is not: for greyed buttons and `info`."""

from dataclasses import dataclass

import numpy as np

from viewer.core.geometry import Calibration
from viewer.core.study import Stack

MIN_SURFACE_SLICES = 3
PERPENDICULAR_TOLERANCE = 1e-3
"""Index axes whose cosines are larger than this are oblique (an uncorrected gantry tilt)."""
UNIMAGED_RATIO = 3.0
UNIMAGED_MM = 10.0
"""Between slices further apart than so many times their thickness, and than so many millimetres,
what an interpolated plane shows was not imaged. Slice Thickness alone may be wrong."""


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether something can be done, and in a few words why not."""

    possible: bool
    reason: str = ""


def is_unimaged(step_mm: float, thickness_mm: float | None) -> bool:
    """Tell whether most of what lies between two slices was not imaged.

    Parameters
    ----------
    step_mm : float
        From the centre of the one to that of the other.
    thickness_mm : float or None
        Of each; None where it is not known, which tells nothing.
    """
    if thickness_mm is None:
        return False
    return step_mm > UNIMAGED_MM and step_mm > UNIMAGED_RATIO * thickness_mm


def mpr_ability(stack: Stack) -> Ability:
    """Tell whether other planes than the stack's own are true."""
    geometry = stack.geometry
    if geometry.shape_zyx[0] < 2:
        return Ability(False, "there is only one image")
    if not geometry.z_known:
        return Ability(False, "the distance between the images is not known")
    step, thickness = geometry.spacing_zyx_mm[0], stack.labels.slice_thickness_mm
    if is_unimaged(step, thickness):
        reason = (
            f"the slices are {step:.3g} mm apart and {thickness:.3g} mm thick: "
            "between them nothing was imaged"
        )
        return Ability(False, reason)
    if geometry.calibration is Calibration.NONE:
        return Ability(False, "the pixel size is not known")
    if not geometry.orientation_known:
        return Ability(False, "the orientation is not known")
    directions = geometry.direction_lps
    if float(np.abs(directions @ directions.T - np.eye(3)).max()) > PERPENDICULAR_TOLERANCE:
        return Ability(False, "the slices are tilted and shown as acquired")
    return Ability(True)


def surface_ability(stack: Stack) -> Ability:
    """Tell whether a surface of the stack would be true."""
    if stack.samples != 1:
        return Ability(False, "colour images have no surfaces")
    mpr = mpr_ability(stack)
    if mpr.possible and stack.geometry.shape_zyx[0] < MIN_SURFACE_SLICES:
        return Ability(False, "there are too few images")
    return mpr
