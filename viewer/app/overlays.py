"""What is drawn over a slice, composed from plain values: the same list for screen and export."""

from dataclasses import dataclass
from enum import StrEnum

from viewer.app.key_images import find
from viewer.app.masking import without_identity
from viewer.app.overlays_files import overlay_plane_items, shutter_items
from viewer.app.overlays_frame import badges, corner_texts, edge_letters, rulers, stamp
from viewer.app.overlays_key_images import key_image_items
from viewer.app.overlays_layer import layer_items
from viewer.app.overlays_lines import (
    OtherPlane,
    absent_slices,
    crosshair_lines,
    crosshair_point,
    finding_rings,
)
from viewer.app.overlays_marks import mark_items
from viewer.app.resolve import ResolvedView
from viewer.app.roi_cache import RoiCache
from viewer.core.analysis import Finding
from viewer.core.drawable import Drawable
from viewer.core.key_image import KeyImage
from viewer.core.screen import ScreenTransform
from viewer.core.shapes import AnyShape, PointLps
from viewer.core.view_state import InteractionState
from viewer.core.volume import Volume
from viewer.tools.hit import plane_distance_mm


class Part(StrEnum):
    """A kind of overlay that can be left out."""

    SHUTTER = "shutter"
    OVERLAY_PLANES = "overlay-planes"
    MARKS = "marks"
    FINDINGS = "findings"
    CROSSHAIR = "crosshair"
    TEXTS = "texts"
    LETTERS = "letters"
    RULER = "ruler"
    BADGES = "badges"
    STAMP = "stamp"
    KEY_IMAGE = "key-image"


LEVELS: tuple[str, ...] = ("all", "minimal", "none")
"""Values of `InteractionState.overlay`, in the order in which Space steps through them."""

FROM_FILES: frozenset[Part] = frozenset({Part.SHUTTER, Part.OVERLAY_PLANES})
"""What the files themselves put over their images; each has a switch of its own."""

_PARTS_OF_LEVEL: dict[str, frozenset[Part]] = {
    "all": frozenset(Part) - {Part.BADGES, Part.STAMP},
    "minimal": FROM_FILES
    | {Part.KEY_IMAGE, Part.MARKS, Part.FINDINGS, Part.CROSSHAIR, Part.LETTERS},
    "none": FROM_FILES | {Part.MARKS, Part.FINDINGS},
}

EXPORT_PARTS: frozenset[Part] = frozenset(Part) - {Part.CROSSHAIR}
"""What an export burns in unless told otherwise; the badges are text there."""


def parts_of_level(level: str) -> frozenset[Part]:
    """Return what the screen shows at an overlay level (badges are widgets there)."""
    return _PARTS_OF_LEVEL[level]


def switched_off(interaction: InteractionState) -> frozenset[Part]:
    """Return the parts that the reader has switched off, whatever the level."""
    off = set()
    if not interaction.crosshair_visible:
        off.add(Part.CROSSHAIR)
    if not interaction.overlay_planes_visible:
        off.add(Part.OVERLAY_PLANES)
    if not interaction.shutter_visible:
        off.add(Part.SHUTTER)
    return frozenset(off)


