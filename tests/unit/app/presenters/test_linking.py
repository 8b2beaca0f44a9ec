"""Places that go together: slices, zoom, window; places alone; offsets of pairs and their undo."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.volumes import make_geometry, make_volume
from viewer.app.joined import link_text, other_planes, pair_text, place_title, view_notes
from viewer.app.overlays_lines import crosshair_lines
from viewer.app.presenters.linking import Linker
from viewer.app.presenters.navigation import Navigator
from viewer.app.resolve import resolve
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import PolylineItem
from viewer.core.layout import grid_layout
from viewer.core.links import Rigid
from viewer.core.plane import Orientation
from viewer.core.screen import place
from viewer.core.session import OpenStack, Session
from viewer.core.study import Patient, StackKey
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.volume import Volume
from viewer.core.window import HuWindow
from viewer.jobs.runner import JobRunner
from viewer.tools.navigate import jump_to
from viewer.tools.standing import toggle_nodule_view

SIZE = (600.0, 400.0)
OTHER_FRAME = "7.7.7"


def volume_of(series: str, modality: str = "CT", **geometry) -> Volume:
    volume = make_volume(make_geometry(**geometry))
    stack = replace(volume.stack, key=StackKey(series, 1), modality=modality)
    return replace(volume, stack=stack)


class Room:
    """Three places: thin and thick slices of one patient space, and a prior of another."""

    def __init__(self) -> None:
        self.session = session = Session()
        self.thin = volume_of("1.1", shape_zyx=(40, 10, 12), spacing_zyx_mm=(1.0, 0.8, 0.7))
        self.thick = volume_of("2.2", shape_zyx=(10, 20, 24), spacing_zyx_mm=(4.0, 0.5, 0.5))
        self.prior = volume_of(
            "3.3",
            shape_zyx=(40, 10, 12),
            spacing_zyx_mm=(1.0, 0.8, 0.7),
            frame_of_reference_uid=OTHER_FRAME,
        )
        session.set_layout(grid_layout(1, 3), {}, "1")
        self.navigator = Navigator(session, cast(JobRunner, InlineRunner()))
        self.linker = Linker(session, lambda name: SIZE)
        for name, volume in zip("123", (self.thin, self.thick, self.prior), strict=True):
            display = DisplayState(HuWindow(350, 50), "mediastinum")
            state = ViewportState(Orientation.AXIAL, display, volume.stack.key)
            document = AnnotationDocument(volume.stack.key.series_uid)
            session.show(name, OpenStack(volume, document), state)

    def close(self) -> None:
        self.linker.close()
        self.navigator.close()

    def views(self) -> list[ViewportState]:
        return list(self.session.viewports.by_id.values())

    def indices(self) -> list[int]:
        return [view.index for view in self.views()]

    def scroll(self, name: str, index: int) -> None:
        self.session.interaction.active = name
        self.navigator.show_slice(index, name)


@pytest.fixture
def room():
    made = Room()
    yield made
    made.close()


def test_one_frame_scrolls_together_and_another_stays(room):
    prior = room.indices()[2]
    room.scroll("1", 8)
    assert room.indices() == [8, 2, prior]
    room.scroll("2", 5)
    assert room.indices() == [20, 5, prior]


def test_a_jump_reaches_the_series_of_one_frame(room):
    prior = room.indices()[2]
    point = room.thick.geometry.index_to_lps((6, 3, 4))
    jump_to(room.session, room.thick, point)
    assert room.indices() == [24, 6, prior]
    np.testing.assert_allclose(room.session.crosshair_in(room.thin.stack.key), point)
    assert room.session.crosshair_in(room.prior.stack.key) is None


def test_scrolling_an_unrelated_place_takes_the_crosshair_there(room):
    room.scroll("1", 8)
    room.scroll("3", 30)
    assert room.indices() == [8, 2, 30]
    point = room.session.crosshair_in(room.prior.stack.key)
    assert room.prior.geometry.lps_to_index(point)[0] == pytest.approx(30)


def test_without_the_scroll_link_only_jumps_move_the_others(room):
    room.scroll("1", 8)
    room.session.interaction.link_scroll = False
    room.scroll("1", 20)
    assert room.indices()[:2] == [20, 2]
    jump_to(room.session, room.thin, room.thin.geometry.index_to_lps((32, 3, 4)))
    assert room.indices()[:2] == [32, 8]


def test_a_place_alone_is_left_in_peace_and_comes_back(room):
    room.scroll("1", 8)
    room.session.interaction.active = "2"
    room.linker.toggle_alone()
    room.scroll("2", 9)
    assert room.indices()[:2] == [8, 9]
    room.scroll("1", 20)
    assert room.indices()[:2] == [20, 9]
    assert link_text(room.session, "2") == "alone"
    room.session.interaction.active = "2"
    room.linker.toggle_alone()
    assert room.indices()[:2] == [20, 5]


def test_an_offset_is_remembered_undone_and_forgotten(room):
    room.scroll("1", 8)
    room.scroll("3", 20)
    assert room.linker.remember_offset()
    assert room.indices() == [8, 2, 20]
    assert room.session.links.pair("3.3", "1.1").shift_mm == pytest.approx((0, 0, -12.0))
    room.scroll("1", 10)
    assert room.indices()[2] == 22
    room.scroll("3", 30)
    assert room.indices()[:2] == [18, 4]
    assert link_text(room.session, "1") == "offset 12.0 mm"
    assert "Link: offset 12.0 mm" in view_notes(room.session, "3")
    room.session.undo.undo()
    assert room.session.links.pair("3.3", "1.1") is None
    room.session.undo.redo()
    room.session.interaction.active = "3"
    assert room.linker.forget_offset()
    assert list(room.session.links) == []
    assert not room.linker.forget_offset()


def test_two_series_of_one_frame_get_an_offset_only_when_one_was_alone(room):
    room.scroll("1", 8)
    room.session.viewports.by_id["3"].stack = room.thin.stack.key
    assert not room.linker.remember_offset()
    room.session.interaction.active = "2"
    room.linker.toggle_alone()
    room.scroll("2", 4)
    assert room.linker.remember_offset()
    assert room.indices()[:2] == [8, 4]
    assert not room.session.active.alone
    room.scroll("1", 12)
    assert room.indices()[1] == 5


def centre(room: Room, name: str) -> tuple[np.ndarray, float]:
    """Patient point in the middle of a place, and its pixels for one millimetre."""
    session = room.session
    shown = session.shown_in(name)
    assert shown is not None
    view = resolve(session.viewports[name], shown.volume)
    transform = place(view.plane, SIZE, view.zoom, view.pan_uv_mm)
    return view.plane.uv_to_lps(transform.to_uv((300.0, 200.0))), transform.px_per_mm


def test_zoom_and_position_are_those_of_the_patient(room):
    room.scroll("1", 8)
    view = room.session.viewports["1"]
    view.zoom, view.pan_uv_mm = 2.5, (1.5, -0.75)
    here, scale = centre(room, "1")
    there, other_scale = centre(room, "2")
    np.testing.assert_allclose(there[:2], here[:2])
    assert other_scale == pytest.approx(scale)
    unrelated = room.session.viewports["3"]
    assert (unrelated.zoom, unrelated.pan_uv_mm) == (2.5, pytest.approx((1.5, -0.75)))


def test_a_turned_place_shows_the_same_part(room):
    room.session.viewports["2"].turns = 1
    room.session.viewports["1"].pan_uv_mm = (1.0, 0.5)
    np.testing.assert_allclose(centre(room, "2")[0][:2], centre(room, "1")[0][:2])


@pytest.mark.parametrize("switched_off", [True, False])
def test_other_orientations_and_no_link_keep_their_zoom(room, switched_off):
    if switched_off:
        room.session.interaction.link_zoom = False
    else:
        room.session.viewports["2"].orientation = Orientation.CORONAL
    room.session.viewports["1"].zoom = 3.0
    assert room.session.viewports["2"].zoom == 1.0


def test_windows_go_along_only_when_asked_and_only_where_they_mean_the_same(room):
    first, second, third = (view.display for view in room.views())
    room.session.interaction.link_window = False
    first.window = HuWindow(500, 60)
    assert second.window == HuWindow(350, 50)
    room.session.interaction.link_window = True
    room.session.stacks[room.prior.stack.key].volume = volume_of("3.3", "PT")
    first.window, first.preset = HuWindow(1500, -600), "lung"
    assert (second.window, second.preset) == (HuWindow(1500, -600), "lung")
    assert third.window == HuWindow(350, 50)
    first.preset = "default"
    first.window = HuWindow(77, 7)
    assert second.window == HuWindow(1500, -600)


@pytest.mark.parametrize("preset", ["default", "full"])
def test_no_place_names_a_window_that_it_does_not_show(room, preset):
    first, second, _ = (view.display for view in room.views())
    room.navigator.set_preset("lung")
    assert (second.window, second.preset) == (HuWindow(1500, -600), "lung")
    room.navigator.set_preset(preset)
    assert first.preset == preset
    assert first.window != HuWindow(1500, -600)
    assert (second.window, second.preset) == (HuWindow(1500, -600), "lung")


def test_leaving_the_nodule_view_names_no_other_window(room):
    first, second, _ = (view.display for view in room.views())
    room.navigator.set_preset("default")
    toggle_nodule_view(room.session.active)
    assert (second.window, second.preset) == (HuWindow(1500, -600), "lung")
    toggle_nodule_view(room.session.active)
    assert first.preset == "default"
    assert (second.window, second.preset) == (HuWindow(1500, -600), "lung")


def test_a_preset_that_is_asked_for_again_brings_the_others_along(room):
    second = room.session.viewports["2"].display
    room.navigator.set_preset("lung")
    room.session.interaction.link_window = False
    second.window, second.preset = HuWindow(400, 40), "default"
    room.session.interaction.link_window = True
    room.navigator.set_preset("lung")
    assert (second.window, second.preset) == (HuWindow(1500, -600), "lung")


def test_a_reference_line_lies_where_the_other_slice_is_in_this_space(room):
    session = room.session
    session.viewports["2"].orientation = Orientation.CORONAL
    session.viewports["2"].index = 6
    session.viewports["1"].index = 30
    ((orientation, plane),) = other_planes(session, "1")
    assert orientation is Orientation.CORONAL
    view = resolve(session.viewports["1"], room.thin)
    (line,) = crosshair_lines(view.plane, ((orientation, plane),), place(view.plane, SIZE))
    y = (
        room.thick.geometry.index_to_lps((0, 6, 0))[1]
        - room.thin.geometry.index_to_lps((0, 0, 0))[1]
    )
    assert isinstance(line, PolylineItem)
    assert [v for _, v in line.points] == pytest.approx([float(y)] * len(line.points))
    assert other_planes(session, "3") == ()
    session.links.set_pair("2.2", "3.3", Rigid((0.0, 2.0, 0.0)))
    ((_, moved),) = other_planes(session, "3")
    np.testing.assert_allclose(moved.origin_lps_mm - plane.origin_lps_mm, (0.0, 2.0, 0.0))


def test_parallel_slices_and_slices_that_end_before_leave_no_line(room):
    session, thin = room.session, room.thin
    view = resolve(session.viewports["1"], thin)
    transform = place(view.plane, SIZE)
    assert crosshair_lines(view.plane, other_planes(session, "1"), transform) == []
    session.viewports["2"].orientation = Orientation.CORONAL
    ((orientation, plane),) = other_planes(session, "1")
    away = replace(plane, origin_lps_mm=plane.origin_lps_mm + np.array([0.0, 0.0, 500.0]))
    assert crosshair_lines(view.plane, ((orientation, away),), transform) == []
    twice = ((orientation, plane), (orientation, plane))
    assert len(crosshair_lines(view.plane, twice, transform)) == 1


def test_words_of_a_place(room):
    labels = replace(room.thin.stack.labels, series_number="4", series_description=" Thin  lung ")
    stack = replace(room.thin.stack, labels=labels)
    room.session.stacks[room.thin.stack.key].volume = replace(room.thin, stack=stack)
    assert place_title(room.session, "1") == "4 Thin lung"
    room.session.viewports["1"].stack = None
    assert place_title(room.session, "1") == "Place 1"
    assert link_text(room.session, "1") == ""
    assert pair_text(Rigid((3.0, 0.0, 4.0))) == "offset 5.0 mm"
    assert pair_text(Rigid()) == "paired"
    assert pair_text(Rigid((0, 0, 0), ((0, -1, 0), (1, 0, 0), (0, 0, 1)))) == "registered"


def test_two_patients_do_not_scroll_together_and_get_no_offset(room):
    """Equal frames of reference of two patients: copied headers, a badly made phantom."""
    stranger = replace(room.thick.stack, patient=Patient("Roe^Rick", "P-8"))
    room.session.shown_in("2").volume = replace(room.thick, stack=stranger)
    before = room.indices()[1]
    room.scroll("1", 30)
    assert room.indices()[1] == before
    room.session.viewports["3"].stack = room.thin.stack.key
    room.linker.toggle_alone()
    assert not room.linker.remember_offset()
    assert list(room.session.links) == []
    assert "different patients" in room.linker.why_no_pair()
    room.session.shown_in("2").volume = room.thick
    assert room.linker.why_no_pair() == ""


def test_titles_of_several_studies_begin_with_their_dates(room):
    labels = replace(room.thin.stack.labels, series_description="Thin", date="20250301")
    stack = replace(room.thin.stack, labels=labels)
    room.session.stacks[room.thin.stack.key].volume = replace(room.thin, stack=stack)
    assert place_title(room.session, "1").startswith("2025-03-01 ")
    room.session.interaction.teaching = True
    assert "2025" not in place_title(room.session, "1")
