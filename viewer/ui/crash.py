"""What happens at our own bugs: a log entry and a calm window, both without patient data."""

import logging
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from viewer.i18n import tr
from viewer.paths import log_dir

logger = logging.getLogger(__name__)

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def crash_report(error: BaseException) -> str:
    """Return where a bug happened: type and places, never the message, which may quote data."""
    lines = [type(error).__name__]
    for frame in traceback.extract_tb(error.__traceback__):
        name = frame.filename.replace("\\", "/").rpartition("/")[2]
        lines.append(f"  {name}:{frame.lineno} in {frame.name}")
    return "\n".join(lines)


class CrashGuard:
    """Replaces `sys.excepthook` while the window lives; says a thing once, not in a loop."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._before: Hook = sys.excepthook
        self._told: set[str] = set()

    def install(self) -> None:
        """Start to guard."""
        self._before = sys.excepthook
        sys.excepthook = self._on_exception

    def remove(self) -> None:
        """Give the hook back."""
        sys.excepthook = self._before

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        report = crash_report(error)
        logger.error("unexpected error\n%s", report)
        if report not in self._told:
            self._told.add(report)
            crash_box(self._parent, report).show()


def crash_box(parent: QWidget, report: str) -> QMessageBox:
    """Make the window that tells about a bug; it does not block the reading."""
    box = QMessageBox(parent)
    box.setObjectName("crash")
    box.setModal(False)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Something went wrong"))
    box.setText(tr("Hounsfield made a mistake. Your marks are saved; you can go on."))
    box.setInformativeText(tr("The report names places in the program and no patient data."))
    box.setDetailedText(report)
    folder = box.addButton(tr("Show log folder"), QMessageBox.ButtonRole.ActionRole)
    folder.clicked.connect(show_log_folder)
    box.addButton(QMessageBox.StandardButton.Close)
    return box


def show_log_folder() -> None:
    """Open the folder of the log files in the desktop's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir())))
