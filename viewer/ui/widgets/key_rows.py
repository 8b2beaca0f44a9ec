"""A searchable list of actions with their keys, and a field that takes another key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.action_spec import ActionSpec
from viewer.app.control_sheet import keys_text, plain_name
from viewer.app.profiles import holder_of
from viewer.app.user_presets import user_preset_name
from viewer.i18n import tr
from viewer.ui.actions import native_key
from viewer.ui.widgets.key_field import KeyField
from viewer.ui.widgets.labels import plain_label

_ID = Qt.ItemDataRole.UserRole


class KeyRows(QWidget):
    """Shows keys and asks for others; says whose a key is before it is taken.

    Signals
    -------
    edited(str, tuple of str)
        Id of an action, and all its keys.
    reset_requested(str)
        Id of an action that shall have its default keys.
    """

    edited = Signal(str, object)
    reset_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions: tuple[ActionSpec, ...] = ()
        self._changed: set[str] = set()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search an action or a key"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.list = _make_list()
        self.list.currentItemChanged.connect(self._on_current)
        self.field = KeyField()
        self.field.pressed.connect(self._judge)
        self.verdict = plain_label(role="dim", wrap=True)
        self.instead = self._button(tr("Use this key"), self._on_instead)
        self.as_well = self._button(tr("Use it as well"), self._on_as_well)
        self.none = self._button(tr("No key"), self._on_none)
        self.reset = self._button(tr("Reset"), self._on_reset)
        row = QHBoxLayout()
        row.addWidget(plain_label(tr("Press a key:")))
        row.addWidget(self.field, 1)
        for button in (self.instead, self.as_well, self.none, self.reset):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addWidget(self.verdict)

    def set_actions(self, actions: tuple[ActionSpec, ...], changed: set[str]) -> None:
        """Show other keys; the rows named differ from the default."""
        chosen, place = self._current_id(), self.list.verticalScrollBar().value()
        self._actions, self._changed = actions, changed
        self.list.clear()
        bold = QFont(self.list.font())
        bold.setBold(True)
        for spec in actions:
            if user_preset_name(spec.preset):
                continue  # their keys are changed where they are made
            item = QTreeWidgetItem(
                [plain_name(spec), keys_text(spec, native_key), tr(spec.menu.value)]
            )
            item.setData(0, _ID, spec.id)
            if spec.id in changed:
                item.setFont(1, bold)
                item.setToolTip(1, tr("Not the default"))
            self.list.addTopLevelItem(item)
            if spec.id == chosen:
                self.list.setCurrentItem(item)
        self.list.verticalScrollBar().setValue(place)
        self._filter(self.search.text())
        self.field.set_key("")
        self._judge()

    def select(self, action_id: str) -> None:
        """Mark the row of an action."""
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None and item.data(0, _ID) == action_id:
                self.list.setCurrentItem(item)
                self.list.scrollToItem(item, QTreeWidget.ScrollHint.PositionAtCenter)

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _current_id(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(0, _ID))

    def _current(self) -> ActionSpec | None:
        return next((spec for spec in self._actions if spec.id == self._current_id()), None)

    def _on_current(self) -> None:
        self.field.set_key("")
        self._judge()

    def _judge(self) -> None:
        """Say whose the pressed key is, and what can be done with it."""
        spec, key = self._current(), self.field.key
        holder = holder_of(key, self._actions, spec.id if spec else "") if key else None
        usable = spec is not None and bool(key) and key not in spec.shortcuts
        self.instead.setEnabled(usable)
        self.as_well.setEnabled(usable and spec is not None and bool(spec.shortcuts))
        self.none.setEnabled(spec is not None and bool(spec.shortcuts))
        self.reset.setEnabled(spec is not None and spec.id in self._changed)
        self.field.setEnabled(spec is not None)
        take = tr("Take this key") if holder else tr("Use this key")
        self.instead.setText(take)
        self.verdict.setText(self._verdict(spec, key, holder))
        self.verdict.setProperty("role", "caution" if holder else "dim")
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)

    def _verdict(self, spec: ActionSpec | None, key: str, holder: ActionSpec | None) -> str:
        if spec is None:
            return tr("Mark an action, then press its new key")
        if not key:
            return tr("{action}: press its new key", action=plain_name(spec))
        if holder is None:
            return tr("{key} is free", key=native_key(key))
        return tr(
            "{key} is “{holder}” now; taken from there, “{holder}” loses it",
            key=native_key(key),
            holder=plain_name(holder),
        )

    def _on_instead(self) -> None:
        self.edited.emit(self._current_id(), (self.field.key,))

    def _on_as_well(self) -> None:
        spec = self._current()
        if spec is not None:
            self.edited.emit(spec.id, (*spec.shortcuts, self.field.key))

    def _on_none(self) -> None:
        self.edited.emit(self._current_id(), ())

    def _on_reset(self) -> None:
        self.reset_requested.emit(self._current_id())

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None:
                line = " ".join(item.text(column) for column in range(3)).casefold()
                item.setHidden(not all(word in line for word in words))


def _make_list() -> QTreeWidget:
    made = QTreeWidget()
    made.setHeaderLabels([tr("Action"), tr("Keys"), tr("Menu")])
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setAlternatingRowColors(True)
    made.setAccessibleName(tr("Actions and their keys"))
    header = made.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
    return made
