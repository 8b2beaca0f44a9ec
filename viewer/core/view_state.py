"""What is on the screen and how: observable, never undone, never part of the document."""

from dataclasses import dataclass, field
from typing import ClassVar

from viewer.core.events import SignalGroupDescriptor
from viewer.core.plane import Orientation
from viewer.core.shapes import AnyShape
from viewer.core.window import VoiTransform


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
    """

    window: VoiTransform
    preset: str = "default"
    inverted: bool = False
    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor()


@dataclass(eq=False)
class ViewportState:
    """One 2D viewport.

    Attributes
    ----------
    orientation : Orientation
        Standard plane shown.
    index : int
        0-based slice along the plane's index axis.
    zoom : float
        Factor on top of "fit": 1.0 shows the whole slice.
    pan_uv_mm : tuple of float
        Shift of the slice centre from the viewport centre, in plane millimetres.
    """

    orientation: Orientation
    index: int = 0
    zoom: float = 1.0
    pan_uv_mm: tuple[float, float] = (0.0, 0.0)
    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor()


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
        The linked crosshair.
    crosshair_visible : bool
        Whether the crosshair lines are drawn.
    overlay_planes_visible, shutter_visible : bool
        Whether the files' own overlays are drawn, and their display shutter hides anything.
    overlay : str
        "all", "minimal" or "none".
    maximised : str
        Id of the maximised viewport, or "".
    invert_window_drag : bool
        The reader's habit: right = narrower, up = darker.
    active : str
        Id of the 2D viewport that keys act on: the one last clicked or scrolled.
    """

    tool: str = "window"
    draft: AnyShape | None = None
    selected: str = ""
    hovered: str = ""
    cursor_lps: tuple[float, float, float] | None = None
    crosshair_lps: tuple[float, float, float] | None = None
    crosshair_visible: bool = True
    overlay_planes_visible: bool = True
    shutter_visible: bool = True
    overlay: str = "all"
    maximised: str = ""
    invert_window_drag: bool = False
    active: str = "axial"
    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor()


VIEWPORT_IDS: tuple[str, ...] = ("axial", "coronal", "sagittal")
"""The 2D viewports of the four-up layout; the fourth is the 3D view."""


@dataclass(eq=False)
class Viewports:
    """The 2D viewports by id."""

    by_id: dict[str, ViewportState] = field(
        default_factory=lambda: {name: ViewportState(Orientation(name)) for name in VIEWPORT_IDS}
    )

    def __getitem__(self, viewport_id: str) -> ViewportState:
        return self.by_id[viewport_id]
