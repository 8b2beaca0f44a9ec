"""From paths to an index: files, folders, archives, media; what is skipped and why."""

import os
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.support.dicom_writer import (
    UNCOMPRESSED,
    analytic_hu,
    enhanced_set,
    save,
    slice_set,
    write_dicomdir,
    write_series,
)
from viewer.core.errors import CancelledError, ViewerError
from viewer.core.progress import SilentContext
from viewer.dicom import headers, sources
from viewer.dicom.loader import load
from viewer.dicom.scan import scan


def open_one(*paths: Path) -> np.ndarray:
    (stack,) = scan(SilentContext(), list(paths)).stacks()
    return load(SilentContext(), stack).data


def test_a_file_is_told_by_its_content(tmp_path):
    write_series(tmp_path)
    (tmp_path / "letter.dcm").write_text("Dear colleague")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    index = scan(SilentContext(), [tmp_path])
    assert index.files == 6
    assert index.problems == ()
    reasons = {Path(p.path).name: p.reason for p in index.skipped}
    assert reasons == {
        "letter.dcm": "is not DICOM",
        "empty": "is empty",
        "picture.png": "is not DICOM",
    }


def test_a_file_without_preamble_or_meta_is_read(tmp_path):
    hu = write_series(tmp_path / "a", transfer_syntax=UNCOMPRESSED[1])
    bare = tmp_path / "bare"
    bare.mkdir()
    for path in (tmp_path / "a").iterdir():
        data = path.read_bytes()
        length = struct.unpack_from("<L", data, 140)[0]
        (bare / path.name).write_bytes(data[144 + length :])
    np.testing.assert_array_equal(open_one(bare), hu)


@pytest.mark.parametrize("uid", UNCOMPRESSED)
def test_uncompressed_transfer_syntaxes(tmp_path, uid):
    hu = write_series(tmp_path, transfer_syntax=uid)
    np.testing.assert_array_equal(open_one(tmp_path), hu)


@pytest.mark.parametrize(
    "uid", ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"]
)
def test_compressed_transfer_syntaxes(tmp_path, uid):
    hu = write_series(tmp_path, analytic_hu((2, 36, 40)), transfer_syntax=uid)
    np.testing.assert_array_equal(open_one(tmp_path), hu)


@pytest.mark.parametrize("pixels_follow", [True, False])
def test_decoders_start_only_where_pixels_are_wanted(tmp_path, monkeypatch, pixels_follow):
    write_series(tmp_path, transfer_syntax="1.2.840.10008.1.2.5")
    calls = []
    monkeypatch.setattr("viewer.dicom.scan.warm_decoders", lambda: calls.append(1))
    scan(SilentContext(), [tmp_path], pixels_follow=pixels_follow)
    assert len(calls) == int(pixels_follow)


def test_enhanced_frames_have_their_own_place_and_rescale(tmp_path):
    hu = analytic_hu()
    save(enhanced_set(hu, order=[3, 1, 0, 2, 5, 4]), tmp_path / "enhanced")
    (stack,) = scan(SilentContext(), [tmp_path]).stacks()
    np.testing.assert_array_equal(load(SilentContext(), stack).data, hu)
    assert [frame.frame for frame in stack.frames] == [2, 1, 3, 0, 5, 4]
    assert stack.geometry.spacing_zyx_mm == pytest.approx((2.5, 0.7, 0.8))
    assert stack.unit == "HU"
    assert stack.windows[0].window.center == 43


def test_archives_with_packed_and_stored_members(tmp_path):
    hu = write_series(tmp_path / "series")
    archive = tmp_path / "study.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for number, path in enumerate(sorted((tmp_path / "series").iterdir())):
            method = zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED
            target.write(path, f"../../escape/{path.name}", method)
        target.writestr("readme.txt", "not an image")
    np.testing.assert_array_equal(open_one(archive), hu)
    index = scan(SilentContext(), [archive])
    assert [p.path for p in index.skipped] == [f"{archive}!readme.txt"]
    assert not (tmp_path.parent / "escape").exists()
    renamed = archive.rename(tmp_path / "study")
    np.testing.assert_array_equal(open_one(renamed), hu)


