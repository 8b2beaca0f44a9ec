"""From the event to the painted picture: the real window, 512 x 512 x 800, four linked places.

Real events go to the canvas of the first place; the clock stops when every place has painted. The
reference in the same run is pyqtgraph's plain image item in four views of the same size.
"""

import time
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import refuse_to_analyze, shown_window
from tests.support.cheap_series import write_large_series
from tests.support.volumes import make_geometry, make_volume
from viewer.core.document import AnnotationDocument
from viewer.core.layout import MPR, grid_layout
from viewer.core.oblique import oblique_plane, straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack
from viewer.core.slab import Slab, SlabMode
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow
from viewer.imaging.oblique import oblique_slice, slab_planes, slab_step_mm
from viewer.ui.application import spare_the_collector
from viewer.ui.side_panels import Analysis

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]
SHAPE_ZYX = (800, 512, 512)
STEPS = 120
GOAL_MS, OBLIQUE_MS = 16.0, 33.0
NONE, LEFT, MIDDLE, RIGHT = (
    Qt.MouseButton.NoButton,
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)


class PaintCount(QObject):
    """Counts the paint events of some widgets."""

    def __init__(self, widgets):
        super().__init__()
        self.counts = dict.fromkeys(map(id, widgets), 0)
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            self.counts[id(watched)] += 1
        return False


def chest_like():
    """Smooth shapes and noise: what compresses and caches like a chest CT."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:512, 0:512]
    body = np.where(((x - 250) / 200) ** 2 + ((y - 270) / 150) ** 2 < 1, 40, -1000)
    noise = rng.normal(0, 20, (40, 512, 512)).astype(np.int16)
    data = np.empty(SHAPE_ZYX, np.int16)
    for z in range(SHAPE_ZYX[0]):
        data[z] = body + noise[z % 40] + z // 8
    geometry = make_geometry(SHAPE_ZYX, spacing_zyx_mm=(1.0, 0.7, 0.7))
    return make_volume(geometry, data=data, windows=())


@pytest.fixture(scope="module")
def chest():
    return chest_like()


@contextmanager
def four_places(qtbot, volume, side_px):
    """The real window with four linked places of one patient space, `side_px` square each."""
    with shown_window(qtbot, Analysis(refuse_to_analyze, str, lambda: None)) as bench:
        bench.session.set_layout(grid_layout(2, 2), {}, "1")
        bench.session.interaction.link_window = True
        for name in bench.session.layout.viewport_ids:
            key = StackKey(f"9.8.{name}", 0)
            shown = replace(volume, stack=replace(volume.stack, key=key))
            state = ViewportState(
                Orientation.AXIAL, DisplayState(HuWindow(1500, -600), "lung"), key, index=400
            )
            bench.session.show(name, OpenStack(shown, AnnotationDocument(key.series_uid)), state)
            bench.session.add_loaded(frozenset(range(SHAPE_ZYX[0])), key)
        fix_size(bench, side_px)
        spare_the_collector()  # as the program does
        qtbot.wait(300)
        yield bench


def fix_size(bench, side_px):
    for frame in bench.grid.viewports.values():
        frame.canvas.setFixedSize(side_px, side_px)
    bench.window.adjustSize()


def surfaces(bench):
    return [frame.canvas.viewport() for frame in bench.grid.viewports.values()]


def mouse(kind, widget, at, button, buttons):
    at = QPointF(at)
    QApplication.sendEvent(
        widget, QMouseEvent(kind, at, QPointF(widget.mapToGlobal(at)), button, buttons,
                            Qt.KeyboardModifier.NoModifier),
    )  # fmt: skip


def wheel(widget, steps):
    at = QPointF(widget.rect().center())
    QApplication.sendEvent(
        widget, QWheelEvent(at, QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps),
                            NONE, Qt.KeyboardModifier.NoModifier,
                            Qt.ScrollPhase.NoScrollPhase, False),
    )  # fmt: skip


def painted(watch, act):
    """Milliseconds from an event until every watched widget has painted."""
    before = dict(watch.counts)
    start = time.perf_counter()
    act()
    while any(watch.counts[key] == count for key, count in before.items()):
        QApplication.processEvents()
        assert time.perf_counter() - start < 5.0, "nothing was painted"
    return (time.perf_counter() - start) * 1000


def times_of(watch, act):
    result = []
    for step in range(STEPS):
        result.append(painted(watch, lambda n=step: act(n)))
        QApplication.processEvents()  # what came after the paint is not this event's
    return np.percentile(result, [50, 95, 99])


def dragging(widget, button):
    """Press, and return what moves the mouse up and down from there."""
    middle = widget.rect().center()
    mouse(QEvent.Type.MouseButtonPress, widget, middle, button, button)
    mouse(QEvent.Type.MouseMove, widget, middle + QPoint(0, 9), NONE, button)  # a drag, no click

    def move(step):
        there = middle + QPoint(3 * (step % 20) + 1, -2 * (step % 17) - 1)
        mouse(QEvent.Type.MouseMove, widget, there, NONE, button)

    return move


def release(widget, button):
    mouse(QEvent.Type.MouseButtonRelease, widget, widget.rect().center(), button, NONE)
    QApplication.processEvents()


def plain(qtbot, volume, side_px):
    """pyqtgraph's own way in four views: image item, levels; no overlays, no links."""
    views, items = [], []
    for _ in range(4):
        view = pg.GraphicsView(background="k")
        qtbot.addWidget(view)
        view.setFixedSize(side_px, side_px)
        item = pg.ImageItem(axisOrder="row-major")
        item.setScale(side_px / 512)
        view.addItem(item)
        view.show()
        views.append(view)
        items.append(item)
    qtbot.wait(100)
    watch = PaintCount([view.viewport() for view in views])

    def step(number):
        for item in items:
            item.setImage(volume.data[400 + number], levels=(-1350, 150 + number))

    return times_of(watch, step)


