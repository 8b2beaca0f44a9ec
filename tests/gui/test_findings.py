"""Findings in the real window: tracked marks, follow-up beside a prior, sums, jumps of both."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLabel, QPushButton, QTableView

from tests.gui.test_viewports import drag, place_of, surface_of
from tests.support.volumes import make_geometry, make_volume
from viewer.app import follow_up
from viewer.app.measurement_table import CHANGE, COLUMNS, PLACE, VALUE
from viewer.app.overlays import compose
from viewer.app.overlays_marks import MARK_ACTIVE
from viewer.core.commands import PutShape
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import PolylineItem
from viewer.core.layout import grid_layout
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack
from viewer.core.shapes import LengthShape, PriorMark, as_point
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow
from viewer.ui.dialogs.pair_marks import PairMarksDialog

pytestmark = pytest.mark.gui
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def volume_of(series, date):
    volume = make_volume(make_geometry((20, 60, 80)))
    labels = replace(volume.stack.labels, date=date)
    return replace(volume, stack=replace(volume.stack, key=StackKey(series, 1), labels=labels))


def length(series, z, y, x0, x1, uid):
    grid = make_geometry((20, 60, 80))
    start, end = (as_point(grid.index_to_lps((z, y, x))) for x in (x0, x1))
    return LengthShape(
        frame_of_reference_uid="1.2.3",
        stack=StackKey(series, 1),
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=start,
        end_lps=end,
        uid=uid,
    )


NOW = (length("2.2", 6, 20, 10, 34, "now-a"), length("2.2", 14, 30, 40, 50, "now-b"))
THEN = (length("1.1", 7, 20, 10, 30, "then-a"), length("1.1", 13, 30, 40, 52, "then-b"))


@pytest.fixture
def beside(bench, qtbot):
    """The present series in place 1 and its prior, of one frame of reference, in place 2."""
    bench.session.set_layout(grid_layout(1, 2), {}, "1")
    for name, series, date, marks in (
        ("1", "2.2", "20210611", NOW),
        ("2", "1.1", "20210301", THEN),
    ):
        volume = volume_of(series, date)
        state = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(400, 40)), volume.stack.key)
        bench.session.show(name, OpenStack(volume, AnnotationDocument(series, marks)), state)
        bench.session.add_loaded(frozenset(range(20)), volume.stack.key)
    # the marks here have one frame of reference: each document holds those of its own series
    bench.window.show_tab("Measurements")
    qtbot.wait(60)
    return bench


def table_of(bench):
    return bench.panels.measurements.findChild(QTableView)


def shown(bench, column):
    model = table_of(bench).model()
    place = COLUMNS.index(column)
    return [model.index(line, place).data() for line in range(model.rowCount())]


def key_in_view(bench, key, held=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(bench.grid.viewports[bench.session.interaction.active].canvas, key, held)


def test_an_untracked_mark_is_dashed_and_the_key_toggles_it(opened, qtbot):
    opened.window.actions_["tool.length"].trigger()
    ends = [place_of(opened, "axial", 10, 20, x) for x in (20, 60)]
    drag(surface_of(opened), *ends)
    qtbot.waitUntil(opened.window.actions_["mark.track"].isEnabled)
    (shape,) = opened.session.document
    assert not shape.tracked  # a ruler is no finding until the reader says so
    presenter = opened.viewports["axial"]
    view = presenter.resolved()

    def dashes():
        drawn = compose(presenter.scene(view, presenter.stack), opened.rois)
        return {
            item.style.dash
            for item in drawn
            if isinstance(item, PolylineItem) and item.style.width_px == MARK_ACTIVE.width_px
        }

    assert all(dashes())
    key_in_view(opened, Qt.Key.Key_T, SHIFT)
    assert next(iter(opened.session.document)).tracked
    opened.window.actions_["edit.undo"].trigger()
    assert not next(iter(opened.session.document)).tracked


def test_a_mark_is_paired_by_key_from_the_list_of_the_nearest(beside, qtbot):
    session = beside.session
    session.interaction.selected = "now-a"
    qtbot.waitUntil(beside.window.actions_["follow.pair"].isEnabled)
    menu = beside.window.actions_.pair_menu
    key_in_view(beside, Qt.Key.Key_P, ALT)
    qtbot.waitUntil(menu.isVisible)
    texts = [action.text() for action in menu.actions()]
    assert texts[0] == "Length 14.0 mm (2021-03-01) (2.9 mm away)"  # 1 slice, 2 columns
    assert len(texts) == 2
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert session.document.get("now-a").follows == PriorMark("1.1", "then-a")
    qtbot.waitUntil(lambda: "+2.8 mm (+20.0 %)" in shown(beside, CHANGE))
    assert beside.session.undo.undo_text == "follow-up"
    beside.window.actions_["edit.undo"].trigger()
    assert session.document.get("now-a").follows is None


def test_all_are_paired_after_a_look_as_one_step_and_their_sum_is_told(beside, qtbot):
    key_in_view(beside, Qt.Key.Key_P, ALT | SHIFT)
    dialog = beside.window.findChild(PairMarksDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert not dialog.isModal()
    reach = dialog.findChild(QDoubleSpinBox)
    pair = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Pair")
    reach.setValue(1.0)
    assert not pair.isEnabled()
    reach.setValue(15.0)
    qtbot.mouseClick(pair, Qt.MouseButton.LeftButton)
    assert all(shape.follows is not None for shape in beside.session.document)
    qtbot.waitUntil(lambda: len([text for text in shown(beside, CHANGE) if text]) == 2)
    panel = beside.panels.measurements
    texts = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    # 24 and 10 columns of 0.7 mm against 20 and 12; 11 June is 102 days after 1 March
    assert any(
        text == "Sum of tracked diameters (n = 2): 23.8 mm\n"
        "With a prior (n = 2): 23.8 mm, before 22.4 mm, change +1.4 mm (+6.2 %), 102 days"
        for text in texts
    )
    dialog.close()
    beside.window.actions_["edit.undo"].trigger()
    assert all(shape.follows is None for shape in beside.session.document)


def test_a_jump_shows_both_lesions(beside, qtbot):
    session = beside.session
    follow_up.pair(session, follow_up.candidates(session, "now-a")[:1])
    session.viewports["1"].index = 0
    session.interaction.selected = "now-a"
    qtbot.waitUntil(beside.window.actions_["mark.jump"].isEnabled)
    key_in_view(beside, Qt.Key.Key_J)
    assert (session.viewports["1"].index, session.viewports["2"].index) == (6, 7)
    session.viewports["1"].index = 9  # a scroll brings them together again
    assert session.viewports["2"].index == 9


def test_a_click_on_a_heading_sorts_and_the_order_stays(beside, qtbot):
    table = table_of(beside)
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(COLUMNS.index(VALUE)) + 8, header.height() // 2)
    assert shown(beside, VALUE) == ["16.8 mm", "7.0 mm"]
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown(beside, VALUE) == ["7.0 mm", "16.8 mm"]
    session = beside.session
    session.undo.run(PutShape(length("2.2", 3, 5, 5, 8, "short")))
    qtbot.waitUntil(lambda: shown(beside, VALUE) == ["2.1 mm", "7.0 mm", "16.8 mm"])


def test_only_tracked_marks_are_listed_on_request(beside, qtbot):
    panel = beside.panels.measurements
    line = table_of(beside).visualRect(table_of(beside).model().index(1, 1)).center()
    qtbot.mouseClick(table_of(beside).viewport(), Qt.MouseButton.LeftButton, pos=line)
    assert not beside.session.document.get("now-b").tracked
    panel.findChild(QCheckBox).click()
    qtbot.waitUntil(lambda: shown(beside, VALUE) == ["16.8 mm"])
    panel.findChild(QCheckBox).click()
    qtbot.waitUntil(lambda: len(shown(beside, VALUE)) == 2)


def test_the_second_line_runs_on_below_value_and_slice(beside, qtbot):
    session = beside.session
    follow_up.pair(session, follow_up.candidates(session, "now-a")[:1])
    qtbot.waitUntil(lambda: shown(beside, CHANGE)[0] != "")
    session.interaction.selected = ""
    qtbot.wait(30)
    table = table_of(beside)
    picture = table.viewport().grab().toImage()
    for column in (VALUE, PLACE):
        box = table.visualRect(table.model().index(0, COLUMNS.index(column)))
        lower = [
            picture.pixelColor(x, y).lightness()
            for x in range(box.left() + 8, box.right() - 2)
            for y in range(box.center().y() + 4, box.bottom() - 4)
        ]
        assert max(lower) - min(lower) > 60, column
    assert table.horizontalScrollBar().maximum() == 0
