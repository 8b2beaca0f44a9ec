"""Arrays for a worker: the same numbers, and nothing left behind."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays

from viewer.core.errors import CancelledError
from viewer.jobs import shared_array
from viewer.jobs.shared_array import attach_arrays, share_arrays
from viewer.paths import temp_dir


def nothing() -> None:
    pass


def memory_names() -> set[str]:
    return {p.name for p in Path("/dev/shm").glob("psm_*")} if Path("/dev/shm").exists() else set()


@pytest.fixture(params=["memory", "file"])
def where(request, monkeypatch):
    if request.param == "file":
        monkeypatch.setattr(shared_array, "_allocate", lambda size: None)
    return request.param


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype=np.int16).reshape(2, 3, 4),
        np.arange(24, dtype=np.float32).reshape(2, 3, 4)[:, ::-1, ::2],
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(5, np.uint8),
        np.zeros((0, 4), np.int16),
        np.arange(3, dtype=">i2"),
    ],
    ids=["plain", "strided", "fortran", "scalar", "empty", "big-endian"],
)
def test_the_other_side_sees_the_same_numbers(array, where):
    with share_arrays({"a": array}, nothing) as handles, attach_arrays(handles) as seen:
        assert handles["a"].in_file == (where == "file")
        np.testing.assert_array_equal(seen["a"], array)
        assert seen["a"].shape == array.shape
        assert not (seen["a"].flags.writeable and array.size)


@settings(max_examples=20, deadline=None)
@given(arrays(np.int16, array_shapes(min_dims=1, max_dims=4, max_side=6)))
def test_any_shape(array):
    with share_arrays({"a": array}, nothing) as handles, attach_arrays(handles) as seen:
        np.testing.assert_array_equal(seen["a"], array)


def test_nothing_is_left(where):
    before = memory_names()
    with share_arrays({"a": np.ones(5), "b": np.ones(7)}, nothing):
        pass
    assert memory_names() == before
    assert list(temp_dir().iterdir()) == []


def test_nothing_is_left_after_a_cancel_in_the_middle(where):
    before = memory_names()
    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise CancelledError

    with pytest.raises(CancelledError), share_arrays({"a": np.ones((9, 4))}, check):
        pass
    assert memory_names() == before
    assert list(temp_dir().iterdir()) == []


def test_too_small_a_mount_means_a_file(monkeypatch):
    class Usage:
        free = 64

    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage)
    monkeypatch.setattr(shared_array, "SHARED_MEMORY_FOLDER", temp_dir())
    with share_arrays({"a": np.ones(100)}, nothing) as handles:
        assert handles["a"].in_file


def test_reservation_that_fails_means_a_file(monkeypatch):
    def full(path, size):
        raise OSError(28, "No space left on device")

    before = memory_names()
    monkeypatch.setattr(shared_array, "_reserve", full)
    with share_arrays({"a": np.ones(100)}, nothing) as handles:
        assert handles["a"].in_file
    assert memory_names() == before


def test_objects_are_refused():
    with pytest.raises(TypeError), share_arrays({"a": np.array([{}])}, nothing):
        pass