@pytest.mark.parametrize("side_px", [500, 1000])
def test_step_window_pan_zoom(qtbot, chest, side_px):
    reference = plain(qtbot, chest, side_px)
    print(f"\nfour places of {side_px} x {side_px} pixels, ms from event to painted")
    print("  pyqtgraph, plain: p50 {:.1f}  p95 {:.1f}  p99 {:.1f}".format(*reference))
    with four_places(qtbot, chest, side_px) as bench:
        watch = PaintCount(surfaces(bench))
        widget = surfaces(bench)[0]
        rows = [("slice step", times_of(watch, lambda n: wheel(widget, 1 if n % 60 < 30 else -1)))]
        for name, button in (("window drag", LEFT), ("pan", MIDDLE), ("zoom", RIGHT)):
            rows.append((name, times_of(watch, dragging(widget, button))))
            release(widget, button)
        for name, (median, p95, p99) in rows:
            ratio = median / reference[0]
            print(
                f"  {name}: p50 {median:.1f}  p95 {p95:.1f}  p99 {p99:.1f}; {ratio:.2f} x pyqtgraph"
            )
        if side_px == 500:
            assert all(times[0] < GOAL_MS for _, times in rows)


def test_oblique_and_slabs(qtbot, chest):
    """Three planes of one volume beside 3D; each figure is that of all that repaint."""
    with shown_window(qtbot, Analysis(refuse_to_analyze, str, lambda: None)) as bench:
        bench.session.set_layout(MPR, {}, "axial")
        display = DisplayState(HuWindow(1500, -600), "lung")
        bench.session.set_volume(chest, AnnotationDocument("9.8.7"), display)
        bench.session.add_loaded(frozenset(range(SHAPE_ZYX[0])))
        fix_size(bench, 500)
        qtbot.wait(300)
        views = bench.session.viewports.by_id
        straight = straight_rotation(chest.geometry)
        tilted = turn_about(straight, np.array([1.0, 0.4, 0.2]), 0.4)
        print("\nthree planes of 500 x 500 pixels, ms from the change to painted")
        for name, rotation, slab in (
            ("oblique", tilted, Slab()),
            ("10 mm slab", None, Slab(SlabMode.MIP, 10.0)),
            ("oblique 10 mm slab", tilted, Slab(SlabMode.MIP, 10.0)),
        ):
            for view in views.values():
                view.rotation, view.slab = rotation, slab
            qtbot.wait(500)
            for viewport_id in ("axial", "coronal", "sagittal"):
                watch = PaintCount([bench.grid.viewports[viewport_id].canvas.viewport()])
                act = stepping(bench, views[viewport_id])
                median, p95, p99 = times_of(watch, act)
                print(
                    f"  {name}, {viewport_id} slice step: "
                    f"p50 {median:.1f}  p95 {p95:.1f}  p99 {p99:.1f}"
                )
                assert median < OBLIQUE_MS * 2  # a loaded machine; the goal is printed above
        watch = PaintCount(surfaces(bench))
        print_turning(bench, views, watch, straight)


def stepping(bench, view):
    middle = view.index

    def act(number):
        view.index = middle + (number % 40 + 1) * (1 if number % 2 else -1)

    return act


def print_turning(bench, views, watch, straight):
    """All three planes turn about an axis, as a dragged line makes them."""
    for slab in (Slab(), Slab(SlabMode.MIP, 10.0)):

        def turn(number, slab=slab):
            rotation = turn_about(straight, np.array([1.0, 0.4, 0.2]), 0.3 + number * 0.004)
            for view in views.values():
                view.rotation, view.slab = rotation, slab

        median, p95, p99 = times_of(watch, turn)
        what = "thin" if slab.mode is SlabMode.NONE else "10 mm slab"
        print(f"  turning all three, {what}: p50 {median:.1f}  p95 {p95:.1f}  p99 {p99:.1f}")


