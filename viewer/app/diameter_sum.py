"""The sum of the tracked diameters, and of those among them that have a prior, with its change."""

from collections.abc import Iterable

from viewer.app.mark_place import short_place
from viewer.app.measurement_table import MeasurementRow
from viewer.i18n import mark, tr, tr_n

COUNTED_KINDS = frozenset({"Length", "Bidirectional"})
_RULE = mark("Tracked distances and longest diameters count; an untracked mark (Shift+T) does not")
_MOST_IN_TIP = 20


def sum_text(rows: Iterable[MeasurementRow]) -> str:
    """Return the sum of the tracked diameters, and the change of those that have a prior.

    Only what is paired is compared, with itself: a line says how many those are. Short axes are
    summed beside: RECIST 1.1 takes them for lymph nodes, and which mark is a node, only the
    reader knows. Nothing is said about response.
    """
    counted = _counted(rows)
    units = {row.values.length_unit for row in counted}
    if not counted:
        return ""
    if len(units) > 1:
        return tr("Sum of tracked diameters: not told, the units differ")
    (unit,) = units
    text = tr(
        "Sum of tracked diameters (n = {n}): {sum:.1f} {unit}",
        n=len(counted),
        sum=sum(row.values.lengths[0] for row in counted),
        unit=unit,
    )
    short = [row.values.lengths[1] for row in counted if len(row.values.lengths) > 1]
    lines = [text, _pairs_text(counted, unit)]
    if short:
        lines.append(
            tr(
                "Sum of the short axes (n = {n}), told apart: {sum:.1f} {unit}",
                n=len(short),
                sum=sum(short),
                unit=unit,
            )
        )
    return "\n".join(line for line in lines if line)


def sum_tip(rows: Iterable[MeasurementRow]) -> str:
    """Return which marks count, one line each; paired ones with what they were before."""
    counted = _counted(rows)
    if not counted:
        return ""
    lines = [_tip_line(row) for row in counted[:_MOST_IN_TIP]]
    more = len(counted) - len(lines)
    if more:
        lines.append(tr_n("and {n} more", "and {n} more", more))
    return "\n".join([tr(_RULE), *lines])


def _counted(rows: Iterable[MeasurementRow]) -> list[MeasurementRow]:
    return [row for row in rows if row.tracked and row.kind in COUNTED_KINDS and row.values.lengths]


def _pairs_text(counted: list[MeasurementRow], unit: str) -> str:
    follows = [row.follow_up for row in counted if row.follow_up is not None]
    paired = [follow for follow in follows if follow.changes]
    if not follows:
        return ""
    if not paired:
        return tr("None of them has a prior value yet")
    now = sum(follow.changes[0].now for follow in paired)
    before = sum(follow.changes[0].before for follow in paired)
    share = f" ({100 * (now - before) / before:+.1f} %)" if before > 0 else ""
    days = {follow.days for follow in paired}
    interval = tr(", {days} days", days=days.pop()) if len(days) == 1 and None not in days else ""
    return tr(
        "With a prior (n = {n}): {now:.1f} {unit}, before {before:.1f} {unit}, "
        "change {change:+.1f} {unit}{share}{interval}",
        n=len(paired),
        now=now,
        before=before,
        unit=unit,
        change=now - before,
        share=share,
        interval=interval,
    )


def _tip_line(row: MeasurementRow) -> str:
    words = [row.value, short_place(row.place), row.label]
    if row.follow_up is not None and row.follow_up.prior is not None:
        words.append(tr("before {value}", value=row.follow_up.prior.short))
    return ", ".join(word for word in words if word)
