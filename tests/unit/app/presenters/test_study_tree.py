"""Tests of viewer.app.presenters.study_tree and .problems."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.volumes import make_volume
from viewer.app.presenters.problems import ProblemsPresenter, ProblemsView
from viewer.app.presenters.study_tree import StudyTreePresenter, StudyTreeView
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.document import AnnotationDocument
from viewer.core.errors import Problem, ViewerError
from viewer.core.session import Session
from viewer.core.study import DicomObject, Patient, Series, StackKey, Study, StudyIndex, StudyKey
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow

CAVEAT = Caveat(CaveatCode.GAP, "A slice is missing at z 12 mm")
STACK = make_volume(caveats=()).stack
PATIENT = Patient("Doe^Jane", "P-7")


def make_index(stacks=(STACK,), **changes) -> StudyIndex:
    series = Series("9.8.7", "CT", "3", "Thin", tuple(stacks))
    study = Study("1.1", PATIENT, "Chest", "20260102", (series,))
    return StudyIndex(**{"files": 7, "studies": (study,), **changes})


class Stage:
    def __init__(self) -> None:
        self.session = Session()
        self.view = recording_view(StudyTreeView)
        self.runner = cast(Any, InlineRunner())
        self.put: list[Any] = []
        self.opened: list[Any] = []
        self.shown: list[Any] = []
        self.asked: list[Any] = []
        self.closed: list[Any] = []
        self.made: list[Any] = []
        self.presenter = StudyTreePresenter(
            self.session,
            self.view,
            self.runner,
            self.thumbnail,
            open_stack=self.opened.append,
            put_stack=lambda key, place: self.put.append((key, place)),
            show_object=self.shown.append,
            close_study=self.closed.append,
            show_problems=lambda: self.asked.append(True),
        )

    def thumbnail(self, stack):
        self.made.append(stack.key)
        if stack.key.stack == 1:
            raise ViewerError("The slice cannot be read")
        return np.full((8, 8), 7, np.uint8)


@pytest.fixture
def stage():
    return Stage()


def test_identity_and_texts_are_as_in_the_files(stage):
    stage.session.set_index(make_index())
    ((study,),) = stage.view.last["set_studies"]
    assert study.title == "Doe, Jane"
    assert study.detail == "P-7\n2026-01-02 | Chest"
    (row,) = study.series[0].stacks
    assert row.title == "3 Thin"
    assert row.detail == "CT, 7 images\n2.5 mm"
    assert "12 x 10 x 7 voxels" in row.tooltip
    assert "0.7 x 0.8 x 2.5 mm" in row.tooltip


def test_caveats_are_counted_and_named(stage):
    stage.session.set_index(make_index([type(STACK)(**stack_facts())]))
    (row,) = stage.view.last["set_studies"][0][0].series[0].stacks
    assert row.detail.endswith("1 caveat")
    assert CAVEAT.text in row.tooltip


def stack_facts(number=0):
    names = STACK.__slots__
    facts = {name: getattr(STACK, name) for name in names}
    return {**facts, "caveats": (CAVEAT,), "key": StackKey("9.8.7", number)}


def test_several_stacks_are_told_apart(stage):
    first, second = (type(STACK)(**stack_facts(number)) for number in (1, 2))
    stage.session.set_index(make_index([first, second]))
    rows = stage.view.last["set_studies"][0][0].series[0].stacks
    assert [row.title for row in rows] == ["Stack 1", "Stack 2"]
    told = replace(second, labels=replace(second.labels, part="echo 4.5 ms"))
    stage.session.set_index(make_index([first, told]))
    rows = stage.view.last["set_studies"][0][0].series[0].stacks
    assert [row.title for row in rows] == ["Stack 1", "2: echo 4.5 ms"]
    assert "echo 4.5 ms" in rows[1].tooltip.splitlines()


def test_thumbnails_arrive_and_an_unreadable_one_does_not_stop_the_others(stage):
    second, third = (type(STACK)(**stack_facts(n)) for n in (1, 2))
    stage.session.set_index(make_index([STACK, second, third]))
    shown = [args[0].stack for name, args in stage.view.calls if name == "set_thumbnail"]
    assert shown == [0, 2]


def test_other_objects_stand_under_their_study_or_in_one_of_their_own(stage):
    report = DicomObject(
        "d/dose.dcm", "1.2", "an encapsulated PDF document", StudyKey("1.1", "P-7", "Doe^Jane")
    )
    alone = DicomObject(
        "d/plan.dcm", "1.3", "a radiotherapy plan", StudyKey("2.2", "P-8", "Roe^Ann"), "Boost"
    )
    stage.session.set_index(make_index(objects=(report, alone)))
    ((first, second),) = stage.view.last["set_studies"]
    assert [(row.title, row.detail) for row in first.objects] == [
        ("Encapsulated PDF document", "dose.dcm")
    ]
    assert (second.key, second.title, second.detail) == (alone.study, "Roe, Ann", "P-8")
    assert (second.series, [row.detail for row in second.objects]) == ((), ["Boost"])
    stage.view.object_requested.emit(alone)
    assert stage.shown == [alone]


def test_the_summary_counts_what_was_left_out(stage):
    problems = (Problem("a.dcm", "damaged"),)
    skipped = tuple(Problem(f"{n}.txt", "not DICOM") for n in range(3))
    stage.session.set_index(make_index(files=809, skipped=skipped, problems=problems))
    assert stage.view.last["set_summary"] == ("812 files, 3 skipped, 1 problem", True)
    stage.session.set_index(make_index(files=1))
    assert stage.view.last["set_summary"] == ("1 file", False)


def test_double_click_opens_but_not_what_is_open_already(stage):
    stage.session.set_index(make_index())
    stage.view.stack_requested.emit(STACK.key)
    assert stage.opened == [STACK.key]
    volume = make_volume()
    stage.session.set_volume(volume, AnnotationDocument(""), DisplayState(HuWindow(1, 0)))
    assert stage.view.last["set_active"] == (volume.stack.key, frozenset({volume.stack.key}))
    stage.view.stack_requested.emit(volume.stack.key)
    assert len(stage.opened) == 1


def test_closing_a_study_is_passed_on_with_its_key(stage):
    stage.session.set_index(make_index())
    ((study,),) = stage.view.last["set_studies"]
    stage.view.close_requested.emit(study.key)
    assert stage.closed == [StudyKey("1.1", "P-7", "Doe^Jane")]


def test_thumbnails_are_made_once_and_shown_again_in_a_longer_tree(stage):
    stage.session.set_index(make_index())
    other = replace(STACK, key=StackKey("7.7", 0))
    series = Series("7.7", "CT", "1", "Other", (other,))
    study = Study("2.2", Patient("Roe^Ann"), "", "", (series,))
    stage.session.set_index(stage.session.index.with_scan(StudyIndex(1, (study,))))
    assert stage.made == [STACK.key, other.key]
    shown = [args[0] for name, args in stage.view.calls if name == "set_thumbnail"]
    assert shown == [STACK.key, STACK.key, other.key]
    assert [row.title for row in stage.view.last["set_studies"][0]] == ["Doe, Jane", "Roe, Ann"]


def test_the_summary_line_asks_for_the_problems(stage):
    stage.view.problems_requested.emit()
    assert stage.asked == [True]


def test_closed_it_hears_nothing_more(stage):
    stage.presenter.close()
    assert not stage.view.is_connected
    count = len(stage.view.calls)
    stage.session.set_index(make_index())
    assert len(stage.view.calls) == count


def test_problems_are_listed_before_skipped_files():
    session, view = Session(), recording_view(ProblemsView)
    presenter = ProblemsPresenter(session, view)
    assert view.last["set_problems"] == ((), "Nothing was opened")
    session.set_index(
        make_index(
            files=5,
            skipped=(Problem("notes.txt", "not DICOM"),),
            problems=(Problem("b.dcm", "damaged"),),
        )
    )
    rows, summary = view.last["set_problems"]
    assert [(row.kind, row.path) for row in rows] == [
        ("Problem", "b.dcm"),
        ("Skipped", "notes.txt"),
    ]
    assert summary == "6 files, 1 skipped, 1 problem"
    presenter.close()
    session.set_index(None)
    assert view.last["set_problems"][0] == rows
