"""Drawing marks: drag or two clicks, live draft, Esc, undo."""

import numpy as np
import pytest

from tests.support.pointer import Reader
from viewer.app.actions import ACTIONS
from viewer.app.mark_values import mark_values
from viewer.app.roi_cache import RoiCache
from viewer.core.shapes import (
    ArrowShape,
    CircleShape,
    EllipseShape,
    FreehandShape,
    LengthShape,
)
from viewer.tools.hands import Hands
from viewer.tools.kinds import MARK_KINDS
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


def placed(reader: Reader, *pxs) -> np.ndarray:
    return np.asarray([lps(reader, px) for px in pxs])


KINDS = [kind.id for kind in MARK_KINDS]
WAY = [(200, 120), (260, 130), (250, 200), (180, 190)]


def test_every_kind_has_a_tool_and_every_tool_id_an_action():
    tools = {spec.tool for spec in ACTIONS if spec.tool}
    assert tools == set(Hands().tool_ids)
    assert set(KINDS) <= tools


@pytest.mark.parametrize("viewport_id", PLANES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_on_its_plane_and_undone_in_one_step(kind, viewport_id):
    reader = Reader(viewport_id=viewport_id, tool=kind)
    if kind == "freehand":
        reader.press(WAY[0])
        for px in [*WAY[1:], (190, 130)]:
            reader.move(px)
        reader.release((190, 130))
    else:
        points = next(k.points for k in MARK_KINDS if k.id == kind)
        for px in WAY[: points or 4]:
            reader.click(px)
        reader.hands.complete()
    (shape,) = reader.shapes()
    assert not reader.hands.busy
    depth = reader.plane.lps_to_uvw(np.concatenate(shape.outlines_lps))[:, 2]
    np.testing.assert_allclose(depth, 0, atol=1e-9)
    np.testing.assert_allclose(shape.normal_lps, reader.plane.normal_lps)
    assert reader.created == [shape]
    reader.session.undo.undo()
    assert reader.shapes() == []
    assert reader.session.undo.undo_text is None


def test_two_diameters_by_a_drag_and_a_click():
    reader = Reader(tool="bidirectional")
    reader.drag((200, 100), (300, 100))
    assert reader.hands.busy
    reader.move((240, 130), Button.NONE)
    assert reader.session.interaction.draft is not None
    reader.click((240, 130))
    (shape,) = reader.shapes()
    expected = placed(reader, (200, 100), (300, 100), (240, 130), (240, 70))
    ends = np.asarray(shape.points_lps)
    np.testing.assert_allclose(ends[:2], expected[:2], atol=1e-9)
    np.testing.assert_allclose(sorted(map(tuple, ends[2:])), sorted(map(tuple, expected[2:])))


@pytest.mark.parametrize("dragged", [True, False])
def test_angle_by_dragging_a_leg_or_by_three_clicks(dragged):
    reader = Reader(tool="angle")
    if dragged:
        reader.drag((200, 100), (250, 150))
    else:
        reader.click((200, 100))
        reader.click((250, 150))
    reader.click((300, 100))
    (shape,) = reader.shapes()
    np.testing.assert_allclose(shape.points_lps, placed(reader, (200, 100), (250, 150), (300, 100)))
    assert mark_values(shape, reader.volume, RoiCache()).angle_deg == pytest.approx(90)


def test_cobb_by_two_drags():
    reader = Reader(tool="cobb")
    reader.drag((200, 100), (300, 110))
    reader.drag((210, 200), (310, 180))
    (shape,) = reader.shapes()
    expected = placed(reader, (200, 100), (300, 110), (210, 200), (310, 180))
    np.testing.assert_allclose(shape.points_lps, expected)


@pytest.mark.parametrize("ending", ["double", "complete", "first"])
@pytest.mark.parametrize("kind", ["polyline", "polygon"])
def test_any_number_of_points_and_how_it_ends(kind, ending):
    reader = Reader(tool=kind)
    for px in WAY:
        reader.click(px)
        reader.move((px[0] + 20, px[1]), Button.NONE)
    if ending == "double":
        reader.click(WAY[-1])
    elif ending == "first":
        reader.click((WAY[0][0] + 5, WAY[0][1]))
    if ending == "complete" or (kind, ending) == ("polyline", "first"):
        assert reader.hands.complete()
    (shape,) = reader.shapes()
    assert not reader.hands.busy
    expected = [*WAY, (205, 120)] if (kind, ending) == ("polyline", "first") else WAY
    np.testing.assert_allclose(shape.points_lps, placed(reader, *expected))
    assert not reader.hands.complete()


def test_the_last_point_is_taken_back():
    reader = Reader(tool="polyline")
    for px in WAY:
        reader.click(px)
    assert reader.hands.take_back()
    reader.hands.complete()
    (shape,) = reader.shapes()
    np.testing.assert_allclose(shape.points_lps, placed(reader, *WAY[:3]))
    reader.click((100, 300))
    assert reader.hands.take_back()  # the only point
    assert not reader.hands.busy
    assert not reader.hands.take_back()


def test_a_polygon_of_two_points_is_none():
    reader = Reader(tool="polygon")
    reader.click(WAY[0])
    reader.click(WAY[1])
    assert reader.hands.complete()
    assert reader.shapes() == []


def test_a_dragged_corner_is_set_where_it_is_released():
    reader = Reader(tool="polygon")
    for px in WAY[:2]:
        reader.click(px)
    reader.drag((250, 200), (240, 210))
    reader.hands.complete()
    (shape,) = reader.shapes()
    np.testing.assert_allclose(shape.points_lps, placed(reader, *WAY[:2], (240, 210)))


def test_a_click_on_another_slice_sets_no_point():
    reader = Reader(tool="polyline")
    reader.click(WAY[0])
    reader.click(WAY[1])
    reader.session.viewports["axial"].index = 5
    reader.click(WAY[2])
    reader.session.viewports["axial"].index = 3
    reader.click(WAY[3])
    reader.hands.complete()
    (shape,) = reader.shapes()
    np.testing.assert_allclose(shape.points_lps, placed(reader, WAY[0], WAY[1], WAY[3]))


def test_a_freehand_outline_follows_the_stroke():
    reader = Reader(tool="freehand")
    angles = np.linspace(0, 2 * np.pi, 90)[:-1]
    ring = [(300 + 60 * np.cos(a), 170 + 60 * np.sin(a)) for a in angles]
    reader.press(ring[0])
    for px in ring[1:]:
        reader.move(px)
    reader.release(ring[-1])
    (shape,) = reader.shapes()
    assert isinstance(shape, FreehandShape)
    area_px = shape.area_mm2 / reader.transform.mm_per_px**2
    assert area_px == pytest.approx(np.pi * 60**2, rel=0.01)
    assert len(shape.vertices) < 60
    assert len(shape.points_lps) == 12


def test_a_circle_goes_around_its_first_point():
    reader = Reader(tool="circle")
    reader.drag((300, 170), (330, 210))
    (shape,) = reader.shapes()
    np.testing.assert_allclose(shape.center_lps, lps(reader, (300, 170)))
    assert isinstance(shape, CircleShape)
    assert np.linalg.norm(shape.half_axis_u) == pytest.approx(50 * reader.transform.mm_per_px)


@pytest.mark.parametrize("kind", ["probe", "text"])
def test_a_place_is_where_the_button_is_released(kind):
    reader = Reader(tool=kind)
    reader.drag((200, 120), (260, 150))
    (shape,) = reader.shapes()
    np.testing.assert_allclose(shape.center_lps, lps(reader, (260, 150)))


def test_two_diameters_wait_for_a_second_one_that_has_a_length():
    reader = Reader(tool="bidirectional")
    reader.drag((250, 120), (250, 220))
    reader.click((250, 170))
    assert reader.shapes() == []
    assert reader.hands.busy
    reader.click((290, 170))
    (shape,) = reader.shapes()
    short = np.subtract(shape.points_lps[2], shape.points_lps[3])
    assert np.linalg.norm(short) > 0


def test_a_polygon_without_an_area_is_none():
    reader = Reader(tool="polygon")
    for px in ((250, 120), (250, 160), (250, 200)):
        reader.click(px)
    assert reader.hands.complete()
    assert reader.shapes() == []
