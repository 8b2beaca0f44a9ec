"""Marks as drawables: lines where the points are, colours, grips, what hidden and locked change."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.pointer import Reader
from viewer.app.overlays_marks import COLOURS, MARK_ACTIVE, mark_items
from viewer.app.resolve import resolve
from viewer.app.roi_cache import RoiCache
from viewer.core.drawable import EllipseItem, HandleItem, PolylineItem, TextItem
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.shapes import MarkColour
from viewer.core.view_place import view_count
from viewer.tools.kinds import MARK_KINDS

WAY = [(200, 120), (260, 130), (250, 200), (180, 190)]


def drawn(kind: str) -> tuple[Reader, Any]:
    reader = Reader(tool=kind)
    if kind == "freehand":
        reader.press(WAY[0])
        for px in WAY[1:]:
            reader.move(px)
        reader.release(WAY[-1])
    else:
        for px in WAY[: next(k.points for k in MARK_KINDS if k.id == kind) or 4]:
            reader.click(px)
        reader.hands.complete()
    return reader, reader.shapes()[0]


def items(reader: Reader, *shapes: Any, turns=0, mirrored=False, **options: Any) -> list[Any]:
    state = reader.session.viewports[reader.viewport_id]
    view = resolve(replace(state, turns=turns, mirrored=mirrored), reader.volume)
    loaded = frozenset(range(reader.volume.geometry.shape_zyx[0]))
    return list(mark_items(shapes, reader.volume, view, RoiCache(), loaded=loaded, **options))


def lines_of(drawables: list[Any]) -> list[PolylineItem]:
    return [item for item in drawables if isinstance(item, PolylineItem)]


@pytest.mark.parametrize("kind", [kind.id for kind in MARK_KINDS])
def test_grips_lie_on_the_points_in_turned_and_mirrored_views(kind):
    reader, shape = drawn(kind)
    for turns, mirrored in ((0, False), (1, False), (3, True)):
        drawables = items(reader, shape, turns=turns, mirrored=mirrored, active={shape.uid})
        state = replace(reader.session.viewports["axial"], turns=turns, mirrored=mirrored)
        plane = resolve(state, reader.volume).plane
        grips = [item.point for item in drawables if isinstance(item, HandleItem)]
        expected = plane.lps_to_uvw(shape.points_lps)[:, :2]
        np.testing.assert_allclose(grips[-len(expected) :], expected)


@pytest.mark.parametrize("kind", ["rectangle", "polygon", "freehand"])
def test_regions_are_closed_lines(kind):
    reader, shape = drawn(kind)
    (line,) = lines_of(items(reader, shape))
    assert line.closed
    expected = reader.plane.lps_to_uvw(shape.outlines_lps[0])[:-1, :2]
    np.testing.assert_allclose(line.points, expected)


def test_a_circle_is_an_ellipse_of_one_radius():
    reader, shape = drawn("circle")
    (item,) = [i for i in items(reader, shape) if isinstance(i, EllipseItem)]
    radius = np.hypot(60, 10) * reader.transform.mm_per_px
    assert np.linalg.norm(item.half_u) == pytest.approx(radius)
    assert np.linalg.norm(item.half_v) == pytest.approx(radius)


def test_an_angle_has_its_arc_inside_and_cobb_its_dashed_link():
    reader, shape = drawn("angle")
    legs, arc = lines_of(items(reader, shape))
    start, apex, end = (np.asarray(p) for p in legs.points)
    on_legs = [np.asarray(arc.points[0]) - apex, np.asarray(arc.points[-1]) - apex]
    for leg, at in zip((start - apex, end - apex), on_legs, strict=True):
        np.testing.assert_allclose(leg / np.linalg.norm(leg), at / np.linalg.norm(at), atol=1e-9)
    middle = np.asarray(arc.points[len(arc.points) // 2]) - apex
    assert middle @ (start - apex) > 0
    assert middle @ (end - apex) > 0
    reader, shape = drawn("cobb")
    assert [bool(line.style.dash) for line in lines_of(items(reader, shape))] == [
        False,
        False,
        True,
    ]


def test_a_colour_stays_when_selected_and_grips_of_a_locked_mark_are_gone():
    reader, shape = drawn("bidirectional")
    assert items(reader, shape, active={shape.uid})[0].style == MARK_ACTIVE
    green = replace(shape, colour=MarkColour.GREEN, locked=True)
    drawables = items(reader, green, active={shape.uid})
    assert {item.style.colour for item in drawables} == {COLOURS[MarkColour.GREEN]}
    assert not any(isinstance(item, HandleItem) for item in drawables)


def test_hidden_marks_are_not_drawn():
    reader, shape = drawn("ellipse")
    assert items(reader, replace(shape, hidden=True)) == []


def test_every_colour_can_be_told_from_the_others_and_from_black():
    luminance = {
        colour: np.asarray([int(code[n : n + 2], 16) for n in (1, 3, 5)]) @ (0.299, 0.587, 0.114)
        for colour, code in COLOURS.items()
    }
    assert set(COLOURS) == set(MarkColour)
    assert len(set(COLOURS.values())) == len(COLOURS)
    assert min(luminance.values()) > 110


def test_a_mark_of_an_oblique_plane_is_drawn_there_and_not_on_the_next():
    reader = Reader()
    state = reader.session.viewports["axial"]
    state.rotation = turn_about(
        straight_rotation(reader.volume.geometry), np.asarray([1.0, 0.4, 0.0]), 0.5
    )
    state.index = view_count(state, reader.volume.geometry) // 2
    plane = resolve(state, reader.volume).plane
    _, shape = drawn("length")
    ends = [tuple(float(x) for x in p) for p in plane.uv_to_lps([(1.0, 1.0), (4.0, 5.0)])]
    shape = replace(shape, normal_lps=tuple(plane.normal_lps), start_lps=ends[0], end_lps=ends[1])
    drawables = items(reader, shape)
    np.testing.assert_allclose(lines_of(drawables)[0].points, [(1, 1), (4, 5)], atol=1e-9)
    assert [i.text for i in drawables if isinstance(i, TextItem)] == ["5.0 mm"]
    state.index += 1
    assert items(reader, shape) == []


def text_of(drawables: list[Any]) -> TextItem:
    (text,) = [item for item in drawables if isinstance(item, TextItem)]
    return text


@pytest.mark.parametrize("kind", ["length", "ellipse", "arrow", "probe", "freehand"])
@pytest.mark.parametrize(("turns", "mirrored"), [(0, False), (1, False), (3, True)])
def test_a_moved_label_stands_at_its_place_in_the_patient(kind, turns, mirrored):
    reader, shape = drawn(kind)
    plane = reader.plane
    way_lps = 14.0 * plane.u_lps - 3.0 * plane.v_lps
    moved = replace(shape, label="x", label_way_lps=tuple(float(x) for x in way_lps))
    text = text_of(items(reader, moved, turns=turns, mirrored=mirrored))
    state = replace(reader.session.viewports["axial"], turns=turns, mirrored=mirrored)
    turned = resolve(state, reader.volume).plane
    assert text.way_mm is not None
    assert text.mark_uid == shape.uid
    place = turned.uv_to_lps(np.add(text.point, text.way_mm))
    anchor = shape.tail_lps if kind == "arrow" else shape.center_lps
    offset = place - (np.asarray(anchor) + way_lps)
    np.testing.assert_allclose(offset - (offset @ turned.normal_lps) * turned.normal_lps, 0,
                               atol=1e-9)  # fmt: skip
    assert text_of(items(reader, replace(shape, label="x"))).way_mm is None


@pytest.mark.parametrize(
    ("way_lps", "in_coronal"), [((9.0, 5.0, 0.0), (9.0, 0.0)), ((2.0, 9.0, 0.0), None)]
)
def test_in_another_plane_a_moved_label_follows_where_most_of_its_way_is_seen(way_lps, in_coronal):
    reader, probe = drawn("probe")
    moved = replace(probe, label="x", label_way_lps=way_lps)
    assert text_of(items(reader, moved)).way_mm == pytest.approx(way_lps[:2])
    reader.viewport_id = "coronal"
    geometry = reader.volume.geometry
    index = geometry.lps_to_index(probe.point_lps)
    reader.session.viewports["coronal"].index = round(float(index[1]))
    way_mm = text_of(items(reader, moved)).way_mm
    assert way_mm == (None if in_coronal is None else pytest.approx(in_coronal))


def test_a_way_that_no_screen_holds_is_cut_off():
    reader, shape = drawn("length")
    text = text_of(items(reader, replace(shape, label_way_lps=(1e308, -1e308, 0.0))))
    assert text.way_mm is not None
    assert np.abs(text.way_mm).max() <= 1e4
