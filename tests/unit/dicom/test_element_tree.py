"""Every element of a file: the same as pydicom reads, and hostile files within bounds."""

import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file, get_testdata_files
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from tests.support.dicom_writer import save, slice_set, write_dicomdir
from tests.support.element_oracle import differences
from viewer.core.errors import CancelledError, ViewerError
from viewer.dicom.data_element import DataElement
from viewer.dicom.element_tree import ElementTree, read_elements, split_member
from viewer.dicom.element_walk import MAX_ELEMENTS

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")

PREAMBLE = bytes(128) + b"DICM"
DATA_SET_OF_PYDICOM = sorted(
    path for path in get_testdata_files() if Path(path).is_file() and not path.endswith(".json")
)


def by_keyword(elements: tuple[DataElement, ...], keyword: str) -> DataElement:
    return next(element for element in elements if element.keyword == keyword)


def meta(transfer_syntax: str = ExplicitVRLittleEndian) -> bytes:
    uid = transfer_syntax.encode()
    uid += b"\0" * (len(uid) % 2)
    return struct.pack("<HH2sH", 2, 0x10, b"UI", len(uid)) + uid


def short(group: int, number: int, vr: bytes, value: bytes) -> bytes:
    return struct.pack("<HH2sH", group, number, vr, len(value)) + value


def long(group: int, number: int, vr: bytes, length: int, value: bytes = b"") -> bytes:
    return struct.pack("<HH2sHL", group, number, vr, 0, length) + value


def item(length: int, value: bytes = b"") -> bytes:
    return struct.pack("<HHL", 0xFFFE, 0xE000, length) + value


def read_bytes(folder: Path, data: bytes) -> ElementTree:
    path = folder / "made.dcm"
    path.write_bytes(data)
    return read_elements(str(path))


# --- the oracle --------------------------------------------------------------------------------


@pytest.mark.expects_log_warnings
def test_it_reads_what_pydicom_reads_of_pydicom_s_own_files():
    compared, wrong, damaged = 0, {}, set()
    for path in DATA_SET_OF_PYDICOM:
        try:
            theirs = pydicom.dcmread(path)
        except Exception:  # noqa: BLE001 - whatever pydicom says of what is no file for it
            continue
        tree = read_elements(path)
        if tree.damage:
            damaged.add(Path(path).name)
            continue
        compared += 1
        meta_elements = [element for element in tree.elements if element.tag >> 16 == 2]
        rest = [element for element in tree.elements if element.tag >> 16 != 2]
        found = differences(meta_elements, theirs.file_meta) + differences(rest, theirs)
        if found:
            wrong[Path(path).name] = found[:3]
    assert wrong == {}
    # The last item of that DICOMDIR claims 248 bytes; the file ends after 224.
    assert damaged == {"MR_truncated.dcm", "rtplan_truncated.dcm", "DICOMDIR-nooffset"}
    assert compared > 100


@pytest.mark.parametrize(
    "transfer_syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
        RLELossless,
    ],
)
def test_every_encoding_gives_the_same_values(tmp_path, transfer_syntax):
    one = slice_set(np.arange(30 * 20, dtype=np.int16).reshape(30, 20), 4)
    one.PixelRepresentation = 1
    one.SmallestImagePixelValue = -3
    one.ReferencedImageSequence = [Dataset(), Dataset()]
    one.ReferencedImageSequence[1].ReferencedSOPInstanceUID = "1.2.3"
    block = one.private_block(0x11, "ACME 1.1", create=True)
    block.add_new(0x02, "DS", ["1.5", "2.5"])
    path = save(one, tmp_path / "one.dcm", transfer_syntax)
    tree = read_elements(str(path))
    assert (tree.damage, tree.note, tree.transfer.uid) == ("", "", transfer_syntax)
    rest = [element for element in tree.elements if element.tag >> 16 != 2]
    assert differences(rest, pydicom.dcmread(path)) == []
    assert by_keyword(tree.elements, "SmallestImagePixelValue").values == (-3,)
    pixels = by_keyword(tree.elements, "PixelData")
    assert pixels.values == ()
    assert pixels.fragments == (1 if transfer_syntax == RLELossless else None)


