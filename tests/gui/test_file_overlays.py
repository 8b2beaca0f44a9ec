"""Overlay planes and shutters of the files in the real window: seen, switched off, remembered."""

import pytest

from tests.support.dicom_writer import save
from tests.support.graphics_writer import drawing, image_set, put_overlay
from viewer.app.settings import SettingsStore
from viewer.paths import config_dir
from viewer.render.snapshot import to_rgb

pytestmark = pytest.mark.gui


@pytest.fixture
def covered(bench, qtbot, tmp_path):
    one = image_set()
    put_overlay(one, drawing())
    one.ShutterShape = "RECTANGULAR"
    one.ShutterLeftVerticalEdge, one.ShutterRightVerticalEdge = 1, 20
    one.ShutterUpperHorizontalEdge, one.ShutterLowerHorizontalEdge = 1, 36
    one.WindowCenter, one.WindowWidth = -3000, 10  # everything is white
    del one.WindowCenterWidthExplanation
    bench.deeds.open_paths([str(save(one, tmp_path / "covered"))])
    qtbot.waitUntil(lambda: len(bench.session.loaded_slices) == 1, timeout=10_000)
    qtbot.wait(100)
    return bench


def shown(bench):
    """How many pixels of the viewport are white, and how many are the overlay's."""
    rgb = to_rgb(bench.grid.viewports["axial"].canvas.grab().toImage()).astype(int)
    white = (rgb.min(axis=2) > 250).sum()
    green = ((rgb[:, :, 1] - rgb[:, :, 0] > 40) & (rgb[:, :, 1] - rgb[:, :, 2] > 20)).sum()
    return int(white), int(green)


def test_switches_show_and_hide_and_are_remembered(covered, qtbot):
    actions = covered.window.actions_
    half, overlay = shown(covered)
    assert overlay > 500
    actions["view.overlay_planes"].trigger()
    qtbot.wait(50)
    half_without, none = shown(covered)
    assert none == 0
    actions["view.shutter"].trigger()
    qtbot.wait(50)
    whole, _ = shown(covered)
    assert whole == pytest.approx(2 * half_without, rel=0.05)
    assert half <= half_without
    assert not actions["view.shutter"].isChecked()
    kept = SettingsStore(config_dir()).settings
    assert (kept.overlay_planes_visible, kept.shutter_visible) == (False, False)


def test_switches_say_why_they_are_grey(opened, qtbot):
    qtbot.wait(50)
    for action_id, reason in (
        ("view.overlay_planes", "no overlay planes"),
        ("view.shutter", "no display shutter"),
    ):
        action = opened.window.actions_[action_id]
        assert not action.isEnabled()
        assert reason in action.toolTip()
