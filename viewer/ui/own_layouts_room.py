"""Own layouts in the window: their actions, their dialog and what is behind them."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from viewer.app.action_spec import ActionHandlers
from viewer.app.actions_own import OWN_SLOTS, slot_id
from viewer.app.own_layouts import content_text
from viewer.app.presenters.own_layouts import OwnLayouts
from viewer.i18n import tr
from viewer.paths import config_dir
from viewer.store.arrangements import ArrangementStore
from viewer.ui.dialogs.own_layouts import LayoutRow, OwnLayoutsDialog

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench


class OwnLayoutsRoom:
    """Carries out the actions of `viewer.app.actions_own`.

    Attributes
    ----------
    layouts : OwnLayouts
        What is saved, and how it is shown.
    """

    def __init__(self, bench: "Workbench") -> None:
        notices = bench.window.notifications
        self._bench = bench
        self._dialog: OwnLayoutsDialog | None = None
        self.layouts = OwnLayouts(
            bench.session,
            bench.loader,
            ArrangementStore(config_dir()),
            bench.second.open,
            notices.show_message,
            notices.show_error,
        )
        self.layouts.changed.connect(self._on_changed)
        self._on_changed()

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        slots = {slot_id(n): partial(self._show, n) for n in range(OWN_SLOTS)}
        return {"own.edit": self.edit, **slots}

    def close(self) -> None:
        """Let go of the session."""
        self.layouts.close()
        if self._dialog is not None:
            self._dialog.close()

    def reasons(self) -> Mapping[str, str]:
        """Return why an own layout cannot be shown, by action; empty where it can."""
        count = len(self.layouts.names)
        missing = tr("No own layout is saved here yet")
        return {slot_id(n): "" if n < count else missing for n in range(OWN_SLOTS)}

    def edit(self) -> None:
        """Open the dialog."""
        if self._dialog is None:
            self._dialog = dialog = OwnLayoutsDialog(self._bench.window)
            dialog.save_requested.connect(self._on_save)
            dialog.show_requested.connect(self._show)
            dialog.rename_requested.connect(self._on_rename)
            dialog.delete_requested.connect(self.layouts.delete)
            dialog.move_requested.connect(self.layouts.move)
        self._list()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def _show(self, number: int) -> None:
        self.layouts.show(number)

    def _list(self) -> None:
        """Show the layouts in the dialog, with the keys that are in force."""
        if self._dialog is None:
            return
        keys = [self._bench.window.actions_[slot_id(n)].shortcut() for n in range(OWN_SLOTS)]
        self._dialog.set_layouts(
            [
                LayoutRow(
                    layout.name,
                    content_text(layout),
                    keys[n].toString(keys[n].SequenceFormat.NativeText) if n < OWN_SLOTS else "",
                )
                for n, layout in enumerate(self.layouts.all)
            ]
        )

    def _on_save(self, name: str) -> None:
        if self.layouts.save(name) and self._dialog is not None:
            self._dialog.clear_name()

    def _on_rename(self, number: int, name: str) -> None:
        if not self.layouts.rename(number, name) and self._dialog is not None:
            text = tr("A name is needed that no other layout has")
            self._bench.window.notifications.show_message(text)
            self._list()

    def _on_changed(self) -> None:
        names = self.layouts.names
        for number in range(OWN_SLOTS):
            text = tr("Own layout {n}", n=number + 1)
            shown = names[number].replace("&", "&&") if number < len(names) else text
            self._bench.window.actions_.set_text(slot_id(number), shown)
        self._list()
        self._bench.touch_states()
