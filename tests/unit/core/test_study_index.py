"""Study indices: joining the scans of several openings, stepping, closing."""

from typing import Any

import pytest

from tests.support.volumes import make_volume
from viewer.core.errors import Problem
from viewer.core.study import (
    DicomObject,
    Patient,
    Series,
    Stack,
    StackKey,
    Study,
    StudyIndex,
    StudyKey,
)

JANE, ANN, NOBODY = Patient("Doe^Jane", "P1"), Patient("Roe^Ann", "P2"), Patient()
FACTS: dict[str, Any] = {
    name: getattr(make_volume().stack, name) for name in make_volume().stack.__slots__
}


def series(uid: str, number: str = "1", stacks: int = 1) -> Series:
    made = tuple(Stack(**{**FACTS, "key": StackKey(uid, n + 1)}) for n in range(stacks))
    return Series(uid, "CT", number, "", made)


def index(uid: str, patient: Patient, *found: Series, **changes: Any) -> StudyIndex:
    return StudyIndex(len(found), (Study(uid, patient, "", "", found),), **changes)


def layout(made: StudyIndex) -> list[tuple[str, list[str]]]:
    return [(s.patient.patient_id, [x.series_uid for x in s.series]) for s in made.studies]


def test_another_study_follows_and_the_lists_are_those_of_the_last_scan():
    bad = Problem("a", "is empty")
    first = index("1", JANE, series("a"), skipped=(bad,))
    both = first.with_scan(index("2", ANN, series("b"), problems=(bad,)))
    assert layout(both) == [("P1", ["a"]), ("P2", ["b"])]
    assert (both.files, both.skipped, both.problems) == (1, (), (bad,))


def test_new_series_join_their_study_in_the_order_of_their_numbers():
    first = index("1", JANE, series("a", "2"), series("b", "10"))
    both = first.with_scan(index("1", JANE, series("c", "3"), series("d", "")))
    assert layout(both) == [("P1", ["a", "c", "b", "d"])]


def test_a_series_that_is_found_again_is_replaced_wherever_it_was():
    first = index("1", JANE, series("a"), series("b", "2"))
    again = index("1", JANE, series("b", "2", stacks=2))
    both = first.with_scan(again)
    assert layout(both) == [("P1", ["a", "b"])]
    assert both.find_stack(StackKey("b", 2)) is again.stacks()[1]
    moved = first.with_scan(index("2", ANN, series("a"), series("b", "2")))
    assert layout(moved) == [("P2", ["a", "b"])]


def test_two_patients_never_become_one_study():
    both = index("1", JANE, series("a")).with_scan(index("1", ANN, series("b")))
    assert layout(both) == [("P1", ["a"]), ("P2", ["b"])]


@pytest.mark.parametrize(
    ("patients", "reachable"),
    [((JANE, JANE), True), ((JANE, ANN), False), ((NOBODY, NOBODY), False)],
)
def test_stepping_stays_with_the_patient(patients, reachable):
    both = index("1", patients[0], series("a", stacks=2)).with_scan(
        index("2", patients[1], series("b"))
    )
    first, second, third = both.stacks()
    assert both.beside(first.key, 1) is second
    assert both.beside(first.key, -1) is None
    assert both.beside(second.key, 1) is (third if reachable else None)
    assert both.beside(third.key, -1) is (second if reachable else None)
    assert both.beside(StackKey("gone", 1), 1) is None


def test_stepping_to_studies_stays_with_the_patient():
    made = index("1", JANE, series("a", stacks=2), series("b"))
    for uid, patient in (("2", ANN), ("3", JANE), ("4", NOBODY), ("5", NOBODY)):
        made = made.with_scan(index(uid, patient, series(f"s{uid}")))
    for key in (StackKey("a", 1), StackKey("a", 2), StackKey("b", 1)):
        after = made.study_beside(key, 1)
        assert after is not None
        assert after.study_uid == "3"
        assert made.study_beside(key, -1) is None
    before = made.study_beside(StackKey("s3", 1), -1)
    assert before is not None
    assert before.study_uid == "1"
    for alone in ("s2", "s4", "s5", "gone"):
        assert made.study_beside(StackKey(alone, 1), 1) is None
        assert made.study_beside(StackKey(alone, 1), -1) is None


def test_closing_takes_out_one_study():
    both = index("1", JANE, series("a")).with_scan(index("2", ANN, series("b")))
    assert layout(both.without(both.studies[0].key)) == [("P2", ["b"])]


def test_other_objects_join_stay_with_their_study_and_go_with_it():
    report, plan = (
        DicomObject(path, "1.2", "a report", StudyKey("1", "P1", "Doe^Jane")) for path in "rp"
    )
    stray = DicomObject("s", "1.2", "a report", StudyKey("9", "P2", "Roe^Ann"))
    first = index("1", JANE, series("a"), objects=(report, stray))
    both = first.with_scan(index("2", ANN, series("b"), objects=(report, plan)))
    assert both.objects == (report, stray, plan)
    assert both.without(first.studies[0].key).objects == (stray,)


@pytest.mark.parametrize(("fps", "z"), [(None, 3), (25.0, 0)])
def test_a_volume_opens_in_its_middle_and_a_cine_where_it_begins(fps, z):
    assert make_volume(fps=fps).stack.opening_slice == z
