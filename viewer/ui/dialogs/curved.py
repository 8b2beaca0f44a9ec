"""The window of a curved view: the straightened picture, a cut across the line, width and turn."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from viewer.app.curved import WIDTH_MM
from viewer.i18n import tr
from viewer.render.canvas2d import Canvas2D
from viewer.ui.widgets.labels import plain_label
from viewer.ui.widgets.number_slider import NumberSlider


class CurvedWindow(QDialog):
    """Passive view of `viewer.app.presenters.curved.CurvedPresenter`.

    Signals
    -------
    width_edited(float), turn_edited(float)
        Another width in mm, another turn about the line in degrees.
    save_requested(str)
        The path that the reader chose.
    """

    width_edited = Signal(float)
    turn_edited = Signal(float)
    save_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curved-window")
        self.setWindowTitle(tr("Curved view"))
        self.setModal(False)
        self.resize(1150, 520)
        self.along, self.across = Canvas2D(), Canvas2D()
        self.along.setAccessibleName(tr("Along the line"))
        self.across.setAccessibleName(tr("Across the line"))
        self._width = NumberSlider(tr("Width"), *WIDTH_MM, 1.0, suffix=" mm", settle_ms=40)
        self._turn = NumberSlider(
            tr("Turn about the line"), -180.0, 180.0, 1.0, suffix="°", settle_ms=40
        )
        self._note = plain_label(role="dim", wrap=True)
        self._save = QPushButton(tr("Save picture…"))
        self._build()
        self._width.value_edited.connect(self.width_edited)
        self._turn.value_edited.connect(self.turn_edited)
        self._save.clicked.connect(self._ask_path)

    def set_width(self, width_mm: float) -> None:
        """Show the width."""
        self._width.set_value(width_mm)

    def set_turn(self, turn_deg: float) -> None:
        """Show the turn."""
        self._turn.set_value(turn_deg)

    def set_note(self, text: str) -> None:
        """Say why there is no picture."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def set_can_save(self, can: bool) -> None:
        """Offer to save, or not."""
        self._save.setEnabled(can)

    def bring(self) -> None:
        """Show the window in front of the main one."""
        self.show()
        self.raise_()
        self.activateWindow()

    def _build(self) -> None:
        pictures = QSplitter(Qt.Orientation.Horizontal)
        pictures.addWidget(self.along)
        pictures.addWidget(self.across)
        pictures.setStretchFactor(0, 3)
        pictures.setStretchFactor(1, 1)
        pictures.setSizes([800, 320])
        pictures.setChildrenCollapsible(False)
        controls = QGridLayout()
        controls.addWidget(plain_label(tr("Width")), 0, 0)
        controls.addWidget(self._width, 0, 1)
        controls.addWidget(plain_label(tr("Turn about the line")), 0, 2)
        controls.addWidget(self._turn, 0, 3)
        controls.addWidget(self._save, 0, 4)
        controls.setColumnStretch(1, 1)
        controls.setColumnStretch(3, 1)
        column = QVBoxLayout(self)
        column.addWidget(pictures, 1)
        column.addWidget(self._note)
        column.addLayout(controls)

    def _ask_path(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, tr("Save the curved picture"), "curved.png", "PNG (*.png);;JPEG (*.jpg)"
        )
        if path:
            self.save_requested.emit(path)
