"""The histogram in the real window: its sources, its handles by mouse and keys, its window."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from tests.gui.test_viewports import drag, place_of, surface_of
from viewer.core.window import HuWindow, VoiFunction
from viewer.imaging.roi import region_values
from viewer.ui.widgets.histogram_plot import HIGH, LOW, MIDDLE, shown_number

pytestmark = pytest.mark.gui


@pytest.fixture
def panel(opened, qtbot):
    """The panel with the histogram of the whole series."""
    opened.window.actions_["view.histogram"].trigger()
    panel = opened.panels.histogram
    qtbot.waitUntil(lambda: panel.plot._distribution is not None)
    qtbot.wait(20)
    return panel


def text_of(panel, name):
    return panel._values[name].text()


def draw_ellipse(opened):
    opened.window.actions_["tool.ellipse"].trigger()
    drag(
        surface_of(opened),
        place_of(opened, "axial", 10, 20, 20),
        place_of(opened, "axial", 10, 40, 60),
    )
    (shape,) = opened.session.document
    opened.session.interaction.selected = shape.uid
    return shape


def test_the_series_is_counted_as_numpy_counts_it(opened, panel):
    data = opened.session.volume.data.astype(float)
    found = panel.plot._distribution
    assert (found.n, found.counts.sum()) == (data.size, data.size)
    assert found.mean == pytest.approx(data.mean())
    assert found.sd == pytest.approx(data.std())
    assert text_of(panel, "Median") == f"{shown_number(np.median(data))} HU"
    assert text_of(panel, "N").replace("\u202f", "") == str(data.size)
    assert "Mean" in panel.plot.accessibleDescription()


def test_the_slice_follows_the_view(opened, panel, qtbot):
    panel.source.setCurrentIndex(1)
    panel.source.activated.emit(1)
    data = opened.session.volume.data
    for index in (opened.session.active.index, 3):
        opened.session.active.index = index
        expected = float(data[index].mean())
        qtbot.waitUntil(lambda: panel.plot._distribution.mean == pytest.approx(expected))  # noqa: B023


def test_the_selected_region_is_counted(opened, panel, qtbot):
    shape = draw_ellipse(opened)
    values = region_values(opened.session.volume, shape)
    qtbot.waitUntil(opened.window.actions_["view.window_region"].isEnabled)
    canvas = opened.grid.viewports["axial"].canvas
    QTest.keyClick(canvas, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: panel.plot._distribution.n == values.size)
    assert panel.source.currentText() == "Region"
    assert panel.plot._distribution.mean == pytest.approx(values.mean())
    opened.session.interaction.selected = ""
    qtbot.waitUntil(lambda: panel.plot._distribution is None)
    assert "Select a region" in panel._note.text()


def test_a_key_takes_the_window_from_the_region(opened, panel, qtbot):
    shape = draw_ellipse(opened)
    qtbot.waitUntil(opened.window.actions_["view.window_region"].isEnabled)
    QTest.keyClick(
        opened.grid.viewports["axial"].canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier
    )
    values = region_values(opened.session.volume, shape)
    low, high = np.percentile(values, (2, 98), method="inverted_cdf")
    wanted = HuWindow.from_range(float(low), float(high))
    qtbot.waitUntil(lambda: opened.session.display.window == wanted)
    assert opened.session.display.preset == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-469.5, "-469.5"), (-470.0, "-470"), (1049.4, "1049"), (0.0, "0"), (100.0, "100"),
        (0.01234567, "0.01235"), (7.0004, "7"), (-20.50, "-20.5"), (999.97, "1000"),
    ],
)  # fmt: skip
def test_numbers_keep_their_zeros_and_lose_those_that_say_nothing(value, text):
    assert shown_number(value) == text


def test_handles_follow_the_window_of_the_view(opened, panel):
    opened.session.display.window = HuWindow(300, 100)
    plot = panel.plot
    for place, value in ((LOW, -50), (MIDDLE, 100), (HIGH, 250)):
        handle = plot.handles[place]
        assert handle.geometry().center().x() == pytest.approx(plot.x_of(value), abs=1.5)
        assert handle.accessibleName().endswith(f": {value}")
    assert panel.window_text.text() == "Window 300 / 100: -50 to 250 HU"


def test_handles_move_the_window_by_mouse(opened, panel, qtbot):
    opened.session.display.window = HuWindow(400, 300)
    plot = panel.plot
    high = plot.handles[HIGH]
    middle = QPointF(high.rect().center())
    scale = (plot._axis[1] - plot._axis[0]) / plot._span_px
    QTest.mousePress(high, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    QTest.mouseMove(high, middle.toPoint() + QPoint(30, 0))
    QTest.mouseRelease(high, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    window = opened.session.display.window
    assert window.low == 100
    assert window.high == pytest.approx(500 + 30 * scale, abs=1.5 * scale)
    assert opened.session.display.preset == ""


def test_handles_move_the_window_by_keys_and_never_cross(opened, panel):
    opened.session.display.window = HuWindow(10, 100)
    low, middle, high = panel.plot.handles
    QTest.keyClick(low, Qt.Key.Key_Right)
    assert opened.session.display.window == HuWindow.from_range(96, 105)
    QTest.keyClick(high, Qt.Key.Key_PageUp)
    assert opened.session.display.window == HuWindow.from_range(96, 115)
    QTest.keyClick(middle, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert opened.session.display.window == HuWindow.from_range(86, 105)
    for _ in range(40):
        QTest.keyClick(low, Qt.Key.Key_Up)
    assert opened.session.display.window == HuWindow.from_range(104, 105)


def test_a_sigmoid_stays_one(opened, panel):
    opened.session.display.window = HuWindow(100, 50, VoiFunction.SIGMOID)
    QTest.keyClick(panel.plot.handles[MIDDLE], Qt.Key.Key_Right)
    window = opened.session.display.window
    assert window.function is VoiFunction.SIGMOID
    assert window.center > 50
    assert window.width == pytest.approx(100)


def test_bars_stand_where_their_values_are(opened, panel, qtbot):
    """All values lie on one side of 0 or the other: bars are drawn over them, and nowhere else."""
    panel.logarithmic.setChecked(False)
    opened.session.display.window = HuWindow(1, -499)
    qtbot.wait(20)
    plot = panel.plot
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    found, ratio = plot._distribution, image.width() / plot.width()
    bar = plot.palette().placeholderText().color()
    foot = plot.height() - 18
    for number in range(20, len(found.counts), 25):
        x = plot.x_of(found.low + (number + 0.5) * found.bin_width)
        seen = image.pixelColor(round(x * ratio), round(foot * ratio))
        distance = abs(seen.lightness() - bar.lightness())
        assert distance < 60 or found.counts[number] < 0.03 * found.counts.max()


def test_nothing_is_counted_while_nobody_looks(opened, panel, qtbot):
    opened.window.show_tab("Measurements")
    panel.source.setCurrentIndex(1)
    panel.source.activated.emit(1)
    before = panel.plot._distribution
    opened.session.active.index = 4
    qtbot.wait(60)
    assert panel.plot._distribution is before
