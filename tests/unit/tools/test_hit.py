"""Which mark is under the pointer: grips first, the selected one first, nearest wins."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.volumes import make_geometry, make_volume
from viewer.core.label_box import LabelBox
from viewer.core.plane import Orientation, slice_plane
from viewer.core.shapes import EllipseShape, LengthShape, TextShape
from viewer.core.study import StackKey
from viewer.tools.hit import DRAWING, Hit, belongs_to, hit_test, lies_in

GEOMETRY = make_geometry()
PLANE = slice_plane(GEOMETRY, Orientation.AXIAL, 3)
KEY = StackKey("9.8.7", 0)


def point(u, v):
    x, y, z = PLANE.uv_to_lps((u, v))
    return float(x), float(y), float(z)


def length(a, b, uid="a", **changes) -> LengthShape:
    facts = {"frame_of_reference_uid": "1.2.3", "stack": KEY, "normal_lps": (0.0, 0.0, 1.0)}
    return LengthShape(start_lps=point(*a), end_lps=point(*b), uid=uid, **{**facts, **changes})


def found(*arguments, **options) -> Hit:
    hit = hit_test(*arguments, **options)
    assert hit is not None
    return hit


def test_grip_before_line_and_nothing_far_away():
    shape = length((1, 1), (5, 1))
    assert found([shape], PLANE, (1.2, 1.0), 0.1).handle == 0
    assert found([shape], PLANE, (4.9, 1.3), 0.1).handle == 1
    assert found([shape], PLANE, (3.0, 1.3), 0.1).handle is None
    assert hit_test([shape], PLANE, (3.0, 1.9), 0.1) is None


def test_radius_is_in_pixels_at_every_zoom():
    shape = length((1, 1), (5, 1))
    assert hit_test([shape], PLANE, (3.0, 1.3), 0.1) is not None
    assert hit_test([shape], PLANE, (3.0, 1.3), 0.01) is None
    assert hit_test([shape], PLANE, (3.0, 4.0), 1.0) is not None


def test_the_nearest_and_the_selected_win():
    one, two = length((1, 1), (5, 1), "one"), length((1, 1.4), (5, 1.4), "two")
    assert found([one, two], PLANE, (3, 1.1), 0.1).shape.uid == "one"
    assert found([one, two], PLANE, (3, 1.3), 0.1).shape.uid == "two"
    assert found([one, two], PLANE, (1, 1.15), 0.1).shape.uid == "one"
    assert found([one, two], PLANE, (1, 1.15), 0.1, selected="two").shape.uid == "two"


@given(st.floats(0, 2 * np.pi), st.floats(0.2, 5), st.floats(0.2, 5))
def test_an_ellipse_is_hit_on_its_outline(angle, a, b):
    ellipse = EllipseShape(
        frame_of_reference_uid="1.2.3",
        stack=KEY,
        normal_lps=(0.0, 0.0, 1.0),
        center=point(2, 3),
        half_axis_u=tuple(a * PLANE.u_lps),
        half_axis_v=tuple(b * PLANE.v_lps),
    )
    on_line = (2 + a * np.cos(angle), 3 + b * np.sin(angle))
    assert hit_test([ellipse], PLANE, on_line, 0.02) is not None
    if min(a, b) > 1:
        assert hit_test([ellipse], PLANE, (2, 3), 0.02) is None


def test_a_point_like_mark_is_hit_without_warnings():
    assert found([length((1, 1), (1, 1))], PLANE, (1.05, 1), 0.1).handle == 0


@pytest.mark.parametrize(("w_mm", "inside"), [(0.0, True), (1.25, True), (1.3, False)])
def test_half_a_slice_is_within(w_mm, inside):
    shift = w_mm * PLANE.normal_lps
    shape = LengthShape(
        frame_of_reference_uid="1.2.3",
        stack=KEY,
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=tuple(np.asarray(point(1, 1)) + shift),
        end_lps=tuple(np.asarray(point(3, 1)) + shift),
    )
    assert lies_in(shape, make_volume(GEOMETRY), PLANE) is inside


def test_frame_of_reference_or_stack_joins_mark_and_volume():
    volume = make_volume(GEOMETRY)
    other = StackKey("5.5", 0)
    assert belongs_to(length((1, 1), (2, 2)), volume)
    assert belongs_to(length((1, 1), (2, 2), stack=other), volume)
    assert not belongs_to(length((1, 1), (2, 2), stack=other, frame_of_reference_uid="7"), volume)
    assert not belongs_to(length((1, 1), (2, 2), stack=other, frame_of_reference_uid=""), volume)
    assert belongs_to(length((1, 1), (2, 2), frame_of_reference_uid=""), volume)


def test_a_text_is_hit_after_the_grips_and_before_the_lines():
    one, two = length((1, 1), (5, 1), "one"), length((1, 2), (5, 2), "two")
    label = LabelBox("two", 0.0, 0.0, 60.0, 20.0)
    hit = found([one, two], PLANE, (3, 1), 0.1, label=label)
    assert (hit.shape.uid, hit.handle, hit.label) == ("two", None, label)
    assert found([one, two], PLANE, (1, 1), 0.1, label=label) == Hit(one, 0)
    assert found([one, two], PLANE, (3, 1), 0.1) == Hit(one, None)
    assert found([one], PLANE, (3, 1), 0.1, label=label) == Hit(one, None)  # two is hidden
    both, far = [one, two], (30.0, 30.0)
    assert found(both, PLANE, far, 0.1, label=label) == Hit(two, None, label)
    # A drawing tool draws, but for the label of what is selected.
    assert hit_test(both, PLANE, far, 0.1, reach=DRAWING, label=label) is None
    assert hit_test(both, PLANE, far, 0.1, "one", DRAWING, label) is None
    assert found(both, PLANE, far, 0.1, "two", DRAWING, label) == Hit(two, None, label)


def test_the_words_of_a_text_are_the_mark_itself():
    facts: dict[str, Any] = {
        "frame_of_reference_uid": "1.2.3",
        "stack": KEY,
        "normal_lps": (0.0, 0.0, 1.0),
    }
    text = TextShape(point_lps=point(1, 1), uid="t", text="words", **facts)
    label = LabelBox("t", 0.0, 0.0, 60.0, 20.0)
    assert found([text], PLANE, (30, 30), 0.1, label=label) == Hit(text, None)
