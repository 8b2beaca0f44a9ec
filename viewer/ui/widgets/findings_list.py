"""The findings of Analyze: one pressable row each, with place, measures and score."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from viewer.app.presenters.analysis import FindingRow
from viewer.i18n import tr
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


class FoldedFindings(QWidget):
    """Findings of less weight, folded away behind one line that counts them.

    Signals
    -------
    finding_requested(str)
        Id of the finding whose row was pressed.
    """

    finding_requested = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._head = QPushButton()
        self._head.setProperty("role", "quiet")
        self._head.setCheckable(True)
        self._head.setStyleSheet("padding: 5px 2px; text-align: left;")
        self._why = plain_label(role="dim", wrap=True)
        self._list = FindingsList()
        self._head.toggled.connect(self._show)
        self._list.finding_requested.connect(self.finding_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for widget in (self._head, self._why, self._list):
            column.addWidget(widget)
        self.set_rows((), "")

    def set_rows(self, rows: tuple[FindingRow, ...], why: str) -> None:
        """Show other findings, and why they have less weight."""
        self._why.setText(why)
        self._list.set_rows(rows)
        self._count = len(rows)
        self._show(self._head.isChecked())
        self.setVisible(bool(rows))

    def set_selected(self, finding_id: str) -> None:
        """Mark one row."""
        self._list.set_selected(finding_id)

    def _show(self, unfolded: bool) -> None:
        self._head.setText(f"{'▾' if unfolded else '▸'} {self._title} ({self._count})")
        self._why.setVisible(unfolded)
        self._list.setVisible(unfolded)


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
        name = tr(
            "Finding {number}: {size}, {density}, {place}, {score}",
            number=row.number,
            size=row.size,
            density=row.density,
            place=row.place,
            score=score,
        )
        self.setAccessibleName(name)
        self.setToolTip(tr("Show in every view"))
        number = plain_label(str(row.number), "heading")
        number.setFixedWidth(20)
        number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        first, second = QHBoxLayout(), QHBoxLayout()
        role = "" if row.counts else "dim"
        first.addWidget(plain_label(f"{row.size}, {row.density}", role, wrap=True), 1)
        first.addWidget(plain_label(row.place, "dim"))
        if row.score is None:
            second.addWidget(plain_label(f"{score}. {row.note}", "dim", wrap=True), 1)
        else:
            axis = ScoreAxis(ticks=False)
            axis.set_score(*row.score)
            second.addWidget(axis, 1)
            second.addWidget(plain_label(score.removeprefix("score "), role))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addLayout(first)
        words.addLayout(second)
        if row.score is not None and row.note:
            words.addWidget(plain_label(row.note, "dim", wrap=True))
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
        return tr("No score")
    value, low, high = row.score
    return tr("score {value:.2f} ({low:.2f} to {high:.2f})", value=value, low=low, high=high)
