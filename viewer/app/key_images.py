"""What a reader does to key images: mark the image in view, comment, find again, remove."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from viewer.app.resolve import resolve
from viewer.app.words import kept_words, shown_words
from viewer.core.commands import PutKeyImage, RemoveKeyImage, Together
from viewer.core.document import AnnotationDocument
from viewer.core.key_image import KeyImage, key_image_at
from viewer.core.screen import center_uv_mm
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import PointLps, as_point
from viewer.core.study import Stack
from viewer.i18n import tr


@dataclass(frozen=True, slots=True)
class KeyImageRow:
    """A line of the list.

    Attributes
    ----------
    uid : str
        Of the key image.
    slice_z : int or None
        0-based slice of the stack that is shown; None where it does not hold the image.
    place : str
        What to call it: its number, or why it cannot be shown.
    comment : str
        The reader's words.
    """

    uid: str
    slice_z: int | None
    place: str
    comment: str


def acquired_slice(session: Session, stack: OpenStack) -> tuple[int, bool]:
    """Return the 0-based acquired slice that "the image in view" means, and whether it is seen.

    Along the slices it is the one in view (of a slab the middle one). Any other plane crosses many
    images: it is the one at the crosshair where that lies in the plane, else the one at the middle
    of the plane.
    """
    view, geometry = resolve(session.active, stack.volume), stack.volume.geometry
    if view.along_slices:
        return view.index, view.is_acquired
    point = session.crosshair_in(stack.volume.stack.key)
    half_mm = min(geometry.spacing_zyx_mm) / 2
    if point is None or abs(float(view.plane.lps_to_uvw(point)[2])) > half_mm:
        point = as_point(view.plane.uv_to_lps(center_uv_mm(view.plane)))
    z = round(float(geometry.lps_to_index(point)[0]))
    return min(max(z, 0), geometry.shape_zyx[0] - 1), False


def find(stack: Stack, images: Iterable[KeyImage], z: int) -> KeyImage | None:
    """Return the key image that slice z of a stack shows, or None."""
    return next((image for image in images if image.slice_in(stack) == z), None)


def in_view(session: Session) -> KeyImage | None:
    """Return the key image that the active viewport shows, or None."""
    opened = session.open_stack
    if opened is None:
        return None
    z, _ = acquired_slice(session, opened)
    return find(opened.volume.stack, opened.document.key_images, z)


def toggle(session: Session) -> KeyImage | None:
    """Make the image in view a key image, or no longer one; return a new one."""
    opened = session.open_stack
    if opened is None:
        return None
    z, is_seen = acquired_slice(session, opened)
    stack, document = opened.volume.stack, opened.document
    number = z + 1
    known = find(stack, document.key_images, z)
    if known is not None:
        session.undo.run_on(RemoveKeyImage(known.uid), document)
        if not is_seen or known.comment:
            session.told.emit(tr("Image {number} is no longer a key image", number=number))
        return None
    made = key_image_at(stack, z)
    if made is None:
        session.told.emit(tr("Slice {number} was not acquired: no key image", number=number))
        return None
    session.undo.run_on(PutKeyImage(made), document)
    if not is_seen:
        session.told.emit(
            tr("Key image: {number}, the acquired image at the middle of this slab", number=number)
            if resolve(session.active, opened.volume).along_slices
            else tr(
                "Key image: {number}, the acquired image at the crosshair or the plane's middle",
                number=number,
            )
        )
    return made


def write(session: Session, document: AnnotationDocument, uid: str, comment: str) -> None:
    """Give a key image another comment."""
    image = document.key_image(uid)
    if image is None:
        return
    new = replace(image, comment=kept_words(comment, image.comment))
    if new != image:
        session.undo.run_on(PutKeyImage(new, "comment on a key image"), document)


def remove(session: Session, uids: Iterable[str]) -> None:
    """Take images from the key images, as one step."""
    document = session.document
    commands = tuple(RemoveKeyImage(uid) for uid in uids if document.key_image(uid) is not None)
    if commands:
        command = commands[0] if len(commands) == 1 else Together(commands, "key images")
        session.undo.run_on(command, document)


def key_slices(stack: Stack, images: Iterable[KeyImage]) -> tuple[int, ...]:
    """Return the 0-based slices z of a stack that are key images, in order."""
    found = {image.slice_in(stack) for image in images} - {None}
    return tuple(sorted(z for z in found if z is not None))


def rows(stack: Stack, images: Iterable[KeyImage]) -> tuple[KeyImageRow, ...]:
    """Return the list: by slice, those of other stacks of the series last."""
    made = [_row(stack, image) for image in images]
    return tuple(sorted(made, key=lambda row: (row.slice_z is None, row.slice_z or 0)))


def beside(session: Session, step: int) -> int | None:
    """Return the next slice z (step 1) or the one before (-1) that is a key image, round about."""
    opened = session.open_stack
    if opened is None:
        return None
    slices = key_slices(opened.volume.stack, opened.document.key_images)
    here, _ = acquired_slice(session, opened)
    if step > 0:
        return next((z for z in slices if z > here), next(iter(slices), None))
    backwards = slices[::-1]
    return next((z for z in backwards if z < here), next(iter(backwards), None))


def place_of(session: Session, z: int) -> PointLps | None:
    """Return where to jump for slice z, in LPS mm: the crosshair's place, moved to it."""
    opened = session.open_stack
    if opened is None:
        return None
    geometry = opened.volume.geometry
    point = session.crosshair_in(opened.volume.stack.key)
    index = geometry.lps_to_index(geometry.center_lps_mm if point is None else point)
    return as_point(geometry.index_to_lps((float(z), float(index[1]), float(index[2]))))


def _row(stack: Stack, image: KeyImage) -> KeyImageRow:
    z = image.slice_in(stack)
    place = tr("not in this stack") if z is None else str(z + 1)
    return KeyImageRow(image.uid, z, place, shown_words(image.comment))
