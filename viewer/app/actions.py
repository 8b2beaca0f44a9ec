"""The one table of actions: menus, toolbar, shortcuts, tooltips and the F1 sheet derive from it."""

from dataclasses import replace

from viewer.app.action_spec import ActionSpec, Menu, Need
from viewer.app.actions_file import EDIT, FILE
from viewer.app.actions_findings import FINDINGS, HISTOGRAM
from viewer.app.actions_habits import HABITS
from viewer.app.actions_hands import HANDS, USER_PRESETS
from viewer.app.actions_key_images import KEY_IMAGES
from viewer.app.actions_marks import MARKS
from viewer.app.actions_view import NAVIGATE, VIEW
from viewer.core.window import CT_PRESETS

MORE_TOOLS = "More marks"
"""Title of the submenu of tools that are used less; the toolbar opens it with one button."""


def _tool(name: str, text: str, key: str, tooltip: str, *, need: Need = Need.VOLUME) -> ActionSpec:
    return ActionSpec(
        f"tool.{name}",
        text,
        Menu.TOOLS,
        (key,) if key else (),
        tooltip,
        f"tool.{name}",
        need,
        tool=name,
        checkable=True,
        toolbar="tools",
    )


def _rare(name: str, text: str, key: str, tooltip: str) -> ActionSpec:
    """Return a tool that stands in a submenu and in the drop-down of the toolbar."""
    return replace(_tool(name, text, key, tooltip), toolbar="", submenu=MORE_TOOLS)


_NEEDS_NO_HU = frozenset({"default", "full"})

_WINDOW_DRAG = ActionSpec(
    "view.invert_drag",
    "Reverse window drag",
    Menu.WINDOW,
    tooltip="Window tool: drag right for narrower, up for darker",
    checkable=True,
    starts_group=True,
)

_WINDOW = tuple(
    ActionSpec(
        f"window.{preset.id}",
        preset.name,
        Menu.WINDOW,
        (preset.key,) if preset.key else (),
        f"{preset.window.width:g} / {preset.window.center:g} HU" if preset.window else "",
        "",
        Need.VOLUME if preset.id in _NEEDS_NO_HU else Need.HU,
        preset=preset.id,
        checkable=True,
    )
    for preset in CT_PRESETS
)

_TOOLS = (
    _tool("window", "Window / level", "W", "Drag right: wider; drag up: brighter"),
    _tool("pan", "Pan", "P", "Drag the image"),
    _tool("zoom", "Zoom", "Z", "Drag up to zoom in"),
    _tool("scroll", "Scroll", "S", "Drag up or down through the slices"),
    _tool("oblique", "Rotate planes", "U", "Drag around the crosshair: the other planes turn"),
    _tool("crosshair", "Crosshair", "H", "Click or drag: the other views follow"),
    _tool("length", "Distance", "D", "Drag from end to end"),
    _tool("bidirectional", "Bidirectional", "Shift+D", "Drag the longest, then click across it"),
    _tool("angle", "Angle", "A", "Drag one leg, then click the end of the other"),
    _tool("ellipse", "Ellipse", "E", "Drag an ellipse: mean, SD, min, max, median, area"),
    _tool("polygon", "Polygon", "Y", "Click the corners; a double click closes it"),
    _tool("arrow", "Arrow with text", "B", "Drag from the tip to where the text shall stand"),
    _rare("cobb", "Cobb angle", "Shift+A", "Drag one line, then the other"),
    _rare("polyline", "Polyline", "Shift+Y", "Click along the way; a double click ends it"),
    _rare("circle", "Circle", "Shift+E", "Drag from the centre to the rim"),
    _rare("rectangle", "Rectangle", "Q", "Drag from corner to corner"),
    _rare("freehand", "Freehand region", "Shift+Q", "Drag around it in one stroke"),
    _rare("probe", "Probe", "V", "Click: the value of the voxel"),
    _rare("text", "Text", "T", "Click where the text shall stand"),
)

_ANALYSIS = (
    ActionSpec(
        "analysis.run",
        "Analyze lungs",
        Menu.ANALYSIS,
        ("F5",),
        "Check suitability, find and score nodule candidates (research only)",
        "analysis.run",
        Need.HU,
        toolbar="analysis",
    ),
    ActionSpec(
        "analysis.surface",
        "Compute 3D surface",
        Menu.ANALYSIS,
        ("F6",),
        "Compute a surface with the settings of the Surface panel",
        "analysis.surface",
        Need.VOLUME,
        toolbar="analysis",
    ),
    ActionSpec(
        "analysis.cancel",
        "Cancel all jobs",
        Menu.ANALYSIS,
        ("Ctrl+.",),
        "Stop everything that runs in the background",
        "analysis.cancel",
    ),
)

_HELP = (
    ActionSpec(
        "help.sheet",
        "Keys and mouse",
        Menu.HELP,
        ("F1",),
        "Everything the keyboard and the mouse can do, searchable",
        "help.sheet",
        toolbar="help",
    ),
    ActionSpec("help.fidelity", "Data fidelity…", Menu.HELP, (), "", "", Need.VOLUME),
    ActionSpec(
        "help.selfcheck",
        "Self-check…",
        Menu.HELP,
        (),
        "Check this installation with a phantom of which everything is known",
    ),
    ActionSpec("help.logs", "Show log folder", Menu.HELP, ()),
    ActionSpec(
        "help.about", "About Hounsfield", Menu.HELP, (), "", "help.about", starts_group=True
    ),
)

ACTIONS: tuple[ActionSpec, ...] = (
    *FILE,
    *EDIT,
    *MARKS,
    *FINDINGS,
    *KEY_IMAGES,
    *VIEW,
    *NAVIGATE,
    *_WINDOW,
    USER_PRESETS,
    _WINDOW_DRAG,
    *HISTOGRAM,
    *_TOOLS,
    *HABITS,
    *_ANALYSIS,
    *HANDS,
    *_HELP,
)
"""Every action, in menu order."""

TOOLBAR_GROUPS: tuple[str, ...] = ("file", "tools", "view", "edit", "analysis", "help")
"""Groups of the toolbar from left to right."""
