"""Differences of two files: paired by tag and item, told in words."""

import numpy as np
import pydicom

from tests.support.dicom_writer import analytic_hu, enhanced_set, save, write_series
from tests.support.elements import binary, element, sequence
from viewer.app.tag_compare import Difference, compare_rows, of_frame
from viewer.dicom.element_tree import read_elements


def told(rows) -> dict[str, str]:
    return {row.path: str(row.difference) for row in rows if row.difference}


def test_two_slices_differ_in_what_the_writer_made_different(tmp_path):
    write_series(tmp_path)
    one, other = (str(tmp_path / name) for name in ("001", "002"))
    rows, count = compare_rows(read_elements(one).elements, read_elements(other).elements)
    first, second = pydicom.dcmread(one), pydicom.dcmread(other)
    expected = {e.keyword for e in first if second[e.tag].value != e.value}
    expected.add("MediaStorageSOPInstanceUID")
    assert set(told(rows)) == expected
    assert set(told(rows).values()) == {"differs"}
    assert count == len(expected)
    position = next(row for row in rows if row.path == "ImagePositionPatient")
    assert position.value.endswith(f"\\{first.ImagePositionPatient[2]}")
    assert position.other.endswith(f"\\{second.ImagePositionPatient[2]}")


def test_what_only_one_file_has_is_told_in_the_order_of_the_tags():
    rows, count = compare_rows(
        (element(0x00100010, "A"), element(0x00200011, 3)),
        (element(0x00080060, "CT"), element(0x00200011, 3)),
    )
    assert [(row.path, row.value, row.other, row.difference) for row in rows] == [
        ("Modality", "", "CT", Difference.ONLY_SECOND),
        ("PatientName", "A", "", Difference.ONLY_FIRST),
        ("SeriesNumber", "3", "3", Difference.NONE),
    ]
    assert count == 2


def test_items_are_paired_by_number():
    tag = 0x00081140
    one = sequence(tag, (element(0x00080060, "CT"),), (element(0x00080060, "MR"),))
    other = sequence(tag, (element(0x00080060, "CT"),))
    rows, count = compare_rows((one,), (other,))
    assert told(rows) == {
        "ReferencedImageSequence": "differs inside",
        "ReferencedImageSequence[1]": "only here",
        "ReferencedImageSequence[1].Modality": "only here",
    }
    assert count == 1


def test_large_binary_values_are_said_to_be_not_compared():
    def difference(one, other) -> str:
        return str(compare_rows((one,), (other,))[0][0].difference)

    tag = 0x7FE00010
    assert difference(binary(tag, 9, b"ab"), binary(tag, 9, b"ab")) == "not compared"
    assert difference(binary(tag, 9, b"ab"), binary(tag, 9, b"ac")) == "differs"
    assert difference(binary(tag, 9, b"ab"), binary(tag, 8, b"ab")) == "differs"
    assert difference(binary(tag, 9, b"ab", b"1"), binary(tag, 9, b"ab", b"1")) == ""
    assert difference(binary(tag, 9, b"ab", b"1"), binary(tag, 9, b"ab", b"2")) == "differs"


def test_an_element_that_stands_twice_is_paired_in_turn():
    tag = 0x00080060
    rows, _ = compare_rows((element(tag, "A"), element(tag, "B")), (element(tag, "A"),))
    assert [row.difference for row in rows] == [Difference.NONE, Difference.ONLY_FIRST]


def test_two_frames_of_one_file_differ_in_their_own_groups(tmp_path):
    path = save(enhanced_set(analytic_hu()), tmp_path / "multi.dcm")
    elements = read_elements(str(path)).elements
    rows, _ = compare_rows(of_frame(elements, 1), of_frame(elements, 4))
    leaves = [row for row in rows if row.difference and not row.is_container]
    assert {row.path.rpartition(".")[2]: (row.value, row.other) for row in leaves} == {
        "InStackPositionNumber": ("2", "5"),
        "ImagePositionPatient": ("-41.0\\17.5\\-117.75", "-41.0\\17.5\\-110.25"),
        "RescaleIntercept": ("-1034.0", "-1064.0"),
        "WindowCenter": ("41.0", "44.0"),
    }
    np.testing.assert_equal(len(of_frame(elements, None)), len(elements))
