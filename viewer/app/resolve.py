"""From what the reader asked for to what can be shown: one pure function for every 2D viewport."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from viewer.app.layer_view import LayerView
from viewer.core.abilities import mpr_ability
from viewer.core.layer import GREY_MAP
from viewer.core.oblique import oblique_plane
from viewer.core.plane import (
    AxisMapping,
    Orientation,
    PlaneGeometry,
    acquisition_orientation,
    map_axes,
    turned,
)
from viewer.core.slab import THIN, Slab, SlabMode
from viewer.core.view_place import view_count, view_plane
from viewer.core.view_state import Rotation, ViewportState
from viewer.core.volume import Volume, VoxelArray
from viewer.core.window import VoiTransform
from viewer.imaging.oblique import oblique_slice
from viewer.imaging.reslice import PlaneSlice, as_standing, plane_slice


@dataclass(frozen=True, slots=True, eq=False)
class ResolvedView:
    """Everything a viewport needs to know to draw one slice.

    Attributes
    ----------
    orientation : Orientation
        Standard plane.
    index, count : int
        0-based slice, held within the volume, and the number of slices.
    mapping : AxisMapping or None
        How to cut the slice along the voxels; None for an oblique plane.
    plane : PlaneGeometry
        Its pixel grid in patient space, as it stands on the screen (turned and mirrored).
    turns, mirrored
        How the cut is turned to stand so.
    slab : Slab
        Thick slice around the plane.
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
    colour_map : str
        Id of the colour map behind the grey ramp.
    layer : LayerView or None
        A second stack over it.
    """

    orientation: Orientation
    index: int
    count: int
    mapping: AxisMapping | None
    plane: PlaneGeometry
    window: VoiTransform
    preset: str
    inverted: bool
    zoom: float
    pan_uv_mm: tuple[float, float]
    turns: int = 0
    mirrored: bool = False
    slab: Slab = THIN
    rotation: Rotation | None = None
    colour_map: str = GREY_MAP
    layer: LayerView | None = None

    @property
    def image_key(self) -> tuple[object, ...]:
        """What the pixels depend on: equal keys, equal image."""
        layer = None if self.layer is None else self.layer.key
        return (*self.cut_key, self.window, self.inverted, self.colour_map, layer)

    @property
    def cut_key(self) -> tuple[object, ...]:
        """What the values under the pixels depend on."""
        return (
            self.orientation,
            self.index,
            self.turns,
            self.mirrored,
            self.slab,
            self.rotation,
        )

    @property
    def is_acquired(self) -> bool:
        """Whether the picture is one slice as it was acquired (z is its number)."""
        return self.along_slices and self.slab.mode is SlabMode.NONE

    @property
    def along_slices(self) -> bool:
        """Whether the picture lies along the acquired slices; `index` is then the middle z."""
        return self.mapping is not None and self.mapping.axis == 0


def resolve(viewport: ViewportState, volume: Volume) -> ResolvedView:
    """Resolve a viewport's wishes against the volume.

    A slice outside the volume becomes the nearest one inside.
    """
    geometry, orientation, rotation = volume.geometry, viewport.orientation, viewport.rotation
    display = viewport.display
    count = view_count(viewport, geometry)
    index = min(max(viewport.index, 0), count - 1)
    plane = view_plane(viewport, geometry, index)
    return ResolvedView(
        orientation=orientation,
        index=index,
        count=count,
        mapping=map_axes(geometry, orientation) if rotation is None else None,
        plane=turned(plane, viewport.turns, viewport.mirrored),
        window=display.window,
        preset=display.preset,
        inverted=display.inverted != volume.stack.inverted,
        zoom=viewport.zoom,
        pan_uv_mm=viewport.pan_uv_mm,
        turns=viewport.turns,
        mirrored=viewport.mirrored,
        slab=viewport.slab,
        rotation=rotation,
        colour_map=display.colour_map,
    )


def view_image(
    volume: Volume,
    view: ResolvedView,
    coarse: int = 1,
    check: Callable[[], None] = lambda: None,
    loaded: frozenset[int] | None = None,
) -> PlaneSlice:
    """Cut what a viewport shows, standing as it does on the screen.

    A `coarse` cut holds every so many pixels only, so many times as large; `check` may raise to
    end the work; `loaded` are the slices that are there, where not all are.
    """
    if view.rotation is None:
        cut = plane_slice(volume, view.orientation, view.index, view.slab, coarse, loaded)
    else:
        plane = oblique_plane(volume.geometry, view.orientation, view.rotation, view.index)
        cut = oblique_slice(volume, plane, view.slab, coarse, check)
    return PlaneSlice(
        image=cast(VoxelArray, as_standing(cut.image, view.turns, view.mirrored)),
        invalid=None
        if cut.invalid is None
        else as_standing(cut.invalid, view.turns, view.mirrored),
        plane=view.plane,
    )


def true_orientations(volume: Volume) -> tuple[Orientation, ...]:
    """Return the planes in which a volume shows anatomy.

    Where cuts across the images would be cuts through time, or through distances and directions
    that nobody knows, only the plane of the images themselves is left.
    """
    if mpr_ability(volume.stack).possible:
        return tuple(Orientation)
    return (acquisition_orientation(volume.geometry),)
