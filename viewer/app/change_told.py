"""What is told of a change: what was undone, redone or deleted, where, and whether it is seen."""

from collections.abc import Iterable
from dataclasses import dataclass

from viewer.app.mark_place import place_text, short_place
from viewer.app.mark_values import kind_name
from viewer.app.resolve import resolve
from viewer.core.commands import PutKeyImage, PutShape, RemoveShape, Together
from viewer.core.key_image import KeyImage
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import AnyShape, PointLps, as_point
from viewer.core.undo import Way, Went
from viewer.core.view_step import SetLooks
from viewer.i18n import told, tr, tr_n
from viewer.tools.hit import lies_in

_NAMELESS = frozenset({"mark", "marks"})
"""Names of changes that say less than the kind of the mark."""


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """A change in words.

    Attributes
    ----------
    text : str
        What happened, such as "Undone: bidirectional, Ax 97".
    series_uid : str
        Of the series that was changed; "" for pairs of series.
    point_lps : tuple of float or None
        Where it is to be seen, LPS mm; None where it is in view, or nowhere.
    """

    text: str
    series_uid: str = ""
    point_lps: PointLps | None = None


def told_change(session: Session, went: Went) -> ChangeTold | None:
    """Return what to tell of a change; None where the reader sees it happen.

    Every undo and redo is told, and a reset of the views; what was deleted only where no view
    shows its place.
    """
    stack = next((s for s in session.stacks.values() if s.document is went.target), None)
    shapes, images = _subjects(went)
    seen = stack is None or all(_in_view(session, stack, subject) for subject in (*shapes, *images))
    if went.way is Way.DONE and isinstance(went.command, SetLooks):
        return ChangeTold(tr("The views are reset"))
    if went.way is Way.DONE and (seen or not _deletes(went.command)):
        return None
    point = None if stack is None or seen else _point((*shapes, *images)[0], stack)
    uid = "" if stack is None else stack.volume.stack.key.series_uid
    return ChangeTold(_text(went, shapes, _place(shapes, images, stack)), uid, point)


# --- details -----------------------------------------------------------------------------------


def _subjects(went: Went) -> tuple[tuple[AnyShape, ...], tuple[KeyImage, ...]]:
    """Return the marks and key images of a change: as they are now, or as they were last."""
    shapes: dict[str, AnyShape] = {}
    images: dict[str, KeyImage] = {}
    for part in (*_parts(went.inverse), *_parts(went.command)):
        if isinstance(part, PutShape):
            shapes[part.shape.uid] = part.shape
        elif isinstance(part, PutKeyImage):
            images[part.image.uid] = part.image
    return tuple(shapes.values()), tuple(images.values())


def _parts(command: object) -> Iterable[object]:
    if isinstance(command, Together):
        for part in command.commands:
            yield from _parts(part)
    else:
        yield command


def _deletes(command: object) -> bool:
    return any(isinstance(part, RemoveShape) for part in _parts(command))


def _in_view(session: Session, stack: OpenStack, subject: AnyShape | KeyImage) -> bool:
    volume, maximised = stack.volume, session.interaction.maximised
    for name in session.viewports_of(volume.stack.key):
        if maximised in session.viewports.by_id and name != maximised:
            continue
        view = resolve(session.viewports[name], volume)
        if isinstance(subject, KeyImage):
            if view.along_slices and view.index == subject.slice_in(volume.stack):
                return True
        elif lies_in(subject, volume, view.plane):
            return True
    return False


def _point(subject: AnyShape | KeyImage, stack: OpenStack) -> PointLps | None:
    if not isinstance(subject, KeyImage):
        return subject.center_lps
    z, geometry = subject.slice_in(stack.volume.stack), stack.volume.geometry
    if z is None:
        return None
    _, rows, columns = geometry.shape_zyx
    return as_point(geometry.index_to_lps((z, (rows - 1) / 2, (columns - 1) / 2)))


def _place(
    shapes: tuple[AnyShape, ...], images: tuple[KeyImage, ...], stack: OpenStack | None
) -> str:
    if stack is None:
        return ""
    if len(shapes) == 1 and not images:
        return short_place(place_text(shapes[0], stack.volume))
    if len(images) == 1 and not shapes:
        z = images[0].slice_in(stack.volume.stack)
        return "" if z is None else tr("image {n}", n=z + 1)
    return tr_n("{n} mark", "{n} marks", len(shapes)) if shapes else ""


def _text(went: Went, shapes: tuple[AnyShape, ...], place: str) -> str:
    change = told(went.command.text)
    if went.command.text in _NAMELESS:
        change = tr(kind_name(shapes[0])) if len(shapes) == 1 else ""
    what = ", ".join(part for part in (change, place) if part)
    if went.way is Way.UNDONE:
        return tr("Undone: {what}", what=what)
    if went.way is Way.REDONE:
        return tr("Redone: {what}", what=what)
    return tr("Deleted: {what}", what=what)
