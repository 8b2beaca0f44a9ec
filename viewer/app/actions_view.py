"""The rows of the action table about what is seen and where."""

from viewer.app.action_spec import ActionSpec, Menu, Need
from viewer.app.actions_layer import COLOUR_MAP_ACTIONS, LAYERS, MAGNIFIER
from viewer.app.actions_links import CINE, LINKS
from viewer.app.actions_own import OWN
from viewer.core.layout import LAYOUTS

_LAYOUT_KEYS = {"mpr": "Alt+0", "1x1": "Alt+1", "1x2": "Alt+2", "2x2": "Alt+4", "3x3": "Alt+9"}

VIEW = (
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
    *(
        ActionSpec(
            f"layout.{layout.id}",
            layout.name,
            Menu.VIEW,
            (key,) if (key := _LAYOUT_KEYS.get(layout.id, "")) else (),
            "Three linked planes of one series" if layout.is_mpr else "Places for series",
            layout=layout.id,
            submenu="Layout",
            checkable=True,
        )
        for layout in LAYOUTS
    ),
    *OWN,
    *(
        ActionSpec(
            f"turn.{name}",
            text,
            Menu.VIEW,
            (key,),
            tooltip,
            need=Need.VOLUME,
            submenu="Turn and flip",
        )
        for name, text, key, tooltip in (
            ("right", "Turn right", "R", "Turn the active view by 90 degrees clockwise"),
            ("left", "Turn left", "L", "Turn the active view by 90 degrees anticlockwise"),
            ("mirror", "Flip left and right", "Shift+H", "Mirror the active view"),
            ("upside_down", "Flip up and down", "Shift+V", "Turn the active view upside down"),
            ("straight", "Straighten planes", "Shift+U", "Oblique planes: back along the voxels"),
        )
    ),
    *(
        ActionSpec(
            f"slab.{name}",
            text,
            Menu.VIEW,
            (key,) if key else (),
            tooltip,
            need=Need.VOLUME,
            submenu="Slab",
        )
        for name, text, key, tooltip in (
            ("none", "Thin slices", "", "One slice at a time"),
            ("mip", "Maximum intensity (MIP)", "", "The largest value across the slab"),
            ("minip", "Minimum intensity (MinIP)", "", "The smallest value across the slab"),
            ("mean", "Mean", "", "The mean value across the slab"),
            ("nodule", "Nodule view", "N", "Lung window and a 10 mm MIP slab; again: back"),
        )
    ),
    *LAYERS,
    *COLOUR_MAP_ACTIONS,
    MAGNIFIER,
    *LINKS,
    *CINE,
    ActionSpec(
        "view.overlay_planes",
        "Overlay planes of the file",
        Menu.VIEW,
        ("O",),
        "Show the graphics and regions that the files put over their images",
        need=Need.OVERLAY_PLANES,
        checkable=True,
    ),
    ActionSpec(
        "view.shutter",
        "Display shutter of the file",
        Menu.VIEW,
        ("Shift+O",),
        "Hide what the files ask to be hidden around their images; the values are all there",
        need=Need.SHUTTER,
        checkable=True,
    ),
    ActionSpec(
        "view.maximise",
        "Maximise viewport",
        Menu.VIEW,
        ("M",),
        "Maximise the active viewport, or restore all",
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
        "view.tags",
        "DICOM tags…",
        Menu.VIEW,
        ("Ctrl+T",),
        "All elements of the file behind the image, searchable; compare two slices or series",
        need=Need.VOLUME,
    ),
    ActionSpec(
        "view.second_window",
        "Second window",
        Menu.VIEW,
        ("Shift+F11",),
        "More places for images, on another monitor",
        "view.second_window",
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

NAVIGATE = (
    ActionSpec("go.previous", "One slice up", Menu.NAVIGATE, ("Up", "PgUp"), "", "", Need.VOLUME),
    ActionSpec("go.next", "One slice down", Menu.NAVIGATE, ("Down", "PgDown"), "", "", Need.VOLUME),
    ActionSpec("go.back_ten", "Ten slices up", Menu.NAVIGATE, ("Shift+Up",), "", "", Need.VOLUME),
    ActionSpec("go.on_ten", "Ten slices down", Menu.NAVIGATE, ("Shift+Down",), "", "", Need.VOLUME),
    ActionSpec("go.first", "Uppermost slice", Menu.NAVIGATE, ("Home",), "", "", Need.VOLUME),
    ActionSpec("go.last", "Lowest slice", Menu.NAVIGATE, ("End",), "", "", Need.VOLUME),
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
    ActionSpec(
        "go.previous_study",
        "Previous study",
        Menu.NAVIGATE,
        ("Ctrl+Left",),
        "Open the study before this one of the same patient",
        "",
        Need.VOLUME,
    ),
    ActionSpec(
        "go.next_study",
        "Next study",
        Menu.NAVIGATE,
        ("Ctrl+Right",),
        "Open the study after this one of the same patient",
        "",
        Need.VOLUME,
    ),
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
