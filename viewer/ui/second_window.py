"""The second window for images: viewports of its own on another monitor, in the same session."""

import base64
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QMoveEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from viewer.app.presenters.connections import Connections
from viewer.core.layout import SECOND, grid_layout, layout_from
from viewer.core.session import Session
from viewer.i18n import tr
from viewer.ui.actions import WindowActions
from viewer.ui.image_menu import image_menu
from viewer.ui.viewport_grid import ViewportGrid

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench

_SIZE = QSize(1000, 800)
"""Where there is no other monitor."""
_ASIDE = QPoint(60, 60)
KEEP_MS = 300
"""When nothing has changed for so long, the window is as it shall come back."""


class ImageWindow(QMainWindow):
    """Viewports under the menus of the main window; its keys work here, too.

    Signals
    -------
    closing
        The window is about to close.
    placed
        It was moved, or has another size.
    """

    closing = Signal()
    placed = Signal()

    def __init__(self, grid: ViewportGrid, actions: WindowActions, session: Session) -> None:
        super().__init__()
        self.setObjectName("imageWindow")
        self.setWindowTitle(tr("Second window"))
        self.setCentralWidget(grid)
        actions.lend_to(self, grid)
        self._actions, self._session = actions, session

    def open_menu(self, place: QPoint) -> QMenu:
        """Open the menu of an image at a place of the screen; it goes when it closes."""
        menu = image_menu(self._actions, self._session, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)
        return menu

    def let_go(self) -> None:
        """Part with the actions of the main window."""
        self._actions.take_back(self)

    def place_beside(self, main: QWidget) -> None:
        """Fill another monitor, or lie a little aside where there is none."""
        other = _other_screen(main)
        if other is None:
            self.resize(_SIZE)
            self.move(main.pos() + _ASIDE)
        else:
            self.setGeometry(other.availableGeometry())

    def set_full_screen(self, full: bool) -> None:
        """Use the whole screen, or not."""
        (self.showFullScreen if full else self.showNormal)()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.placed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.placed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)


class SecondWindow:
    """Opens and closes the second window, and brings it back at the next start.

    Attributes
    ----------
    window : ImageWindow or None
        While it is open.
    """

    def __init__(self, bench: "Workbench") -> None:
        self._bench, self._session = bench, bench.session
        self.window: ImageWindow | None = None
        self._connections = Connections()
        self._settled = QTimer()
        self._settled.setSingleShot(True)
        self._settled.setInterval(KEEP_MS)
        self._settled.timeout.connect(self._keep_open)

    def toggle(self) -> None:
        """Open the window, or close it."""
        if self.window is None:
            self.open()
        else:
            self.window.close()

    def open(self, layout_text: str = "") -> None:
        """Open the window with a layout (one place where none is known)."""
        if self.window is not None:
            return
        bench, interaction = self._bench, self._session.interaction.events
        grid = ViewportGrid(window=SECOND)
        bench.reading.add_grid(SECOND, grid)
        bench.layers.watch(grid)
        self.window = ImageWindow(grid, bench.window.actions_, bench.session)
        for signal, slot in (
            (self.window.closing, self._on_closing),
            (self.window.placed, self._keep_soon),
            (self._session.layout_changed, self._keep_soon),
            (grid.shares_changed, self._keep_soon),
            (grid.maximise_requested, bench.navigator.toggle_maximised),
            (grid.created, self._wire),
            (interaction.maximised, grid.set_maximised),
            (interaction.active, grid.set_active),
        ):
            self._connections.add(signal, slot)
        for name in grid.viewports:
            self._wire(name)
        layout = layout_from(layout_text) if layout_text else grid_layout(1, 1)
        bench.reading.arranger.open_second(layout.in_window(SECOND))
        geometry = _decoded(bench.settings.settings.second_geometry)
        if geometry.isEmpty() or not self.window.restoreGeometry(geometry):
            self.window.place_beside(bench.window)
        self.window.show()
        self._show_state()

    def restore(self) -> None:
        """Open the window if it was open when the program ended."""
        if text := self._bench.settings.settings.second_layout:
            self.open(text)

    def close(self) -> None:
        """Close with the main window: the next start opens it again."""
        self._keep_open()
        self._take_down()

    def _on_closing(self) -> None:
        """The reader closed it."""
        self._keep("")
        self._take_down()
        self._show_state()

    def _take_down(self) -> None:
        window, self.window = self.window, None
        if window is None:
            return
        self._settled.stop()
        self._connections.close()
        self._session.close_second()
        self._bench.reading.remove_grid(SECOND)
        window.let_go()
        window.hide()
        window.deleteLater()

    def _keep_soon(self, *_: object) -> None:
        """Keep it before the end, which may come without a word; once for many changes."""
        self._settled.start()

    def _keep_open(self) -> None:
        if self.window is not None:
            self._keep(self._session.layouts[SECOND].text)

    def _keep(self, layout_text: str) -> None:
        if self.window is not None:
            place = base64.b64encode(self.window.saveGeometry().data()).decode()
            kept = self._bench.settings
            kept.save(kept.settings.changed(second_layout=layout_text, second_geometry=place))

    def _show_state(self) -> None:
        opened = self.window is not None
        self._bench.window.actions_.set_checked("view.second_window", opened)

    def _wire(self, name: str) -> None:
        frame = self._bench.viewports.frame(name)
        frame.menu_requested.connect(self._on_menu)
        frame.fidelity_requested.connect(partial(self._bench.deeds.show_fidelity_at, name))

    def _on_menu(self, place: QPoint) -> None:
        if self.window is not None:
            self.window.open_menu(place)


def _other_screen(main: QWidget) -> QScreen | None:
    here = main.screen()
    return next((screen for screen in QGuiApplication.screens() if screen is not here), None)


def _decoded(text: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(text))
    except ValueError:
        return QByteArray()