def test_private_elements_know_their_creator():
    tree = read_elements(str(get_testdata_file("CT_small.dcm")))
    element = next(e for e in tree.elements if e.tag == 0x00091027)
    assert (element.creator, element.name, element.keyword) == (
        "GEMS_IDEN_01",
        "Image actual date",
        "",
    )
    reserved = next(e for e in tree.elements if e.tag == 0x00090010)
    assert (reserved.creator, reserved.name) == ("", "Private Creator")


def test_names_are_decoded_by_the_character_set_of_their_item(tmp_path):
    one = slice_set(np.zeros((4, 4), np.int16), 0)
    one.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    one.PatientName = "Yamada^Tarou=山田^太郎"
    inner = Dataset()
    inner.SpecificCharacterSet = "ISO_IR 144"
    inner.PatientName = "Люксембург"
    plain = Dataset()
    plain.PatientName = "Yamada^Tarou=山田^太郎"
    one.ReferencedPatientSequence = Sequence([inner, plain])
    tree = read_elements(str(save(one, tmp_path / "one.dcm")))
    items = by_keyword(tree.elements, "ReferencedPatientSequence").items
    assert items is not None
    assert by_keyword(tree.elements, "PatientName").values == ("Yamada^Tarou=山田^太郎",)
    assert by_keyword(items[0], "PatientName").values == ("Люксембург",)
    assert by_keyword(items[1], "PatientName").values == ("Yamada^Tarou=山田^太郎",)


def test_a_backslash_that_is_half_of_a_character_separates_nothing(tmp_path):
    one = slice_set(np.zeros((4, 4), np.int16), 0)
    one.SpecificCharacterSet = "GB18030"
    name = next(
        character
        for code in range(0x4E00, 0x9FFF)
        if b"\\" in (character := chr(code)).encode("gb18030")
    )
    one.SeriesDescription = f"{name}x"
    tree = read_elements(str(save(one, tmp_path / "one.dcm")))
    assert by_keyword(tree.elements, "SeriesDescription").values == (f"{name}x",)


def test_a_dicomdir_shows_its_records(tmp_path):
    path = write_dicomdir(tmp_path, [("A", "1"), ("A", "2")])
    records = by_keyword(read_elements(str(path)).elements, "DirectoryRecordSequence").items
    assert records is not None
    assert [by_keyword(r, "ReferencedFileID").values for r in records] == [("A", "1"), ("A", "2")]


# --- where files come from ---------------------------------------------------------------------


def test_a_member_of_an_archive_is_read_where_it_lies(tmp_path):
    one = slice_set(np.zeros((400, 400), np.int16), 0)
    one.add_new(0xFFFCFFFC, "OB", b"\0\0")
    plain = save(one, tmp_path / "one.dcm")
    archive = tmp_path / "a!b.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(plain, "folder/öne!.dcm")
    assert split_member(f"{archive}!folder/öne!.dcm") == (str(archive), "folder/öne!.dcm")
    tree = read_elements(str(archive), "folder/öne!.dcm")
    assert tree.elements == read_elements(str(plain)).elements
    assert tree.elements[-1].tag == 0xFFFCFFFC
    assert tree.name == "öne!.dcm"
    with pytest.raises(ViewerError, match="no such file in the archive"):
        read_elements(str(archive), "two")
    with pytest.raises(ViewerError, match="name a file in it"):
        read_elements(str(archive))


def test_an_existing_file_may_have_an_exclamation_mark_in_its_name(tmp_path):
    path = save(slice_set(np.zeros((4, 4), np.int16), 0), tmp_path / "a!b")
    assert split_member(str(path)) == (str(path), "")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("missing", None, "no such file"),
        ("empty", b"", "not a DICOM file"),
        ("text", b"Dear colleague, this is no image. " * 20, "not a DICOM file"),
        ("zeros", bytes(100_000), "not a DICOM file"),
        ("half.zip", b"PK\x03\x04" + bytes(50), "archive"),
    ],
)
def test_what_is_not_dicom_is_told_in_one_line(tmp_path, name, data, why):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ViewerError, match=why):
        read_elements(str(path))
    with pytest.raises(ViewerError, match="folder"):
        read_elements(str(tmp_path))


def test_a_stop_is_heeded(tmp_path):
    data = PREAMBLE + meta() + short(0x10, 0x10, b"PN", b"A ") * 5000
    (tmp_path / "long").write_bytes(data)

    def check() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        read_elements(str(tmp_path / "long"), check=check)


