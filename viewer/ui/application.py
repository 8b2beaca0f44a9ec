"""Starts the window: the one place where the application object and the parts are made."""

import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from viewer.app.analyze import analyze, model_folders, why_no_model
from viewer.app.settings import SettingsStore
from viewer.core.plane import acquisition_orientation
from viewer.dicom.isolation import close_decoders, warm_decoders
from viewer.i18n import mark, tr
from viewer.jobs.process import WorkerProcess
from viewer.paths import APP_NAME, config_dir
from viewer.render.shrink import load_shrinking
from viewer.ui.crash import CrashGuard
from viewer.ui.icons import application_icon
from viewer.ui.key_guard import KeyGuard
from viewer.ui.language import can_draw, speak, wanted
from viewer.ui.side_panels import Analysis
from viewer.ui.theme import apply_theme
from viewer.ui.workbench import Workbench

logger = logging.getLogger(__name__)

_SWITCH_INTERVAL_S = 0.0005
_NO_LETTERS = mark(
    "Chinese cannot be shown: no font of this machine has its letters. Install one (such as Noto "
    "Sans CJK) and start again; until then the window is in English."
)
_SIGNAL_CHECK_MS = 250  # Python handles Ctrl+C only while it runs


def run(
    paths: Sequence[Path] = (),
    *,
    preset: str = "",
    slice_number: int | None = None,
    sample: bool = False,
    teaching: bool = False,
) -> int:
    """Open the window and return the exit code when it is closed.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders, archives or a DICOMDIR to open.
    preset : str
        Id of the window preset to begin with, or "".
    slice_number : int, optional
        Slice of the stack to begin with, from 1.
    sample : bool
        Open the sample study.
    teaching : bool
        Hide who the images are of.
    """
    warm_decoders()  # while the window is made: the first compressed image finds one ready
    Thread(target=load_shrinking, name="shrinking", daemon=True).start()  # the first picture too
    app = make_application()
    preferred = SettingsStore(config_dir()).settings.language
    speak(app, preferred)
    bench = make_workbench()
    bench.session.interaction.teaching = teaching
    guard = CrashGuard(bench.window)
    guard.install()
    opening = FirstView(bench, preset, slice_number)
    bench.session.volume_changed.connect(opening.apply)
    bench.window.show()
    if not can_draw(wanted(preferred)):
        bench.window.notifications.show_message(tr(_NO_LETTERS))
    bench.surface_view.prepare()  # OpenGL takes a moment: now, not while somebody reads
    if paths:
        bench.deeds.open_paths([str(path) for path in paths])
    elif sample:
        bench.deeds.open_sample()
    else:
        bench.deeds.open_last()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.quit())
    wake = QTimer()
    wake.timeout.connect(_let_python_run)
    wake.start(_SIGNAL_CHECK_MS)
    try:
        return app.exec()
    finally:
        bench.close()
        close_decoders()
        guard.remove()


def _let_python_run() -> None:
    """Do nothing, in Python: its signal handlers run only between instructions of its own."""


def make_application() -> QApplication:
    """Return the application object, made and dressed on the first call."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        os.environ.setdefault("QT_API", "pyside6")
        app = QApplication([sys.argv[0]])
    # Painting calls into Qt a hundred times, and each call may have to wait for its turn while
    # threads of jobs compute: with Python's 5 ms that is felt, with this it is not.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    app.setApplicationName(APP_NAME)
    app.setApplicationDisplayName(APP_NAME)
    app.setDesktopFileName(APP_NAME.lower())
    apply_theme(app)
    app.setWindowIcon(application_icon())
    if app.findChild(KeyGuard) is None:
        KeyGuard(app)
    return app


def make_workbench() -> Workbench:
    """Build the window with everything behind it; needs the application object."""
    bench = Workbench(make_analysis())
    spare_the_collector()
    return bench


def spare_the_collector() -> None:
    """Exempt what lives as long as the window from garbage collection.

    A full collection looks at every module, class and widget: 50 ms and more in which nothing
    moves, typically while a scan makes many objects.
    """
    gc.freeze()


def make_analysis() -> Analysis:
    """Let Analyze run in a process of its own, which starts with the first call."""
    worker = WorkerProcess("learning")
    folders = model_folders()
    return Analysis(
        analyze=lambda ctx, volume: analyze(worker, ctx, volume, folders),
        no_model=lambda: why_no_model(folders),
        close=worker.close,
    )


class FirstView:
    """Applies what the command line asked for to the first volume, once."""

    def __init__(self, bench: Workbench, preset: str, slice_number: int | None) -> None:
        self._bench, self._preset, self._slice_number = bench, preset, slice_number

    def apply(self) -> None:
        """Set preset and slice."""
        volume = self._bench.session.volume
        if volume is None:
            return
        self._bench.session.volume_changed.disconnect(self.apply)
        if self._preset:
            self._bench.controls.set_preset(self._preset)
        if self._slice_number is not None:
            orientation = acquisition_orientation(volume.geometry)
            self._bench.navigator.show_slice(self._slice_number - 1, orientation.value)
