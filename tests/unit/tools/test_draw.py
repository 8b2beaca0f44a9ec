"""Drawing marks: drag or two clicks, live draft, Esc, undo."""

import numpy as np
import pytest

from tests.support.pointer import Reader
from viewer.core.shapes import ArrowShape, EllipseShape, LengthShape
from viewer.tools.pointer import Button

PLANES = ["axial", "coronal", "sagittal"]


def lps(reader: Reader, px) -> np.ndarray:
    return reader.plane.uv_to_lps(reader.transform.to_uv(px))


@pytest.mark.parametrize("viewport_id", PLANES)
def test_length_by_dragging(viewport_id):
    reader = Reader(viewport_id=viewport_id, tool="length")
    start, end = lps(reader, (250, 120)), lps(reader, (340, 260))
    reader.drag((250, 120), (340, 260))
    (shape,) = reader.shapes()
    assert isinstance(shape, LengthShape)
    np.testing.assert_allclose(shape.start_lps, start)
    np.testing.assert_allclose(shape.end_lps, end)
    assert shape.length_mm == pytest.approx(np.linalg.norm(end - start))
    np.testing.assert_allclose(shape.normal_lps, reader.plane.normal_lps)
    assert shape.frame_of_reference_uid == "1.2.3"
    assert shape.stack == reader.volume.stack.key
    assert reader.session.interaction.draft is None
    assert reader.session.interaction.selected == shape.uid
    assert reader.created == [shape]
    assert reader.session.undo.undo_text == "distance"


def test_length_by_two_clicks_with_a_live_draft():
    reader = Reader(tool="length")
    reader.click((250, 120))
    assert reader.hands.busy
    assert reader.shapes() == []
    reader.move((300, 200), Button.NONE)
    draft = reader.session.interaction.draft
    assert isinstance(draft, LengthShape)
    np.testing.assert_allclose(draft.end_lps, lps(reader, (300, 200)))
    reader.click((340, 260))
    (shape,) = reader.shapes()
    np.testing.assert_allclose(shape.points_lps[1], lps(reader, (340, 260)))
    assert shape.uid == draft.uid
    assert not reader.hands.busy


def test_drag_is_one_undo_step():
    reader = Reader(tool="length")
    reader.drag((250, 120), (340, 260), steps=20)
    reader.session.undo.undo()
    assert reader.shapes() == []
    assert reader.session.undo.undo_text is None
    reader.session.undo.redo()
    assert len(reader.shapes()) == 1


@pytest.mark.parametrize("tool", ["length", "ellipse", "arrow"])
def test_escape_drops_the_draft(tool):
    reader = Reader(tool=tool)
    reader.press((250, 120))
    reader.move((340, 260))
    assert reader.session.interaction.draft is not None
    assert reader.hands.cancel()
    assert reader.session.interaction.draft is None
    reader.release((340, 260))
    assert reader.shapes() == []
    reader.click((250, 120))
    reader.hands.cancel()
    reader.drag((100, 120), (140, 260))
    assert len(reader.shapes()) == 1


@pytest.mark.parametrize("tool", ["length", "ellipse", "arrow"])
def test_two_clicks_on_one_place_make_nothing(tool):
    reader = Reader(tool=tool)
    reader.click((250, 120))
    reader.click((251, 120))
    assert reader.shapes() == []
    assert not reader.hands.busy


@pytest.mark.parametrize("viewport_id", PLANES)
@pytest.mark.parametrize("swap", [False, True])
def test_ellipse_fills_the_rectangle(viewport_id, swap):
    reader = Reader(viewport_id=viewport_id, tool="ellipse")
    corners = [(250, 120), (350, 160)]
    reader.drag(*(reversed(corners) if swap else corners))
    (shape,) = reader.shapes()
    assert isinstance(shape, EllipseShape)
    scale = reader.transform.mm_per_px
    np.testing.assert_allclose(shape.center, lps(reader, (300, 140)))
    np.testing.assert_allclose(shape.half_axis_u, 50 * scale * reader.plane.u_lps, atol=1e-9)
    np.testing.assert_allclose(shape.half_axis_v, 20 * scale * reader.plane.v_lps, atol=1e-9)


def test_a_flat_ellipse_is_none():
    reader = Reader(tool="ellipse")
    reader.drag((250, 120), (350, 121))
    assert reader.shapes() == []


def test_arrow_points_at_the_first_point():
    reader = Reader(tool="arrow")
    tip = lps(reader, (250, 120))
    reader.drag((250, 120), (340, 260))
    (shape,) = reader.shapes()
    assert isinstance(shape, ArrowShape)
    np.testing.assert_allclose(shape.tip_lps, tip)
    assert shape.text == ""


def test_scrolling_away_in_the_middle_makes_no_mark_through_slices():
    reader = Reader(tool="length")
    reader.press((250, 120))
    reader.move((300, 200))
    reader.session.viewports["axial"].index = 5
    reader.move((310, 200))
    assert reader.session.interaction.draft is None
    reader.release((310, 200))
    assert reader.shapes() == []


def test_the_next_click_in_another_viewport_drops_the_draft():
    reader = Reader(tool="length")
    reader.click((250, 120))
    reader.viewport_id = "coronal"
    reader.click((300, 200))
    assert reader.shapes() == []
    assert not reader.hands.busy


def test_other_buttons_do_not_disturb_a_gesture():
    reader = Reader(tool="length")
    reader.press((250, 120))
    reader.move((300, 200))
    reader.press((300, 200), Button.RIGHT, "zoom")
    reader.release((300, 200), Button.RIGHT)
    assert reader.session.interaction.draft is not None
    reader.move((340, 260))
    reader.release((340, 260))
    assert len(reader.shapes()) == 1
