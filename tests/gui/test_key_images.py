"""Key images through real events: K, Shift+K in place, badge, ticks, list, menu states."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTableWidget, QTableWidgetItem

from viewer.core.drawable import TextItem


def canvas(bench, name="axial"):
    return bench.grid.viewports[name].canvas


def press(bench, key, modifier=Qt.KeyboardModifier.NoModifier, view="axial"):
    bench.window.activateWindow()
    canvas(bench, view).setFocus()
    QTest.keyClick(canvas(bench, view), key, modifier)


def type_comment(bench, text, view="axial"):
    bench.states.refresh()
    press(bench, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier, view)
    entry = bench.grid.viewports[view]._entry
    assert entry.isVisible()
    QTest.keyClicks(entry, text)
    QTest.keyClick(entry, Qt.Key.Key_Return)


def step(bench, name):
    bench.states.refresh()
    bench.window.actions_[f"edit.{name}"].trigger()


def images(bench):
    return [(image.slice_z, image.comment) for image in bench.session.document.key_images]


def badge(bench, view="axial"):
    presenter = bench.viewports[view]
    shown = presenter.resolved()
    from viewer.app.overlays import compose

    items = compose(presenter.scene(shown, presenter.stack))
    return [i.text for i in items if isinstance(i, TextItem) and "Key image" in i.text]


def table(bench) -> QTableWidget:
    return bench.panels.key_images.findChild(QTableWidget)


def cell(rows: QTableWidget, line: int, column: int) -> QTableWidgetItem:
    item = rows.item(line, column)
    assert item is not None
    return item


@pytest.fixture
def reading(opened, qtbot):
    opened.navigator.show_slice(12, "axial")
    opened.session.interaction.active = "axial"
    qtbot.wait(20)
    return opened


def test_k_leaves_the_keyboard_to_the_reading(reading):
    press(reading, Qt.Key.Key_K)
    entry = reading.grid.viewports["axial"]._entry
    assert (images(reading), entry.isVisible()) == ([(12, "")], False)
    press(reading, Qt.Key.Key_D)
    assert reading.session.interaction.tool == "length"


def test_a_field_closes_with_its_slice_and_the_words_stay_on_their_image(reading, qtbot):
    press(reading, Qt.Key.Key_K)
    reading.states.refresh()
    press(reading, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    entry = reading.grid.viewports["axial"]._entry
    QTest.keyClicks(entry, "left hilum")
    reading.navigator.step(-3)
    qtbot.waitUntil(lambda: not entry.isVisible())
    assert images(reading) == [(12, "left hilum")]
    assert canvas(reading).hasFocus()


def test_k_marks_the_image_and_shift_k_comments_in_place(reading, qtbot):
    press(reading, Qt.Key.Key_K)
    assert images(reading) == [(12, "")]
    type_comment(reading, "left hilum")
    assert images(reading) == [(12, "left hilum")]
    assert badge(reading) == ["★ Key image: left hilum"]
    qtbot.waitUntil(lambda: reading.window.actions_["key.toggle"].isChecked())
    press(reading, Qt.Key.Key_K)
    assert images(reading) == []
    step(reading, "undo")
    assert images(reading) == [(12, "left hilum")]
    step(reading, "undo")
    assert images(reading) == [(12, "")]
    step(reading, "undo")
    assert images(reading) == []
    assert reading.session.undo.undo_text is None
    step(reading, "redo")
    step(reading, "redo")
    assert images(reading) == [(12, "left hilum")]


def test_shift_k_changes_the_comment_and_escape_keeps_the_image(reading):
    press(reading, Qt.Key.Key_K)
    type_comment(reading, "later")
    assert images(reading) == [(12, "later")]
    reading.states.refresh()
    press(reading, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    entry = reading.grid.viewports["axial"]._entry
    QTest.keyClicks(entry, "never")
    QTest.keyClick(entry, Qt.Key.Key_Escape)
    assert images(reading) == [(12, "later")]


def test_in_a_coronal_view_the_acquired_image_is_marked_and_that_is_said(reading):
    told: list[str] = []
    reading.session.told.connect(told.append)
    volume = reading.session.volume
    reading.navigator.jump_to(volume.geometry.index_to_lps((5, 20, 30)))
    reading.session.interaction.active = "coronal"
    press(reading, Qt.Key.Key_K, view="coronal")
    assert images(reading) == [(5, "")]
    assert ["6" in text and "crosshair" in text for text in told] == [True]
    assert badge(reading, "axial") == ["★ Key image"]
    assert badge(reading, "coronal") == []


def test_the_list_jumps_edits_and_removes(reading, qtbot):
    for z in (12, 3):
        reading.navigator.show_slice(z, "axial")
        press(reading, Qt.Key.Key_K)
        type_comment(reading, f"no. {z}")
    reading.window.actions_["key.show_list"].trigger()
    assert reading.window.tabs.currentWidget() is reading.panels.key_images
    rows = table(reading)
    assert [[cell(rows, r, c).text() for c in (0, 1)] for r in (0, 1)] == [
        ["4", "no. 3"],
        ["13", "no. 12"],
    ]
    place = rows.visualItemRect(cell(rows, 1, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert reading.session.viewports["axial"].index == 12
    cell(rows, 1, 1).setText("changed")
    assert (12, "changed") in images(reading)
    rows.selectRow(1)
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    assert images(reading) == [(3, "no. 3")]
    step(reading, "undo")
    assert (12, "changed") in images(reading)


def test_keys_and_buttons_step_through_key_images(reading, qtbot):
    assert not reading.window.actions_["key.next"].isEnabled()
    for z in (12, 3, 7):
        reading.navigator.show_slice(z, "axial")
        press(reading, Qt.Key.Key_K)
        type_comment(reading, "")
    qtbot.waitUntil(lambda: reading.window.actions_["key.next"].isEnabled())
    view = reading.session.viewports["axial"]
    press(reading, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert view.index == 12
    press(reading, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    press(reading, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert view.index == 3
    reading.window.actions_["key.show_list"].trigger()
    buttons = {b.text(): b for b in reading.panels.key_images.findChildren(QPushButton)}
    buttons["Next"].click()
    assert view.index == 7


def test_the_slice_bar_has_ticks_at_key_images(reading, qtbot):
    bar = reading.grid.viewports["axial"].slice_bar

    def row_of_tick(z):
        from_the_head = 20 - 1 - z
        return round(2 + (from_the_head + 0.5) / 20 * (bar.height() - 4))

    def pixel(z):
        return bar.grab().toImage().pixelColor(QPoint(1, row_of_tick(z))).name()

    reading.navigator.show_slice(4, "axial")
    press(reading, Qt.Key.Key_K)
    reading.navigator.show_slice(16, "axial")
    qtbot.waitUntil(lambda: pixel(4) == "#9fd3ff")
    assert pixel(10) == "#000000"
    step(reading, "undo")
    qtbot.waitUntil(lambda: pixel(4) == "#000000")


def test_the_badge_is_drawn_at_the_top_and_only_on_its_slice(reading, qtbot):
    view = canvas(reading)

    def top():
        picture = view.grab().toImage().convertToFormat(picture_format())
        data = np.frombuffer(picture.constBits(), np.uint8)
        rows = data.reshape(picture.height(), picture.bytesPerLine())[:, : picture.width() * 4]
        middle = rows.reshape(picture.height(), -1, 4)[20:110]
        blue, red = middle[..., 0].astype(int), middle[..., 2].astype(int)
        return int(((blue > 180) & (blue - red > 60)).sum())

    without = top()
    press(reading, Qt.Key.Key_K)
    type_comment(reading, "left hilum")
    qtbot.waitUntil(lambda: top() > without + 150)
    reading.navigator.show_slice(11, "axial")
    qtbot.waitUntil(lambda: top() <= without + 10)


def picture_format():
    from PySide6.QtGui import QImage

    return QImage.Format.Format_RGB32
