"""The whole list of caveats behind the fidelity badge, with Copy."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer.app.overlays_frame import ABOUT_DATA, fidelity_lines, fidelity_text
from viewer.core.caveats import Caveat
from viewer.i18n import told, tr

_WIDTH = 420


class FidelityPopover(QFrame):
    """Opens under the badge; a click elsewhere closes it."""

    def __init__(
        self,
        caveats: tuple[Caveat, ...],
        parent: QWidget | None = None,
        of_view: tuple[Caveat, ...] = (),
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("fidelityPopover")
        self.setFixedWidth(_WIDTH)
        self._caveats = (*of_view, *caveats)
        heading = QLabel(fidelity_text(caveats))
        heading.setProperty("role", "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for caveat in of_view:
            column.addWidget(_line(told(caveat.text)))
        column.addWidget(heading)
        for line in fidelity_lines(caveats):
            column.addWidget(_line(line))
        note = _line(tr(ABOUT_DATA))
        note.setProperty("role", "dim")
        column.addWidget(note)
        copy = QPushButton(tr("Copy"))
        copy.clicked.connect(self.copy)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(copy)
        column.addLayout(row)

    def text(self) -> str:
        """Return the list as it is copied."""
        lines = [f"{caveat.code.value}: {told(caveat.text)}" for caveat in self._caveats]
        return "\n".join(lines) or fidelity_text(())

    def copy(self) -> None:
        """Put the list on the clipboard."""
        QGuiApplication.clipboard().setText(self.text())
        self.close()

    def open_under(self, anchor: QWidget) -> None:
        """Show it below a widget, held on the screen."""
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(anchor.width() - self.width(), anchor.height() + 4))
        screen = anchor.screen().availableGeometry()
        x = min(max(corner.x(), screen.left()), screen.right() - self.width())
        y = min(corner.y(), screen.bottom() - self.height())
        self.move(x, y)
        self.show()


def _line(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
