"""The rows of the measurements as text: for the clipboard and CSV files."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

from viewer.app.change import Change, FollowUp
from viewer.app.measurement_table import MeasurementRow

_CHANGES = ("Length", "Short axis", "Angle", "Area", "Mean")
"""What a change is told of; a long axis is a length here, as in the columns before."""
SAVED_COLUMNS: tuple[str, ...] = (
    "Type",
    "Value",
    "Slice",
    "Label",
    "Length",
    "Short axis",
    "Length unit",
    "Angle (deg)",
    "Mean",
    "SD",
    "Min",
    "Max",
    "Median",
    "Value unit",
    "Area (mm²)",
    "Pixels",
    "Colour",
    "Locked",
    "Hidden",
    "Points L P S (mm)",
    "Tracked",
    "Prior",
    "Prior date",
    "Days",
    *(f"{name} {what}" for name in _CHANGES for what in ("before", "change", "change (%)")),
    "Slab",
    "Without value (%)",
    "Instance number",
    "SOP Instance UID",
)
"""English in every language, and always in this order: scripts read them."""
_NUMBERS = re.compile(r"[-+0-9.e; ]+")
"""Numbers and points alone: a minus sign makes no formula of them."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_tab_separated(rows: Iterable[MeasurementRow]) -> str:
    """Return rows with a heading, ready to paste into a spreadsheet or a report."""
    lines = (SAVED_COLUMNS, *(saved_cells(row) for row in rows))
    return "\n".join("\t".join(_cell(cell) for cell in line) for line in lines)


def as_csv(rows: Iterable[MeasurementRow]) -> str:
    """Return rows as CSV (RFC 4180), with cells that a spreadsheet cannot take for formulas."""
    text = StringIO()
    writer = csv.writer(text)
    for line in (SAVED_COLUMNS, *(saved_cells(row) for row in rows)):
        writer.writerow([_cell(cell) for cell in line])
    return text.getvalue()


def saved_cells(row: MeasurementRow) -> tuple[str, ...]:
    """Return the texts of `SAVED_COLUMNS`."""
    values, roi = row.values, row.values.roi
    length, short = (*values.lengths, None, None)[:2]
    statistics: tuple[float | None, ...] = (None,) * 5
    if roi is not None:
        statistics = (roi.mean, roi.sd, roi.minimum, roi.maximum, roi.median)
    return (
        row.kind,
        row.details,
        row.place,
        row.label,
        _number(length),
        _number(short),
        values.length_unit,
        _number(values.angle_deg),
        *(_number(value) for value in statistics),
        "" if roi is None else roi.unit or "",
        "" if roi is None else _number(roi.area_mm2),
        "" if roi is None else str(roi.n_pixels),
        row.colour.value or "standard",
        "yes" if row.locked else "no",
        "yes" if row.hidden else "no",
        "; ".join(" ".join(f"{x:.3f}" for x in point) for point in row.points_lps),
        "yes" if row.tracked else "no",
        *_follow_up_cells(row.follow_up or FollowUp()),
        values.slab,
        "" if roi is None or roi.mean is None else f"{100 * roi.share_without:.1f}",
        "" if row.instance_number is None else str(row.instance_number),
        row.sop_uid,
    )


def _follow_up_cells(follow: FollowUp) -> tuple[str, ...]:
    """Return the cells of the prior: all of the chain, its date, the days, and each change."""
    by_name = {change.name.replace("Long axis", "Length"): change for change in follow.changes}
    first = follow.earlier[0].day if follow.earlier else None
    return (
        follow.note or "; ".join(earlier.text for earlier in follow.earlier),
        "" if first is None else first.isoformat(),
        "" if follow.days is None else str(follow.days),
        *(cell for name in _CHANGES for cell in _change_cells(by_name.get(name))),
    )


def _change_cells(change: Change | None) -> tuple[str, str, str]:
    if change is None:
        return "", "", ""
    return _number(change.before), _number(change.difference), _number(change.percent)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _cell(text: str) -> str:
    """Return a cell on one line; one that starts like a formula gets an apostrophe."""
    line = " ".join(text.split())
    if not line.startswith(_FORMULA_STARTS) or _NUMBERS.fullmatch(line):
        return line
    return f"'{line}"
