"""Use case: save slices as pictures, with or without what is drawn over them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from viewer.app.layer_view import LayerView
from viewer.app.layers import layer_view
from viewer.app.masking import without_identity
from viewer.app.overlays import EXPORT_PARTS, OverlayScene, Part, compose, switched_off
from viewer.app.overlays_layer import layer_is_whole, layer_notes
from viewer.app.picture import split_pixel, view_picture
from viewer.app.resolve import ResolvedView, resolve
from viewer.app.roi_cache import RoiCache
from viewer.core.analysis import Finding
from viewer.core.errors import ViewerError
from viewer.core.key_image import KeyImage
from viewer.core.layer import GREY_MAP
from viewer.core.plane import Orientation, map_axes, slice_count, slice_index_at, slice_plane
from viewer.core.progress import JobContext
from viewer.core.screen import place
from viewer.core.session import Session
from viewer.core.shapes import AnyShape
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.volume import Volume
from viewer.core.window import VoiTransform
from viewer.export.image import ImageFormat, write_image
from viewer.export.snapshot import ExportSnapshot, PixelArray, frame_for
from viewer.files import free_name, make_folder
from viewer.i18n import tr
from viewer.imaging.lut import to_grey
from viewer.imaging.reslice import plane_slice
from viewer.tools.hit import belongs_to, lies_in

PaintSnapshot = Callable[[ExportSnapshot], PixelArray]
"""Paints a picture: RGB uint8, shape (height, width, 3) of the snapshot's frame."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageExport:
    """Everything that a set of pictures depends on; nothing in it changes any more.

    Attributes
    ----------
    volume : Volume
        What is shown.
    orientation : Orientation
        Plane.
    indices : tuple of int
        0-based slices.
    window : HuWindow or VoiLut
        Grey ramp.
    preset : str
        Id of the window's preset, or "".
    inverted : bool
        The reader's own inversion.
    parts : frozenset of Part
        What is burned in. Without any the picture is bare, see `bare_pixels`.
    shapes : tuple of Shape
        Marks.
    findings : tuple of Finding
        Of the analysis.
    loaded : frozenset of int
        Slices z of the volume whose voxels are there.
    key_images : tuple of KeyImage
        Named on their slices.
    colour_map : str
        Id of the colour map behind the window.
    layer : LayerView or None
        A second stack over it.
    """

    volume: Volume
    orientation: Orientation
    indices: tuple[int, ...]
    window: VoiTransform
    preset: str = ""
    inverted: bool = False
    parts: frozenset[Part] = EXPORT_PARTS
    shapes: tuple[AnyShape, ...] = ()
    findings: tuple[Finding, ...] = ()
    loaded: frozenset[int] = frozenset()
    key_images: tuple[KeyImage, ...] = ()
    colour_map: str = GREY_MAP
    layer: LayerView | None = None


@dataclass(frozen=True, slots=True)
class ImageTarget:
    """Where pictures go.

    Attributes
    ----------
    folder : Path
        Made if it is not there.
    format : ImageFormat
        Of the files.
    overwrite : bool
        Replace files of the same name; otherwise new ones get a number behind their name.
    """

    folder: Path
    format: ImageFormat
    overwrite: bool = False


def session_export(
    session: Session,
    orientation: Orientation,
    indices: Iterable[int],
    parts: frozenset[Part] | None = None,
) -> ImageExport:
    """Freeze what the session shows for an export; without `parts` all that is switched on.

    Raises
    ------
    ViewerError
        Nothing is open, or no slice is chosen.
    """
    volume = session.volume
    chosen = tuple(indices)
    if volume is None:
        raise ViewerError("There is nothing to export", "no series is open", "Open a study first")
    if not chosen:
        raise ViewerError(
            "There is nothing to export", "no slice is chosen", "Choose slices, or draw a mark"
        )
    return ImageExport(
        volume=without_identity(volume) if session.interaction.teaching else volume,
        orientation=orientation,
        indices=chosen,
        window=session.display.window,
        preset=session.display.preset,
        inverted=session.display.inverted,
        parts=EXPORT_PARTS - switched_off(session.interaction) if parts is None else parts,
        shapes=tuple(session.document),
        findings=session.analysis.findings if session.analysis else (),
        loaded=session.loaded_slices,
        key_images=session.document.key_images,
        colour_map=session.display.colour_map,
        layer=layer_view(session, session.interaction.active),
    )


def annotated_indices(
    volume: Volume, orientation: Orientation, shapes: Iterable[AnyShape]
) -> tuple[int, ...]:
    """Return the 0-based slices of a plane on which marks lie, in order."""
    found = set()
    for shape in shapes:
        index = slice_index_at(volume.geometry, orientation, shape.center_lps)
        plane = slice_plane(volume.geometry, orientation, index)
        if belongs_to(shape, volume) and lies_in(shape, volume, plane):
            found.add(index)
    return tuple(sorted(found))


