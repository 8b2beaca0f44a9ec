"""The grey slice under the overlays: a pyqtgraph image item placed in viewport pixels."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QTransform

from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform

ImageArray = NDArray[np.uint8]


def image_to_px(plane: PlaneGeometry, transform: ScreenTransform) -> QTransform:
    """Return the map from image pixels (corner of pixel (0, 0) at the origin) to the viewport.

    Plane millimetres count from the *centre* of pixel (0, 0), hence the half pixel.
    """
    dv, du = plane.spacing_vu_mm
    scale = transform.px_per_mm
    left, top = transform.to_px((-du / 2, -dv / 2))
    return QTransform(du * scale, 0.0, 0.0, dv * scale, left, top)


def to_qimage(image: ImageArray) -> QImage:
    """Wrap a C-contiguous uint8 image, shape (v, u) or (v, u, 3); the array must outlive it."""
    rows, columns = image.shape[:2]
    layout = QImage.Format.Format_RGB888 if image.ndim == 3 else QImage.Format.Format_Grayscale8
    return QImage(image.data, columns, rows, image.strides[0], layout)


class ImageLayer(pg.ImageItem):
    """An image item that takes finished uint8 pixels: no levels, no lookup, no automatics."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")

    def show_pixels(self, image: ImageArray) -> None:
        """Show uint8 pixels, shape (v, u) or (v, u, 3)."""
        self.setImage(image, autoLevels=False, levels=None)

    def place(self, plane: PlaneGeometry, transform: ScreenTransform) -> None:
        """Put the image where its plane lies in the viewport."""
        self.setTransform(image_to_px(plane, transform))
