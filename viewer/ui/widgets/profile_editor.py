"""Edits a profile of keys and mouse; can stand in any dialog."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.app.action_spec import ActionSpec
from viewer.app.bindings import MouseBinding
from viewer.app.profiles import Profile
from viewer.i18n import tr
from viewer.ui.widgets.key_rows import KeyRows
from viewer.ui.widgets.labels import plain_label
from viewer.ui.widgets.mouse_rows import MouseRows

_FILES = "JSON (*.json)"


class ProfileEditor(QWidget):
    """Passive view of `viewer.app.presenters.profiles.ProfilePresenter`.

    Signals
    -------
    profile_chosen(str), keys_edited(str, tuple), mouse_edited(str, str), row_reset(str)
        See `ProfileView`.
    all_reset, removed, renamed(str), imported(str), exported(str)
        See `ProfileView`.
    """

    profile_chosen = Signal(str)
    keys_edited = Signal(str, object)
    mouse_edited = Signal(str, str)
    row_reset = Signal(str)
    all_reset = Signal()
    removed = Signal()
    renamed = Signal(str)
    imported = Signal(str)
    exported = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Profile"))
        self.choice.activated.connect(self._on_choice)
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the profile"))
        self.name.editingFinished.connect(self._on_name)
        self._about = plain_label(role="dim", wrap=True)
        self._trouble = plain_label(role="caution", wrap=True)
        self._trouble.hide()
        self.keys, self.mouse = KeyRows(), MouseRows()
        self.keys.edited.connect(self.keys_edited)
        self.keys.reset_requested.connect(self.row_reset)
        self.mouse.edited.connect(self.mouse_edited)
        self.mouse.reset_requested.connect(self.row_reset)
        tabs = QTabWidget()
        tabs.addTab(self.keys, tr("Keys"))
        tabs.addTab(self.mouse, tr("Mouse"))
        head = QHBoxLayout()
        head.addWidget(plain_label(tr("Profile")))
        head.addWidget(self.choice, 1)
        head.addWidget(self.name, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._about)
        column.addWidget(tabs, 1)
        column.addWidget(self._trouble)
        column.addLayout(self._buttons())

    def set_profiles(self, profiles: Sequence[Profile], shown: Profile) -> None:
        """Show what can be chosen, and the one in force."""
        self.choice.clear()
        for profile in profiles:
            name = profile.name if profile.own else tr(profile.name)
            self.choice.addItem(name, profile.id)
        self.choice.setCurrentIndex(self.choice.findData(shown.id))
        self.name.setVisible(shown.own)
        self.name.setText(shown.name)
        about = [shown.about if shown.own else tr(shown.about)]
        if shown.left_out:
            about.append(tr("Not to be had here: {what}.", what="; ".join(shown.left_out)))
        self._about.setText("\n".join(text for text in about if text))
        self._remove.setEnabled(shown.own)
        self._reset.setEnabled(bool(shown.keys or shown.mouse))

    def set_table(
        self, actions: Sequence[ActionSpec], bindings: Sequence[MouseBinding], changed: set[str]
    ) -> None:
        """Show keys and gestures; the rows named differ from the default."""
        self.keys.set_actions(tuple(actions), changed)
        self.mouse.set_bindings(tuple(bindings), changed)

    def tell(self, line: str) -> None:
        """Say what went wrong, or ""."""
        self._trouble.setText(line)
        self._trouble.setVisible(bool(line))

    def _buttons(self) -> QHBoxLayout:
        self._reset = QPushButton(tr("Reset all"))
        self._reset.setToolTip(tr("All keys and gestures of this profile as in Hounsfield"))
        self._reset.clicked.connect(self.all_reset)
        self._remove = QPushButton(tr("Delete profile"))
        self._remove.setToolTip(tr("Profiles of your own can be deleted"))
        self._remove.clicked.connect(self.removed)
        load, save = QPushButton(tr("Import…")), QPushButton(tr("Export…"))
        load.setToolTip(tr("Read a profile from a file"))
        save.setToolTip(tr("Write this profile to a file, for another machine or colleague"))
        load.clicked.connect(self._ask_import)
        save.clicked.connect(self._ask_export)
        row = QHBoxLayout()
        for button in (self._reset, self._remove, load, save):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.insertStretch(2)
        return row

    def _on_choice(self, row: int) -> None:
        self.profile_chosen.emit(self.choice.itemData(row))

    def _on_name(self) -> None:
        if self.name.isVisible():
            self.renamed.emit(self.name.text())

    def _ask_import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Import a profile"), "", _FILES)
        if path:
            self.imported.emit(path)

    def _ask_export(self) -> None:
        suggested = f"{self.choice.currentText()}.json"
        path, _ = QFileDialog.getSaveFileName(self, tr("Export the profile"), suggested, _FILES)
        if path:
            self.exported.emit(path)
