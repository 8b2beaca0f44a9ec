"""What a stack is fit for, and the reason where it is not."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.core.abilities import mpr_ability, surface_ability
from viewer.core.geometry import Calibration

TILTED = np.array([[0.0, 0.2, np.sqrt(0.96)], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


def test_a_volume_is_fit_for_everything():
    stack = make_volume().stack
    assert mpr_ability(stack).possible
    assert surface_ability(stack).possible


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"shape_zyx": (1, 10, 12)}, "only one image"),
        ({"z_known": False}, "distance between the images"),
        ({"calibration": Calibration.NONE}, "pixel size"),
        ({"orientation_known": False}, "orientation"),
        ({"direction_lps": TILTED}, "tilted"),
    ],
)
def test_what_hinders(changes, reason):
    stack = replace(make_volume().stack, geometry=replace(make_geometry(), **changes))
    assert reason in mpr_ability(stack).reason
    assert not surface_ability(stack).possible


@pytest.mark.parametrize(
    ("step", "thickness", "possible"),
    [
        (37.1, 7.0, False),
        (59.4, 1.1, False),
        (21.0, 7.0, True),  # three times the thickness: sparse, but a volume
        (21.1, 7.0, False),
        (10.0, 1.0, True),  # ten millimetres
        (10.1, 1.0, False),
        (2.5, 0.625, True),  # a thickness may be wrong
        (37.1, None, True),
    ],
)
def test_between_slices_far_apart_there_is_nothing(step, thickness, possible):
    stack = make_volume().stack
    geometry = make_geometry()
    spacing = (step, *geometry.spacing_zyx_mm[1:])
    labels = replace(stack.labels, slice_thickness_mm=thickness)
    stack = replace(stack, labels=labels, geometry=replace(geometry, spacing_zyx_mm=spacing))
    assert mpr_ability(stack).possible is possible
    assert surface_ability(stack).possible is possible
    if not possible:
        reason = f"{step} mm apart and {thickness:g} mm thick: between them nothing was imaged"
        assert reason in mpr_ability(stack).reason


def test_surfaces_want_grey_values_and_some_slices():
    stack = make_volume().stack
    assert "colour" in surface_ability(replace(stack, samples=3)).reason
    two = replace(stack, geometry=make_geometry((2, 10, 12)))
    assert mpr_ability(two).possible
    assert "too few" in surface_ability(two).reason
