"""Running jobs in the status bar: what, how far, and a button to stop each."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from viewer.i18n import told, tr
from viewer.jobs.job import Job
from viewer.ui.icons import icon
from viewer.ui.theme import COLOURS
from viewer.ui.widgets.labels import plain_label

_MOST = 3
_BAR_WIDTH = 120
_BAR_HEIGHT = 5


class ThinBar(QWidget):
    """A progress bar that repaints when the window does: QProgressBar repaints at once, with all
    that waits to be painted, at every step of a job.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_BAR_WIDTH, _BAR_HEIGHT)
        self._fraction = 0.0

    @property
    def fraction(self) -> float:
        """Finished part, 0..1."""
        return self._fraction

    def set_fraction(self, fraction: float) -> None:
        """Show another part."""
        if fraction != self._fraction:
            self._fraction = fraction
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for share, colour in ((1.0, COLOURS.raised), (self._fraction, COLOURS.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * share, self.height()), 2, 2)
        painter.end()


class JobRow(QWidget):
    """One job.

    Signals
    -------
    cancel_requested(str)
        The reader wants the job of this key to stop.
    """

    cancel_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._key = ""
        self._text = plain_label(role="dim")
        self._bar = ThinBar()
        self._cancel = QToolButton()
        self._cancel.setIcon(icon("close", "dim"))
        self._cancel.clicked.connect(self._on_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._cancel)

    def show_job(self, job: Job) -> None:
        """Show this job's state."""
        if job.key != self._key:
            self._key = job.key
            self._cancel.setToolTip(tr("Cancel: {title}", title=told(job.title)))
            self._cancel.setAccessibleName(tr("Cancel {title}", title=told(job.title)))
            self._bar.setAccessibleName(tr("{title}, progress", title=told(job.title)))
        stage = f": {told(job.text)}" if job.text else ""
        self._text.setText(f"{told(job.title)}{stage}")
        self._bar.set_fraction(job.fraction)
        self._cancel.setEnabled(not job.is_cancelled)

    def _on_cancel(self) -> None:
        self.cancel_requested.emit(self._key)


class JobBar(QWidget):
    """The oldest few jobs; says how many more there are.

    Signals
    -------
    cancel_requested(str)
        From a row.
    """

    cancel_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(6)
        self._more = QLabel()
        row.addWidget(self._more)
        self._rows = [JobRow() for _ in range(_MOST)]
        for job_row in self._rows:
            job_row.cancel_requested.connect(self.cancel_requested)
            job_row.hide()
            row.addWidget(job_row)

    def set_jobs(self, jobs: Sequence[Job]) -> None:
        """Show these jobs, the oldest first."""
        shown = [job for job in jobs if not job.ended]
        for row, job in zip(self._rows, shown[:_MOST], strict=False):
            row.show_job(job)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(shown))
        hidden = len(shown) - _MOST
        self._more.setText(tr("{hidden} more", hidden=hidden) if hidden > 0 else "")
