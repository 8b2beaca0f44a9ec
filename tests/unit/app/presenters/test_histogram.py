"""The histogram's presenter: window between values, what is counted, when nothing is."""

from typing import Any, cast

import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.volumes import make_volume
from viewer.app.presenters.histogram import (
    HistogramPresenter,
    HistogramView,
    Source,
    window_between,
)
from viewer.core.document import AnnotationDocument
from viewer.core.session import Session
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow, VoiFunction, VoiLut

VOLUME = make_volume()


class Stage:
    def __init__(self):
        self.session, self.view = Session(), recording_view(HistogramView)
        self.told: list[str] = []
        self.presenter = HistogramPresenter(
            self.session,
            self.view,
            cast(Any, InlineRunner()),
            lambda delay_ms, run: run(),
            self.told.append,
        )

    def open(self, volume=VOLUME, loaded=7):
        display = DisplayState(HuWindow(400, 40))
        self.session.set_volume(volume, AnnotationDocument("9.8.7"), display)
        self.session.add_loaded(frozenset(range(loaded)))

    @property
    def found(self):
        return self.view.last["set_distribution"][0]

    @property
    def note(self):
        return self.view.last["set_note"][0]


@pytest.fixture
def stage():
    return Stage()


@pytest.mark.parametrize(
    ("former", "function"),
    [
        (HuWindow(10, 5), VoiFunction.LINEAR_EXACT),
        (HuWindow(10, 5, VoiFunction.LINEAR), VoiFunction.LINEAR_EXACT),
        (HuWindow(10, 5, VoiFunction.SIGMOID), VoiFunction.SIGMOID),
        (VoiLut(0, b"\x00\xff"), VoiFunction.LINEAR_EXACT),
    ],
)
def test_a_window_between_two_values_begins_and_ends_there(former, function):
    window = window_between(-100.0, 250.0, former)
    assert (window.low, window.high, window.function) == (-100.0, 250.0, function)


def test_nothing_is_counted_before_it_is_seen_and_loaded(stage):
    stage.open(loaded=3)
    assert "set_distribution" not in stage.view.last
    stage.view.shown_changed.emit(True)
    assert "loaded" in stage.note
    stage.session.add_loaded(frozenset(range(7)))
    assert stage.found.n == VOLUME.data.size
    assert stage.note == ""


def test_what_cannot_be_counted_says_why(stage):
    stage.view.shown_changed.emit(True)
    assert "Open a study" in stage.note
    stage.open()
    stage.view.source_chosen.emit(Source.REGION)
    assert "Select a region" in stage.note
    stage.view.region_window_requested.emit()
    assert "Select a region" in stage.told[0]


def test_the_same_histogram_is_not_counted_twice(stage):
    stage.view.shown_changed.emit(True)
    stage.open()
    count = len([name for name, _ in stage.view.calls if name == "set_distribution"])
    stage.session.interaction.selected = "x"
    stage.session.active.index = 2
    after = len([name for name, _ in stage.view.calls if name == "set_distribution"])
    assert after == count


def test_the_window_goes_both_ways(stage):
    stage.open()
    stage.session.display.window = HuWindow(100, 0)
    assert stage.view.last["set_window"] == (-50, 50, ("100", "0"))
    stage.view.window_requested.emit(-10.0, 30.0)
    assert stage.session.display.window == HuWindow.from_range(-10, 30)
    assert stage.session.display.preset == ""


@pytest.mark.parametrize(("window", "text"), [
    (HuWindow(400, 40, VoiFunction.LINEAR), ("400", "40")),
    (HuWindow(427.491, -624.6), ("427", "-625")),
])  # fmt: skip
def test_the_window_is_written_as_on_the_image(stage, window, text):
    stage.open()
    stage.session.display.window = window
    assert stage.view.last["set_window"][2] == text


def test_closed_it_hears_nothing_more(stage):
    stage.open()
    stage.presenter.close()
    count = len(stage.view.calls)
    stage.session.display.window = HuWindow(100, 0)
    assert len(stage.view.calls) == count
    assert not stage.view.is_connected
