"""How fast a series is scanned and loaded, beside other readers and the floor, in one run."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK

from tests.bench.load_once import load_once
from tests.support.dicom_writer import SPACING_ZYX_MM, save, slice_set
from viewer.core.progress import SilentContext
from viewer.dicom.loader import SlicesLoaded, load
from viewer.dicom.scan import scan

pytestmark = pytest.mark.bench
SLICES = (300, 800)
REPEATS = 3
MEMORY_BESIDE_VOLUME_BYTES = 150 << 20
SCANNED_TAGS = (
    (0x0008, 0x0018),
    (0x0008, 0x0060),
    (0x0010, 0x0010),
    (0x0020, 0x000D),
    (0x0020, 0x000E),
    (0x0020, 0x0013),
    (0x0020, 0x0032),
    (0x0020, 0x0037),
    (0x0020, 0x0052),
    (0x0028, 0x0010),
    (0x0028, 0x0011),
    (0x0028, 0x0030),
    (0x0028, 0x0100),
    (0x0028, 0x1052),
    (0x0028, 0x1053),
)
"""What GDCM's scanner is asked for: a part of what our scan reads."""


def write_folder(target: Path, slices: int) -> Path:
    """A 512 x 512 series, uncompressed, with realistic noise."""
    rng = np.random.default_rng(1)
    noise = rng.integers(-1000, 1000, (512, 512)).astype(np.int16)
    for z in range(slices):
        one = slice_set(np.roll(noise, z, axis=1), z)
        one.ImagePositionPatient = [0.0, 0.0, z * SPACING_ZYX_MM[0]]
        save(one, target / f"{z:04d}.dcm")
    return target


@pytest.fixture(scope="module", params=SLICES)
def folder(request, tmp_path_factory) -> Path:
    return write_folder(tmp_path_factory.mktemp(f"series{request.param}"), request.param)


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


def vtk_reader(folder: Path) -> np.ndarray:
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOImage import vtkDICOMImageReader

    reader = vtkDICOMImageReader()
    reader.SetDirectoryName(str(folder))
    reader.Update()
    image = reader.GetOutput()
    scalars: np.ndarray = vtk_to_numpy(image.GetPointData().GetScalars())
    return scalars.reshape(image.GetDimensions()[::-1])


def gdcm_scanner(folder: Path) -> None:
    import gdcm

    directory, scanner = gdcm.Directory(), gdcm.Scanner()
    directory.Load(str(folder))
    for group, element in SCANNED_TAGS:
        scanner.AddTag(gdcm.Tag(group, element))
    assert scanner.Scan(directory.GetFilenames())


def pydicom_headers(folder: Path) -> None:
    wanted = [group << 16 | element for group, element in SCANNED_TAGS]
    for path in folder.iterdir():
        pydicom.dcmread(path, stop_before_pixels=True, specific_tags=wanted)


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


def header_floor(folder: Path) -> None:
    """The first bytes of every file, nothing else."""
    for path in folder.iterdir():
        with path.open("rb", buffering=0) as file:
            file.read(1 << 13)


def test_loading_against_others(folder):
    slices = sum(1 for _ in folder.iterdir())
    np.testing.assert_array_equal(hounsfield(folder), simpleitk(folder))
    own = best(lambda: hounsfield(folder))
    first = min(first_slice_s(folder) for _ in range(REPEATS))
    base = best(lambda: floor(folder))
    others = {"SimpleITK": best(lambda: simpleitk(folder)), "VTK": best(lambda: vtk_reader(folder))}
    if slices <= SLICES[0]:  # the plain loop needs gigabytes for more
        others["plain pydicom loop"] = best(lambda: pydicom_loop(folder))
    print(f"\n{slices} slices: scan + load {own:.3f} s, first {first:.3f} s")
    print(f"  floor {base:.3f} s ({own / base:.1f} x)")
    for name, other in others.items():
        print(f"  {name} {other:.2f} s: {other / own:.1f} x")
        assert own < other


def test_scanning_against_others(folder):
    slices = sum(1 for _ in folder.iterdir())
    own = best(lambda: scan(SilentContext(), [folder]))
    print(f"\n{slices} headers: {own:.3f} s, floor {best(lambda: header_floor(folder)):.3f} s")
    print(f"  GDCM's scanner, {len(SCANNED_TAGS)} tags: {best(lambda: gdcm_scanner(folder)):.3f} s")
    print(f"  pydicom, the same tags: {best(lambda: pydicom_headers(folder)):.3f} s")


def test_peak_memory(folder):
    result = load_once(folder)
    beside = result["peak_bytes"] - result["volume_bytes"]
    print(
        f"\n{result['slices']} slices: volume {result['volume_bytes'] >> 20} MB, the rest of the "
        f"process {beside >> 20} MB at its peak, {result['before_bytes'] >> 20} MB before"
    )
    assert beside < MEMORY_BESIDE_VOLUME_BYTES


@pytest.mark.parametrize("slices", [100, 300, 800, 2000])
def test_first_slice_in_a_fresh_process(slices, tmp_path):
    write_folder(tmp_path, slices)
    results = [load_once(tmp_path) for _ in range(REPEATS)]
    first = min(result["first_slice_s"] for result in results)
    scanned = min(result["scan_s"] for result in results)
    print(f"\n{slices} slices: first after {first:.3f} s, scan {scanned:.3f} s")
