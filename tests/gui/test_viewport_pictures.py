"""Pictures of layouts and of what stands around an image: each is where it belongs, to the pixel.

What lies over the image itself: tests/unit/render/test_elements_in_pictures.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.support.volumes import make_geometry
from viewer.core.layout import LAYOUTS
from viewer.core.plane import Orientation, slice_plane
from viewer.core.screen import ScreenTransform
from viewer.ui.application import make_application
from viewer.ui.viewport_frame import CellFrame, ViewportFrame
from viewer.ui.viewport_grid import ViewportGrid

pytestmark = pytest.mark.gui
WIDTH, HEIGHT = 1210, 900
HEADER_PX, BAR_PX, EDGE_PX = 40, 40, 6
"""The most that a header, a slice bar and a border take; images begin and end within them."""
PLANE = slice_plane(make_geometry((3, 30, 40)), Orientation.AXIAL, 1)
COVERING = ScreenTransform(100.0, (20.0, 20.0))


def pixels(widget: QWidget) -> np.ndarray:
    QTest.qWait(30)
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


@pytest.fixture(autouse=True)
def theme(qapp):
    """The style sheet of the program: letters of the places are light on black."""
    make_application()


@pytest.fixture
def grid(qtbot):
    surface = QWidget()
    surface.setStyleSheet("background: #00ff00")
    grid = ViewportGrid(surface)
    qtbot.addWidget(grid)
    grid.resize(WIDTH, HEIGHT)
    grid.show()
    return grid


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.id)
def test_each_image_of_a_layout_fills_its_share_of_the_window(grid, layout):
    grid.set_layout(layout)
    greys = {name: 60 + 15 * number for number, name in enumerate(layout.viewport_ids)}
    for name, grey in greys.items():
        grid.viewports[name].set_frame(PLANE, COVERING, 1.0)
        grid.viewports[name].set_image(np.full(PLANE.shape_vu, grey, np.uint8))
        grid.viewports[name].slice_bar.setVisible(True)
    picture = pixels(grid)
    rows = max(cell.row + cell.rows for cell in layout.cells)
    columns = max(cell.column + cell.columns for cell in layout.cells)
    for cell in layout.cells:
        if cell.id not in greys:
            continue
        inked = (picture == greys[cell.id]).all(axis=2)
        height, width = (
            np.flatnonzero(inked.sum(axis=axis) > inked.shape[axis] / 12) for axis in (1, 0)
        )
        left, right = (WIDTH * k / columns for k in (cell.column, cell.column + cell.columns))
        top, bottom = (HEIGHT * k / rows for k in (cell.row, cell.row + cell.rows))
        assert width[0] == pytest.approx(left, abs=EDGE_PX)
        assert height[-1] == pytest.approx(bottom, abs=EDGE_PX)
        assert right - BAR_PX <= width[-1] <= right
        assert top < height[0] <= top + HEADER_PX


@dataclass(frozen=True)
class Part:
    """Something around an image: how it is shown, and the widget that shows it."""

    show: Callable[[ViewportFrame], None]
    hide: Callable[[ViewportFrame], None]


def show_hint(frame: ViewportFrame) -> None:
    frame.set_hint("The series cannot be shown")
    frame.hint.show()


def show_image(frame: ViewportFrame) -> None:
    frame.set_frame(PLANE, COVERING, 1.0)
    frame.set_image(np.full(PLANE.shape_vu, 200, np.uint8))


PARTS: dict[str, Part] = {
    "_name": Part(lambda f: f.set_title("Sagittal"), lambda f: f.set_title("")),
    "_note": Part(lambda f: f.set_note("7 / 20"), lambda f: f.set_note("")),
    "_maximise": Part(lambda f: f.set_can_maximise(True), lambda f: f.set_can_maximise(False)),
    "fidelity": Part(
        lambda f: f.set_fidelity("1 data caveat", False, "tip"),
        lambda f: f.set_fidelity("", True, ""),
    ),
    "link": Part(lambda f: f.set_link("alone"), lambda f: f.set_link("")),
    "play": Part(lambda f: f.set_cine(True, False), lambda f: f.set_cine(False, False)),
    "slice_bar": Part(lambda f: f.set_slice(4, 20, 1), lambda f: f.slice_bar.hide()),
    "hint": Part(show_hint, lambda f: f.hint.hide()),
    "_entry": Part(
        lambda f: f.ask_text((90.0, 120.0), "words", "Words"), lambda f: f._entry.hide()
    ),
    "canvas": Part(show_image, lambda f: f.canvas.clear()),
}


def rect_in(frame: QWidget, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(frame, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("name", PARTS)
def test_each_part_of_a_viewport_is_painted_in_its_own_place(qtbot, name):
    frame = ViewportFrame("axial", "Axial", "#ffd54a")
    qtbot.addWidget(frame)
    frame.resize(700, 500)
    frame.show()
    strip = frame.findChild(QWidget, "viewportHeader")
    assert isinstance(strip, QWidget)
    strip.setFixedHeight(30)  # so that the image below stays where it is
    for part in PARTS.values():
        part.hide(frame)
    without = pixels(frame)
    PARTS[name].show(frame)
    shown = pixels(frame)
    rows, columns = np.nonzero(np.abs(shown.astype(int) - without).max(axis=2) > 24)
    place = rect_in(frame, getattr(frame, name))
    inside = (columns >= place.left()) & (columns <= place.right())
    inside &= (rows >= place.top()) & (rows <= place.bottom())
    assert inside.sum() >= 20
    assert inside.mean() > (0.3 if name == "slice_bar" else 0.95)  # the image makes room for a bar
    assert frame.rect().contains(place)


def widgets_of(frame: CellFrame) -> set[str]:
    """Names of the widgets that a viewport keeps."""
    return {name for name, value in vars(frame).items() if isinstance(value, QWidget)}


def test_every_part_of_a_viewport_has_a_picture(qtbot):
    frame = ViewportFrame("axial", "Axial", "#ffd54a")
    qtbot.addWidget(frame)
    assert widgets_of(frame) == set(PARTS)
    frame.stars = QWidget(frame)  # type: ignore[attr-defined]
    assert widgets_of(frame) - set(PARTS) == {"stars"}
