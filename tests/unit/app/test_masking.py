"""What is taken out of texts, studies and lists of elements, and what stays."""

from dataclasses import fields, replace

import pytest

from tests.support.elements import element, sequence
from tests.support.volumes import make_volume
from viewer.app.masking import (
    nameless_study,
    pixel_text_risk,
    without_file_names,
    without_identity,
)
from viewer.app.presenters.study_tree import study_rows
from viewer.app.tag_masking import HIDDEN, is_identifying, masked_reading
from viewer.core.study import DicomObject, Patient, Series, StackLabels, Study, StudyIndex, StudyKey
from viewer.dicom.element_tree import ElementTree
from viewer.dicom.transfer import TransferSyntax

SECRET = "QXZ"
PATIENT = Patient(f"{SECRET}^Name", f"{SECRET}-id", f"{SECRET}-born", "061Y", "F")
LABELS = StackLabels(
    institution=f"{SECRET} hospital",
    accession=f"{SECRET}-acc",
    date=f"{SECRET}-date",
    time=f"{SECRET}-time",
    study_description="Chest",
    series_description="Thin",
)


def secret_volume():
    volume = make_volume()
    frames = tuple(
        replace(frame, path=f"{SECRET}/a", member=SECRET) for frame in volume.stack.frames
    )
    stack = replace(volume.stack, patient=PATIENT, labels=LABELS, frames=frames)
    return replace(volume, stack=stack)


def test_a_volume_keeps_its_voxels_and_names_nobody():
    volume = secret_volume()
    hidden = without_identity(volume)
    assert hidden.data is volume.data
    assert SECRET not in repr((hidden.stack.patient, hidden.stack.labels))
    assert (hidden.stack.patient.age, hidden.stack.patient.sex) == ("061Y", "F")
    assert hidden.stack.labels.series_description == "Thin"


def test_a_study_keeps_its_keys_and_names_nobody():
    stack = secret_volume().stack
    study = Study("1.1", PATIENT, "Chest", SECRET, (Series("9.8.7", "CT", "3", "Thin", (stack,)),))
    hidden = nameless_study(study)
    assert SECRET not in repr([getattr(hidden, f.name) for f in fields(hidden)])
    assert [s.key for s in hidden.stacks] == [stack.key]


def test_the_tree_numbers_studies_and_closes_the_right_one():
    stack = secret_volume().stack
    twins = (
        Series("9.8.7", "CT", "3", "Thin", (stack,)),
        Series("9.8.8", "CT", "3", "Thin", (stack,)),
    )
    study = Study("1.1", PATIENT, "Chest", SECRET, twins)
    other = StudyKey("2.2", f"{SECRET}-2", SECRET)
    found = DicomObject(f"{SECRET}.dcm", "1.2", "a report", other)
    rows = study_rows(StudyIndex(3, (study,), objects=(found,)), hidden=True)
    shown = [
        (r.title, r.detail, [(s.title, s.detail, s.stacks) for s in r.series]) for r in rows
    ] + [(o.title, o.detail, o.tooltip) for r in rows for o in r.objects]
    assert SECRET not in repr(shown)
    assert [row.title for row in rows] == ["Study 1", "Study 2"]
    assert [row.key for row in rows] == [study.key, other]
    assert SECRET in repr(study_rows(StudyIndex(3, (study,), objects=(found,))))


@pytest.mark.parametrize(
    ("modality", "stated", "image_type", "risky"),
    [
        ("CT", "", (), False),
        ("CT", "YES", (), True),
        ("CT", "", ("DERIVED", "SECONDARY", "SCREEN SAVE"), True),
        ("US", "", (), True),
        ("US", "NO", (), False),
        ("US", "YES", (), True),
        ("MR", "", (), False),
    ],
)
def test_letters_in_pixels_are_told_where_they_may_be(modality, stated, image_type, risky):
    stack = make_volume().stack
    labels = replace(stack.labels, burned_in=stated)
    stack = replace(stack, modality=modality, labels=labels, image_type=image_type)
    assert bool(pixel_text_risk(stack)) is risky


IDENTIFYING = [
    (0x00100010, "A^B"),
    (0x00100020, "7"),
    (0x00100030, "19500101"),
    (0x00101040, "Street"),
    (0x00080020, "20260102"),
    (0x00080030, "101010"),
    (0x00080050, "ACC"),
    (0x00080080, "Clinic"),
    (0x00080081, "Street"),
    (0x00080090, "Dr^Who"),
    (0x00081010, "CT01"),
    (0x00081070, "Op^A"),
    (0x00180010 + 0x0FF0, "SN1"),  # Device Serial Number
    (0x0020000D, "1.2.3.4"),
    (0x00200010, "S1"),
    (0x00204000, "comment"),
    (0x00400275 - 0x0022, "perf"),  # Performed Procedure Step ID
    (0x00091001, "private"),
]
HARMLESS = [
    (0x00080016, "1.2.840.10008.5.1.4.1.1.2"),
    (0x00080060, "CT"),
    (0x00100040, "F"),
    (0x00101010, "061Y"),
    (0x00180050, "1.25"),
    (0x00180060, "120"),
    (0x00200013, "17"),
    (0x00201041, "-12.5"),  # Slice Location is a place of a slice
    (0x00280010, "512"),
]


@pytest.mark.parametrize(("tag", "value"), IDENTIFYING)
def test_elements_that_name_somebody_are_known(tag, value):
    assert is_identifying(element(tag, value))


@pytest.mark.parametrize(("tag", "value"), HARMLESS)
def test_what_the_image_is_stays(tag, value):
    assert not is_identifying(element(tag, value))


def test_a_file_is_read_without_identity_at_any_depth():
    inner = element(0x00100010, f"{SECRET}^Inner")
    tree = ElementTree(
        f"{SECRET}/x.dcm",
        SECRET,
        7,
        TransferSyntax("1.2"),
        (
            element(0x00100020, f"{SECRET}-id"),
            element(0x00080060, "CT"),
            sequence(0x00081140, (inner, element(0x00180060, "120"))),
            element(0x00100030),
        ),
    )
    hidden = masked_reading(lambda path, member, check: tree)("", "", lambda: None)
    assert SECRET not in repr((hidden.path, hidden.member, hidden.elements))
    values = [e.values for e in hidden.elements]
    assert values == [(HIDDEN,), ("CT",), (), ()]
    items = hidden.elements[2].items or ()
    assert [e.values for e in items[0]] == [(HIDDEN,), ("120",)]
    assert [e.vr for e in hidden.elements] == [e.vr for e in tree.elements]  # only values hide


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("Qxz Anna.dcm: the file ends early", ("Qxz Anna.dcm",), "a file: the file ends early"),
        ("QXZ cannot be saved: writing in /srv/Q x is not allowed", ("QXZ", "/srv/Q x"),
         "a file cannot be saved: writing in a file is not allowed"),
        ("/data/Qxz/IM1 cannot be opened", (), "a file cannot be opened"),
        ("C:\\Users\\Qxz\\im cannot be opened", (), "a file cannot be opened"),
        ("Saved Qxz.png", (), "Saved a file"),
        ("“qxz.dcm” is a report", (), "“a file” is a report"),
        ("W/L 400 / 40, 2.5 mm and 1.3.12: 3 of 8 files. Choose PNG.", (), ""),
    ],
)  # fmt: skip
def test_texts_name_no_file(text, names, shown):
    assert without_file_names(text, names) == (shown or text)
