"""What a reader can choose for an export of pictures, and the request that follows from it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from viewer.app.export import ImageExport, ImageTarget, annotated_indices, session_export
from viewer.app.key_images import key_slices
from viewer.app.masking import without_identity
from viewer.app.overlays import EXPORT_PARTS, Part
from viewer.core.plane import Orientation, map_axes, slice_count, slice_index_at
from viewer.core.session import Session
from viewer.core.volume import Volume
from viewer.export.image import ImageFormat, image_format


class Scope(StrEnum):
    """Which slices."""

    IN_VIEW = "in-view"
    ANNOTATED = "annotated"
    KEY_IMAGES = "key-images"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """Everything that the dialog edits.

    Attributes
    ----------
    first, last : int
        Of a range, counted from 1, in either order.
    quality : int
        1..100, for JPEG.
    parts : frozenset of Part
        What is burned in; empty for bare pixels.
    identity : bool
        Whether corner texts name the patient; off unless asked for.
    """

    folder: Path
    scope: Scope = Scope.IN_VIEW
    orientation: Orientation = Orientation.AXIAL
    first: int = 1
    last: int = 1
    format_id: str = "png"
    quality: int = 95
    parts: frozenset[Part] = EXPORT_PARTS
    identity: bool = False


def chosen_indices(session: Session, choices: ExportChoices) -> tuple[int, ...]:
    """Return the 0-based slices that the choices name; empty where there are none."""
    volume = session.volume
    if volume is None:
        return ()
    count = slice_count(volume.geometry, choices.orientation)
    if choices.scope is Scope.ANNOTATED:
        return annotated_indices(volume, choices.orientation, session.document)
    if choices.scope is Scope.KEY_IMAGES:
        if map_axes(volume.geometry, choices.orientation).axis != 0:
            return ()  # other planes are no images of the files
        return key_slices(volume.stack, session.document.key_images)
    if choices.scope is Scope.RANGE:
        low, high = sorted((choices.first, choices.last))
        return tuple(range(max(low - 1, 0), min(high, count)))
    return (min(max(_index_in_view(session, volume, choices.orientation), 0), count - 1),)


def _index_in_view(session: Session, volume: Volume, orientation: Orientation) -> int:
    """Return the slice of a plane that is shown, or would be: the one at the crosshair."""
    active = session.active
    others = (session.viewports[name] for name in session.viewports_of(volume.stack.key))
    for viewport in (active, *others):
        if viewport.orientation is orientation and viewport.rotation is None:
            return viewport.index
    point = session.crosshair_in(volume.stack.key) or volume.geometry.center_lps_mm
    return slice_index_at(volume.geometry, orientation, point)


def request_for(session: Session, choices: ExportChoices) -> ImageExport:
    """Freeze what is to be exported.

    Raises
    ------
    ViewerError
        Nothing is open, or the choices name no slice.
    """
    indices = chosen_indices(session, choices)
    request = session_export(session, choices.orientation, indices, choices.parts)
    if not choices.identity:
        layer = None if request.layer is None else request.layer.without_identity()
        request = replace(request, volume=without_identity(request.volume), layer=layer)
    return request


def target_for(choices: ExportChoices) -> ImageTarget:
    """Return where the pictures go and how they are written."""
    return ImageTarget(choices.folder, _with_quality(image_format(choices.format_id), choices))


def _with_quality(chosen: ImageFormat, choices: ExportChoices) -> ImageFormat:
    options = tuple(
        (name, choices.quality if name == "quality" else value) for name, value in chosen.options
    )
    return replace(chosen, options=options)