def test_a_damaged_archive_is_a_problem(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    index = scan(SilentContext(), [tmp_path])
    assert [p.reason for p in index.problems] == ["the archive is damaged"]


def zip_of(tmp_path, members):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return archive


def dicom_bytes(folder, count):
    write_series(folder, analytic_hu((count, 36, 40)))
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_all_that_is_unpacked_of_an_archive_is_limited(tmp_path, monkeypatch):
    members = dicom_bytes(tmp_path / "s", 4)
    size = len(members["001"])
    archive = zip_of(tmp_path, members)
    # A head is read and the whole image admitted: room for two images, not for three.
    monkeypatch.setattr(sources, "MAX_ARCHIVE_BYTES", 5 * size)
    index = scan(SilentContext(), [archive])
    assert len(index.problems) == 2
    assert all("the archive holds more than" in p.reason for p in index.problems)
    assert len(index.stacks()[0].frames) == 2


def test_an_archive_that_unpacks_to_far_more_is_refused(tmp_path, monkeypatch):
    one = slice_set(np.zeros((512, 512), np.int16), 0)
    path = save(one, tmp_path / "flat")
    archive = zip_of(tmp_path, {str(n): path.read_bytes() for n in range(3)})
    monkeypatch.setattr(sources, "MAX_ARCHIVE_RATIO", 20)
    assert scan(SilentContext(), [archive]).problems == ()  # little in all
    monkeypatch.setattr(sources, "ARCHIVE_RATIO_FLOOR_BYTES", 1 << 16)
    index = scan(SilentContext(), [archive])
    assert {p.reason for p in index.problems} == {
        "the archive unpacks to far more than images do: unpack it first"
    }


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (b"", "is not DICOM"),
        (b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100\x08\x00\x08\x00UN\0\0\0\0\0\x03", "is not DICOM"),
        (bytes(128) + b"DICM", "damaged"),
    ],
    ids=["zeros", "like a data set", "marked"],
)
def test_junk_is_known_by_its_first_bytes(tmp_path, start, told):
    archive = zip_of(tmp_path, {"junk": start + bytes(48 << 20)})
    tracemalloc.start()
    index = scan(SilentContext(), [archive])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told in (*index.skipped, *index.problems)[0].reason
    assert peak < 8 << 20


def test_a_header_without_end_is_not_read_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(headers, "MAX_HEAD_BYTES", 1 << 20)
    path = save(slice_set(analytic_hu()[0], 0), tmp_path / "x")
    data = path.read_bytes()
    start = 144 + struct.unpack_from("<L", data, 140)[0]
    element = b"\x08\x00\x05\x00UN\0\0" + struct.pack("<L", 8 << 20)
    path.write_bytes(data[:start] + element + bytes(8 << 20) + data[start:])
    index = scan(SilentContext(), [tmp_path])
    assert [p.reason for p in index.problems] == ["no image within the first 1 MB of the file"]


def test_a_series_without_uid_has_a_name_of_its_own(tmp_path):
    def unnamed(one, z):
        del one.SeriesInstanceUID

    write_series(tmp_path / "a", change=unnamed)
    write_series(tmp_path / "b", series_uid="1.2.3", change=unnamed)
    first = scan(SilentContext(), [tmp_path / "a"]).stacks()[0].key
    other = scan(SilentContext(), [tmp_path / "b"]).stacks()[0].key
    assert first == scan(SilentContext(), [tmp_path / "a"]).stacks()[0].key
    assert first.series_uid.startswith("unnamed-")
    assert first.series_uid != other.series_uid


def test_a_deflate_bomb_is_refused(tmp_path):
    import zlib

    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(bytes(8 << 20)) + packer.flush()
    write_series(tmp_path / "good", analytic_hu((2, 36, 40)))
    one = save(slice_set(analytic_hu()[0], 0), tmp_path / "x", UNCOMPRESSED[3])
    data = one.read_bytes()
    start = 144 + struct.unpack_from("<L", data, 140)[0]
    one.write_bytes(data[:start] + body)
    index = scan(SilentContext(), [tmp_path])
    assert len(index.problems) == 1
    assert len(index.stacks()) == 1


