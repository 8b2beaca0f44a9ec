"""A second series in one picture, in the real window: fusion, blink, swipe, colours, the loupe."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTreeWidget

from tests.gui.test_viewports import drag, place_of, surface_of, wheel
from tests.support.layered import CT, ELSEWHERE, PET, PRIOR, fill, opened, suv_at
from viewer.core.layer import LayerMode
from viewer.core.links import Rigid
from viewer.imaging.colour_maps import colour_table
from viewer.ui.image_menu import image_menu
from viewer.ui.stack_mime import stack_mime

pytestmark = pytest.mark.gui
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def layered(bench, qtbot, monkeypatch):
    """The window with a CT in one place, and a PET and a prior that are open, but not shown."""
    volumes = fill(bench.session)
    bench.volumes = volumes
    load = bench.loader.open_layer

    def open_at_once(stack, layer, viewport_id):
        bench.session.stacks.setdefault(stack.key, opened(volumes[stack.key]))
        load(stack, layer, viewport_id)

    monkeypatch.setattr(bench.loader, "open_layer", open_at_once)
    bench.session.interaction.overlay = "none"
    bench.session.interaction.crosshair_visible = False
    bench.grid.viewports["1"].canvas.setFocus()
    qtbot.wait(60)
    bench.navigator.show_slice(8, "1")
    qtbot.wait(40)
    return bench


def layer_of(bench):
    return bench.session.viewports["1"].layer


def shown(bench):
    """The pixels of the place on the screen."""
    picture = surface_of(bench, "1").grab().toImage()
    ratio = picture.devicePixelRatio()

    def at(point):
        colour = picture.pixelColor(round(point.x() * ratio), round(point.y() * ratio))
        return colour.red(), colour.green(), colour.blue()

    return at


def press(qtbot, bench, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(bench.grid.viewports["1"].canvas, key, modifier)
    qtbot.wait(40)


def expected_fusion(bench, z, y, x, opacity):
    point = bench.volumes[CT].geometry.index_to_lps((z, y, x))
    grey = 255 * np.clip((100 * z + 10 * y + x - 500 + 160) / 400, 0, 1)
    hot = colour_table("hot-iron")[round(255 * float(np.clip(suv_at(point) / 10, 0, 1)))]
    return (1 - opacity) * grey + opacity * hot.astype(float)


def test_a_pet_lies_over_the_ct_with_the_pixels_of_the_formula(layered, qtbot):
    layered.layers.layering.show(PET)
    qtbot.wait(60)
    at = shown(layered)
    for y, x in ((22, 30), (30, 45), (38, 24)):
        seen = at(place_of(layered, "1", 8, y, x))
        assert np.abs(np.array(seen) - expected_fusion(layered, 8, y, x, 0.5)).max() <= 10
    frame = layered.grid.viewports["1"]
    assert frame.fidelity.text() == "Layer: other series, resampled (one frame of reference)"
    assert layered.layers.bars["1"].isVisible()


def test_it_is_dropped_with_ctrl_and_replaces_without(layered, qtbot):
    frame, asked = layered.grid.viewports["1"], list[object]()
    frame.stack_dropped.connect(asked.append)
    data = stack_mime(PET)
    for modifier, replaced in ((CTRL, []), (Qt.KeyboardModifier.NoModifier, [PET])):
        middle, copy = QPointF(frame.rect().center()), Qt.DropAction.CopyAction
        left = Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(middle.toPoint(), copy, data, left, modifier)
        QApplication.sendEvent(frame, enter)
        event = QDropEvent(middle, copy, data, left, modifier)
        QApplication.sendEvent(frame, event)
        assert asked == replaced
        if modifier is CTRL:
            assert layer_of(layered).stack == PET
            qtbot.wait(20)


def test_the_tree_and_the_list_offer_it(layered, qtbot):
    tree = layered.window.findChild(QTreeWidget)
    panel = tree.parent()
    item = tree.topLevelItem(0).child(1)
    menu = panel.study_menu(item)
    action = next(a for a in menu.actions() if a.text() == "Show over the active view")
    action.trigger()
    assert layer_of(layered).stack == PET
    menu.close()
    listed = layered.layers.choice_menu(layered.grid.viewports["1"])
    texts = {a.text(): a for a in listed.actions()}
    assert texts["2026-01-02  PT  2 WB"].isEnabled()
    refused = texts["2026-01-02  CT  5 Thin"]
    assert not refused.isEnabled()
    assert "align them" in refused.toolTip()
    texts["2025-03-01  CT  3 Thin"].trigger()
    assert layer_of(layered).stack == PRIOR
    assert layer_of(layered).mode is LayerMode.SWIPE
    assert PET not in layered.session.stacks  # nobody shows it any more
    listed.close()


def test_what_nothing_joins_is_told_why(layered, qtbot):
    layered.layers.layering.show(ELSEWHERE)
    assert layer_of(layered) is None
    layered.session.links.set_pair("1.1", "5.5", Rigid((0.0, 1.6, 2.5)))
    layered.layers.layering.show(ELSEWHERE)
    assert layer_of(layered) is not None


def test_opacity_by_slider_keys_and_wheel(layered, qtbot):
    layered.layers.layering.show(PET)
    qtbot.wait(40)
    bar = layered.layers.bars["1"]
    bar.opacity.setValue(80)
    assert layer_of(layered).opacity == 0.8
    press(qtbot, layered, Qt.Key.Key_BracketLeft)
    assert layer_of(layered).opacity == pytest.approx(0.7)
    press(qtbot, layered, Qt.Key.Key_BracketRight)
    wheel(surface_of(layered, "1"), 1, CTRL | ALT)
    assert layer_of(layered).opacity == pytest.approx(0.9)
    qtbot.wait(40)
    assert bar.opacity.value() == 90
    seen = shown(layered)(place_of(layered, "1", 8, 30, 45))
    assert np.abs(np.array(seen) - expected_fusion(layered, 8, 30, 45, 0.9)).max() <= 10


def test_a_swipe_is_dragged_and_moved_by_keys(layered, qtbot):
    layered.session.links.set_pair("1.1", "3.3", Rigid((0.0, 0.0, 5.0)))  # two slices on
    layered.layers.layering.show(PRIOR)
    qtbot.wait(60)
    layered.session.display.window = replace(layered.session.display.window, width=3000, center=500)
    qtbot.wait(60)
    surface = surface_of(layered, "1")
    left, right = place_of(layered, "1", 8, 20, 20), place_of(layered, "1", 8, 20, 60)

    def greys():
        at = shown(layered)
        return at(left)[0], at(right)[0]

    def grey(z, x):
        return 255 * (100 * z + 10 * 20 + x - 500 + 1000) / 3000

    np.testing.assert_allclose(greys(), (grey(8, 20), grey(10, 60)), atol=4)
    size = layered.grid.viewports["1"].size_px()
    line = QPoint(round(size[0] / 2), round(size[1] / 3))
    before = layered.session.display.window
    drag(surface, line, QPoint(8, line.y()))
    assert layered.session.display.window == before
    assert layer_of(layered).split == pytest.approx(8 / size[0], abs=0.01)
    np.testing.assert_allclose(greys(), (grey(10, 20), grey(10, 60)), atol=4)
    press(qtbot, layered, Qt.Key.Key_BracketLeft)
    assert layer_of(layered).split == pytest.approx(8 / size[0] + 0.05, abs=0.01)
    press(qtbot, layered, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert not layer_of(layered).upright
    qtbot.wait(40)
    drag(
        surface,
        QPoint(40, round(layer_of(layered).split * size[1])),
        QPoint(40, round(size[1] - 4)),
    )
    np.testing.assert_allclose(greys(), (grey(8, 20), grey(8, 60)), atol=4)


def test_blink_by_key_and_at_a_rate(layered, qtbot):
    layered.layers.layering.show(PRIOR)
    qtbot.wait(40)
    press(qtbot, layered, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert layer_of(layered).mode is LayerMode.BLINK
    assert not layer_of(layered).seen
    press(qtbot, layered, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert layer_of(layered).seen
    bar = layered.layers.bars["1"]
    bar.rate.setCurrentIndex(bar.rate.count() - 1)
    bar.rate.activated.emit(bar.rate.currentIndex())
    assert layer_of(layered).blink_hz == 3
    seen = []
    layered.session.viewports["1"].events.layer.connect(lambda layer: seen.append(layer.seen))
    qtbot.wait(1150)
    assert 2 <= len(seen) <= 4
    assert all(a != b for a, b in itertools.pairwise(seen))
    press(qtbot, layered, Qt.Key.Key_B, CTRL)
    assert layer_of(layered).blink_hz == 0
    count = len(seen)
    qtbot.wait(500)
    assert len(seen) == count + 0


def test_colour_maps_by_the_menu(layered, qtbot):
    layered.window.actions_["map.winter"].trigger()
    qtbot.wait(60)
    assert layered.window.actions_["map.winter"].isChecked()
    seen = shown(layered)(place_of(layered, "1", 8, 20, 30))
    grey = 255 * np.clip((100 * 8 + 200 + 30 - 500 + 160) / 400, 0, 1)
    assert np.abs(np.array(seen) - colour_table("winter")[round(grey)]).max() <= 4
    layered.window.actions_["map.grey"].trigger()
    qtbot.wait(60)
    red, green, blue = shown(layered)(place_of(layered, "1", 8, 20, 30))
    assert red == green == blue
    assert not layered.window.actions_["layer_map.pet"].isEnabled()
    assert "over this view first" in layered.window.actions_["layer_map.pet"].toolTip()


def test_the_planes_of_one_series_share_a_layer(layered, qtbot):
    layered.layers.layering.show(PET)
    layered.session.display.colour_map = "even"
    layered.reading.arranger.set_layout("mpr")
    qtbot.wait(80)
    layers = {view.layer for view in layered.session.viewports.by_id.values()}
    assert len(layers) == 1
    assert next(iter(layers)).stack == PET
    assert all(layered.layers.bars[name].isVisible() for name in ("axial", "coronal", "sagittal"))
    layered.reading.arranger.set_layout("1x1")
    qtbot.wait(80)
    assert layer_of(layered).stack == PET
    assert layered.session.display.colour_map == "even"
    layered.reading.arranger.set_layout("mpr")
    qtbot.wait(80)
    layered.window.actions_["layer.remove"].trigger()
    assert PET not in layered.session.stacks
    assert not layered.layers.bars["axial"].isVisible()


def test_the_loupe_shows_voxels_and_leaves_the_tools_alone(layered, qtbot):
    session, surface = layered.session, surface_of(layered, "1")
    session.viewports["1"].index = 3
    session.display.window = replace(session.display.window, width=1000, center=300)
    press(qtbot, layered, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    assert session.interaction.magnifier == 3
    center = place_of(layered, "1", 3, 30, 40)
    QTest.mouseMove(surface, center + QPoint(3, 3))
    QTest.mouseMove(surface, center)
    qtbot.wait(60)
    before = place_of(layered, "1", 3, 34, 40)
    step = (before - center).y()
    at = shown(layered)
    there = at(center + QPoint(0, step))[0]  # a third of the way to row 34
    expected = 255 * (100 * 3 + 10 * (30 + 4 / 3) + 40 - 500 + 200) / 1000
    assert abs(there - expected) <= 5
    zoom = session.viewports["1"].zoom
    wheel(surface, 1, CTRL, at=center)
    assert session.interaction.magnifier == 4
    assert session.viewports["1"].zoom == zoom
    wheel(surface, 1, at=center)
    assert session.viewports["1"].index == 4
    press(qtbot, layered, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    wheel(surface, 1, CTRL, at=center)
    assert session.viewports["1"].zoom > zoom


def test_the_context_menu_has_layer_and_colours(layered):
    actions, session = layered.window.actions_, layered.session
    menu = image_menu(actions, session, layered.window)
    texts = [a.text() for a in menu.actions()]
    assert "Layer" not in texts
    assert "Show a series over this view…" in texts
    layered.layers.layering.show(PET)
    menu = image_menu(actions, session, layered.window)
    submenus: dict[str, Any] = {
        a.text(): a.menu() for a in menu.actions() if isinstance(a.menu(), QMenu)
    }
    assert {"Layer", "Colour map"} <= set(submenus)
    assert "Colour map of the layer" in [a.text() for a in submenus["Layer"].actions()]


def test_a_layer_moves_nothing_and_its_bar_covers_no_text(layered, qtbot):
    frame = layered.grid.viewports["1"]
    layered.session.interaction.overlay = "all"
    qtbot.wait(60)
    before = frame.canvas.size_px(), layered.session.viewports["1"].zoom
    layered.layers.layering.show(PET)
    qtbot.wait(80)
    bar = layered.layers.bars["1"]
    assert bar.isVisible()
    assert (frame.canvas.size_px(), layered.session.viewports["1"].zoom) == before
    place = bar.geometry()
    assert frame.canvas.rect().contains(place)
    texts = frame.canvas._overlay.painted.texts
    assert len(texts) > 4
    assert not any(text.toAlignedRect().intersects(place) for text in texts)
