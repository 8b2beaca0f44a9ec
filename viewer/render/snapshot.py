"""Paints an export with the same painter as the screen, without a window or a display."""

import os
import sys

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from viewer.export.snapshot import ExportSnapshot, PixelArray
from viewer.render.image_layer import for_screen, image_to_px, to_qimage
from viewer.render.painter import paint_drawables

_kept: list[QApplication] = []  # an application object must live as long as its fonts are used


def render_snapshot(snapshot: ExportSnapshot) -> PixelArray:
    """Paint a picture.

    May run on any thread once an application object exists; see `ensure_gui`.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        RGB, of the snapshot's frame.
    """
    ensure_gui()
    width, height = snapshot.frame.size_px
    canvas = QImage(width, height, QImage.Format.Format_RGB32)
    canvas.fill(0)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    placed = image_to_px(snapshot.plane, snapshot.frame.transform)
    pixels = np.ascontiguousarray(snapshot.image)
    averaged = for_screen(pixels, placed)
    painter.setTransform(placed)
    painter.drawImage(QRectF(0, 0, pixels.shape[1], pixels.shape[0]), to_qimage(averaged))
    painter.resetTransform()
    paint_drawables(
        painter,
        snapshot.drawables,
        snapshot.frame.transform,
        (float(width), float(height)),
        snapshot.frame.scale,
    )
    painter.end()
    return to_rgb(canvas)


def to_rgb(image: QImage) -> PixelArray:
    """Copy a QImage into an array of uint8, shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()


def ensure_gui() -> None:
    """Make an application object for fonts where there is none yet (the command line).

    It is one that could show a window, too: a process has one application object for good.
    """
    if QCoreApplication.instance() is None:
        # Also where there is no screen: nothing is shown. (Nobody else's choice is changed.)
        if sys.platform.startswith("linux"):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _kept.append(QApplication(["hounsfield"]))
