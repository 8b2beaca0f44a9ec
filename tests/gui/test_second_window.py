"""The second window: places of its own in one session, by real events."""

import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.conftest import refuse_to_analyze, shown_window
from tests.gui.test_places import drop, show, volume_of
from tests.gui.test_viewports import middle, wheel
from tests.support.qt_leaks import QtLeakCheck
from viewer.app.overlays import compose
from viewer.app.presenters.viewport import ViewportPresenter
from viewer.app.settings import SettingsStore
from viewer.core.drawable import PolylineItem
from viewer.core.layout import MPR, SECOND, grid_layout
from viewer.core.plane import Orientation
from viewer.core.study import StackKey
from viewer.paths import config_dir
from viewer.ui.second_window import ImageWindow
from viewer.ui.stack_mime import stack_mime
from viewer.ui.viewport_frame import ViewportFrame
from viewer.ui.viewport_grid import ViewportGrid

pytestmark = pytest.mark.gui
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def surface_in(bench, name):
    return bench.viewports.frame(name).canvas.viewport()


@pytest.fixture
def two_windows(bench, qtbot):
    """A series in each window, both of one patient space."""
    bench.session.set_layout(grid_layout(1, 1), {}, "1")
    show(bench, "1", volume_of("1.1"))
    bench.window.actions_["view.second_window"].trigger()
    qtbot.waitExposed(bench.second.window)
    show(bench, "2/1", volume_of("2.2"))
    qtbot.wait(40)
    return bench


def test_it_opens_by_key_with_one_empty_place_and_closes_by_the_same_key(bench, qtbot):
    bench.window.activateWindow()
    QTest.keyClick(bench.window, Qt.Key.Key_F11, SHIFT)
    qtbot.waitUntil(lambda: bench.second.window is not None, timeout=2000)
    assert list(bench.session.viewports.by_id) == ["axial", "coronal", "sagittal", "2/1"]
    assert bench.window.actions_["view.second_window"].isChecked()
    bench.window.actions_["view.second_window"].trigger()
    assert bench.second.window is None
    assert list(bench.session.viewports.by_id) == ["axial", "coronal", "sagittal"]
    assert not bench.window.actions_["view.second_window"].isChecked()


def test_a_series_is_dropped_there_and_closed_with_it(two_windows):
    bench, asked = two_windows, list[object]()
    frame = bench.viewports.frame("2/1")
    frame.stack_dropped.connect(asked.append)
    assert drop(frame, stack_mime(StackKey("1.1", 1)))
    assert asked == [StackKey("1.1", 1)]
    assert bench.session.interaction.active == "2/1"
    assert len(bench.session.stacks) == 2  # the index does not know it: nothing was opened
    bench.second.window.close()
    assert [key.series_uid for key in bench.session.stacks] == ["1.1"]
    assert bench.session.interaction.active == "1"
    assert bench.session.volume.stack.key.series_uid == "1.1"


def test_scrolling_and_pointing_carry_the_other_window(two_windows, qtbot):
    bench = two_windows
    bench.navigator.show_slice(5, "1")
    assert bench.session.viewports["2/1"].index == 5
    wheel(surface_in(bench, "2/1"), 3)
    assert bench.session.interaction.active == "2/1"
    assert bench.session.viewports["1"].index == 8
    qtbot.wait(40)
    lines = len([item for item in drawables(bench, "1") if isinstance(item, PolylineItem)])
    bench.session.viewports["2/1"].orientation = Orientation.SAGITTAL
    qtbot.wait(40)
    now = len([item for item in drawables(bench, "1") if isinstance(item, PolylineItem)])
    assert now > lines  # where the other window's slice cuts this one


def drawables(bench, name):
    presenter = bench.viewports[name]
    view, stack = presenter.resolved(), presenter.stack
    return compose(presenter.scene(view, stack), bench.rois)


def test_keys_tools_and_marks_work_there(two_windows, qtbot):
    bench = two_windows
    window = bench.second.window
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window, timeout=2000)
    surface = surface_in(bench, "2/1")
    QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=middle(surface))
    QTest.keyClick(bench.viewports.frame("2/1").canvas, Qt.Key.Key_D)
    assert bench.session.interaction.tool == "length"
    start = middle(surface)
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(surface, start + QPoint(40, 30))
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 30))
    assert len(bench.session.stacks[StackKey("2.2", 1)].document) == 1
    assert len(bench.session.stacks[StackKey("1.1", 1)].document) == 0
    QTest.keyClick(bench.viewports.frame("2/1").canvas, Qt.Key.Key_I)
    assert bench.session.viewports["2/1"].display.inverted
    assert not bench.session.viewports["1"].display.inverted
    qtbot.wait(40)
    QTest.keyClick(bench.viewports.frame("2/1").canvas, Qt.Key.Key_Z, CTRL)
    assert len(bench.session.stacks[StackKey("2.2", 1)].document) == 0


