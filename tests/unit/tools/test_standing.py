"""How views stand: what is seen after turning and flipping, slabs, oblique planes."""

import numpy as np
import pytest

from tests.support.pointer import Reader
from tests.support.volumes import make_geometry, make_volume
from viewer.app.resolve import resolve, view_image
from viewer.core.slab import THIN, Slab, SlabMode
from viewer.core.window import HuWindow
from viewer.tools.standing import (
    NODULE_SLAB,
    flip,
    set_slab,
    straighten,
    thicken,
    toggle_nodule_view,
    turn,
)


def seen(reader: Reader) -> np.ndarray:
    return view_image(
        reader.volume, resolve(reader.session.viewports["axial"], reader.volume)
    ).image


STEPS = {
    "right": (lambda v: turn(v, 1), lambda image: np.rot90(image, -1)),
    "left": (lambda v: turn(v, -1), lambda image: np.rot90(image, 1)),
    "mirror": (flip, lambda image: image[:, ::-1]),
    "upside down": (lambda v: flip(v, vertically=True), lambda image: image[::-1]),
}


@pytest.mark.parametrize("first", STEPS)
@pytest.mark.parametrize("second", STEPS)
@pytest.mark.parametrize("third", STEPS)
def test_steps_do_to_the_picture_what_they_say(first, second, third):
    reader = Reader()
    expected = seen(reader)
    for name in (first, second, third):
        change, picture = STEPS[name]
        change(reader.session.viewports["axial"])
        expected = picture(expected)
        np.testing.assert_array_equal(seen(reader), expected)


@pytest.mark.parametrize(("turns", "mirrored", "letters"), [
    (0, False, "RLAP"), (1, False, "PARL"), (2, False, "LRPA"), (0, True, "LRAP"),
    (1, True, "PALR"),
])  # fmt: skip
def test_letters_go_with_the_picture(turns, mirrored, letters):
    reader = Reader()
    viewport = reader.session.viewports["axial"]
    viewport.turns, viewport.mirrored = turns, mirrored
    edges = resolve(viewport, reader.volume).plane.edge_letters()
    assert "".join(edges[name] for name in ("left", "right", "top", "bottom")) == letters


def test_the_slab_grows_from_thin_and_ends_thin():
    viewport = Reader().session.viewports["axial"]
    thicken(viewport, -1)
    assert viewport.slab == THIN
    thicken(viewport, 1)
    assert viewport.slab == Slab(SlabMode.MIP, 10.0)
    thicken(viewport, -1)
    assert viewport.slab == THIN
    thicken(viewport, 1)
    thicken(viewport, 4)
    set_slab(viewport, SlabMode.MEAN)
    assert viewport.slab == Slab(SlabMode.MEAN, 14.0)
    thicken(viewport, 1000)
    assert viewport.slab.thickness_mm == 100.0
    thicken(viewport, -1000)
    assert viewport.slab == THIN


def test_the_nodule_view_is_one_key_there_and_back():
    viewport = Reader().session.viewports["axial"]
    toggle_nodule_view(viewport)
    assert viewport.slab == NODULE_SLAB == Slab(SlabMode.MIP, 10.0)
    assert (viewport.display.window, viewport.display.preset) == (HuWindow(1500, -600), "lung")
    toggle_nodule_view(viewport)
    assert viewport.slab == THIN


def test_a_slab_of_the_menu_can_be_made_thinner_than_the_first_step_of_the_wheel():
    viewport = Reader().session.viewports["axial"]
    set_slab(viewport, SlabMode.MINIP)
    thicken(viewport, -6)
    assert viewport.slab == Slab(SlabMode.MINIP, 4.0)
    thicken(viewport, -6)
    assert viewport.slab == THIN


