"""How the window looks: letters and icons of any size, selected rows, both themes."""

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QToolBar, QToolButton

from viewer.ui.icons import icon
from viewer.ui.theme import COLOURS, DARK, LIGHT, apply_theme
from viewer.ui.widgets.layer_bar import free_place
from viewer.ui.widgets.marks_table import MarksTable

pytestmark = pytest.mark.gui


@pytest.fixture
def dressed(qapp):
    yield qapp
    apply_theme(qapp)


def ink_of(shown, mode=QIcon.Mode.Normal, state=QIcon.State.Off):
    image = shown.pixmap(QSize(32, 32), mode, state).toImage()
    colours = (image.pixelColor(x, y) for x in range(32) for y in range(32))
    return next(c.name() for c in colours if c.alpha() == 255)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_icons_have_the_ink_of_their_ground(dressed, palette):
    apply_theme(dressed, "dark" if palette is DARK else "light")
    assert palette == COLOURS
    shown = icon("tool.length")
    assert ink_of(shown) == palette.text
    assert ink_of(shown, QIcon.Mode.Selected) == palette.accent_text
    assert ink_of(shown, state=QIcon.State.On) == palette.accent_text
    assert ink_of(shown, QIcon.Mode.Disabled) == palette.disabled
    tab = icon("tool.length", "tab")
    assert ink_of(tab) == palette.dim
    assert ink_of(tab, state=QIcon.State.On) == palette.text


def test_icons_rows_and_titles_grow_with_the_letters(opened, dressed, qtbot):
    window = opened.window
    bar, table = window.findChild(QToolBar), window.findChild(MarksTable)
    button = opened.grid.viewports["axial"].findChild(QToolButton)
    button = opened.grid.viewports["axial"].findChild(QToolButton) if button is None else button

    def sizes():
        return (
            bar.iconSize().width(),
            table.iconSize().width(),
            table.verticalHeader().defaultSectionSize(),
            table.columnWidth(0),
            button.iconSize().width(),
            window.tabs.tabBar().iconSize().width(),
            window.studies_dock.titleBarWidget().fontMetrics().height(),
        )

    before = sizes()
    apply_theme(dressed, "dark", 150)
    qtbot.wait(50)
    for small, large in zip(before, sizes(), strict=True):
        assert large == pytest.approx(1.5 * small, rel=0.08)


def test_a_bar_finds_a_place_beside_texts():
    room, box = QRect(0, 0, 600, 400), QRect(0, 0, 280, 26)
    left, right = QRect(8, 8, 130, 60), QRect(400, 8, 190, 60)
    letter = QRect(292, 6, 16, 20)
    assert free_place(box, room, []) == QRect(160, 6, 280, 26)
    assert free_place(box, room, [letter]) == QRect(313, 6, 280, 26)  # to its right
    assert free_place(box, room, [left, right]).top() > left.bottom()  # 260 between them
    narrow = QRect(0, 0, 200, 26)
    found = free_place(narrow, room, [left, right, letter])
    assert letter.bottom() < found.top() < left.bottom()
    assert not any(found.intersects(text) for text in (left, right, letter))
    tight = QRect(0, 0, 282, 400)
    assert free_place(box, tight, [left]).top() > left.bottom()
    assert free_place(box, room, [room]) == QRect(160, 6, 280, 26)
