"""Places for series in the real window: dropping, hints, titles, links, cine, layouts kept."""

import dataclasses
import gc
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QTreeWidget

from tests.gui.conftest import refuse_to_analyze, shown_window
from tests.gui.test_viewports import middle, place_of, surface_of, wheel
from tests.support.volumes import make_geometry, make_volume
from viewer.app.presenters.viewport import ViewportPresenter
from viewer.core.document import AnnotationDocument
from viewer.core.layout import LAYOUTS, grid_layout
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack
from viewer.core.study import Patient, Series, StackKey, Study, StudyIndex
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow
from viewer.ui.image_menu import image_menu
from viewer.ui.stack_mime import MIME_TYPE, stack_mime, stack_of
from viewer.ui.viewport_frame import ViewportFrame

pytestmark = pytest.mark.gui
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def volume_of(series, frame="1.2.3", fps=None, description="Thin"):
    volume = make_volume(make_geometry((20, 60, 80), frame_of_reference_uid=frame))
    labels = replace(volume.stack.labels, series_number=series[0], series_description=description)
    stack = replace(volume.stack, key=StackKey(series, 1), fps=fps, labels=labels)
    return replace(volume, stack=stack)


def show(bench, name, volume):
    key = volume.stack.key
    state = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(400, 40)), key)
    bench.session.show(name, OpenStack(volume, AnnotationDocument(key.series_uid)), state)
    bench.session.add_loaded(frozenset(range(20)), key)


@pytest.fixture
def side_by_side(bench, qtbot):
    """Two series of one patient space and a third of another in a row."""
    bench.session.set_layout(grid_layout(1, 3), {}, "1")
    for name, volume in (
        ("1", volume_of("1.1")),
        ("2", volume_of("2.2")),
        ("3", volume_of("3.3", "7.7", fps=20.0)),
    ):
        show(bench, name, volume)
    qtbot.wait(40)
    return bench