# --- damage and hostility ----------------------------------------------------------------------


def test_cut_at_any_byte_it_shows_what_came_before(tmp_path):
    one = slice_set(np.zeros((2, 2), np.int16), 0)
    one.ReferencedImageSequence = [Dataset()]
    one.ReferencedImageSequence[0].ReferencedSOPInstanceUID = "1.2.3"
    whole = save(one, tmp_path / "whole.dcm").read_bytes()
    all_tags = [element.tag for element in read_elements(str(tmp_path / "whole.dcm")).elements]
    told = 0
    for size in range(133, len(whole)):
        tree = read_bytes(tmp_path, whole[:size])
        tags = [element.tag for element in tree.elements]
        assert tags == all_tags[: len(tags)]
        told += bool(tree.damage)
        assert "\n" not in tree.damage
    assert told > 0.9 * (len(whole) - 133)


def test_the_damage_says_where_and_why():
    tree = read_elements(str(get_testdata_file("rtplan_truncated.dcm")))
    assert tree.damage == (
        "byte 2092 in BeamSequence[0].ControlPointSequence[0]: "
        "element (300A,012C) claims 50 bytes, but only 29 are left"
    )
    beams = by_keyword(tree.elements, "BeamSequence").items
    assert beams is not None
    assert by_keyword(beams[0], "BeamName").values == ("Field 1",)


@pytest.mark.parametrize("defined", [True, False])
def test_sequences_500_deep_end_at_the_limit(tmp_path, defined):
    data = b""
    for _ in range(500):
        if defined:
            inner = item(len(data), data)
            data = long(0x08, 0x1140, b"SQ", len(inner), inner)
        else:
            data = long(0x08, 0x1140, b"SQ", 0xFFFFFFFF, item(0xFFFFFFFF, data))
    tree = read_bytes(tmp_path, PREAMBLE + meta() + short(0x08, 0x60, b"CS", b"CT") + data)
    assert "nested deeper than 64" in tree.damage
    depth, elements = 0, tree.elements[-1:]
    while elements and elements[-1].items:
        depth, elements = depth + 1, elements[-1].items[0]
    assert depth == 64


