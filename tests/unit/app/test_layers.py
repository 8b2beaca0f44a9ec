"""Which series may lie over which, and what the two look like together."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.layered import CT, ELSEWHERE, PET, PRIOR, STRANGER, fill, opened, suv_at, view_of
from viewer.app.export import (
    ImageTarget,
    compose_snapshot,
    export_images,
    session_export,
    slice_pixels,
)
from viewer.app.layers import first_layer, layer_windows, stacks_for_layer, why_no_layer
from viewer.app.overlays_layer import layer_items, layer_notes
from viewer.app.picture import split_pixel, view_picture
from viewer.app.standing_text import view_caveats, view_fidelity
from viewer.core.drawable import ColourBarItem, HandleItem, TextItem
from viewer.core.errors import ViewerError
from viewer.core.layer import GREY_MAP, Layer, LayerMode
from viewer.core.links import Rigid
from viewer.core.plane import Orientation
from viewer.core.progress import SilentContext
from viewer.core.screen import place
from viewer.core.session import Session
from viewer.core.window import HuWindow
from viewer.export.image import image_format
from viewer.imaging.colour_maps import colour_table


@pytest.fixture
def session():
    return Session()


def lay(session, key, **changes):
    volumes = fill(session)
    layer = replace(first_layer(volumes[CT].stack, volumes[key].stack), **changes)
    session.set_layer("1", layer, opened(volumes[key]))
    return volumes


def texts(items):
    return [item.text for item in items if isinstance(item, TextItem)]


def test_what_nothing_joins_is_refused_with_a_way_out(session):
    volumes = fill(session)
    stack = {key: volume.stack for key, volume in volumes.items()}
    links = session.links
    assert why_no_layer(stack[CT], stack[PET], links) == ""
    assert why_no_layer(stack[CT], stack[PRIOR], links) == ""
    assert "different patients" in why_no_layer(stack[CT], stack[STRANGER], links)
    assert "align them" in why_no_layer(stack[CT], stack[ELSEWHERE], links)
    assert "already" in why_no_layer(stack[CT], stack[CT], links)
    assert "first" in why_no_layer(None, stack[CT], links)
    colour = replace(stack[PET], samples=3)
    assert "colour" in why_no_layer(stack[CT], colour, links)
    links.set_pair(ELSEWHERE.series_uid, CT.series_uid, Rigid((1.0, 2.0, 3.0)))
    assert why_no_layer(stack[CT], stack[ELSEWHERE], links) == ""


def test_the_list_has_what_is_possible_first(session):
    fill(session)
    rows = stacks_for_layer(session)
    assert [key for key, _, _ in rows] == [PET, PRIOR, STRANGER, ELSEWHERE]
    assert [bool(reason) for _, _, reason in rows] == [False, False, True, True]
    assert rows[0][1] == "2026-01-02  PT  2 WB"
    session.interaction.teaching = True
    assert stacks_for_layer(session)[0][1] == "PT  2 WB"


def test_a_pet_is_fused_in_hot_iron_and_suv_0_to_10(session):
    lay(session, PET)
    view = view_of(session, "1")
    assert view.layer.layer.mode is LayerMode.FUSION
    assert view.layer.layer.colour_map == "hot-iron"
    assert (view.layer.window.low, view.layer.window.high) == (0, 10)
    assert view.layer.unit == "SUVbw"
    assert ("SUVbw 0 to 5", HuWindow.from_range(0, 5)) in layer_windows(view.layer.volume)


def test_a_prior_is_swiped_with_the_window_of_the_view(session):
    lay(session, PRIOR)
    session.display.window = HuWindow(1500, -600)
    view = view_of(session, "1")
    assert view.layer.layer.mode is LayerMode.SWIPE
    assert view.layer.layer.colour_map == GREY_MAP
    assert view.layer.window == HuWindow(1500, -600)


@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize(("turns", "mirrored"), [(0, False), (3, True)])
def test_the_fused_pixels_are_the_formula(session, orientation, turns, mirrored):
    """0.4 of hot iron at the SUV of the pixel's place, and 0.6 of the CT's grey there."""
    volumes = lay(session, PET, opacity=0.4)
    viewport = session.viewports["1"]
    viewport.orientation, viewport.turns, viewport.mirrored = orientation, turns, mirrored
    viewport.index = {"axial": 8, "coronal": 30, "sagittal": 40}[orientation.value]
    view = view_of(session, "1")
    picture = view_picture(volumes[CT], view).astype(float)
    rows, columns = view.plane.shape_vu
    dv, du = view.plane.spacing_vu_mm
    seen = 0
    for v in range(3, rows - 3, 4):
        for u in range(3, columns - 3, 5):
            point = view.plane.uv_to_lps((u * du, v * dv))
            z, y, x = np.rint(volumes[CT].geometry.lps_to_index(point))
            grey = np.rint(255 * np.clip((100 * z + 10 * y + x - 500 + 160) / 400, 0, 1))
            index = volumes[PET].geometry.lps_to_index(point)
            last = np.array(volumes[PET].geometry.shape_zyx) - 1
            if ((index < -0.6) | (index > last + 0.6)).any():
                assert picture[v, u].tolist() == [grey] * 3
            elif ((index >= 0) & (index <= last)).all():
                share = np.clip(suv_at(point) / 10, 0, 1)
                hot = colour_table("hot-iron")[round(255 * share)].astype(float)
                expected = 0.6 * grey + 0.4 * hot
                assert np.abs(picture[v, u] - expected).max() <= 3  # a grey step is two of iron
                seen += 1
    assert seen > 20


def test_a_blink_shows_one_of_the_two_and_says_which(session):
    volumes = lay(session, PRIOR, mode=LayerMode.BLINK)
    session.viewports["1"].display.window = HuWindow(400, 40)
    view = view_of(session, "1")
    assert texts(layer_items(volumes[CT], view, (800, 600))) == ["Seen: 2025-03-01  3 Thin"]
    session.set_layer("1", replace(session.viewports["1"].layer, seen=False))
    view = view_of(session, "1")
    assert texts(layer_items(volumes[CT], view, (800, 600))) == ["Seen: 2026-01-02  1 Thin"]


def test_a_swipe_has_a_line_a_grip_and_both_names(session):
    volumes = lay(session, PRIOR, split=0.25)
    view = view_of(session, "1")
    items = layer_items(volumes[CT], view, (800, 600))
    assert texts(items) == ["2026-01-02  1 Thin", "2025-03-01  3 Thin"]
    assert [i.point for i in items if isinstance(i, HandleItem)] == [(0.25, 0.5)]
    size = (800.0, 600.0)
    transform = place(view.plane, size, 1.7, (3.0, -2.0))
    first = split_pixel(view, transform, size)
    # The line lies in the gap before the first column of the layer.
    left = transform.to_px(((first - 0.5) * view.plane.spacing_vu_mm[1], 0))[0]
    assert left == pytest.approx(200, abs=transform.px_per_mm * view.plane.spacing_vu_mm[1] / 2)


def test_the_prior_moved_by_its_pair_is_seen_where_it_lies(session):
    """A pair that shifts by two rows and one slice: the layer shows exactly those voxels."""
    volumes = fill(session)
    session.links.set_pair("1.1", "5.5", Rigid((0.0, 2 * 0.8, 2.5)))
    layer = first_layer(volumes[CT].stack, volumes[ELSEWHERE].stack, LayerMode.BLINK)
    session.set_layer("1", layer, opened(volumes[ELSEWHERE]))
    session.display.window = HuWindow(3000, 500)
    view = view_of(session, "1")
    picture = view_picture(volumes[CT], view)
    y, x = np.indices((60, 80))
    value = 100 * 9 + 10 * (y + 2) + x - 500
    expected = np.rint(255 * np.clip((value + 1000) / 3000, 0, 1))
    np.testing.assert_array_equal(picture[:58], expected[:58])
    assert (picture[58:] == 0).all()
    assert view.layer.origin == "offset 3.0 mm"
    assert "offset 3.0 mm" in view_fidelity(view, "")


def test_badge_notes_and_values_tell_of_the_layer(session):
    volumes = lay(session, PET)
    view = view_of(session, "1")
    (caveat,) = view_caveats(view)
    assert caveat.code == "layer"
    assert "one frame of reference" in caveat.text
    assert view_fidelity(view, "") == ("Layer: other series, resampled (one frame of reference)")
    point = tuple(volumes[PET].geometry.index_to_lps((5.0, 8.0, 9.0)))
    value, what = layer_notes(view, point)
    assert value == f"Layer: {suv_at(np.array(point)):.6g} SUVbw"
    assert what == "Layer: 2026-01-02  2 WB, 50 % over it"
    assert layer_notes(view_of(session, "1"), (900.0, 0.0, 0.0)) == (what,)


def test_colour_bars_have_range_and_unit(session):
    volumes = lay(session, PET)
    session.display.colour_map = "winter"
    items = layer_items(volumes[CT], view_of(session, "1"), (800, 600))
    bars = [item for item in items if isinstance(item, ColourBarItem)]
    assert bars[0].colours == colour_table("hot-iron")[::-1].tobytes()
    assert bars[1].colours == colour_table("winter")[::-1].tobytes()
    assert texts(items) == ["10", "SUVbw", "0", "240", "HU", "-160"]
    session.display.inverted = True
    items = layer_items(volumes[CT], view_of(session, "1"), (800, 600))
    bars = [item for item in items if isinstance(item, ColourBarItem)]
    assert bars[1].colours == colour_table("winter").tobytes()
    assert layer_items(volumes[CT], view_of(session, "1"), (280, 200)) == []


def test_teaching_hides_the_dates(session):
    lay(session, PRIOR)
    session.interaction.teaching = True
    assert view_of(session, "1").layer.name == "3 Thin"
    assert view_of(session, "1").layer.below == "1 Thin"


def test_a_pair_that_is_parted_takes_the_layer_away(session):
    volumes = fill(session)
    session.links.set_pair("1.1", "5.5", Rigid((0.0, 1.6, 2.5)))
    layer = Layer(ELSEWHERE)
    session.set_layer("1", layer, opened(volumes[ELSEWHERE]))
    assert view_of(session, "1").layer is not None
    session.links.set_pair("1.1", "5.5", None)
    view = view_of(session, "1")
    assert view.layer is None
    assert view_picture(volumes[CT], view).ndim == 2


def test_an_export_has_the_layer_as_the_screen_has(session):
    volumes = lay(session, PET)
    request = session_export(session, Orientation.AXIAL, (8,))
    view = view_of(session, "1")
    np.testing.assert_array_equal(slice_pixels(request, 8), view_picture(volumes[CT], view))
    words = texts(compose_snapshot(request, 8, slice_pixels(request, 8)).drawables)
    assert any("Layer: 2026-01-02  2 WB, 50 % over it" in text for text in words)
    assert any("layer: other series, resampled" in text for text in words)
    assert "SUVbw" in words


def test_an_export_waits_for_the_layer(session, tmp_path):
    lay(session, PET)
    session.stacks[PET].loaded = frozenset({1, 2})
    request = session_export(session, Orientation.AXIAL, (8,))
    with pytest.raises(ViewerError, match="cannot be exported yet"):
        export_images(
            SilentContext(), request, ImageTarget(tmp_path, image_format("png")), lambda s: s.image
        )
