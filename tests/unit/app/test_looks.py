"""Each series keeps its look, whatever road leads back to it; the first window is right on all."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from tests.support.dicom_writer import write_series
from tests.support.inline_runner import InlineRunner
from viewer.app.load_stack import StackLoader
from viewer.app.looks import MAX_SERIES, Looks
from viewer.app.presenters.arrange import Arranger
from viewer.app.presenters.navigation import Navigator
from viewer.core.document import AnnotationDocument
from viewer.core.layout import grid_layout
from viewer.core.progress import SilentContext
from viewer.core.session import Session
from viewer.core.slab import Slab, SlabMode
from viewer.core.study import StackKey, StudyIndex
from viewer.core.window import HuWindow
from viewer.dicom.scan import scan
from viewer.imaging.histogram import automatic_window
from viewer.jobs.runner import JobRunner

BARE, WHITE, CT, OTHER = "1.2.10", "1.2.20", "1.2.30", "1.2.40"
"""A series without a window, one whose window shows nothing, two of CT (one in another space)."""


def as_mr(one):
    one.Modality, one.PixelData = "MR", one.PixelData
    for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType"):
        delattr(one, keyword)


def bare(one, z):
    as_mr(one)
    for keyword in ("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation"):
        delattr(one, keyword)


def white(one, z):
    as_mr(one)
    one.WindowCenter, one.WindowWidth = -2048, 4096
    del one.WindowCenterWidthExplanation


def elsewhere(one, z):
    one.FrameOfReferenceUID = "1.9.9"


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> StudyIndex:
    folder = tmp_path_factory.mktemp("study")
    for number, (uid, change) in enumerate(
        ((BARE, bare), (WHITE, white), (CT, None), (OTHER, elsewhere))
    ):
        write_series(folder, series_uid=uid, change=change, prefix=str(number))
    return scan(SilentContext(), [folder])


@pytest.fixture
def room(index):
    session, runner = Session(), cast(JobRunner, InlineRunner())
    navigator = Navigator(session, runner)
    looks = Looks(session)
    loader = StackLoader(session, runner, AnnotationDocument, lambda error: None, looks)
    session.set_index(index)
    made = SimpleNamespace(
        session=session,
        navigator=navigator,
        loader=loader,
        looks=looks,
        arranger=Arranger(session, loader),
        stacks={stack.key.series_uid: stack for stack in index.stacks()},
    )
    yield made
    looks.close()
    navigator.close()


def grid(room, rows, columns):
    room.session.set_layout(grid_layout(rows, columns), {}, "1")


def put(room, uid, place):
    room.arranger.put(StackKey(uid, 1), place)
    assert room.session.viewports[place].stack == StackKey(uid, 1)
    return room.session.viewports[place]


def measured(room, place):
    volume = room.session.shown_in(place).volume
    return automatic_window(volume)


@pytest.mark.parametrize("uid", [BARE, WHITE])
def test_a_series_that_is_open_elsewhere_has_its_window_in_every_place(room, uid):
    grid(room, 1, 3)
    first, second = put(room, uid, "1"), put(room, uid, "2")
    expected = measured(room, "1")
    assert expected != HuWindow(400, 40)
    assert first.display.window == second.display.window == expected
    assert second.display.preset == "default"
    first.display.window, first.display.preset = HuWindow(9, 1), ""
    room.session.interaction.active = "1"
    room.navigator.set_preset("default")  # key 0
    assert first.display.window == expected


def test_planes_of_a_series_that_is_a_layer_have_its_window(room):
    room.loader.open(room.stacks[CT])
    from viewer.core.layer import Layer

    room.loader.open_layer(room.stacks[BARE], Layer(StackKey(BARE, 1)), "axial")
    room.loader.open(room.stacks[BARE])
    assert room.session.viewports["coronal"].display.window == measured(room, "axial")


def test_a_window_of_the_file_that_shows_nothing_can_still_be_chosen(room):
    grid(room, 1, 1)
    view = put(room, WHITE, "1")
    values = room.session.volume.data
    drawn = view.display.window.share_of_white(values.astype(np.float64))
    assert drawn.min() < 0.1
    assert drawn.max() > 0.9
    offered = room.stacks[WHITE].windows[0].window
    assert (offered.share_of_white(values.astype(np.float64)) == 1).all()
    room.navigator.set_preset("file-1")
    assert view.display.window == offered


def change(view):
    view.index, view.zoom, view.pan_uv_mm = 1, 2.5, (3.0, -4.0)
    view.turns, view.mirrored, view.slab = 1, True, Slab(SlabMode.MIP, 7.0)
    view.display.window, view.display.preset = HuWindow(321, 12), ""
    view.display.inverted = True


def assert_changed(view):
    assert (view.index, view.zoom, view.pan_uv_mm) == (1, 2.5, (3.0, -4.0))
    assert (view.turns, view.mirrored, view.slab) == (1, True, Slab(SlabMode.MIP, 7.0))
    assert (view.display.window, view.display.preset) == (HuWindow(321, 12), "")
    assert view.display.inverted


def test_there_and_back_in_a_place(room):
    grid(room, 1, 1)
    change(put(room, CT, "1"))
    other = put(room, OTHER, "1")
    assert other.zoom == 1.0
    assert_changed(put(room, CT, "1"))


def test_there_and_back_in_three_planes(room):
    room.loader.open(room.stacks[CT])
    views = room.session.viewports
    views["coronal"].index, views["sagittal"].index, views["axial"].index = 30, 7, 4
    views["coronal"].zoom = 3.0
    views["axial"].display.window, views["axial"].display.preset = HuWindow(321, 12), ""
    room.loader.open(room.stacks[OTHER])
    assert room.session.viewports["coronal"].zoom == 1.0
    room.loader.open(room.stacks[CT])
    views = room.session.viewports
    assert [views[n].index for n in ("axial", "coronal", "sagittal")] == [4, 30, 7]
    assert views["coronal"].zoom == 3.0
    assert views["axial"].display is views["sagittal"].display
    assert views["axial"].display.window == HuWindow(321, 12)


def test_a_series_goes_to_another_place_as_it_is(room):
    grid(room, 1, 2)
    change(put(room, CT, "1"))
    assert_changed(put(room, CT, "2"))
    assert room.session.viewports["1"].display is not room.session.viewports["2"].display


def test_a_place_beside_stays_and_what_comes_shows_the_same_level(room):
    grid(room, 1, 2)
    put(room, CT, "1")
    put(room, CT, "2")
    room.navigator.show_slice(4, "2")
    put(room, OTHER, "1")  # another space: it begins in its own middle
    assert [view.index for view in room.session.viewports.by_id.values()] == [3, 4]
    put(room, CT, "1")
    assert [view.index for view in room.session.viewports.by_id.values()] == [4, 4]


def test_through_layouts_and_back(room):
    grid(room, 1, 2)
    put(room, OTHER, "1")
    change(put(room, CT, "2"))
    room.session.interaction.active = "1"
    room.arranger.set_layout("1x1")
    assert_changed(put(room, CT, "1"))


def test_closing_the_session_part_forgets_nothing_and_the_memory_is_bounded(room):
    grid(room, 1, 1)
    view = put(room, CT, "1")
    change(view)
    put(room, OTHER, "1")
    for number in range(MAX_SERIES + 5):
        room.looks.remember(view, StackKey(f"9.{number}", 1))
    assert len(room.looks.known) == MAX_SERIES
