"""A reader at the real window in a process of its own, who tells each deed until the end comes.

`python -m tests.support.reader_process MODE FOLDER`: opens the two series of a folder, works by
real events and writes a line of JSON for each state. Modes: "work" draws until it is killed; "slow"
does so with slow writing and, once its stdin is closed, stands still in the middle of the next
writing of marks, told by a line `{"writing_at": seconds}`; "finish" draws some marks and closes the
window; "look" tells what is there, takes steps back and makes them again.
"""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from viewer import files
from viewer.core.commands import SetPair
from viewer.core.errors import ViewerError
from viewer.core.layout import grid_layout
from viewer.core.links import Rigid
from viewer.core.plane import Orientation
from viewer.paths import data_dir
from viewer.store.annotations import FOLDER_NAME
from viewer.ui.application import make_application
from viewer.ui.side_panels import Analysis
from viewer.ui.workbench import Workbench

SLOW_S = 0.2
PAUSE_MS = 120
MARKS_TO_FINISH = 8
STEPS_BACK = 4
TURN = ((0.9063077870366499, 0.0, 0.42261826174069944), (0.0, 1.0, 0.0),
        (-0.42261826174069944, 0.0, 0.9063077870366499))  # fmt: skip


def main(mode: str, folder: Path) -> None:
    make_application()
    bench = Workbench(Analysis(_refuse, lambda: "", lambda: None))
    bench.window.resize(1300, 900)
    bench.window.show()
    bench.deeds.open_paths([str(folder)])
    _until(lambda: bench.session.volume is not None)
    assert bench.session.index is not None
    first, second = (stack.key for stack in bench.session.index.stacks())
    _arrange(bench, first, second)
    if mode == "look":
        _look(bench)
    else:
        if mode == "slow":
            _slow_down()
        _work(bench, MARKS_TO_FINISH if mode == "finish" else 10_000)
    bench.window.close()
    bench.close()


def _refuse(ctx: object, volume: object) -> Any:
    raise ViewerError("Analyze is not part of this test")


def _arrange(bench: Workbench, first: Any, second: Any) -> None:
    """Show the first series in three planes, the last of them oblique, and the second beside it."""
    bench.reading.arranger.lay_out(grid_layout(2, 2))
    for name, key in zip("1234", (first, first, first, second), strict=True):
        bench.reading.arranger.put(key, name)
        _until(partial(_is_shown, bench, name))
    _until(lambda: all(len(s.loaded) == 9 for s in bench.session.stacks.values()))
    bench.session.viewports["2"].orientation = Orientation.CORONAL
    bench.session.viewports["3"].orientation = Orientation.CORONAL
    bench.session.viewports["3"].rotation = TURN
    for name in "23":
        bench.session.viewports[name].index = 12
    bench.session.interaction.active = "1"
    QTest.qWait(100)


def _is_shown(bench: Workbench, name: str) -> bool:
    return bench.session.shown_in(name) is not None


def _series(bench: Workbench) -> tuple[str, str]:
    first, second = (bench.session.viewports[name].stack for name in "14")
    assert first is not None
    assert second is not None
    return first.series_uid, second.series_uid


def _work(bench: Workbench, marks: int) -> None:
    """Draw in every plane; lock, pair and make key images in between."""
    _tell(bench)
    for number in range(marks):
        name = "123"[number % 3]
        _draw(bench, name, number)
        _tell(bench)
        if number == 2:
            bench.window.actions_["mark.lock"].trigger()
            _tell(bench)
        if number % 4 == 3:
            _make_key_image(bench, number)
        if number == 4:
            pair = SetPair(*_series(bench), Rigid((0.0, 0.0, 12.5)))
            bench.session.undo.run_on(pair, bench.session.links)
            _tell(bench)
        QTest.qWait(PAUSE_MS)


def _draw(bench: Workbench, name: str, number: int) -> None:
    bench.window.actions_["tool.length"].trigger()
    widget = bench.grid.viewports[name].canvas.viewport()
    middle = widget.rect().center()
    height = (number * 37) % 160 - 80
    start, end = middle + QPoint(-40 + number % 7, height), middle + QPoint(30, height - 15)
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseMove(widget, start)
    QTest.mousePress(widget, button, none, start)
    QTest.mouseMove(widget, (start + end) / 2)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, button, none, end)


def _make_key_image(bench: Workbench, number: int) -> None:
    bench.session.interaction.active = "1"
    bench.session.viewports["1"].index = number % 9
    QTest.qWait(30)
    known = len(bench.session.document.key_images)
    bench.window.actions_["key.toggle"].trigger()
    _tell(bench)
    if len(bench.session.document.key_images) > known:
        bench.window.actions_["key.comment"].trigger()
        entry = bench.grid.viewports["1"]._entry
        QTest.keyClicks(entry, f"image {number}")
        QTest.keyClick(entry, Qt.Key.Key_Return)
        _tell(bench)


def _look(bench: Workbench) -> None:
    QTest.qWait(200)  # pairs are read in the background
    _tell(bench)
    bench.session.interaction.active = "1"
    for _ in range(STEPS_BACK):
        bench.session.undo.undo()
        _tell(bench)
    for _ in range(STEPS_BACK):
        bench.session.undo.redo()
    _tell(bench)


def _tell(bench: Workbench) -> None:
    first = bench.session.shown_in("1")
    assert first is not None
    to_index = first.volume.geometry.lps_to_index
    pair = bench.session.links.pair(*_series(bench))
    state = {
        "at": time.time(),
        "marks": {s.uid: to_index(s.points_lps).tolist() for s in first.document},
        "locked": sorted(s.uid for s in first.document if s.locked),
        "key_images": [[i.sop_uid, i.comment] for i in first.document.key_images],
        "pair": None if pair is None else list(pair.shift_mm),
    }
    _say(state)


def _slow_down() -> None:
    """Take a while for each writing; stand still in one of marks, once that is asked for."""
    sync = os.fsync

    def slow(descriptor: int) -> None:
        if _is_asked_to_stop() and _holds_marks(descriptor):
            _say({"writing_at": time.time()})
            os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(SLOW_S)
        sync(descriptor)

    files.os.fsync = slow  # type: ignore[attr-defined]


def _is_asked_to_stop() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])  # closed, as nobody writes to it


def _holds_marks(descriptor: int) -> bool:
    """Tell whether a file that is being written is one of the annotations'."""
    written = os.fstat(descriptor)
    parts = (data_dir() / FOLDER_NAME).glob(".*.part")
    return any(os.path.samestat(written, part.stat()) for part in parts)


def _say(told: dict[str, Any]) -> None:
    """Write one line at once: two threads tell."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _until(done: Callable[[], bool], timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError
        QTest.qWait(10)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
