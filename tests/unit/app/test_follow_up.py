"""Which mark is which earlier one: candidates, suggestions, pairs as one step."""

from dataclasses import replace

import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app import follow_up
from viewer.core.commands import SetPair
from viewer.core.document import AnnotationDocument
from viewer.core.layout import grid_layout
from viewer.core.links import Rigid
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import (
    ArrowShape,
    BidirectionalShape,
    CircleShape,
    EllipseShape,
    LengthShape,
    PriorMark,
)
from viewer.core.study import Patient, StackKey
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow

FRAME = "1.2.3"
SHIFT = Rigid((3.0, -2.0, 10.0))
"""From the prior's space into the present one."""


def length(series, start, uid, frame=FRAME, **more):
    x, y, z = start
    return LengthShape(
        frame_of_reference_uid=frame,
        stack=StackKey(series, 0),
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=(x - 2.0, y, z),
        end_lps=(x + 2.0, y, z),
        uid=uid,
        **more,
    )


def circle(series, center, uid, kind=CircleShape):
    return kind(
        frame_of_reference_uid=FRAME,
        stack=StackKey(series, 0),
        normal_lps=(0.0, 0.0, 1.0),
        center=center,
        half_axis_u=(2.0, 0.0, 0.0),
        half_axis_v=(0.0, 2.0, 0.0),
        uid=uid,
    )


def open_in(session, name, series, day, shapes, frame=FRAME):
    volume = make_volume(make_geometry(frame_of_reference_uid=frame), key=StackKey(series, 0))
    labels = replace(volume.stack.labels, date=day)
    volume = replace(volume, stack=replace(volume.stack, labels=labels))
    state = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(400, 40)))
    session.show(name, OpenStack(volume, AnnotationDocument(series, tuple(shapes))), state)


@pytest.fixture
def session():
    """The present series in place 1, its prior (another frame, aligned) in place 2."""
    session = Session()
    session.set_layout(grid_layout(1, 3), {}, "1")
    now = [length("now", (10.0, 20.0, 30.0), "n1"), length("now", (40.0, 20.0, 30.0), "n2")]
    then = [
        length("then", (6.0, 22.0, 20.0), "t1", "7.7"),  # lands 1 mm from n1
        length("then", (37.0, 22.0, 24.0), "t2", "7.7"),  # lands 4 mm from n2
    ]
    open_in(session, "1", "now", "20210611", now)
    open_in(session, "2", "then", "20210301", then, "7.7")
    session.undo.run_on(SetPair("then", "now", SHIFT), session.links)
    return session


def document(session, series):
    return next(s.document for key, s in session.stacks.items() if key.series_uid == series)


def test_candidates_are_mapped_and_the_nearest_stands_first(session):
    found = follow_up.candidates(session, "n1")
    assert [pair.prior for pair in found] == [PriorMark("then", "t1"), PriorMark("then", "t2")]
    assert [pair.distance_mm for pair in found] == pytest.approx([1.0, (30**2 + 4**2) ** 0.5])
    assert all(pair.later.uid == "n1" for pair in found)


def test_the_later_date_follows_whichever_is_selected(session):
    session.interaction.active = "2"
    found = follow_up.candidates(session, "t1")[0]
    assert (found.later.uid, found.prior) == ("n1", PriorMark("then", "t1"))
    assert found.distance_mm == pytest.approx(1.0)
    follow_up.pair(session, (found,))
    assert document(session, "now").get("n1").follows == PriorMark("then", "t1")
    assert document(session, "then").get("t1").follows is None


def test_without_a_link_there_is_nothing_to_pair(session):
    session.undo.undo()
    assert follow_up.candidates(session, "n1") == ()
    assert follow_up.suggestions(session) == ()
    assert follow_up.other_series(session) == ()


