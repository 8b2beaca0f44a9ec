"""Cuts that take long: coarse at once, exact from a job, superseded by what comes after."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.presenters import cutting
from viewer.app.presenters.cutting import AT_ONCE_MS, Cutter, cut_ms
from viewer.app.resolve import resolve, view_image
from viewer.core.errors import CancelledError
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.slab import Slab, SlabMode
from viewer.core.view_state import ViewportState
from viewer.jobs.job import Job, JobProgress
from viewer.jobs.runner import JobRunner

GEOMETRY = make_geometry((120, 300, 260), spacing_zyx_mm=(1.0, 0.7, 0.7))
SLAB = Slab(SlabMode.MIP, 10.0)


@pytest.fixture(scope="module")
def volume():
    data = np.random.default_rng(4).integers(-1000, 1000, GEOMETRY.shape_zyx, dtype=np.int16)
    return make_volume(GEOMETRY, data=data)


class Jobs:
    """Keeps submitted work until it is run."""

    def __init__(self):
        self.waiting = []

    def submit(self, key, work, *args, on_done):
        job = Job(key, "")
        self.waiting.append((job, work, args, on_done))
        return job

    def run(self):
        job, work, args, on_done = self.waiting.pop(0)
        on_done(work(JobProgress(job, lambda: None, lambda value: None), *args))


class Desk:
    """A cutter whose clock and jobs run when told."""

    def __init__(self):
        self.later: list[Callable[[], None]] = []
        self.jobs, self.arrived = Jobs(), 0
        runner = cast("JobRunner", self.jobs)
        self.cutter = Cutter("axial", runner, lambda ms, run: self.later.append(run), self.come)

    def come(self):
        self.arrived += 1

    def settle(self):
        while self.later:
            self.later.pop(0)()


def oblique(volume, index=60, degrees=20, slab=SLAB):
    turned = turn_about(straight_rotation(GEOMETRY), np.array([1.0, 0.5, 0.2]), np.radians(degrees))
    state = ViewportState(Orientation.AXIAL, index=index, rotation=turned, slab=slab)
    return resolve(state, volume)


def test_a_costly_cut_is_coarse_first_and_then_exact(volume):
    desk, view = Desk(), oblique(volume)
    assert cut_ms(volume, view) > AT_ONCE_MS
    first = desk.cutter.cut(volume, view)
    exact = view_image(volume, view)
    assert first.image.shape == exact.image.shape
    assert first.plane is view.plane
    assert (first.image != exact.image).mean() > 0.3
    assert np.array_equal(first.image[:2:1, 300], first.image[:2:1, 301])  # larger pixels
    desk.settle()
    desk.jobs.run()
    assert desk.arrived == 1
    np.testing.assert_array_equal(desk.cutter.cut(volume, view).image, exact.image)
    other = replace(view, preset="lung")  # another window of the same cut costs nothing
    assert desk.cutter.cut(volume, other) is desk.cutter.cut(volume, view)


def test_only_the_last_of_a_movement_is_made_exactly(volume):
    desk = Desk()
    for index in (58, 59, 60):
        desk.cutter.cut(volume, oblique(volume, index))
    desk.settle()
    assert len(desk.jobs.waiting) == 1


def test_a_movement_cancels_the_exact_cut_under_way(volume):
    desk = Desk()
    desk.cutter.cut(volume, oblique(volume, 58))
    desk.settle()
    desk.cutter.cut(volume, oblique(volume, 59))
    with pytest.raises(CancelledError):
        desk.jobs.run()
    assert desk.arrived == 0


def test_voxels_that_changed_make_an_arriving_cut_void(volume):
    desk, view = Desk(), oblique(volume)
    desk.cutter.cut(volume, view)
    desk.settle()
    _job, _work, _args, on_done = desk.jobs.waiting.pop()
    desk.cutter.forget()
    on_done(view_image(volume, view))
    assert desk.arrived == 0


def test_what_is_quick_is_cut_at_once_and_exactly(volume):
    desk = Desk()
    for state in (
        ViewportState(Orientation.SAGITTAL, index=100),
        ViewportState(Orientation.AXIAL, index=60, slab=SLAB),
    ):
        view = resolve(state, volume)
        np.testing.assert_array_equal(
            desk.cutter.cut(volume, view).image, view_image(volume, view).image
        )
    assert not desk.later


def test_oblique_planes_are_coarse_first_also_thin(volume, monkeypatch):
    monkeypatch.setattr(cutting, "OBLIQUE_AT_ONCE_MS", 1.0)  # the volume is a small one
    desk, view = Desk(), oblique(volume, slab=Slab())
    assert 1.0 < cut_ms(volume, view) < AT_ONCE_MS
    first, exact = desk.cutter.cut(volume, view), view_image(volume, view)
    assert (first.image != exact.image).mean() > 0.3
    desk.settle()
    desk.jobs.run()
    np.testing.assert_array_equal(desk.cutter.cut(volume, view).image, exact.image)


def test_without_a_runner_everything_is_exact(volume):
    view = oblique(volume)
    cutter = Cutter("axial", None, lambda ms, run: None, lambda: None)
    np.testing.assert_array_equal(cutter.cut(volume, view).image, view_image(volume, view).image)


@pytest.mark.parametrize("orientation", list(Orientation))
def test_a_coarse_straight_slab_shows_pixels_of_the_exact_one(volume, orientation):
    view = resolve(ViewportState(orientation, index=50, slab=SLAB), volume)
    exact, coarse = view_image(volume, view), view_image(volume, view, 3)
    assert coarse.image.shape == exact.image.shape
    assert view.mapping is not None
    flip_v = view.mapping.flip_v
    flip_u = view.mapping.flip_u
    one = exact.image[:: -1 if flip_v else 1, :: -1 if flip_u else 1]
    other = coarse.image[:: -1 if flip_v else 1, :: -1 if flip_u else 1]
    np.testing.assert_array_equal(one[::3, ::3], other[::3, ::3])
    np.testing.assert_array_equal(other[:3, :3], np.full((3, 3), other[0, 0]))
