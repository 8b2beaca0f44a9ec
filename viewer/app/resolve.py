"""From what the reader asked for to what can be shown: one pure function for every 2D viewport."""

from dataclasses import dataclass

from viewer.core.abilities import mpr_ability
from viewer.core.plane import (
    AxisMapping,
    Orientation,
    PlaneGeometry,
    acquisition_orientation,
    map_axes,
    slice_count,
    slice_plane,
)
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.volume import Volume
from viewer.core.window import VoiTransform


@dataclass(frozen=True, slots=True, eq=False)
class ResolvedView:
    """Everything a viewport needs to know to draw one slice.

    Attributes
    ----------
    orientation : Orientation
        Standard plane.
    index, count : int
        0-based slice, held within the volume, and the number of slices.
    mapping : AxisMapping
        How to cut the slice.
    plane : PlaneGeometry
        Its pixel grid in patient space.
    window : HuWindow or VoiLut
        Grey ramp in the volume's unit.
    preset : str
        Id of the preset in force, or "".
    inverted : bool
        MONOCHROME1 and the reader's own inversion together.
    zoom : float
        Factor on top of "fit".
    pan_uv_mm : tuple of float
        Shift of the slice centre from the viewport centre.
    """

    orientation: Orientation
    index: int
    count: int
    mapping: AxisMapping
    plane: PlaneGeometry
    window: VoiTransform
    preset: str
    inverted: bool
    zoom: float
    pan_uv_mm: tuple[float, float]

    @property
    def image_key(self) -> tuple[object, ...]:
        """What the pixels depend on: equal keys, equal image."""
        return self.orientation, self.index, self.window, self.inverted


def resolve(viewport: ViewportState, display: DisplayState, volume: Volume) -> ResolvedView:
    """Resolve a viewport's wishes against the volume.

    A slice outside the volume becomes the nearest one inside.
    """
    geometry = volume.geometry
    count = slice_count(geometry, viewport.orientation)
    index = min(max(viewport.index, 0), count - 1)
    return ResolvedView(
        orientation=viewport.orientation,
        index=index,
        count=count,
        mapping=map_axes(geometry, viewport.orientation),
        plane=slice_plane(geometry, viewport.orientation, index),
        window=display.window,
        preset=display.preset,
        inverted=display.inverted != volume.stack.inverted,
        zoom=viewport.zoom,
        pan_uv_mm=viewport.pan_uv_mm,
    )


def true_orientations(volume: Volume) -> tuple[Orientation, ...]:
    """Return the planes in which a volume shows anatomy.

    Where cuts across the images would be cuts through time, or through distances and directions
    that nobody knows, only the plane of the images themselves is left.
    """
    if mpr_ability(volume.stack).possible:
        return tuple(Orientation)
    return (acquisition_orientation(volume.geometry),)
