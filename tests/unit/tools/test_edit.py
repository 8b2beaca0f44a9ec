"""Changing marks: grips, moving by the line, selection, one undo step."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.pointer import Reader
from viewer.core.label_box import LabelBox, center_after
from viewer.core.shapes import ArrowShape, EllipseShape, LengthShape
from viewer.tools.edit import LOCKED_TEXT, TOO_SMALL_TEXT
from viewer.tools.pointer import Button


def drawn(tool: str, start=(250, 120), end=(350, 220), **changes) -> Reader:
    reader = Reader(tool=tool, **changes)
    reader.drag(start, end)
    reader.tool = "window"
    return reader


@pytest.mark.parametrize("active", ["window", "length", "ellipse", "arrow"])
def test_a_grip_is_dragged_with_any_drawing_tool(active):
    reader = drawn("length")
    (before,) = reader.shapes()
    reader.tool = active
    reader.drag((352, 222), (392, 182))
    (after,) = reader.shapes()
    assert isinstance(before, LengthShape)
    assert isinstance(after, LengthShape)
    assert after.uid == before.uid
    assert after.start_lps == before.start_lps
    assert reader.px_of(after.end_lps) == pytest.approx((390, 180))
    assert reader.session.undo.undo_text == "changing a mark"
    reader.session.undo.undo()
    assert reader.shapes() == [before]


@pytest.mark.parametrize("tool", ["length", "arrow"])
def test_the_line_moves_the_whole_mark(tool):
    reader = drawn(tool)
    (before,) = reader.shapes()
    reader.drag((300, 170), (320, 150))
    (after,) = reader.shapes()
    way = np.subtract(after.points_lps, before.points_lps)
    np.testing.assert_allclose(way[0], way[1], atol=1e-9)
    assert reader.px_of(after.points_lps[0]) == pytest.approx((270, 100))
    assert reader.session.undo.undo_text == "moving a mark"


def test_the_tip_of_an_arrow_moves_alone():
    reader = drawn("arrow")
    reader.drag((250, 120), (240, 100))
    (after,) = reader.shapes()
    assert isinstance(after, ArrowShape)
    assert reader.px_of(after.tip_lps) == pytest.approx((240, 100))
    assert reader.px_of(after.tail_lps) == pytest.approx((350, 220))


@pytest.mark.parametrize(
    ("grip", "target", "box"),
    [
        ((350, 170), (380, 171), (250, 120, 380, 220)),  # +u
        ((300, 220), (310, 240), (250, 120, 350, 240)),  # +v
        ((250, 170), (270, 100), (270, 120, 350, 220)),  # -u
        ((300, 120), (300, 90), (250, 90, 350, 220)),  # -v
    ],
)
@pytest.mark.parametrize("viewport_id", ["axial", "coronal", "sagittal"])
def test_an_ellipse_grip_moves_its_side_only(grip, target, box, viewport_id):
    reader = drawn("ellipse", viewport_id=viewport_id)
    reader.drag(grip, target)
    (after,) = reader.shapes()
    points = [reader.px_of(p) for p in after.points_lps]
    left, top, right, bottom = box
    assert max(p[0] for p in points) == pytest.approx(right)
    assert min(p[0] for p in points) == pytest.approx(left)
    assert max(p[1] for p in points) == pytest.approx(bottom)
    assert min(p[1] for p in points) == pytest.approx(top)


def test_an_ellipse_does_not_collapse_or_turn_over():
    reader = drawn("ellipse")
    reader.drag((350, 170), (20, 170))
    (after,) = reader.shapes()
    assert isinstance(after, EllipseShape)
    assert float(np.dot(after.half_axis_u, reader.plane.u_lps)) > 0


def test_an_ellipse_moves_by_its_outline():
    reader = drawn("ellipse")
    (before,) = reader.shapes()
    assert isinstance(before, EllipseShape)
    edge = (300 + 50 * np.cos(0.7), 170 + 50 * np.sin(0.7))
    reader.drag(edge, (edge[0] + 30, edge[1] + 5))
    (after,) = reader.shapes()
    assert isinstance(after, EllipseShape)
    assert after.half_axis_u == before.half_axis_u
    assert reader.px_of(after.center) == pytest.approx((330, 175))


def test_the_inside_of_an_ellipse_is_free_for_window_and_level():
    reader = drawn("ellipse")
    reader.tool = "window"
    reader.drag((300, 170), (340, 170))
    assert reader.session.display.window.width > 400


def test_a_click_selects_and_a_click_beside_deselects():
    reader = drawn("length")
    (shape,) = reader.shapes()
    reader.tool = "window"
    reader.click((100, 300))
    assert reader.session.interaction.selected == ""
    reader.click((300, 172))
    assert reader.session.interaction.selected == shape.uid
    assert reader.shapes() == [shape]
    assert reader.session.undo.undo_text == "distance"


@pytest.mark.parametrize("tool", ["pan", "zoom", "scroll", "crosshair"])
def test_navigation_goes_over_marks(tool):
    reader = drawn("length")
    before = reader.shapes()
    reader.tool = tool
    reader.drag((300, 170), (320, 150))
    assert reader.shapes() == before


def test_escape_puts_the_mark_back():
    reader = drawn("length")
    before = reader.shapes()
    reader.press((350, 220))
    reader.move((390, 180))
    draft = reader.session.interaction.draft
    assert draft is not None
    assert draft.uid == before[0].uid
    reader.hands.cancel()
    reader.release((390, 180))
    assert reader.shapes() == before
    assert reader.session.undo.undo_text == "distance"


def test_hover_names_the_mark_and_the_pointer_shows_it():
    reader = drawn("length")
    reader.tool = "window"
    reader.move((300, 171), Button.NONE)
    assert reader.session.interaction.hovered == reader.shapes()[0].uid
    assert reader.hands.cursor("window", reader.context) == "move"
    assert reader.hands.cursor("pan", reader.context) == "hand"
    reader.move((100, 300), Button.NONE)
    assert reader.session.interaction.hovered == ""
    assert reader.hands.cursor("length", reader.context) == "cross"


def test_marks_of_other_slices_are_not_hit():
    reader = drawn("length")
    reader.session.viewports["axial"].index = 4
    reader.tool = "window"
    reader.click((300, 170))
    assert reader.session.interaction.selected == ""


def test_scrolling_in_the_middle_keeps_the_mark_in_its_slice():
    reader = drawn("length")
    (before,) = reader.shapes()
    reader.press((350, 220))
    reader.session.viewports["axial"].index = 5
    reader.move((390, 180))
    reader.release((390, 180))
    (after,) = reader.shapes()
    assert after.points_lps[1][2] == pytest.approx(before.points_lps[1][2])
    assert after != before


def test_reset_forgets_a_gesture_of_a_volume_that_is_gone():
    reader = Reader(tool="length")
    reader.click((250, 120))
    reader.hands.reset()
    reader.drag((250, 120), (350, 220))
    assert len(reader.shapes()) == 1


def test_a_locked_mark_is_selected_but_stays_and_that_is_told_once():
    reader = drawn("length")
    (shape,) = reader.shapes()
    locked = replace(shape, locked=True)
    reader.session.document.put(locked)
    told: list[str] = []
    reader.session.told.connect(told.append)
    reader.session.interaction.selected = ""
    reader.drag((350, 220), (390, 180), steps=9)
    assert reader.shapes() == [locked]
    assert reader.session.interaction.selected == shape.uid
    assert told == [LOCKED_TEXT]
    assert reader.session.undo.undo_text == "distance"


def test_a_hidden_mark_is_not_in_the_way():
    reader = drawn("length")
    (shape,) = reader.shapes()
    reader.session.document.put(replace(shape, hidden=True))
    reader.tool = "window"
    reader.click((300, 170))
    assert reader.session.interaction.selected == ""


def test_every_corner_of_a_polygon_moves_alone_and_its_inside_is_free():
    reader = Reader(tool="polygon")
    corners = [(200, 100), (300, 110), (290, 200), (190, 190)]
    for px in corners:
        reader.click(px)
    reader.hands.complete()
    reader.tool = "window"
    reader.drag((290, 200), (320, 230))
    (shape,) = reader.shapes()
    moved = [*corners[:2], (320, 230), corners[3]]
    for point, px in zip(shape.points_lps, moved, strict=True):
        assert reader.px_of(point) == pytest.approx(px)
    reader.drag((250, 150), (280, 150))
    assert reader.shapes() == [shape]
    assert reader.session.display.window.width > 400


@pytest.mark.parametrize(
    ("press", "is_new"), [((300, 170), True), ((257, 120), True), ((253, 122), False)]
)
def test_while_a_tool_draws_only_a_grip_itself_is_taken(press, is_new):
    reader = drawn("length")
    (before,) = reader.shapes()
    reader.tool = reader.session.interaction.tool = "length"
    reader.session.interaction.selected = ""
    reader.move(press, Button.NONE)
    assert (reader.session.interaction.hovered == "") is is_new
    assert (reader.hands.cursor("length", reader.context) == "cross") is is_new
    reader.drag(press, (press[0], press[1] + 60))
    assert len(reader.shapes()) == (2 if is_new else 1)
    assert (before in reader.shapes()) is is_new


def test_a_locked_mark_is_not_in_the_way_of_a_new_one():
    reader = drawn("length")
    (before,) = reader.shapes()
    reader.session.document.put(replace(before, locked=True))
    reader.tool = "length"
    reader.drag((250, 120), (250, 220))
    assert len(reader.shapes()) == 2


@pytest.mark.parametrize("tool", ["length", "arrow"])
def test_a_mark_is_not_dragged_to_nothing(tool):
    reader = drawn(tool)
    (before,) = reader.shapes()
    told: list[str] = []
    reader.session.told.connect(told.append)
    reader.drag((350, 220), (250, 120))
    assert reader.shapes() == [before]
    assert told == [TOO_SMALL_TEXT]
    assert reader.session.undo.undo_text != "changing a mark"


BOX = (362.0, 205.0, 452.0, 235.0)


def labelled(tool: str = "length", **changes) -> Reader:
    """A mark from (250, 120) to (350, 220), with its text beside the end."""
    reader = drawn(tool, **changes)
    reader.labels = (LabelBox(reader.shapes()[0].uid, *BOX),)
    return reader


def painted_center(reader: Reader, shape) -> tuple[float, float]:
    """Where the painter has the middle of the box, by the formula of `center_after`."""
    way = np.asarray(shape.label_way_lps)
    way_px = way @ np.stack([reader.plane.u_lps, reader.plane.v_lps], axis=1)
    way_px = way_px / reader.transform.mm_per_px
    x, y = center_after((way_px[0], way_px[1]), (45.0, 15.0))
    anchor = reader.px_of(shape.label_anchor_lps)
    return anchor[0] + x, anchor[1] + y


@pytest.mark.parametrize("viewport_id", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("active", ["window", "length", "ellipse"])
@pytest.mark.parametrize("end", [(480, 90), (130, 300), (300, 170), (400, 221)])
def test_a_label_goes_with_the_pointer_as_one_step(viewport_id, active, end):
    reader = labelled(viewport_id=viewport_id)
    (before,) = reader.shapes()
    reader.tool = active
    reader.drag((400, 220), end, steps=7)
    (after,) = reader.shapes()
    if end == (400, 221):  # a trembling hand is no drag
        assert after == before
        return
    assert replace(after, label_way_lps=None) == before
    middle = (407 + end[0] - 400, 220 + end[1] - 220)
    assert painted_center(reader, after) == pytest.approx(middle)
    assert np.asarray(after.label_way_lps) @ reader.plane.normal_lps == pytest.approx(0, abs=1e-9)
    assert reader.session.undo.undo_text == "moving a label"
    reader.session.undo.undo()
    assert reader.shapes() == [before]


@pytest.mark.parametrize("active", ["length", "ellipse", "text"])
def test_a_drawing_tool_draws_over_the_label_of_a_mark_that_is_not_selected(active):
    reader = labelled()
    (before,) = reader.shapes()
    reader.tool = reader.session.interaction.tool = active
    reader.session.interaction.selected = ""
    reader.move((400, 220), Button.NONE)
    assert reader.session.interaction.hovered == ""
    assert reader.hands.cursor(active, reader.context) == "cross"
    reader.drag((400, 220), (480, 290), steps=7)
    assert reader.shapes()[0] == before
    assert len(reader.shapes()) == 2


def test_a_label_that_was_moved_is_moved_on_and_goes_with_its_mark():
    reader = labelled()
    reader.drag((400, 220), (480, 90))
    (first,) = reader.shapes()
    x, y = painted_center(reader, first)
    reader.labels = (LabelBox(first.uid, x - 45, y - 15, x + 45, y + 15),)
    reader.drag((x + 9, y), (x + 29, y + 60))
    (second,) = reader.shapes()
    assert painted_center(reader, second) == pytest.approx((x + 20, y + 60))
    reader.labels = ()
    reader.drag((300, 170), (320, 150))
    (third,) = reader.shapes()
    assert third.label_way_lps == second.label_way_lps
    assert painted_center(reader, third) == pytest.approx((x + 40, y + 40))


def test_a_label_is_not_dragged_out_of_view():
    reader = labelled()
    reader.drag((400, 220), (2000, -500))
    assert painted_center(reader, reader.shapes()[0]) == pytest.approx((600 - 49, 19))


def test_the_label_of_a_locked_mark_stays_and_tells_why():
    reader = labelled()
    (shape,) = reader.shapes()
    reader.session.document.put(replace(shape, locked=True))
    told: list[str] = []
    reader.session.told.connect(told.append)
    reader.move((400, 220), Button.NONE)
    assert reader.hands.cursor("window", reader.context) == "move"
    reader.drag((400, 220), (480, 90))
    assert reader.shapes()[0].label_way_lps is None
    assert told == [LOCKED_TEXT]


def test_a_label_shows_a_hand_and_a_click_selects_its_mark():
    reader = labelled()
    reader.session.interaction.selected = ""
    reader.move((400, 220), Button.NONE)
    assert reader.session.interaction.hovered == reader.shapes()[0].uid
    assert reader.hands.cursor("window", reader.context) == "hand"
    reader.press((400, 220))
    assert reader.hands.cursor("window", reader.context) == "hand"
    reader.release((400, 220))
    assert reader.session.interaction.selected == reader.shapes()[0].uid
    assert reader.session.undo.undo_text == "distance"
    reader.move((300, 170), Button.NONE)
    assert reader.hands.cursor("window", reader.context) == "move"


def test_escape_puts_a_label_back_where_it_was():
    reader = labelled()
    before = reader.shapes()
    reader.press((400, 220))
    reader.move((300, 60))
    assert reader.session.interaction.draft is not None
    reader.hands.cancel()
    assert reader.session.interaction.draft is None
    assert reader.shapes() == before


def test_the_words_of_a_text_move_the_mark():
    reader = labelled("text", start=(250, 120), end=(250, 120))
    (before,) = reader.shapes()
    reader.drag((400, 220), (410, 250))
    (after,) = reader.shapes()
    assert after.label_way_lps is None
    x, y = reader.px_of(before.center_lps)
    assert reader.px_of(after.center_lps) == pytest.approx((x + 10, y + 30))
