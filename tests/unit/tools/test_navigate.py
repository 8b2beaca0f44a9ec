"""Pan, zoom, scroll, crosshair and jumps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pointer import Reader
from tests.support.volumes import make_geometry, make_volume
from viewer.core.screen import MAX_ZOOM
from viewer.tools.navigate import jump_to, step, zoom_by
from viewer.tools.pointer import Button, PointerKind


@pytest.mark.parametrize("viewport_id", ["axial", "coronal", "sagittal"])
def test_pan_keeps_the_voxel_under_the_pointer(viewport_id):
    reader = Reader(viewport_id=viewport_id)
    reader.session.viewports[viewport_id].zoom = 2.5
    held = reader.event(PointerKind.PRESS, (200, 150)).point_lps
    reader.drag((200, 150), (260, 90), Button.MIDDLE, "pan")
    assert reader.px_of(held) == pytest.approx((260, 90))


def test_zoom_up_is_closer_and_the_pressed_place_stays():
    reader = Reader()
    held = reader.event(PointerKind.PRESS, (420, 130)).point_lps
    reader.drag((420, 130), (400, 60), Button.RIGHT, "zoom")
    assert reader.session.viewports["axial"].zoom > 1
    assert reader.px_of(held) == pytest.approx((420, 130))


def test_a_right_click_does_not_zoom_and_is_told_from_a_drag():
    reader = Reader()
    reader.drag((420, 130), (421, 132), Button.RIGHT, "zoom")
    assert reader.session.viewports["axial"].zoom == 1.0
    assert not reader.hands.moved
    reader.drag((420, 130), (420, 160), Button.RIGHT, "zoom")
    assert reader.hands.moved


def test_zoom_by_is_held_within_limits():
    reader = Reader()
    event = reader.event(PointerKind.WHEEL, (300, 200), Button.NONE)
    zoom_by(event, reader.context, 1e9)
    assert reader.session.viewports["axial"].zoom == MAX_ZOOM


@pytest.mark.parametrize("tool", ["pan", "zoom", "scroll"])
def test_escape_restores(tool):
    reader = Reader(tool=tool)
    state = reader.session.viewports["axial"]
    before = (state.index, state.zoom, state.pan_uv_mm)
    reader.press((100, 100))
    reader.move((150, 20))
    assert (state.index, state.zoom, state.pan_uv_mm) != before
    reader.hands.cancel()
    assert (state.index, state.zoom, state.pan_uv_mm) == before


def test_scroll_up_is_towards_the_head_and_stops_at_the_ends():
    reader = Reader(tool="scroll")
    state = reader.session.viewports["axial"]
    reader.drag((100, 116), (100, 100))
    assert state.index == 4
    reader.drag((100, 399), (100, 100))
    assert state.index == 6
    reader.drag((100, 0), (100, 399))
    assert state.index == 0


def test_a_drag_over_the_height_passes_all_slices():
    volume = make_volume(make_geometry((150, 4, 5)))
    reader = Reader(volume, tool="scroll")
    reader.session.viewports["axial"].index = 0
    reader.drag((100, 400), (100, 0))
    assert reader.session.viewports["axial"].index == 149


@given(st.integers(-500, 500), st.integers(-50, 50))
def test_step_stays_inside(start, steps):
    reader = Reader()
    state = reader.session.viewports["sagittal"]
    state.index = start
    step(state, reader.volume.geometry, steps)
    assert 0 <= state.index < 12


def test_crosshair_shows_the_place_in_every_plane():
    reader = Reader(tool="crosshair")
    target = reader.volume.geometry.index_to_lps((3, 7, 2))
    reader.click(reader.px_of(target))
    assert reader.session.interaction.crosshair_lps == pytest.approx(tuple(target))
    assert [s.index for s in reader.session.viewports.by_id.values()] == [3, 7, 2]
    other = reader.volume.geometry.index_to_lps((3, 1, 9))
    reader.drag(reader.px_of(target), reader.px_of(other))
    assert [s.index for s in reader.session.viewports.by_id.values()] == [3, 1, 9]


def test_jump_outside_goes_to_the_nearest_voxel():
    reader = Reader()
    jump_to(reader.session, reader.volume, (1e4, -1e4, 1e4))
    assert [s.index for s in reader.session.viewports.by_id.values()] == [6, 0, 11]
    corner = reader.volume.geometry.index_to_lps((6, 0, 11))
    assert reader.session.interaction.crosshair_lps == pytest.approx(tuple(corner))


def test_jump_is_the_inverse_of_drawing_in_an_oblique_volume():
    angle = np.deg2rad(12)
    x, y = np.array([np.cos(angle), np.sin(angle), 0]), np.array([-np.sin(angle), np.cos(angle), 0])
    volume = make_volume(make_geometry(direction_lps=np.stack([np.cross(x, y), y, x])))
    reader = Reader(volume)
    for index in [(0, 0, 0), (6, 9, 11), (2, 5, 8)]:
        jump_to(reader.session, volume, volume.geometry.index_to_lps(index))
        assert tuple(s.index for s in reader.session.viewports.by_id.values()) == index
