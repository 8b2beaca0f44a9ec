"""The list of key images: click jumps, the comment can be edited, Delete removes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.key_images import KeyImageRow
from viewer.i18n import tr
from viewer.ui.widgets.key_table import KeyTable
from viewer.ui.widgets.labels import plain_label, plain_tooltip

_PLACE_COLUMN, _COMMENT_COLUMN = 0, 1
_UID_ROLE = Qt.ItemDataRole.UserRole


class KeyImagesPanel(QWidget):
    """Passive view of `viewer.app.presenters.key_images.KeyImagesPresenter`."""

    image_requested = Signal(str)
    comment_edited = Signal(str, str)
    remove_requested = Signal(object)
    previous_requested = Signal()
    next_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("key-images-panel")
        self._rows: tuple[KeyImageRow, ...] = ()
        self._table = KeyTable(0, 2)
        self._note = plain_label(role="dim", wrap=True)
        self._remove = QPushButton(tr("Remove"))
        self._previous, self._next = QPushButton(tr("Previous")), QPushButton(tr("Next"))
        self._build()
        self._table.cellClicked.connect(self._on_clicked)
        self._table.itemActivated.connect(self._on_activated)
        self._table.itemChanged.connect(self._on_changed)
        self._table.itemSelectionChanged.connect(self._show_buttons)
        self._table.delete_requested.connect(self._on_remove)
        self._remove.clicked.connect(self._on_remove)
        self._previous.clicked.connect(self.previous_requested)
        self._next.clicked.connect(self.next_requested)
        self._show_buttons()

    def set_rows(self, rows: tuple[KeyImageRow, ...]) -> None:
        """Show other rows."""
        if rows == self._rows and self._cells() == [(row.place, row.comment) for row in rows]:
            return
        self._rows = rows
        self._table.blockSignals(True)
        self._table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            place, comment = _item(row.uid, row.place), _item(row.uid, row.comment)
            place.setFlags(place.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self._table.setItem(line, _PLACE_COLUMN, place)
            self._table.setItem(line, _COMMENT_COLUMN, comment)
        self._table.blockSignals(False)
        self._show_buttons()

    def set_current(self, uid: str) -> None:
        """Select the row of the image in view."""
        self._table.blockSignals(True)
        self._table.clearSelection()
        for line, row in enumerate(self._rows):
            if row.uid == uid:
                self._table.selectRow(line)
        self._table.blockSignals(False)
        self._show_buttons()

    def set_note(self, text: str) -> None:
        """Say why the list is empty."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _build(self) -> None:
        self._table.setAccessibleName(tr("Key images"))
        self._table.setHorizontalHeaderLabels([tr("Image"), tr("Comment")])
        self._table.verticalHeader().hide()
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setEditTriggers(
            QTableWidget.EditTrigger.DoubleClicked | QTableWidget.EditTrigger.EditKeyPressed
        )
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(_PLACE_COLUMN, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_COMMENT_COLUMN, QHeaderView.ResizeMode.Stretch)
        self._remove.setToolTip(tr("Take the selected images from the list (can be undone)"))
        self._previous.setToolTip(tr("Previous key image"))
        self._next.setToolTip(tr("Next key image"))
        buttons = QHBoxLayout()
        for button in (self._previous, self._next, self._remove):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._note)
        layout.addWidget(self._table, 1)
        layout.addLayout(buttons)

    def _cells(self) -> list[tuple[str, str]]:
        items = [
            (self._table.item(line, _PLACE_COLUMN), self._table.item(line, _COMMENT_COLUMN))
            for line in range(self._table.rowCount())
        ]
        return [(place.text(), comment.text()) for place, comment in items if place and comment]

    def _selected_uids(self) -> tuple[str, ...]:
        lines = sorted({index.row() for index in self._table.selectedIndexes()})
        return tuple(self._rows[line].uid for line in lines)

    def _show_buttons(self) -> None:
        self._remove.setEnabled(bool(self._selected_uids()))
        for button in (self._previous, self._next):
            button.setEnabled(bool(self._rows))

    def _on_clicked(self, line: int) -> None:
        if len(self._selected_uids()) <= 1:
            self.image_requested.emit(self._rows[line].uid)

    def _on_activated(self, item: QTableWidgetItem) -> None:
        if item.column() == _PLACE_COLUMN:
            self.image_requested.emit(str(item.data(_UID_ROLE)))

    def _on_changed(self, item: QTableWidgetItem) -> None:
        if item.column() == _COMMENT_COLUMN:
            self.comment_edited.emit(str(item.data(_UID_ROLE)), item.text())

    def _on_remove(self) -> None:
        uids = self._selected_uids()
        if uids:
            self.remove_requested.emit(uids)


def _item(uid: str, text: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setData(_UID_ROLE, uid)
    item.setToolTip(plain_tooltip(text))
    return item
