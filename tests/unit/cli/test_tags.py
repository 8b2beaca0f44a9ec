"""`hounsfield tags`: text, JSON, search, exit codes, and bytes that a terminal would obey."""

import json
import zipfile

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.support.dicom_writer import analytic_hu, enhanced_set, save, slice_set
from viewer.cli.program import run


@pytest.fixture
def image(tmp_path):
    one = slice_set(np.zeros((6, 5), np.int16), 0)
    one.SpecificCharacterSet = "ISO_IR 192"
    one.PatientName = "Ünï^Çødé"
    one.SeriesDescription = "evil \u202etxt\u202c\x1b[2Jend"
    one.TextComments = "z" * 5000
    one.ReferencedImageSequence = [Dataset(), Dataset()]
    one.ReferencedImageSequence[1].ReferencedSOPInstanceUID = "1.2.3.4"
    return save(one, tmp_path / "öne.dcm")


@pytest.mark.expects_log_warnings
@pytest.mark.filterwarnings("ignore:Found unknown escape:UserWarning")
def test_text_has_one_line_for_each_element(image, capsys):
    assert run(["tags", str(image)]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    count = sum(1 for _ in pydicom.dcmread(image).iterall()) + len(pydicom.dcmread(image).file_meta)
    assert len([line for line in lines if line.lstrip().startswith("(")]) == count
    assert err == ""
    assert any(line.startswith("(0010,0010) PN ") and line.endswith("  Ünï^Çødé") for line in lines)
    assert "evil \\u202etxt\\u202c\\x1b[2Jend" in out
    assert "z… (5000 characters)" in out
    assert run(["tags", str(image), "--full"]) == 0
    assert "z" * 5000 in capsys.readouterr().out


def test_json_is_safe_and_complete(image, capsys):
    assert run(["tags", str(image), "--json"]) == 0
    out = capsys.readouterr().out
    assert not set(out) & {"\u202e", "\x1b", "\u202c"}
    described = json.loads(out)
    by_keyword = {e["keyword"]: e for e in described["elements"]}
    assert by_keyword["SeriesDescription"]["value"] == "evil \u202etxt\u202c\x1b[2Jend"
    assert by_keyword["PatientName"]["value"] == "Ünï^Çødé"
    assert by_keyword["TextComments"]["value"] == "z" * 5000
    assert by_keyword["PixelSpacing"]["value"] == [0.7, 0.8]
    assert by_keyword["Rows"] == {
        "tag": "(0028,0010)",
        "keyword": "Rows",
        "name": "Rows",
        "vr": "US",
        "vm": 1,
        "length": 2,
        "value": 6,
        "private_creator": None,
    }
    items = by_keyword["ReferencedImageSequence"]["items"]
    assert [[e["value"] for e in item] for item in items] == [[], ["1.2.3.4"]]
    assert described["damage"] is None
    assert described["transfer_syntax"]["uid"] == "1.2.840.10008.1.2.1"


def test_a_search_tells_where_each_hit_stands(tmp_path, capsys):
    path = save(enhanced_set(analytic_hu()), tmp_path / "multi.dcm")
    assert run(["tags", str(path), "--json", "--find", "imagePOSITION"]) == 0
    hits = json.loads(capsys.readouterr().out)["elements"]
    assert [hit["path"] for hit in hits] == [
        f"PerFrameFunctionalGroupsSequence[{n}].PlanePositionSequence[0].ImagePositionPatient"
        for n in range(6)
    ]
    assert hits[3]["value"] == [-41.0, 17.5, -112.75]
    assert run(["tags", str(path), "--find", "(0020,0032)"]) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert lines[0].startswith("(5200,9230) SQ")
    assert [line.strip() for line in lines[1:3]] == [
        "Item 1",
        lines[2].strip(),
    ]
    assert len(lines) == 1 + 6 * 4


def test_a_search_without_hits_is_no_mistake(image, capsys):
    assert run(["tags", str(image), "--json", "--find", "nowhere"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["elements"] == []
    assert err == "hounsfield: no element has 'nowhere' in tag, name or value\n"


def test_a_member_of_an_archive(image, tmp_path, capsys):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(image, "in/one")
    assert run(["tags", f"{archive}!in/one", "--find", "Modality", "--json"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert described["path"] == f"{archive}!in/one"
    assert [e["value"] for e in described["elements"]] == ["CT"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.dcm", "no such file"),
        ("", "folder"),
        ("text.txt", "not a DICOM file"),
        ("a.zip", "archive.zip!name"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(tmp_path, capsys, name, words):
    (tmp_path / "text.txt").write_text("no image")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("one", "x")
    assert run(["tags", str(tmp_path / name), "--json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words in err


def test_a_damaged_file_is_shown_up_to_the_damage(image, capsys):
    image.write_bytes(image.read_bytes()[:-20])
    assert run(["tags", str(image)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("! reading ended here, at byte ")
    assert last.endswith("(7FE0,0010) claims 60 bytes, but only 40 are left")
