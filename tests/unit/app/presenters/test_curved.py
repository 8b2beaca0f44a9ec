"""The curved view's presenter: it follows line, series and crosshair, and says when it cannot."""

from typing import Any, cast

import numpy as np
import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.volumes import make_geometry, make_volume
from viewer.app.presenters.curved import CurvedPresenter, CurvedView, PictureView
from viewer.core.commands import PutShape, RemoveShape
from viewer.core.document import AnnotationDocument
from viewer.core.session import Session
from viewer.core.shapes import LengthShape, PolylineShape, as_point
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.tools.navigate import jump_to
from viewer.tools.pointer import Button, PointerEvent, PointerKind

GEOMETRY = make_geometry((20, 30, 40), spacing_zyx_mm=(2.0, 1.0, 1.0))
VOLUME = make_volume(GEOMETRY)
PATH = [(4.0, 6.0, 5.0), (9.0, 12.0, 18.0), (13.0, 20.0, 33.0)]  # z, y, x


def place_of(index):
    return as_point(GEOMETRY.index_to_lps(index))


class Stage:
    def __init__(self, hold=False):
        self.session, self.runner = Session(), InlineRunner(hold)
        self.view = recording_view(CurvedView)
        for name in ("along", "across"):
            picture = recording_view(PictureView)
            picture.size_px = lambda: (600.0, 300.0)
            setattr(self.view, name, picture)
        self.saved: list[object] = []
        self.trouble: list[Exception] = []
        self.presenter = CurvedPresenter(
            self.session,
            self.view,
            cast(Any, self.runner),
            lambda delay_ms, run: run(),
            lambda snapshot: snapshot.image,
            self.saved.append,
            self.trouble.append,
        )
        display = DisplayState(HuWindow(400, 40))
        self.session.set_volume(VOLUME, AnnotationDocument("9.8.7"), display)
        self.session.add_loaded(frozenset(range(20)))

    def draw(self, path=PATH):
        points = tuple(place_of(index) for index in path)
        shape = PolylineShape(
            frame_of_reference_uid="1.2.3",
            stack=VOLUME.stack.key,
            normal_lps=(0.0, 0.0, 1.0),
            vertices=points,
        )
        self.session.undo.run(PutShape(shape))
        return shape

    @property
    def note(self):
        return self.view.last["set_note"][0]

    @property
    def made(self):
        assert self.presenter.made is not None
        return self.presenter.made


@pytest.fixture
def stage():
    return Stage()


def left(point_lps, kind=PointerKind.PRESS, steps=0):
    size, place_uv = (600.0, 300.0), (point_lps[0], point_lps[1])
    return PointerEvent(
        kind, (9.0, 9.0), size, place_uv, point_lps, 0.1, Button.LEFT, wheel_steps=steps
    )


def test_it_shows_both_pictures_and_begins_in_the_middle(stage):
    assert stage.presenter.show(stage.draw().uid) == ""
    assert (stage.note, stage.view.last["set_can_save"]) == ("", (True,))
    assert stage.presenter.place == (stage.made.line.length_mm / 2, 0.0)
    assert stage.view.along.last["set_image"][0].shape == stage.made.cut.image.shape
    assert stage.view.across.last["set_image"][0].shape == (41, 41)


def test_it_begins_at_a_crosshair_that_lies_on_the_line(stage):
    jump_to(stage.session, VOLUME, place_of(PATH[1]))
    stage.presenter.show(stage.draw().uid)
    line = stage.made.line
    along, across = stage.presenter.place
    np.testing.assert_allclose(line.to_lps(along, across, 0.0), place_of(PATH[1]), atol=0.05)


def test_no_line_no_view(stage):
    length = LengthShape(
        frame_of_reference_uid="1.2.3",
        stack=VOLUME.stack.key,
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=place_of(PATH[0]),
        end_lps=place_of(PATH[1]),
    )
    stage.session.undo.run(PutShape(length))
    for uid in ("", length.uid):
        assert "Select a polyline" in stage.presenter.show(uid)
    assert stage.presenter.made is None


