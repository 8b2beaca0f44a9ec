"""What is on the screen and how: observable, never undone, never part of the document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from viewer.core.events import SignalGroupDescriptor
from viewer.core.layer import GREY_MAP, Layer
from viewer.core.layout import Layout, cell_in
from viewer.core.plane import Orientation
from viewer.core.shapes import AnyShape
from viewer.core.slab import THIN, Slab
from viewer.core.study import StackKey
from viewer.core.window import HuWindow, VoiTransform


@dataclass(eq=False)
class DisplayState:
    """How numbers become grey; shared by all viewports of a stack.

    Attributes
    ----------
    window : HuWindow or VoiLut
        The present window in the volume's unit, or the files' look-up table.
    preset : str
        Id of the preset in force, or "" after a drag.
    inverted : bool
        The reader's own inversion, on top of MONOCHROME1.
    colour_map : str
        Id of the colour map that follows.
    set_aside : (HuWindow or VoiLut, str) or None
        Window and preset from before the nodule view.
    """

    window: VoiTransform
    preset: str = "default"
    inverted: bool = False
    colour_map: str = GREY_MAP
    set_aside: tuple[VoiTransform, str] | None = None
    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor(connect_child_events=False)

    def show(self, window: VoiTransform, preset: str) -> None:
        """Take a preset's window, its name first: no follower joins an old name to a new window."""
        self.preset = preset
        self.window = window


Rotation = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""A 3 x 3 rotation in LPS, row by row: where the standard axes x, y, z are turned to."""


@dataclass(eq=False)
class ViewportState:
    """One 2D viewport.

    Attributes
    ----------
    orientation : Orientation
        Standard plane shown.
    display : DisplayState
        Window and inversion; viewports that are to look alike share one.
    stack : StackKey or None
        What it shows.
    index : int
        0-based slice along the plane's index axis.
    zoom : float
        Factor on top of "fit": 1.0 shows the whole slice.
    pan_uv_mm : tuple of float
        Shift of the slice centre from the viewport centre, in plane millimetres.
    turns : int
        Quarter turns clockwise, 0 to 3.
    mirrored : bool
        Left and right exchanged, before turning.
    slab : Slab
        Thick slice around the plane.
    slab_before : Slab or None
        What the nodule view took the place of.
    thin_below_mm : float
        A slab that the wheel makes thinner than this becomes a thin slice.
    rotation : Rotation or None
        Oblique planes: how the standard planes are turned; None cuts along the voxels.
    alone : bool
        Whether it scrolls by itself, although a link joins it to others.
    note : str
        Why it shows nothing, where a rule for it found no series.
    layer : Layer or None
        A second stack over its own.
    """

    orientation: Orientation
    display: DisplayState = field(default_factory=lambda: DisplayState(HuWindow(400, 40)))
    stack: StackKey | None = None
    index: int = 0
    zoom: float = 1.0
    pan_uv_mm: tuple[float, float] = (0.0, 0.0)
    turns: int = 0
    mirrored: bool = False
    slab: Slab = THIN
    slab_before: Slab | None = None
    thin_below_mm: float = 0.0
    rotation: Rotation | None = None
    alone: bool = False
    note: str = ""
    layer: Layer | None = None
    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor(connect_child_events=False)


@dataclass(eq=False)
class InteractionState:
    """What the reader's hands are doing.

    Attributes
    ----------
    tool : str
        Id of the active left-button tool.
    draft : shape or None
        The mark being drawn or dragged; it enters the document on release.
    selected : str
        Uid of the selected mark, or "".
    hovered : str
        Uid of the mark under the cursor, or "".
    cursor_lps : tuple of float or None
        Position under the mouse in LPS mm, None outside an image.
    crosshair_lps : tuple of float or None
        The linked crosshair, in LPS mm of the stack `crosshair_stack`.
    crosshair_stack : StackKey or None
        Where the crosshair was put; other stacks follow where a link joins them.
    crosshair_visible : bool
        Whether the crosshair lines are drawn.
    overlay_planes_visible, shutter_visible : bool
        Whether the files' own overlays are drawn, and their display shutter hides anything.
    link_scroll, link_zoom, link_window : bool
        Which changes of one place the others follow: slices by patient space, zoom and position
        in the same orientation, the window of the same kind of image.
    cine : str
        Id of the viewport that plays, or "".
    cine_bounce : bool
        Whether a cine turns round at its ends instead of beginning again.
    cine_speed : float
        Factor on top of the frame rate that the file states.
    overlay : str
        "all", "minimal" or "none".
    magnifier : float
        Magnification of the loupe at the cursor; 0 is off.
    maximised : str
        Id of the maximised viewport, or "".
    invert_window_drag : bool
        The reader's habit: right = narrower, up = darker.
    up_goes : str
        The reader's habit: a step up goes towards the "head" or towards "lower" numbers.
    active : str
        Id of the 2D viewport that keys act on: the one last clicked or scrolled.
    teaching : bool
        Whether who the images are of is kept from screen, clipboard and exports.
    text_scale : float
        Factor on letters and lines over the images.
    """

    tool: str = "window"
    draft: AnyShape | None = None
    selected: str = ""
    hovered: str = ""
    cursor_lps: tuple[float, float, float] | None = None
    crosshair_lps: tuple[float, float, float] | None = None
    crosshair_stack: StackKey | None = None
    crosshair_visible: bool = True
    overlay_planes_visible: bool = True
    shutter_visible: bool = True
    link_scroll: bool = True
    link_zoom: bool = True
    link_window: bool = True
    cine: str = ""
    cine_bounce: bool = False
    cine_speed: float = 1.0
    overlay: str = "all"
    magnifier: float = 0.0
    maximised: str = ""
    invert_window_drag: bool = False
    up_goes: str = "head"
    active: str = "axial"
    teaching: bool = False
    text_scale: float = 1.0
    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor(connect_child_events=False)


@dataclass(eq=False)
class Viewports:
    """The 2D viewports of the windows' layouts by id."""

    by_id: dict[str, ViewportState]

    @classmethod
    def of(
        cls,
        layouts: Sequence[Layout],
        display: DisplayState,
        known: Mapping[str, ViewportState] | None = None,
    ) -> "Viewports":
        """Make the viewports of one layout for each window, all alike but those that are known.

        Places for series begin as axial.
        """
        known = known or {}
        return cls(
            {
                name: known.get(name)
                or ViewportState(
                    Orientation(cell_in(name)) if layout.is_mpr else Orientation.AXIAL, display
                )
                for layout in layouts
                for name in layout.viewport_ids
            }
        )

    def __getitem__(self, viewport_id: str) -> ViewportState:
        return self.by_id[viewport_id]