def drop(frame, data):
    """Bring something over a place and let it go; returns whether it was wanted."""
    centre = QPointF(frame.rect().center())
    enter = QDragEnterEvent(
        centre.toPoint(), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(frame, enter)
    wanted = frame.property("drop") == "true"  # else it was passed on to the window
    if wanted:
        let_go = QDropEvent(
            centre, Qt.DropAction.CopyAction, data,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(frame, let_go)
    return wanted


def test_a_series_is_dropped_on_a_place(side_by_side):
    bench, asked = side_by_side, list[object]()
    frame = bench.grid.viewports["2"]
    frame.stack_dropped.connect(asked.append)
    assert drop(frame, stack_mime(StackKey("5.5", 2)))
    assert asked == [StackKey("5.5", 2)]
    assert bench.session.interaction.active == "2"
    assert frame.property("drop") == "false"


def test_files_and_damage_are_not_taken_for_a_series(side_by_side):
    frame = side_by_side.grid.viewports["1"]
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/nowhere/a.dcm")])
    assert not drop(frame, files)
    for content in (b"", b"[", b"[1, 2]", b'["a"]', b'["a", "b"]', b"\xff", b"[" * 9000):
        data = QMimeData()
        data.setData(MIME_TYPE, content)
        assert stack_of(data) is None
        assert not drop(frame, data)
    QApplication.sendEvent(frame, QDragLeaveEvent())
    assert stack_of(stack_mime(StackKey("1.2.840", 3))) == StackKey("1.2.840", 3)


def test_the_tree_gives_series_only(side_by_side):
    bench = side_by_side
    stack = volume_of("1.1").stack
    series = Series("1.1", "CT", "1", "Thin", (stack,))
    study = Study("1", Patient("Doe^Jane", "P-7"), "Chest", "20260102", (series,))
    bench.session.set_index(StudyIndex(1, (study,)))
    tree = bench.window.findChild(QTreeWidget)
    top = tree.topLevelItem(0)
    assert stack_of(tree.mimeData([top])) is None
    assert stack_of(tree.mimeData([top.child(0)])) == stack.key
    assert tree.dragEnabled()
    assert MIME_TYPE in tree.mimeTypes()


def test_an_empty_place_says_what_to_do_and_takes_what_is_opened_next(bench, qtbot):
    bench.session.set_layout(grid_layout(1, 2), {}, "1")
    show(bench, "1", volume_of("1.1"))
    qtbot.wait(40)
    full, empty = bench.grid.viewports["1"], bench.grid.viewports["2"]
    assert empty.hint.isVisible()
    assert not empty.slice_bar.isVisible()
    assert not full.hint.isVisible()
    assert full.slice_bar.isVisible()
    assert (full.title, empty.title) == ("1 Thin", "Place 2")
    QTest.mouseClick(empty.hint, Qt.MouseButton.LeftButton)
    assert bench.session.interaction.active == "2"
    qtbot.wait(40)
    assert full.isVisible()  # not the start page, although the active place is empty
    show(bench, "2", volume_of("2.2", description="A very long description " * 5))
    qtbot.wait(40)
    assert not empty.hint.isVisible()
    assert abs(full.width() - empty.width()) <= 1


def test_pointing_with_shift_moves_the_places_of_one_space(side_by_side):
    bench = side_by_side
    bench.session.viewports["1"].index = 4
    QTest.qWait(40)
    QTest.mouseMove(surface_of(bench, "1"), middle(surface_of(bench, "1")))
    target = place_of(bench, "1", 4, 20, 30)
    surface = surface_of(bench, "1")
    prior = bench.session.viewports["3"].index
    bench.session.viewports["2"].orientation = Orientation.CORONAL
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove, QPointF(target), QPointF(surface.mapToGlobal(target)),
        Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, SHIFT,
    )  # fmt: skip
    QApplication.sendEvent(surface, event)
    assert bench.session.viewports["2"].index == 20
    assert bench.session.viewports["1"].index == 4
    assert bench.session.viewports["3"].index == prior


def test_a_place_is_brought_to_its_level_and_the_offset_stays(side_by_side, qtbot):
    bench = side_by_side
    bench.navigator.show_slice(10, "1")
    wheel(surface_of(bench, "2"), 3, CTRL | SHIFT)
    assert bench.session.viewports["2"].alone
    assert [v.index for v in bench.session.viewports.by_id.values()][:2] == [10, 13]
    qtbot.wait(40)
    assert bench.grid.viewports["2"].link.text() == "alone"
    bench.window.actions_["link.remember"].trigger()
    qtbot.wait(40)
    wheel(surface_of(bench, "1"), 2)
    assert [v.index for v in bench.session.viewports.by_id.values()][:2] == [12, 15]
    assert bench.grid.viewports["2"].link.text() == "offset 7.5 mm"
    assert bench.grid.viewports["2"].link.isVisible()
    bench.window.actions_["edit.undo"].trigger()
    qtbot.wait(40)
    assert not bench.grid.viewports["2"].link.isVisible()


def test_cine_plays_by_key_and_button_and_stops_at_a_press(side_by_side, qtbot):
    bench = side_by_side
    bench.session.interaction.active = "3"
    bench.grid.viewports["3"].canvas.setFocus()
    bench.session.viewports["3"].index = 0
    assert bench.grid.viewports["3"].play.isVisible()
    assert not bench.grid.viewports["1"].play.isVisible()
    qtbot.keyClick(bench.grid.viewports["3"].canvas, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: bench.session.viewports["3"].index >= 3, timeout=3000)
    QTest.mousePress(surface_of(bench, "3"), Qt.MouseButton.LeftButton)
    QTest.mouseRelease(surface_of(bench, "3"), Qt.MouseButton.LeftButton)
    assert bench.session.interaction.cine == ""
    stopped = bench.session.viewports["3"].index
    qtbot.wait(200)
    assert bench.session.viewports["3"].index == stopped
    bench.grid.viewports["3"].play.click()
    assert bench.session.interaction.cine == "3"
    bench.grid.viewports["3"].play.click()
    assert bench.session.interaction.cine == ""


def test_the_badge_tells_of_the_view_too(side_by_side, qtbot):
    bench = side_by_side
    frame = bench.grid.viewports["1"]
    bench.session.interaction.active = "1"
    assert frame.fidelity.text() == "Data checks passed"
    bench.window.actions_["slab.nodule"].trigger()
    bench.window.actions_["turn.mirror"].trigger()
    qtbot.wait(40)
    assert frame.fidelity.text() == "MIP 10 mm, mirrored"
    assert "not the value of one slice" in frame.fidelity.toolTip()
    bench.window.actions_["slab.nodule"].trigger()
    bench.window.actions_["turn.mirror"].trigger()
    qtbot.wait(40)
    assert frame.fidelity.text() == "Data checks passed"


def test_the_menu_of_a_place_has_planes_slab_turns_links_and_layouts(side_by_side):
    bench = side_by_side
    menu = image_menu(bench.window.actions_, bench.session, bench.window)
    titles = [action.text() for action in menu.actions() if action.menu() is not None]
    assert set(titles) >= {"Plane", "Slab", "Turn and flip", "Cine", "Link", "Layout"}
    plane: Any = next(a.menu() for a in menu.actions() if a.text() == "Plane")
    bench.session.interaction.active = "1"
    plane.actions()[1].trigger()
    assert bench.session.viewports["1"].orientation is Orientation.CORONAL
    assert bench.session.viewports["2"].orientation is Orientation.AXIAL


def test_layout_and_links_are_there_again(qtbot):
    from viewer.ui.side_panels import Analysis

    analysis = Analysis(refuse_to_analyze, lambda: "", lambda: None)
    with shown_window(qtbot, analysis) as first:
        button = next(
            b
            for b in first.window.findChildren(QToolButton)
            if b.accessibleName() == "Layout 2 x 2"
        )
        button.click()
        first.window.actions_["link.window"].trigger()
        assert first.session.layout.id == "2x2"
    with shown_window(qtbot, analysis) as second:
        assert second.session.layout.id == "2x2"
        assert list(second.grid.viewports) == ["1", "2", "3", "4"]
        assert not second.session.interaction.link_window  # switched off, and it stays so


def test_a_thousand_layouts_leave_nothing_behind(opened, qtbot):
    bench = opened
    bench.session.interaction.overlay = "none"
    layouts = [layout.id for layout in LAYOUTS]

    def change(times):
        for number in range(-times % len(layouts), times + -times % len(layouts)):
            bench.reading.arranger.set_layout(layouts[number % len(layouts)])
            if number % 20 == 0:
                QApplication.processEvents()
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()

    def count(kind):
        return sum(isinstance(found, kind) for found in gc.get_objects())

    def held():
        """Number of objects: grows with whatever a layout leaves behind."""
        return len(gc.get_objects())

    change(2 * len(layouts))
    frames, presenters, before = count(ViewportFrame), count(ViewportPresenter), held()
    change(1000)
    assert count(ViewportFrame) == frames <= 12
    assert count(ViewportPresenter) == presenters
    assert held() - before < 500  # half an object for each change
    assert len(bench.session.stacks) == 1
    tracemalloc.start()
    try:
        change(2 * len(layouts))
        start, _ = tracemalloc.get_traced_memory()
        change(6 * len(layouts))
        made = 6 * sum(len(layout.viewport_ids) for layout in LAYOUTS)
        end, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # psygnal 0.16 keeps some 75 bytes for each field of a state that ever was; nothing else grows.
    fields = len(dataclasses.fields(ViewportState))
    assert end - start < 85 * fields * made
    bench.session.set_volume(None, AnnotationDocument(""), DisplayState(HuWindow(1, 0)))
    assert bench.session.stacks == {}