@dataclass(frozen=True, slots=True, eq=False)
class OverlayScene:
    """What the overlays of one slice depend on.

    Attributes
    ----------
    volume : Volume
        The active volume.
    view : ResolvedView
        The slice and its window.
    transform : ScreenTransform
        Plane millimetres to viewport pixels.
    size_px : tuple of float
        Viewport size, device-independent.
    parts : frozenset of Part
        What to draw.
    shapes : tuple of Shape
        Marks of the document, all or those of the slice.
    draft : Shape or None
        The mark in the making; it replaces the one with its uid.
    selected, hovered : str
        Uids of marks, or "".
    other_planes : tuple of (Orientation, PlaneGeometry)
        The slices shown in the other viewports that are joined to this one.
    crosshair_lps : tuple of float or None
        The point that this viewport shares with others.
    findings : tuple of Finding
        Of the analysis.
    cursor_lps : tuple of float or None
        The position under the mouse, if it is in this viewport.
    cursor_text : str or None
        The value that the picture has there, if it is not a voxel's.
    notes : tuple of str
        What else is said beside the window: links, a cine.
    loaded : frozenset of int
        Slices z whose voxels are there.
    key_images : tuple of KeyImage
        Of the document.
    teaching : bool
        Whether texts name nobody.
    scale : float
        Factor on letters and lines; whoever paints enlarges by the same one.
    """

    volume: Volume
    view: ResolvedView
    transform: ScreenTransform
    size_px: tuple[float, float]
    parts: frozenset[Part]
    shapes: tuple[AnyShape, ...] = ()
    draft: AnyShape | None = None
    selected: str = ""
    hovered: str = ""
    other_planes: tuple[OtherPlane, ...] = ()
    crosshair_lps: PointLps | None = None
    findings: tuple[Finding, ...] = ()
    cursor_lps: PointLps | None = None
    cursor_text: str | None = None
    notes: tuple[str, ...] = ()
    loaded: frozenset[int] = frozenset()
    key_images: tuple[KeyImage, ...] = ()
    teaching: bool = False
    scale: float = 1.0

    @property
    def layout_px(self) -> tuple[float, float]:
        """The viewport's size in pixels of letters that are not enlarged."""
        return self.size_px[0] / self.scale, self.size_px[1] / self.scale


def compose(scene: OverlayScene, rois: RoiCache | None = None) -> list[Drawable]:
    """Return the overlays of a slice in drawing order.

    Parameters
    ----------
    scene : OverlayScene
        All that they depend on.
    rois : RoiCache, optional
        Keeps statistics of unchanged ellipses between calls.
    """
    parts, view, volume = scene.parts, scene.view, scene.volume
    items: list[Drawable] = []
    if Part.SHUTTER in parts:
        items += shutter_items(volume, view)
    if Part.OVERLAY_PLANES in parts:
        items += overlay_plane_items(volume, view)
    items += absent_slices(volume, view, scene.loaded)
    if Part.CROSSHAIR in parts:
        lines = crosshair_lines(view.plane, scene.other_planes, scene.transform)
        items += lines
        if scene.crosshair_lps is not None and len(lines) <= 1:  # crossing ones show the point
            depth_mm = plane_distance_mm(volume.geometry, view.plane) / 2
            items += crosshair_point(view.plane, scene.crosshair_lps, scene.transform, depth_mm)
    if Part.FINDINGS in parts:
        items += finding_rings(view.plane, scene.findings, scene.transform)
    if Part.MARKS in parts:
        items += mark_items(
            _with_draft(scene.shapes, scene.draft),
            volume,
            view,
            rois or RoiCache(),
            active={scene.selected, scene.draft.uid if scene.draft else ""} - {""},
            hovered=scene.hovered,
            loaded=scene.loaded,
        )
    if Part.LETTERS in parts:
        items += edge_letters(volume, view.plane, scene.layout_px)
    if Part.RULER in parts:
        items += rulers(volume, view, scene.layout_px)
    told = without_identity(volume) if scene.teaching else volume
    items += layer_items(volume, view, scene.size_px)
    if Part.TEXTS in parts:
        cursor = None if scene.cursor_lps is None else (scene.cursor_lps, scene.cursor_text)
        items += corner_texts(told, view, scene.transform, scene.layout_px, cursor, scene.notes)
    if Part.KEY_IMAGE in parts and view.along_slices:
        image = find(volume.stack, scene.key_images, view.index)
        items += key_image_items(image, scene.layout_px, items)
    if Part.BADGES in parts:
        items += badges(told, view, scene.layout_px)
    if Part.STAMP in parts:
        items += stamp(scene.layout_px)
    return items


def _with_draft(shapes: tuple[AnyShape, ...], draft: AnyShape | None) -> tuple[AnyShape, ...]:
    if draft is None:
        return shapes
    return (*(shape for shape in shapes if shape.uid != draft.uid), draft)
