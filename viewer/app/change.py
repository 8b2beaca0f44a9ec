"""What changed between a mark and the earlier mark that it follows: numbers and their words."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from viewer.app.mark_values import MarkValues, mean_text
from viewer.core.shapes import AnyShape, PriorMark
from viewer.core.study import shown_unit
from viewer.i18n import tr, tr_n
from viewer.imaging.roi import RoiStatistics

MAX_CHAIN = 50
"""Earlier marks that are followed back; far more than a patient has examinations."""
_NO_ZERO = frozenset({"HU", "°", ""})
"""Units whose zero means nothing for a change: no per cent of them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One number now and before.

    Attributes
    ----------
    name : str
        "Length", "Long axis", "Short axis", "Angle", "Area", "Mean".
    now, before : float
        In `unit`.
    decimals : int
        That its words have.
    """

    name: str
    now: float
    before: float
    unit: str
    decimals: int = 1

    @property
    def difference(self) -> float:
        """Now minus before."""
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        """Of the number before; None where a share of it means nothing (HU, degrees, zero)."""
        if self.before <= 0 or self.unit in _NO_ZERO:
            return None
        return 100 * self.difference / self.before

    @property
    def text(self) -> str:
        """Such as "+2.3 mm (+12.4 %)"."""
        unit = "" if not self.unit else self.unit if self.unit == "°" else f" {self.unit}"
        text = f"{self.difference:+.{self.decimals}f}{unit}"
        return text if self.percent is None else f"{text} ({self.percent:+.1f} %)"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier mark of a finding.

    Attributes
    ----------
    values : MarkValues
        What it measured.
    day : date or None
        Of its study, where that is known and may be shown.
    """

    values: MarkValues
    day: date | None = None

    @property
    def text(self) -> str:
        """Such as "2021-03-01: 12.3 mm"."""
        day = tr("Prior") if self.day is None else self.day.isoformat()
        return f"{day}: {self.values.short or tr('no value')}"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a mark was before.

    Attributes
    ----------
    earlier : tuple of Earlier
        The chain of priors, the latest first; empty while it is read, or where it is gone.
    changes : tuple of Change
        Against the first of them.
    days : int or None
        Between the two studies, where both dates are known.
    note : str
        Why there is no prior value.
    """

    earlier: tuple[Earlier, ...] = ()
    changes: tuple[Change, ...] = ()
    days: int | None = None
    note: str = ""

    @property
    def prior(self) -> MarkValues | None:
        """What the mark before measured, or None."""
        return self.earlier[0].values if self.earlier else None

    @property
    def change_text(self) -> str:
        """The change one looks for, for a narrow table."""
        return self.changes[0].text if self.changes else ""

    @property
    def details(self) -> str:
        """Everything, one line each."""
        if self.note:
            return self.note
        lines = [f"{tr(change.name)}: {change.text}" for change in self.changes]
        if self.days is not None:
            lines.append(tr_n("{n} day", "{n} days", self.days))
        return "\n".join([*lines, *(earlier.text for earlier in self.earlier)])


class Priors(Protocol):
    """Where earlier marks are found."""

    def find(self, prior: PriorMark) -> AnyShape | None:
        """Return an earlier mark; None where there is none (yet)."""

    def is_reading(self, series_uid: str) -> bool:
        """Tell whether the marks of a series are still being read."""

    def values(self, series_uid: str, shape: AnyShape) -> MarkValues:
        """Return what a mark of a series measures, as far as that is known."""

    def day(self, series_uid: str) -> date | None:
        """Return the date of a series' study, where it is known."""


def follow_up(
    shape: AnyShape,
    values: MarkValues,
    day: date | None,
    priors: Priors,
    *,
    dated: bool = True,
) -> FollowUp | None:
    """Return what a mark was before; None for one that follows no other.

    Parameters
    ----------
    day : date or None
        Of the mark's own study.
    dated : bool
        Whether dates may be shown; without them the days between stay.
    """
    if shape.follows is None:
        return None
    chain: list[Earlier] = []
    seen: set[PriorMark] = set()
    link: PriorMark | None = shape.follows
    while link is not None and link not in seen and len(chain) < MAX_CHAIN:
        seen.add(link)
        before = priors.find(link)
        if before is None:
            break
        chain.append(Earlier(priors.values(link.series_uid, before), priors.day(link.series_uid)))
        link = before.follows
    if not chain:
        reading = priors.is_reading(shape.follows.series_uid)
        return FollowUp(note=tr("reading…") if reading else tr("prior not found"))
    first = chain[0]
    days = None if day is None or first.day is None else (day - first.day).days
    shown = chain if dated else [Earlier(earlier.values) for earlier in chain]
    return FollowUp(tuple(shown), changes(values, first.values), days)


def changes(now: MarkValues, before: MarkValues) -> tuple[Change, ...]:
    """Return what can be compared of two marks, the number one looks for first."""
    found: list[Change] = []
    if now.lengths and before.lengths and now.length_unit == before.length_unit:
        both = len(now.lengths) > 1 and len(before.lengths) > 1
        diameters = len(now.lengths) > 1 or len(before.lengths) > 1
        names = ("Long axis" if diameters else "Length", *(("Short axis",) if both else ()))
        for name, new, old in zip(names, now.lengths, before.lengths, strict=False):
            found.append(Change(name, new, old, now.length_unit))
    if now.angle_deg is not None and before.angle_deg is not None:
        found.append(Change("Angle", now.angle_deg, before.angle_deg, "°"))
    if now.roi is not None and before.roi is not None:
        found += _region_changes(now.roi, before.roi, same_voxels=now.slab == before.slab)
    return tuple(found)


def _region_changes(
    now: RoiStatistics, before: RoiStatistics, *, same_voxels: bool
) -> list[Change]:
    """Return area and mean; a mean of a slab says nothing against one of thin slices."""
    found = []
    if now.area_mm2 is not None and before.area_mm2 is not None:
        found.append(Change("Area", now.area_mm2, before.area_mm2, "mm²"))
    comparable = same_voxels and now.unit == before.unit
    if now.mean is not None and before.mean is not None and comparable:
        decimals = len(mean_text(now.mean, now).partition(".")[2])
        unit = shown_unit(now.unit)
        found.append(Change("Mean", now.mean, before.mean, unit, decimals))
    return found
