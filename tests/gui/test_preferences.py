"""Preferences in the real window: made from the schema, at once, searchable, and back."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QSpinBox, QToolButton

from viewer.app.preferences import PREFERENCES
from viewer.app.settings import Settings, SettingsStore
from viewer.core.window import HuWindow
from viewer.paths import config_dir
from viewer.ui.dialogs.preferences import PreferencesDialog
from viewer.ui.icons import icon
from viewer.ui.theme import COLOURS, DARK, LIGHT
from viewer.ui.widgets.preference_row import PreferenceRow

pytestmark = pytest.mark.gui
CTRL = Qt.KeyboardModifier.ControlModifier


def press(bench, qtbot):
    """Press the key of the preferences."""
    bench.deeds.focus_view()
    qtbot.waitUntil(bench.window.isActiveWindow)
    qtbot.keyClick(bench.window.focusWidget(), Qt.Key.Key_Comma, CTRL)


@pytest.fixture
def dialog(bench, qtbot):
    """The preferences, opened by their key."""
    press(bench, qtbot)
    found = bench.window.findChild(PreferencesDialog)
    qtbot.waitExposed(found)
    yield found
    bench.settings.save(Settings())


def editor(dialog, name, kind):
    return dialog.rows[name].findChild(kind)


def test_every_preference_has_a_row_and_a_name_for_screen_readers(dialog):
    assert list(dialog.rows) == [p.name for p in PREFERENCES]
    for name, row in dialog.rows.items():
        assert isinstance(row, PreferenceRow)
        kinds = (QCheckBox, QComboBox, QSpinBox)
        field = next(f for kind in kinds if (f := row.findChild(kind)) is not None)
        assert field.accessibleName() == row.preference.label, name
        assert field.accessibleDescription() == row.preference.help


def test_it_is_in_nobodys_way(bench, dialog, qtbot):
    assert not dialog.isModal()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    bench.window.activateWindow()
    press(bench, qtbot)
    assert dialog.isVisible()


def test_a_theme_is_there_at_once_and_icons_follow(bench, dialog, qtbot):
    def shade_of_icon():
        image = icon("file.open").pixmap(32, 32).toImage()
        solid = [QColor(image.pixelColor(x, y)) for x in range(32) for y in range(32)]
        return next(c for c in solid if c.alpha() == 255).name()

    assert shade_of_icon() == DARK.text
    box = editor(dialog, "theme", QComboBox)
    qtbot.keyClick(box, Qt.Key.Key_End)  # Light is the last
    assert bench.settings.settings.theme == "light"
    assert COLOURS == LIGHT
    assert shade_of_icon() == LIGHT.text
    picture = bench.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    corner = picture.pixelColor(picture.width() - 4, picture.height() - 4).name()
    assert corner == LIGHT.window
    assert json.loads((config_dir() / "settings.json").read_bytes())["theme"] == "light"


def test_images_stay_on_black_in_both(bench, dialog, qtbot):
    bench.session.set_layout(bench.session.layout, {}, "axial")
    bench.window.show_images(True)
    for name in ("light", "dark"):
        bench.settings.save(bench.settings.settings.changed(theme=name))
        qtbot.wait(30)
        frame = bench.grid.viewports["axial"]
        shown = frame.canvas.grab().toImage()
        assert shown.pixelColor(5, 5).name() == "#000000"


def test_letters_grow_live_and_headers_with_them(bench, dialog, qtbot):
    bench.window.show_images(True)
    header = bench.grid.viewports["axial"].findChild(object, "viewportHeader")
    before = header.height(), bench.window.statusBar().height()
    number = editor(dialog, "font_percent", QSpinBox)
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "150")
    assert bench.settings.settings.font_percent == 100  # not by way of 1 and 15
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert bench.settings.settings.font_percent == 150
    qtbot.wait(30)
    after = header.height(), bench.window.statusBar().height()
    assert after == (before[0] * 3 // 2, before[1] * 3 // 2)


def test_what_is_out_of_bounds_cannot_be_typed(bench, dialog, qtbot):
    number = editor(dialog, "font_percent", QSpinBox)
    number.selectAll()
    qtbot.keyClicks(number, "999")
    qtbot.keyClick(number, Qt.Key.Key_Tab)
    assert 80 <= bench.settings.settings.font_percent <= 200


def test_a_search_leaves_what_fits_and_its_heading(dialog, qtbot):
    dialog.search.setFocus()
    qtbot.keyClicks(dialog.search, "shutter")
    shown = [name for name, row in dialog.rows.items() if row.isVisible()]
    assert shown == ["shutter_visible"]
    headings = [
        label.text()
        for label in dialog.findChildren(QLabel)
        if label.property("role") == "heading" and label.isVisible()
    ]
    assert headings == ["Reading"]
    qtbot.keyClicks(dialog.search, "zzz")
    assert any(
        label.text() == "No preference has these words" and label.isVisible()
        for label in dialog.findChildren(QLabel)
    )


def test_one_is_reset_and_then_all(bench, dialog, qtbot):
    bench.settings.save(
        bench.settings.settings.changed(link_scroll=False, link_window=False, layout="1x2")
    )
    row = dialog.rows["link_scroll"]
    assert not row.findChild(QCheckBox).isChecked()
    qtbot.mouseClick(row.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert bench.settings.settings.link_scroll
    assert not row.findChild(QToolButton).isVisible()
    assert not bench.settings.settings.link_window
    every = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Reset all")
    qtbot.mouseClick(every, Qt.MouseButton.LeftButton)
    assert bench.settings.settings.link_window
    assert bench.settings.settings.layout == "1x2"  # no preference: it stays


@pytest.mark.parametrize(
    "name",
    [
        "invert_window_drag",
        "overlay_planes_visible",
        "shutter_visible",
        "link_scroll",
        "link_zoom",
        "link_window",
    ],
)
def test_a_click_acts_in_the_session(bench, dialog, qtbot, name):
    box = editor(dialog, name, QCheckBox)
    before = getattr(bench.session.interaction, name)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert getattr(bench.session.interaction, name) is not before
    assert getattr(SettingsStore(config_dir()).settings, name) is not before


def test_an_action_shows_in_the_dialog(bench, dialog):
    bench.window.actions_["file.reopen"].trigger()
    assert not editor(dialog, "reopen_last", QCheckBox).isChecked()
    assert not bench.window.actions_["file.reopen"].isChecked()


def test_texts_on_images_grow(opened, qtbot):
    def last_line():
        """Rows of the lowest line of text at the left: from its highest to its lowest pixel."""
        painted = opened.grid.viewports["axial"].canvas.grab().toImage()
        rows = range(painted.height() - 16, painted.height() // 2, -1)
        lit = [any(painted.pixelColor(x, y).lightness() > 150 for x in range(8, 60)) for y in rows]
        start = lit.index(True)
        return lit.index(False, start) - start

    opened.session.display.window = HuWindow(10.0, 90_000.0)  # the image is black
    qtbot.wait(80)
    usual = last_line()
    opened.settings.save(opened.settings.settings.changed(image_text_percent=200))
    qtbot.wait(80)
    assert opened.session.interaction.text_scale == 2.0
    assert 1.6 * usual < last_line() < 2.4 * usual
    opened.settings.save(Settings())
