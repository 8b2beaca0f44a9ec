"""The rows of the action table about a second series in one picture, colours, and the loupe."""

from viewer.app.action_spec import ActionSpec, Menu, Need
from viewer.imaging.colour_maps import COLOUR_MAPS

LAYER_MENU = "Layer"
MAP_MENU = "Colour map"
LAYER_MAP_MENU = "Colour map of the layer"


def map_action(map_id: str) -> str:
    """Return the id of the action that gives the view a colour map."""
    return f"map.{map_id}"


def layer_map_action(map_id: str) -> str:
    """Return the id of the action that gives the layer a colour map."""
    return f"layer_map.{map_id}"


def _layer(
    name: str,
    text: str,
    key: str,
    tooltip: str,
    *,
    need: Need = Need.LAYER,
    checkable: bool = False,
) -> ActionSpec:
    return ActionSpec(
        f"layer.{name}",
        text,
        Menu.VIEW,
        (key,),
        tooltip,
        need=need,
        submenu=LAYER_MENU,
        checkable=checkable,
    )


LAYERS = (
    _layer(
        "show",
        "Show a series over this view…",
        "Ctrl+G",
        "A list of the series that can be laid over the active view (PET over CT, a prior)",
        need=Need.VOLUME,
    ),
    _layer("remove", "Remove the layer", "Ctrl+Shift+G", "Show the view's own series alone"),
    _layer("fusion", "Fusion", "Ctrl+Shift+F", "Mix the two pictures", checkable=True),
    _layer("blink", "Blink", "Ctrl+Shift+B", "Show one of the two at a time", checkable=True),
    _layer("swipe", "Swipe", "Ctrl+Shift+W", "One on each side of a line to drag", checkable=True),
    _layer("alternate", "The other of the two", "Shift+B", "Blink by key"),
    _layer(
        "rate",
        "Blink by itself",
        "Ctrl+B",
        "Alternate at a rate, three times a second at most",
        checkable=True,
    ),
    _layer("more", "More of the layer", "]", "More opacity; the line of a swipe moves"),
    _layer("less", "Less of the layer", "[", "Less opacity; the line of a swipe moves"),
    _layer("turn", "Turn the swipe line", "Shift+W", "Left and right, or above and below"),
)

COLOUR_MAP_ACTIONS = (
    *(
        ActionSpec(
            map_action(known.id),
            known.name,
            Menu.VIEW,
            (),
            "Colours of the active view; no colour means good or bad",
            need=Need.GREY,
            submenu=MAP_MENU,
            checkable=True,
        )
        for known in COLOUR_MAPS
    ),
    *(
        ActionSpec(
            layer_map_action(known.id),
            known.name,
            Menu.VIEW,
            (),
            "Colours of the series that lies over the active view",
            need=Need.LAYER,
            submenu=LAYER_MAP_MENU,
            checkable=True,
        )
        for known in COLOUR_MAPS
    ),
)

MAGNIFIER = ActionSpec(
    "view.magnifier",
    "Magnifier",
    Menu.VIEW,
    ("Shift+Z",),
    "A loupe at the cursor, from the voxels; Ctrl + wheel changes it",
    "view.zoom_in",
    Need.VOLUME,
    checkable=True,
)
