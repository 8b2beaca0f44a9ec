"""Folders, archives and media that attack or break viewers, and files that change meanwhile."""

import os
import re
import socket
import struct
import sys
import tempfile
import time
import warnings
import zipfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.support.cli import hounsfield
from tests.support.dicom_writer import analytic_hu, write_dicomdir, write_series
from tests.support.hostile_files import as_bytes, good, one_slice
from tests.support.mutated_media import hostile_dicomdir
from viewer.core.caveats import CaveatCode
from viewer.core.errors import ViewerError
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and POSIX files")


@pytest.fixture
def series(tmp_path) -> tuple[Path, dict[str, np.ndarray]]:
    """A folder with a good series of five slices, and their values by file name."""
    folder = tmp_path / "study"
    hu = analytic_hu((5, 24, 28))
    write_series(folder, hu, prefix="good")
    return folder, {f"good{5 - z:03d}": hu[z] for z in range(5)}


@on_linux
def test_what_is_no_regular_file_is_skipped_at_once(series):
    folder, _ = series
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(folder)  # the name of a socket may have 108 bytes
        listening.bind("socket")
    (folder / "device").symlink_to("/dev/zero")
    with (folder / "sparse-giant").open("wb") as file:
        file.truncate(1 << 42)
    index = scan(SilentContext(), [folder])
    reasons = {Path(problem.path).name: problem.reason for problem in index.skipped}
    assert reasons == {
        "fifo": "is not a regular file",
        "socket": "is not a regular file",
        "device": "is a link that leaves the folder",
        "sparse-giant": "is not DICOM",
    }
    assert len(index.stacks()[0].frames) == 5


@on_linux
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_by_name_is_refused(path):
    index = scan(SilentContext(), [Path(path)])
    assert [problem.reason for problem in index.skipped] == ["is not a regular file"]


def test_links_in_circles_and_out_of_the_folder(series, tmp_path):
    folder, _ = series
    outside = tmp_path / "outside"
    write_series(outside, analytic_hu((2, 8, 9)), series_uid="1.2.3")
    (folder / "self").symlink_to("self")
    (folder / "up").symlink_to("..")
    (folder / "circle").symlink_to(folder)
    (folder / "nothing").symlink_to("not there")
    (folder / "out").symlink_to(outside)
    (folder / "again").symlink_to(folder / "good001")
    index = scan(SilentContext(), [folder])
    assert [len(stack.frames) for stack in index.stacks()] == [5]
    told = {Path(p.path).name: p.reason for p in (*index.skipped, *index.problems)}
    assert set(told) >= {"self", "up", "nothing", "out"}


def test_deep_folders_end(tmp_path):
    deep = tmp_path.joinpath(*["d"] * 80)
    deep.mkdir(parents=True)
    (deep / "one").write_bytes(good())
    (tmp_path / "two").write_bytes(good())
    index = scan(SilentContext(), [tmp_path])
    assert len(index.stacks()) == 1
    assert "nested deeper" in index.skipped[0].reason


def test_series_mixed_in_one_folder_stay_apart(tmp_path):
    first, second = analytic_hu((4, 12, 14)), analytic_hu((6, 20, 9))[::-1].copy()
    write_series(tmp_path, first, prefix="a", series_uid="1.2.3.1")
    write_series(tmp_path, second, prefix="b", series_uid="1.2.3.2")
    for stack in scan(SilentContext(), [tmp_path]).stacks():
        expected = first if stack.key.series_uid.endswith("1") else second
        np.testing.assert_array_equal(load(SilentContext(), stack).data, expected)


def test_two_patients_with_the_same_uids_are_two_studies(tmp_path):
    def other(one, z):
        one.PatientName, one.PatientID = "Other^Patient", "T-2"

    write_series(tmp_path, prefix="a")
    write_series(tmp_path, prefix="b", change=other)
    index = scan(SilentContext(), [tmp_path])
    assert sorted(study.patient.patient_id for study in index.studies) == ["T-1", "T-2"]
    assert [len(stack.frames) for stack in index.stacks()] == [6, 6]
    assert len({stack.key for stack in index.stacks()}) == 2


def test_the_same_uid_with_other_pixels_is_never_merged(tmp_path):
    hu = analytic_hu((3, 12, 14))
    write_series(tmp_path, hu, prefix="a")
    write_series(tmp_path, (hu + 7).astype(np.int16), prefix="b")
    found = [load(SilentContext(), s).data for s in scan(SilentContext(), [tmp_path]).stacks()]
    assert sorted(int(data[0, 0, 0]) for data in found) == [-1000, -993]
    assert all(len(data) == 3 for data in found)


