"""Own layouts: a field to save the present one, and the list of those that are saved."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.core.arrangement import MAX_NAME
from viewer.i18n import mark, tr

_HELP = mark(
    "A layout remembers windows, cells, planes and slabs, and which kind of series goes where: "
    "modality, words of the description, newest or prior study."
)


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
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Own layouts"))
        self._list.currentRowChanged.connect(self._show_state)
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
        self.resize(460, 380)
        self._show_state()

    def set_names(self, names: Sequence[str]) -> None:
        """List the layouts; the chosen place stays."""
        row = self._list.currentRow()
        self._list.blockSignals(True)
        self._list.clear()
        for name in names:
            item = QListWidgetItem(name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self._list.addItem(item)
        self._list.setCurrentRow(min(max(row, 0), len(names) - 1))
        self._list.blockSignals(False)
        self._show_state()

    def choose(self, row: int) -> None:
        """Choose a layout of the list."""
        self._list.setCurrentRow(row)

    def clear_name(self) -> None:
        """Empty the field: what it named is saved."""
        self._name.clear()

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _show_state(self, *_: object) -> None:
        if not hasattr(self, "_buttons"):
            return
        row, count = self._list.currentRow(), self._list.count()
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
        self.show_requested.emit(self._list.currentRow())

    def _on_rename(self) -> None:
        self._list.editItem(self._list.currentItem())

    def _on_renamed(self, item: QListWidgetItem) -> None:
        self.rename_requested.emit(self._list.row(item), item.text())

    def _on_up(self) -> None:
        self._move(-1)

    def _on_down(self) -> None:
        self._move(1)

    def _move(self, way: int) -> None:
        row = self._list.currentRow()
        self.move_requested.emit(row, row + way)
        self.choose(row + way)

    def _on_delete(self) -> None:
        self.delete_requested.emit(self._list.currentRow())
