"""The rows of the action table about layouts of one's own."""

from viewer.app.action_spec import ActionSpec, Menu

OWN_SLOTS = 9
"""So many own layouts, the first in the reader's order, have an action and a key."""
OWN_MENU = "Own layouts"


def slot_id(number: int) -> str:
    """Return the id of the action that shows an own layout, counted from 0."""
    return f"own.{number + 1}"


OWN = (
    ActionSpec(
        "own.edit",
        "Own layouts…",
        Menu.VIEW,
        ("Ctrl+Alt+0",),
        "Save the present arrangement under a name; show, rename, delete and order what is saved",
        submenu=OWN_MENU,
    ),
    *(
        ActionSpec(
            slot_id(number),
            f"Own layout {number + 1}",
            Menu.VIEW,
            (f"Ctrl+Alt+{number + 1}",),
            "Arrange the windows so, and fill the places with the series that fit",
            submenu=OWN_MENU,
        )
        for number in range(OWN_SLOTS)
    ),
)