NAMES = {
    "japanese": "\u5c71\u7530 \u592a\u90ce",
    "greek": "\u0391\u03b8\u03ae\u03bd\u03b1",
    "hebrew": "\u05e9\u05dc\u05d5\u05dd",
    "accents": "e\u0301t\u00e9",
    "emoji": "\U0001f9e0",
    "line": "a\nb",
    "long": "x" * 200,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_paths_in_any_script(name, tmp_path):
    folder = tmp_path / name
    hu = write_series(folder, analytic_hu((2, 8, 9)), prefix=name[:100])
    (stack,) = scan(SilentContext(), [folder]).stacks()
    np.testing.assert_array_equal(load(SilentContext(), stack).data, hu)


@on_linux
def test_a_path_that_is_no_text(tmp_path):
    folder = os.fsencode(tmp_path) + b"/\xff\xfe caf\xe9"
    Path(os.fsdecode(folder)).mkdir()
    Path(os.fsdecode(folder + b"/im\xe4ge")).write_bytes(good())
    Path(os.fsdecode(folder + b"/b\xe4d")).write_bytes(good()[:-9])
    done = hounsfield("info", os.fsdecode(folder), "--json", "--stats")
    assert done.code == 0, done.err
    assert len(done.json["problems"]) == 1
    assert done.json["studies"][0]["series"][0]["stacks"][0]["stats"]["first"] == -939


# --- archives and media ----------------------------------------------------------------------


def test_archive_with_hostile_names_writes_nothing(tmp_path):
    archive = tmp_path / "in" / "study.zip"
    archive.parent.mkdir()
    names = ["../../outside", "/absolute", "C:\\drive", "a/b", "a/b", "\u202egnp.exe"]
    with zipfile.ZipFile(archive, "w") as packed, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate name")
        for number, name in enumerate(names):
            packed.writestr(name, as_bytes(one_slice(SOPInstanceUID=f"1.2.{number}")))
    before = sorted(tmp_path.rglob("*"))
    index = scan(SilentContext(), [archive])
    assert sum(len(stack.frames) for stack in index.stacks()) >= 1
    for stack in index.stacks():
        load(SilentContext(), stack)
    assert sorted(tmp_path.rglob("*")) == before
    assert [problem.reason for problem in index.skipped] == ["stands twice in the archive"]


def test_of_two_members_with_one_name_the_checked_one_is_read(tmp_path):
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w") as packed, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate name")
        packed.writestr("one", good())
        packed.writestr("one", good())
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 10] = 14  # LZMA, in the second entry only
    path.write_bytes(data)
    index = scan(SilentContext(), [path])
    assert index.stacks() == ()
    assert "packed in a way that cannot be read" in index.problems[0].reason


@pytest.mark.parametrize(
    ("method", "flag", "reason"),
    [(0, 1, "password"), (14, 0, "packed in a way"), (12, 0, "packed in a way"), (99, 0, "packed")],
    ids=["encrypted", "lzma", "bzip2", "unknown"],
)
def test_archive_members_that_cannot_be_read(method, flag, reason, tmp_path):
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("one", good())
        packed.writestr("two", good())
    data = bytearray(path.read_bytes())
    entry = data.find(b"PK\x01\x02")
    data[entry + 8 : entry + 12] = flag.to_bytes(2, "little") + method.to_bytes(2, "little")
    path.write_bytes(data)
    index = scan(SilentContext(), [path])
    (problem,) = index.problems
    assert problem.path.endswith("study.zip!one")
    assert reason in problem.reason
    assert len(index.stacks()) == 1


def test_archive_with_an_endless_directory_is_refused_at_once(tmp_path):
    entry = struct.pack("<4s42xc", b"PK\1\2", b"a")
    count = (25 << 20) // len(entry)
    path = tmp_path / "many.zip"
    for zip64 in (False, True):
        size = count * len(entry)
        ends = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, 0 if zip64 else size, 0, 0)
        if zip64:
            record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, 0)
            ends = record + struct.pack("<4sLQL", b"PK\6\7", 0, size, 1) + ends
        path.write_bytes(b"PK\3\4" + entry * count + ends)
        began = time.perf_counter()
        (problem,) = scan(SilentContext(), [path]).problems
        assert "holds more than 200000 files" in problem.reason
        assert time.perf_counter() - began < 1


def test_archive_replaced_after_the_scan_is_told(tmp_path):
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("one", good())
    (stack,) = scan(SilentContext(), [path]).stacks()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("another", b"x")
    with pytest.raises(ViewerError, match="changed while it was read"):
        load(SilentContext(), stack)


