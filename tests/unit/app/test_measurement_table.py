"""Order, sum and changes of the rows of the measurements; hundreds of them are made at once."""

import time
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from tests.support.volumes import make_volume
from viewer.app.change import Change, Earlier, FollowUp, changes, follow_up
from viewer.app.mark_values import MarkValues
from viewer.app.measurement_table import (
    CHANGE,
    COLUMNS,
    DAYS,
    LABEL,
    PLACE,
    PRIOR,
    TRACKED,
    TYPE,
    VALUE,
    MeasurementRow,
    Order,
    RowMaker,
    sorted_rows,
)
from viewer.app.roi_cache import RoiCache
from viewer.core.document import AnnotationDocument
from viewer.core.shapes import AnyShape, EllipseShape, LengthShape, PriorMark, as_point
from viewer.imaging.roi import RoiStatistics

VOLUME = make_volume()


def length(value, uid="", short=(), kind="Length", **more):
    values = MarkValues(f"{value} mm", f"{value} mm", (value, *short), "mm")
    return MeasurementRow(
        uid or str(value), kind, values.short, "", "Axial 3", "", values=values, **more
    )


def followed(row, before, days=None, short=()):
    prior = MarkValues("", f"{before} mm", (before, *short), "mm")
    found = FollowUp((Earlier(prior),), changes(row.values, prior), days)
    return replace(row, follow_up=found)


def uids(rows, column, descending=False):
    return [row.uid for row in sorted_rows(rows, Order(column, descending))]


def test_numbers_sort_as_numbers_and_what_is_empty_comes_last():
    rows = [length(9.5), MeasurementRow("text", "Text", "", "", "Axial 1", "x"), length(10.5)]
    assert uids(rows, VALUE) == ["9.5", "10.5", "text"]
    assert uids(rows, VALUE, descending=True) == ["10.5", "9.5", "text"]
    assert uids(rows, "") == ["9.5", "text", "10.5"]


def test_each_column_has_its_order():
    one = replace(length(3.0, "one"), slice_number=12, label="b", place="Axial 12")
    two = replace(length(4.0, "two"), slice_number=9, label="A", place="Axial 9", tracked=False)
    three = replace(length(5.0, "three", kind="Angle"), place="Coronal 2", slice_number=2)
    rows = [followed(one, 2.0, 90), followed(two, 5.0, 9), three]
    assert uids(rows, PLACE) == ["two", "one", "three"]
    assert uids(rows, LABEL) == ["two", "one", "three"]
    assert uids(rows, TYPE) == ["three", "one", "two"]
    assert uids(rows, TRACKED) == ["one", "three", "two"]
    assert uids(rows, PRIOR) == ["one", "two", "three"]
    assert uids(rows, CHANGE) == ["two", "one", "three"]  # -20 %, +50 %
    assert uids(rows, DAYS) == ["two", "one", "three"]
    assert all(sorted_rows(rows, Order(column)) for column in COLUMNS)


def test_a_heading_sorts_up_then_down_then_as_made():
    first = Order().after_click(VALUE)
    second = first.after_click(VALUE)
    assert (first, second) == (Order(VALUE), Order(VALUE, descending=True))
    assert second.after_click(VALUE) == Order()
    assert second.after_click(TYPE) == Order(TYPE)


def test_changes_are_those_of_the_numbers():
    now = MarkValues(lengths=(23.0, 11.0), length_unit="mm")
    before = MarkValues(lengths=(20.0, 12.5), length_unit="mm")
    long_axis, short_axis = changes(now, before)
    assert (long_axis.name, long_axis.text) == ("Long axis", "+3.0 mm (+15.0 %)")
    assert (short_axis.name, short_axis.text) == ("Short axis", "-1.5 mm (-12.0 %)")
    (only,) = changes(now, MarkValues(lengths=(20.0,), length_unit="mm"))
    assert only.name == "Long axis"
    assert changes(now, MarkValues(lengths=(20.0,), length_unit="px")) == ()


