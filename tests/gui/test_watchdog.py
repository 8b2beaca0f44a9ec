"""Nothing blocks the window: the largest gap of a 10 ms timer while the heavy work goes on."""

import time

import pytest
from PySide6.QtCore import Qt, QTimer

from tests.support.cheap_series import write_large_series

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


def wait_loaded(bench, qtbot, slices):
    qtbot.waitUntil(
        lambda: bench.session.volume is not None and len(bench.session.loaded_slices) == slices,
        timeout=60000,
    )


def test_loading_500_slices_and_a_surface(bench, qtbot, tmp_path):
    write_large_series(tmp_path, 500)
    qtbot.wait(100)
    dog = Watchdog()
    bench.deeds.open_paths([str(tmp_path)])
    wait_loaded(bench, qtbot, 500)
    loading_s = dog.worst_s
    bench.navigator.step(7)
    bench.surface.use_preset("bone")
    qtbot.waitUntil(lambda: bench.surface.mesh is not None, timeout=120000)
    qtbot.wait(300)
    worst_s = dog.stop()
    print(f"largest gap: loading {loading_s * 1000:.0f} ms, with surface {worst_s * 1000:.0f} ms")
    assert worst_s < LIMIT_S
