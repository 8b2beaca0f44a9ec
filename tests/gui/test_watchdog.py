"""Nothing blocks the window: the largest gap of a 10 ms timer while the heavy work goes on."""

import gc
import sys
import time
from importlib.util import find_spec

import pytest
from PySide6.QtCore import Qt, QTimer

from tests.support.cheap_series import write_large_series
from tests.support.chest import coarse_chest
from tests.support.volumes import make_volume
from viewer.core.document import AnnotationDocument
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.ui.application import spare_the_collector

pytestmark = [pytest.mark.gui, pytest.mark.timeout(300)]
LIMIT_S = 0.1


class Watchdog:
    """Notes how long the event loop was silent at most."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(10)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.worst_s = max(self.worst_s, now - self._last)
        self._last = now

    def stop(self) -> float:
        self._timer.stop()
        return self.worst_s


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


def hold(rounds):
    """Fail unless one of the rounds stays below the limit.

    Other programs on the machine can stop any thread for longer; what the program itself does
    wrong shows in every round.
    """
    worst = []
    for measure in rounds:
        worst.append(measure())
        if worst[-1] < LIMIT_S:
            break
    print("largest gaps:", ", ".join(f"{gap * 1000:.0f} ms" for gap in worst))
    assert min(worst) < LIMIT_S


def test_loading_500_slices_and_a_surface(bench, qtbot, tmp_path):
    write_large_series(tmp_path, 500)
    bench.surface_view.prepare()  # as the program does when its window opens
    qtbot.wait(300)

    def measure():
        bench.session.set_volume(None, AnnotationDocument(""), DisplayState(HuWindow(400, 40)))
        dog = Watchdog()
        bench.deeds.open_paths([str(tmp_path)])
        wait_loaded(bench, qtbot, 500)
        bench.navigator.step(7)
        bench.surface.use_preset("bone")
        qtbot.waitUntil(lambda: bench.surface.mesh is not None, timeout=120000)
        qtbot.wait(300)
        return dog.stop()

    hold([measure] * 3)


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="the learning stack is not installed")
def test_analyze_with_the_import_of_tensorflow(learning_bench, qtbot):
    bench, phantom = learning_bench, coarse_chest()
    volume = make_volume(phantom.geometry, data=phantom.hu)

    def measure():
        bench.session.set_volume(
            volume, AnnotationDocument("x"), DisplayState(HuWindow(1500, -600))
        )
        bench.session.add_loaded(frozenset(range(volume.data.shape[0])))
        qtbot.wait(100)
        dog = Watchdog()
        bench.analysis.start()
        qtbot.waitUntil(lambda: not bench.runner.jobs, timeout=200000)
        assert bench.session.analysis is not None
        bench.navigator.jump_to(bench.session.analysis.findings[0].position_lps_mm)
        qtbot.wait(100)
        assert "tensorflow" not in sys.modules
        return dog.stop()

    hold([measure] * 2)
    assert not bench.session.analysis.refused
