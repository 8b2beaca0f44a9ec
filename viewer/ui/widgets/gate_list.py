"""The suitability checks: what was measured, what is allowed, and the verdict as a plain sign."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viewer.core.analysis import GateCheck, GateLevel
from viewer.i18n import mark, told, tr
from viewer.ui.widgets.labels import plain_label

_WORDS = {
    GateLevel.PASS: mark("Passed"),
    GateLevel.CAVEAT: mark("Caveat"),
    GateLevel.REFUSE: mark("Refused"),
}
_SIGN_PX = 14


class GateList(QWidget):
    """Checks that did not pass come first; the others can be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout()
        self._passed = QWidget()
        self._passed_rows = QVBoxLayout(self._passed)
        self._toggle = QPushButton()
        self._toggle.setProperty("role", "quiet")
        self._toggle.setCheckable(True)
        self._toggle.toggled.connect(self._passed.setVisible)
        layout = QVBoxLayout(self)
        for box in (layout, self._rows, self._passed_rows):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(6)
        layout.addLayout(self._rows)
        layout.addWidget(self._toggle)
        layout.addWidget(self._passed)
        self._passed.hide()

    def set_checks(self, checks: tuple[GateCheck, ...], *, refused: bool) -> None:
        """Show other checks."""
        for box in (self._rows, self._passed_rows):
            while (item := box.takeAt(0)) is not None:
                row = item.widget()
                if row is not None:
                    row.hide()
                    row.deleteLater()
        order = (GateLevel.REFUSE, GateLevel.CAVEAT)
        for level in order:
            for check in checks:
                if check.level is level:
                    self._rows.addWidget(GateRow(check))
        passed = [check for check in checks if check.level is GateLevel.PASS]
        for check in passed:
            self._passed_rows.addWidget(GateRow(check))
        self._toggle.setText(
            tr("{count} of {count_2} checks passed", count=len(passed), count_2=len(checks))
        )
        self._toggle.setVisible(bool(passed))
        self._toggle.setToolTip(tr("Show or hide the checks that passed"))
        if refused:
            self._toggle.setChecked(False)


class GateRow(QWidget):
    """One check."""

    def __init__(self, check: GateCheck) -> None:
        super().__init__()
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(1)
        words.addWidget(plain_label(told(check.text), wrap=True))
        measured = tr("measured {value}", value=told(check.value)) if check.value else ""
        allowed = tr("allowed {limit}", limit=told(check.limit)) if check.limit else ""
        line = "; ".join(part for part in (measured, allowed) if part)
        if line:
            words.addWidget(plain_label(line, "dim", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(LevelSign(check.level), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


class LevelSign(QWidget):
    """A tick, an exclamation mark or a bar in a circle; told apart by shape, not by colour."""

    def __init__(self, level: GateLevel) -> None:
        super().__init__()
        self._level = level
        self.setFixedSize(QSize(_SIGN_PX + 2, _SIGN_PX + 4))
        self.setAccessibleName(tr(_WORDS[level]))
        self.setToolTip(tr(_WORDS[level]))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().windowText().color(), 1.4))
        center = QPointF(_SIGN_PX / 2 + 1, _SIGN_PX / 2 + 2)
        if self._level is GateLevel.PASS:
            tick = (QPointF(-4, 0), QPointF(-1, 3.2), QPointF(4.5, -3.6))
            painter.drawPolyline([center + point for point in tick])
        else:
            painter.drawEllipse(center, _SIGN_PX / 2 - 0.5, _SIGN_PX / 2 - 0.5)
            if self._level is GateLevel.CAVEAT:
                painter.drawLine(center + QPointF(0, -3.6), center + QPointF(0, 1.2))
                painter.drawPoint(center + QPointF(0, 3.6))
            else:
                painter.drawLine(center + QPointF(-3.5, 0), center + QPointF(3.5, 0))
        painter.end()
