"""Aligning from the window: which two series, what becomes of the result, what is refused."""

import math
from dataclasses import replace
from typing import cast

from tests.support.inline_runner import InlineRunner
from tests.support.volumes import make_volume
from viewer.app.presenters.aligning import Aligner
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.layout import grid_layout
from viewer.core.links import Rigid
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack, Session
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow
from viewer.imaging.registration import Registration
from viewer.jobs.runner import JobRunner

FOUND = Registration(Rigid((1.0, -2.0, 30.0)), 0.2, 0.95)


class Desk:
    def __init__(self, answer=FOUND, loaded=True, unit="HU"):
        self.session = Session()
        self.told: list[str] = []
        self.troubles: list[ViewerError] = []
        self.asked: list[tuple[str, str]] = []
        self.session.set_layout(grid_layout(1, 2), {}, "1")
        for place, series in (("1", "1.1"), ("2", "2.2")):
            volume = make_volume(unit=unit, key=StackKey(series, 1))
            every = frozenset(range(volume.geometry.shape_zyx[0])) if loaded else frozenset()
            stack = OpenStack(volume, AnnotationDocument(series), every)
            state = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(1, 0)))
            self.session.show(place, stack, state)

        def align(ctx, fixed, moving):
            self.asked.append((fixed.stack.key.series_uid, moving.stack.key.series_uid))
            if isinstance(answer, Exception):
                raise answer
            return answer

        runner = cast(JobRunner, InlineRunner())
        self.aligner = Aligner(self.session, runner, align, self.told.append, self.troubles.append)


def test_the_active_series_and_the_one_beside_it_become_a_pair():
    desk = Desk()
    desk.session.interaction.active = "2"
    desk.aligner.start()
    assert desk.asked == [("2.2", "1.1")]
    assert desk.session.links.pair("2.2", "1.1") == FOUND.rigid
    moved, turned = math.hypot(*FOUND.rigid.shift_mm), 0.0
    assert desk.told == [
        f"Series aligned: moved {moved:.1f} mm, turned {turned:.1f}°; "
        "correlation 0.20 before, 0.95 after"
    ]
    assert desk.session.undo.undo_text == "alignment of series"
    desk.session.undo.undo()
    assert desk.session.links.pair("2.2", "1.1") is None


def test_a_poor_result_is_told_as_such():
    desk = Desk(replace(FOUND, correlation_after=0.31))
    desk.aligner.start()
    assert "very unlike" in desk.told[0]


def test_what_cannot_be_aligned_is_refused_before_any_work():
    for desk, reason in (
        (Desk(loaded=False), "still being loaded"),
        (Desk(unit="SUVbw"), "Only for CT"),
    ):
        desk.aligner.start()
        assert reason in desk.troubles[0].one_line()
        assert desk.asked == []
    desk = Desk()
    desk.session.set_layout(grid_layout(1, 1), {"1": desk.session.viewports["1"]}, "1")
    desk.aligner.start()
    assert "two different series" in desk.troubles[0].one_line()


def test_a_failure_is_told_without_its_inside():
    desk = Desk(RuntimeError("secret"))
    desk.aligner.start()
    assert desk.troubles[0].one_line().startswith("The series could not be aligned")
    assert "secret" not in desk.troubles[0].one_line()
    assert desk.session.links.pair("1.1", "2.2") is None
