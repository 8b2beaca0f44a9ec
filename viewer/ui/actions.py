"""QActions made from the table: for menus, toolbar and shortcuts, with live states and reasons."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QToolBar, QToolButton, QWidget
from shiboken6 import isValid

from viewer.app.action_spec import ActionHandlers, ActionSpec, Menu, Need, missing_handlers
from viewer.app.actions import ACTIONS, MORE_TOOLS, TOOLBAR_GROUPS
from viewer.app.actions_hands import USER_PRESETS
from viewer.app.control_sheet import plain_name, shown_text
from viewer.i18n import told, tr
from viewer.ui.icons import icon
from viewer.ui.mnemonics import with_mnemonics

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

    Attributes
    ----------
    file_windows : QMenu
        Part of every menu of presets; filled by whoever knows the open series.
    pair_menu : QMenu
        Marks of a prior, in the menu of a right click; filled when it opens.

    """

    def __init__(
        self, parent: QWidget, views: QWidget, specs: Sequence[ActionSpec] = ACTIONS
    ) -> None:
        super().__init__(parent)
        self._handlers: ActionHandlers = {}
        self._specs = {spec.id: spec for spec in specs}
        self._own: tuple[str, ...] = ()
        self._reasons: Mapping[str, str] = {}
        self._shown_reasons: dict[str, str] = {}
        self._hosts: list[QWidget] = [parent]
        self._preset_menus: list[QMenu] = []
        self._actions = {spec.id: self._make(parent, spec) for spec in specs}
        for spec in specs:
            (views if spec.in_views else parent).addAction(self._actions[spec.id])
        self._group([spec for spec in specs if spec.tool])
        self._presets = self._group([spec for spec in specs if spec.preset])
        self._group([spec for spec in specs if spec.layout])
        self.file_windows = QMenu(tr("From the file"), parent)
        self.file_windows.menuAction().setEnabled(False)
        self.pair_menu = QMenu(tr("Pair with a prior mark"), parent)

    def set_handlers(self, handlers: ActionHandlers) -> None:
        """Say what each action does, by id: whatever does it is made after the window.

        Raises
        ------
        ValueError
            An action has no handler, or a handler no action.
        """
        fixed = [spec for spec in self._specs.values() if spec.id not in self._own]
        if wrong := missing_handlers(fixed, handlers):
            raise ValueError(f"actions and handlers disagree: {', '.join(wrong)}")
        self._handlers |= handlers

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def lend_to(self, window: QMainWindow, views: QWidget) -> None:
        """Let menus and keys work in another window, too; see `take_back`."""
        self.fill_menu_bar(window.menuBar())
        self._hosts.append(window)
        for spec in self._specs.values():
            (views if spec.in_views else window).addAction(self._actions[spec.id])

    def apply(self, specs: Iterable[ActionSpec]) -> None:
        """Take other keys: menus, tooltips, buttons and shortcuts have them at once."""
        for spec in specs:
            if spec != self._specs[spec.id]:
                self._specs[spec.id] = spec
                self._actions[spec.id].setShortcuts([QKeySequence(k) for k in spec.shortcuts])
                self.set_reason(spec.id, self._shown_reasons.pop(spec.id, ""))

    def set_own_presets(self, specs: Sequence[ActionSpec], handlers: ActionHandlers) -> None:
        """Show other own presets in every menu of presets."""
        for action_id in self._own:
            action = self._actions.pop(action_id)
            del self._specs[action_id], self._handlers[action_id]
            self._presets.removeAction(action)
            action.setShortcuts([])
            action.setVisible(False)
            action.deleteLater()
        self._own = tuple(spec.id for spec in specs)
        self._handlers |= handlers
        self._preset_menus = [menu for menu in self._preset_menus if isValid(menu)]
        self._hosts = [host for host in self._hosts if isValid(host)]
        anchor = self._actions[USER_PRESETS.id]
        for spec in specs:
            action = self._make(self._hosts[0], spec)
            self._specs[spec.id], self._actions[spec.id] = spec, action
            self._presets.addAction(action)
            for host in self._hosts:
                host.addAction(action)
            for menu in self._preset_menus:
                menu.insertAction(anchor, action)

    def set_reasons(self, reasons: Mapping[str, str]) -> None:
        """Note why some actions cannot be done with what is open, beside what they need."""
        self._reasons = reasons

    def take_back(self, window: QMainWindow) -> None:
        """Forget a window that is about to go."""
        self._hosts.remove(window)
        self._preset_menus = [
            menu for menu in self._preset_menus if isValid(menu) and not window.isAncestorOf(menu)
        ]

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
        self._presets.setExclusive(False)
        for spec in self._specs.values():
            if spec.preset:
                self._actions[spec.id].setChecked(spec.preset == preset)
        self._presets.setExclusive(True)

    def set_layout(self, layout: str) -> None:
        """Show which layout is in force."""
        for spec in self._specs.values():
            if spec.layout:
                self._actions[spec.id].setChecked(spec.layout == layout)

    def set_available(self, available: Iterable[Need], reasons: Mapping[str, str]) -> None:
        """Enable what can be done now; what cannot says why in its tooltip.

        `reasons` are those of actions that ask for more than a need: "" where they can be done.
        """
        met = {Need.NOTHING, *available}
        for spec in self._specs.values():
            reason = self._reasons.get(spec.id, "") if spec.need in met else tr(spec.need.value)
            self.set_reason(spec.id, reasons.get(spec.id, reason))

    def set_reason(self, action_id: str, reason: str) -> None:
        """Enable an action, or say why it cannot be done now."""
        if self._shown_reasons.get(action_id) == reason:
            return  # asked at every step, for all of them
        action = self._actions[action_id]
        self._shown_reasons[action_id] = reason
        action.setEnabled(not reason)
        action.setToolTip(tooltip(self._specs[action_id], reason))

    def reason(self, action_id: str) -> str:
        """Return why an action cannot be done now; "" where it can."""
        return self._shown_reasons.get(action_id, "")

    def name_now(self, spec: ActionSpec) -> str:
        """Return what an action is called at present ("Undo length")."""
        return self._actions[spec.id].text().replace("&&", "&").rstrip("…")

    def set_text(self, action_id: str, text: str) -> None:
        """Change a menu text ("Undo length")."""
        self._actions[action_id].setText(text)

    def fill_menu_bar(self, bar: QMenuBar) -> dict[Menu, QMenu]:
        """Make the menus; returns them for additions such as recent files."""
        english = [menu.value for menu in Menu]
        titles = with_mnemonics([tr(title) for title in english], english)
        menus = {menu: bar.addMenu(title) for menu, title in zip(Menu, titles, strict=True)}
        submenus: dict[tuple[Menu, str], QMenu] = {}
        for spec in self._specs.values():
            menu = menus[spec.menu]
            if spec.starts_group:
                menu.addSeparator()
            if spec.submenu:
                place = (spec.menu, spec.submenu)
                if place not in submenus:
                    submenus[place] = menu.addMenu(tr(spec.submenu))
                menu = submenus[place]
            if spec.id in self._own:
                menu.insertAction(self._actions[USER_PRESETS.id], self._actions[spec.id])
            else:
                menu.addAction(self._actions[spec.id])
        menus[Menu.WINDOW].insertMenu(menus[Menu.WINDOW].actions()[0], self.file_windows)
        self._preset_menus.append(menus[Menu.WINDOW])
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
                        button.setAccessibleName(plain_name(spec))
            if group == MORE_TOOLS_AFTER:
                bar.addWidget(self._more_tools(bar))
            for widget in after.get(group, ()):
                bar.addWidget(widget)

    def _more_tools(self, bar: QToolBar) -> QToolButton:
        """Return the button that opens the tools which are used less."""
        button, menu = QToolButton(bar), QMenu(tr(MORE_TOOLS), bar)
        rare = [self._actions[spec.id] for spec in self._specs.values() if _is_rare(spec)]
        menu.addActions(rare)
        button.setCheckable(True)
        for action in rare:
            action.toggled.connect(partial(_show_active, button, rare))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setIcon(icon("tool.more"))
        button.setToolTip(tr(MORE_TOOLS))
        button.setAccessibleName(tr(MORE_TOOLS))
        return button

    def preset_menu(self, parent: QWidget) -> QMenu:
        """Return a menu of the window presets, those of the file first."""
        menu = QMenu(parent)
        menu.addMenu(self.file_windows)
        presets = [spec for spec in self._specs.values() if spec.preset]
        menu.addActions([self._actions[s.id] for s in presets if s.id not in self._own])
        menu.addSeparator()
        menu.addActions([self._actions[action_id] for action_id in (*self._own, USER_PRESETS.id)])
        self._preset_menus.append(menu)
        return menu

    def _make(self, parent: QWidget, spec: ActionSpec) -> QAction:
        action = QAction(shown_text(spec).replace("&", "&&"), parent)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.shortcuts])
        action.setCheckable(spec.checkable)
        action.setToolTip(tooltip(spec))
        action.setStatusTip(tr(spec.tooltip))
        if spec.icon:
            action.setIcon(icon(spec.icon))
        # Menus of a dark desktop look calmer without icons; the toolbar has them.
        action.setIconVisibleInMenu(False)
        if spec.in_views:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(partial(self._carry_out, spec.id))
        return action

    def _carry_out(self, action_id: str, _checked: bool = False) -> None:
        self._handlers[action_id]()

    def _group(self, specs: list[ActionSpec]) -> QActionGroup:
        group = QActionGroup(self)
        for spec in specs:
            group.addAction(self._actions[spec.id])
        return group


def _show_active(button: QToolButton, rare: Sequence[QAction], _checked: bool = False) -> None:
    """Let the button of the seldom tools look like the one that is active, if one is."""
    active = next((action for action in rare if action.isChecked()), None)
    button.setChecked(active is not None)
    button.setIcon(icon("tool.more") if active is None else active.icon())
    more = tr(MORE_TOOLS)
    button.setToolTip(more if active is None else f"{more}: {active.text()}")


def _is_rare(spec: ActionSpec) -> bool:
    return spec.submenu == MORE_TOOLS


def tooltip(spec: ActionSpec, reason: str = "") -> str:
    """Return the tooltip: name and key, what it does, and why it is greyed."""
    key = f"  ({native_key(spec.shortcuts[0])})" if spec.shortcuts else ""
    lines = [plain_name(spec) + key, tr(spec.tooltip)]
    if reason:
        lines.append(tr("Not now: {reason}", reason=told(reason)))
    return "\n".join(line for line in lines if line)


def native_key(key: str) -> str:
    """Return a key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
