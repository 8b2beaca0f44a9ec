"""Names of elements: public, repeating, private, unknown."""

import pytest

from viewer.dicom.data_dictionary import find_entry, is_private, is_private_creator, uid_name


@pytest.mark.parametrize(
    ("tag", "creator", "keyword", "name", "vr"),
    [
        (0x00100010, "", "PatientName", "Patient's Name", "PN"),
        (0x60023000, "", "OverlayData", "Overlay Data", "OB or OW"),
        (0x00280106, "", "SmallestImagePixelValue", "Smallest Image Pixel Value", "US or SS"),
        (0x00280000, "", "", "Group Length", "UL"),
        (0x00091027, "GEMS_IDEN_01", "", "Image actual date", "SL"),
        (0x00093A27, "GEMS_IDEN_01", "", "Image actual date", "SL"),
        (0x00091027, "NOBODY", "", "Private element", ""),
        (0x00090010, "", "", "Private Creator", "LO"),
        (0x00104321, "", "", "Unknown", ""),
    ],
)
def test_names(tag, creator, keyword, name, vr):
    entry = find_entry(tag, creator)
    assert (entry.keyword, entry.name, entry.vr) == (keyword, name, vr)


def test_private_tags():
    assert is_private(0x00091001)
    assert not is_private(0x00101001)
    assert is_private_creator(0x000900FF)
    assert not is_private_creator(0x00090100)
    assert not is_private_creator(0x00080010)


def test_uids():
    assert uid_name("1.2.840.10008.5.1.4.1.1.2") == "CT Image Storage"
    assert uid_name("1.2.3.4") == ""
