"""Tabs that stay narrow: each has a symbol, and only the one in front says its title."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QTabWidget, QWidget

from viewer.ui.icons import icon


class Panel(NamedTuple):
    """A panel and how its tab looks."""

    title: str
    symbol: str
    content: QWidget


class PanelTabs(QTabWidget):
    """Panels of which one is in front, in any language as wide as its longest title."""

    def __init__(self, panels: Sequence[Panel]) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self._panels = tuple(panels)
        for place, panel in enumerate(self._panels):
            self.addTab(panel.content, icon(panel.symbol, "tab"), "")
            self.setTabToolTip(place, panel.title)
            self.tabBar().setAccessibleTabName(place, panel.title)
        self.currentChanged.connect(self._name_front)
        self._name_front()

    @property
    def titles(self) -> tuple[str, ...]:
        """Titles of the panels, in order."""
        return tuple(panel.title for panel in self._panels)

    def bring(self, title: str) -> None:
        """Bring a panel to the front."""
        self.setCurrentIndex(self.titles.index(title))

    @property
    def front(self) -> str:
        """Symbol of the panel in front: its name in every language."""
        return self._panels[self.currentIndex()].symbol

    def bring_symbol(self, symbol: str) -> None:
        """Bring the panel with a symbol to the front; an unknown one changes nothing."""
        for place, panel in enumerate(self._panels):
            if panel.symbol == symbol:
                self.setCurrentIndex(place)

    def _name_front(self) -> None:
        for place, panel in enumerate(self._panels):
            self.setTabText(place, panel.title if place == self.currentIndex() else "")
