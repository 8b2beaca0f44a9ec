"""The F1 sheet: every key and mouse gesture, searchable, made from the same tables."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.action_spec import ActionSpec
from viewer.app.actions import ACTIONS
from viewer.app.bindings import MOUSE_BINDINGS, MouseBinding

Row = tuple[str, str, str]


def sheet_rows(
    actions: Sequence[ActionSpec] = ACTIONS, bindings: Sequence[MouseBinding] = MOUSE_BINDINGS
) -> list[Row]:
    """Return (keys, what they do, where it stands) for everything that has a key or a gesture."""
    rows = [(binding.gesture.value, binding.text, "Mouse") for binding in bindings]
    for spec in actions:
        if spec.shortcuts:
            keys = " or ".join(
                QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText)
                for k in spec.shortcuts
            )
            text = spec.text.rstrip("…")
            if spec.preset and spec.tooltip:
                text = f"{text}  {spec.tooltip}"
            rows.append((keys, text, spec.menu.value))
    return rows


class CheatSheet(QDialog):
    """A window beside the reading one; it does not block it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        self.resize(720, 680)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search a key or an action")
        self.search.setAccessibleName("Search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.table = self._make_table(sheet_rows())
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.table)

    def _make_table(self, rows: list[Row]) -> QTableWidget:
        table = QTableWidget(len(rows), 3)
        table.setHorizontalHeaderLabels(["Key or gesture", "What it does", "Menu"])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                table.setItem(number, column, QTableWidgetItem(text))
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        return table

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for row in range(self.table.rowCount()):
            cells = [self.table.item(row, column) for column in range(3)]
            line = " ".join(cell.text() for cell in cells if cell is not None).casefold()
            self.table.setRowHidden(row, not all(word in line for word in words))
