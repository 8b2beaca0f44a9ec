"""Own layouts: a field to save the present one, and the list of those that are saved."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.core.arrangement import MAX_NAME
from viewer.i18n import mark, tr
from viewer.ui.widgets.labels import plain_tooltip

_HELP = mark(
    "A layout remembers windows, cells, planes and slabs, and which kind of series goes where: "
    "modality, words of the description, newest or prior study."
)
_NAME, _CONTENT, _KEY = range(3)


class LayoutRow(NamedTuple):
    """A layout in the list: its name, what it consists of, and its key or ""."""

    name: str
    content: str
    key: str


class OwnLayoutsDialog(QDialog):
    """A passive list; nothing waits for it.

    Signals
    -------
    save_requested(str)
        Save the present arrangement under this name.
    show_requested(int), delete_requested(int)
        Of the layout at a place in the list.
    rename_requested(int, str)
        Another name was typed.
    move_requested(int, int)
        To another place in the list.
    """

    save_requested = Signal(str)
    show_requested = Signal(int)
    delete_requested = Signal(int)
    rename_requested = Signal(int, str)
    move_requested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("own-layouts-dialog")
        self.setWindowTitle(tr("Own layouts"))
        self._name = QLineEdit()
        self._name.setPlaceholderText(tr("Name of the present arrangement"))
        self._name.setAccessibleName(tr("Name of the present arrangement"))
        self._name.setMaxLength(MAX_NAME)
        self._name.textChanged.connect(self._show_state)
        self._name.returnPressed.connect(self._on_save)
        self._list = _make_list()
        self._list.currentItemChanged.connect(self._show_state)
        self._list.itemDoubleClicked.connect(self._on_rename)
        self._list.itemChanged.connect(self._on_renamed)
        help_text = QLabel(tr(_HELP))
        help_text.setWordWrap(True)
        help_text.setProperty("role", "dim")
        self._save = self._button(tr("Save"), self._on_save)
        top = QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self._save)
        self._buttons = (
            self._button(tr("Show"), self._on_show),
            self._button(tr("Rename"), self._on_rename),
            self._button(tr("Up"), self._on_up),
            self._button(tr("Down"), self._on_down),
            self._button(tr("Delete"), self._on_delete),
        )
        below = QHBoxLayout()
        for button in self._buttons:
            below.addWidget(button)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(help_text)
        column.addWidget(self._list, 1)
        column.addLayout(below)
        self.resize(640, 400)
        self._show_state()
        self._name.setFocus()

    def set_layouts(self, rows: Sequence[LayoutRow]) -> None:
        """List the layouts; the chosen place stays."""
        row = self._row
        self._list.blockSignals(True)
        self._list.clear()
        for shown in rows:
            item = QTreeWidgetItem([shown.name, shown.content, shown.key])
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(1, plain_tooltip(shown.content))
            self._list.addTopLevelItem(item)
        self.choose(min(max(row, 0), len(rows) - 1))
        self._list.blockSignals(False)
        self._show_state()

    def choose(self, row: int) -> None:
        """Choose a layout of the list."""
        item = self._list.topLevelItem(row)
        if item is not None:
            self._list.setCurrentItem(item)

    def clear_name(self) -> None:
        """Empty the field: what it named is saved."""
        self._name.clear()

    @property
    def _row(self) -> int:
        item = self._list.currentItem()
        return -1 if item is None else self._list.indexOfTopLevelItem(item)

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _show_state(self, *_: object) -> None:
        if not hasattr(self, "_buttons"):
            return
        row, count = self._row, self._list.topLevelItemCount()
        chosen = 0 <= row < count
        self._save.setEnabled(bool(self._name.text().strip()))
        free = (chosen, chosen, chosen and row > 0, chosen and row < count - 1, chosen)
        for button, enabled in zip(self._buttons, free, strict=True):
            button.setEnabled(enabled)
            button.setToolTip("" if enabled or chosen else tr("Choose a layout first"))

    def _on_save(self) -> None:
        if name := self._name.text().strip():
            self.save_requested.emit(name)

    def _on_show(self) -> None:
        self.show_requested.emit(self._row)

    def _on_rename(self, *_: object) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._list.editItem(item, _NAME)

    def _on_renamed(self, item: QTreeWidgetItem) -> None:
        self.rename_requested.emit(self._list.indexOfTopLevelItem(item), item.text(_NAME))

    def _on_up(self) -> None:
        self._move(-1)

    def _on_down(self) -> None:
        self._move(1)

    def _move(self, way: int) -> None:
        row = self._row
        self.move_requested.emit(row, row + way)
        self.choose(row + way)

    def _on_delete(self) -> None:
        self.delete_requested.emit(self._row)


def _make_list() -> QTreeWidget:
    made = QTreeWidget()
    made.setHeaderLabels([tr("Name"), tr("Places"), tr("Key")])
    made.setRootIsDecorated(False)
    made.setAlternatingRowColors(True)
    made.setAccessibleName(tr("Own layouts"))
    made.setEditTriggers(QTreeWidget.EditTrigger.NoEditTriggers)  # names alone can be edited
    made.setTextElideMode(Qt.TextElideMode.ElideRight)
    header = made.header()
    header.setStretchLastSection(False)
    for column, mode in (
        (_NAME, QHeaderView.ResizeMode.ResizeToContents),
        (_CONTENT, QHeaderView.ResizeMode.Stretch),
        (_KEY, QHeaderView.ResizeMode.ResizeToContents),
    ):
        header.setSectionResizeMode(column, mode)
    return made
