"""Pictures of the preferences, the light theme and the teaching mode."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog

from viewer.ui.walk_hand import Hand
from viewer.ui.workbench import Workbench

Take = Callable[[str, object], None]


def take_preferences(bench: Workbench, hand: Hand, take: Take) -> None:
    """Open the preferences, change the theme, hide the names, and leave all as it was."""
    store = bench.settings
    before = store.settings
    bench.preferences.show()
    dialog = bench.window.findChild(QDialog, "preferences-dialog")
    hand.rest(0.5)
    take("preferences", dialog)
    store.save(before.changed(theme="light"))
    hand.rest(1.0)
    dialog.hide()
    take("light-theme", bench.window)
    store.save(before)
    bench.preferences.toggle_teaching()
    hand.rest(0.5)
    take("teaching", bench.window)
    bench.preferences.toggle_teaching()