@pytest.mark.parametrize("slab", [THIN, Slab(SlabMode.MEAN, 4.0), NODULE_SLAB])
@pytest.mark.parametrize("window", [(HuWindow(1500, 300), "bone"), (HuWindow(427, 15), "")])
def test_the_nodule_view_gives_back_what_was_there(slab, window):
    viewport = Reader().session.viewports["axial"]
    viewport.slab, (viewport.display.window, viewport.display.preset) = slab, window
    toggle_nodule_view(viewport)
    assert (viewport.slab, viewport.display.preset) == (NODULE_SLAB, "lung")
    toggle_nodule_view(viewport)
    assert (viewport.slab, viewport.display.window, viewport.display.preset) == (slab, *window)


def test_two_nodule_views_of_one_stack_give_the_window_back():
    views = Reader().session.viewports
    axial, coronal = views["axial"], views["coronal"]
    coronal.display = axial.display
    axial.display.window, axial.display.preset = HuWindow(1500, 300), "bone"
    for viewport in (axial, coronal, axial, coronal):
        toggle_nodule_view(viewport)
    assert (axial.display.window, axial.display.preset) == (HuWindow(1500, 300), "bone")
    assert (axial.slab, coronal.slab) == (THIN, THIN)


def oblique_reader() -> Reader:
    reader = Reader(make_volume(make_geometry((20, 30, 40))), tool="oblique")
    middle = reader.volume.geometry.center_lps_mm
    reader.session.viewports["axial"].index = 10
    reader.session.interaction.crosshair_stack = reader.volume.stack.key
    x, y, z = (float(v) for v in middle)
    reader.session.interaction.crosshair_lps = (x, y, z)
    return reader


def test_planes_turn_with_the_hand_and_stay_perpendicular():
    reader = oblique_reader()
    x, y = reader.px_of(reader.session.interaction.crosshair_lps)
    reader.drag((x + 100, y), (x + 100 * np.cos(0.5), y + 100 * np.sin(0.5)))
    views = reader.session.viewports
    assert views["axial"].rotation is None
    normals = {
        name: resolve(view, reader.volume).plane.normal_lps for name, view in views.by_id.items()
    }
    # Seen from the feet, u to the left of the patient and v to the back: clockwise on the screen.
    expected = (np.cos(0.5), np.sin(0.5), 0.0)
    assert abs(normals["sagittal"] @ expected) == pytest.approx(1, abs=1e-3)
    for one, other in (("axial", "coronal"), ("coronal", "sagittal"), ("axial", "sagittal")):
        assert normals[one] @ normals[other] == pytest.approx(0, abs=1e-9)


def test_two_turns_in_two_views_are_a_double_oblique_cut():
    reader = oblique_reader()
    x, y = reader.px_of(reader.session.interaction.crosshair_lps)
    reader.drag((x + 100, y), (x + 80, y + 40))
    views = reader.session.viewports
    before = resolve(views["sagittal"], reader.volume).plane.normal_lps
    reader.viewport_id = "coronal"
    x, y = reader.px_of(reader.session.interaction.crosshair_lps)
    reader.drag((x + 100, y), (x + 80, y + 60))
    normals = [resolve(view, reader.volume).plane.normal_lps for view in views.by_id.values()]
    matrix = np.abs(np.array(normals) @ np.array(normals).T)
    np.testing.assert_allclose(matrix, np.eye(3), atol=1e-9)
    after = resolve(views["sagittal"], reader.volume).plane.normal_lps
    assert abs(before @ after) < 0.99
    assert views["axial"].rotation is not None


def test_escape_puts_the_planes_back_and_straighten_forgets_them():
    reader = oblique_reader()
    indices = {n: v.index for n, v in reader.session.viewports.by_id.items()}
    x, y = reader.px_of(reader.session.interaction.crosshair_lps)
    reader.press((x + 100, y))
    reader.move((x + 50, y + 80))
    assert reader.session.viewports["coronal"].rotation is not None
    reader.hands.cancel()
    assert {n: v.index for n, v in reader.session.viewports.by_id.items()} == indices
    assert reader.session.viewports["coronal"].rotation is None
    reader.drag((x + 100, y), (x + 50, y + 80))
    straighten(reader.session)
    assert all(v.rotation is None for v in reader.session.viewports.by_id.values())
    assert reader.session.viewports["coronal"].index == 15  # through the crosshair again