def test_hounsfield_units_have_no_per_cent():
    def roi(mean, area, unit):
        statistics = RoiStatistics(mean, 1.0, 0.0, 900.0, mean, area, 9, unit)
        return MarkValues(roi=statistics)

    area, mean = changes(roi(60.0, 110.0, "HU"), roi(40.0, 100.0, "HU"))
    assert area.text == "+10.0 mm² (+10.0 %)"
    assert mean.text == "+20.0 HU"
    uptake = changes(roi(3.0, None, "SUVbw"), roi(2.0, None, "SUVbw"))[0]
    assert uptake.percent == pytest.approx(50)
    assert changes(roi(3.0, None, "HU"), roi(2.0, None, "SUVbw")) == ()
    assert Change("Length", 3.0, 0.0, "mm").percent is None


class Book:
    """Earlier marks from a table; each measures what stands there."""

    def __init__(self, marks, numbers, days):
        self.marks, self.numbers, self.days = marks, numbers, days

    def find(self, prior):
        return self.marks.get(prior)

    def is_reading(self, series_uid):
        return False

    def values(self, series_uid, shape):
        value = self.numbers[shape.uid]
        return MarkValues("", f"{value} mm", (value,), "mm")

    def day(self, series_uid):
        return self.days.get(series_uid)


def mark(uid, follows=None):
    return LengthShape(
        frame_of_reference_uid="1.2.3",
        stack=VOLUME.stack.key,
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=(0.0, 0.0, 0.0),
        end_lps=(5.0, 0.0, 0.0),
        uid=uid,
        follows=follows,
    )


def test_a_chain_of_priors_ends_also_where_it_bites_its_tail():
    first, second = PriorMark("s1", "a"), PriorMark("s2", "b")
    marks = {first: mark("a", second), second: mark("b", first)}
    days = {"s1": date(2020, 2, 20), "s2": date(2019, 12, 1)}
    book = Book(marks, {"a": 8.0, "b": 6.0}, days)
    now = MarkValues("", "10 mm", (10.0,), "mm")
    found = follow_up(mark("c", first), now, date(2020, 3, 1), book)
    assert found is not None
    assert [earlier.text for earlier in found.earlier] == [
        "2020-02-20: 8.0 mm",
        "2019-12-01: 6.0 mm",
    ]
    assert (found.days, found.change_text) == (10, "+2.0 mm (+25.0 %)")  # 2020 has a 29 February
    masked = follow_up(mark("c", first), now, date(2020, 3, 1), book, dated=False)
    assert masked is not None
    assert "2020" not in masked.details
    assert masked.days == 10
    assert follow_up(mark("c"), now, None, book) is None


def test_a_thousand_marks_fill_and_sort_within_a_tenth_of_a_second():
    rng = np.random.default_rng(3)
    shapes: list[AnyShape] = []
    for number in range(1000):
        z, y, x = rng.integers(1, (6, 8, 10))
        point = as_point(VOLUME.geometry.index_to_lps((z, y, x)))
        place: dict[str, Any] = {"frame_of_reference_uid": "1.2.3", "stack": VOLUME.stack.key}
        end = (point[0] + rng.uniform(1, 9), point[1], point[2])
        if number % 4:
            shapes.append(
                LengthShape(start_lps=point, end_lps=end, normal_lps=(0.0, 0.0, 1.0), **place)
            )
        else:
            axes: dict[str, Any] = {"half_axis_u": (2.0, 0.0, 0.0), "half_axis_v": (0.0, 1.0, 0.0)}
            shapes.append(EllipseShape(center=point, normal_lps=(0.0, 0.0, 1.0), **axes, **place))
    document, maker = AnnotationDocument("9.8.7", tuple(shapes)), RowMaker(RoiCache())
    turns = 1
    while maker.rows(document, VOLUME, loaded=True, budget_s=0.01) and not maker.is_complete:
        turns += 1
    assert 1 < turns < 500
    changed = replace(shapes[7], label="other")
    document.put(changed)
    started = time.thread_time()
    rows = sorted_rows(maker.rows(document, VOLUME, loaded=True), Order(VALUE))
    assert time.thread_time() - started < 0.1  # of work, on a busy machine, too
    assert len(rows) == 1000
    assert any(row.label == "other" for row in rows)
    numbers = [row.values.lengths[0] for row in rows if row.kind == "Length"]
    assert numbers == sorted(numbers)
