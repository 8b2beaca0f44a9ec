"""What an action is: a value from which menus, toolbar, shortcuts and the F1 sheet derive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Menu(StrEnum):
    """Menus of the window, in their order."""

    FILE = "File"
    EDIT = "Edit"
    VIEW = "View"
    NAVIGATE = "Navigate"
    WINDOW = "Window / level"
    TOOLS = "Tools"
    ANALYSIS = "Analysis"
    HELP = "Help"


class Need(StrEnum):
    """What must be there before an action makes sense; the value is the reason in the tooltip."""

    NOTHING = ""
    VOLUME = "Open a study first"
    HU = "Only for CT: the values must be Hounsfield units"
    MARKS = "There are no marks yet"
    SELECTION = "Select a mark first"
    MOVED_LABEL = "Select a mark whose label was moved first"
    KEY_IMAGE = "The image in view is no key image (K makes it one)"
    KEY_IMAGES = "There are no key images in this series yet"
    LINE = "Select a polyline, or one of several probes, first"
    SERIES = "Show two series side by side first"
    UNDO = "Nothing to undo"
    REDO = "Nothing to redo"
    MESH = "Compute a surface first"
    OVERLAY_PLANES = "The files of this series have no overlay planes"
    LAYER = "Show a series over this view first"
    GREY = "Only for grey images"
    SHUTTER = "The files of this series have no display shutter"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing a reader can do.

    Attributes
    ----------
    id : str
        Stable name ("view.fit"); the handler is registered under it.
    text : str
        Menu text.
    menu : Menu
        Where it stands.
    shortcuts : tuple of str
        Keys, the first one shown in the menu.
    tooltip : str
        One line that says what it does.
    icon : str
        Name in the icon table, or "".
    need : Need
        When it is enabled, and the reason while it is not.
    tool : str
        Id of the tool that it makes active, or "".
    preset : str
        Id of the window preset that it sets, or "".
    layout : str
        Id of the layout that it shows, or "".
    submenu : str
        Title of the submenu in which it stands, or "".
    checkable : bool
        Whether it shows a state.
    toolbar : str
        Group in the toolbar, or "" for the menu only.
    starts_group : bool
        Whether a separator stands before it in the menu.
    in_views : bool
        Whether its keys act only while a view has the focus: tables use them, too.
    """

    id: str
    text: str
    menu: Menu
    shortcuts: tuple[str, ...] = ()
    tooltip: str = ""
    icon: str = ""
    need: Need = Need.NOTHING
    tool: str = ""
    preset: str = ""
    layout: str = ""
    submenu: str = ""
    checkable: bool = False
    toolbar: str = ""
    starts_group: bool = False
    in_views: bool = False


ActionHandlers = dict[str, Callable[[], None]]
"""What each action does, by id; `missing_handlers` tells which have none."""


def missing_handlers(actions: Sequence[ActionSpec], handlers: ActionHandlers) -> list[str]:
    """Return the ids of actions without a handler, and of handlers without an action."""
    ids = {spec.id for spec in actions}
    return sorted(ids ^ set(handlers))
