"""Own window presets on the real window: made, shown everywhere, obeyed, kept."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QToolButton

from tests.gui.test_controls import press, sheet_lines
from tests.support.volumes import make_volume
from viewer.app.action_spec import Menu
from viewer.app.user_presets import UserPreset, write_presets
from viewer.core.document import AnnotationDocument
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.ui.image_menu import image_menu

pytestmark = pytest.mark.gui

NARROW = UserPreset("Narrow", 120.5, -3.0, "CT", "F9")
MAGNET = UserPreset("Magnet", 900, 450, "MR")


def preset_texts(menu):
    return [action.text() for action in menu.actions() if action.isVisible()]


def test_own_presets_are_everywhere(opened, qtbot):
    opened.controls.controls.set_presets((NARROW, MAGNET))
    qtbot.wait(30)
    actions = opened.window.actions_
    toolbar = next(
        b for b in opened.window.findChildren(QToolButton) if b.accessibleName() == "Window presets"
    )
    shown = image_menu(actions, opened.session, opened.window)
    context = next(a.menu() for a in shown.actions() if a.text() == "Window presets")
    for menu in (opened.window.menu(Menu.WINDOW), toolbar.menu(), context):
        texts = preset_texts(menu)
        assert texts[texts.index("Narrow") :][:3] == ["Narrow", "Magnet", "Own presets…"]
    assert ("F9", "Narrow  120.5 / -3 HU") in sheet_lines(opened)
    press(opened, Qt.Key.Key_F9)
    assert opened.session.display.window == HuWindow(120.5, -3)
    assert opened.session.display.preset == "user:Narrow"
    qtbot.wait(30)
    assert actions["window.user:Narrow"].isChecked()
    assert not actions["window.user:Magnet"].isEnabled()
    assert "Only for MR: this is CT" in actions["window.user:Magnet"].toolTip()
    opened.controls.controls.set_presets((replace(NARROW, key=""),))
    qtbot.wait(30)
    assert "Magnet" not in preset_texts(opened.window.menu(Menu.WINDOW))
    press(opened, "2")
    press(opened, Qt.Key.Key_F9)
    assert opened.session.display.preset == "lung"


def test_presets_follow_the_modality(opened, qtbot):
    opened.controls.controls.set_presets((NARROW, MAGNET))
    magnet = make_volume(unit=None, modality="MR")
    opened.session.set_volume(magnet, AnnotationDocument("m"), DisplayState(HuWindow(9, 9), ""))
    qtbot.wait(40)
    actions = opened.window.actions_
    assert actions["window.user:Magnet"].isEnabled()
    for ct_only in ("window.user:Narrow", "window.lung"):
        assert not actions[ct_only].isEnabled()
        assert "Only for CT" in actions[ct_only].toolTip()


def preset_dialog(opened):
    opened.window.actions_["window.user_presets"].trigger()
    return opened.controls._presets[0]


def test_a_preset_is_made_with_a_live_preview(opened):
    opened.session.display.window = HuWindow(333, 44)
    dialog, controls = preset_dialog(opened), opened.controls.controls
    dialog.new.click()
    assert controls.presets == (UserPreset("Window 1", 333, 44, "CT"),)
    dialog.width_.setValue(250)
    assert opened.session.display.window == HuWindow(250, 44)
    dialog.preview.setChecked(False)
    dialog.level.setValue(-20)
    assert opened.session.display.window == HuWindow(250, 44)
    dialog.name.setText("Mine")
    dialog.name.editingFinished.emit()
    QTest.keyClick(dialog.key, Qt.Key.Key_2)
    assert "2 is “Lung” now" in dialog._trouble.text()
    assert controls.presets[0].key == ""
    dialog.take.click()
    assert controls.presets == (UserPreset("Mine", 250, -20, "CT", "2"),)
    assert opened.window.actions_["window.lung"].shortcuts() == []
    press(opened, "2")
    assert opened.session.display.window == HuWindow(250, -20)


def test_presets_are_ordered_deleted_and_kept(opened):
    dialog, controls = preset_dialog(opened), opened.controls.controls
    dialog.examples_requested.emit()
    names = [preset.name for preset in controls.presets]
    assert len(names) == 5
    dialog.up.click()
    assert [p.name for p in controls.presets] == [*names[:3], names[4], names[3]]
    dialog.delete.click()
    assert [p.name for p in controls.presets] == [*names[:3], names[3]]
    kept, wrong = opened.controls.controls._kept.load()
    assert (kept, wrong) == (controls.presets, ())
    dialog.name.setText(names[0])
    dialog.name.editingFinished.emit()
    assert "there twice" in dialog._trouble.text()
    assert [p.name for p in controls.presets] == [*names[:3], names[3]]


def test_presets_travel_as_files_and_bad_lines_are_told(opened, tmp_path):
    dialog, controls = preset_dialog(opened), opened.controls.controls
    (tmp_path / "in.json").write_bytes(
        write_presets((replace(NARROW, key="D"), MAGNET)).replace(b"900", b"-900")
    )
    dialog.imported.emit(str(tmp_path / "in.json"))
    assert controls.presets == (replace(NARROW, key=""),)
    assert "width must be above 0" in dialog._trouble.text()
    assert "without its key: D is Distance" in dialog._trouble.text()
    dialog.exported.emit(str(tmp_path / "out.json"))
    assert json.loads((tmp_path / "out.json").read_text())["presets"][0]["name"] == "Narrow"
    (tmp_path / "bad.json").write_text("[]")
    dialog.imported.emit(str(tmp_path / "bad.json"))
    assert "The window preset cannot be used" in dialog._trouble.text()


def test_a_second_window_has_the_same_keys_and_presets(opened, qtbot):
    opened.controls.controls.set_presets((NARROW,))
    opened.window.actions_["view.second_window"].trigger()
    qtbot.wait(100)
    second = next(
        w
        for w in QApplication.topLevelWidgets()
        if isinstance(w, QMainWindow) and w.isVisible() and w is not opened.window
    )
    menus = [action.menu() for action in second.menuBar().actions()]
    menu = next(m for m in menus if isinstance(m, QMenu) and m.title() == "&Window / level")
    texts = preset_texts(menu)
    assert texts[texts.index("Narrow") :][:2] == ["Narrow", "Own presets…"]
    opened.controls.controls.set_presets((MAGNET,))
    assert "Narrow" not in preset_texts(menu)
    assert "Magnet" in preset_texts(menu)
    opened.window.actions_["view.second_window"].trigger()
    qtbot.wait(50)
    opened.controls.controls.set_presets((NARROW, MAGNET))
    assert "Narrow" in preset_texts(opened.window.menu(Menu.WINDOW))


def test_an_empty_list_has_no_numbers(opened):
    opened.controls.controls.set_presets(())
    dialog = preset_dialog(opened)
    numbers = (dialog.width_, dialog.level)
    assert [field.text() for field in numbers] == ["", ""]
    assert not any(field.isEnabled() for field in numbers)
    opened.session.display.window = HuWindow(333, 44)
    dialog.new.click()
    assert [field.text() for field in numbers] == ["333", "44"]
    assert all(field.isEnabled() for field in numbers)
    dialog.delete.click()
    assert [field.text() for field in numbers] == ["", ""]
