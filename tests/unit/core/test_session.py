"""What is open and shown: several stacks, layouts, the active viewport, links between stacks."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.core.commands import PutShape
from viewer.core.document import AnnotationDocument
from viewer.core.layout import LAYOUTS, MPR, grid_layout, layout_of
from viewer.core.links import Rigid, StackLinks
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import LengthShape
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.volume import Volume
from viewer.core.window import HuWindow


def volume_of(series: str, frame: str = "1.2.3") -> Volume:
    volume = make_volume(make_geometry(frame_of_reference_uid=frame))
    return replace(volume, stack=replace(volume.stack, key=StackKey(series, 1)))


def state_of(volume: Volume) -> ViewportState:
    return ViewportState(Orientation.AXIAL, DisplayState(HuWindow(350, 50)), volume.stack.key)


def two_series() -> tuple[Session, Volume, Volume]:
    session = Session()
    first, second = volume_of("1.1"), volume_of("2.2")
    session.set_layout(grid_layout(1, 2), {}, "1")
    session.show("1", OpenStack(first, AnnotationDocument("1.1")), state_of(first))
    session.show("2", OpenStack(second, AnnotationDocument("2.2")), state_of(second))
    return session, first, second


def test_the_active_viewport_says_which_volume_is_meant():
    session, first, second = two_series()
    told: list[Volume | None] = []
    session.volume_changed.connect(lambda: told.append(session.volume))
    assert session.volume is first
    session.interaction.active = "2"
    session.interaction.active = "1"
    assert told == [second, first]
    assert session.document.series_uid == "1.1"


def test_a_stack_that_no_viewport_shows_is_closed():
    session, first, second = two_series()
    again = session.stacks[second.stack.key]
    session.show("1", again, state_of(second))
    assert list(session.stacks) == [second.stack.key]
    assert not session.is_open(OpenStack(first, AnnotationDocument("")))
    assert session.viewports_of(second.stack.key) == ("1", "2")


def test_voxels_of_another_stack_are_told_apart():
    session, first, second = two_series()
    grown: list[tuple[str, frozenset[int]]] = []
    own: list[frozenset[int]] = []
    session.stack_grew.connect(lambda key, slices: grown.append((key.series_uid, slices)))
    session.voxels_changed.connect(own.append)
    session.add_loaded(frozenset({3}), second.stack.key)
    session.add_loaded(frozenset({1}), first.stack.key)
    session.add_loaded(frozenset({2}), StackKey("9.9", 1))
    assert grown == [("2.2", frozenset({3})), ("1.1", frozenset({1}))]
    assert own == [frozenset({1})]
    assert session.loaded_slices == {1}


def test_undo_goes_back_through_the_series_in_the_order_of_work():
    session, _, _ = two_series()

    def mark(uid: str) -> LengthShape:
        return LengthShape(
            frame_of_reference_uid="", stack=StackKey("", 1), normal_lps=(0, 0, 1),
            start_lps=(0, 0, 0), end_lps=(1, 2, 0), uid=uid,
        )  # fmt: skip

    first = session.document
    session.undo.run(PutShape(mark("a")))
    session.interaction.active = "2"
    second = session.document
    session.undo.run(PutShape(mark("b")))
    session.undo.undo()
    assert (len(first), len(second)) == (1, 0)
    session.undo.undo()
    assert (len(first), len(second)) == (0, 0)
    session.undo.redo()
    session.undo.redo()
    assert (len(first), len(second)) == (1, 1)


def test_windows_are_shared_by_planes_but_not_by_places():
    session, first, _ = two_series()
    assert session.viewports["1"].display is not session.viewports["2"].display
    session.set_layout(MPR, {}, "axial")
    session.set_volume(first, AnnotationDocument(""), DisplayState(HuWindow(1, 2)))
    assert len({id(view.display) for view in session.viewports.by_id.values()}) == 1


def test_a_new_layout_keeps_what_it_is_given_and_closes_the_rest():
    session, first, _ = two_series()
    kept = session.viewports["1"]
    session.set_layout(grid_layout(1, 1), {"1": kept, "2": kept}, "1")
    assert session.viewports["1"] is kept
    assert list(session.stacks) == [first.stack.key]


def test_layouts_have_places_of_their_own():
    for layout in LAYOUTS:
        fields = [
            (row, column)
            for cell in layout.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        ]
        rows, columns = layout.size
        assert len(fields) == len(set(fields)) == rows * columns
    assert len({layout.id for layout in LAYOUTS}) == len(LAYOUTS)
    assert layout_of("no such layout") is MPR
    with pytest.raises(ValueError, match="1 to 3"):
        grid_layout(4, 1)


def test_the_crosshair_reaches_stacks_of_one_frame_only():
    session, first, second = two_series()
    other = volume_of("3.3", frame="7.7")
    session.set_layout(grid_layout(1, 3), {n: session.viewports[n] for n in "12"}, "1")
    session.show("3", OpenStack(other, AnnotationDocument("3.3")), state_of(other))
    session.interaction.crosshair_stack = first.stack.key
    session.interaction.crosshair_lps = (1.0, 2.0, 3.0)
    assert session.crosshair_in(second.stack.key) == (1.0, 2.0, 3.0)
    assert session.crosshair_in(other.stack.key) is None
    session.links.set_pair("1.1", "3.3", Rigid((0.0, 0.0, -12.5)))
    assert session.crosshair_in(other.stack.key) == (1.0, 2.0, -9.5)


def test_a_rigid_map_and_its_inverse():
    angle = 0.3
    turn = ((np.cos(angle), -np.sin(angle), 0.0), (np.sin(angle), np.cos(angle), 0.0), (0, 0, 1.0))
    rigid = Rigid((4.0, -5.0, 6.5), turn)
    assert rigid.apply((1.0, 0.0, 0.0)) == pytest.approx(
        (np.cos(angle) + 4, np.sin(angle) - 5, 6.5)
    )
    assert rigid.inverse().apply(rigid.apply((3.0, 2.0, 1.0))) == pytest.approx((3.0, 2.0, 1.0))


def test_a_pair_is_known_from_both_sides_and_can_be_parted():
    links, told = StackLinks(), []
    links.changed.connect(lambda: told.append(1))
    links.set_pair("a", "b", Rigid((1.0, 2.0, 3.0)))
    back = links.pair("b", "a")
    assert back is not None
    assert back.apply((1.0, 2.0, 3.0)) == (0.0, 0.0, 0.0)
    links.set_pair("b", "a", None)
    assert links.pair("a", "b") is None
    assert len(told) == 2
