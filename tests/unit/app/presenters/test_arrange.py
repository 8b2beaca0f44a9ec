"""Layouts: what was shown stays, free places take the series that follow, dropping opens one."""

from typing import cast

import pytest
from pydicom import dcmread

from tests.support.cli import small_series
from tests.support.inline_runner import InlineRunner
from viewer.app.load_stack import StackLoader
from viewer.app.presenters.arrange import Arranger
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.progress import SilentContext
from viewer.core.session import Session
from viewer.core.slab import Slab, SlabMode
from viewer.core.study import StackKey, StudyIndex
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.dicom.scan import scan
from viewer.jobs.runner import JobRunner


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> StudyIndex:
    """One study of three series in one frame of reference; their UIDs end with 1, 2, 3."""
    folder = tmp_path_factory.mktemp("study")
    small_series(folder / "1")
    for number in (2, 3):
        (folder / str(number)).mkdir()
        for path in (folder / "1").iterdir():
            image = dcmread(path)
            image.SeriesInstanceUID = f"1.2.{number}"
            image.SOPInstanceUID = f"1.2.{number}.{image.InstanceNumber}"
            image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
            image.SeriesNumber = 4 + number
            image.save_as(folder / str(number) / path.name)
    return scan(SilentContext(), [folder])


class Desk:
    def __init__(self, index: StudyIndex) -> None:
        self.session = Session()
        self.troubles: list[ViewerError] = []
        runner = cast(JobRunner, InlineRunner())
        self.loader = StackLoader(self.session, runner, AnnotationDocument, self.troubles.append)
        self.arranger = Arranger(self.session, self.loader)
        self.session.set_index(index)
        self.loader.open(index.stacks()[0])

    def shown(self) -> list[str]:
        index = self.session.index
        assert index is not None
        keys = [stack.key for stack in index.stacks()]
        views = self.session.viewports.by_id.values()
        return ["" if view.stack is None else str(keys.index(view.stack) + 1) for view in views]


def test_a_grid_begins_with_what_is_shown_and_goes_on_with_the_study(index):
    desk = Desk(index)
    assert desk.shown() == ["1", "1", "1"]
    desk.session.display.window = HuWindow(77, 7)
    desk.arranger.set_layout("2x2")
    assert desk.shown() == ["1", "2", "3", ""]
    assert desk.session.viewports["1"].display.window == HuWindow(77, 7)
    assert all(
        len(s.loaded) == s.volume.geometry.shape_zyx[0] for s in desk.session.stacks.values()
    )


def test_planes_stand_as_they_did_before_the_grid(index):
    desk = Desk(index)
    views = desk.session.viewports
    views["axial"].zoom, views["axial"].pan_uv_mm = 1.32, (4.0, -3.0)
    views["coronal"].zoom, views["coronal"].turns = 2.5, 3
    views["sagittal"].slab = Slab(SlabMode.MIP, 7.0)
    desk.session.display.show(HuWindow(77, 7), "")
    desk.arranger.set_layout("1x2")
    place = desk.session.viewports["1"]
    assert place.zoom == 1.32
    place.zoom = 1.5  # the latest look at the plane counts
    place.display.show(HuWindow(88, 8), "")
    desk.arranger.set_layout("mpr")
    views = desk.session.viewports
    assert (views["axial"].zoom, views["axial"].pan_uv_mm) == (1.5, (4.0, -3.0))
    assert (views["coronal"].zoom, views["coronal"].turns) == (2.5, 3)
    assert views["sagittal"].slab == Slab(SlabMode.MIP, 7.0)
    assert {id(view.display) for view in views.by_id.values()} == {id(desk.session.display)}
    assert desk.session.display.window == HuWindow(88, 8)


def test_less_room_keeps_the_active_one(index):
    desk = Desk(index)
    desk.arranger.set_layout("1x3")
    desk.session.interaction.active = "3"
    desk.arranger.set_layout("1x1")
    assert desk.shown() == ["3"]
    assert len(desk.session.stacks) == 1
    assert desk.session.volume is not None


def test_more_room_takes_what_is_not_shown_yet(index):
    desk = Desk(index)
    desk.arranger.set_layout("1x1")
    desk.arranger.set_layout("1x2")
    assert desk.shown() == ["1", "2"]


def test_back_to_planes_of_the_active_series(index):
    desk = Desk(index)
    desk.arranger.set_layout("1x2")
    desk.session.interaction.active = "2"
    desk.arranger.set_layout("mpr")
    assert desk.shown() == ["2", "2", "2"]
    assert desk.session.interaction.active == "axial"
    assert [view.orientation for view in desk.session.viewports.by_id.values()] == [
        "axial", "coronal", "sagittal",
    ]  # fmt: skip


def test_between_planes_their_views_stay(index):
    desk = Desk(index)
    desk.session.viewports["coronal"].zoom = 3.0
    desk.arranger.set_layout("mpr-main")
    assert desk.session.viewports["coronal"].zoom == 3.0
    desk.arranger.set_layout("mpr-main")
    assert desk.session.layout.id == "mpr-main"


def test_a_series_is_put_where_it_is_dropped(index):
    desk = Desk(index)
    desk.arranger.set_layout("1x2")
    third = index.stacks()[2].key
    desk.arranger.put(third, "1")
    assert desk.shown() == ["3", "2"]
    assert desk.session.interaction.active == "1"
    desk.arranger.put(third, "2")  # open already: shown at once, with a window of its own
    assert desk.shown() == ["3", "3"]
    views = desk.session.viewports
    assert views["1"].display is not views["2"].display
    desk.arranger.put(StackKey("no.such", 1), "2")
    assert desk.shown() == ["3", "3"]


def test_linked_series_scroll_together(index):
    desk = Desk(index)
    desk.arranger.set_layout("1x2")
    from viewer.app.presenters.navigation import Navigator

    navigator = Navigator(desk.session, cast(JobRunner, InlineRunner()))
    desk.arranger.put(index.stacks()[1].key, "2")
    navigator.show_slice(2, "2")
    assert desk.session.viewports["1"].index == 2
    navigator.close()


def test_an_empty_session_has_layouts_too():
    session = Session()
    runner = cast(JobRunner, InlineRunner())
    loader = StackLoader(session, runner, AnnotationDocument, lambda error: None)
    Arranger(session, loader).set_layout("3x3")
    assert len(session.viewports.by_id) == 9
    assert session.volume is None
    session.set_volume(None, AnnotationDocument(""), DisplayState(HuWindow(1, 0)))
