"""The menu of a right click on an image: about the mark under the cursor, else about the view."""

from collections.abc import Iterable

from PySide6.QtWidgets import QMenu, QWidget

from viewer.app.action_spec import ActionSpec, Menu
from viewer.app.actions import ACTIONS, MORE_TOOLS
from viewer.app.actions_layer import LAYER_MAP_MENU, LAYER_MENU, MAP_MENU
from viewer.app.actions_marks import COLOUR_MENU
from viewer.core.session import Session
from viewer.i18n import mark, tr
from viewer.ui.actions import WindowActions

_MARK = (
    "mark.jump",
    "mark.rename",
    "mark.label_back",
    "mark.track",
    "mark.lock",
    "mark.hide",
    "edit.delete",
)
_COPIES = ("mark.copy_next", "mark.copy_previous", "mark.copy_range")
_IMAGE = ("key.toggle", "edit.copy_picture", "file.export_images")


def image_menu(actions: WindowActions, session: Session, parent: QWidget) -> QMenu:
    """Return the menu for what was clicked: a mark is selected then, or none is."""
    menu = QMenu(parent)
    if session.document.get(session.interaction.selected) is not None:
        _fill_for_mark(menu, actions)
    else:
        _fill_for_view(menu, actions, has_layer=session.active.layer is not None)
    return menu


def _fill_for_mark(menu: QMenu, actions: WindowActions) -> None:
    _add(menu, actions, _MARK)
    menu.addSeparator()
    _submenu(menu, actions, COLOUR_MENU, _ids(COLOUR_MENU))
    _submenu(menu, actions, mark("Copy to slices"), _COPIES)
    menu.addMenu(actions.pair_menu)
    if actions["mark.curved"].isEnabled():
        _add(menu, actions, ("mark.curved",))
    menu.addSeparator()
    _tools(menu, actions)
    _presets(menu, actions)
    menu.addSeparator()
    _add(menu, actions, _IMAGE)


def _fill_for_view(menu: QMenu, actions: WindowActions, *, has_layer: bool) -> None:
    _tools(menu, actions)
    _presets(menu, actions)
    _submenu(menu, actions, MAP_MENU, _ids(MAP_MENU))
    if has_layer:
        layer = _submenu(menu, actions, LAYER_MENU, _ids(LAYER_MENU))
        _submenu(layer, actions, LAYER_MAP_MENU, _ids(LAYER_MAP_MENU))
    else:
        _add(menu, actions, ("layer.show",))
    menu.addSeparator()
    planes = (spec.id for spec in ACTIONS if spec.id.startswith("go.active_"))
    _submenu(menu, actions, mark("Plane"), planes)
    for title in ("Slab", "Turn and flip", "Cine", "Link", "Layout"):
        _submenu(menu, actions, title, _ids(title))
    menu.addSeparator()
    _add(menu, actions, ("view.fit", "view.reset", "view.maximise"))
    menu.addSeparator()
    _add(menu, actions, _IMAGE)


def _tools(menu: QMenu, actions: WindowActions) -> None:
    tools = [spec for spec in ACTIONS if spec.tool]
    submenu = _submenu(menu, actions, Menu.TOOLS.value, _each(tools, is_rare=False))
    submenu.addSeparator()
    _add(submenu, actions, _each(tools, is_rare=True))


def _presets(menu: QMenu, actions: WindowActions) -> None:
    presets = actions.preset_menu(menu)
    presets.setTitle(tr("Window presets"))
    menu.addMenu(presets)


def _each(tools: Iterable[ActionSpec], *, is_rare: bool) -> list[str]:
    return [spec.id for spec in tools if (spec.submenu == MORE_TOOLS) is is_rare]


def _ids(title: str) -> list[str]:
    return [spec.id for spec in ACTIONS if spec.submenu == title]


def _submenu(menu: QMenu, actions: WindowActions, title: str, ids: Iterable[str]) -> QMenu:
    submenu = menu.addMenu(tr(title))
    _add(submenu, actions, ids)
    return submenu


def _add(menu: QMenu, actions: WindowActions, ids: Iterable[str]) -> None:
    menu.addActions([actions[action_id] for action_id in ids])
