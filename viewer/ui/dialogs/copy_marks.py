"""A question: to which slices shall marks be copied?"""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from viewer.i18n import tr


class CopyMarksDialog(QDialog):
    """Asks for the first and the last slice of a range.

    Parameters
    ----------
    here, total : int
        The mark's own slice, counted from 1, and how many slices there are.
    """

    def __init__(self, here: int, total: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("copy-marks-dialog")
        self.setWindowTitle(tr("Copy marks to slices"))
        self._first, self._last = QSpinBox(), QSpinBox()
        for field, name, value in (
            (self._first, tr("First slice"), here),
            (self._last, tr("Last slice"), min(here + 1, total)),
        ):
            field.setRange(1, max(total, 1))
            field.setValue(value)
            field.setAccessibleName(name)
        form = QFormLayout()
        form.addRow(tr("From slice"), self._first)
        form.addRow(tr("to slice"), self._last)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)

    @property
    def slices(self) -> tuple[int, int]:
        """First and last slice, counted from 1, in order."""
        first, last = sorted((self._first.value(), self._last.value()))
        return first, last