def test_layouts_maximising_and_full_screen_are_of_the_window_in_use(two_windows, qtbot):
    bench = two_windows
    window = bench.second.window
    bench.session.interaction.active = "2/1"
    bench.window.actions_["layout.2x2"].trigger()
    assert [layout.id for layout in bench.session.layouts] == ["1x1", "2x2"]
    qtbot.wait(40)
    frames = {name: bench.viewports.frame(name) for name in ("2/1", "2/2", "2/3", "2/4")}
    assert all(frame.isVisible() for frame in frames.values())
    assert frames["2/1"].title == "2 Thin"
    bench.window.actions_["view.maximise"].trigger()
    assert [frame.isVisible() for frame in frames.values()] == [True, False, False, False]
    assert bench.viewports.frame("1").isVisible()
    bench.window.actions_["view.maximise"].trigger()
    assert all(frame.isVisible() for frame in frames.values())
    bench.window.actions_["layout.mpr"].trigger()
    assert bench.session.layouts[1].viewport_ids == ("2/axial", "2/coronal", "2/sagittal")
    assert bench.session.volume.stack.key.series_uid == "2.2"
    bench.navigator.set_active("coronal")
    assert bench.session.interaction.active == "2/coronal"
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window, timeout=2000)
    bench.window.actions_["view.full_screen"].trigger()
    assert window.isFullScreen()
    assert not bench.window.isFullScreen()
    bench.window.actions_["view.full_screen"].trigger()
    assert not window.isFullScreen()


def test_the_menu_of_a_place_opens_over_it(two_windows):
    bench = two_windows
    bench.viewports.frame("2/1").show_menu((20.0, 20.0))
    (menu,) = (found for found in bench.second.window.findChildren(QMenu) if found.isVisible())
    assert {action.text() for action in menu.actions()} >= {"Layout", "Link", "Slab"}
    menu.close()
    assert {action.text().strip("&") for action in bench.second.window.menuBar().actions()} >= {
        "File", "View", "Tools",
    }  # fmt: skip


def test_it_is_there_again_with_place_and_layout(qtbot):
    from viewer.ui.side_panels import Analysis

    analysis = Analysis(refuse_to_analyze, lambda: "", lambda: None)
    with shown_window(qtbot, analysis) as first:
        first.window.actions_["view.second_window"].trigger()
        first.session.interaction.active = "2/1"
        first.window.actions_["layout.1x2"].trigger()
        first.second.window.setGeometry(77, 66, 640, 480)
        QApplication.processEvents()
    with shown_window(qtbot, analysis) as second:
        assert second.second.window is not None
        assert second.session.layouts == (MPR, grid_layout(1, 2).in_window(1))
        box = second.second.window.geometry()
        assert (box.width(), box.height()) == (640, 480)
        second.second.window.close()
    with shown_window(qtbot, analysis) as third:
        assert third.second.window is None


def test_opened_and_closed_fifty_times_it_leaves_nothing(bench, qtbot):
    def cycle(times):
        for _ in range(times):
            bench.second.toggle()
            QApplication.processEvents()
            bench.second.toggle()
            settle()

    def settle():
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QApplication.processEvents()

    def counts():
        gc.collect()
        kinds = (ViewportFrame, ViewportPresenter, ViewportGrid, ImageWindow)
        found = gc.get_objects()
        alive = [sum(isinstance(thing, kind) for thing in found) for kind in kinds]
        return [*alive, len(QApplication.topLevelWidgets())], len(found)

    qtbot.waitUntil(lambda: not bench.grid.prepare())  # places made ahead are no leak
    cycle(3)
    check, (before, objects) = QtLeakCheck(), counts()
    cycle(50)
    after, more = counts()
    # Widgets are counted: those that Python does not hold have another identity at each look.
    assert [text for text in check.leaks() if not text.startswith("widget")] == []
    assert after == before
    # psygnal 0.16 keeps twelve weak references of each viewport state that ever was.
    assert more - objects < 50 * 13


def test_the_lines_between_cells_are_dragged_and_reset(side_by_side_grid, qtbot):
    bench = side_by_side_grid
    grid = bench.grid
    widths = [bench.viewports.frame(name).width() for name in ("1", "2")]
    assert abs(widths[0] - widths[1]) <= 1
    line = QPoint(bench.viewports.frame("1").geometry().right() + 2, 200)
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=line)
    QTest.mouseMove(grid, line + QPoint(150, 0))
    QTest.mouseRelease(grid, Qt.MouseButton.LeftButton, pos=line + QPoint(150, 0))
    qtbot.wait(20)
    now = [bench.viewports.frame(name).width() for name in ("1", "2")]
    assert now[0] - widths[0] == pytest.approx(150, abs=3)
    assert sum(now) == pytest.approx(sum(widths), abs=2)
    assert bench.session.layouts[0].column_shares[0] == pytest.approx(now[0] / sum(now), abs=0.01)
    line = QPoint(bench.viewports.frame("1").geometry().right() + 2, 200)
    QTest.mouseDClick(grid, Qt.MouseButton.LeftButton, pos=line)
    qtbot.wait(20)
    assert [bench.viewports.frame(name).width() for name in ("1", "2")] == widths
    assert bench.session.layouts[0] == grid_layout(2, 2)


@pytest.fixture
def side_by_side_grid(bench, qtbot):
    bench.session.set_layout(grid_layout(2, 2), {}, "1")
    show(bench, "1", volume_of("1.1"))
    qtbot.wait(40)
    return bench


def test_it_is_kept_soon_after_it_changes_not_only_at_the_end(two_windows, qtbot):
    bench = two_windows

    def kept():
        return SettingsStore(config_dir()).settings

    qtbot.waitUntil(lambda: kept().second_layout == grid_layout(1, 1).text, timeout=3000)
    bench.session.interaction.active = "2/1"
    bench.reading.arranger.lay_out(grid_layout(1, 2).in_window(SECOND))
    qtbot.waitUntil(lambda: kept().second_layout == grid_layout(1, 2).text, timeout=3000)
    before = kept().second_geometry
    bench.second.window.resize(700, 500)
    qtbot.waitUntil(lambda: kept().second_geometry != before, timeout=3000)
    bench.second.window.close()
    qtbot.waitUntil(lambda: not kept().second_layout, timeout=3000)
