"""The rows of the action table about marks that are there, or being drawn."""

from viewer.app.action_spec import ActionSpec, Menu, Need
from viewer.core.shapes import MarkColour

MARK_MENU = "Mark"
COLOUR_MENU = "Colour of the mark"
COLOUR_PREFIX = "mark.colour."


def colour_id(colour: MarkColour) -> str:
    """Return the id of the action that sets a colour."""
    return COLOUR_PREFIX + (colour.value or "standard")


def _mark(name: str, text: str, key: str, tooltip: str, need: Need = Need.SELECTION) -> ActionSpec:
    return ActionSpec(
        f"mark.{name}",
        text,
        Menu.EDIT,
        (key,) if key else (),
        tooltip,
        need=need,
        submenu=MARK_MENU,
        in_views=bool(key),
    )


MARKS = (
    ActionSpec(
        "edit.finish",
        "Finish the mark",
        Menu.EDIT,
        ("Return", "Enter"),
        "End a polyline or polygon; otherwise maximise the view",
        need=Need.VOLUME,
        in_views=True,
    ),
    ActionSpec(
        "edit.take_back",
        "Remove the last point",
        Menu.EDIT,
        ("Backspace",),
        "While drawing: take the last point back; otherwise delete the selected mark",
        need=Need.VOLUME,
        in_views=True,
    ),
    _mark("rename", "Rename…", "", "Write to the selected mark"),
    _mark("lock", "Lock or unlock", "Shift+L", "A locked mark is neither changed nor deleted"),
    _mark("hide", "Hide", "Ctrl+H", "The mark is not drawn; Measurements still lists it"),
    _mark(
        "label_back",
        "Put label back",
        "",
        "The text of the mark finds its own place again",
        Need.MOVED_LABEL,
    ),
    _mark("show_all", "Show hidden marks", "", "Draw every hidden mark again", Need.MARKS),
    _mark("copy_next", "Copy to next slice", "", "The same mark one slice further"),
    _mark("copy_previous", "Copy to previous slice", "", "The same mark one slice back"),
    _mark("copy_range", "Copy to slices…", "", "The same mark on a range of slices"),
    _mark("jump", "Go to the mark", "J", "Show the mark's place in every view"),
    _mark(
        "curved",
        "Curved view along the line",
        "Ctrl+Shift+Y",
        "The series along the selected polyline, made straight; or along all probes",
        Need.LINE,
    ),
    _mark("select_all", "Select all marks", "", "Select every row of Measurements", Need.MARKS),
    *(
        ActionSpec(
            colour_id(colour),
            (colour.value or "standard").capitalize(),
            Menu.EDIT,
            need=Need.SELECTION,
            submenu=COLOUR_MENU,
        )
        for colour in MarkColour
    ),
)