def test_opening_until_the_first_paint(qtbot, tmp_path):
    """From the request to open a folder of 300 slices to its first slice on the screen."""
    write_large_series(tmp_path, 300)
    found = [first_paint_ms(qtbot, tmp_path) for _ in range(7)]
    best, median = min(found), np.median(found)
    print(f"\nfrom opening 300 slices to the first paint: best {best:.0f} ms, median {median:.0f}")


def first_paint_ms(qtbot, folder):
    with shown_window(qtbot, Analysis(refuse_to_analyze, str, lambda: None)) as bench:
        qtbot.wait(300)
        canvas, shown = bench.grid.viewports["axial"].canvas, []
        show = canvas.set_image

        def note(image):
            show(image)
            shown.append(image)

        canvas.set_image = note
        watch = PaintCount([canvas.viewport()])
        start = time.perf_counter()
        bench.deeds.open_paths([str(folder)])
        while not shown:
            QApplication.processEvents()
        painted(watch, lambda: None)
        taken = (time.perf_counter() - start) * 1000
        qtbot.waitUntil(lambda: not bench.runner.jobs, timeout=60000)
        return taken


def vtk_reslice(volume, plane, slab, threads):
    """VTK's reslice of the same plane: a function that cuts, shape (v, u); -9999 is outside."""
    import vtk
    from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

    geometry, (rows, columns) = volume.geometry, plane.shape_vu
    spacing = np.array(geometry.spacing_zyx_mm)
    image = vtk.vtkImageData()
    image.SetDimensions(volume.data.shape[::-1])
    image.SetSpacing(spacing[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(volume.data.reshape(-1)))
    inverse = np.linalg.inv(geometry.steps_lps_mm)
    axes = vtk.vtkMatrix4x4()
    for column, vector in enumerate((plane.u_lps, plane.v_lps, plane.normal_lps)):
        for row, part in enumerate((vector @ inverse * spacing)[::-1]):
            axes.SetElement(row, column, part)
    for row, part in enumerate((geometry.lps_to_index(plane.origin_lps_mm) * spacing)[::-1]):
        axes.SetElement(row, 3, part)
    reslice = vtk.vtkImageReslice()
    reslice.SetInputData(image)
    reslice.SetResliceAxes(axes)
    reslice.SetOutputDimensionality(2)
    reslice.SetInterpolationModeToLinear()
    reslice.SetOutputOrigin(0, 0, 0)
    reslice.SetOutputSpacing(*plane.spacing_vu_mm[::-1], slab_step_mm(geometry, plane))
    reslice.SetOutputExtent(0, columns - 1, 0, rows - 1, 0, 0)
    reslice.SetBackgroundLevel(-9999)
    if slab.mode is SlabMode.MIP:
        reslice.SetSlabModeToMax()
        reslice.SetSlabNumberOfSlices(slab_planes(geometry, plane, slab))
    reslice.SetNumberOfThreads(threads)
    vtk.vtkSMPTools.Initialize(threads)

    def cut():
        reslice.Modified()
        reslice.Update()
        scalars = reslice.GetOutput().GetPointData().GetScalars()
        return vtk_to_numpy(scalars).reshape(rows, columns)

    return cut


def best_ms(act, rounds=7):
    """Return the least time of some rounds, and what the last one gave."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = act()
        found.append((time.perf_counter() - start) * 1000)
    return min(found), result


@pytest.mark.parametrize("orientation", list(Orientation))
def test_cuts_alone_beside_vtk(chest, orientation):
    """The same planes, the same samples across a slab, and the same values within 1 HU."""
    pytest.importorskip("vtk")
    rotation = turn_about(straight_rotation(chest.geometry), np.array([1.0, 0.4, 0.2]), 0.4)
    plane = oblique_plane(chest.geometry, orientation, rotation, 300)
    for name, slab in (("thin", Slab()), ("10 mm MIP", Slab(SlabMode.MIP, 10.0))):
        ours, cut = best_ms(lambda slab=slab: oblique_slice(chest, plane, slab))
        one, reference = best_ms(vtk_reslice(chest, plane, slab, 1))
        two, _ = best_ms(vtk_reslice(chest, plane, slab, 2))
        rows, columns = plane.shape_vu
        print(
            f"\n{orientation.value} {rows} x {columns}, {name}: ours {ours:.1f} ms, VTK with one "
            f"thread {one:.1f} ({ours / one:.1f} x), with two {two:.1f} ({ours / two:.1f} x)"
        )
        both = (reference != -9999) & ~cut.invalid
        assert both.mean() > 0.2
        assert np.abs(reference.astype(int) - cut.image)[both].max() <= 1
