"""Draws parts of the window at the pixel ratio of its process; run as a program by test_hidpi."""

import sys
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from tests.support.volumes import make_geometry
from viewer.core.drawable import PolylineItem, Space, Style, TextItem
from viewer.core.plane import Orientation, slice_plane
from viewer.core.screen import ScreenTransform
from viewer.render.canvas2d import Canvas2D
from viewer.ui.application import make_application
from viewer.ui.icons import icon
from viewer.ui.widgets.icon_label import IconLabel

SIDE = 200
"""Width and height of the canvas, in device-independent pixels."""
BOX = (30.3, 41.7, 150.6, 160.4)
"""Left, top, right and bottom of a rectangle."""
LINE_PX = 3.0
ICON_PX = 24
LARGER = 12
"""Pixels of the large icon for one of the usual: whole numbers for each ratio."""
NOISE_SEED = 7
TEXT = "W 1500  L -600  Ag"


def noise(side: int) -> np.ndarray:
    """An image in which each pixel differs from its neighbours."""
    return np.random.default_rng(NOISE_SEED).integers(0, 256, (side, side), dtype=np.uint8)


def grey(pixmap: QPixmap) -> np.ndarray:
    """Return the device pixels of a picture, uint8 (rows, columns)."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width()].copy()


def shown(canvas: Canvas2D, image: np.ndarray, drawables: list[object]) -> np.ndarray:
    """Show an image that fills the canvas, and what lies over it."""
    side = image.shape[0]
    spacing = SIDE / side
    geometry = make_geometry((1, side, side), spacing_zyx_mm=(1.0, spacing, spacing))
    plane = slice_plane(geometry, Orientation.AXIAL, 0)
    canvas.set_frame(plane, ScreenTransform(1.0, (spacing / 2, spacing / 2)))
    canvas.set_image(image)
    canvas.set_drawables(drawables)  # type: ignore[arg-type]
    QApplication.processEvents()
    return grey(canvas.grab())


def main(out: Path) -> None:
    """Draw, and save the pictures as arrays."""
    make_application()
    canvas = Canvas2D()
    canvas.setFrameShape(Canvas2D.Shape.NoFrame)
    canvas.resize(SIDE, SIDE)
    canvas.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    canvas.show()
    ratio = canvas.devicePixelRatioF()
    left, top, right, bottom = BOX
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    box = tuple((x / SIDE, y / SIDE) for x, y in corners)
    black = np.zeros((SIDE, SIDE), np.uint8)
    style = Style("#ffffff", LINE_PX)
    label = IconLabel(icon("file.open"), ICON_PX)
    label.setFixedSize(ICON_PX, ICON_PX)
    label.setStyleSheet("background: black")
    whole = round(SIDE * ratio)
    np.savez(
        out,
        ratio=ratio,
        image=shown(canvas, noise(whole), []),
        box=shown(canvas, black, [PolylineItem(box, style, True, Space.VIEW)]),
        text=shown(
            canvas,
            black,
            [TextItem((0.1, 0.5), TEXT, style=Style("#ffffff", text_px=13), space=Space.VIEW)],
        ),
        icon=grey(label.grab()),
        large_icon=grey(icon("file.open").pixmap(QSize(ICON_PX, ICON_PX), float(LARGER))),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
