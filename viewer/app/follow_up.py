"""Follow-up: this mark is that earlier mark. Candidates, suggestions, and pairs as one step."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from viewer.app import mark_edits
from viewer.core.commands import PutShape, Together
from viewer.core.document import AnnotationDocument
from viewer.core.links import Rigid
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import (
    AnyShape,
    ArrowShape,
    BidirectionalShape,
    LengthShape,
    PriorMark,
    RegionShape,
    TextShape,
)
from viewer.core.study import Stack, StudyIndex
from viewer.tools.hit import belongs_to

NEAR_MM = 15.0
"""Pair all looks this far at first: less than the usual distance of two lesions, more than what an
alignment leaves between two breaths."""
_DIAMETERS = (LengthShape, BidirectionalShape)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two marks that may be one finding.

    Attributes
    ----------
    later, earlier : Shape
        The mark of the later series and that of the earlier one.
    series_uid : str
        Series of `later`.
    prior : PriorMark
        Names `earlier`.
    distance_mm : float
        Between their middles, brought into one patient space.
    """

    later: AnyShape
    earlier: AnyShape
    series_uid: str
    prior: PriorMark
    distance_mm: float

    @property
    def is_made(self) -> bool:
        """Whether the two are paired already."""
        return self.later.follows == self.prior


def study_date(index: StudyIndex | None, stack: Stack) -> date | None:
    """Return the date of a stack's study; None where the files do not tell it."""
    study = None if index is None else index.find_study(stack.key)
    for text in ("" if study is None else study.date, stack.labels.date):
        try:
            return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
        except ValueError:
            continue
    return None


def candidates(session: Session, uid: str) -> tuple[Pairing, ...]:
    """Return the marks of other open series that a mark may belong to, nearest first.

    Only series that a frame of reference or a remembered or registered pair joins to the active
    one, and only marks that can be compared: diameters with diameters, regions with regions.
    """
    here = session.open_stack
    shape = session.document.get(uid)
    if here is None or shape is None:
        return ()
    found = [
        pairing
        for there in other_series(session)
        for pairing in _pairings(session, here, (shape,), there)
    ]
    return tuple(sorted(found, key=lambda pairing: pairing.distance_mm))


def other_series(session: Session) -> tuple[OpenStack, ...]:
    """Return the open stacks of other series that are joined to the active one."""
    here = session.open_stack
    if here is None:
        return ()
    own = here.volume.stack
    return tuple(
        there
        for there in session.stacks.values()
        if there.volume.stack.key.series_uid not in ("", own.key.series_uid)
        and own.key.series_uid
        and session.links.between(there.volume.stack, own) is not None
    )


def suggestions(session: Session, within_mm: float = NEAR_MM) -> tuple[Pairing, ...]:
    """Return which tracked marks of the active series and a prior probably are the same finding.

    The prior is the latest joined series before the active one; where there is none, the first
    one after it. Each mark takes part once, the nearest two first; what is paired already stays.
    """
    here, there = session.open_stack, _prior_of(session)
    if here is None or there is None:
        return ()
    marks = tuple(shape for shape in here.document if shape.tracked)
    found = sorted(
        (
            pairing
            for pairing in _pairings(session, here, marks, there)
            if pairing.distance_mm <= within_mm and pairing.earlier.tracked
        ),
        key=lambda pairing: pairing.distance_mm,
    )
    later = here if _is_later(session, here, there) else there
    taken = {shape.follows for shape in later.document}
    paired = {shape.uid for shape in later.document if shape.follows is not None}
    chosen: list[Pairing] = []
    for pairing in found:
        is_free = pairing.later.uid not in paired and pairing.prior not in taken
        if is_free and pairing.later.tracked:
            chosen.append(pairing)
            taken.add(pairing.prior)
            paired.add(pairing.later.uid)
    return tuple(chosen)


def pair(session: Session, pairings: Iterable[Pairing]) -> int:
    """Make pairs of one later series as one step; returns how many marks have a prior now.

    An earlier mark has one follower in a series: a former one is parted from it.
    """
    chosen = tuple(pairings)
    document = None if not chosen else _document(session, chosen[0].series_uid)
    if document is None:
        return 0
    changed: dict[str, AnyShape] = {}
    for pairing in chosen:
        for shape in document:
            if shape.follows == pairing.prior and shape.uid != pairing.later.uid:
                changed[shape.uid] = replace(shape, follows=None)
        later = document.get(pairing.later.uid)
        if later is not None and later.follows != pairing.prior:
            changed[later.uid] = replace(later, follows=pairing.prior, tracked=True)
    if changed:
        commands = tuple(PutShape(shape, "follow-up") for shape in changed.values())
        session.undo.run_on(Together(commands, "follow-up"), document)
    return sum(shape.follows is not None for shape in changed.values())


def part(session: Session, uids: Iterable[str]) -> None:
    """Forget of which earlier mark a mark of the active series is the follow-up."""
    for uid in uids:
        mark_edits.set_prior(session, session.document, uid, None)


def comparable(one: AnyShape, other: AnyShape) -> bool:
    """Tell whether numbers of two marks mean the same kind of thing."""
    if isinstance(one, ArrowShape | TextShape):
        return False
    if type(one) is type(other):
        return True
    return any(
        isinstance(one, kinds) and isinstance(other, kinds) for kinds in (_DIAMETERS, RegionShape)
    )


# --- details -----------------------------------------------------------------------------------


def _document(session: Session, series_uid: str) -> AnnotationDocument | None:
    stacks = session.stacks.items()
    return next((stack.document for key, stack in stacks if key.series_uid == series_uid), None)


def _pairings(
    session: Session, here: OpenStack, marks: Iterable[AnyShape], there: OpenStack
) -> list[Pairing]:
    """Return every pair of comparable marks of the active series and another one."""
    rigid = session.links.between(there.volume.stack, here.volume.stack)
    if rigid is None:
        return []
    is_later = _is_later(session, here, there)
    own, other = (stack.volume.stack.key.series_uid for stack in (here, there))
    theirs = [shape for shape in there.document if belongs_to(shape, there.volume)]
    return [
        Pairing(shape, mark, own, PriorMark(other, mark.uid), distance)
        if is_later
        else Pairing(mark, shape, other, PriorMark(own, shape.uid), distance)
        for shape in marks
        for mark in theirs
        if comparable(shape, mark)
        for distance in (_distance_mm(shape, mark, rigid),)
    ]


def _distance_mm(shape: AnyShape, mark: AnyShape, rigid: Rigid) -> float:
    way = np.subtract(rigid.apply(mark.center_lps), shape.center_lps)
    return float(np.linalg.norm(way))


def _is_later(session: Session, here: OpenStack, there: OpenStack) -> bool:
    """Tell whether the active series is the later one; the one that is read, where unknown."""
    own, other = (study_date(session.index, s.volume.stack) for s in (here, there))
    return own is None or other is None or own >= other


def _prior_of(session: Session) -> OpenStack | None:
    here, others = session.open_stack, other_series(session)
    if here is None or not others:
        return None
    earlier = [there for there in others if _is_later(session, here, there)]
    dates = {id(s): study_date(session.index, s.volume.stack) or date.min for s in others}
    if earlier:
        return max(earlier, key=lambda stack: dates[id(stack)])
    return min(others, key=lambda stack: dates[id(stack)])
