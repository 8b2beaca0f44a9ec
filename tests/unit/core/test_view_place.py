"""Which way is up: towards the head, the front, the patient's right; as the files where unknown."""

import numpy as np
import pytest

from tests.support.volumes import make_geometry
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.view_place import up_step, view_plane
from viewer.core.view_state import ViewportState

UP_LPS = {
    Orientation.AXIAL: (0.0, 0.0, 1.0),
    Orientation.CORONAL: (0.0, -1.0, 0.0),
    Orientation.SAGITTAL: (-1.0, 0.0, 0.0),
}
HEAD_FIRST, FEET_FIRST = np.eye(3)[::-1], np.diag([-1.0, 1.0, -1.0])[::-1]
"""Rows: directions of slices, rows and columns; the second runs from the head down."""
CORONAL_STACK = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])


@pytest.mark.parametrize("direction", [HEAD_FIRST, FEET_FIRST, CORONAL_STACK])
@pytest.mark.parametrize("orientation", list(Orientation))
def test_a_step_up_goes_where_up_is_in_the_patient(direction, orientation):
    geometry = make_geometry(direction_lps=direction)
    viewport = ViewportState(orientation)
    up = up_step(viewport, geometry)
    here, there = (view_plane(viewport, geometry, 3 + n).origin_lps_mm for n in (0, up))
    assert (there - here) @ UP_LPS[orientation] > 0


def test_tilted_slices_go_up_by_what_they_are_nearest_to():
    geometry = make_geometry((20, 20, 20), spacing_zyx_mm=(1.0, 1.0, 1.0))
    viewport = ViewportState(Orientation.AXIAL)
    viewport.rotation = turn_about(straight_rotation(geometry), np.array([1.0, 0.0, 0.0]), 0.5)
    up = up_step(viewport, geometry)
    here, there = (view_plane(viewport, geometry, 5 + n).origin_lps_mm for n in (0, up))
    assert there[2] > here[2]


def test_without_an_orientation_and_by_the_readers_wish_up_is_towards_lower_numbers():
    axial = ViewportState(Orientation.AXIAL)
    assert up_step(axial, make_geometry()) == 1
    assert up_step(axial, make_geometry(), "lower") == -1
    assert up_step(axial, make_geometry(orientation_known=False)) == -1
    assert up_step(axial, make_geometry(z_known=False)) == -1