def test_a_pair_is_one_step_and_a_mark_has_one_follower(session):
    near, far = follow_up.candidates(session, "n1")
    follow_up.pair(session, (near,))
    (again, *_) = (p for p in follow_up.candidates(session, "n2") if p.prior == near.prior)
    assert follow_up.pair(session, (again,)) == 1
    now = document(session, "now")
    assert (now.get("n1").follows, now.get("n2").follows) == (None, PriorMark("then", "t1"))
    session.undo.undo()
    assert (now.get("n1").follows, now.get("n2").follows) == (PriorMark("then", "t1"), None)
    session.undo.undo()
    assert now.get("n1").follows is None
    assert far.is_made is False


def test_all_are_suggested_within_a_distance_and_paired_as_one_step(session):
    assert [pair.later.uid for pair in follow_up.suggestions(session, 3.0)] == ["n1"]
    found = follow_up.suggestions(session, 15.0)
    assert [(pair.later.uid, pair.prior.uid) for pair in found] == [("n1", "t1"), ("n2", "t2")]
    assert follow_up.pair(session, found) == 2
    assert follow_up.suggestions(session, 15.0) == ()
    session.undo.undo()
    assert all(shape.follows is None for shape in document(session, "now"))


def test_each_mark_is_suggested_once_the_nearest_first(session):
    third = length("now", (10.0, 20.0, 31.5), "n3")
    document(session, "now").put(third)
    found = follow_up.suggestions(session, 50.0)
    assert [(pair.later.uid, pair.prior.uid) for pair in found] == [("n1", "t1"), ("n2", "t2")]


def test_untracked_marks_are_not_suggested(session):
    now = document(session, "now")
    now.put(replace(now.get("n1"), tracked=False))
    assert [pair.later.uid for pair in follow_up.suggestions(session)] == ["n2"]


def test_parting_is_a_step_of_its_own(session):
    follow_up.pair(session, follow_up.candidates(session, "n1")[:1])
    follow_up.part(session, ("n1",))
    now = document(session, "now")
    assert now.get("n1").follows is None
    session.undo.undo()
    assert now.get("n1").follows is not None


def test_the_latest_of_several_priors_is_suggested(session):
    older = [length("older", (10.0, 20.0, 30.0), "o1")]
    open_in(session, "3", "older", "20200101", older)
    assert {pair.prior.series_uid for pair in follow_up.suggestions(session)} == {"then"}
    priors = [pair.prior.series_uid for pair in follow_up.candidates(session, "n1")]
    assert priors == ["older", "then", "then"]


def test_only_what_can_be_compared():
    both = BidirectionalShape(
        frame_of_reference_uid=FRAME,
        stack=StackKey("now", 0),
        normal_lps=(0.0, 0.0, 1.0),
        vertices=((0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (2.0, 1.0, 0.0), (2.0, -1.0, 0.0)),
    )
    line, disc = length("now", (0.0, 0.0, 0.0), "a"), circle("now", (0.0, 0.0, 0.0), "b")
    arrow = ArrowShape(
        frame_of_reference_uid=FRAME,
        stack=StackKey("now", 0),
        normal_lps=(0.0, 0.0, 1.0),
        tip_lps=(0.0, 0.0, 0.0),
        tail_lps=(1.0, 0.0, 0.0),
        text="",
    )
    ellipse = circle("now", (0.0, 0.0, 0.0), "c", EllipseShape)
    assert follow_up.comparable(both, line)
    assert follow_up.comparable(disc, ellipse)
    assert not follow_up.comparable(line, disc)
    assert not follow_up.comparable(arrow, arrow)


def test_marks_of_two_patients_are_never_paired(session):
    there = next(s for key, s in session.stacks.items() if key.series_uid == "then")
    stranger = replace(there.volume.stack, patient=Patient("Roe^Rick", "P-8"))
    there.volume = replace(there.volume, stack=stranger)
    assert follow_up.other_series(session) == ()
    assert follow_up.candidates(session, "n1") == ()
    assert follow_up.suggestions(session) == ()
