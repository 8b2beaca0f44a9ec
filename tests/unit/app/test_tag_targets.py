"""Which file stands behind the image on the screen, and behind what it is compared with."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.tag_targets import (
    NOTHING,
    CompareChoice,
    compare_choices,
    compared_target,
    shown_slice,
    shown_target,
)
from viewer.core.document import AnnotationDocument
from viewer.core.session import Session
from viewer.core.study import FrameRef, Patient, Series, StackKey, StackLabels, Study, StudyIndex
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow

PREVIOUS, NEXT = CompareChoice("the previous slice", step=-1), CompareChoice("the next", step=1)
NUMBERED = CompareChoice("slice number", numbered=True)
FRAMES = tuple(FrameRef("multi.dcm", "", n, f"1.{n}", n + 1, None) for n in range(6))


def open_volume(session: Session, **changes) -> None:
    """Seven slices of one multi-frame file; the third is missing."""
    place = (0, 1, None, 2, 3, 4, 5)
    volume = make_volume(frames=FRAMES, frame_of_slice=place, **changes)
    other = replace(
        make_volume(make_geometry((3, 4, 5))).stack,
        key=StackKey("9.8.8", 0),
        labels=StackLabels(date="20260102", view="L CC"),
    )
    series = tuple(
        Series(stack.key.series_uid, "CT", number, "Neck", (stack,))
        for number, stack in (("", volume.stack), ("4", other))
    )
    session.set_index(StudyIndex(9, (Study("1.2", volume.stack.patient, "", "", series),)))
    session.set_volume(volume, AnnotationDocument("9.8.7"), DisplayState(HuWindow(400, 40)))


@pytest.fixture
def session() -> Session:
    made = Session()
    open_volume(made)
    return made


def test_the_file_and_frame_of_the_slice_that_is_shown(session):
    session.viewports["axial"].index = 4
    target = shown_target(session)
    assert (target.path, target.frame, target.title) == ("multi.dcm", 3, "Slice 5 of 7")
    session.interaction.active = "coronal"
    session.viewports["coronal"].index = 9
    assert shown_target(session) == target


def test_another_acquisition_plane_is_followed_in_its_own_view():
    session = Session()
    direction = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
    open_volume(session, geometry=make_geometry(direction_lps=direction))
    session.viewports["axial"].index = 2
    session.viewports["sagittal"].index = 5
    assert shown_slice(session) == 5


def test_a_missing_slice_says_so(session):
    session.viewports["axial"].index = 2
    target = shown_target(session)
    assert (target.path, target.title) == ("", "Slice 3 of 7")
    assert "Slice 3 is missing" in target.why_none


def test_without_a_study_there_is_nothing():
    assert shown_target(Session()).why_none == "Open a study first"
    assert compare_choices(Session()) == (NOTHING,)


def test_choices_are_slices_and_other_series(session):
    texts = [choice.text for choice in compare_choices(session)]
    assert texts == [
        "nothing",
        "the previous slice",
        "the next slice",
        "slice number",
        "4 Neck, L CC, 2026-01-02 (3 images)",
    ]


def test_series_of_another_patient_are_named_so(session):
    stack = replace(session.index.stacks()[1], key=StackKey("7.7.7", 1), labels=StackLabels())
    twin = replace(stack, key=StackKey("7.7.7", 2), frame_of_slice=(0,))
    series = Series("7.7.7", "MG", "1", "Breast", (stack, twin))
    study = Study("1.3", Patient("Roe^Ann", "P-8"), "", "20251231", (series,))
    session.set_index(session.index.with_scan(StudyIndex(1, (study,))))
    texts = [choice.text for choice in compare_choices(session)]
    assert texts[-2:] == [
        "Roe, Ann: 1 Breast, stack 1, 2025-12-31 (3 images)",
        "Roe, Ann: 1 Breast, stack 2, 2025-12-31 (1 image)",
    ]


def test_what_is_compared(session):
    def title(choice: CompareChoice, number: int = 1) -> str:
        target = compared_target(session, choice, 4, number)
        return "" if target is None else target.why_none or target.title

    assert title(NOTHING) == ""
    assert title(PREVIOUS) == "Slice 4 of 7"
    assert title(NEXT) == "Slice 6 of 7"
    assert title(NUMBERED, 7) == "Slice 7 of 7"
    assert "missing" in title(NUMBERED, 3)
    assert title(compare_choices(session)[-1]) == (
        "Series 4 Neck, L CC, 2026-01-02 (3 images), middle image"
    )
    assert "not open" in title(CompareChoice("", stack=StackKey("gone", 0)))
    first = compared_target(session, PREVIOUS, 0, 1)
    assert first is not None
    assert first.why_none
    assert compared_target(session, NEXT, None, 1) is None
