"""What the centre shows while nothing is open: drop here, open, the sample."""

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer.app.recent import label_or_path
from viewer.i18n import tr
from viewer.ui.icons import icon
from viewer.ui.widgets.icon_label import IconLabel


class StartPage(QWidget):
    """Invitation to open something.

    Signals
    -------
    open_requested, folder_requested, sample_requested
        The reader pressed a button.
    path_requested(str)
        A recent file or folder was chosen.
    """

    open_requested = Signal()
    folder_requested = Signal()
    sample_requested = Signal()
    path_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("startPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._zone = self._drop_zone()
        self._recent_box = QVBoxLayout()
        self._recent_box.setSpacing(0)
        column = QVBoxLayout(self)
        column.setSpacing(14)
        column.addStretch(3)
        column.addWidget(self._title(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._zone, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(self._recent_box)
        column.addStretch(4)

    def set_hot(self, hot: bool) -> None:
        """Show that something is held over the window."""
        self._zone.setProperty("hot", "true" if hot else "false")
        self._zone.style().unpolish(self._zone)
        self._zone.style().polish(self._zone)

    def set_recent(
        self, paths: tuple[str, ...], labels: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Show the last opened files and folders, by what they held where that is known."""
        while (item := self._recent_box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if not paths:
            return
        heading = QLabel(tr("Recent"))
        heading.setProperty("role", "dim")
        self._recent_box.addWidget(heading, 0, Qt.AlignmentFlag.AlignHCenter)
        for path in paths[:5]:
            button = QPushButton(label_or_path(path, labels).replace("&", "&&"))
            button.setProperty("role", "quiet")
            button.setToolTip(path)
            button.clicked.connect(lambda _checked=False, p=path: self.path_requested.emit(p))
            self._recent_box.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def _title(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setSpacing(2)
        name = QLabel("Hounsfield")
        name.setProperty("role", "value")
        line = QLabel(
            tr("Open, read, measure and analyze CT in true millimetres and Hounsfield units")
        )
        line.setProperty("role", "dim")
        for label in (name, line):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        return box

    def _drop_zone(self) -> QFrame:
        zone = QFrame()
        zone.setObjectName("dropZone")
        zone.setMinimumSize(560, 250)
        column = QVBoxLayout(zone)
        column.setSpacing(12)
        symbol = IconLabel(icon("drop", "dim"), 52)
        text = QLabel(tr("Drop DICOM files, a folder or a ZIP archive here"))
        column.addStretch()
        column.addWidget(symbol, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for title, name, signal in (
            (tr("Open files…"), "file.open", self.open_requested),
            (tr("Open folder…"), "file.open_folder", self.folder_requested),
            (tr("Open sample study"), "file.open_sample", self.sample_requested),
        ):
            leads = name == "file.open_sample"
            button = QPushButton(icon(name, "accent_text" if leads else "text"), title)
            if leads:
                button.setProperty("role", "primary")
            button.clicked.connect(lambda _checked=False, s=signal: s.emit())
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()
        return zone
