"""Joins the settings to the dialog that edits them: each change acts at once."""

from collections.abc import Mapping
from typing import Protocol

from viewer.app.preferences import PREFERENCES, Preference
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.settings import SettingsStore, SettingValue


class PreferencesView(Protocol):
    """The dialog."""

    @property
    def edited(self) -> Connectable:
        """Name of a preference, and its new value."""

    @property
    def reset_requested(self) -> Connectable:
        """Name of a preference to be as it was at first."""

    @property
    def reset_all_requested(self) -> Connectable:
        """All of them."""

    def set_values(self, values: Mapping[str, SettingValue]) -> None:
        """Show the values in force; emits nothing."""


class PreferencesPresenter:
    """Saves what is edited; shows what is in force, whoever changed it.

    Parameters
    ----------
    store : SettingsStore
        Whoever obeys a setting listens to it.
    preferences : tuple of Preference
        What the dialog edits.
    """

    def __init__(
        self,
        store: SettingsStore,
        view: PreferencesView,
        preferences: tuple[Preference, ...] = PREFERENCES,
    ) -> None:
        self._store, self._view, self._preferences = store, view, preferences
        self._connections = Connections()
        for signal, slot in (
            (store.changed, self._show),
            (view.edited, self._on_edited),
            (view.reset_requested, self._on_reset),
            (view.reset_all_requested, self._on_reset_all),
        ):
            self._connections.add(signal, slot)
        self._show()

    def close(self) -> None:
        """Let go of store and dialog."""
        self._connections.close()

    def _show(self, *_: object) -> None:
        settings = self._store.settings
        self._view.set_values({p.name: p.value_in(settings) for p in self._preferences})

    def _on_edited(self, name: str, value: SettingValue) -> None:
        self._store.save(self._store.settings.changed(**{name: value}))

    def _on_reset(self, name: str) -> None:
        default = next(p.default for p in self._preferences if p.name == name)
        self._on_edited(name, default)

    def _on_reset_all(self) -> None:
        defaults = {p.name: p.default for p in self._preferences}
        self._store.save(self._store.settings.changed(**defaults))
