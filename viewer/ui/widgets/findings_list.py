"""The findings of Analyze: one pressable row each, with place, measures and score."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from viewer.app.presenters.analysis import FindingRow
from viewer.ui.widgets.labels import plain_label
from viewer.ui.widgets.score_axis import ScoreAxis


class FindingsList(QWidget):
    """Rows in the report's order.

    Signals
    -------
    finding_requested(str)
        Id of the finding whose row was pressed.
    """

    finding_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, FindingButton] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)

    def set_rows(self, rows: tuple[FindingRow, ...]) -> None:
        """Show other findings."""
        if tuple(button.row for button in self._buttons.values()) == rows:
            return
        for button in self._buttons.values():
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for row in rows:
            button = FindingButton(row)
            button.clicked.connect(self._on_clicked)
            self._layout.addWidget(button)
            self._buttons[row.finding_id] = button

    def set_selected(self, finding_id: str) -> None:
        """Mark one row."""
        for key, button in self._buttons.items():
            button.setChecked(key == finding_id)

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, FindingButton):
            self.finding_requested.emit(button.row.finding_id)


class FindingButton(QAbstractButton):
    """One finding: number, size and density, slice, score on a small axis."""

    def __init__(self, row: FindingRow) -> None:
        super().__init__()
        self.row = row
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        score = _score_text(row)
        name = f"Finding {row.number}: {row.size}, {row.density}, {row.place}, {score}"
        self.setAccessibleName(name)
        self.setToolTip("Show in every view")
        number = plain_label(str(row.number), "heading")
        number.setFixedWidth(20)
        number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(plain_label(f"{row.size}, {row.density}", wrap=True), 1)
        first.addWidget(plain_label(row.place, "dim"))
        if row.score is None:
            second.addWidget(plain_label(f"{score}. {row.note}", "dim", wrap=True), 1)
        else:
            axis = ScoreAxis(ticks=False)
            axis.set_score(*row.score)
            second.addWidget(axis, 1)
            second.addWidget(plain_label(score.removeprefix("score ")))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addLayout(first)
        words.addLayout(second)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 5, 6, 5)
        layout.setSpacing(4)
        layout.addWidget(number)
        layout.addLayout(words, 1)
        for label in self.findChildren(QWidget):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        if self.isChecked() or self.isDown():
            painter.fillRect(self.rect(), palette.light())
        elif self.underMouse():
            painter.fillRect(self.rect(), palette.midlight())
        painter.setPen(palette.link().color() if self.hasFocus() else palette.mid().color())
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.end()


def _score_text(row: FindingRow) -> str:
    if row.score is None:
        return "No score"
    value, low, high = row.score
    return f"score {value:.2f} ({low:.2f} to {high:.2f})"
