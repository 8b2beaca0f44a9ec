"""How long the event loop was silent, less the time in which the machine gave us no processor."""

import faulthandler
import re
import tempfile
import threading
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 5
LATE_S = 0.03
_FRAME = re.compile(r'  File "(.*)", line (\d+) in (.*)')
_FRAMES = 12


class Watchdog(QObject):
    """Notes the longest stalls of the thread that makes it.

    A thread that is ready but gets no processor is the machine's doing: Linux counts that time for
    each thread (schedstat, second number). A stall of ours is what remains of the silence: the
    thread computed, waited for a lock, for a file, or for the interpreter.

    Attributes
    ----------
    worst_s : float
        The longest stall of our own.
    stalls : list of (float, str)
        Seconds and the place in the program for each silence that was late.
    """

    def __init__(self) -> None:
        super().__init__()
        self.worst_s = 0.0
        self.stalls: list[tuple[float, str]] = []
        self._thread_id = threading.get_ident()
        self._task = threading.get_native_id()
        self._last, self._waited = time.perf_counter(), _waited_s(self._task)
        self._seen = ""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)
        self._stop = threading.Event()
        self._sampler = threading.Thread(target=self._sample, name="watchdog", daemon=True)
        self._sampler.start()

    def stop(self) -> float:
        """End; returns the longest stall of our own, in seconds."""
        self._tick()
        self._timer.stop()
        self._stop.set()
        self._sampler.join()
        return self.worst_s

    def _tick(self) -> None:
        now = time.perf_counter()
        silence = now - self._last
        if silence > LATE_S:
            own = max(silence - (_waited_s(self._task) - self._waited), 0.0)
            self.worst_s = max(self.worst_s, own)
            self.stalls.append((own, self._seen))
        self._seen = ""
        self._last, self._waited = time.perf_counter(), _waited_s(self._task)

    def _sample(self) -> None:
        """Look where the watched thread is whenever it is late."""
        while not self._stop.wait(0.008):
            if time.perf_counter() - self._last > LATE_S and not self._seen:
                self._seen = place_of_thread(self._thread_id)


def place_of_thread(thread_id: int) -> str:
    """Return where a thread is, innermost call first.

    Never by `sys._current_frames`: a frame that another thread holds keeps what the function had,
    such as its QPainter, which then ends later and in the wrong thread: Qt crashes.
    """
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        threads = file.read().split("\n\n")
    stack = next((text for text in threads if f"0x{thread_id:016x}" in text), "")
    frames = [_FRAME.match(line) for line in stack.splitlines()][: _FRAMES + 1]
    return " < ".join(f"{Path(m[1]).name}:{m[2]} {m[3]}" for m in frames if m)


def _waited_s(task: int) -> float:
    """Return how long a thread of the process was ready without a processor so far."""
    try:
        return int(Path(f"/proc/self/task/{task}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0  # no Linux: all silence counts
