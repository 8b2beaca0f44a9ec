"""What `tags` prints: JSON values and lines of text."""

import json
from typing import Any

import pytest

from tests.support.elements import binary, element, sequence
from viewer.app.tag_listing import cell_line, describe_tree, found_rows, text_lines
from viewer.app.tag_rows import tag_rows
from viewer.dicom.element_tree import ElementTree
from viewer.dicom.transfer import TransferSyntax

ELEMENTS = (
    element(0x00080060, "CT"),
    element(0x00111001, "x", vr="LO", creator="ACME"),
    element(0x00280030, "0.7", "1"),
    sequence(0x00081140, (element(0x00080060, "MR"),), ()),
    binary(0x7FE00010, 4, b"\x01\x02\x03\x04"),
)


def tree(*elements, **changes) -> ElementTree:
    facts = {
        "path": "a/b.dcm",
        "member": "",
        "size": 10,
        "transfer": TransferSyntax("1.2.840.10008.1.2"),
    }
    return ElementTree(**{**facts, "elements": elements, **changes})  # fmt: skip


def as_json(shown: ElementTree, find: str | None = None) -> Any:
    return describe_tree(shown, find)


def value_of(vr: str, *values: str | float) -> object:
    (described,) = as_json(tree(element(0x00090001, *values, vr=vr)))["elements"]
    json.dumps(described, allow_nan=False)
    return described["value"]


def test_json_of_a_file():
    described = as_json(tree(*ELEMENTS, damage="byte 7: broken"))
    assert described["path"] == "a/b.dcm"
    assert described["transfer_syntax"] == {
        "uid": "1.2.840.10008.1.2",
        "name": "implicit VR little endian",
    }
    assert (described["damage"], described["note"]) == ("byte 7: broken", None)
    first, private, spacing, nested, pixels = described["elements"]
    assert first == {
        "tag": "(0008,0060)",
        "keyword": "Modality",
        "name": "Modality",
        "vr": "CS",
        "vm": 1,
        "length": 3,
        "value": "CT",
        "private_creator": None,
    }
    assert (private["private_creator"], private["keyword"]) == ("ACME", "")
    assert (spacing["value"], spacing["vm"]) == ([0.7, 1], 2)
    assert [[e["value"] for e in item] for item in nested["items"]] == [["MR"], []]
    assert (nested["value"], nested["length"], nested["vm"]) == (None, None, 1)
    assert (pixels["value"], pixels["bytes"], pixels["first_bytes"]) == (None, 4, "01 02 03 04")


@pytest.mark.parametrize(
    ("vr", "values", "expected"),
    [
        ("DS", ("1.50",), 1.5),
        ("DS", ("40",), 40),
        ("DS", ("NaN",), "NaN"),
        ("DS", ("-inf",), "-inf"),
        ("DS", ("1e999",), "1e999"),
        ("DS", ("1_0",), "1_0"),
        ("DS", ("\uff11\uff12",), "\uff11\uff12"),
        ("DS", ("", "2"), [None, 2]),
        ("DS", ("--2",), "--2"),
        ("IS", ("007",), 7),
        ("IS", ("9" * 40,), float("9" * 40)),
        ("IS", ("x",), "x"),
        ("FD", ("NaN", 1.5), ["NaN", 1.5]),
        ("US", (7,), 7),
        ("LO", ("7",), "7"),
        ("LO", (), None),
    ],
)
def test_json_values(vr, values, expected):
    assert value_of(vr, *values) == expected
    assert type(value_of(vr, *values)) is type(expected)


def test_json_of_a_search_is_flat_and_has_paths():
    described = as_json(tree(*ELEMENTS), "MODALITY")
    assert [(e["path"], e["value"]) for e in described["elements"]] == [
        ("Modality", "CT"),
        ("ReferencedImageSequence[0].Modality", "MR"),
    ]
    assert as_json(tree(*ELEMENTS), "nothing")["elements"] == []


def test_text_is_indented_and_searched():
    rows, hits = found_rows(tree(*ELEMENTS), "")
    lines = text_lines(rows)
    assert hits == 0
    assert [line.split("  ")[0].strip() or line.strip() for line in lines][:3] == [
        "(0008,0060) CS Modality",
        "(0011,1001) LO Private element [ACME]",
        "(0028,0030) DS Pixel Spacing",
    ]
    assert lines[4:7] == ["  Item 1", lines[5], "  Item 2"]
    assert lines[5].startswith("    (0008,0060) CS Modality ")
    assert lines[5].endswith("  MR")
    rows, hits = found_rows(tree(*ELEMENTS), "mr")
    assert [row.path.rpartition(".")[2] for row in rows] == [
        "ReferencedImageSequence",
        "ReferencedImageSequence[0]",
        "Modality",
    ]
    assert hits == 1


def test_long_values_are_cut_unless_everything_is_wanted():
    rows = tag_rows([element(0x00104000, "y" * 999)])
    assert text_lines(rows)[0].endswith("y… (999 characters)")
    assert text_lines(rows, full=True)[0].endswith("y" * 999)
    assert cell_line(rows[0]) == f"(0010,4000)\tPatient Comments\tLT\t{'y' * 999}"
