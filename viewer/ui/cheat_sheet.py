"""The F1 sheet: every key and mouse gesture, searchable, made from the same table."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.control_sheet import Row
from viewer.i18n import tr
from viewer.ui.widgets.labels import plain_label


class CheatSheet(QDialog):
    """A window beside the reading one; it does not block it.

    Signals
    -------
    change_requested
        The reader wants other keys.
    """

    change_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys and mouse"))
        self.resize(720, 680)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search a key or an action"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.profile = plain_label()
        self.profile.setProperty("role", "dim")
        change = QPushButton(tr("Change…"))
        change.setToolTip(tr("Choose a profile, or give actions other keys"))
        change.setAutoDefault(False)
        change.clicked.connect(self.change_requested)
        self.table = _make_table()
        foot = QHBoxLayout()
        foot.addWidget(self.profile, 1)
        foot.addWidget(change)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.table)
        column.addLayout(foot)

    def set_rows(self, rows: Sequence[Row], profile: str) -> None:
        """Show other lines, and the profile that they come from."""
        self.profile.setText(tr("Profile: {name}", name=profile))
        self.table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, text in enumerate(row):
                self.table.setItem(line, column, QTableWidgetItem(text))
        self._filter(self.search.text())

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for row in range(self.table.rowCount()):
            cells = [self.table.item(row, column) for column in range(3)]
            line = " ".join(cell.text() for cell in cells if cell is not None).casefold()
            self.table.setRowHidden(row, not all(word in line for word in words))


def _make_table() -> QTableWidget:
    table = QTableWidget(0, 3)
    table.setHorizontalHeaderLabels([tr("Key or gesture"), tr("What it does"), tr("Menu")])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    table.setTabKeyNavigation(False)
    table.setAccessibleName(tr("Keys and mouse"))
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table
