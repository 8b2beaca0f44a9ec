"""The main window: places widgets, knows no feature. Everything arrives from the composition."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from viewer.app.action_spec import Menu
from viewer.app.overlays_frame import STAMP_TEXT
from viewer.i18n import tr
from viewer.ui.actions import WindowActions
from viewer.ui.icons import icon
from viewer.ui.job_bar import JobBar
from viewer.ui.notifications import NotificationArea
from viewer.ui.start_page import StartPage
from viewer.ui.widgets.labels import plain_tooltip
from viewer.ui.widgets.layout_menu import layout_menu
from viewer.ui.widgets.panel_tabs import Panel, PanelTabs

TITLE = "Hounsfield"
_WANTED = QSize(1720, 1060)
_LEFT_WIDTH, _RIGHT_WIDTH = 270, 350


class MainWindow(QMainWindow):
    """Menus, toolbar, docks, centre and status bar.

    Attributes
    ----------
    may_close : callable
        Asked before the window closes; says whether it may.

    Signals
    -------
    paths_dropped(list of str)
        Files or folders were dropped on the window.
    closing
        The window is about to close.
    """

    paths_dropped = Signal(list)
    closing = Signal()

    def __init__(
        self,
        centre: QWidget,
        studies: QWidget,
        panels: Sequence[Panel],
    ) -> None:
        super().__init__()
        self.may_close: Callable[[], bool] = _always
        self.setObjectName("mainWindow")
        self.setWindowTitle(TITLE)
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks)
        self.start_page = StartPage()
        self.tabs = PanelTabs(panels)
        self.studies_dock = self._dock(
            "studies", tr("Studies"), studies, Qt.DockWidgetArea.LeftDockWidgetArea
        )
        self.panels_dock = self._dock(
            "panels", tr("Panels"), self.tabs, Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.panels_dock.setTitleBarWidget(QWidget())  # the tabs are title enough
        self.resizeDocks(
            [self.studies_dock, self.panels_dock],
            [_LEFT_WIDTH, _RIGHT_WIDTH],
            Qt.Orientation.Horizontal,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start_page)
        self._stack.addWidget(centre)
        self.setCentralWidget(self._stack)
        self.notifications = NotificationArea()
        self.actions_ = WindowActions(self, centre)
        self._menus = self.actions_.fill_menu_bar(self.menuBar())
        self._badge = QLabel()
        self._badge.setProperty("role", "badge")
        self.menuBar().setCornerWidget(self._badge)
        self.set_badge("")
        self._toolbar()
        self.job_bar = JobBar()
        self._notice = QLabel(tr(STAMP_TEXT))
        self._notice.setProperty("role", "dim")
        self._notice.setContentsMargins(8, 0, 0, 0)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self._notice)
        self.statusBar().addWidget(self.notifications, 1)
        self._unsaved = QLabel()
        self._unsaved.setObjectName("unsaved")
        self._unsaved.setProperty("role", "badge")
        self._unsaved.setTextFormat(Qt.TextFormat.PlainText)
        self._unsaved.hide()
        self.statusBar().addPermanentWidget(self._unsaved)
        self.statusBar().addPermanentWidget(self.job_bar)
        self._fit_screen()

    def menu(self, menu: Menu) -> QMenu:
        """Return a menu, for additions such as recent files."""
        return self._menus[menu]

    def show_images(self, shown: bool) -> None:
        """Show the viewports, or the start page."""
        self._stack.setCurrentIndex(1 if shown else 0)

    def show_tab(self, title: str) -> None:
        """Bring a panel of the right side to the front."""
        self.panels_dock.show()
        self.tabs.bring(title)

    def set_full_screen(self, full: bool) -> None:
        """Use the whole screen, or not."""
        (self.showFullScreen if full else self.showNormal)()

    def set_badge(self, text: str) -> None:
        """Show a state of the whole window beside the menus; empty hides it."""
        self._badge.setText(text)
        self._badge.setVisible(bool(text))
        self._badge.setFixedSize(self._badge.sizeHint() if text else QSize(0, 0))

    def set_unsaved(self, text: str, why: str) -> None:
        """Show that something is not saved, as long as that is so; empty hides it."""
        self._unsaved.setText(text)
        self._unsaved.setToolTip(plain_tooltip(why))
        self._unsaved.setVisible(bool(text))

    def set_subject(self, text: str) -> None:
        """Name what is open in the title bar (never a patient: titles end up in screenshots)."""
        self.setWindowTitle(f"{text} - {TITLE}" if text else TITLE)

    # --- Qt ----------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _local_paths(event.mimeData()):
            self.start_page.set_hot(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.start_page.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.start_page.set_hot(False)
        if paths := _local_paths(event.mimeData()):
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    # --- parts -------------------------------------------------------------------------------

    def _dock(
        self, name: str, title: str, content: QWidget, area: Qt.DockWidgetArea
    ) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(f"dock.{name}")
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        dock.setWidget(content)
        heading = QLabel(title)  # Qt's own keeps the letters that it began with
        heading.setObjectName("dockTitle")
        dock.setTitleBarWidget(heading)
        self.addDockWidget(area, dock)
        return dock

    def _toolbar(self) -> None:
        bar = QToolBar(tr("Tools"))
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        presets = QToolButton()
        presets.setIcon(icon("window.presets"))
        presets.setToolTip(tr("Window presets"))
        presets.setAccessibleName(tr("Window presets"))
        presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        presets.setMenu(self.actions_.preset_menu(presets))
        layouts = QToolButton()
        layouts.setIcon(icon("layout"))
        layouts.setToolTip(tr("Layout of the viewports"))
        layouts.setAccessibleName(tr("Layout"))
        layouts.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        layouts.setMenu(layout_menu(layouts, lambda name: self.actions_[f"layout.{name}"]))
        self.actions_.fill_toolbar(bar, {"tools": (presets,), "view": (layouts,)})
        bar.toggleViewAction().setEnabled(False)
        self.addToolBar(bar)

    def _fit_screen(self) -> None:
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(_WANTED.boundedTo(screen.size()))


def _always() -> bool:
    return True


def _local_paths(data: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
