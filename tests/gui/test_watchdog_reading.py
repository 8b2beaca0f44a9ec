"""Nothing that a reader does stalls the window beyond 50 ms; and a stall that is planted shows."""

import gc
import time

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import refuse_to_analyze, shown_window
from tests.gui.test_watchdog import hold, prepare
from tests.support.chest import coarse_chest
from tests.support.volumes import make_geometry, make_volume
from tests.support.watchdog import Watchdog
from viewer.core.commands import PutShape
from viewer.core.document import AnnotationDocument
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.shapes import LengthShape, as_point
from viewer.core.slab import Slab, SlabMode
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.ui.application import spare_the_collector
from viewer.ui.side_panels import Analysis

pytestmark = [pytest.mark.gui, pytest.mark.timeout(200)]
DIALOGS = ("help.sheet", "edit.preferences", "view.tags", "help.palette", "help.fidelity")


@pytest.fixture(autouse=True)
def _spared_collector():
    gc.collect()
    spare_the_collector()
    yield
    gc.unfreeze()


def large_volume():
    data = np.random.default_rng(1).integers(-1000, 400, (300, 512, 512), dtype=np.int16)
    return make_volume(make_geometry(data.shape, spacing_zyx_mm=(1.0, 0.7, 0.7)), data=data)


@pytest.mark.parametrize("how", ["sleeping", "computing"])
def test_a_planted_stall_of_60_ms_is_seen(qtbot, how):
    def stall():
        if how == "sleeping":
            time.sleep(0.06)
            return
        end = time.thread_time() + 0.06
        while time.thread_time() < end:
            pass

    dog = Watchdog()
    qtbot.wait(60)
    QTimer.singleShot(0, stall)
    qtbot.wait(150)
    assert dog.stop() > 0.05
    assert any("stall" in place for _, place in dog.stalls)


def test_a_quiet_window_shows_no_stall(qtbot):
    dog = Watchdog()
    qtbot.wait(400)
    assert dog.stop() < 0.05


def reading(qtbot, act):
    """Run what a reader does in a new window with a large volume; returns the watchdog."""
    volume = large_volume()

    def measure():
        with shown_window(qtbot, Analysis(refuse_to_analyze, str, lambda: None)) as bench:
            display = DisplayState(HuWindow(1500, -600), "lung")
            bench.session.set_volume(volume, AnnotationDocument("9.8.7"), display)
            bench.session.add_loaded(frozenset(range(300)))
            prepare(bench, qtbot)
            dog = Watchdog()
            try:
                for step in act(bench):
                    step()
                    qtbot.wait(12)
                qtbot.wait(150)
            finally:
                dog.stop()
            return dog

    return measure


def test_layouts_and_scrolling(qtbot):
    def act(bench):
        for name in ("2x2", "3x3", "mpr", "1x2", "mpr-main", "1x1", "mpr"):
            yield lambda name=name: bench.reading.arranger.set_layout(name)
            for number in range(6):
                yield lambda number=number: bench.navigator.show_slice(100 + 9 * number)

    hold(reading(qtbot, act))


def test_oblique_turning_and_slabs(qtbot):
    def act(bench):
        views = bench.session.viewports.by_id.values()
        straight = straight_rotation(bench.session.volume.geometry)
        for slab in (Slab(), Slab(SlabMode.MIP, 10.0), Slab(SlabMode.MEAN, 25.0)):
            for number in range(12):
                rotation = turn_about(straight, np.array([1.0, 0.4, 0.2]), 0.05 * number)

                def turn(rotation=rotation, slab=slab):
                    for view in views:
                        view.rotation, view.slab = rotation, slab

                yield turn
            yield lambda: bench.navigator.step(3)

    hold(reading(qtbot, act))


def test_marks_panels_and_dialogs(qtbot):
    def act(bench):
        session = bench.session
        geometry, key = session.volume.geometry, session.volume.stack.key
        facts = {"frame_of_reference_uid": "1.2.3", "stack": key, "normal_lps": (0.0, 0.0, 1.0)}
        place = geometry.index_to_lps((150, 200, 240))

        def at(x, y):
            return as_point(place + np.array([x, y, 0.0]))

        yield lambda: bench.navigator.jump_to(as_point(place))
        for number in range(4):
            yield lambda number=number: session.undo.run(
                PutShape(LengthShape(**facts, start_lps=at(0, number), end_lps=at(60, 40)))
            )
        tabs = bench.window.tabs
        for index in range(tabs.count()):
            yield lambda index=index: tabs.setCurrentIndex(index)
        for action in DIALOGS:
            yield bench.window.actions_[action].trigger
            yield close_dialogs

    hold(reading(qtbot, act))


def close_dialogs():
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget.objectName() != "mainWindow":
            widget.close()


def test_the_surface_of_a_chest_opens_beside_reading(qtbot):
    phantom = coarse_chest()
    volume = make_volume(phantom.geometry, data=phantom.hu)

    def measure():
        with shown_window(qtbot, Analysis(refuse_to_analyze, str, lambda: None)) as bench:
            display = DisplayState(HuWindow(1500, -600), "lung")
            bench.session.set_volume(volume, AnnotationDocument("x"), display)
            bench.session.add_loaded(frozenset(range(volume.data.shape[0])))
            prepare(bench, qtbot)
            dog = Watchdog()
            bench.side.surface.use_preset("bone")
            while bench.side.surface.mesh is None:
                bench.navigator.step(1)
                qtbot.wait(15)
            qtbot.wait(200)
            dog.stop()
            return dog

    hold(measure)
