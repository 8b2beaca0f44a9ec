"""Boxes of texts: the side that faces the mark is held, and a way and a place say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.core.label_box import LabelBox, center_after, label_at, way_to

PIXELS = st.floats(-3000, 3000)
HALVES = st.tuples(st.floats(3, 300), st.floats(3, 100))


@given(PIXELS, PIXELS, HALVES)
def test_a_way_and_a_place_say_the_same(x, y, half):
    assert way_to(center_after((x, y), half), half) == pytest.approx((x, y), abs=1e-6)
    assert center_after(way_to((x, y), half), half) == pytest.approx((x, y), abs=1e-6)


@given(PIXELS, PIXELS, HALVES)
def test_a_mirrored_way_leads_to_the_mirrored_place(x, y, half):
    one, other = center_after((x, y), half), center_after((-x, y), half)
    assert other == pytest.approx((-one[0], one[1]))


@pytest.mark.parametrize("zoom", [0.6, 1.0, 2.5])
@pytest.mark.parametrize("half", [(60.0, 10.0), (25.0, 10.0)])
def test_the_side_that_faces_the_mark_is_held_at_every_zoom_and_for_every_text(zoom, half):
    for sign in (-1, 1):
        x, y = center_after((sign * 40 * zoom, 0.0), half)
        assert y == 0.0
        assert sign * x - half[0] == pytest.approx(40 * zoom)
        x, y = center_after((sign * 30 * zoom, sign * -50 * zoom), half)
        assert (sign * x - half[0], sign * -y - half[1]) == pytest.approx((30 * zoom, 50 * zoom))


def test_the_box_painted_last_is_on_top():
    boxes = (LabelBox("a", 0, 0, 20, 10), LabelBox("b", 10, 5, 30, 15))
    assert label_at(boxes, (5, 5)) == boxes[0]
    assert label_at(boxes, (15, 7)) == boxes[1]
    assert label_at(boxes, (25, 2)) is None
    assert (boxes[1].center, boxes[1].half) == ((20, 10), (10, 5))
