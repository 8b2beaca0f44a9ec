"""Up is towards the head: wheel, keys, the bar, the scroll tool; or as the reader wants it."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.test_viewports import NONE, SHIFT, drag, middle, surface_of, wheel

pytestmark = pytest.mark.gui


def height_of(bench, name="axial"):
    """How far up the patient the slice in view lies, in millimetres."""
    view = bench.viewports[name].resolved()
    return float(view.plane.origin_lps_mm[2])


def key(bench, code, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(bench.window, code, modifier)
    QTest.qWait(20)


def bar_wheel(bar, steps):
    at = bar.rect().center()
    event = QWheelEvent(
        QPointF(at), QPointF(bar.mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(bar, event)
    QTest.qWait(20)


UP = {
    "wheel": lambda bench: wheel(surface_of(bench), 1),
    "ten by wheel": lambda bench: wheel(surface_of(bench), 1, SHIFT),
    "key": lambda bench: key(bench, Qt.Key.Key_Up),
    "page": lambda bench: key(bench, Qt.Key.Key_PageUp),
    "ten": lambda bench: key(bench, Qt.Key.Key_Up, SHIFT),
    "home": lambda bench: key(bench, Qt.Key.Key_Home),
    "bar": lambda bench: bar_wheel(bench.grid.viewports["axial"].slice_bar, 1),
    "drag": lambda bench: scroll_drag(bench, -60),
}
DOWN = {
    "wheel": lambda bench: wheel(surface_of(bench), -1),
    "key": lambda bench: key(bench, Qt.Key.Key_Down),
    "end": lambda bench: key(bench, Qt.Key.Key_End),
    "drag": lambda bench: scroll_drag(bench, 60),
}


def scroll_drag(bench, dy):
    bench.session.interaction.tool = "scroll"
    widget = surface_of(bench)
    drag(widget, middle(widget), middle(widget, 0, dy))


@pytest.mark.parametrize("step", UP)
def test_up_goes_towards_the_head(opened, step):
    before = height_of(opened)
    UP[step](opened)
    assert height_of(opened) > before


@pytest.mark.parametrize("step", DOWN)
def test_down_goes_towards_the_feet(opened, step):
    before = height_of(opened)
    DOWN[step](opened)
    assert height_of(opened) < before


def test_the_top_of_the_bar_is_the_head_and_home_goes_there(opened):
    key(opened, Qt.Key.Key_Home)
    assert opened.session.viewports["axial"].index == 19
    bar = opened.grid.viewports["axial"].slice_bar
    assert bar._thumb().top() < 10
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(6, bar.height() - 4))
    QTest.qWait(20)
    assert opened.session.viewports["axial"].index == 0


def test_the_reader_may_want_lower_numbers_above(opened):
    store = opened.settings
    store.save(store.settings.changed(up_goes="lower"))
    QTest.qWait(30)
    wheel(surface_of(opened), 1)
    assert opened.session.viewports["axial"].index == 9
    key(opened, Qt.Key.Key_Home)
    assert opened.session.viewports["axial"].index == 0
    assert opened.grid.viewports["axial"].slice_bar._thumb().top() < 10
