"""Right and double clicks around marks: the menu's mark is selected, an end opens no menu."""

from typing import Any

import pytest

from tests.support.pointer import Reader
from viewer.app.bindings import Gesture, MouseBinding
from viewer.app.presenters.gestures import Gestures
from viewer.tools.pointer import Button, PointerKind


class Menus:
    def __init__(self) -> None:
        self.places: list[Any] = []

    def show_menu(self, px):
        self.places.append(px)


class Stage(Reader):
    """A reader whose events go through the gestures of a viewport."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.menus = Menus()
        self.gestures = Gestures(self.session, "axial", self.hands, self.created.append)
        self.session.interaction.tool = self.tool

    def click_there(self, px, button=Button.LEFT, kind=PointerKind.PRESS) -> None:
        self.gestures.set_plane(self.plane, self.volume)
        self.gestures.handle(self.event(kind, px, button), self.menus)
        self.gestures.handle(self.event(PointerKind.RELEASE, px, button), self.menus)


WAY = [(200, 120), (260, 130), (250, 200)]


def test_a_right_click_ends_a_polyline_and_opens_no_menu():
    stage = Stage(tool="polyline")
    for px in WAY:
        stage.click_there(px)
    stage.click_there((400, 300), Button.RIGHT)
    assert [len(shape.points_lps) for shape in stage.shapes()] == [3]
    assert stage.menus.places == []
    stage.click_there((400, 300), Button.RIGHT)
    assert stage.menus.places == [(400, 300)]


def test_the_menu_is_about_the_mark_under_the_pointer():
    stage = Stage(tool="length")
    stage.click_there(WAY[0])
    stage.click_there(WAY[1])
    (shape,) = stage.shapes()
    stage.session.interaction.selected = ""
    stage.click_there((230, 125), Button.RIGHT)
    assert stage.session.interaction.selected == shape.uid
    assert stage.menus.places == [(230, 125)]


@pytest.mark.parametrize("tool", ["length", "polygon", "probe"])
def test_a_double_click_that_ends_a_mark_does_not_maximise(tool):
    stage = Stage(tool=tool)
    if tool != "probe":
        for px in WAY[: 1 if tool == "length" else 3]:
            stage.click_there(px)
    end = (300, 250) if tool != "polygon" else WAY[0]
    stage.click_there(end)
    stage.click_there(end, kind=PointerKind.DOUBLE)
    assert len(stage.shapes()) == 1
    assert stage.session.interaction.maximised == ""
    stage.session.interaction.tool = "window"
    stage.click_there((400, 300), kind=PointerKind.DOUBLE)
    assert stage.session.interaction.maximised == "axial"


def other_hands():
    """The tool under the right button, pan under the left, the menu under the middle one."""
    return (
        MouseBinding(Gesture.RIGHT_DRAG, "active"),
        MouseBinding(Gesture.LEFT_DRAG, "pan"),
        MouseBinding(Gesture.MIDDLE_CLICK, "menu"),
    )


def test_the_tool_may_be_under_another_button():
    stage = Stage(tool="polyline")
    stage.gestures = Gestures(
        stage.session, "axial", stage.hands, stage.created.append, other_hands
    )
    for px in WAY:
        stage.click_there(px, Button.RIGHT)
        stage.click_there((10, 10))  # the left one only pans, and never while a mark is drawn
    stage.click_there((400, 300), Button.MIDDLE)
    (shape,) = stage.shapes()
    assert len(shape.points_lps) == 3
    assert stage.menus.places == []
    stage.session.interaction.selected = ""
    stage.click_there(WAY[0])  # a press of another button takes no hold of marks
    assert stage.session.interaction.selected == ""
    stage.click_there(WAY[0], Button.RIGHT)
    assert stage.session.interaction.selected == shape.uid


def test_two_viewports_do_not_take_the_cursor_from_each_other():
    stage = Stage(tool="window")
    other = Gestures(stage.session, "coronal", stage.hands, stage.created.append)
    told: list[Any] = []
    here = stage.event(PointerKind.MOVE, (200, 120), Button.NONE)
    there = stage.event(PointerKind.MOVE, (260, 130), Button.NONE)
    for gestures, event in ((stage.gestures, here), (other, there)):
        gestures.set_plane(stage.plane, stage.volume)
        gestures.handle(event, stage.menus)  # and no word that the mouse went away
    assert stage.gestures.cursor_lps is None
    assert other.cursor_lps == there.point_lps
    stage.session.interaction.events.cursor_lps.connect(told.append)
    for gestures in (stage.gestures, other, stage.gestures):
        gestures.set_plane(stage.plane, stage.volume, stage.transform)
    assert told == []
