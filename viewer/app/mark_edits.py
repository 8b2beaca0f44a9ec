"""What a reader does to marks that are there: words, colour, lock, hide, delete, copy to slices."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from viewer.app.words import kept_words
from viewer.core.commands import PutShape, RemoveShape, Together
from viewer.core.document import AnnotationDocument
from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.session import Session
from viewer.core.shapes import AnyShape, MarkColour, PriorMark, TextShape, new_uid
from viewer.imaging.slab import ALONG_TOLERANCE
from viewer.tools.edit import LOCKED_TEXT


def rename(session: Session, uid: str, words: str) -> None:
    """Give a mark of the active series other words."""
    write(session, session.document, uid, words)


def write(
    session: Session, document: AnnotationDocument, uid: str, words: str, *, is_new: bool = False
) -> None:
    """Give a mark other words; a text without any goes away. Of a new mark it is the same step."""
    shape = document.get(uid)
    if shape is None:
        return
    words = kept_words(words, shape.words)
    run = session.undo.complete_on if is_new else session.undo.run_on
    if shape.locked:
        session.told.emit(LOCKED_TEXT)
    elif isinstance(shape, TextShape) and not words:
        run(RemoveShape(uid, "text"), document)
    elif shape.words != words:
        run(PutShape(shape.worded(words), "label"), document)


def set_colour(session: Session, uids: Iterable[str], colour: MarkColour) -> None:
    """Draw marks in a colour."""
    _change(session, uids, lambda shape: replace(shape, colour=colour), "colour")


def toggle_locked(session: Session, uids: Iterable[str]) -> None:
    """Lock marks, or unlock them where all are locked."""
    uids = tuple(uids)
    locked = not all(shape.locked for shape in _found(session.document, uids))
    _change(session, uids, lambda shape: replace(shape, locked=locked), "lock", despite_lock=True)


def toggle_hidden(session: Session, uids: Iterable[str]) -> None:
    """Hide marks, or show them where all are hidden."""
    uids = tuple(uids)
    hidden = not all(shape.hidden for shape in _found(session.document, uids))
    _change(session, uids, lambda shape: replace(shape, hidden=hidden), "hiding", despite_lock=True)


def put_labels_back(session: Session, uids: Iterable[str]) -> None:
    """Let the texts of marks find their own places again."""
    text = "putting a label back"
    _change(session, uids, lambda shape: replace(shape, label_way_lps=None), text)


def show_all(session: Session) -> None:
    """Show every hidden mark again."""
    uids = tuple(shape.uid for shape in session.document)
    _change(session, uids, lambda shape: replace(shape, hidden=False), "showing", despite_lock=True)


def toggle_tracked(session: Session, uids: Iterable[str]) -> None:
    """Make marks part of the report and of follow-up, or a quick look where all are part of it."""
    uids = tuple(uids)
    tracked = not all(shape.tracked for shape in _found(session.document, uids))
    text = "tracking"
    _change(session, uids, lambda shape: replace(shape, tracked=tracked), text, despite_lock=True)


def set_prior(
    session: Session, document: AnnotationDocument, uid: str, prior: PriorMark | None
) -> None:
    """Say of which earlier mark a mark is the follow-up; None parts them.

    A mark that follows another one belongs to follow-up: it is tracked from then on.
    """
    shape = document.get(uid)
    if shape is None or shape.follows == prior:
        return
    new = replace(shape, follows=prior, tracked=shape.tracked or prior is not None)
    session.undo.run_on(PutShape(new, "follow-up"), document)


def delete(session: Session, uids: Iterable[str], text: str = "marks") -> None:
    """Delete marks as one step; locked ones stay, and that is told."""
    found = _found(session.document, uids)
    free = tuple(RemoveShape(shape.uid) for shape in found if not shape.locked)
    if len(free) < len(found):
        session.told.emit(LOCKED_TEXT)
    if free:
        if session.interaction.selected in {command.uid for command in free}:
            session.interaction.selected = ""
        session.undo.run(free[0] if len(free) == 1 else Together(free, text))


def copy_by(session: Session, uids: Iterable[str], steps: Iterable[int]) -> None:
    """Copy marks by slices along their own planes' direction, as one step.

    Copies beyond the first or last slice are left out.

    Parameters
    ----------
    steps : iterable of int
        Slices further (positive: with growing slice number), 0 left out.
    """
    volume = session.volume
    if volume is None:
        return
    steps = tuple(step for step in steps if step)
    commands = tuple(
        PutShape(copy)
        for shape in _found(session.document, uids)
        for copy in copies(shape, volume.geometry, steps)
    )
    if commands:
        session.undo.run(Together(commands, "copied marks"))


def copy_to_range(session: Session, uids: Iterable[str], first: int, last: int) -> None:
    """Copy marks to slices of their own planes, first to last counted from 1, as one step."""
    volume = session.volume
    if volume is None:
        return
    commands: list[PutShape] = []
    for shape in _found(session.document, uids):
        here = slice_number(shape, volume.geometry) + 1
        steps = (number - here for number in range(first, last + 1) if number != here)
        commands += [PutShape(copy) for copy in copies(shape, volume.geometry, steps)]
    if commands:
        session.undo.run(Together(tuple(commands), "copied marks"))


def copies(shape: AnyShape, geometry: VolumeGeometry, steps: Iterable[int]) -> tuple[AnyShape, ...]:
    """Return unlocked copies of a mark on other slices of its own plane's direction."""
    way = slice_step(shape, geometry)
    made = (
        replace(shape.moved(step * way), uid=new_uid(), locked=False, hidden=False, follows=None)
        for step in steps
    )
    limits = np.asarray(geometry.shape_zyx) - 0.5
    places = ((copy, geometry.lps_to_index(copy.center_lps)) for copy in made)
    # The middle may lie beside the image; across the slices it must not.
    axis = _axis_across(shape, geometry)
    return tuple(copy for copy, index in places if -0.5 <= index[axis] <= limits[axis])


