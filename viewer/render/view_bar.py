"""The row of buttons for the standard views of the 3D viewport."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from viewer.i18n import tr
from viewer.render.camera import STANDARD_VIEWS


class ViewBar(QWidget):
    """One button for each side of the patient, and one to see everything.

    Signals
    -------
    side_requested(str)
        A, P, L, R, S or I.
    fit_requested
        Show the whole surface.
    """

    side_requested = Signal(str)
    fit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view-bar")  # it lies on the black of the picture in every theme
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 4)
        row.setSpacing(2)
        row.addStretch()
        for view in STANDARD_VIEWS:
            button = self._button(view.letter, tr(view.name))
            button.clicked.connect(self._on_side)
            row.addWidget(button)
        fit = self._button(tr("Fit"), tr("Show the whole surface"))
        fit.clicked.connect(self.fit_requested)
        row.addWidget(fit)
        row.addStretch()

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _on_side(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self.side_requested.emit(button.text())
