"""Tests of viewer.dicom.same_uid: files that claim to be the same image and are not."""

import shutil

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

from tests.support.dicom_writer import analytic_hu, write_series
from viewer.core.caveats import CaveatCode
from viewer.core.progress import SilentContext
from viewer.dicom.fingerprint import Fingerprint
from viewer.dicom.same_uid import OTHER_PATIENT, OTHER_PIXELS, SHARED_STUDY
from viewer.dicom.scan import scan


def told(index):
    """The caveat of each stack, or None."""
    return [
        next((c.text for c in stack.caveats if c.code is CaveatCode.SAME_UID), None)
        for stack in index.stacks()
    ]


def two_series(folder, change=None, second=None, **options):
    write_series(folder / "a")
    write_series(folder / "b", second, change=change, **options)
    return scan(SilentContext(), [folder])


def test_other_pixels_at_the_same_place_are_told(tmp_path):
    other = analytic_hu()
    other[3, 5, 7] += 1
    index = two_series(tmp_path, second=other)
    assert sorted(map(len, (s.frames for s in index.stacks()))) == [1, 6]
    assert told(index) == [OTHER_PIXELS, OTHER_PIXELS]


def test_other_pixels_in_another_series_are_told(tmp_path):
    def elsewhere(one, z):
        one.SeriesInstanceUID = "1.2.3.4"

    other = np.asarray(analytic_hu() + 3, np.int16)
    assert told(two_series(tmp_path, elsewhere, other)) == [OTHER_PIXELS, OTHER_PIXELS]


def test_copies_are_no_contest_in_any_encoding(tmp_path):
    index = two_series(tmp_path, transfer_syntax=RLELossless)
    assert len(index.stacks()) == 1
    assert told(index) == [None]


def literal_rle(one):
    """Encode as RLE without a single run (PS3.5 annex G): other bytes, the same pixels."""
    planes = np.frombuffer(one.PixelData, np.uint8).reshape(-1, 2)[:, ::-1].T
    segments = []
    for plane in planes:
        chunks = [plane[i : i + 128].tobytes() for i in range(0, len(plane), 128)]
        segment = b"".join(bytes([len(chunk) - 1]) + chunk for chunk in chunks)
        segments.append(segment + b"\0" * (len(segment) % 2))
    starts = [2, 64, 64 + len(segments[0])]
    frame = np.array(starts + [0] * 13, "<u4").tobytes() + b"".join(segments)
    one.PixelData = encapsulate([frame])
    one["PixelData"].VR = "OB"
    one.file_meta.TransferSyntaxUID = RLELossless


@pytest.mark.parametrize(("brighter", "texts"), [(0, [None]), (1, [OTHER_PIXELS] * 2)])
def test_one_syntax_may_write_equal_pixels_in_several_ways(tmp_path, brighter, texts):
    write_series(tmp_path / "a", transfer_syntax=RLELossless)
    write_series(tmp_path / "b", np.asarray(analytic_hu() + brighter, np.int16))
    for path in (tmp_path / "b").iterdir():
        one = dcmread(path)
        literal_rle(one)
        one.save_as(path)
    assert told(scan(SilentContext(), [tmp_path])) == texts


def test_the_same_image_of_two_patients_is_told_and_stays_apart(tmp_path):
    def other_patient(one, z):
        one.PatientID, one.PatientName = "T-2", "Somebody^Else"

    index = two_series(tmp_path, other_patient)
    assert [len(study.stacks) for study in index.studies] == [1, 1]
    assert told(index) == [OTHER_PATIENT, OTHER_PATIENT]


def test_a_study_uid_of_two_patients_is_told(tmp_path):
    def other_patient(one, z):
        one.PatientID, one.SOPInstanceUID = "T-2", f"1.2.7.{z}"

    write_series(tmp_path / "c", series_uid="1.9.9", change=other_study)
    index = two_series(tmp_path, other_patient)
    assert sorted(map(str, told(index))) == sorted(["None", SHARED_STUDY, SHARED_STUDY])


def other_study(one, z):
    one.StudyInstanceUID = "1.9"


def test_only_the_stacks_concerned_are_told(tmp_path):
    write_series(tmp_path / "a")
    write_series(tmp_path / "c", series_uid="1.9.9")
    other = analytic_hu()[:1] + 1

    def elsewhere(one, z):
        one.SeriesInstanceUID = "1.2.3.4"

    write_series(tmp_path / "b", np.asarray(other, np.int16), change=elsewhere)
    index = scan(SilentContext(), [tmp_path])
    by_uid = dict(zip([s.key.series_uid for s in index.stacks()], told(index), strict=True))
    assert by_uid["1.9.9"] is None
    assert by_uid["1.2.3.4"] == OTHER_PIXELS
    assert len([text for text in by_uid.values() if text]) == 2


def test_pixels_are_read_only_where_a_uid_repeats(tmp_path, monkeypatch):
    read = []
    plain = Fingerprint._make

    def count(self, header, *, decoded):
        read.append(header.sop_uid)
        return plain(self, header, decoded=decoded)

    monkeypatch.setattr(Fingerprint, "_make", count)
    write_series(tmp_path)
    scan(SilentContext(), [tmp_path])
    assert read == []
    shutil.copy(tmp_path / "001", tmp_path / "copy")
    scan(SilentContext(), [tmp_path])
    assert len(read) == 2
    assert len(set(read)) == 1


def test_a_missing_uid_is_no_shared_one(tmp_path):
    write_series(tmp_path)
    for path in tmp_path.iterdir():
        one = dcmread(path)
        del one.SOPInstanceUID
        one.save_as(path)
    index = scan(SilentContext(), [tmp_path])
    assert len(index.stacks()[0].frames) == 6
    assert told(index) == [None]