def export_images(
    ctx: JobContext, request: ImageExport, target: ImageTarget, paint: PaintSnapshot
) -> tuple[Path, ...]:
    """Write pictures; a cancel leaves those that are complete.

    Parameters
    ----------
    ctx : JobContext
        Progress by slice; each written path is a partial result.
    request : ImageExport
        What.
    target : ImageTarget
        Where.
    paint : callable
        See `PaintSnapshot`; not called where nothing is burned in.

    Returns
    -------
    tuple of Path
        The files, in the order of the slices.

    Raises
    ------
    SaveError
        A file cannot be written.
    ViewerError
        A slice does not exist or is not loaded yet.
    """
    _check_slices(request)
    make_folder(target.folder)
    written = []
    rois = RoiCache()
    for done, index in enumerate(request.indices):
        ctx.check()
        ctx.progress(
            done / len(request.indices),
            tr("Picture {done} of {count}", done=done + 1, count=len(request.indices)),
        )
        if request.parts:
            seen = slice_pixels(request, index)
            pixels = paint(compose_snapshot(request, index, seen, rois))
        else:
            pixels = bare_pixels(request, index)
        name = f"{request.orientation}-{index + 1:04d}{target.format.suffix}"
        path = target.folder / name
        if not target.overwrite:
            path = free_name(path)
        write_image(path, pixels, target.format)
        written.append(path)
        ctx.partial(path)
    ctx.progress(1.0, "")
    return tuple(written)


def bare_pixels(request: ImageExport, index: int) -> PixelArray:
    """Return a slice after the window and nothing else: uint8, one pixel for each voxel.

    An acquired slice has the rows and columns of its file; a reformatted one lies as it is seen.
    Grey is exactly by the formula of `viewer.imaging.lut.to_grey`; voxels without a measurement
    are black; only the reader's own inversion applies.
    """
    volume = request.volume
    if map_axes(volume.geometry, request.orientation).axis == 0:
        image, invalid = volume.data[index], volume.invalid_mask((index,))
    else:
        image, invalid, _ = plane_slice(volume, request.orientation, index)
    return to_grey(image, request.window, request.inverted, invalid)


def slice_pixels(request: ImageExport, index: int) -> PixelArray:
    """Return a slice as it is seen, with its layer: uint8, shape (v, u) or (v, u, 3)."""
    view = _resolve(request, index)
    size = frame_for(view.plane).size_px
    frame_px = float(size[0]), float(size[1])
    split = split_pixel(view, place(view.plane, frame_px), frame_px)
    return view_picture(request.volume, view, split)


def compose_snapshot(
    request: ImageExport, index: int, pixels: PixelArray, rois: RoiCache | None = None
) -> ExportSnapshot:
    """Put the overlays of a slice together for painting."""
    view = _resolve(request, index)
    frame = frame_for(view.plane)
    # Layouts are made for a viewport as it would be on a screen; the painter enlarges them.
    size = (frame.size_px[0] / frame.scale, frame.size_px[1] / frame.scale)
    scene = OverlayScene(
        volume=request.volume,
        view=view,
        transform=place(view.plane, size),
        size_px=size,
        parts=request.parts - {Part.CROSSHAIR},
        shapes=request.shapes,
        findings=request.findings,
        notes=layer_notes(view, None),
        loaded=request.loaded or frozenset(range(request.volume.geometry.shape_zyx[0])),
        key_images=request.key_images,
    )
    return ExportSnapshot(pixels, view.plane, frame, tuple(compose(scene, rois)))


def _resolve(request: ImageExport, index: int) -> ResolvedView:
    display = DisplayState(request.window, request.preset, request.inverted, request.colour_map)
    view = resolve(ViewportState(request.orientation, display, index=index), request.volume)
    return replace(view, layer=request.layer)


def _check_slices(request: ImageExport) -> None:
    if request.layer is not None and not layer_is_whole(request.layer):
        raise ViewerError(
            tr("The pictures cannot be exported yet"),
            tr("the layer is still loading"),
            tr("Try again when it is complete"),
        )
    count = slice_count(request.volume.geometry, request.orientation)
    for index in request.indices:
        if not 0 <= index < count:
            raise ViewerError(
                f"Slice {index + 1} cannot be exported",
                f"the {request.orientation} plane has slices 1 to {count}",
            )
    if request.loaded and len(request.loaded) < request.volume.geometry.shape_zyx[0]:
        raise ViewerError(
            "The pictures cannot be exported yet",
            "the series is still loading",
            "Try again when it is complete",
        )
