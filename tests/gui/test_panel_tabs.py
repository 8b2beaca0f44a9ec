"""The tabs of the right side stay within a narrow dock, whatever the titles."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from viewer.ui.widgets.panel_tabs import Panel, PanelTabs

LONG = ("Lungen-Analyse", "Messungen", "Schlüsselbilder", "Oberfläche", "Histogramm")


def test_only_the_front_tab_says_its_title_and_all_are_named(qtbot):
    tabs = PanelTabs([Panel(title, "layout", QLabel(title)) for title in LONG])
    qtbot.addWidget(tabs)
    tabs.resize(330, 300)
    tabs.show()
    for place, title in enumerate(LONG):
        tabs.bring(title)
        shown = [tabs.tabText(i) for i in range(5)]
        assert shown == [title if i == place else "" for i in range(5)]
        assert tabs.tabBar().tabRect(4).right() <= 330
    bar = tabs.tabBar()
    assert [bar.accessibleTabName(i) for i in range(5)] == list(LONG)
    assert [tabs.tabToolTip(i) for i in range(5)] == list(LONG)


def test_a_click_on_a_symbol_brings_its_panel(qtbot):
    tabs = PanelTabs([Panel(title, "layout", QLabel(title)) for title in LONG])
    qtbot.addWidget(tabs)
    tabs.resize(330, 300)
    tabs.show()
    QTest.mouseClick(
        tabs.tabBar(), Qt.MouseButton.LeftButton, pos=tabs.tabBar().tabRect(3).center()
    )
    assert tabs.titles[tabs.currentIndex()] == "Oberfläche"
