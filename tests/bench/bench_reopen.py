"""How fast a folder seen before is listed, beside a fresh scan and the walk over its files."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.dicom_writer import SPACING_ZYX_MM, save, slice_set
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan
from viewer.store import index_cache
from viewer.store.index_cache import IndexCache, take_listing

pytestmark = pytest.mark.bench
CTX = SilentContext()
SERIES = 500
REPEATS = 5


@pytest.fixture(scope="module", params=[800, 5000])
def folder(request, tmp_path_factory) -> Path:
    """Series of 500 small slices; only headers count here."""
    target = tmp_path_factory.mktemp(f"study{request.param}")
    hu = np.zeros((32, 32), np.int16)
    for number in range(request.param):
        one = slice_set(hu, number, f"1.2.3.{number // SERIES}")
        one.ImagePositionPatient = [0.0, 0.0, number % SERIES * SPACING_ZYX_MM[0]]
        save(one, target / f"{number:05d}.dcm")
    return target


def best_s(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def test_reopening(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(index_cache, "SETTLED_S", -3600.0)
    memory = IndexCache(tmp_path)
    before = take_listing(CTX, [folder])
    assert before is not None
    index = scan(CTX, [folder])
    keep_s = best_s(lambda: memory.keep(CTX, [folder], before, index))
    found = memory.find(CTX, [folder])
    assert found is not None
    assert [stack.sop_uids for stack in found.stacks()] == [s.sop_uids for s in index.stacks()]
    scan_s = best_s(lambda: scan(CTX, [folder]))
    find_s = best_s(lambda: memory.find(CTX, [folder]))
    walk_s = best_s(lambda: take_listing(CTX, [folder]))
    print(
        f"\n{index.files} files: scan {scan_s:.3f} s, remembered {find_s:.3f} s "
        f"({scan_s / find_s:.0f} times faster), walk alone {walk_s:.3f} s, "
        f"remembering {keep_s:.3f} s"
    )
