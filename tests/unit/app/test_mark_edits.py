"""What a reader does to marks: attributes as steps that can be undone, locks, copies to slices."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.volumes import make_volume
from tests.support.voxel_grids import rotation
from viewer.app import mark_edits
from viewer.core.document import AnnotationDocument
from viewer.core.session import Session
from viewer.core.shapes import (
    ArrowShape,
    LengthShape,
    MarkColour,
    PriorMark,
    TextShape,
    as_point,
)
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.tools.edit import LOCKED_TEXT

VOLUME = make_volume()
GRID = VOLUME.geometry
PLACE: dict[str, Any] = {"frame_of_reference_uid": "1.2.3", "stack": VOLUME.stack.key}
AXES = [as_point(row) for row in GRID.direction_lps]


def at(z, y, x):
    return as_point(GRID.index_to_lps((z, y, x)))


ONE = LengthShape(**PLACE, normal_lps=AXES[0], start_lps=at(2, 1, 1), end_lps=at(2, 1, 5), uid="1")
TWO = ArrowShape(
    **PLACE, normal_lps=AXES[0], tip_lps=at(4, 1, 1), tail_lps=at(4, 2, 3), text="x", uid="2"
)

PRIOR = PriorMark("9.8.6", "a1")


@pytest.fixture
def session():
    made = Session()
    document = AnnotationDocument("9.8.7", (ONE, TWO))
    made.set_volume(VOLUME, document, DisplayState(HuWindow(400, 40)))
    return made


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (lambda s: mark_edits.rename(s, "1", " left\nlobe "), {"label": "left lobe"}),
        (lambda s: mark_edits.set_colour(s, ("1",), MarkColour.GREEN), {"colour": "green"}),
        (lambda s: mark_edits.toggle_locked(s, ("1",)), {"locked": True}),
        (lambda s: mark_edits.toggle_hidden(s, ("1",)), {"hidden": True}),
        (lambda s: mark_edits.toggle_tracked(s, ("1",)), {"tracked": False}),
        (lambda s: mark_edits.set_prior(s, s.document, "1", PRIOR), {"follows": PRIOR}),
    ],
    ids=["words", "colour", "lock", "hide", "track", "follow"],
)
def test_attributes_are_steps_that_can_be_undone(session, edit, after):
    edit(session)
    shape = session.document.get("1")
    assert shape == replace(ONE, **after)
    session.undo.undo()
    assert list(session.document) == [ONE, TWO]
    assert session.undo.undo_text is None
    session.undo.redo()
    assert session.document.get("1") == shape


def test_a_text_without_words_goes_away_and_a_locked_one_keeps_them(session):
    text = TextShape(**PLACE, normal_lps=AXES[0], point_lps=at(3, 2, 2), text="here", uid="3")
    session.document.put(text)
    mark_edits.toggle_locked(session, ("3",))
    mark_edits.write(session, session.document, "3", "")
    assert session.document.get("3").words == "here"
    mark_edits.toggle_locked(session, ("3",))
    mark_edits.write(session, session.document, "3", "  ")
    assert session.document.get("3") is None
    session.undo.undo()
    assert session.document.get("3") == text
    mark_edits.write(session, session.document, "gone", "x")


def test_several_marks_change_in_one_step(session):
    mark_edits.set_colour(session, ("1", "2", "gone"), MarkColour.WHITE)
    assert {shape.colour for shape in session.document} == {MarkColour.WHITE}
    session.undo.undo()
    assert list(session.document) == [ONE, TWO]


def test_nothing_changed_is_no_step(session):
    mark_edits.rename(session, "2", "x")
    mark_edits.show_all(session)
    mark_edits.set_colour(session, (), MarkColour.GREEN)
    assert session.undo.undo_text is None


def test_a_locked_mark_stays_and_that_is_told(session):
    notes: list[str] = []
    session.told.connect(notes.append)
    mark_edits.toggle_locked(session, ("1",))
    mark_edits.delete(session, ("1", "2"))
    assert [shape.uid for shape in session.document] == ["1"]
    mark_edits.rename(session, "1", "no")
    assert session.document.get("1").label == ""
    assert notes == [LOCKED_TEXT] * 2
    mark_edits.toggle_locked(session, ("1",))
    mark_edits.delete(session, ("1",))
    assert len(session.document) == 0
    for _ in range(4):
        session.undo.undo()
    assert list(session.document) == [ONE, TWO]


def test_hidden_and_locked_toggle_for_all_alike(session):
    mark_edits.toggle_hidden(session, ("1",))
    mark_edits.toggle_hidden(session, ("1", "2"))
    assert all(shape.hidden for shape in session.document)
    mark_edits.show_all(session)
    assert not any(shape.hidden for shape in session.document)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_copies_lie_on_the_next_slices_of_the_marks_own_plane(axis, sign):
    normal = as_point(sign * np.asarray(AXES[axis]))
    shape = replace(ONE, normal_lps=normal, locked=True, colour=MarkColour.GREEN)
    before = GRID.lps_to_index(shape.points_lps)
    made = mark_edits.copies(shape, GRID, (-1, 1))
    for copy, step in zip(made, (-1, 1), strict=True):
        moved = GRID.lps_to_index(copy.points_lps) - before
        np.testing.assert_allclose(moved, [np.eye(3)[axis] * step] * 2, atol=1e-9)
        assert (copy.locked, copy.colour, copy.label) == (False, MarkColour.GREEN, ONE.label)
        assert copy.uid != shape.uid


def test_copies_of_an_oblique_mark_go_along_its_normal():
    normal = rotation((20, 10, 0)) @ np.asarray(AXES[0])
    shape = replace(ONE, normal_lps=as_point(normal))
    (copy,) = mark_edits.copies(shape, GRID, (2,))
    way = np.subtract(copy.points_lps[0], shape.start_lps)
    np.testing.assert_allclose(np.abs(way @ normal), 2 * min(GRID.spacing_zyx_mm))
    np.testing.assert_allclose(way, (way @ normal) * normal, atol=1e-12)


def test_copies_beyond_the_volume_are_left_out_and_all_are_one_step(session):
    mark_edits.copy_by(session, ("1",), range(-10, 10))
    slices = [round(GRID.lps_to_index(s.center_lps)[0]) for s in session.document if s != TWO]
    assert sorted(slices) == list(range(GRID.shape_zyx[0]))
    session.undo.undo()
    assert list(session.document) == [ONE, TWO]
    mark_edits.copy_by(session, ("1",), (0,))
    assert session.undo.undo_text is None


def test_a_follow_up_is_tracked_and_its_copies_follow_nothing(session):
    mark_edits.toggle_tracked(session, ("1",))
    mark_edits.set_prior(session, session.document, "1", PRIOR)
    followed = session.document.get("1")
    assert (followed.tracked, followed.follows) == (True, PRIOR)
    (copy,) = mark_edits.copies(followed, GRID, (1,))
    assert copy.follows is None
    mark_edits.set_prior(session, session.document, "1", PRIOR)  # no step
    mark_edits.set_prior(session, session.document, "1", None)
    session.undo.undo()
    assert session.document.get("1") == followed
    mark_edits.set_prior(session, session.document, "gone", PRIOR)
