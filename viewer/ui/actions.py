"""QActions made from the table: for menus, toolbar and shortcuts, with live states and reasons."""

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from viewer.app.action_spec import ActionHandlers, ActionSpec, Menu, Need, missing_handlers
from viewer.app.actions import ACTIONS, MORE_TOOLS, TOOLBAR_GROUPS
from viewer.app.actions_marks import COLOUR_MENU, MARK_MENU
from viewer.ui.icons import icon

_VIEW_SUBMENUS = ("Slab", "Turn and flip", "Cine", "Link", "Layout")
"""Submenus of the View menu that the menu of a right click has, too."""


MORE_TOOLS_AFTER = "tools"
"""Group of the toolbar that ends with the button for the tools which are used less."""


class WindowActions(QObject):
    """The actions of one window.

    Parameters
    ----------
    parent : QWidget
        The window: shortcuts act wherever the focus is inside it.
    views : QWidget
        Holds the viewports; keys of actions with `in_views` act inside it only.
    handlers : dict
        What each action does, by id.

    Attributes
    ----------
    file_windows : QMenu
        Part of every menu of presets; filled by whoever knows the open series.

    Raises
    ------
    ValueError
        An action has no handler, or a handler no action.
    """

    def __init__(
        self,
        parent: QWidget,
        views: QWidget,
        handlers: ActionHandlers,
        specs: Sequence[ActionSpec] = ACTIONS,
    ) -> None:
        super().__init__(parent)
        if wrong := missing_handlers(specs, handlers):
            raise ValueError(f"actions and handlers disagree: {', '.join(wrong)}")
        self._specs = {spec.id: spec for spec in specs}
        self._actions = {spec.id: self._make(parent, spec, handlers) for spec in specs}
        for spec in specs:
            (views if spec.in_views else parent).addAction(self._actions[spec.id])
        self._group([spec for spec in specs if spec.tool])
        self._group([spec for spec in specs if spec.preset])
        self._group([spec for spec in specs if spec.layout])
        self.file_windows = QMenu("From the file", parent)
        self.file_windows.menuAction().setEnabled(False)

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def set_checked(self, action_id: str, checked: bool) -> None:
        """Show the state of a checkable action."""
        self._actions[action_id].setChecked(checked)

    def set_tool(self, tool: str) -> None:
        """Show which tool is active."""
        for spec in self._specs.values():
            if spec.tool:
                self._actions[spec.id].setChecked(spec.tool == tool)

    def set_preset(self, preset: str) -> None:
        """Show which preset is in force; "" for none."""
        group = [spec for spec in self._specs.values() if spec.preset]
        exclusive = self._actions[group[0].id].actionGroup()
        exclusive.setExclusive(False)
        for spec in group:
            self._actions[spec.id].setChecked(spec.preset == preset)
        exclusive.setExclusive(True)

    def set_layout(self, layout: str) -> None:
        """Show which layout is in force."""
        for spec in self._specs.values():
            if spec.layout:
                self._actions[spec.id].setChecked(spec.layout == layout)

    def set_available(self, available: Iterable[Need]) -> None:
        """Enable what can be done now; what cannot says why in its tooltip."""
        met = {Need.NOTHING, *available}
        for spec in self._specs.values():
            self.set_reason(spec.id, "" if spec.need in met else spec.need.value)

    def set_reason(self, action_id: str, reason: str) -> None:
        """Enable an action, or say why it cannot be done now."""
        action = self._actions[action_id]
        action.setEnabled(not reason)
        action.setToolTip(tooltip(self._specs[action_id], reason))

    def set_text(self, action_id: str, text: str) -> None:
        """Change a menu text ("Undo length")."""
        self._actions[action_id].setText(text)

    def fill_menu_bar(self, bar: QMenuBar) -> dict[Menu, QMenu]:
        """Make the menus; returns them for additions such as recent files."""
        menus = {menu: bar.addMenu(f"&{menu.value}") for menu in Menu}
        submenus: dict[tuple[Menu, str], QMenu] = {}
        for spec in self._specs.values():
            menu = menus[spec.menu]
            if spec.starts_group:
                menu.addSeparator()
            if spec.submenu:
                place = (spec.menu, spec.submenu)
                if place not in submenus:
                    submenus[place] = menu.addMenu(spec.submenu)
                menu = submenus[place]
            menu.addAction(self._actions[spec.id])
        menus[Menu.WINDOW].insertMenu(menus[Menu.WINDOW].actions()[0], self.file_windows)
        for menu in menus.values():
            menu.setToolTipsVisible(True)
        return menus

    def fill_toolbar(self, bar: QToolBar, after: dict[str, Sequence[QWidget]]) -> None:
        """Add the buttons group by group; `after` names widgets that follow a group."""
        for number, group in enumerate(TOOLBAR_GROUPS):
            if number:
                bar.addSeparator()
            for spec in self._specs.values():
                if spec.toolbar == group:
                    bar.addAction(self._actions[spec.id])
                    button = bar.widgetForAction(self._actions[spec.id])
                    if isinstance(button, QToolButton):
                        button.setAccessibleName(spec.text.rstrip("…"))
            if group == MORE_TOOLS_AFTER:
                bar.addWidget(self._more_tools(bar))
            for widget in after.get(group, ()):
                bar.addWidget(widget)

    def _more_tools(self, bar: QToolBar) -> QToolButton:
        """Return the button that opens the tools which are used less."""
        button, menu = QToolButton(bar), QMenu(MORE_TOOLS, bar)
        rare = [self._actions[spec.id] for spec in self._specs.values() if _is_rare(spec)]
        menu.addActions(rare)
        button.setCheckable(True)
        for action in rare:
            action.toggled.connect(partial(_show_active, button, rare))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setIcon(icon("tool.more"))
        button.setToolTip(MORE_TOOLS)
        button.setAccessibleName(MORE_TOOLS)
        return button

    def preset_menu(self, parent: QWidget) -> QMenu:
        """Return a menu of the window presets, those of the file first."""
        menu = QMenu(parent)
        menu.addMenu(self.file_windows)
        menu.addActions([self._actions[s.id] for s in self._specs.values() if s.preset])
        return menu

    def context_menu(self, parent: QWidget) -> QMenu:
        """Return the menu of a right click on an image."""
        menu = QMenu(parent)
        for ids in (
            [s.id for s in self._specs.values() if s.tool and not _is_rare(s)],
            ["view.fit", "view.reset", "view.invert", "view.maximise"],
            ["edit.copy_picture", "file.export_images"],
            ["edit.delete"],
        ):
            menu.addActions([self._actions[action_id] for action_id in ids])
            menu.addSeparator()
        for title in (MARK_MENU, COLOUR_MENU):
            ids = [s.id for s in self._specs.values() if s.submenu == title]
            submenu = menu.addMenu(title)
            submenu.addActions([self._actions[action_id] for action_id in ids])
        more = QMenu(MORE_TOOLS, menu)
        more.addActions([self._actions[s.id] for s in self._specs.values() if _is_rare(s)])
        menu.insertMenu(self._actions["view.fit"], more)
        fit = self._actions["view.fit"]
        menu.insertMenu(fit, self._titled_presets(menu))
        planes = QMenu("Plane", menu)
        planes.addActions([a for name, a in self._actions.items() if name.startswith("go.active_")])
        menu.insertMenu(fit, planes)
        for title in _VIEW_SUBMENUS:
            submenu = QMenu(title, menu)
            submenu.addActions(
                [self._actions[s.id] for s in self._specs.values() if s.submenu == title]
            )
            menu.insertMenu(fit, submenu)
        menu.insertSeparator(fit)
        return menu

    def _titled_presets(self, parent: QWidget) -> QMenu:
        menu = self.preset_menu(parent)
        menu.setTitle("Window presets")
        return menu

    def _make(self, parent: QWidget, spec: ActionSpec, handlers: ActionHandlers) -> QAction:
        action = QAction(spec.text, parent)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.shortcuts])
        action.setCheckable(spec.checkable)
        action.setToolTip(tooltip(spec))
        action.setStatusTip(spec.tooltip)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        # Menus of a dark desktop look calmer without icons; the toolbar has them.
        action.setIconVisibleInMenu(False)
        if spec.in_views:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        handler = handlers[spec.id]
        action.triggered.connect(lambda _checked=False, run=handler: run())
        return action

    def _group(self, specs: list[ActionSpec]) -> None:
        group = QActionGroup(self)
        for spec in specs:
            group.addAction(self._actions[spec.id])


def _show_active(button: QToolButton, rare: Sequence[QAction], _checked: bool = False) -> None:
    """Let the button of the seldom tools look like the one that is active, if one is."""
    active = next((action for action in rare if action.isChecked()), None)
    button.setChecked(active is not None)
    button.setIcon(icon("tool.more") if active is None else active.icon())
    button.setToolTip(MORE_TOOLS if active is None else f"{MORE_TOOLS}: {active.text()}")


def _is_rare(spec: ActionSpec) -> bool:
    return spec.submenu == MORE_TOOLS


def tooltip(spec: ActionSpec, reason: str = "") -> str:
    """Return the tooltip: name and key, what it does, and why it is greyed."""
    key = f"  ({spec.shortcuts[0]})" if spec.shortcuts else ""
    lines = [spec.text.rstrip("…") + key]
    lines += [line for line in (spec.tooltip, f"Not now: {reason}" if reason else "") if line]
    return "\n".join(lines)
