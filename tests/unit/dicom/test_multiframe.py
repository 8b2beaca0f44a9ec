"""Functional groups that are fewer than the frames, or make no volumes."""

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, enhanced_set, save
from viewer.core.progress import SilentContext
from viewer.dicom import multiframe
from viewer.dicom.loader import load
from viewer.dicom.scan import scan


def stacks_of(folder, change, frames=6, order=None):
    one = enhanced_set(analytic_hu((frames, 36, 40)), order)
    change(one)
    save(one, folder / "x")
    return scan(SilentContext(), [folder]).stacks()


def texts(stack):
    return [caveat.text for caveat in stack.caveats]


def test_frames_without_a_description_are_told(tmp_path):
    def change(one):
        del one.PerFrameFunctionalGroupsSequence[4:]

    for stack in stacks_of(tmp_path, change):
        assert "2 of 6 frames have no description of their own" in texts(stack)


def at_one_place(one):
    for number, group in enumerate(one.PerFrameFunctionalGroupsSequence):
        group.PlanePositionSequence[0].ImagePositionPatient = [1, 2, 3]
        group.FrameContentSequence[0].TemporalPositionIndex = number + 1


def test_frames_at_one_place_are_one_stack_in_their_order(tmp_path):
    hu = analytic_hu((6, 36, 40))
    (stack,) = stacks_of(tmp_path, at_one_place)
    assert [frame.frame for frame in stack.frames] == list(range(6))
    assert not stack.geometry.z_known
    assert stack.geometry.orientation_known
    np.testing.assert_array_equal(load(SilentContext(), stack).data, hu)


def test_frames_of_several_echoes_at_one_place_stay_apart(tmp_path):
    def change(one):
        at_one_place(one)
        for number, group in enumerate(one.PerFrameFunctionalGroupsSequence):
            group.FrameContentSequence[0].StackID = str(number)

    stacks = stacks_of(tmp_path, change)
    assert len(stacks) == 6
    assert all(stack.has_positions for stack in stacks)


@pytest.mark.parametrize(("limit", "stacks"), [(6, 6), (5, 1)])
def test_frames_in_too_many_planes_are_one_stack_without_places(
    tmp_path, monkeypatch, limit, stacks
):
    monkeypatch.setattr(multiframe, "MAX_STACKS_OF_FILE", limit)

    def change(one):
        for number, group in enumerate(one.PerFrameFunctionalGroupsSequence):
            c, s = np.cos(number / 7), np.sin(number / 7)
            plane = type(one)()
            plane.ImageOrientationPatient = [f"{n:.8f}" for n in (c, s, 0, -s, c, 0)]
            group.PlaneOrientationSequence = [plane]

    found = stacks_of(tmp_path, change)
    assert len(found) == stacks
    told = "the frames lie in 6 planes or differ otherwise: they make no volumes"
    assert (told in texts(found[0])) is (stacks == 1)
