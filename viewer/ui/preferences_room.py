"""The reader's own ways in one window: obeys the settings, shows their dialog, keeps the teaching
mode.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from viewer.app.action_spec import ActionHandlers
from viewer.app.presenters.connections import Connections
from viewer.app.presenters.preferences import PreferencesPresenter
from viewer.app.settings import Settings, SettingsStore
from viewer.core.session import Session
from viewer.i18n import tr
from viewer.ui.dialogs.preferences import PreferencesDialog
from viewer.ui.main_window import MainWindow
from viewer.ui.theme import Theme, apply_theme

_IN_SESSION = (
    "invert_window_drag",
    "up_goes",
    "overlay_planes_visible",
    "shutter_visible",
    "link_scroll",
    "link_zoom",
    "link_window",
)
"""Preferences that are states of the interaction, too, by the same names."""


class PreferencesRoom:
    """Lets settings act, at the start and at each change.

    Parameters
    ----------
    store : SettingsStore
        What is in force.
    session : Session
        Whose interaction follows.
    """

    def __init__(self, store: SettingsStore, session: Session) -> None:
        self._store, self._session = store, session
        self._window: MainWindow | None = None
        self._dialog: tuple[PreferencesDialog, PreferencesPresenter] | None = None
        self._forget: Callable[[], None] = _nothing
        self._connections = Connections()
        self._connections.add(store.changed, self._on_changed)
        hints = QApplication.styleHints()
        self._connections.add(hints.colorSchemeChanged, self._on_system_theme)
        self._dress()
        self._obey()

    def attach(self, window: MainWindow, forget_folders: Callable[[], None]) -> None:
        """Take the window: it needs the handlers before it exists."""
        self._window, self._forget = window, forget_folders
        self._connections.add(self._store.refused, window.notifications.show_error)
        self._connections.add(self._session.interaction.events.teaching, self._show_teaching)
        self._show_checks()
        self._show_teaching()

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        return {"edit.preferences": self.show, "view.teaching": self.toggle_teaching}

    def close(self) -> None:
        """Close the dialog; let go of everything."""
        self._connections.close()
        if self._dialog is not None:
            dialog, presenter = self._dialog
            presenter.close()
            dialog.close()

    def show(self) -> None:
        """Show the preferences."""
        if self._dialog is None:
            made = PreferencesDialog(self._window)
            self._dialog = made, PreferencesPresenter(self._store, made)
        dialog = self._dialog[0]
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        dialog.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def toggle_teaching(self) -> None:
        """Hide who the images are of, or show it again."""
        self._session.interaction.teaching = not self._session.interaction.teaching

    # --- obeying -----------------------------------------------------------------------------

    def _on_changed(self, before: Settings) -> None:
        now = self._store.settings
        if (now.theme, now.font_percent) != (before.theme, before.font_percent):
            QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)  # half a second or so
            try:
                self._dress()
            finally:
                QApplication.restoreOverrideCursor()
        self._obey()
        self._show_checks()
        if before.remember_folders and not now.remember_folders:
            self._forget()

    def _on_system_theme(self, *_: object) -> None:
        if self._store.settings.theme == Theme.SYSTEM:
            self._dress()

    def _dress(self) -> None:
        app, settings = QApplication.instance(), self._store.settings
        if isinstance(app, QApplication):
            apply_theme(app, settings.theme, settings.font_percent)

    def _obey(self) -> None:
        settings, interaction = self._store.settings, self._session.interaction
        for name in _IN_SESSION:
            setattr(interaction, name, getattr(settings, name))
        interaction.text_scale = settings.image_text_percent / 100

    def _show_checks(self) -> None:
        if self._window is not None:
            settings, actions = self._store.settings, self._window.actions_
            actions.set_checked("file.remember", settings.remember_folders)
            actions.set_checked("file.reopen", settings.reopen_last)

    # --- teaching ----------------------------------------------------------------------------

    def _show_teaching(self) -> None:
        if self._window is None:
            return
        on = self._session.interaction.teaching
        self._window.actions_.set_checked("view.teaching", on)
        self._window.notifications.hide_names(on)
        self._window.set_badge(tr("Teaching mode: names are hidden") if on else "")


def _nothing() -> None:
    """Nobody is there yet to forget anything."""
