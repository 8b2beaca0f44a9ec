"""How slices are made from images, against linear interpolation by numpy."""

import numpy as np

from viewer.dicom.slice_plan import SlicePlan, interpolated, moved, with_gaps

DEPTHS = np.array([0.0, 2.0, 5.0, 30.0, 33.0])
WANTED = np.linspace(0.0, 33.0, 12)


def test_interpolation_is_linear():
    images = np.array([7.0, -3.0, 11.0, 40.0, 2.0])
    plan = interpolated(DEPTHS, WANTED, [False] * 4)
    values = [
        images[one.frames[0]] * (1 - one.weight) + images[one.frames[-1]] * one.weight
        for one in plan
        if one is not None
    ]
    np.testing.assert_allclose(values, np.interp(WANTED, DEPTHS, images))


def test_nothing_is_made_across_unimaged_steps_but_the_images_at_their_ends():
    plan = interpolated(DEPTHS, WANTED, [False, False, True, False])
    assert [z for z, one in enumerate(plan) if one is None] == [3, 4, 5, 6, 7, 8, 9]
    assert plan[2] == SlicePlan((2,))  # at 6 mm: 1 mm behind the image at 5 mm
    assert plan[10] == SlicePlan((3,))


def test_grids_with_gaps():
    assert with_gaps([0, 1, 4]) == (SlicePlan((0,)), SlicePlan((1,)), None, None, SlicePlan((2,)))


def test_shifts_are_those_of_the_images_of_a_slice():
    shifts = np.array([[0.0, 0.0], [1.5, -2.0], [3.0, 4.0]])
    one = moved(SlicePlan((1, 2), 0.25), shifts)
    assert one == SlicePlan((1, 2), 0.25, ((1.5, -2.0), (3.0, 4.0)))
    assert not one.is_direct
    assert one.nearest == 1