def test_dicomdir_cannot_leave_its_medium(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(good())
    medium = tmp_path / "medium"
    (medium / "IMAGES").mkdir(parents=True)
    (medium / "IMAGES" / "A").write_bytes(good())
    (medium / "LINK").symlink_to(secret)
    ids = [["..", "secret"], ["IMAGES", "..", "..", "secret"], ["C:", "x"], ["/etc/passwd"],
           ["A\\B"], ["X" * 300], ["LINK"], ["GONE"], ["IMAGES", "A"]]  # fmt: skip
    index = scan(SilentContext(), [hostile_dicomdir(medium, ids)])
    assert [len(stack.frames) for stack in index.stacks()] == [1]
    assert {Path(frame.path).name for stack in index.stacks() for frame in stack.frames} == {"A"}
    reasons = " ".join(problem.reason for problem in index.problems)
    for words in ("no file of this medium", "leaves the medium", "missing"):
        assert words in reasons


def test_one_bad_record_of_a_dicomdir_costs_one_image(tmp_path):
    for number in range(3):
        one = one_slice(SOPInstanceUID=f"1.2.{number}", InstanceNumber=number)
        one.ImagePositionPatient = [0, 0, 3.0 * number]
        (tmp_path / f"IM{number}").write_bytes(as_bytes(one))
    path = write_dicomdir(tmp_path, [["IM0"], ["IM1"], ["IM2"]])
    path.write_bytes(path.read_bytes().replace(b"IM1", b"QQ1"))
    index = scan(SilentContext(), [path])
    assert [len(stack.frames) for stack in index.stacks()] == [2]
    assert len(index.problems) == 1


# --- files that change -----------------------------------------------------------------------


def test_files_that_vanish_or_shrink_after_the_scan(series):
    folder, values = series
    (stack,) = scan(SilentContext(), [folder]).stacks()
    (folder / "good001").unlink()
    whole = (folder / "good002").read_bytes()
    (folder / "good002").write_bytes(whole[:-100])
    volume = load(SilentContext(), stack)
    (caveat,) = [c for c in volume.caveats if c.code is CaveatCode.PARTIAL]
    assert "2 of 5 slices" in caveat.text
    assert "the file is not there any more" in caveat.text
    assert "shorter than its header says" in caveat.text
    assert volume.placeholders == (3, 4)
    for z in range(3):
        np.testing.assert_array_equal(volume.data[z], values[f"good{5 - z:03d}"])


def test_a_series_that_is_gone_is_told(series):
    folder, values = series
    (stack,) = scan(SilentContext(), [folder]).stacks()
    for name in values:
        (folder / name).unlink()
    with pytest.raises(ViewerError, match="not there any more"):
        load(SilentContext(), stack)


@on_linux
def test_files_without_permission():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        write_series(folder, analytic_hu((5, 24, 28)))
        (folder / "003").chmod(0)
        with as_somebody_else():
            index = scan(SilentContext(), [folder])
    assert [problem.reason for problem in index.problems] == ["no permission to read the file"]
    assert [len(stack.frames) for stack in index.stacks()] == [4]


@contextmanager
def as_somebody_else():
    """Without the rights of root, who may read everything."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


_opened: list[str] | None = None


def _watch(event: str, arguments: tuple) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], str):
        _opened.append(arguments[0])


@cache
def _install_watch() -> None:
    sys.addaudithook(_watch)  # which stays for the life of the process


@contextmanager
def watched_opens():
    """The paths of the files that are opened meanwhile, by anything in this process."""
    global _opened
    _install_watch()
    _opened = []
    try:
        yield _opened
    finally:
        _opened = None


@on_linux
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5"])
def test_each_file_is_read_once_in_a_load(syntax, tmp_path):
    hu = write_series(tmp_path, analytic_hu((6, 128, 130)), transfer_syntax=syntax)
    (stack,) = scan(SilentContext(), [tmp_path]).stacks()
    load(SilentContext(), stack)  # imports and codecs are read the first time
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    before = _bytes_read()
    with watched_opens() as opened:
        volume = load(SilentContext(), stack)
    read = _bytes_read() - before
    np.testing.assert_array_equal(volume.data, hu)
    ours = [path for path in opened if path.startswith(str(tmp_path))]
    assert sorted(ours) == sorted(str(path) for path in tmp_path.iterdir())
    assert read <= 1.1 * size + 65_536


def _bytes_read() -> int:
    text = Path("/proc/self/io").read_text(encoding="ascii")
    return int(re.findall(r"rchar: (\d+)", text)[0])
