"""Keys, mouse, palette and own presets of one window: keeps all that shows them equal to them."""

from functools import partial
from typing import TYPE_CHECKING

from viewer.app.action_spec import ActionHandlers
from viewer.app.bindings import MouseBinding, drag_of
from viewer.app.control_sheet import sheet_rows
from viewer.app.controls import Controls
from viewer.app.palette import (
    RECENT_PREFIX,
    SERIES_PREFIX,
    action_entries,
    recent_entries,
    series_entries,
)
from viewer.app.presenters.connections import Connections
from viewer.app.presenters.profiles import ProfilePresenter
from viewer.app.presenters.user_presets import PresetPresenter
from viewer.app.user_presets import UserPreset, user_preset_name
from viewer.core.study import StackKey
from viewer.i18n import tr
from viewer.tools.pointer import Button, Modifier
from viewer.ui.actions import native_key
from viewer.ui.cheat_sheet import CheatSheet
from viewer.ui.dialogs.profile import ProfileDialog
from viewer.ui.dialogs.user_presets import PresetDialog
from viewer.ui.widgets.command_palette import CommandPalette

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench

_REMEMBERED = 6
"""Commands of this session that stand first in an empty palette."""


class ControlsRoom:
    """Lets the table of controls act, and shows it.

    Parameters
    ----------
    controls : Controls
        What keys and mouse do now.
    bench : Workbench
        What they act on.
    """

    def __init__(self, controls: Controls, bench: "Workbench") -> None:
        self.controls = controls
        self._session, self._navigator = bench.session, bench.navigator
        self._settings = bench.settings
        self._window, self._loader = bench.window, bench.loader
        self._open_path, self._touch = bench.deeds.open_paths, bench.touch_states
        self._sheet: CheatSheet | None = None
        self._palette: CommandPalette | None = None
        self._profile: tuple[ProfileDialog, ProfilePresenter] | None = None
        self._presets: tuple[PresetDialog, PresetPresenter] | None = None
        self._used: list[str] = []
        self._connections = Connections()
        self._connections.add(self.controls.changed, self._on_changed)
        self._connections.add(self._session.volume_changed, self._find_reasons)
        self._connections.add(self._session.interaction.events.teaching, self._hide_palette)
        self._on_changed()
        self._set_tool(controls.profile.tool)
        for problem in self.controls.problems:
            self._window.notifications.show_message(
                tr("Left out of keys and presets: {what}", what=problem), "warning"
            )

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        return {
            "help.sheet": self.show_sheet,
            "help.palette": self.show_palette,
            "help.profile": self.show_profile,
            "window.user_presets": self.show_presets,
        }

    def close(self) -> None:
        """Close the dialogs; let go of everything."""
        self._connections.close()
        for opened in (self._profile, self._presets):
            if opened is not None:
                opened[1].close()
                opened[0].close()
        if self._sheet is not None:
            self._sheet.close()

    def mouse_bindings(self) -> tuple[MouseBinding, ...]:
        """Return what the mouse does now."""
        return self.controls.bindings

    def drag_deed(self, button: Button, held: Modifier) -> str:
        """Return what a drag does now."""
        return drag_of(button, held, self.controls.bindings)

    def set_preset(self, preset_id: str) -> None:
        """Apply a preset of the program or an own one."""
        preset = self.controls.preset(preset_id) if user_preset_name(preset_id) else None
        if preset is None:
            self._navigator.set_preset(preset_id)
        else:
            self._show_preset(preset)

    # --- what is shown -----------------------------------------------------------------------

    def show_sheet(self) -> None:
        """Show keys and mouse."""
        if self._sheet is None:
            self._sheet = CheatSheet(self._window)
            self._sheet.change_requested.connect(self.show_profile)
        self._fill_sheet()
        _bring(self._sheet)

    def show_palette(self) -> None:
        """Show the palette, or put it away."""
        if self._palette is None:
            self._palette = CommandPalette(self._window)
            self._palette.chosen.connect(self._do)
        if self._palette.isVisible():
            self._palette.hide()
            return
        actions = self._window.actions_
        entries = [
            *action_entries(
                self.controls.all_actions, actions.reason, native_key, actions.name_now
            ),
            *series_entries(self._session.index),
            *recent_entries(self._recent_paths()),
        ]
        entries.sort(key=lambda entry: self._rank(entry.id))
        self._palette.open_with(entries)

    def _hide_palette(self, *_: object) -> None:
        if self._palette is not None:
            self._palette.hide()

    def show_profile(self) -> None:
        """Show the dialog of profiles."""
        if self._profile is None:
            dialog = ProfileDialog(self._window)
            self._profile = dialog, ProfilePresenter(self.controls, dialog.editor, self._set_tool)
        _bring(self._profile[0])

    def show_presets(self) -> None:
        """Show the dialog of own presets."""
        if self._presets is None:
            dialog = PresetDialog(self._window)
            self._presets = (
                dialog,
                PresetPresenter(self.controls, self._session, dialog, self._show_preset),
            )
        _bring(self._presets[0])

    # --- following ---------------------------------------------------------------------------

    def _on_changed(self) -> None:
        actions = self._window.actions_
        actions.apply(self.controls.actions)
        own: ActionHandlers = {
            f"window.{preset.id}": partial(self._show_preset, preset)
            for preset in self.controls.presets
        }
        actions.set_own_presets(self.controls.preset_actions, own)
        self._find_reasons()
        if self._sheet is not None:
            self._fill_sheet()

    def _find_reasons(self) -> None:
        volume = self._session.volume
        if volume is not None:
            self._window.actions_.set_reasons(
                {f"window.{p.id}": p.reason(volume.stack) for p in self.controls.presets}
            )
        self._touch()

    def _fill_sheet(self) -> None:
        if self._sheet is not None:
            controls = self.controls
            rows = sheet_rows(controls.all_actions, controls.bindings, native_key)
            self._sheet.set_rows(rows, tr(controls.profile.name))

    # --- doing -------------------------------------------------------------------------------

    def _do(self, entry_id: str) -> None:
        self._used = [entry_id, *(known for known in self._used if known != entry_id)]
        if entry_id.startswith(RECENT_PREFIX):
            self._open_path([entry_id.removeprefix(RECENT_PREFIX)])
        elif entry_id.startswith(SERIES_PREFIX):
            self._open_series(entry_id.removeprefix(SERIES_PREFIX))
        else:
            self._window.actions_[entry_id].trigger()

    def _open_series(self, name: str) -> None:
        uid, _, number = name.rpartition(":")
        index = self._session.index
        stack = None if index is None else index.find_stack(StackKey(uid, int(number)))
        if stack is not None and self._loader is not None:
            self._loader.open(stack)

    def _recent_paths(self) -> tuple[str, ...]:
        """Paths may name patients: none while identity is masked."""
        return () if self._session.interaction.teaching else self._settings.settings.recent_paths

    def _rank(self, entry_id: str) -> int:
        used = self._used[:_REMEMBERED]
        return used.index(entry_id) if entry_id in used else _REMEMBERED

    def _show_preset(self, preset: UserPreset) -> None:
        self._navigator.show_window(preset.window, preset.id)

    def _set_tool(self, tool: str) -> None:
        self._navigator.set_tool(tool)


def _bring(dialog: CheatSheet | ProfileDialog | PresetDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
