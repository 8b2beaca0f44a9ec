"""Keys, menus, toolbar and the F1 sheet, on the real window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolBar, QToolButton

from tests.support.volumes import make_volume
from viewer.app.action_spec import Menu
from viewer.app.actions import ACTIONS
from viewer.app.bindings import MOUSE_BINDINGS
from viewer.app.control_sheet import sheet_rows
from viewer.core.document import AnnotationDocument
from viewer.core.study import NamedWindow
from viewer.core.view_state import DisplayState
from viewer.core.window import CT_PRESETS, HuWindow, VoiFunction, VoiLut
from viewer.ui.cheat_sheet import CheatSheet
from viewer.ui.icons import icon, icon_names

pytestmark = pytest.mark.gui
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


def press(bench, key, modifier=NONE):
    QTest.keyClick(bench.grid.viewports["axial"].canvas, key, modifier)
    QTest.qWait(20)


@pytest.mark.parametrize(
    ("key", "tool"),
    [
        ("P", "pan"), ("Z", "zoom"), ("S", "scroll"), ("H", "crosshair"),
        ("D", "length"), ("E", "ellipse"), ("B", "arrow"),
    ],
)  # fmt: skip
def test_tool_keys(opened, key, tool):
    press(opened, key)
    assert opened.session.interaction.tool == tool
    assert opened.window.actions_[f"tool.{tool}"].isChecked()
    assert not opened.window.actions_["tool.window"].isChecked()
    press(opened, "W")
    assert opened.session.interaction.tool == "window"


@pytest.mark.parametrize(
    "preset", [p for p in CT_PRESETS if p.key and p.window], ids=lambda p: p.id
)
def test_preset_keys_act_at_once(opened, preset):
    press(opened, preset.key)
    assert opened.session.display.window == preset.window
    assert opened.session.display.preset == preset.id
    assert opened.window.actions_[f"window.{preset.id}"].isChecked()


def test_default_and_full_range(opened, qtbot):
    press(opened, "2")
    press(opened, "9")
    qtbot.waitUntil(lambda: opened.session.display.preset == "full")
    data = opened.session.volume.data
    window = opened.session.display.window
    assert (window.low, window.high) == (data.min(), data.max())
    press(opened, "0")
    assert opened.session.display.window == HuWindow(400, 40)


@pytest.mark.parametrize(
    ("key", "modifier", "index"),
    [
        (Qt.Key.Key_Down, NONE, 9), (Qt.Key.Key_Up, NONE, 11), (Qt.Key.Key_Down, SHIFT, 0),
        (Qt.Key.Key_Up, SHIFT, 19), (Qt.Key.Key_Home, NONE, 19), (Qt.Key.Key_End, NONE, 0),
        (Qt.Key.Key_PageDown, NONE, 9), (Qt.Key.Key_PageUp, NONE, 11),
    ],
)  # fmt: skip
def test_slice_keys(opened, key, modifier, index):
    press(opened, key, modifier)
    assert opened.session.viewports["axial"].index == index


def test_keys_act_on_the_active_view(opened):
    press(opened, "2", CTRL)
    press(opened, Qt.Key.Key_Down)
    assert opened.session.viewports["coronal"].index == 31
    assert opened.session.viewports["axial"].index == 10


def test_view_keys(opened):
    session = opened.session
    press(opened, "I")
    assert session.display.inverted
    press(opened, Qt.Key.Key_Space)
    assert session.interaction.overlay == "minimal"
    press(opened, "X")
    assert not session.interaction.crosshair_visible
    press(opened, "+")
    assert session.viewports["axial"].zoom > 1
    press(opened, "F")
    assert session.viewports["axial"].zoom == 1
    press(opened, "M")
    assert session.interaction.maximised == "axial"
    press(opened, Qt.Key.Key_Return)
    assert session.interaction.maximised == ""


def test_escape_deselects_then_resets(opened):
    session = opened.session
    session.interaction.selected = "x"
    press(opened, "2")
    session.viewports["coronal"].zoom = 3.0
    press(opened, Qt.Key.Key_Escape)
    assert session.interaction.selected == ""
    assert session.viewports["coronal"].zoom == 3.0
    press(opened, Qt.Key.Key_Escape)
    assert session.viewports["coronal"].zoom == 1.0
    assert session.display.preset == "default"


def test_lists_and_fields_keep_their_keys(opened, qtbot):
    tree = opened.panels.studies._tree
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert opened.session.viewports["axial"].index == 10
    QTest.keyClicks(tree, "2")  # but a letter or digit that a list has no use for still acts
    assert opened.session.display.preset == "lung"


def test_copy_puts_a_stamped_picture_on_the_clipboard(opened, qtbot):
    QApplication.clipboard().clear()
    width, height = opened.grid.viewports["axial"].size_px()
    press(opened, "C", CTRL)
    picture = QApplication.clipboard().image()
    assert (picture.width(), picture.height()) == (round(width * 2), round(height * 2))
    assert any("Picture copied" in text for text in opened.window.notifications.texts())


def test_greyed_actions_say_why(bench, qtbot):
    qtbot.wait(20)
    fit = bench.window.actions_["view.fit"]
    assert not fit.isEnabled()
    assert "Open a study first" in fit.toolTip()
    assert "Nothing to undo" in bench.window.actions_["edit.undo"].toolTip()


def test_undo_names_what_it_undoes(opened, qtbot):
    from viewer.core.commands import PutShape
    from viewer.core.shapes import LengthShape

    volume = opened.session.volume
    opened.session.undo.run(
        PutShape(
            LengthShape(
                frame_of_reference_uid="1.2.3",
                stack=volume.stack.key,
                normal_lps=(0.0, 0.0, 1.0),
                start_lps=(0.0, 0.0, 0.0),
                end_lps=(5.0, 0.0, 0.0),
            ),
            "distance",
        )
    )
    qtbot.wait(20)
    assert opened.window.actions_["edit.undo"].text() == "Undo distance"
    press(opened, "Z", CTRL)
    assert len(opened.session.document) == 0
    press(opened, "Z", CTRL | SHIFT)
    assert len(opened.session.document) == 1


def test_every_action_is_in_a_menu_and_every_icon_exists(bench):
    def names(menu):
        for action in menu.actions():
            yield from names(action.menu()) if action.menu() else (action.objectName(),)

    in_menus = {n for top in bench.window.menuBar().actions() for n in names(top.menu())}
    assert {spec.id for spec in ACTIONS} <= in_menus
    for name in icon_names():
        assert not icon(name).isNull()
    assert {spec.icon for spec in ACTIONS if spec.icon} <= icon_names()


def test_toolbar_buttons_have_names_and_tooltips(bench):
    bar = bench.window.findChild(QToolBar)
    buttons = [b for b in bar.findChildren(QToolButton) if b.isVisible()]
    assert len(buttons) > 15
    for button in buttons:
        assert button.accessibleName(), button.text()
        assert button.toolTip()


def test_the_sheet_lists_everything_and_finds_it(qtbot):
    sheet = CheatSheet()
    qtbot.addWidget(sheet)
    rows = sheet_rows(ACTIONS, MOUSE_BINDINGS)
    sheet.set_rows(rows, "Hounsfield")
    assert {row[1] for row in rows} >= {"Distance", "Zoom at the cursor", "Lung  1500 / -600 HU"}
    assert sheet.table.rowCount() == len(rows)
    sheet.search.setText("zoom cursor")
    shown = [r for r in range(sheet.table.rowCount()) if not sheet.table.isRowHidden(r)]
    cells = [sheet.table.item(row, 0) for row in shown]
    assert [cell.text() for cell in cells if cell is not None] == ["Ctrl + wheel"]


def test_f1_opens_the_sheet_without_blocking(opened, qtbot):
    press(opened, Qt.Key.Key_F1)
    sheet = opened.window.findChild(CheatSheet)
    qtbot.waitUntil(sheet.isVisible)
    assert not sheet.isModal()
    sheet.close()


def test_windows_of_the_file_are_in_every_menu_of_presets(bench, qtbot):
    lut = NamedWindow("HARDER & more", VoiLut.from_entries(-100, [0, 80, 255], 8))
    soft = NamedWindow("SOFT", HuWindow(400, 40, VoiFunction.SIGMOID))
    menu = bench.window.actions_.file_windows
    assert not menu.menuAction().isEnabled()
    volume = make_volume(windows=(lut, soft))
    display = DisplayState(lut.window)
    bench.session.set_volume(volume, AnnotationDocument("x"), display)
    assert menu.menuAction().isEnabled()
    assert menu.menuAction() in bench.window.menu(Menu.WINDOW).actions()
    assert menu.menuAction() in bench.window.actions_.preset_menu(bench.window).actions()
    menu.aboutToShow.emit()
    texts = [(action.text(), action.isChecked()) for action in menu.actions()]
    assert texts == [
        ("HARDER && more (look-up table)", True),
        ("SOFT 400 / 40 sigmoid", False),
    ]
    menu.actions()[1].trigger()
    assert (display.window, display.preset) == (soft.window, "file-2")
    menu.aboutToShow.emit()
    assert [action.isChecked() for action in menu.actions()] == [False, True]
    bench.session.set_volume(make_volume(windows=()), AnnotationDocument("y"), display)
    assert not menu.menuAction().isEnabled()
