"""The dialog of keys and mouse: the editor of profiles in a window of its own."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viewer.i18n import tr
from viewer.ui.widgets.profile_editor import ProfileEditor

_LETTERS_WIDE, _LINES_HIGH = 92, 40


class ProfileDialog(QDialog):
    """Holds the editor; stays open beside the reading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("profile-dialog")
        self.setWindowTitle(tr("Change keys and mouse"))
        self.editor = ProfileEditor()
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.addWidget(self.editor, 1)
        column.addLayout(foot)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * _LETTERS_WIDE, metrics.lineSpacing() * _LINES_HIGH)
