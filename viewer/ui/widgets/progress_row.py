"""One line for work in the background: what it is doing, how far it is, and a way to stop it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from viewer.i18n import told, tr
from viewer.ui.widgets.labels import plain_label


class ProgressRow(QWidget):
    """Hidden until there is something to report.

    Signals
    -------
    cancel_requested
        The button was pressed; it stays grey until the work has stopped.
    """

    cancel_requested = Signal()

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = plain_label(role="dim", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress: {what}", what=what))
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setAccessibleName(tr("Cancel: {what}", what=what))
        self._cancel.clicked.connect(self._on_cancel)
        line = QHBoxLayout()
        line.addWidget(self._bar, 1)
        line.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self._text)
        layout.addLayout(line)
        self.hide()

    def set_progress(self, fraction: float, text: str) -> None:
        """Show the finished part (0..1) and the present stage."""
        if self.isHidden():
            self._cancel.setEnabled(True)
            self.show()
        self._bar.setValue(round(1000 * min(max(fraction, 0.0), 1.0)))
        if self._cancel.isEnabled():
            self._text.setText(told(text))

    def finish(self) -> None:
        """Hide: nothing runs any more."""
        self.hide()
        self._cancel.setEnabled(True)

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        self._text.setText(tr("Stopping…"))
        self.cancel_requested.emit()
