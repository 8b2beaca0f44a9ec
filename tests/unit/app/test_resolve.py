"""resolve(): slices held within the volume, inversion, the geometry of the plane."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.volumes import make_geometry, make_volume
from viewer.app.resolve import resolve
from viewer.core.plane import Orientation
from viewer.core.screen import place, zoom_at
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow

DISPLAY = DisplayState(HuWindow(1500, -600), "lung")


def test_counts_and_shape_of_each_plane():
    volume = make_volume()
    views = {o: resolve(ViewportState(o, DISPLAY, index=2), volume) for o in Orientation}
    assert {o: view.count for o, view in views.items()} == {
        Orientation.AXIAL: 7,
        Orientation.CORONAL: 10,
        Orientation.SAGITTAL: 12,
    }
    assert views[Orientation.AXIAL].plane.shape_vu == (10, 12)
    assert views[Orientation.CORONAL].plane.shape_vu == (7, 12)
    assert views[Orientation.SAGITTAL].plane.shape_vu == (7, 10)
    assert views[Orientation.CORONAL].window == HuWindow(1500, -600)


@given(st.integers(-100, 100), st.sampled_from(list(Orientation)))
def test_index_is_held_within_the_volume(index, orientation):
    view = resolve(ViewportState(orientation, DISPLAY, index=index), make_volume())
    assert 0 <= view.index < view.count
    assert view.index == index or not 0 <= index < view.count


def test_monochrome1_and_the_readers_inversion_cancel():
    volume = make_volume(inverted=True)
    for reader, shown in ((False, True), (True, False)):
        display = DisplayState(HuWindow(1, 0), inverted=reader)
        assert resolve(ViewportState(Orientation.AXIAL, display), volume).inverted is shown


def test_coronal_shows_the_head_at_the_top():
    view = resolve(ViewportState(Orientation.CORONAL, DISPLAY, index=4), make_volume())
    top = view.plane.uv_to_lps((0, 0))
    np.testing.assert_allclose(top, (-30.0, 11.0 + 4 * 0.8, -101.0 + 6 * 2.5))


def test_image_key_ignores_zoom_but_not_window():
    volume = make_volume()
    plain = resolve(ViewportState(Orientation.AXIAL, DISPLAY, index=1), volume)
    zoomed = resolve(ViewportState(Orientation.AXIAL, DISPLAY, index=1, zoom=3.0), volume)
    other = resolve(ViewportState(Orientation.AXIAL, DisplayState(HuWindow(1, 2)), index=1), volume)
    assert plain.image_key == zoomed.image_key != other.image_key


finite = st.floats(-50, 50)


@given(st.floats(0.2, 40), finite, finite, st.floats(0, 640), st.floats(0, 480))
def test_pixels_and_plane_are_inverse(zoom, pan_u, pan_v, x, y):
    plane = resolve(ViewportState(Orientation.SAGITTAL, DISPLAY), make_volume()).plane
    transform = place(plane, (640, 480), zoom, (pan_u, pan_v))
    np.testing.assert_allclose(transform.to_px(transform.to_uv((x, y))), (x, y), atol=1e-6)


def test_fit_shows_the_whole_slice_centred():
    geometry = make_geometry((3, 100, 50), spacing_zyx_mm=(1.0, 0.5, 2.0))
    plane = resolve(ViewportState(Orientation.AXIAL, DISPLAY), make_volume(geometry)).plane
    transform = place(plane, (400, 300))  # the image is 100 mm wide and 50 mm high
    assert transform.px_per_mm == 4.0
    left, top = transform.to_px((-1.0, -0.25))
    right, bottom = transform.to_px((99.0, 49.75))
    assert (left, top, right, bottom) == (0.0, 50.0, 400.0, 250.0)


@given(st.floats(0.3, 10), st.floats(0.5, 2), st.floats(0, 400), st.floats(0, 300))
def test_zooming_keeps_the_point_under_the_cursor(zoom, factor, x, y):
    plane = resolve(ViewportState(Orientation.AXIAL, DISPLAY), make_volume()).plane
    size, pan = (400.0, 300.0), (1.5, -2.0)
    before = place(plane, size, zoom, pan).to_uv((x, y))
    new_zoom, new_pan = zoom_at(plane, size, zoom, pan, factor, (x, y))
    after = place(plane, size, new_zoom, new_pan).to_uv((x, y))
    np.testing.assert_allclose(after, before, atol=1e-6)
