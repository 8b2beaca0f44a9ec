"""The marks of a series as rows: what the table shows, in which order, and their sum."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from viewer.app.change import FollowUp, Priors, follow_up
from viewer.app.mark_edits import slice_number, slice_total
from viewer.app.mark_values import LOADING, MarkValues, kind_name, mark_values
from viewer.app.roi_cache import RoiCache
from viewer.core.document import AnnotationDocument
from viewer.core.plane import map_axes, slice_index_at
from viewer.core.shapes import AnyShape, MarkColour, PointLps
from viewer.core.volume import Volume
from viewer.i18n import mark, tr
from viewer.imaging.reslice import normal_orientation
from viewer.tools.hit import ALONG_TOLERANCE, belongs_to

TYPE, TRACKED, VALUE, PRIOR, CHANGE, DAYS, PLACE, LABEL = (
    mark("Type"),
    mark("Tracked"),
    mark("Value"),
    mark("Prior"),
    mark("Change"),
    mark("Days"),
    mark("Slice"),
    mark("Label"),
)
COLUMNS: tuple[str, ...] = (TYPE, TRACKED, VALUE, PRIOR, CHANGE, DAYS, PLACE, LABEL)
FOLLOW_UP_COLUMNS = frozenset({PRIOR, CHANGE, DAYS})
"""Shown only where a mark follows an earlier one."""


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One mark.

    Attributes
    ----------
    value : str
        The number one looks for, short enough for a narrow table.
    details : str
        The same numbers as beside the mark, on one line.
    place : str
        Plane and slice, counted from 1 as on the image.
    label : str
        The reader's words; an arrow's text.
    colour, locked, hidden, tracked
        As the mark has them.
    slice_number, slice_total : int
        Its slice across its own plane, counted from 1, and how many there are.
    values : MarkValues
        All its numbers.
    points_lps : tuple of tuple of float
        Its grips in LPS millimetres.
    follow_up : FollowUp or None
        What it was before, for a mark that follows an earlier one.
    """

    uid: str
    kind: str
    value: str
    details: str
    place: str
    label: str
    colour: MarkColour = MarkColour.STANDARD
    locked: bool = False
    hidden: bool = False
    tracked: bool = True
    slice_number: int = 1
    slice_total: int = 1
    values: MarkValues = field(default_factory=MarkValues)
    points_lps: tuple[PointLps, ...] = ()
    follow_up: FollowUp | None = None

    def cell(self, column: str) -> str:
        """Return the text of one of `COLUMNS`."""
        follow = self.follow_up or FollowUp()
        prior = follow.note if follow.prior is None else follow.prior.short
        texts = {
            TYPE: self.kind,
            TRACKED: tr("yes") if self.tracked else tr("no"),
            VALUE: self.value,
            PLACE: self.place,
            LABEL: self.label,
            PRIOR: prior,
            CHANGE: follow.change_text,
            DAYS: "" if follow.days is None else str(follow.days),
        }
        return texts[column]


@dataclass(frozen=True, slots=True)
class Order:
    """By which column the rows stand; "" as the marks were made."""

    column: str = ""
    descending: bool = False

    def after_click(self, column: str) -> "Order":
        """Return the order after a click on a heading: upwards, downwards, as made."""
        if self.column != column:
            return Order(column)
        return Order() if self.descending else Order(column, descending=True)


class RowMaker:
    """Makes the rows of a document; what did not change is not measured again.

    Attributes
    ----------
    is_complete : bool
        Whether the last rows were all of them: measuring hundreds of marks takes several turns.
    """

    def __init__(self, rois: RoiCache) -> None:
        self.is_complete = True
        self._rois = rois
        self._volume: Volume | None = None
        self._loaded = False
        self._kept: dict[str, tuple[AnyShape, MeasurementRow]] = {}

    def rows(
        self,
        document: AnnotationDocument,
        volume: Volume,
        *,
        loaded: bool,
        priors: Priors | None = None,
        day: date | None = None,
        dated: bool = True,
        budget_s: float = math.inf,
    ) -> tuple[MeasurementRow, ...]:
        """Return the marks of a document that lie in the volume's patient frame, in order.

        Parameters
        ----------
        loaded : bool
            Whether all voxels are there; values of regions wait for them.
        priors : Priors, optional
            Finds the marks that others follow.
        day : date, optional
            Of the volume's study.
        dated : bool
            Whether dates of priors may be shown.
        budget_s : float
            After so much time no further mark is measured; at least one is.
        """
        if volume is not self._volume or loaded is not self._loaded:
            self._volume, self._loaded = volume, loaded
            self._kept = {}
        before, self._kept = self._kept, {}
        self.is_complete, end = True, time.monotonic() + budget_s
        rows = []
        for shape in document:
            if not belongs_to(shape, volume):
                continue
            kept = before.get(shape.uid)
            if kept is None or kept[0] != shape:
                if not self.is_complete:
                    continue
                self.is_complete = time.monotonic() < end
                kept = (shape, _row(shape, volume, self._rois, loaded))
            self._kept[shape.uid] = kept
            row = kept[1]
            if shape.follows is not None and priors is not None:
                follows = follow_up(shape, row.values, day, priors, dated=dated)
                row = replace(row, follow_up=follows)
            rows.append(row)
        return tuple(rows)


