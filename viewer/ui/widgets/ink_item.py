"""A table's cell whose colours follow the theme."""

from typing import Any, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTableWidgetItem

from viewer.ui.theme import COLOURS, Ink


class InkItem(QTableWidgetItem):
    """A cell with names of colours rather than colours of its own.

    Attributes
    ----------
    ink, ground : str
        Names of the colours of letters and background; "" for those of all cells.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.ink: Ink | Literal[""] = ""
        self.ground: Literal["raised", ""] = ""

    def data(self, role: int) -> Any:  # noqa: ANN401 - Qt's own
        if role == Qt.ItemDataRole.ForegroundRole and self.ink:
            return QColor(getattr(COLOURS, self.ink))
        if role == Qt.ItemDataRole.BackgroundRole and self.ground:
            return QColor(getattr(COLOURS, self.ground))
        return super().data(role)