def slice_step(shape: AnyShape, geometry: VolumeGeometry) -> FloatArray:
    """Return the way to the next slice of a mark's plane in LPS millimetres, shape (3,).

    Along the voxels this is one voxel; oblique planes are as far apart as the finest spacing.
    """
    normal = np.asarray(shape.normal_lps)
    axis = _axis_across(shape, geometry)
    cosine = float(geometry.direction_lps[axis] @ normal)
    if abs(cosine) > 1 - ALONG_TOLERANCE:
        return np.asarray(geometry.steps_lps_mm[axis])
    sign = 1.0 if cosine >= 0 else -1.0
    return sign * normal * min(geometry.spacing_zyx_mm)


def slice_number(shape: AnyShape, geometry: VolumeGeometry) -> int:
    """Return the 0-based slice of a mark along the index axis across it."""
    return round(float(geometry.lps_to_index(shape.center_lps)[_axis_across(shape, geometry)]))


def slice_total(shape: AnyShape, geometry: VolumeGeometry) -> int:
    """Return how many slices there are along the index axis across a mark."""
    return geometry.shape_zyx[_axis_across(shape, geometry)]


def _axis_across(shape: AnyShape, geometry: VolumeGeometry) -> int:
    return int(np.argmax(np.abs(geometry.direction_lps @ np.asarray(shape.normal_lps))))


def _found(document: AnnotationDocument, uids: Iterable[str]) -> tuple[AnyShape, ...]:
    return tuple(shape for uid in uids if (shape := document.get(uid)) is not None)


def _change(
    session: Session,
    uids: Iterable[str],
    change: Callable[[AnyShape], AnyShape],
    text: str,
    *,
    despite_lock: bool = False,
) -> None:
    """Change marks as one step; what stays as it was makes none."""
    found = _found(session.document, uids)
    free = tuple(shape for shape in found if despite_lock or not shape.locked)
    if len(free) < len(found):
        session.told.emit(LOCKED_TEXT)
    commands = tuple(PutShape(new, text) for shape in free if (new := change(shape)) != shape)
    if commands:
        session.undo.run(commands[0] if len(commands) == 1 else Together(commands, text))