def test_the_note_stands_only_while_it_computes():
    stage = Stage(hold=True)
    stage.presenter.show(stage.draw().uid)
    assert "Computing" in stage.note
    stage.runner.run_held()
    assert stage.note == ""


def test_a_cancelled_cut_does_not_say_computing_for_ever():
    stage = Stage(hold=True)
    stage.presenter.show(stage.draw().uid)
    stage.runner.cancel("curved.cut")
    stage.runner.run_held()
    assert stage.note == ""


def test_a_failed_cut_is_told(stage, monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("viewer.app.presenters.curved.cut_curved", fail)
    stage.presenter.show(stage.draw().uid)
    assert [type(error) for error in stage.trouble] == [MemoryError]
    assert stage.note == ""


def test_the_grey_values_are_those_of_the_series_window(stage):
    stage.presenter.show(stage.draw().uid)
    before = stage.view.along.last["set_image"][0]
    stage.session.display.window = HuWindow(4000, 0)
    after = stage.view.along.last["set_image"][0]
    expected = np.clip((stage.made.cut.image.astype(float) + 2000) / 4000, 0, 1) * 255
    valid = ~stage.made.cut.invalid
    assert abs(after[valid] - expected[valid]).max() <= 1
    assert (before != after).any()


def test_a_press_jumps_and_the_crosshair_leads_back(stage):
    stage.presenter.show(stage.draw().uid)
    line = stage.made.line
    stage.view.along.pointer.emit(left((10.0, 3.0, 0.0)))
    crosshair = stage.session.interaction.crosshair_lps
    np.testing.assert_allclose(crosshair, line.to_lps(10.0, 3.0, 0.0), atol=1e-9)
    assert stage.presenter.place == (10.0, 3.0)
    jump_to(stage.session, VOLUME, as_point(line.to_lps(20.0, -2.0, 0.0)))
    assert stage.presenter.place == pytest.approx((20.0, -2.0), abs=1e-6)
    stage.view.across.pointer.emit(left(as_point(line.to_lps(20.0, 5.0, 0.0))))
    assert stage.presenter.place == pytest.approx((20.0, 5.0), abs=1e-6)


def test_the_wheel_stays_on_the_line_and_stops_at_its_ends(stage):
    stage.presenter.show(stage.draw().uid)
    for _ in range(200):
        stage.view.along.pointer.emit(left((1.0, 9.0, 0.0), PointerKind.WHEEL, -1))
    assert stage.presenter.place == pytest.approx((stage.made.line.length_mm, 0.0))


def test_width_and_turn_are_computed_anew(stage):
    stage.presenter.show(stage.draw().uid)
    stage.view.width_edited.emit(24.0)
    assert stage.made.cut.plane.size_uv_mm[1] == pytest.approx(24.0, abs=2.0)
    stage.view.turn_edited.emit(90.0)
    assert stage.made.wish.turn_rad == pytest.approx(np.pi / 2)


def test_an_edited_line_is_followed_a_deleted_one_and_a_closed_series_are_told(stage):
    shape = stage.draw()
    stage.presenter.show(shape.uid)
    length = stage.made.line.length_mm
    stage.session.undo.run(PutShape(shape.moved(as_point((0.0, 0.0, 4.0)))))
    assert stage.made.line.length_mm == pytest.approx(length)
    stage.session.undo.run(RemoveShape(shape.uid))
    assert "gone" in stage.note
    assert stage.view.last["set_can_save"] == (False,)
    stage.session.undo.undo()
    stage.presenter.show(shape.uid)
    other = make_volume(key=StackKey("7.7.7", 0))
    stage.session.set_volume(other, AnnotationDocument("7.7.7"), DisplayState(HuWindow(400, 40)))
    assert "closed" in stage.note
    assert stage.view.across.calls[-1][0] == "clear"


def test_closed_it_hears_nothing_more(stage):
    stage.presenter.show(stage.draw().uid)
    stage.presenter.close()
    assert not stage.view.is_connected
    assert not stage.view.along.is_connected
    count = len(stage.view.along.calls)
    stage.session.display.window = HuWindow(5, 5)
    assert len(stage.view.along.calls) == count
