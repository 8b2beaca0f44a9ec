"""The marks of a series as rows: what the table shows, in which order, and their sum."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from viewer.app.change import FollowUp, Priors, follow_up
from viewer.app.mark_edits import slice_number, slice_total
from viewer.app.mark_place import image_of, place_text
from viewer.app.mark_values import LOADING, MarkValues, kind_name, mark_values
from viewer.app.roi_cache import RoiCache
from viewer.app.words import shown_words
from viewer.core.document import AnnotationDocument
from viewer.core.shapes import AnyShape, MarkColour, PointLps
from viewer.core.volume import Volume
from viewer.i18n import mark, tr
from viewer.tools.hit import belongs_to

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
"""What a mark was before: the second line of its row."""


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
    instance_number : int or None
        Of its image, as the file and the PACS have it; None where its plane crosses images.
    sop_uid : str
        SOP Instance UID of its image, or "".
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
    instance_number: int | None = None
    sop_uid: str = ""

    @property
    def before(self) -> str:
        """What it was before and what changed, on one line; "" for a mark without a prior."""
        follow = self.follow_up
        if follow is None:
            return ""
        if follow.prior is None:
            return follow.note
        days = "" if follow.days is None else tr("{n} d", n=follow.days)
        prior = tr("was {prior}", prior=follow.prior.short or tr("no value"))
        change = follow.change_text
        if self.values.roi is not None and change:  # of its area, while the value is a mean
            change = f"{tr(follow.changes[0].name)} {change}"
        return ", ".join(part for part in (prior, change, days) if part)

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
            Whether dates of priors and UIDs of images may be shown.
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
            rows.append(row if dated else replace(row, sop_uid=""))
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


# --- details -----------------------------------------------------------------------------------


def _row(shape: AnyShape, volume: Volume, rois: RoiCache, loaded: bool) -> MeasurementRow:
    values = mark_values(shape, volume, rois, loaded)
    image = image_of(shape, volume)
    lines = "" if values.text == LOADING else values.text.replace("\n", "  ")
    return MeasurementRow(
        shape.uid,
        kind_name(shape),
        values.short,
        ", ".join(part for part in lines.split("  ") if part),
        place_text(shape, volume),
        shown_words(shape.words),
        shape.colour,
        shape.locked,
        shape.hidden,
        shape.tracked,
        slice_number(shape, volume.geometry) + 1,
        slice_total(shape, volume.geometry),
        values,
        shape.points_lps,
        instance_number=None if image is None else image.instance_number,
        sop_uid="" if image is None else image.sop_uid,
    )


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