def test_dicomdir_lists_the_medium_and_nothing_else(tmp_path):
    medium = tmp_path / "medium"
    hu = write_series(medium / "IMAGES")
    names = sorted(path.name for path in (medium / "IMAGES").iterdir())
    path = write_dicomdir(medium, [("IMAGES", name) for name in names])
    (medium / "stray.txt").write_text("stray")
    np.testing.assert_array_equal(open_one(path), hu)
    np.testing.assert_array_equal(open_one(medium), hu)
    assert scan(SilentContext(), [path]).skipped == ()
    (medium / "IMAGES").rename(medium / "images")  # as some systems copy a CD
    np.testing.assert_array_equal(open_one(path), hu)
    (medium / "images" / names[0]).unlink()
    index = scan(SilentContext(), [path])
    assert [p.reason for p in index.problems] == ["is listed in the DICOMDIR but missing"]
    assert index.files == 5


@pytest.mark.parametrize("first", [b"..", b"C:", b"/a"])
def test_a_dicomdir_that_points_outside_is_refused(tmp_path, first):
    save(slice_set(analytic_hu()[0], 0), tmp_path / "SECRET")
    path = write_dicomdir(tmp_path / "medium", [("AA", "SECRET")])
    path.write_bytes(path.read_bytes().replace(b"AA\\SECRET", first + b"\\SECRET"))
    index = scan(SilentContext(), [path])
    assert index.files == 0
    assert "no file of this medium" in index.problems[0].reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_links_stay_inside_and_special_files_are_left_alone(tmp_path):
    root = tmp_path / "root"
    hu = write_series(root / "series")
    outside = save(slice_set(analytic_hu()[0], 9), tmp_path / "outside")
    (root / "leaves").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "again").symlink_to(root / "series")
    (root / "nowhere").symlink_to(root / "missing")
    os.mkfifo(root / "fifo")
    np.testing.assert_array_equal(open_one(root), hu)
    reasons = {Path(p.path).name: p.reason for p in scan(SilentContext(), [root]).skipped}
    assert reasons == {
        "leaves": "is a link that leaves the folder",
        "nowhere": "is a link to nothing, or to itself",
        "fifo": "is not a regular file",
    }


def test_sizes_that_do_not_match_the_bytes_are_refused(tmp_path):
    for name, changes in {
        "rows": {"Rows": 60000},
        "frames": {"NumberOfFrames": 2000000000},
        "none": {"Rows": 0},
        "bits": {"BitsAllocated": 12},
    }.items():
        one = slice_set(analytic_hu()[0], 0)
        for keyword, value in changes.items():
            setattr(one, keyword, value)
        one.BitsAllocated, allocated = 16, one.BitsAllocated
        path = save(one, tmp_path / name)
        if allocated != 16:
            data = path.read_bytes()
            at = data.index(b"\x28\x00\x00\x01US\x02\x00")
            path.write_bytes(data[: at + 8] + struct.pack("<H", allocated) + data[at + 10 :])
    index = scan(SilentContext(), [tmp_path])
    reasons = {Path(p.path).name: p.reason for p in index.problems}
    assert set(reasons) == {"rows", "frames", "none", "bits"}
    assert "need 4800000 bytes, but only 2880 are there" in reasons["rows"]


def test_a_missing_path_is_an_error(tmp_path):
    with pytest.raises(ViewerError, match="no such file or folder"):
        scan(SilentContext(), [tmp_path / "nothing"])


def test_a_scan_can_be_cancelled(tmp_path):
    write_series(tmp_path)

    class Cancelled(SilentContext):
        def check(self):
            raise CancelledError

    with pytest.raises(CancelledError):
        scan(Cancelled(), [tmp_path])


def test_labels_windows_and_identity(tmp_path):
    def change(one, z):
        one.SpecificCharacterSet = "ISO_IR 192"
        one.PatientName = "Ünal^Çiğdem"
        one.SliceThickness, one.KVP, one.ConvolutionKernel = 2.5, 120, "B30f"

    write_series(tmp_path, change=change)
    index = scan(SilentContext(), [tmp_path])
    stack = index.stacks()[0]
    assert index.studies[0].patient.name == "Ünal^Çiğdem"
    assert (stack.labels.kernel, stack.labels.kvp, stack.labels.slice_thickness_mm) == (
        "B30f",
        "120",
        2.5,
    )
    assert [(w.name, w.window.center, w.window.width) for w in stack.windows] == [
        ("SOFT", 40, 400),
        ("LUNG", -600, 1500),
    ]


def test_paths_in_any_script(tmp_path):
    folder = tmp_path / "Ünïcødé 影像 الصور"
    hu = write_series(folder)
    np.testing.assert_array_equal(open_one(folder), hu)