def sorted_rows(rows: Iterable[MeasurementRow], order: Order) -> tuple[MeasurementRow, ...]:
    """Return rows in an order: numbers as numbers, what is empty last, equal ones as before."""
    rows = tuple(rows)
    if not order.column:
        return rows
    key = _KEYS[order.column]
    keyed = [(key(row), row) for row in rows]
    there = [pair for pair in keyed if pair[0] is not None]
    there.sort(key=lambda pair: pair[0] or (), reverse=order.descending)
    return tuple(row for _, row in (*there, *(pair for pair in keyed if pair[0] is None)))


def sum_text(rows: Iterable[MeasurementRow]) -> str:
    """Return the sum of the tracked diameters (distances and longest diameters) with its change.

    The change is told only where every diameter that counts has one before. Short axes are
    summed beside: RECIST 1.1 takes them for lymph nodes, and which mark is a node, only the
    reader knows. Nothing is said about response.
    """
    counted = [row for row in rows if row.tracked and row.kind in ("Length", "Bidirectional")]
    counted = [row for row in counted if row.values.lengths]
    units = {row.values.length_unit for row in counted}
    if not counted:
        return ""
    if len(units) > 1:
        return tr("Sum of tracked diameters: not told, the units differ")
    (unit,) = units
    now = sum(row.values.lengths[0] for row in counted)
    text = tr("Sum of tracked diameters: {sum:.1f} {unit}", sum=now, unit=unit)
    short = [row.values.lengths[1] for row in counted if len(row.values.lengths) > 1]
    if short:
        text += tr(" (short axes {sum:.1f} {unit})", sum=sum(short), unit=unit)
    follows = [row.follow_up for row in counted if row.follow_up is not None]
    if not follows:
        return text
    firsts = [follow.changes[0] for follow in follows if follow.changes]
    if len(firsts) < len(counted):
        return (
            text
            + "\n"
            + tr(
                "Prior sum: not told, {n} of {count} have no prior value",
                n=len(counted) - len(firsts),
                count=len(counted),
            )
        )
    before = sum(change.before for change in firsts)
    share = f" ({100 * (now - before) / before:+.1f} %)" if before > 0 else ""
    days = {follow.days for follow in follows}
    interval = tr(", {days} days", days=days.pop()) if len(days) == 1 and None not in days else ""
    return (
        text
        + "\n"
        + tr(
            "Prior sum: {sum:.1f} {unit}, change {change:+.1f} {unit}{share}{interval}",
            sum=before,
            unit=unit,
            change=now - before,
            share=share,
            interval=interval,
        )
    )


# --- details -----------------------------------------------------------------------------------


def _row(shape: AnyShape, volume: Volume, rois: RoiCache, loaded: bool) -> MeasurementRow:
    values = mark_values(shape, volume, rois, loaded)
    lines = "" if values.text == LOADING else values.text.replace("\n", "  ")
    return MeasurementRow(
        shape.uid,
        kind_name(shape),
        values.short,
        ", ".join(part for part in lines.split("  ") if part),
        _place(shape, volume),
        shape.words,
        shape.colour,
        shape.locked,
        shape.hidden,
        shape.tracked,
        slice_number(shape, volume.geometry) + 1,
        slice_total(shape, volume.geometry),
        values,
        shape.points_lps,
    )


def _place(shape: AnyShape, volume: Volume) -> str:
    geometry = volume.geometry
    orientation = normal_orientation(geometry, shape.normal_lps)
    axis = map_axes(geometry, orientation).axis
    across = float(geometry.direction_lps[axis] @ np.asarray(shape.normal_lps))
    oblique = "" if abs(across) > 1 - ALONG_TOLERANCE else " oblique"
    position = float(geometry.lps_to_index(shape.center_lps)[axis])
    if not -0.5 <= position <= geometry.shape_zyx[axis] - 0.5:
        return f"{orientation.value.capitalize()}{oblique}, outside"
    number = slice_index_at(geometry, orientation, shape.center_lps) + 1
    return f"{orientation.value.capitalize()} {number}{oblique}"


_Key = tuple[float | str, ...] | None


def _value_key(row: MeasurementRow) -> _Key:
    """Sort lengths, angles and values among their own kind, by number."""
    number = row.values.number
    if number is None:
        return None
    unit = row.values.length_unit or ("°" if row.values.angle_deg is not None else "value")
    return (unit, number)


def _prior_key(row: MeasurementRow) -> _Key:
    prior = None if row.follow_up is None else row.follow_up.prior
    if prior is None or prior.number is None:
        return None
    return (prior.length_unit, prior.number)


def _change_key(row: MeasurementRow) -> _Key:
    changes = () if row.follow_up is None else row.follow_up.changes
    if not changes:
        return None
    percent = changes[0].percent
    return ("%", percent) if percent is not None else ("unit", changes[0].difference)


def _days_key(row: MeasurementRow) -> _Key:
    days = None if row.follow_up is None else row.follow_up.days
    return None if days is None else (days,)


_KEYS: dict[str, Callable[[MeasurementRow], _Key]] = {
    TYPE: lambda row: (row.kind,),
    TRACKED: lambda row: (not row.tracked,),
    VALUE: _value_key,
    PLACE: lambda row: (row.place.split()[0], row.slice_number),
    LABEL: lambda row: (row.label.casefold(),) if row.label else None,
    PRIOR: _prior_key,
    CHANGE: _change_key,
    DAYS: _days_key,
}
