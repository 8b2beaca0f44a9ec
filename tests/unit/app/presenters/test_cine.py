"""Cine by a clock of our own: pace, loop, bounce, dropped frames, and no timer when stopped."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.presenters.cine import MAX_FPS, Cine, cine_fps, index_of_frame
from viewer.core.document import AnnotationDocument
from viewer.core.layout import grid_layout
from viewer.core.session import Session
from viewer.core.study import Stack
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow


class Projector:
    """A session with a stack of seven images, and a clock that the test turns."""

    def __init__(self, fps: float | None = None) -> None:
        self.now_s = 100.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        volume = make_volume(make_geometry((7, 10, 12)))
        volume = replace(volume, stack=replace(volume.stack, fps=fps))
        self.session = Session()
        self.session.set_volume(volume, AnnotationDocument(""), DisplayState(HuWindow(1, 0)))
        self.session.add_loaded(frozenset(range(7)))
        self.cine = Cine(self.session, self._later, lambda: self.now_s)
        self.view = self.session.viewports["axial"]

    def _later(self, delay_ms, run):
        self.waiting.append((self.now_s + delay_ms / 1000, run))

    @property
    def stack(self) -> Stack:
        volume = self.session.volume
        assert volume is not None
        return volume.stack

    def pass_to(self, seconds: float, late_s: float = 0.0) -> None:
        """Run what is due until then, each `late_s` after its time."""
        end = 100.0 + seconds
        while self.waiting and min(self.waiting, key=lambda w: w[0])[0] <= end + 1e-9:
            due = min(self.waiting, key=lambda w: w[0])
            self.waiting.remove(due)
            self.now_s = max(self.now_s, due[0] + late_s)
            due[1]()
        self.now_s = max(self.now_s, end)


@pytest.mark.parametrize(
    ("fps", "seconds", "index"), [(None, 0.35, 3), (25.0, 0.2, 5), (4.0, 2, 1)]
)
def test_images_follow_the_clock(fps, seconds, index):
    projector = Projector(fps)
    projector.cine.toggle()
    projector.pass_to(seconds)
    assert projector.view.index == index


def test_late_images_are_left_out_and_not_made_up_for():
    projector, seen = Projector(10.0), []
    projector.view.events.index.connect(lambda index: seen.append((projector.now_s, index)))
    projector.cine.toggle()
    projector.pass_to(1.0, late_s=0.25)
    assert [index for _, index in seen] == [int((now - 100) * 10 + 1e-6) % 7 for now, _ in seen]
    assert len(seen) <= 4
    assert len(projector.waiting) == 1


def test_to_and_fro():
    projector, seen = Projector(10.0), list[int]()
    projector.cine.toggle_bounce()
    projector.view.events.index.connect(seen.append)
    projector.cine.toggle()
    projector.pass_to(1.41)
    assert seen == [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0, 1, 2]
    assert [index_of_frame(n, 1, bounce=True) for n in range(3)] == [0, 0, 0]
    assert [index_of_frame(n, 3, bounce=False) for n in range(5)] == [0, 1, 2, 0, 1]


def test_stopping_leaves_no_timer_behind():
    projector = Projector(10.0)
    projector.cine.toggle()
    projector.pass_to(0.2)
    projector.cine.toggle()
    projector.pass_to(5.0)
    assert projector.waiting == []
    assert projector.view.index == 2


def test_scrolling_stops_it():
    projector = Projector(10.0)
    projector.cine.toggle()
    projector.pass_to(0.2)
    projector.view.index = 6
    projector.pass_to(0.5)
    assert projector.session.interaction.cine == ""
    assert projector.view.index == 6
    assert projector.waiting == []


def test_another_speed_goes_on_from_the_image_that_is_shown():
    projector = Projector(10.0)
    projector.cine.toggle()
    projector.pass_to(0.3)
    projector.cine.faster(-3)
    fps = cine_fps(projector.stack, projector.session.interaction.cine_speed)
    assert fps == pytest.approx(10 / 1.25**3)
    projector.pass_to(0.3 + 1.01 / fps)
    assert projector.view.index == 4
    projector.cine.faster(50)
    assert cine_fps(projector.stack, 10.0) == 100.0
    assert cine_fps(replace(projector.stack, fps=100.0), 10.0) == MAX_FPS


def test_an_image_that_has_not_come_yet_is_waited_for():
    projector = Projector(10.0)
    opened = projector.session.open_stack
    assert opened is not None
    opened.loaded = frozenset({0, 1})
    projector.cine.toggle()
    projector.pass_to(0.35)
    assert projector.view.index == 1
    projector.session.add_loaded(frozenset(range(7)))
    projector.pass_to(0.45)
    assert projector.view.index == 4


def test_it_stops_with_what_it_plays():
    projector = Projector(10.0)
    projector.cine.toggle()
    projector.session.set_layout(grid_layout(1, 2), {}, "1")
    assert projector.session.interaction.cine == ""
    projector.cine.toggle()  # nothing is there to play
    assert projector.session.interaction.cine == ""
    projector.pass_to(1.0)
    assert projector.waiting == []
    projector.cine.close()


def test_one_image_does_not_play():
    projector = Projector()
    volume = make_volume(make_geometry((1, 10, 12)))
    projector.session.set_volume(volume, AnnotationDocument(""), DisplayState(HuWindow(1, 0)))
    projector.cine.toggle()
    assert projector.session.interaction.cine == ""
