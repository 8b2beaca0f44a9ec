"""How values are written: one plain line, nothing in it obeyed."""

import pytest

from tests.support.elements import binary, element, sequence
from viewer.app.tag_text import escaped, full_name, raw_text, value_text, vr_text
from viewer.dicom.data_element import DataElement

NAME, KERNEL, FRAME_TIME, CLASS = 0x00100010, 0x00181210, 0x00181063, 0x00080016


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (element(KERNEL, "B70f", "3"), "B70f\\3"),
        (element(KERNEL), ""),
        (element(0x00280010, 512), "512"),
        (element(0x00189073, 0.1, vr="FD"), "0.1"),
        (element(0x00189073, 0.10000000149011612, vr="FL"), "0.1"),
        (element(CLASS, "1.2.840.10008.1.1"), "1.2.840.10008.1.1 (Verification SOP Class)"),
        (element(NAME, "a\u202eb\x1bc\nd\x85"), "a\\u202eb\\x1bc\\nd\\x85"),
        (binary(0x7FE00010, 524_288, b"\x00\xfc"), "524288 bytes: 00 fc…"),
        (binary(0x7FE00010, 1, b"\x07"), "1 byte: 07"),
        (sequence(0x00081140, (), ()), "2 items"),
    ],
)  # fmt: skip
def test_values(made, text):
    assert value_text(made) == text


def test_encapsulated_data_tells_its_fragments():
    made = DataElement(
        0x7FE00010, "PixelData", "Pixel Data", "", "OB", "OB", None, (), b"\xff\xd8",
        fragments=3, byte_count=7000,
    )  # fmt: skip
    assert value_text(made) == "7000 bytes in 3 fragments: ff d8…"


def test_long_values_are_cut_and_say_how_long_they_are():
    table = element(0x00283006, *range(65_536), vr="US")
    assert value_text(table, 10) == "0\\1\\2\\3\\4\\… (65536 values)"
    words = element(0x00104000, "x" * 300)
    assert value_text(words) == "x" * 200 + "… (300 characters)"
    assert value_text(words, None) == "x" * 300
    assert len(raw_text(table)) == sum(len(str(n)) for n in range(65_536)) + 65_535


def test_a_value_to_paste_is_as_the_file_has_it():
    assert raw_text(element(CLASS, "1.2.840.10008.5.1.4.1.1.4")) == "1.2.840.10008.5.1.4.1.1.4"
    assert raw_text(element(0x00104000, "one\r\ntwo")) == "one\r\ntwo"


def test_private_names_and_corrected_representations():
    assert full_name(element(0x00091027, 1, creator="GEMS_IDEN_01")) == (
        "Image actual date [GEMS_IDEN_01]"
    )
    assert full_name(element(0x00091027, 1, creator="a\u202e")) == "Private element [a\\u202e]"
    unknown = DataElement(KERNEL, "", "", "", "SH", "UN", 2)
    assert vr_text(unknown) == "SH (UN)"
    assert vr_text(DataElement(KERNEL, "", "", "", "SH", "", 2)) == "SH"


def test_escapes_leave_every_script_alone():
    assert escaped("山田 Люкс é\u0301 ✓") == "山田 Люкс é\u0301 ✓"
    assert escaped("\u2066x\u2028\ud800") == "\\u2066x\\u2028\\ud800"
