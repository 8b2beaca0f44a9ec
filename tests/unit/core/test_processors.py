"""How many processors may be used: what the system and the container allow."""

import os

import pytest

from viewer.core import processors


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system has no affinity")
def test_no_more_than_this_process_may_run_on(monkeypatch):
    assert 1 <= processors.usable_processors() <= len(os.sched_getaffinity(0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1})
    assert processors.usable_processors() == 1


@pytest.mark.parametrize(
    ("quota", "count"), [("150000 100000", 2), ("1000 100000", 1), ("max 1", 8)]
)
def test_the_limit_of_a_container_counts(monkeypatch, tmp_path, quota, count):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(processors, "Path", lambda name: tmp_path / name.rpartition("/")[2])
    assert processors.usable_processors() == count
