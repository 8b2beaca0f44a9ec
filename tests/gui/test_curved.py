"""The curved view in the real window: along a polyline, along probes, linked to every view."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.gui.test_viewports import wheel
from tests.support.chest import coarse_chest
from tests.support.volumes import make_geometry, make_volume
from viewer.app.overlays_frame import LETTER
from viewer.core.commands import PutShape, RemoveShape
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import TextItem
from viewer.core.screen import place
from viewer.core.shapes import PolylineShape, ProbeShape, as_point
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow

pytestmark = pytest.mark.gui
GEOMETRY = make_geometry((60, 70, 80), spacing_zyx_mm=(1.0, 1.0, 1.0))
BEND = [(10.0, 20.0, 12.0), (25.0, 25.0, 30.0), (40.0, 22.0, 50.0), (50.0, 40.0, 66.0)]  # z, y, x


def point(index):
    return as_point(GEOMETRY.index_to_lps(index))


def add(bench, shape):
    bench.session.undo.run(PutShape(shape))
    bench.session.interaction.selected = shape.uid
    return shape


def polyline(bench):
    key = bench.session.volume.stack.key
    points = tuple(point(index) for index in BEND)
    return add(
        bench,
        PolylineShape(
            frame_of_reference_uid="1.2.3", stack=key, normal_lps=(0.0, 0.0, 1.0), vertices=points
        ),
    )


@pytest.fixture
def tube(bench, qtbot):
    """A volume with a bright tube along the bend."""
    from scipy.spatial import cKDTree

    from viewer.imaging.curved import centre_line

    line = centre_line([point(index) for index in BEND], (0.0, 0.0, 1.0), 0.5)
    places = GEOMETRY.index_to_lps(np.moveaxis(np.indices(GEOMETRY.shape_zyx), 0, -1))
    distance, _ = cKDTree(line.points_lps).query(places.reshape(-1, 3))
    data = np.where(distance < 4, 300, -700).reshape(GEOMETRY.shape_zyx).astype(np.int16)
    display = DisplayState(HuWindow(400, 40), "default")
    document = AnnotationDocument("9.8.7")
    bench.session.set_volume(make_volume(GEOMETRY, data=data), document, display)
    bench.session.add_loaded(frozenset(range(60)))
    qtbot.wait(40)
    return bench


def show(bench, qtbot):
    qtbot.waitUntil(bench.window.actions_["mark.curved"].isEnabled)
    bench.window.actions_["mark.curved"].trigger()
    window = bench.curved.window
    assert window is not None
    qtbot.waitUntil(lambda: bench.curved.presenter.made is not None, timeout=10000)
    QTest.qWait(60)
    return window


def bright(picture):
    """Rows and columns of a grabbed picture where the tube is."""
    image = picture.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    return [
        (x, y)
        for x in range(10, int(image.width() / ratio) - 10, 7)
        for y in range(40, int(image.height() / ratio) - 40)
        if image.pixelColor(round(x * ratio), round(y * ratio)).lightness() > 250
    ]


def test_the_action_waits_for_a_line(tube, qtbot):
    action = tube.window.actions_["mark.curved"]
    assert not action.isEnabled()
    polyline(tube)
    qtbot.wait(40)
    assert action.isEnabled()


def test_the_tube_lies_straight_in_the_middle(tube, qtbot):
    polyline(tube)
    window = show(tube, qtbot)
    rows = np.array([y for _, y in bright(window.along)])
    assert len(rows) > 100
    middle = window.along.height() / 2
    assert abs(rows.mean() - middle) < 6
    assert np.ptp(rows) < window.along.height() * 0.35  # straight: 8 mm of 40 mm


def test_a_click_jumps_every_view_and_back(tube, qtbot):
    polyline(tube)
    window = show(tube, qtbot)
    surface = window.along.viewport()
    QTest.mouseClick(
        surface, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        QPoint(surface.width() // 3, surface.height() // 2 + 12),
    )  # fmt: skip
    presenter = tube.curved.presenter
    along, across = presenter.place
    crosshair = np.array(tube.session.interaction.crosshair_lps)
    line = presenter.made.line
    np.testing.assert_allclose(crosshair, line.to_lps(along, across, 0.0), atol=1e-6)
    assert line.from_lps(crosshair, 0.0) == pytest.approx((along, across, 0.0), abs=1e-6)
    axial = tube.session.viewports["axial"].index
    assert axial == round(float(GEOMETRY.lps_to_index(crosshair)[0]))
    target = line.to_lps(0.8 * line.length_mm, -3.0, 0.0)
    tube.navigator.jump_to(as_point(target))
    assert presenter.place == pytest.approx((0.8 * line.length_mm, -3.0), abs=1e-6)


def test_the_wheel_goes_along_the_line(tube, qtbot):
    polyline(tube)
    window = show(tube, qtbot)
    before = tube.curved.presenter.place[0]
    wheel(window.along.viewport(), -3)
    after = tube.curved.presenter.place[0]
    assert after == pytest.approx(before + 3 * tube.curved.presenter.made.line.step_mm)


def test_the_cut_across_shows_the_tube_in_its_middle_and_takes_clicks(tube, qtbot):
    polyline(tube)
    window = show(tube, qtbot)
    places = np.array(bright(window.across))
    assert len(places) > 10
    assert abs(places[:, 0].mean() - window.across.width() / 2) < 10
    before = tube.curved.presenter.place[0]
    surface, presenter = window.across.viewport(), tube.curved.presenter
    _, down = presenter.made.line.frame_at(before, 0.0)
    plane = presenter._cross.plane
    way = 30 * np.array([down @ plane.u_lps, down @ plane.v_lps])
    QTest.mouseClick(
        surface, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        surface.rect().center() + QPoint(*np.rint(way).astype(int)),
    )  # fmt: skip
    assert presenter.place[0] == pytest.approx(before)
    assert presenter.place[1] > 3


def test_both_pictures_have_letters_on_all_four_sides(tube, qtbot):
    head_to_foot = [(52.0, 20.0, 40.0), (30.0, 24.0, 42.0), (8.0, 30.0, 40.0)]
    key = tube.session.volume.stack.key
    add(
        tube,
        PolylineShape(
            frame_of_reference_uid="1.2.3",
            stack=key,
            normal_lps=(1.0, 0.0, 0.0),
            vertices=tuple(point(index) for index in head_to_foot),
        ),
    )
    window = show(tube, qtbot)

    def letters(picture):
        items = (i for i in picture._overlay._drawables if isinstance(i, TextItem))
        return {i.point: i.text[0] for i in items if i.style == LETTER}

    left, right, top, bottom = (0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (0.5, 1.0)
    assert letters(window.across) == {left: "R", right: "L", top: "A", bottom: "P"}
    shown = letters(window.along)
    assert (shown[left], shown[right]) == ("S", "I")
    assert {shown[top], shown[bottom]} == {"A", "P"}
    places = list(window.along._overlay.painted.texts)
    pairs = [(a, b) for n, a in enumerate(places) for b in places[:n]]
    assert not any(a.intersects(b) for a, b in pairs)
    tube.curved.presenter.show(tube.session.interaction.selected)
    window.turn_edited.emit(180.0)
    qtbot.waitUntil(lambda: letters(window.along).get(top) == shown[bottom], timeout=5000)


def test_width_turn_and_window(tube, qtbot):
    polyline(tube)
    window = show(tube, qtbot)
    presenter = tube.curved.presenter
    window.set_width(80.0)
    window.width_edited.emit(80.0)
    window.turn_edited.emit(90.0)
    qtbot.waitUntil(lambda: presenter.made.wish.turn_rad == pytest.approx(np.pi / 2), timeout=5000)
    height = presenter.made.cut.plane.size_uv_mm[1]
    assert height == pytest.approx(80.0, abs=1.6)
    before = len(bright(window.along))
    tube.session.display.window = HuWindow(3000, 40)
    qtbot.wait(60)
    assert len(bright(window.along)) < before / 4


def test_an_edited_line_is_followed_and_a_deleted_one_told(tube, qtbot):
    shape = polyline(tube)
    window = show(tube, qtbot)
    presenter = tube.curved.presenter
    length = presenter.made.line.length_mm
    tube.session.undo.run(RemoveShape(shape.uid))
    qtbot.wait(40)
    assert presenter.made is None
    tube.session.undo.undo()
    qtbot.wait(40)
    tube.session.interaction.selected = shape.uid
    window = show(tube, qtbot)
    assert window.isVisible()
    assert tube.curved.presenter.made.line.length_mm == pytest.approx(length)


def test_probes_on_several_slices_are_a_line(tube, qtbot):
    key = tube.session.volume.stack.key
    for index in BEND:
        add(
            tube,
            ProbeShape(
                frame_of_reference_uid="1.2.3",
                stack=key,
                normal_lps=(0.0, 0.0, 1.0),
                point_lps=point(index),
            ),
        )
    show(tube, qtbot)
    assert tube.curved.presenter.made.line.length_mm > 70


def test_the_picture_is_saved_with_its_caveat(tube, qtbot, tmp_path, monkeypatch):
    from PIL import Image

    polyline(tube)
    window = show(tube, qtbot)
    target = tmp_path / "curved.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window._save.click()
    qtbot.waitUntil(target.exists, timeout=10000)
    qtbot.waitUntil(lambda: not tube.runner.jobs, timeout=10000)
    with Image.open(target) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert pixels.shape[1] >= 1024
    amber = (pixels[..., 0] > 220) & (pixels[..., 2] < 140) & (pixels[..., 1] > 150)
    assert amber[: pixels.shape[0] // 4].sum() > 50  # the caveat
    middle = pixels[pixels.shape[0] // 2, 300:800]
    assert middle.max(axis=1).min() > 190


def test_a_chest_looks_as_its_voxels_say(bench, qtbot):
    """Grey values of the shown picture against scipy's interpolation of the phantom."""
    from scipy.ndimage import map_coordinates

    phantom = coarse_chest()
    geometry, window = phantom.geometry, HuWindow(1500, -600)
    volume = make_volume(geometry, data=phantom.hu.astype(np.int16))
    bench.session.set_volume(volume, AnnotationDocument("9.8.7"), DisplayState(window, "lung"))
    bench.session.add_loaded(frozenset(range(geometry.shape_zyx[0])))
    middle = np.asarray(geometry.center_lps_mm)
    steps = np.linspace(-1.0, 1.0, 6)
    path = [middle + np.array([110 * s, 25 * np.sin(3 * s), 20 * s * s]) for s in steps]
    add(
        bench,
        PolylineShape(
            frame_of_reference_uid=geometry.frame_of_reference_uid,
            stack=volume.stack.key,
            normal_lps=(0.0, 0.0, 1.0),
            vertices=tuple(as_point(corner) for corner in path),
        ),
    )
    shown = show(bench, qtbot)
    assert not shown._note.isVisible()
    made, across = bench.curved.presenter.made, 7.0
    along = np.linspace(0.05, 0.95, 60) * made.line.length_mm
    along = along[abs(along - made.line.length_mm / 2) > 3]  # the marker stands in the middle
    places = np.array([made.line.to_lps(a, across, 0.0) for a in along])
    hu = map_coordinates(phantom.hu.astype(float), geometry.lps_to_index(places).T, order=1)
    expected = np.clip((hu - window.low) / window.width, 0, 1) * 255
    canvas, plane = shown.along, made.cut.plane
    transform = place(plane, canvas.size_px(), 0.96)
    row = -float(plane.origin_lps_mm[1]) + across
    image = canvas.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    grey = []
    for a in along:
        x, y = transform.to_px((a, row))
        grey.append(image.pixelColor(round(x * ratio), round(y * ratio)).lightness())
    assert np.median(abs(np.array(grey) - expected)) < 4
    assert np.ptp(expected) > 100
