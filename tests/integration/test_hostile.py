"""Files and folders that attack or break viewers: each opens right, or is told in one line.

In the order of the list: sizes, packed data, elements, numbers, texts, what is not DICOM; then all
of it on the command line. Folders, archives and media are in test_hostile_folders.py.
"""

import re
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian

from tests.support.cli import hounsfield
from tests.support.dicom_writer import analytic_hu, write_series
from tests.support.hostile_files import (
    ANYHOW,
    CASES,
    FRAGMENTS,
    OPENS,
    RLE,
    SERIES_UID,
    SKIPPED,
    TEXTS,
    as_bytes,
    one_slice,
    with_value,
)
from tests.support.hostile_worker import EXCEPTION_NAME, HostileWorker
from viewer.core.progress import SilentContext
from viewer.core.shapes import LengthShape
from viewer.core.study import StackKey
from viewer.dicom.loader import load
from viewer.dicom.scan import scan
from viewer.store.annotations import AnnotationStore

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and POSIX files")


@pytest.fixture(scope="module")
def worker():
    worker = HostileWorker()
    yield worker
    worker.close()


@pytest.fixture
def series(tmp_path) -> tuple[Path, dict[str, np.ndarray]]:
    """A folder with a good series of five slices, and their values by file name."""
    folder = tmp_path / "study"
    hu = analytic_hu((5, 24, 28))
    write_series(folder, hu, prefix="good")
    return folder, {f"good{5 - z:03d}": hu[z] for z in range(5)}


@on_linux
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_file_beside_a_good_series(case, worker, series):
    folder, neighbours = series
    (folder / case.name).write_bytes(case.make())
    outcome = worker.open([folder], neighbours)
    assert outcome.findings == ()
    if case.ending == ANYHOW:
        return
    (kinds,) = outcome.kinds.values()
    reasons = [reason for found in outcome.reasons.values() for reason in found]
    if case.ending == OPENS:
        assert kinds == ("stack",)
        assert reasons == []
        assert case.caveat in ("", *outcome.caveats[case.name])
        return
    assert kinds in {SKIPPED: [("skipped",)]}.get(case.ending, [("problem",), ("stack",)])
    assert any(re.search(case.reason, reason) for reason in reasons), reasons


KINDS = {"PixelData": "OW", "FloatPixelData": "OF", "DoubleFloatPixelData": "OD"}
MODELS = ("MONOCHROME1", "RGB", "YBR_FULL_422", "PALETTE COLOR", "")


@on_linux
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLE, FRAGMENTS], ids=["", "rle", "98"])
def test_every_description_of_pixels_opens_or_is_told(syntax, worker, series):
    """All ways to combine what Rows, Bits Allocated and so on say, most of them nonsense."""
    folder, neighbours = series
    described = product(KINDS, (1, 8, 16, 32, 64), (1, 2, 3), MODELS, (0, 1), (None, 12))
    for number, (keyword, allocated, samples, model, signed, stored) in enumerate(described):
        if keyword != "PixelData" and syntax != ExplicitVRLittleEndian:
            continue
        one = one_slice(
            BitsAllocated=allocated,
            SamplesPerPixel=samples,
            PhotometricInterpretation=model,
            PixelRepresentation=signed,
            PlanarConfiguration=number % 2,
            BitsStored=stored,
            HighBit=stored and stored - 1,
        )
        raw = bytes(range(240)) * (6 * samples * max(allocated, 8) // 8)
        del one.PixelData
        packed = raw if syntax == ExplicitVRLittleEndian else encapsulate([raw])
        one.add_new(keyword, KINDS[keyword], packed)
        (folder / "image").write_bytes(as_bytes(one, syntax))
        outcome = worker.open([folder], neighbours)
        assert outcome.findings == (), (keyword, allocated, samples, model, signed, stored)


@pytest.mark.parametrize("case", [c for c in CASES if c.ending == OPENS], ids=lambda c: c.name)
def test_image_that_opens_has_its_values(case, tmp_path):
    (tmp_path / case.name).write_bytes(case.make())
    (stack,) = scan(SilentContext(), [tmp_path]).stacks()
    np.testing.assert_array_equal(load(SilentContext(), stack).data[0], analytic_hu()[1])


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.name)
def test_texts_are_plain_and_bounded(case, tmp_path):
    (tmp_path / case.name).write_bytes(case.make())
    index = scan(SilentContext(), [tmp_path])
    (stack,) = index.stacks()
    shown = [stack.patient.name, stack.labels.institution, index.studies[0].description]
    for text in shown:
        assert text.isprintable()
        assert len(text) <= 20_000


@pytest.mark.parametrize("uid", [b"../../../../x", b"/etc/passwd ", b"C:\\x\\y ", b"a\0b "])
def test_path_like_uids_name_no_file(uid, tmp_path):
    study, marks, out = tmp_path / "study", tmp_path / "home" / "marks", tmp_path / "out"
    study.mkdir()
    (study / "one").write_bytes(with_value(SERIES_UID, uid)())
    (stack,) = scan(SilentContext(), [study]).stacks()
    before = sorted(tmp_path.rglob("*"))
    mark = LengthShape(
        frame_of_reference_uid="1.2",
        stack=StackKey(stack.key.series_uid, 1),
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=(0.0, 0.0, 0.0),
        end_lps=(1.0, 0.0, 0.0),
    )
    AnnotationStore(marks).save(stack.key.series_uid, [mark])
    done = hounsfield("export", study, "--out", out, "--format", "png", "--bare")
    assert done.code == 0, done.err
    new = [path for path in sorted(tmp_path.rglob("*")) if path not in before and path.is_file()]
    new = [path for path in new if "hounsfield-home" not in path.parts]
    assert marks / ".lock" in new
    new.remove(marks / ".lock")
    assert sorted(path.parent for path in new) == [marks, out]
    assert all(re.fullmatch(r"[0-9a-z-]+\.(json|png)", path.name) for path in new)


def test_info_tells_everything_once(tmp_path):
    folder = tmp_path / "all"
    write_series(folder, analytic_hu((5, 24, 28)), prefix="good")
    for case in CASES:
        (folder / case.name).write_bytes(case.make())
    done = hounsfield("info", folder, "--json", "--stats", "--identity")
    assert done.code == 0, done.err
    assert not EXCEPTION_NAME.search(done.out + done.err)
    told = done.json
    stacks = [k for study in told["studies"] for s in study["series"] for k in s["stacks"]]
    assert any(stack["shape_zyx"] == [5, 24, 28] for stack in stacks)
    lists = (told["problems"], told["skipped"], told.get("objects", []))
    listed = [Path(entry["path"]).name.partition("!")[0] for found in lists for entry in found]
    assert len(listed) == len(set(listed))
    for case in CASES:
        if case.ending != ANYHOW:
            assert (case.name in listed) == (case.ending != OPENS), case.name
