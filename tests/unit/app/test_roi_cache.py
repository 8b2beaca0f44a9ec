"""Statistics of regions are computed once for each region and volume, and keep no voxels alive."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_volume
from viewer.app.roi_cache import RoiCache
from viewer.core.shapes import CircleShape
from viewer.core.study import StackKey
from viewer.imaging.roi import region_statistics


def circle(volume, uid="c"):
    center = tuple(float(v) for v in volume.geometry.index_to_lps((3, 4, 5)))
    return CircleShape(
        frame_of_reference_uid="1.2.3",
        stack=volume.stack.key,
        normal_lps=(0.0, 0.0, 1.0),
        center=center,  # type: ignore[arg-type]
        half_axis_u=(2.0, 0.0, 0.0),
        half_axis_v=(0.0, 2.0, 0.0),
        uid=uid,
    )


@pytest.fixture
def counted(monkeypatch):
    calls = []

    def count(volume, shape):
        calls.append(shape.uid)
        return region_statistics(volume, shape)

    monkeypatch.setattr("viewer.app.roi_cache.region_statistics", count)
    return calls


def test_two_open_series_do_not_push_each_other_out(counted):
    one, other = make_volume(), make_volume(key=StackKey("5.5", 0))
    cache = RoiCache()
    for _ in range(3):
        cache.statistics(one, circle(one))
        cache.statistics(other, circle(other))
    assert len(counted) == 2


def test_another_region_or_other_voxels_are_measured_again(counted):
    volume, cache = make_volume(), RoiCache()
    first = cache.statistics(volume, circle(volume))
    moved = replace(circle(volume), half_axis_u=(3.0, 0.0, 0.0))
    assert cache.statistics(volume, moved).n_pixels > first.n_pixels
    brighter = replace(volume, data=volume.data + np.int16(7))
    assert first.mean is not None
    assert cache.statistics(brighter, circle(volume)).mean == pytest.approx(first.mean + 7)
    assert len(counted) == 3


def test_no_voxels_stay_because_of_it():
    volume, cache = make_volume(), RoiCache()
    cache.statistics(volume, circle(volume))
    data = weakref.ref(volume.data)
    del volume
    gc.collect()
    assert data() is None
