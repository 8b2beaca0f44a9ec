"""Layers by intention: loaded from files, refused with reasons, blinking by a clock."""

from dataclasses import replace
from typing import Any, cast

import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.layered import CT, ELSEWHERE, PET, PRIOR, STRANGER, fill, opened, view_of
from tests.support.pet_files import write_pet
from viewer.app.load_stack import StackLoader
from viewer.app.presenters.layer_cutting import LayerCutter, layer_ms
from viewer.app.presenters.layering import Layering
from viewer.core.document import AnnotationDocument
from viewer.core.layer import LayerMode
from viewer.core.links import Rigid
from viewer.core.session import Session
from viewer.core.slab import Slab, SlabMode
from viewer.core.study import Series, Study, StudyIndex
from viewer.core.window import HuWindow
from viewer.jobs.runner import JobRunner


class Clock:
    """Holds what shall run later; the test lets the time pass."""

    def __init__(self):
        self.waiting = []

    def later(self, delay_ms, run):
        self.waiting.append((delay_ms, run))

    def pass_one(self):
        delay_ms, run = self.waiting.pop(0)
        run()
        return delay_ms


@pytest.fixture
def desk():
    class Desk:
        def __init__(self) -> None:
            self.session, self.clock = Session(), Clock()
            self.told: list[Any] = []
            self.volumes = fill(self.session)
            self.runner = InlineRunner()
            self.loader = StackLoader(
                self.session, cast(JobRunner, self.runner), AnnotationDocument, self.told.append
            )
            self.layering = Layering(self.session, self.loader, self.clock.later, self.told.append)

        @property
        def layer(self) -> Any:
            return self.session.viewports["1"].layer

        def show(self, key, **changes):
            self.session.stacks[key] = opened(self.volumes[key])
            self.layering.show(key, **changes)

    return Desk()


def test_refusals_say_what_and_why(desk):
    for key, why in ((STRANGER, "different patients"), (ELSEWHERE, "align them")):
        desk.layering.show(key)
        assert desk.layer is None
        error = desk.told.pop()
        assert error.what == "The series cannot be shown over this view"
        assert why in error.why


def test_it_blinks_at_its_rate_until_told_otherwise(desk):
    desk.show(PRIOR)
    desk.layering.set_rate(9.0)
    assert desk.layer.blink_hz == 3.0
    seen = desk.layer.seen
    assert desk.clock.pass_one() == 333
    assert desk.layer.seen is not seen
    desk.layering.set_rate(2.0)
    assert len(desk.clock.waiting) == 1  # one clock, whatever is asked
    desk.clock.pass_one()
    assert desk.layer.seen is seen
    assert desk.clock.waiting[0][0] == 500
    desk.layering.toggle_blinking()
    desk.clock.pass_one()
    assert desk.layer.seen is seen
    assert desk.clock.waiting == []
    desk.layering.toggle_blinking()
    assert desk.layer.blink_hz == 1.0
    desk.layering.remove()
    desk.clock.pass_one()
    assert desk.layer is None
    assert desk.clock.waiting == []


def test_keys_change_one_thing_each(desk):
    desk.show(PET)
    desk.layering.set_opacity(7.0)
    assert desk.layer.opacity == 1.0
    desk.layering.set_layer_map("pet")
    desk.layering.set_window(HuWindow(5, 2.5))
    desk.layering.turn_line()
    assert desk.layer.mode == "swipe"
    assert not desk.layer.upright
    desk.layering.alternate()
    assert desk.layer.mode == "blink"
    assert not desk.layer.seen
    desk.layering.set_mode(LayerMode.FUSION)
    assert desk.layer == replace(desk.layer, mode=LayerMode.FUSION, seen=True, colour_map="pet")
    assert view_of(desk.session, "1").layer.window == HuWindow(5, 2.5)
    desk.layering.set_map("fall")
    assert desk.session.display.colour_map == "fall"


def test_pet_files_are_loaded_as_a_layer_in_suv(desk, tmp_path):
    """Written PET files (no real ones are at hand), joined by a remembered pair."""
    stack = write_pet(tmp_path)
    stack = replace(stack, patient=desk.volumes[CT].stack.patient)
    series = Series(stack.key.series_uid, "PT", "9", "PET", (stack,))
    study = Study("9", stack.patient, "PET", "20260310", (series,))
    desk.session.set_index(StudyIndex(1, (study,)))
    desk.layering.show(stack.key)
    assert desk.layer is None
    assert "align them" in desk.told.pop().why
    pair = Rigid((2.0, -3.0, 4.0))
    desk.session.links.set_pair("1.1", stack.key.series_uid, pair)
    desk.layering.show(stack.key)
    shown = view_of(desk.session, "1").layer
    assert shown.volume.stack.unit == "SUVbw"
    assert shown.unit == "SUVbw"
    assert shown.loaded == frozenset(range(3))
    assert (shown.window.low, shown.window.high) == (0, 10)
    assert shown.origin == "offset 5.4 mm"
    assert desk.told == []
    desk.layering.remove()
    assert stack.key not in desk.session.stacks


def test_a_window_is_measured_where_nobody_knows_one(desk, tmp_path):
    def counts(one, _z):
        one.Units = "CNTS"
        del one.WindowCenter, one.WindowWidth

    stack = replace(write_pet(tmp_path, counts), patient=desk.volumes[CT].stack.patient)
    series = Series(stack.key.series_uid, "PT", "9", "PET", (stack,))
    desk.session.set_index(
        StudyIndex(1, (Study("9", stack.patient, "PET", "20260310", (series,)),))
    )
    desk.session.links.set_pair("1.1", stack.key.series_uid, Rigid((2.0, -3.0, 4.0)))
    desk.layering.show(stack.key)
    window = view_of(desk.session, "1").layer.window
    values = desk.session.stacks[stack.key].volume.data
    assert values.min() - 1 <= window.low < window.high <= values.max() + 1
    assert window.high > 1000


def test_a_costly_cut_comes_coarse_and_then_exactly(desk):
    desk.show(PET)
    desk.session.viewports["1"].slab = Slab(SlabMode.MIP, 60.0)
    view = view_of(desk.session, "1")
    runner = InlineRunner(hold=True)
    clock, arrived = Clock(), list[int]()
    cutter = LayerCutter("1", cast(JobRunner, runner), clock.later, lambda: arrived.append(1))
    costly = replace(view.plane, shape_vu=(600, 800), spacing_vu_mm=(0.08, 0.07))
    view = replace(view, plane=costly)
    assert layer_ms(view) > 12
    coarse: Any = cutter.cut(("base", 1), view)
    assert coarse.image.shape == (600, 800)
    clock.pass_one()
    assert runner.submitted == ["layer.1"]
    runner.run_held()
    assert arrived == [1]
    exact: Any = cutter.cut(("base", 1), view)
    at_once: Any = LayerCutter("1", None, clock.later, lambda: None).cut(("base", 1), view)
    assert (exact.image == at_once.image).all()
    assert (coarse.image != exact.image).any()
    assert cutter.cut(("base", 1), view) is exact
    cutter.cut(("base", 2), view)
    cutter.forget()
    clock.pass_one()  # what was asked for is not wanted any more
    assert runner.submitted == ["layer.1"]
    assert cutter.cut((), replace(view, layer=None)) is None
