"""Joins the own presets to their dialog: each change is checked, kept and acts at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from viewer.app.control_sheet import plain_name
from viewer.app.controls import Controls
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.profile_store import example_presets, read_some
from viewer.app.profiles import holder_of
from viewer.app.user_presets import (
    PresetError,
    UserPreset,
    checked_preset,
    find_preset,
    read_presets,
    with_preset,
    write_presets,
)
from viewer.core.errors import ViewerError
from viewer.core.session import Session
from viewer.core.window import HuWindow
from viewer.files import write_atomic
from viewer.i18n import tr

_NEW_WINDOW = HuWindow(400, 40)


class PresetView(Protocol):
    """The dialog."""

    @property
    def edited(self) -> Connectable:
        """Place in the list, name, width, level, modality, key."""

    @property
    def selected(self) -> Connectable:
        """Place in the list."""

    @property
    def added(self) -> Connectable:
        """A new preset from the window of the active view."""

    @property
    def removed(self) -> Connectable:
        """Place in the list."""

    @property
    def moved(self) -> Connectable:
        """Place in the list, and by how many places."""

    @property
    def key_taken(self) -> Connectable:
        """Place in the list, and a key that another action gives up."""

    @property
    def imported(self) -> Connectable:
        """Path of a file of presets."""

    @property
    def exported(self) -> Connectable:
        """Path to write them to."""

    @property
    def examples_requested(self) -> Connectable:
        """Add the presets that ship."""

    @property
    def previews(self) -> bool:
        """Whether the active view follows."""

    def set_presets(self, presets: Sequence[UserPreset], current: int) -> None:
        """Show the list, one of it marked (-1 for none)."""

    def ask_for_key(self, key: str, holder: str) -> None:
        """Ask whether a key may be taken from an action."""

    def tell(self, line: str) -> None:
        """Say what went wrong, or ""."""


class PresetPresenter:
    """Adds, changes, orders, imports and exports own presets.

    Parameters
    ----------
    show_preset : callable
        Applies a preset to the active view.
    """

    def __init__(
        self,
        controls: Controls,
        session: Session,
        view: PresetView,
        show_preset: Callable[[UserPreset], None],
    ) -> None:
        self._controls, self._session, self._view = controls, session, view
        self._show_preset = show_preset
        self._connections = Connections()
        for signal, slot in (
            (view.edited, self._on_edited),
            (view.selected, self._preview),
            (view.added, self._on_added),
            (view.removed, self._on_removed),
            (view.moved, self._on_moved),
            (view.key_taken, self._on_key_taken),
            (view.imported, self._on_import),
            (view.exported, self._on_export),
            (view.examples_requested, self._on_examples),
        ):
            self._connections.add(signal, slot)
        self._view.set_presets(controls.presets, 0 if controls.presets else -1)
        self._view.tell("; ".join(controls.problems))

    def close(self) -> None:
        """Let go of controls and view."""
        self._connections.close()

    def _on_edited(
        self, place: int, name: str, width: float, level: float, modality: str, key: str
    ) -> None:
        presets = self._controls.presets
        holder = None
        try:
            preset = checked_preset(name, width, level, modality, key)
            if preset.key and preset.key != presets[place].key:
                holder = holder_of(preset.key, self._controls.actions)
            if holder is not None:
                preset = replace(preset, key=presets[place].key)
            others = [other for other in presets if other is not presets[place]]
            with_preset(others, preset, replace_same=False)
        except PresetError as error:
            self._view.tell(error.why)
            return
        self._keep((*presets[:place], preset, *presets[place + 1 :]), place)
        if holder is not None:
            self._view.ask_for_key(key, plain_name(holder))

    def _on_key_taken(self, place: int, key: str) -> None:
        presets = self._controls.presets
        taken = replace(presets[place], key=key)
        self._keep((*presets[:place], taken, *presets[place + 1 :]), place)

    def _on_added(self) -> None:
        presets, number = self._controls.presets, 1
        while find_preset(presets, name := tr("Window {number}", number=number)):
            number += 1
        window, modality = _NEW_WINDOW, ""
        if self._session.volume is not None:
            shown = self._session.display.window
            window = HuWindow(shown.width, shown.center)
            modality = self._session.volume.stack.modality
        self._add((_rounded(name, window, modality),))

    def _on_removed(self, place: int) -> None:
        presets = self._controls.presets
        left = (*presets[:place], *presets[place + 1 :])
        self._keep(left, min(place, len(left) - 1))

    def _on_moved(self, place: int, by: int) -> None:
        presets = list(self._controls.presets)
        wanted = min(max(place + by, 0), len(presets) - 1)
        presets.insert(wanted, presets.pop(place))
        self._keep(tuple(presets), wanted)

    def _on_import(self, path: str) -> None:
        try:
            found, wrong = read_presets(read_some(Path(path)))
        except ViewerError as error:
            self._view.tell(error.one_line())
            return
        self._add(found, wrong)

    def _on_examples(self) -> None:
        try:
            self._add(example_presets())
        except ViewerError as error:
            self._view.tell(error.one_line())

    def _on_export(self, path: str) -> None:
        try:
            write_atomic(Path(path), write_presets(self._controls.presets))
        except ViewerError as error:
            self._view.tell(error.one_line())

    def _add(self, found: Sequence[UserPreset], wrong: Sequence[str] = ()) -> None:
        """Add presets; keys that are held stay where they are, presets of one name are replaced."""
        presets = self._controls.presets
        lines = list(wrong)
        for preset in found:
            holder = holder_of(preset.key, self._controls.all_actions) if preset.key else None
            if holder is not None and holder.text != preset.name:
                lines.append(
                    tr(
                        "{name} comes without its key: {key} is {holder}",
                        name=preset.name,
                        key=preset.key,
                        holder=plain_name(holder),
                    )
                )
                preset = replace(preset, key="")
            try:
                presets = with_preset(presets, preset)
            except PresetError as error:
                lines.append(error.why)
        self._keep(presets, len(presets) - 1)
        self._view.tell("; ".join(lines))

    def _keep(self, presets: tuple[UserPreset, ...], current: int) -> None:
        try:
            if presets != self._controls.presets:
                self._controls.set_presets(presets)
        except ViewerError as error:
            self._view.tell(error.one_line())
            return
        self._view.tell("")
        self._view.set_presets(presets, current)
        self._preview(current)

    def _preview(self, place: int) -> None:
        presets, volume = self._controls.presets, self._session.volume
        if not (self._view.previews and volume is not None and 0 <= place < len(presets)):
            return
        reason = presets[place].reason(volume.stack)
        if reason:
            self._view.tell(tr("Not shown here: {reason}", reason=tr(reason)))
        else:
            self._show_preset(presets[place])


def _rounded(name: str, window: HuWindow, modality: str) -> UserPreset:
    """Return a preset with numbers that a reader would write down."""
    width, level = float(f"{window.width:.4g}"), float(f"{window.center:.4g}")
    return UserPreset(name, width, level, modality if modality.isalpha() else "")
