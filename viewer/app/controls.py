"""What keys and mouse do now: the default table, the profile in force and the own presets."""

from dataclasses import replace

from viewer.app.action_spec import ActionSpec
from viewer.app.actions import ACTIONS
from viewer.app.bindings import MouseBinding
from viewer.app.keys import canonical_key
from viewer.app.profile_store import PresetStore, ProfileStore
from viewer.app.profiles import (
    DEFAULT_ID,
    Profile,
    ProfileError,
    actions_with,
    bindings_with,
)
from viewer.app.settings import SettingsStore
from viewer.app.user_presets import UserPreset, find_preset, preset_actions
from viewer.core.events import Signal


class Controls:
    """The one table that menus, tooltips, toolbar, F1 sheet, palette and viewports read.

    Signals
    -------
    changed
        Another profile, or other presets.

    Attributes
    ----------
    profiles : ProfileStore
        Where profiles come from.
    problems : tuple of str
        What of the kept files cannot be used.
    """

    changed = Signal()

    def __init__(self, settings: SettingsStore, profiles: ProfileStore, kept: PresetStore) -> None:
        self._settings, self._kept, self.profiles = settings, kept, profiles
        self._presets, self.problems = kept.load()
        self._profile = self._load(settings.settings.profile)
        self._derive()

    @property
    def profile(self) -> Profile:
        """The profile in force."""
        return self._profile

    @property
    def presets(self) -> tuple[UserPreset, ...]:
        """The own presets, in their order."""
        return self._presets

    @property
    def actions(self) -> tuple[ActionSpec, ...]:
        """The table's actions with the keys that call them now."""
        return self._actions

    @property
    def preset_actions(self) -> tuple[ActionSpec, ...]:
        """The rows of the own presets."""
        return preset_actions(self._presets)

    @property
    def all_actions(self) -> tuple[ActionSpec, ...]:
        """Everything that a key may call."""
        return (*self._actions, *self.preset_actions)

    @property
    def bindings(self) -> tuple[MouseBinding, ...]:
        """What the mouse does now."""
        return self._bindings

    def preset(self, preset_id: str) -> UserPreset | None:
        """Return an own preset."""
        return find_preset(self._presets, preset_id)

    def choose(self, profile: Profile) -> None:
        """Use a profile from now on, and at the next start."""
        self._settings.save(self._settings.settings.changed(profile=profile.id))
        self._profile = profile
        self._derive()
        self.changed.emit()

    def save(self, profile: Profile) -> None:
        """Keep an own profile and use it.

        Raises
        ------
        SaveError
            It cannot be written; nothing changes.
        """
        self.profiles.save(profile)
        self.choose(profile)

    def remove(self, profile: Profile) -> None:
        """Delete an own profile; the default takes its place."""
        self.profiles.remove(profile)
        if profile.id == self._profile.id:
            self.choose(self._load(DEFAULT_ID))

    def set_presets(self, presets: tuple[UserPreset, ...]) -> None:
        """Keep other own presets and use them.

        Raises
        ------
        SaveError
            They cannot be written; nothing changes.
        """
        self._kept.save(presets)
        self._presets = presets
        self._derive()
        self.changed.emit()

    def _derive(self) -> None:
        taken = {preset.key for preset in self._presets if preset.key}
        self._actions = tuple(
            _without(spec, taken) for spec in actions_with(self._profile, ACTIONS)
        )
        self._bindings = bindings_with(self._profile)

    def _load(self, profile_id: str) -> Profile:
        try:
            return self.profiles.load(profile_id)
        except ProfileError as error:
            self.problems = (*self.problems, f"{profile_id}: {error.why}")
        try:
            return self.profiles.load(DEFAULT_ID)
        except ProfileError:  # a damaged installation still has its default table
            return Profile(DEFAULT_ID, "Hounsfield")


def _without(spec: ActionSpec, keys: set[str]) -> ActionSpec:
    """Take keys away that the reader gave to own presets."""
    kept = tuple(key for key in spec.shortcuts if canonical_key(key) not in keys)
    return spec if kept == spec.shortcuts else replace(spec, shortcuts=kept)
