"""Real files, damaged: each opens, or is told in one line; nothing crashes, hangs or grows.

The budget in the suite is fixed and always the same. `make fuzz MINUTES=10` goes on with new
random damage for so long; what it finds becomes a named case in test_hostile.py.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.support.dicom_writer import (
    UNCOMPRESSED,
    analytic_hu,
    enhanced_set,
    save,
    slice_set,
    write_series,
)
from tests.support.graphics_writer import drawing, put_overlay, region, ultrasound_set
from tests.support.hostile_worker import HostileWorker
from tests.support.mutated_media import archives, directories
from tests.support.mutations import (
    BYTE_MUTATIONS,
    FRAME_MUTATIONS,
    HEADER_MUTATIONS,
    Damage,
    damaged,
    with_syntax,
)
from tests.support.pet_files import write_pet
from tests.support.source_tree import PROJECT_ROOT

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="watches memory through /proc"),
]

MINUTES = float(os.environ.get("HOUNSFIELD_FUZZ_MINUTES", "0"))
"""Zero: the fixed budget of the suite."""
FAMILIES = 4
KEPT = PROJECT_ROOT / "out" / "fuzz"
"""The smallest file that went wrong lies here afterwards."""
FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"
HEADERS = (
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_implicit.dcm",
    "MR_small_bigendian.dcm",
    "image_dfl.dcm",
    "rtdose.dcm",
    "rtplan.dcm",
    "rtstruct.dcm",
    "reportsi.dcm",
    "liver_1frame.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_rgb_rle_2frame.dcm",
    "no_meta.dcm",
    "ExplVR_BigEnd.dcm",
)
COMPRESSED = (
    "MR_small_RLE.dcm",
    "SC_rgb_rle_16bit_2frame.dcm",
    "MR_small_jp2klossless.dcm",
    "693_J2KI.dcm",
    "JPEG2000.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "JPEGLSNearLossless_16.dcm",
    "SC_rgb_jls_lossy_line.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_small_odd_jpeg.dcm",
    "JPGExtended.dcm",
)
LOSSLESS_JPEG = "1.2.840.10008.1.2.4.70"


def rounds() -> Iterator[int]:
    """One round in the suite; by hand, rounds with other seeds until the time is over."""
    yield 0
    end = time.monotonic() + 60 * MINUTES / FAMILIES
    while time.monotonic() < end:
        yield int.from_bytes(os.urandom(4), "little")


def search(cases: st.SearchStrategy[Damage], examples: int, worker, neighbours) -> None:
    """Look for a file that is not told of as it must be."""

    def prove(case: Damage) -> None:
        must_be_told(worker, neighbours, case)

    for number in rounds():
        quiet = settings(
            max_examples=examples,
            derandomize=number == 0,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        found = quiet(given(cases)(prove))
        (found if number == 0 else seed(number)(found))()


@pytest.fixture(scope="module")
def worker():
    worker = HostileWorker()
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory) -> tuple[Path, dict[str, np.ndarray]]:
    """A folder with a good series of five slices, and their values by file name."""
    folder = tmp_path_factory.mktemp("neighbours")
    hu = analytic_hu((5, 24, 28))
    write_series(folder, hu, prefix="good")
    return folder, {f"good{5 - z:03d}": hu[z] for z in range(5)}


@pytest.fixture(scope="module")
def headers(tmp_path_factory) -> dict[str, bytes]:
    """Uncompressed originals: real ones, a slice of the good series, an enhanced object."""
    folder = tmp_path_factory.mktemp("originals")
    hu = analytic_hu((3, 24, 28))
    files = {name: FOLDER / name for name in HEADERS}
    for number, uid in enumerate(UNCOMPRESSED):
        one = slice_set(hu[0], 7 + number)
        one.ImagePositionPatient = [-41.0, 17.5, 33.3]
        files[f"slice-{uid}"] = save(one, folder / uid, uid)
    files["enhanced"] = save(enhanced_set(hu), folder / "enhanced")
    files["graphics"] = save(with_graphics(), folder / "graphics")
    write_pet(folder / "pet")
    files["pet"] = folder / "pet" / "1"
    return {name: path.read_bytes() for name, path in files.items()}


def with_graphics() -> Dataset:
    """An ultrasound image with a region, overlays, shutters and look-up tables."""
    one = ultrasound_set(region((2, 3, 30, 31)))
    put_overlay(one, drawing())
    put_overlay(one, np.stack([drawing(), ~drawing()]), 0x6002, origin=(-3, 5))
    one.ShutterShape = ["RECTANGULAR", "CIRCULAR", "POLYGONAL"]
    one.ShutterLeftVerticalEdge, one.ShutterRightVerticalEdge = 3, 35
    one.ShutterUpperHorizontalEdge, one.ShutterLowerHorizontalEdge = 2, 33
    one.CenterOfCircularShutter, one.RadiusOfCircularShutter = [18, 20], 15
    one.VerticesOfThePolygonalShutter = [1, 1, 1, 40, 36, 40, 36, 1]
    table = Dataset()
    table.LUTDescriptor, table.LUTExplanation = [256, 0, 8], "odd"
    table.add_new(0x00283006, "OW", bytes(range(255, -1, -1)))
    one.VOILUTSequence = [table]
    one.WindowCenter, one.WindowWidth, one.VOILUTFunction = [40, 90], [80, 20], "SIGMOID"
    one.PixelPaddingValue, one.PixelPaddingRangeLimit = 0, 3
    one.FrameTime, one.PatientOrientation = "40", ["L", "F"]
    return one


@pytest.fixture(scope="module")
def compressed() -> dict[str, bytes]:
    """Compressed originals; JPEG lossless is made by a false label on a baseline JPEG too."""
    originals = {name: (FOLDER / name).read_bytes() for name in COMPRESSED}
    originals["mislabelled"] = with_syntax(originals["SC_rgb_jpeg_dcmtk.dcm"], LOSSLESS_JPEG)
    return originals


def must_be_told(worker: HostileWorker, neighbours, case: Damage) -> None:
    """Open a folder of good files and this one, and look at everything that comes of it.

    In a folder, a DICOMDIR is passed over (the files that it lists are found anyway): it is
    opened by name too.
    """
    folder, good = neighbours
    path = folder / case.file_name
    path.write_bytes(case.data)
    try:
        outcome = worker.open([folder, path] if path.name == "DICOMDIR" else [folder], good)
    finally:
        path.unlink()
    note(f"{outcome.seconds:.2f} s, {outcome.peak_bytes >> 20} MB")
    findings = [*outcome.findings]
    if not outcome.kinds:
        findings.append("is not mentioned at all")
    for listed, kinds in outcome.kinds.items():
        if len(set(kinds)) < len(kinds) and path.name != "media.zip":
            findings.append(f"{listed} is listed: {kinds}")
    if findings:
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / path.name).write_bytes(case.data)
    assert not findings, "\n".join((*findings, f"kept in {KEPT}"))


@pytest.mark.timeout(0 if MINUTES else 60)
def test_damaged_headers(worker, neighbours, headers):
    search(damaged(headers, HEADER_MUTATIONS), 800, worker, neighbours)


@pytest.mark.timeout(0 if MINUTES else 60)
def test_changed_bytes(worker, neighbours, headers, compressed):
    search(damaged({**headers, **compressed}, BYTE_MUTATIONS), 700, worker, neighbours)


@pytest.mark.timeout(0 if MINUTES else 60)
def test_damaged_frames(worker, neighbours, compressed):
    search(damaged(compressed, FRAME_MUTATIONS), 500, worker, neighbours)


@pytest.mark.timeout(0 if MINUTES else 60)
def test_damaged_archives_and_media(worker, neighbours, headers, tmp_path):
    small = {name: data for name, data in headers.items() if len(data) < 12_000}
    search(st.one_of(archives(small), directories(tmp_path)), 400, worker, neighbours)
