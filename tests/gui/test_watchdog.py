"""Nothing blocks the window: its longest own stall while the heavy work goes on."""

import gc
import sys
from functools import partial
from importlib.util import find_spec

import pytest

from tests.gui.conftest import refuse_to_analyze, shown_window
from tests.support.cheap_series import write_large_series
from tests.support.chest import coarse_chest
from tests.support.volumes import make_volume
from tests.support.watchdog import Watchdog
from viewer.app.surface import surface_for_screen
from viewer.core.analysis import RiskReport
from viewer.core.document import AnnotationDocument
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.imaging.surface_request import surface_request
from viewer.jobs.process import WorkerProcess
from viewer.render.shrink import load_shrinking
from viewer.ui.application import make_analysis, spare_the_collector
from viewer.ui.side_panels import Analysis

pytestmark = [pytest.mark.gui, pytest.mark.timeout(300)]
LIMIT_S = 0.05
LOADING_LIMIT_S = 0.1
"""While 500 files are read. The goal is `LIMIT_S` here, too: on two cores that others keep busy,
the first picture of a series still made 72 to 105 ms of which the window's thread itself ran."""
ROUNDS = 3
with_learning = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="the learning stack is not installed"
)


@pytest.fixture(autouse=True)
def _spared_collector():
    """As the program does it; the test runner's own heap would stop the loop even longer."""
    gc.collect()
    spare_the_collector()
    yield
    gc.unfreeze()


def wait_loaded(bench, qtbot, slices):
    qtbot.waitUntil(
        lambda: bench.session.volume is not None and len(bench.session.loaded_slices) == slices,
        timeout=60000,
    )


def hold(measure, limit_s=LIMIT_S):
    """Fail unless one of up to three rounds stays below the limit.

    The watchdog takes off what the machine did. Each round makes a window and worker processes of
    its own, so what the program does wrong at the first use shows in all.
    """
    dogs: list[Watchdog] = []
    for _ in range(ROUNDS):
        dogs.append(measure())
        if dogs[-1].worst_s < limit_s:
            break
    for dog in dogs:
        print(f"longest own stall: {dog.worst_s * 1000:.0f} ms")
        for own, place in sorted(dog.stalls, reverse=True)[:3]:
            print(f"  {own * 1000:.0f} ms {place}")
    assert min(dog.worst_s for dog in dogs) < limit_s


def prepare(bench, qtbot):
    """Wait until a new window is at rest."""
    load_shrinking()  # both as the program does when its window opens
    bench.surface_view.prepare()
    qtbot.waitUntil(lambda: not bench.grid.prepare())


def show_chest(bench):
    phantom = coarse_chest()
    volume = make_volume(phantom.geometry, data=phantom.hu)
    bench.session.set_volume(volume, AnnotationDocument("x"), DisplayState(HuWindow(1500, -600)))
    bench.session.add_loaded(frozenset(range(volume.data.shape[0])))


def test_loading_500_slices_and_a_surface(qtbot, tmp_path):
    write_large_series(tmp_path, 500)

    def measure():
        with shown_window(qtbot, Analysis(refuse_to_analyze, str, lambda: None)) as bench:
            prepare(bench, qtbot)
            dog = Watchdog()
            bench.deeds.open_paths([str(tmp_path)])
            wait_loaded(bench, qtbot, 500)
            bench.navigator.step(7)
            bench.side.surface.use_preset("bone")
            qtbot.waitUntil(lambda: bench.side.surface.mesh is not None, timeout=120000)
            qtbot.wait(300)
            dog.stop()
            return dog

    hold(measure, LOADING_LIMIT_S)


@with_learning
def test_analyze_with_the_import_of_tensorflow(qtbot):
    coarse_chest()

    def measure():
        with shown_window(qtbot, make_analysis()) as bench:
            show_chest(bench)
            prepare(bench, qtbot)
            dog = Watchdog()
            bench.side.analysis.start()
            qtbot.waitUntil(lambda: not bench.runner.jobs, timeout=200000)
            report = bench.session.analysis
            assert report is not None
            assert not report.refused
            bench.navigator.jump_to(report.findings[0].position_lps_mm)
            qtbot.wait(100)
            assert "tensorflow" not in sys.modules
            dog.stop()
            return dog

    hold(measure, LOADING_LIMIT_S)


@with_learning
def test_loading_a_surface_and_analyze_at_the_same_time(qtbot, tmp_path):
    """A window has one series: what it loads goes on beside surface and Analyze of another."""
    write_large_series(tmp_path, 500)
    phantom = coarse_chest()
    chest = make_volume(phantom.geometry, data=phantom.hu)

    def measure():
        analysis, compute = make_analysis(), WorkerProcess("compute")
        reports: list[RiskReport] = []
        surfaces: list[object] = []
        with shown_window(qtbot, analysis) as bench:
            prepare(bench, qtbot)
            dog = Watchdog()
            bench.runner.submit(
                "beside.analyze", analysis.analyze, chest, title="Analyze", on_done=reports.append
            )
            bench.runner.submit(
                "beside.surface",
                partial(surface_for_screen, compute),
                chest,
                surface_request(chest, 300),
                title="Surface",
                on_done=surfaces.append,
            )
            bench.deeds.open_paths([str(tmp_path)])
            qtbot.waitUntil(lambda: len(bench.session.loaded_slices) > 0, timeout=60000)
            assert not reports  # all of it is under way
            wait_loaded(bench, qtbot, 500)
            bench.side.surface.use_preset("bone")
            qtbot.waitUntil(lambda: bench.side.surface.mesh is not None, timeout=120000)
            qtbot.waitUntil(lambda: not bench.runner.jobs, timeout=200000)
            dog.stop()
        compute.close()
        assert len(reports) == len(surfaces) == 1
        assert not reports[0].refused
        return dog

    hold(measure, LOADING_LIMIT_S)
