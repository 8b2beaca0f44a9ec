"""Own layouts fill their places by modality, words and date, and never by a guess."""

from dataclasses import replace

import pytest

from tests.support.volumes import make_volume
from viewer.core.arrangement import Arrangement, PlaceRule, SavedWindow, rule_for, studies_of
from viewer.core.study import Patient, Series, StackKey, Study

JANE = Patient("Doe^Jane", "P-7")


def stack(uid, description, modality="CT"):
    found = make_volume().stack
    labels = replace(found.labels, series_description=description)
    return replace(found, key=StackKey(uid, 1), modality=modality, labels=labels)


def study(uid, date, *stacks, patient=JANE):
    series = tuple(Series(s.key.series_uid, s.modality, "", "", (s,)) for s in stacks)
    return Study(uid, patient, "", date, series)


NOW = study(
    "1",
    "20260102",
    stack("1.1", "Thorax Lung 1.0"),
    stack("1.2", "Thorax Soft 1.0"),
    stack("1.3", "thorax, LUNG 1.0 MPR cor"),
    stack("1.4", "Thorax Lung 1.0"),
    stack("1.5", "Thorax Lung 1.0", "MR"),
)
BEFORE = study("2", "20250101", stack("2.1", "Lung thorax 1.0 old"))
STUDIES = (NOW, BEFORE)


@pytest.mark.parametrize("uid", ["1.1", "1.2", "1.3", "1.4", "1.5", "2.1"])
def test_a_rule_finds_what_it_was_made_of(uid):
    wanted = next(s for s in (*NOW.stacks, *BEFORE.stacks) if s.key.series_uid == uid)
    rule = rule_for(wanted, STUDIES)
    assert rule is not None
    assert rule.find(STUDIES) is wanted


@pytest.mark.parametrize(("rule", "found"), [
    (PlaceRule("CT", ("lung",)), "1.1"),
    (PlaceRule("CT", ("lung",), number=1), "1.4"),  # fewer further words come first
    (PlaceRule("CT", ("lung", "cor")), "1.3"),
    (PlaceRule("MR", ("lung",)), "1.5"),
    (PlaceRule("CT", ("lung",), study=1), "2.1"),
    (PlaceRule("CT", ("lung",), study=2), None),
    (PlaceRule("CT", ("bone",)), None),
    (PlaceRule("PT", ("lung",)), None),
    (PlaceRule("CT", ("lung",), number=7), None),
    (PlaceRule("CT", ("lun",)), None),  # words, not letters
])  # fmt: skip
def test_what_fits_is_found_and_nothing_else(rule, found):
    stack = rule.find(STUDIES)
    assert (None if stack is None else stack.key.series_uid) == found


def test_studies_are_those_of_the_patient_the_newest_first():
    other = study("3", "20270101", stack("3.1", "Lung"), patient=Patient("Roe", "P-8"))
    unknown = study("4", "20270101", stack("4.1", "Lung"), patient=Patient())
    also = study("5", "20240101", stack("5.1", "Lung"), patient=Patient())
    known = (BEFORE, other, unknown, NOW, also)
    assert studies_of(BEFORE.stacks[0], known) == (NOW, BEFORE)
    assert studies_of(unknown.stacks[0], known) == (unknown,)
    assert studies_of(stack("9", ""), known) == ()


@pytest.mark.parametrize("make", [
    lambda: Arrangement(" ", (SavedWindow("1x1", ()),)),
    lambda: Arrangement("x" * 99, (SavedWindow("1x1", ()),)),
    lambda: Arrangement("x", ()),
    lambda: SavedWindow("9x9", ()),
    lambda: PlaceRule("CT", study=-1),
    lambda: PlaceRule("CT", tuple("abcdefghijklmnop")),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(make):
    with pytest.raises(ValueError, match=r"."):
        make()
