"""What a test of the window left behind: widgets, Qt threads, timers, threads, processes."""

import gc
import multiprocessing
import threading
import time

SETTLE_S = 2.0


class QtLeakCheck:
    """Remembers what was alive when it was made, and names what has come since."""

    def __init__(self) -> None:
        self._before = set(_alive())

    def leaks(self) -> list[str]:
        """One line for each thing that is new; waits a moment for what is about to end."""
        deadline = time.monotonic() + SETTLE_S
        while True:
            _settle()
            new = {key: text for key, text in _alive().items() if key not in self._before}
            if not new or time.monotonic() > deadline:
                return sorted(new.values())
            time.sleep(0.02)


def _settle() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()
    gc.collect()


def _alive() -> dict[tuple[str, int], str]:
    """Text for each live thing, by kind and identity."""
    from PySide6.QtCore import QThread, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    found: dict[tuple[str, int], str] = {}
    if isinstance(QApplication.instance(), QApplication):
        for widget in QApplication.topLevelWidgets():
            name = widget.objectName() or widget.windowTitle()
            found["widget", id(widget)] = f"widget {type(widget).__name__} {name!r}"
    for thing in gc.get_objects():
        if not isinstance(thing, QThread | QTimer) or not isValid(thing):
            continue
        if isinstance(thing, QThread) and thing.isRunning() and not _is_main_thread(thing):
            found["thread", id(thing)] = f"running {type(thing).__name__} {thing.objectName()!r}"
        elif isinstance(thing, QTimer) and thing.isActive():
            found["timer", id(thing)] = f"active timer of {thing.interval()} ms"
    for thread in threading.enumerate():
        found["python thread", thread.ident or 0] = f"thread {thread.name!r}"
    for process in multiprocessing.active_children():
        found["process", process.pid or 0] = f"process {process.name!r}"
    return found


def _is_main_thread(thread: object) -> bool:
    from PySide6.QtCore import QCoreApplication

    app = QCoreApplication.instance()
    return app is not None and app.thread() is thread
