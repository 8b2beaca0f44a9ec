"""How fast a series is scanned and loaded, beside other readers and the floor, in one run."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK

from tests.support.dicom_writer import SPACING_ZYX_MM, save, slice_set
from viewer.core.progress import SilentContext
from viewer.dicom.loader import SlicesLoaded, load
from viewer.dicom.scan import scan

pytestmark = pytest.mark.bench
SLICES = (300, 800)
REPEATS = 3


@pytest.fixture(scope="module", params=SLICES)
def folder(request, tmp_path_factory) -> Path:
    """A 512 x 512 series, uncompressed, with realistic noise."""
    target = tmp_path_factory.mktemp(f"series{request.param}")
    rng = np.random.default_rng(1)
    noise = rng.integers(-1000, 1000, (512, 512)).astype(np.int16)
    for z in range(request.param):
        one = slice_set(np.roll(noise, z, axis=1), z)
        one.ImagePositionPatient = [0.0, 0.0, z * SPACING_ZYX_MM[0]]
        save(one, target / f"{z:04d}.dcm")
    return target


def best(work: Callable[[], object]) -> float:
    """Shortest of some runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def hounsfield(folder: Path) -> np.ndarray:
    return load(SilentContext(), scan(SilentContext(), [folder]).stacks()[0]).data


def first_slice_s(folder: Path) -> float:
    """From the start of the scan until the first slice is handed over."""
    start = time.perf_counter()
    shown: list[float] = []

    class Context(SilentContext):
        def partial(self, value: object) -> None:
            if isinstance(value, SlicesLoaded) and not shown:
                shown.append(time.perf_counter() - start)

    load(Context(), scan(SilentContext(), [folder]).stacks()[0])
    return shown[0]


def simpleitk(folder: Path) -> np.ndarray:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return SimpleITK.GetArrayFromImage(reader.Execute())


def pydicom_loop(folder: Path) -> np.ndarray:
    """The plain loop that many programs have: read, sort, rescale in float64, stack."""
    files = sorted(
        (pydicom.dcmread(path) for path in folder.iterdir()),
        key=lambda one: float(one.ImagePositionPatient[2]),
    )
    return np.stack(
        [f.pixel_array * float(f.RescaleSlope) + float(f.RescaleIntercept) for f in files]
    )


def floor(folder: Path) -> np.ndarray:
    """Every file's bytes into one array, nothing else."""
    paths = sorted(folder.iterdir())
    size = paths[0].stat().st_size
    data = np.empty((len(paths), size), np.uint8)
    for row, path in zip(data, paths, strict=True):
        with path.open("rb", buffering=0) as file:
            file.readinto(row[: path.stat().st_size].data)
    return data


def test_loading_against_others(folder):
    slices = sum(1 for _ in folder.iterdir())
    np.testing.assert_array_equal(hounsfield(folder), simpleitk(folder))
    own = best(lambda: hounsfield(folder))
    scanning = best(lambda: scan(SilentContext(), [folder]))
    first = min(first_slice_s(folder) for _ in range(REPEATS))
    base = best(lambda: floor(folder))
    other = best(lambda: simpleitk(folder))
    print(f"\n{slices} slices: scan {scanning:.3f} s, scan + load {own:.3f} s, first {first:.3f} s")
    print(
        f"  floor {base:.3f} s ({own / base:.1f} x); SimpleITK {other:.2f} s: {other / own:.1f} x"
    )
    assert first < 0.5
    assert own < other
    if slices <= SLICES[0]:  # the plain loop needs gigabytes for more
        plain = best(lambda: pydicom_loop(folder))
        print(f"  plain pydicom loop {plain:.2f} s: {plain / own:.1f} x")
        assert own < plain
