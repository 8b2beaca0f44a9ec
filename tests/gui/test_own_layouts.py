"""Own layouts in the real window: saved by the dialog, shown by key on another study."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QTreeWidget

from tests.gui.test_places import show, volume_of
from viewer.core.layout import grid_layout
from viewer.core.study import Patient, Series, Study, StudyIndex
from viewer.paths import config_dir

pytestmark = pytest.mark.gui
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.fixture
def arranged(bench, qtbot):
    """Two series of one study in a row; the index knows them."""
    lung, bone = volume_of("1.1", description="Lung"), volume_of("2.2", description="Bone")
    series = tuple(Series(v.stack.key.series_uid, "CT", "1", "", (v.stack,)) for v in (lung, bone))
    study = Study("1", Patient("Doe^Jane", "P-7"), "Chest", "20260102", series)
    bench.session.set_index(StudyIndex(2, (study,)))
    bench.session.set_layout(grid_layout(1, 2).shared((), (0.7, 0.3)), {}, "1")
    show(bench, "1", bone)
    show(bench, "2", lung)
    qtbot.wait(40)
    return bench


def dialog_of(bench):
    bench.window.actions_["own.edit"].trigger()
    return bench.window.findChild(object, "own-layouts-dialog")


def press(dialog, text):
    button = next(b for b in dialog.findChildren(QPushButton) if b.text() == text)
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def save(bench, name):
    dialog = dialog_of(bench)
    field = dialog.findChild(QLineEdit)
    field.setText(name)
    press(dialog, "Save")
    QTest.qWait(40)  # until the actions know of it
    return dialog


def names(dialog):
    found = dialog.findChild(QTreeWidget)
    return [found.topLevelItem(row).text(0) for row in range(found.topLevelItemCount())]


def test_a_layout_is_saved_and_shown_by_its_key(arranged, qtbot):
    bench = arranged
    action = bench.window.actions_["own.1"]
    assert not action.isEnabled()
    assert "No own layout" in action.toolTip()
    dialog = save(bench, "Chest & bone")
    assert names(dialog) == ["Chest & bone"]
    dialog.close()
    qtbot.wait(40)
    assert action.isEnabled()
    assert action.text() == "Chest && bone"
    bench.window.actions_["layout.mpr"].trigger()
    assert bench.session.layouts[0].is_mpr
    bench.window.activateWindow()
    qtbot.waitUntil(bench.window.isActiveWindow, timeout=2000)
    QTest.keyClick(bench.window, Qt.Key.Key_1, CTRL_ALT)
    assert bench.session.layouts[0] == grid_layout(1, 2).shared((), (0.7, 0.3))
    assert bench.session.shown_in("1").volume.stack.labels.series_description == "Bone"
    qtbot.wait(40)
    widths = [bench.viewports.frame(name).width() for name in ("1", "2")]
    assert widths[0] / sum(widths) == pytest.approx(0.7, abs=0.01)


def test_a_place_that_finds_nothing_says_what_it_looked_for(arranged, qtbot):
    bench = arranged
    save(bench, "Chest").close()
    other = volume_of("9.9", frame="7.7", description="Lung")
    study = Study("2", Patient("Roe", "P-8"), "Chest", "20250101",
                  (Series("9.9", "CT", "1", "", (other.stack,)),))  # fmt: skip
    bench.session.set_index(StudyIndex(1, (study,)))
    bench.session.set_layout(grid_layout(1, 1), {}, "1")
    show(bench, "1", other)
    bench.window.actions_["own.1"].trigger()
    qtbot.wait(40)
    assert bench.session.shown_in("1") is None
    assert bench.session.shown_in("2").volume.stack.key.series_uid == "9.9"
    hint = bench.viewports.frame("1").hint
    assert hint.isVisible()
    assert "CT bone" in hint.text()
    assert "Drop a series here" in hint.text()


def test_layouts_are_renamed_ordered_and_deleted(arranged):
    bench = arranged
    for name in ("One", "Two", "Three"):
        dialog = save(bench, name)
    listed = dialog.findChild(QTreeWidget)
    listed.setCurrentItem(listed.topLevelItem(2))
    press(dialog, "Up")
    assert names(dialog) == ["One", "Three", "Two"]
    assert listed.indexOfTopLevelItem(listed.currentItem()) == 1
    listed.topLevelItem(1).setText(0, "Drei")
    assert names(dialog) == ["One", "Drei", "Two"]
    listed.topLevelItem(1).setText(0, "Two")  # another has it
    assert names(dialog) == ["One", "Drei", "Two"]
    listed.setCurrentItem(listed.topLevelItem(0))
    press(dialog, "Delete")
    assert names(dialog) == ["Drei", "Two"]
    assert bench.window.actions_["own.1"].text() == "Drei"
    kept = msgspec.json.decode((config_dir() / "layouts.json").read_bytes())
    assert [entry["name"] for entry in kept["layouts"]] == ["Drei", "Two"]
    press(dialog, "Show")
    assert bench.session.layouts[0].id == "1x2"
    dialog.close()


def test_both_windows_are_saved(arranged, qtbot):
    bench = arranged
    bench.second.open()
    show(bench, "2/1", volume_of("2.2", description="Bone"))
    save(bench, "Two screens").close()
    bench.second.window.close()
    bench.window.actions_["own.1"].trigger()
    qtbot.wait(40)
    assert bench.second.window is not None
    assert bench.session.shown_in("2/1").volume.stack.key.series_uid == "2.2"
    assert bench.session.shown_in("2").volume.stack.key.series_uid == "1.1"


def test_rows_tell_key_and_content_and_return_saves(arranged, qtbot):
    dialog = dialog_of(arranged)
    field = dialog.findChild(QLineEdit)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    field.setFocus()
    qtbot.keyClicks(field, "Mine")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert names(dialog) == ["Mine"]
    row = dialog.findChild(QTreeWidget).topLevelItem(0)
    assert row.text(1) == "1 x 2: CT bone; CT lung"
    assert row.text(2) == "Ctrl+Alt+1"
    dialog.close()
