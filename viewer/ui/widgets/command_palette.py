"""The command palette: a field and what its letters find, over the window, by keyboard alone."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.palette import PaletteEntry, found
from viewer.i18n import tr
from viewer.ui.widgets.labels import plain_label

_WIDTH_PX, _HEIGHT_PX, _TOP_PX, _MARGIN_PX = 680, 460, 70, 40
_MOVES = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 10,
    Qt.Key.Key_PageUp: -10,
}
_CHOICES = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class CommandPalette(QFrame):
    """Finds entries and tells which was chosen.

    Signals
    -------
    chosen(str)
        Id of an entry that can be done now.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("command-palette")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setAccessibleName(tr("Command palette"))
        self._entries: Sequence[PaletteEntry] = ()
        self._window = parent
        self._shown: list[PaletteEntry] = []
        self._items: list[QTreeWidgetItem] = []
        self.field = _Field(self)
        self.field.setPlaceholderText(tr("Action, preset, layout, series or recent study"))
        self.field.setAccessibleName(tr("Find a command"))
        self.field.textChanged.connect(self._find)
        self.list = _make_list()
        self.list.itemClicked.connect(self._on_clicked)
        self.list.currentItemChanged.connect(self._on_current)
        self._about = plain_label(role="dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 8)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        column.addWidget(self._about)
        self.hide()

    def open_with(self, entries: Sequence[PaletteEntry]) -> None:
        """Show the palette with the keyboard in its field."""
        self._entries = entries
        self.field.clear()
        self._find("")
        space = self._window.rect()
        width = min(_WIDTH_PX, space.width() - _MARGIN_PX)
        height = min(_HEIGHT_PX, space.height() - 2 * _TOP_PX)
        self.setGeometry((space.width() - width) // 2, _TOP_PX, width, height)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._entries = ()  # recent studies may be called by the patient
        self.field.clear()
        self._find("")
        self._about.clear()

    def step(self, rows: int) -> None:
        """Go up or down; past an end it begins again at the other."""
        count = len(self._shown)
        if count == 0:
            return
        row = self.list.currentIndex().row()
        wanted = (row + rows) % count if abs(rows) == 1 else min(max(row + rows, 0), count - 1)
        self.list.setCurrentItem(self._items[wanted])

    def accept(self) -> None:
        """Do what is marked; what cannot be done now says why and stays."""
        row = self.list.currentIndex().row()
        entry = self._shown[row] if row >= 0 else None
        if entry is not None and not entry.reason:
            self.hide()
            self.chosen.emit(entry.id)

    def _find(self, text: str) -> None:
        self._shown = found(self._entries, text)
        self.list.clear()
        self._items = [self._item(entry) for entry in self._shown]
        self.list.addTopLevelItems(self._items)
        if self._items:
            self.list.setCurrentItem(self._items[0])
        else:
            self._about.setText(tr("Nothing has these letters"))

    def _item(self, entry: PaletteEntry) -> QTreeWidgetItem:
        item = QTreeWidgetItem([entry.text, entry.place, entry.keys])
        item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        dim = self.palette().brush(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        for column in range(3):
            if entry.reason or column == 1:
                item.setForeground(column, dim)
        return item

    def _on_clicked(self, item: QTreeWidgetItem) -> None:
        self.list.setCurrentItem(item)
        self.accept()

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            entry = self._shown[self.list.indexOfTopLevelItem(item)]
            not_now = tr("Not now: {reason}", reason=entry.reason) if entry.reason else ""
            self._about.setText(not_now or entry.help)


class _Field(QLineEdit):
    """A field whose arrows, Enter and Esc are the palette's."""

    def __init__(self, palette: CommandPalette) -> None:
        super().__init__(palette)
        self._palette = palette

    def event(self, event: QEvent) -> bool:
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(event, QKeyEvent) and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._palette.hide()
        elif key in _CHOICES:
            self._palette.accept()
        elif key in _MOVES:
            self._palette.step(_MOVES[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._palette.hide()

    def _is_own(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape or event.key() in _CHOICES or event.key() in _MOVES


def _make_list() -> QTreeWidget:
    made = QTreeWidget()
    made.setColumnCount(3)
    made.setHeaderHidden(True)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setAccessibleName(tr("Found commands"))
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = made.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
    return made
