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


def test_surfaces_want_grey_values_and_some_slices():
    stack = make_volume().stack
    assert "colour" in surface_ability(replace(stack, samples=3)).reason
    two = replace(stack, geometry=make_geometry((2, 10, 12)))
    assert mpr_ability(two).possible
    assert "too few" in surface_ability(two).reason
