"""The one table of actions: menus, toolbar, shortcuts, tooltips and the F1 sheet derive from it."""

from viewer.app.action_spec import ActionSpec, Menu, Need
from viewer.core.window import CT_PRESETS


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


_FILE = (
    ActionSpec(
        "file.open",
        "Open files…",
        Menu.FILE,
        ("Ctrl+O",),
        "Open DICOM files, a DICOMDIR or a ZIP archive",
        "file.open",
        toolbar="file",
    ),
    ActionSpec(
        "file.open_folder",
        "Open folder…",
        Menu.FILE,
        ("Ctrl+Shift+O",),
        "Open every DICOM file in a folder",
        "file.open_folder",
        toolbar="file",
    ),
    ActionSpec(
        "file.open_sample",
        "Open sample study",
        Menu.FILE,
        (),
        "A synthetic chest CT with three nodules of known size",
        "file.open_sample",
    ),
    ActionSpec(
        "file.export_images",
        "Export images…",
        Menu.FILE,
        ("Ctrl+E",),
        "Save slices as PNG, JPEG or TIFF, with or without marks",
        "file.export",
        Need.VOLUME,
        toolbar="file",
        starts_group=True,
    ),
    ActionSpec(
        "file.export_stl",
        "Export surface as STL…",
        Menu.FILE,
        (),
        "Save the 3D surface in patient millimetres",
        "file.export_stl",
        Need.MESH,
    ),
    ActionSpec(
        "file.problems",
        "Skipped files…",
        Menu.FILE,
        (),
        "Files of the last opening that could not be used, and why",
        "file.problems",
    ),
    ActionSpec(
        "file.faces",
        "Find faces in a photo…",
        Menu.FILE,
        (),
        "Open an ordinary photo, find and blur faces",
        "file.faces",
        starts_group=True,
    ),
    ActionSpec(
        "file.quit",
        "Quit",
        Menu.FILE,
        ("Ctrl+Q",),
        "Close Hounsfield",
        "file.quit",
        starts_group=True,
    ),
)

_EDIT = (
    ActionSpec(
        "edit.undo",
        "Undo",
        Menu.EDIT,
        ("Ctrl+Z",),
        "Take the last change back",
        "edit.undo",
        Need.UNDO,
        toolbar="edit",
    ),
    ActionSpec(
        "edit.redo",
        "Redo",
        Menu.EDIT,
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "Make the last undone change again",
        "edit.redo",
        Need.REDO,
        toolbar="edit",
    ),
    ActionSpec(
        "edit.delete",
        "Delete mark",
        Menu.EDIT,
        ("Delete", "Backspace"),
        "Delete the selected mark",
        "edit.delete",
        Need.SELECTION,
        starts_group=True,
        in_views=True,
    ),
    ActionSpec(
        "edit.delete_all",
        "Delete all marks",
        Menu.EDIT,
        (),
        "Delete every mark of this series in one step that can be undone",
        "",
        Need.MARKS,
    ),
    ActionSpec(
        "edit.copy_picture",
        "Copy picture",
        Menu.EDIT,
        ("Ctrl+C",),
        "Copy the active viewport as a picture, ready to paste",
        "edit.copy",
        Need.VOLUME,
        starts_group=True,
        in_views=True,
    ),
    ActionSpec(
        "edit.cancel",
        "Cancel, then reset",
        Menu.EDIT,
        ("Esc",),
        "Cancel the gesture; if there is none, deselect, then reset the view",
        "",
    ),
)

