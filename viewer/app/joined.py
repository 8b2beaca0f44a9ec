"""What other viewports mean for one: where their slices cut it, and in words how it is linked."""

import numpy as np

from viewer.app.masking import pixel_text_risk
from viewer.app.overlays_frame import date_text
from viewer.app.overlays_lines import OtherPlane
from viewer.app.presenters.cine import cine_fps
from viewer.app.resolve import resolve, true_orientations
from viewer.core.links import Rigid
from viewer.core.session import Session
from viewer.core.shapes import PointLps
from viewer.i18n import tr
from viewer.imaging.resample_to_plane import moved_plane

ALONE = "alone"
_LEAST_OFFSET_MM = 0.05


def other_planes(session: Session, viewport_id: str) -> tuple[OtherPlane, ...]:
    """Return the slices of the viewports that are joined to one, in its patient space.

    The active viewport's comes first. Volumes that show anatomy in one plane only are cut by
    other series, not by planes of their own.
    """
    own, here = session.viewports[viewport_id], session.shown_in(viewport_id)
    if here is None:
        return ()
    active = session.interaction.active
    planes: list[OtherPlane] = []
    for name in sorted(session.viewports.by_id, key=lambda name: name != active):
        other, there = session.viewports[name], session.shown_in(name)
        if name == viewport_id or there is None:
            continue
        if other.stack == own.stack and other.orientation is own.orientation:
            continue
        if other.orientation not in true_orientations(there.volume):
            continue
        rigid = session.links.between(there.volume.stack, here.volume.stack)
        if rigid is not None:
            planes.append(
                (other.orientation, moved_plane(resolve(other, there.volume).plane, rigid))
            )
    return tuple(planes)


def shared_point(session: Session, viewport_id: str) -> PointLps | None:
    """Return the crosshair in the patient space of a viewport; None where no other one shares it.

    A point that only one place shows points at nothing.
    """
    own, here = session.viewports[viewport_id], session.shown_in(viewport_id)
    if here is None or own.stack is None:
        return None
    others = (session.shown_in(n) for n in session.viewports.by_id if n != viewport_id)
    stacks = (there.volume.stack for there in others if there is not None)
    if not any(session.links.between(stack, here.volume.stack) is not None for stack in stacks):
        return None
    return session.crosshair_in(own.stack)


def link_text(session: Session, viewport_id: str) -> str:
    """Return how a place is linked beyond its frame of reference ("offset 12.5 mm"), or ""."""
    own, here = session.viewports[viewport_id], session.shown_in(viewport_id)
    if here is None:
        return ""
    if own.alone:
        return ALONE
    series = here.volume.stack.key.series_uid
    stacks = list(session.stacks.values())
    if session.open_stack is not None:
        stacks.insert(0, session.open_stack)
    pairs = (session.links.pair(series, s.volume.stack.key.series_uid) for s in stacks)
    known = next((pair for pair in pairs if pair is not None), None)
    return "" if known is None else pair_text(known)


def pair_text(rigid: Rigid) -> str:
    """Return what is known of a pair ("offset 12.5 mm", "registered")."""
    if not rigid.is_shift:
        return tr("registered")
    distance = float(np.linalg.norm(rigid.shift_mm))
    return (
        tr("offset {distance:.1f} mm", distance=distance)
        if distance >= _LEAST_OFFSET_MM
        else tr("paired")
    )


def view_notes(session: Session, viewport_id: str) -> tuple[str, ...]:
    """Return the lines that tell of links, of a cine, and of names that cannot be hidden."""
    here, link = session.shown_in(viewport_id), link_text(session, viewport_id)
    notes = [tr("Link: {link}", link=link)] if link else []
    interaction = session.interaction
    if here is not None and interaction.teaching and (risk := pixel_text_risk(here.volume.stack)):
        notes.append(risk)
    if here is not None and interaction.cine == viewport_id:
        fps = cine_fps(here.volume.stack, interaction.cine_speed)
        notes.append(
            tr("Cine {fps:.3g} fps", fps=fps)
            + (tr(", to and fro") if interaction.cine_bounce else "")
        )
    return tuple(notes)


def place_title(session: Session, viewport_id: str) -> str:
    """Return the title of a place for series: number and description, or its own number.

    Where studies of several dates are shown the date comes first: it tells present from prior.
    """
    here = session.shown_in(viewport_id)
    if here is None:
        return tr("Place {viewport_id}", viewport_id=viewport_id)
    stack = here.volume.stack
    labels = stack.labels
    shown = (session.shown_in(name) for name in session.viewports.by_id)
    dates = {other.volume.stack.labels.date for other in shown if other is not None}
    dated = len(dates) > 1 and not session.interaction.teaching
    date = date_text(labels.date) if dated else ""
    words = (date, labels.series_number, labels.series_description or stack.modality, labels.part)
    return " ".join(" ".join(word for word in words if word).split()) or tr("Series")
