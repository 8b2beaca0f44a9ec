"""Tests of viewer.dicom.objects: what a folder holds beside its images."""

import os

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID

from tests.support.dicom_writer import analytic_hu, save, slice_set, write_series
from viewer.core.progress import SilentContext
from viewer.core.study import StudyKey
from viewer.dicom import sources
from viewer.dicom.scan import scan

ROOT = "1.2.840.10008.5.1.4.1.1."
BASIC_TEXT, SEGMENTATION, PDF = f"{ROOT}88.11", f"{ROOT}66.4", f"{ROOT}104.1"
PRIVATE = "1.3.12.2.1107.5.9.1"


def object_set(sop_class: str = BASIC_TEXT) -> Dataset:
    """A slice without its pixels, as another class."""
    one = slice_set(analytic_hu()[0], 0)
    for keyword in ("PixelData", "Rows", "Columns"):
        delattr(one, keyword)
    one.SOPClassUID = sop_class
    return one


def found_in(path):
    index = scan(SilentContext(), [path])
    return index, [found.what for found in index.objects]


def test_objects_stand_beside_the_images_of_their_study(tmp_path):
    write_series(tmp_path)
    one = object_set()
    one.SpecificCharacterSet = "ISO_IR 192"
    one.SeriesDescription, one.Modality = "Befund Größe", "SR"
    save(one, tmp_path / "report")
    index, _ = found_in(tmp_path)
    assert len(index.stacks()) == 1
    assert (index.files, index.problems, index.skipped) == (7, (), ())
    (found,) = index.objects
    assert found.path == str(tmp_path / "report")
    assert (found.sop_class, found.what) == (BASIC_TEXT, "a structured report (basic text)")
    assert found.description == "Befund Größe"
    assert found.study == index.studies[0].key


def test_a_segmentation_is_an_object_though_it_has_pixels(tmp_path):
    one = slice_set(analytic_hu()[0], 0)
    one.SOPClassUID = SEGMENTATION
    save(one, tmp_path / "seg")
    assert found_in(tmp_path)[1] == ["a segmentation"]


@pytest.mark.parametrize("with_pixels", [True, False])
def test_a_private_class_is_an_image_where_it_has_pixels(tmp_path, with_pixels):
    one = slice_set(analytic_hu()[0], 0) if with_pixels else object_set()
    one.SOPClassUID = PRIVATE
    save(one, tmp_path / "private")
    index, kinds = found_in(tmp_path)
    assert len(index.stacks()) == int(with_pixels)
    assert kinds == ([] if with_pixels else ["an object of a private kind"])


def test_an_image_without_its_pixels_is_a_problem(tmp_path):
    save(object_set("1.2.840.10008.5.1.4.1.1.2"), tmp_path / "ct")
    index, kinds = found_in(tmp_path)
    assert kinds == []
    assert [p.reason for p in index.problems] == ["holds no image: the pixel data are missing"]


def test_the_class_in_the_file_decides_where_the_meta_information_differs(tmp_path):
    one = slice_set(analytic_hu()[0], 0)
    save(one, tmp_path / "image")
    one.file_meta.MediaStorageSOPClassUID = UID(BASIC_TEXT)
    one.save_as(tmp_path / "image")
    index, kinds = found_in(tmp_path)
    assert (len(index.stacks()), kinds) == (1, [])


def test_of_a_long_object_only_the_start_is_read(tmp_path, monkeypatch):
    one = object_set(PDF)
    one.EncapsulatedDocument = os.urandom(3_000_000)
    save(one, tmp_path / "pdf")
    read = []
    plain = sources.SourceReader.read_head

    def count(self, source, size):
        read.append(size)
        return plain(self, source, size)

    monkeypatch.setattr(sources.SourceReader, "read_head", count)
    assert found_in(tmp_path)[1] == ["an encapsulated PDF document"]
    assert sum(read) == sources.HEAD_BYTES


def test_two_patients_objects_stay_apart(tmp_path):
    for number, name in enumerate(("One^A", "Two^B")):
        one = object_set()
        one.PatientName, one.PatientID = name, f"P-{number}"
        save(one, tmp_path / name)
    index, _ = found_in(tmp_path)
    keys = {found.study for found in index.objects}
    uid = index.objects[0].study.study_uid
    assert keys == {StudyKey(uid, "P-0", "One^A"), StudyKey(uid, "P-1", "Two^B")}


@pytest.mark.parametrize(
    ("syntax", "words"),
    [
        ("1.2.840.10008.1.2.4.100", "MPEG-2 video"),
        ("1.2.840.10008.1.2.4.102.1", "MPEG-4 (H.264) video"),
        ("1.2.840.10008.1.2.4.108", "HEVC (H.265) video"),
    ],
)
def test_a_video_is_a_problem_that_names_it(tmp_path, syntax, words):
    one = slice_set(analytic_hu()[0], 0)
    save(one, tmp_path / "video")
    one.file_meta.TransferSyntaxUID = syntax
    one["PixelData"].VR = "OB"
    one["PixelData"].is_undefined_length = True
    one.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x08\0\0\0\0\0\1\xba\0\0\0\0"
    one.save_as(tmp_path / "video")
    index, _ = found_in(tmp_path)
    assert [p.reason for p in index.problems] == [
        f"holds {words}, which this version does not play"
    ]