_VIEW = (
    ActionSpec(
        "view.fit",
        "Fit to window",
        Menu.VIEW,
        ("F",),
        "Show the whole slice",
        "view.fit",
        Need.VOLUME,
        toolbar="view",
    ),
    ActionSpec(
        "view.reset",
        "Reset views",
        Menu.VIEW,
        ("Shift+F",),
        "Fit, default window, middle slices",
        "view.reset",
        Need.VOLUME,
        toolbar="view",
    ),
    ActionSpec(
        "view.zoom_in",
        "Zoom in",
        Menu.VIEW,
        ("+", "="),
        "Zoom into the active viewport's centre",
        "view.zoom_in",
        Need.VOLUME,
    ),
    ActionSpec(
        "view.zoom_out",
        "Zoom out",
        Menu.VIEW,
        ("-",),
        "Zoom out of the active viewport's centre",
        "view.zoom_out",
        Need.VOLUME,
    ),
    ActionSpec(
        "view.invert",
        "Invert grey scale",
        Menu.VIEW,
        ("I",),
        "Exchange black and white",
        "view.invert",
        Need.VOLUME,
        checkable=True,
        toolbar="view",
        starts_group=True,
    ),
    ActionSpec(
        "view.crosshair",
        "Crosshair lines",
        Menu.VIEW,
        ("X",),
        "Show where the other planes cut this one",
        "view.crosshair",
        Need.VOLUME,
        checkable=True,
        toolbar="view",
    ),
    ActionSpec(
        "view.overlay",
        "Texts: all, minimal, none",
        Menu.VIEW,
        ("Space",),
        "Step through all texts, few texts and none",
        "view.overlay",
        Need.VOLUME,
        toolbar="view",
    ),
    ActionSpec(
        "view.maximise",
        "Maximise viewport",
        Menu.VIEW,
        ("M", "Return"),
        "Maximise the active viewport, or restore the four views (also: double click)",
        "view.maximise",
        checkable=True,
        starts_group=True,
    ),
    ActionSpec(
        "view.studies",
        "Study panel",
        Menu.VIEW,
        ("F2",),
        "Show or hide the studies",
        checkable=True,
    ),
    ActionSpec(
        "view.panels",
        "Side panels",
        Menu.VIEW,
        ("F3",),
        "Show or hide Analyze, Measurements and Surface",
        checkable=True,
    ),
    ActionSpec(
        "view.full_screen",
        "Full screen",
        Menu.VIEW,
        ("F11",),
        "Use the whole screen",
        "view.full_screen",
        checkable=True,
    ),
)

_NAVIGATE = (
    ActionSpec("go.previous", "Previous slice", Menu.NAVIGATE, ("Up", "PgUp"), "", "", Need.VOLUME),
    ActionSpec("go.next", "Next slice", Menu.NAVIGATE, ("Down", "PgDown"), "", "", Need.VOLUME),
    ActionSpec("go.back_ten", "Ten slices back", Menu.NAVIGATE, ("Shift+Up",), "", "", Need.VOLUME),
    ActionSpec("go.on_ten", "Ten slices on", Menu.NAVIGATE, ("Shift+Down",), "", "", Need.VOLUME),
    ActionSpec("go.first", "First slice", Menu.NAVIGATE, ("Home",), "", "", Need.VOLUME),
    ActionSpec("go.last", "Last slice", Menu.NAVIGATE, ("End",), "", "", Need.VOLUME),
    ActionSpec(
        "go.previous_series",
        "Previous series",
        Menu.NAVIGATE,
        ("Left",),
        "",
        "",
        Need.VOLUME,
        starts_group=True,
    ),
    ActionSpec("go.next_series", "Next series", Menu.NAVIGATE, ("Right",), "", "", Need.VOLUME),
    *(
        ActionSpec(
            f"go.active_{name}",
            f"{name.capitalize()} view",
            Menu.NAVIGATE,
            (key,),
            f"Make the {name} view the one that keys act on",
            need=Need.VOLUME,
            starts_group=name == "axial",
        )
        for name, key in (("axial", "Ctrl+1"), ("coronal", "Ctrl+2"), ("sagittal", "Ctrl+3"))
    ),
)

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
    _tool("crosshair", "Crosshair", "H", "Click or drag: the other views follow"),
    _tool("length", "Distance", "D", "Drag from end to end"),
    _tool("ellipse", "Ellipse", "E", "Drag an ellipse: mean, SD, min, max, median, area"),
    _tool("arrow", "Arrow with text", "B", "Drag from the tip to where the text shall stand"),
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
    ActionSpec("help.logs", "Show log folder", Menu.HELP, ()),
    ActionSpec(
        "help.about", "About Hounsfield", Menu.HELP, (), "", "help.about", starts_group=True
    ),
)

ACTIONS: tuple[ActionSpec, ...] = (
    *_FILE,
    *_EDIT,
    *_VIEW,
    *_NAVIGATE,
    *_WINDOW,
    _WINDOW_DRAG,
    *_TOOLS,
    *_ANALYSIS,
    *_HELP,
)
"""Every action, in menu order."""

TOOLBAR_GROUPS: tuple[str, ...] = ("file", "tools", "view", "edit", "analysis", "help")
"""Groups of the toolbar from left to right."""
