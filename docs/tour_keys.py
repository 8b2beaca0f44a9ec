"""Takes the pictures of keys, palette and own presets for the user guide; see `make_pictures`."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from viewer.ui.cheat_sheet import CheatSheet
from viewer.ui.widgets.command_palette import CommandPalette
from viewer.ui.widgets.profile_editor import ProfileEditor
from viewer.ui.workbench import Workbench


def show_keys(bench: Workbench, take: Callable[[str, QWidget], None]) -> None:
    """Take palette, presets, profiles and sheet; end as it began."""
    window, actions = bench.window, bench.window.actions_
    controls = bench.controls.controls
    actions["help.palette"].trigger()
    palette = window.findChild(CommandPalette)
    QTest.keyClicks(palette.field, "lung")
    QTest.qWait(200)
    take("palette", window)
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    before, presets = controls.profile, controls.presets
    actions["help.profile"].trigger()
    editor = window.findChild(ProfileEditor)
    editor.profile_chosen.emit("horos")
    QTest.qWait(200)
    editor.keys.select("view.fit")
    QTest.keyClick(editor.keys.field, Qt.Key.Key_L)
    QTest.qWait(200)
    dialog = window.findChild(QDialog, "profile-dialog")
    take("keys-profile", dialog)
    dialog.close()
    actions["help.sheet"].trigger()
    QTest.qWait(200)
    sheet = window.findChild(CheatSheet)
    take("keys-sheet", sheet)
    sheet.close()
    actions["window.user_presets"].trigger()
    dialog = window.findChild(QDialog, "preset-dialog")
    dialog.examples_requested.emit()
    dialog.list.setCurrentItem(dialog.list.topLevelItem(1))
    QTest.qWait(200)
    take("presets", dialog)
    dialog.close()
    controls.set_presets(presets)
    controls.choose(before)
    bench.navigator.set_preset("default")
