"""Joins the profiles to the widget that edits them: each change acts at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from viewer.app.action_spec import ActionSpec
from viewer.app.actions import ACTIONS
from viewer.app.bindings import Gesture, MouseBinding, binding_of
from viewer.app.controls import Controls
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.profile_store import read_some
from viewer.app.profiles import MAX_NAME, Profile, ProfileError, read_profile, write_profile
from viewer.core.errors import ViewerError
from viewer.files import write_atomic
from viewer.i18n import tr


class ProfileView(Protocol):
    """The editor."""

    @property
    def profile_chosen(self) -> Connectable:
        """Id of a profile."""

    @property
    def keys_edited(self) -> Connectable:
        """Id of an action, and all its keys."""

    @property
    def mouse_edited(self) -> Connectable:
        """Name of a gesture, and the id of what it does."""

    @property
    def row_reset(self) -> Connectable:
        """Id of an action, or name of a gesture, that shall have its default."""

    @property
    def all_reset(self) -> Connectable:
        """All of them."""

    @property
    def renamed(self) -> Connectable:
        """Another name of the profile."""

    @property
    def removed(self) -> Connectable:
        """The profile shall go."""

    @property
    def imported(self) -> Connectable:
        """Path of a profile's file."""

    @property
    def exported(self) -> Connectable:
        """Path to write the profile to."""

    def set_profiles(self, profiles: Sequence[Profile], shown: Profile) -> None:
        """Show what can be chosen, and the one in force."""

    def set_table(
        self, actions: Sequence[ActionSpec], bindings: Sequence[MouseBinding], changed: set[str]
    ) -> None:
        """Show keys and gestures; the rows named differ from the default."""

    def tell(self, line: str) -> None:
        """Say what went wrong, or ""."""


class ProfilePresenter:
    """Chooses, edits, imports and exports profiles.

    A profile that ships is never changed: the first edit makes one of the reader's own of it.

    Parameters
    ----------
    set_tool : callable
        Makes the tool of a profile the active one.
    """

    def __init__(
        self, controls: Controls, view: ProfileView, set_tool: Callable[[str], None]
    ) -> None:
        self._controls, self._view, self._set_tool = controls, view, set_tool
        self._connections = Connections()
        for signal, slot in (
            (controls.changed, self._show),
            (view.profile_chosen, self._on_chosen),
            (view.keys_edited, self._on_keys),
            (view.mouse_edited, self._on_mouse),
            (view.row_reset, self._on_reset),
            (view.all_reset, self._on_reset_all),
            (view.renamed, self._on_renamed),
            (view.removed, self._on_removed),
            (view.imported, self._on_import),
            (view.exported, self._on_export),
        ):
            self._connections.add(signal, slot)
        self._show()

    def close(self) -> None:
        """Let go of controls and view."""
        self._connections.close()

    def _show(self) -> None:
        controls, profile = self._controls, self._controls.profile
        known, wrong = controls.profiles.profiles()
        self._view.set_profiles(known, profile)
        self._view.set_table(controls.all_actions, controls.bindings, _changed(profile))
        self._view.tell("; ".join(wrong))

    def _on_chosen(self, profile_id: str) -> None:
        try:
            profile = self._controls.profiles.load(profile_id)
        except ProfileError as error:
            self._view.tell(error.one_line())
            return
        self._controls.choose(profile)
        self._set_tool(profile.tool)
        if profile.ignored:
            self._view.tell(tr("Left out: {names}", names=", ".join(profile.ignored)))

    def _on_keys(self, action_id: str, keys: tuple[str, ...]) -> None:
        self._free_presets(keys)
        profile = self._own()
        for other, held in profile.keys.items():
            if other != action_id and set(held) & set(keys):
                profile = profile.with_keys(other, tuple(key for key in held if key not in keys))
        self._save(profile.with_keys(action_id, keys))

    def _on_mouse(self, gesture: str, does: str) -> None:
        self._save(self._own().with_mouse(Gesture(gesture), does))

    def _on_reset(self, row: str) -> None:
        self._save(self._own().without(row))

    def _on_reset_all(self) -> None:
        self._save(replace(self._own(), keys={}, mouse={}))

    def _on_renamed(self, name: str) -> None:
        name = " ".join(name.split())[:MAX_NAME]
        profile = self._controls.profile
        if profile.own and name and name != profile.name:
            self._save(replace(profile, name=name))

    def _on_removed(self) -> None:
        if self._controls.profile.own:
            self._controls.remove(self._controls.profile)

    def _on_import(self, path: str) -> None:
        try:
            found = read_profile(read_some(Path(path)), "imported", own=True)
        except ProfileError as error:
            self._view.tell(error.one_line())
            return
        profile = replace(found, id=self._controls.profiles.free_id(found.name))
        self._save(profile)
        self._set_tool(profile.tool)
        if profile.ignored:
            self._view.tell(tr("Left out: {names}", names=", ".join(profile.ignored)))

    def _on_export(self, path: str) -> None:
        try:
            write_atomic(Path(path), write_profile(self._controls.profile))
        except ViewerError as error:
            self._view.tell(error.one_line())

    def _own(self) -> Profile:
        profile = self._controls.profile
        if profile.own:
            return profile
        name = tr("{name}, changed", name=tr(profile.name))[:MAX_NAME]
        about = tr("Made from {name}", name=tr(profile.name))
        profile_id = self._controls.profiles.free_id(name)
        return replace(profile, id=profile_id, name=name, about=about, own=True)

    def _free_presets(self, keys: tuple[str, ...]) -> None:
        """Take keys away from own presets: the reader was told whose they are."""
        presets = self._controls.presets
        if any(preset.key in keys for preset in presets if preset.key):
            kept = tuple(replace(p, key="") if p.key in keys else p for p in presets)
            self._controls.set_presets(kept)

    def _save(self, profile: Profile) -> None:
        try:
            self._controls.save(profile)
        except ViewerError as error:
            self._view.tell(error.one_line())


def _changed(profile: Profile) -> set[str]:
    """Return the actions and gestures that a profile changes, by id and by name."""
    keys = {spec.id: spec.shortcuts for spec in ACTIONS}
    return {
        *(name for name, held in profile.keys.items() if held != keys[name]),
        *(g.value for g, does in profile.mouse.items() if does != binding_of(g)),
    }
