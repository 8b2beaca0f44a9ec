"""A reset of the views is a step: taken back with all that it changed, and with nothing else."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.volumes import make_geometry, make_volume
from viewer.app.change_told import told_change
from viewer.app.presenters.linking import Linker
from viewer.app.presenters.navigation import Navigator
from viewer.app.presenters.scale import ScaleKeeper
from viewer.core.commands import PutShape
from viewer.core.document import AnnotationDocument
from viewer.core.layout import grid_layout
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import LengthShape
from viewer.core.slab import Slab, SlabMode
from viewer.core.study import StackKey
from viewer.core.undo import Went
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow
from viewer.jobs.runner import JobRunner

SIZE = (600.0, 400.0)


class Room:
    """Two places of one patient space with all that carries one along with the other."""

    def __init__(self) -> None:
        self.session = session = Session()
        session.set_layout(grid_layout(1, 2), {}, "1")
        self.navigator = Navigator(session, cast(JobRunner, InlineRunner()))
        self.others = (Linker(session, lambda name: SIZE), ScaleKeeper(session, lambda name: SIZE))
        for name, depth in (("1", 40), ("2", 20)):
            volume = make_volume(make_geometry((depth, 30, 24), spacing_zyx_mm=(40 / depth, 1, 1)))
            volume = replace(volume, stack=replace(volume.stack, key=StackKey(name, 1)))
            state = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(400, 40)))
            session.show(name, OpenStack(volume, AnnotationDocument(name)), state)
        self.told: list[str] = []
        session.undo.went.connect(self.on_went)

    def on_went(self, went: Went) -> None:
        change = told_change(self.session, went)
        self.told.append("" if change is None else change.text)

    def looks(self) -> list[tuple[object, ...]]:
        return [
            (
                *(view.index, view.zoom, view.pan_uv_mm, view.turns, view.mirrored, view.slab),
                *(view.rotation, view.display.window, view.display.preset, view.display.inverted),
            )
            for view in self.session.viewports.by_id.values()
        ]


@pytest.fixture
def room():
    made = Room()
    yield made
    for one in (*made.others, made.navigator):
        one.close()


def change(room):
    """A window by hand, a slab, an oblique plane: what takes a reader a minute to find."""
    first, second = room.session.viewports.by_id.values()
    room.navigator.show_slice(31, "1")
    tilt = straight_rotation(room.session.volume.geometry)
    first.rotation = turn_about(tilt, np.array([1.0, 0.4, 0.2]), 0.4)
    first.zoom, first.pan_uv_mm = 2.5, (3.0, -4.0)
    second.zoom, second.turns, second.mirrored = 1.9, 1, True
    first.slab = Slab(SlabMode.MIP, 7.0)
    first.display.show(HuWindow(321, 12), "")
    first.display.inverted = True
    second.display.show(HuWindow(99, 9), "")


def test_a_reset_is_taken_back_and_made_again(room):
    change(room)
    session, before = room.session, room.looks()
    crosshair = session.interaction.crosshair_lps
    room.navigator.reset_look()
    after = room.looks()
    first = session.viewports["1"]
    assert (first.zoom, first.rotation, first.display.preset) == (1.0, None, "default")
    assert after != before
    assert session.undo.undo_text == "view reset"
    session.undo.undo()
    assert room.looks() == before
    assert session.interaction.crosshair_lps == crosshair
    session.undo.redo()
    assert room.looks() == after
    assert room.told == ["The views are reset", "Undone: view reset", "Redone: view reset"]


def test_escape_after_escape_leaves_one_step(room):
    change(room)
    before = room.looks()
    for _ in range(3):
        room.navigator.reset_look()
    room.session.undo.undo()
    assert room.looks() == before
    assert room.session.undo.undo_text is None


def test_going_to_the_middle_is_taken_back_with_the_slices(room):
    room.navigator.show_slice(31, "1")
    before = room.looks()
    room.navigator.reset()
    assert room.session.viewports["1"].index != 31
    room.session.undo.undo()
    assert room.looks() == before


def test_a_mark_that_was_undone_can_be_redone_after_a_reset(room):
    session = room.session
    length = LengthShape(
        frame_of_reference_uid="1.2",
        stack=StackKey("1", 1),
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=(1.0, 2.0, 3.0),
        end_lps=(9.0, 2.0, 3.0),
        uid="a",
    )
    session.undo.run(PutShape(length))
    session.undo.undo()
    change(room)
    room.navigator.reset_look()
    assert session.undo.redo_text == "mark"


def test_the_step_waits_while_its_views_are_not_there(room):
    change(room)
    room.navigator.reset_look()
    session, present = room.session, dict(room.session.viewports.by_id)
    session.set_layout(grid_layout(1, 1), {}, "1")
    assert session.undo.undo_text is None
    session.set_layout(grid_layout(1, 2), present, "1")
    assert session.undo.undo_text == "view reset"