def test_an_element_that_claims_gigabytes_costs_nothing(tmp_path):
    data = PREAMBLE + meta() + long(0x09, 0x1001, b"OB", 0xFFFFFFF0, b"abc")
    tracemalloc.start()
    tree = read_bytes(tmp_path, data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "claims 4294967280 bytes, but only 3 are left" in tree.damage
    assert peak < 20_000_000


def test_a_deflated_bomb_is_passed_over_not_kept(tmp_path):
    size = 200 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = short(0x08, 0x60, b"CS", b"CT") + long(0x7FE0, 0x10, b"OW", size)
    packed = packer.compress(head)
    for _ in range(200):
        packed += packer.compress(bytes(1 << 20))
    packed += packer.compress(short(0xFFFA, 0x10, b"CS", b"AB")) + packer.flush()
    tracemalloc.start()
    tree = read_bytes(tmp_path, PREAMBLE + meta(DeflatedExplicitVRLittleEndian) + packed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tree.damage == ""
    assert [element.byte_count for element in tree.elements[1:]] == [2, size, 2]
    assert peak < 30_000_000


def test_damaged_and_cut_deflated_data_are_told(tmp_path):
    one = slice_set(np.zeros((64, 64), np.int16), 0)
    whole = save(one, tmp_path / "whole.dcm", DeflatedExplicitVRLittleEndian).read_bytes()
    tree = read_bytes(tmp_path, whole[:-60])
    assert tree.damage
    assert by_keyword(tree.elements, "PatientID").values == ("T-1",)
    spoiled = bytearray(whole)
    spoiled[400:420] = b"\xff" * 20
    assert read_bytes(tmp_path, bytes(spoiled)).damage


def test_endless_elements_end_at_the_limit(tmp_path):
    data = PREAMBLE + meta() + short(0x08, 0x60, b"CS", b"") * (MAX_ELEMENTS + 10)
    tree = read_bytes(tmp_path, data)
    assert len(tree.elements) <= MAX_ELEMENTS
    assert f"more than {MAX_ELEMENTS} elements" in tree.damage


def test_long_values_are_not_decoded_and_large_ones_not_read(tmp_path):
    table = np.arange(65_536, dtype="<u2")
    one = slice_set(np.zeros((4, 4), np.int16), 0)
    one.add_new(0x00283006, "US", table.tolist()[:30_000])
    one.TextComments = "x" * 3_000_000
    path = save(one, tmp_path / "one.dcm")
    tree = read_elements(str(path))
    assert by_keyword(tree.elements, "LUTData").values == tuple(range(30_000))
    text = by_keyword(tree.elements, "TextComments")
    assert (text.values, text.first_bytes, text.byte_count) == ((), b"x" * 16, 3_000_000)


def test_a_sequence_in_un_is_opened(tmp_path):
    nested = struct.pack("<HHL", 0x10, 0x20, 4) + b"ID-7"
    unknown = long(0x0011, 0x1001, b"UN", 0xFFFFFFFF) + item(0xFFFFFFFF, nested)
    unknown += struct.pack("<HHL", 0xFFFE, 0xE00D, 0) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    known = item(len(nested), nested)
    known = long(0x08, 0x1140, b"UN", len(known), known)
    tree = read_bytes(tmp_path, PREAMBLE + meta() + known + unknown)
    assert tree.damage == ""
    for element in tree.elements[1:]:
        assert (element.vr, element.stated_vr) == ("SQ", "UN")
        assert element.items is not None
        assert element.items[0][0].values == ("ID-7",)


@pytest.mark.parametrize("padding", range(65_536 - 200, 65_536 - 130, 2))
def test_heads_may_lie_across_the_edge_of_the_window(tmp_path, padding):
    filling = long(0x09, 0x1001, b"OB", padding, bytes(padding))
    nested = item(12, struct.pack("<HHL", 0x10, 0x20, 4) + b"ID-7")
    data = PREAMBLE + meta() + filling + long(0x11, 0x1140, b"UN", 0xFFFFFFFF, nested)
    tree = read_bytes(tmp_path, data + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0))
    assert tree.damage == ""
    assert tree.elements[-1].items is not None
    assert tree.elements[-1].items[0][0].values == ("ID-7",)


def test_numbers_that_are_none_stay_words(tmp_path):
    data = long(0x0018, 0x9073, b"FD", 0)[:4] + struct.pack("<2sH", b"FD", 24)
    data += struct.pack("<ddd", float("nan"), float("inf"), 1.5)
    tree = read_bytes(tmp_path, PREAMBLE + meta() + data)
    assert tree.elements[-1].values == ("NaN", "Infinity", 1.5)
    odd = read_bytes(tmp_path, PREAMBLE + meta() + short(0x28, 0x10, b"US", b"abc"))
    assert (odd.elements[-1].values, odd.elements[-1].first_bytes) == ((), b"abc")


def test_without_a_preamble_a_data_set_must_convince(tmp_path):
    convincing = short(0x08, 0x16, b"UI", CTImageStorage.encode() + b"\0")
    tree = read_bytes(tmp_path, convincing + short(0x08, 0x60, b"CS", b"CT"))
    assert [element.keyword for element in tree.elements] == ["SOPClassUID", "Modality"]
    with pytest.raises(ViewerError):
        read_bytes(tmp_path, short(0x08, 0x60, b"CS", b"CT"))


def test_an_encoding_that_is_not_the_stated_one_is_noted(tmp_path):
    one = slice_set(np.zeros((4, 4), np.int16), 0)
    data = bytearray(save(one, tmp_path / "one.dcm").read_bytes())
    place = data.index(ExplicitVRLittleEndian.encode() + b"\0")
    data[place : place + 20] = ImplicitVRLittleEndian.encode() + b"\0\0\0"
    tree = read_bytes(tmp_path, bytes(data))
    assert tree.note == "the file is encoded otherwise than its header says"
    assert by_keyword(tree.elements, "Modality").values == ("CT",)


def test_meta_information_of_a_truncated_file_is_shown(tmp_path):
    data = PREAMBLE + meta() + struct.pack("<HH2sH", 2, 0x12, b"UI", 40) + b"1.2"
    tree = read_bytes(tmp_path, data)
    assert [element.keyword for element in tree.elements] == ["TransferSyntaxUID"]
    assert "(0002,0012)" in tree.damage
