"""The grey slice under the overlays: a pyqtgraph image item placed in viewport pixels."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.render.area_average import area_average

ImageArray = NDArray[np.uint8]


def image_to_px(plane: PlaneGeometry, transform: ScreenTransform) -> QTransform:
    """Return the map from image pixels (corner of pixel (0, 0) at the origin) to the viewport.

    Plane millimetres count from the *centre* of pixel (0, 0), hence the half pixel.
    """
    return pixels_to_px(plane.spacing_vu_mm, transform)


def pixels_to_px(spacing_vu_mm: tuple[float, float], transform: ScreenTransform) -> QTransform:
    """Return the same map for pixels of a size: what lies on an image lies on its pixels."""
    dv, du = spacing_vu_mm
    scale = transform.px_per_mm
    left, top = transform.to_px((-du / 2, -dv / 2))
    return QTransform(du * scale, 0.0, 0.0, dv * scale, left, top)


def to_qimage(image: ImageArray) -> QImage:
    """Wrap a C-contiguous uint8 image, shape (v, u) or (v, u, 3); the array must outlive it."""
    rows, columns = image.shape[:2]
    layout = QImage.Format.Format_RGB888 if image.ndim == 3 else QImage.Format.Format_Grayscale8
    return QImage(image.data, columns, rows, image.strides[0], layout)


def reduced_size(shape: tuple[int, ...], to_device: QTransform) -> tuple[int, int]:
    """Return the size to which an image is averaged before it is drawn.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the image.
    to_device : QTransform
        From image pixels to pixels of the screen or the picture: scale and shift only.

    Returns
    -------
    rows, columns
        As many as there are device pixels for it, never more than the image has.
    """
    return (
        max(round(shape[0] * min(to_device.m22(), 1.0)), 1),
        max(round(shape[1] * min(to_device.m11(), 1.0)), 1),
    )


class ImageLayer(pg.ImageItem):
    """An image item that takes finished uint8 pixels: no levels, no lookup, no automatics."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self._reduced: ImageArray | None = None

    def show_pixels(self, image: ImageArray) -> None:
        """Show uint8 pixels, shape (v, u) or (v, u, 3)."""
        self._reduced = None
        self.setImage(image, autoLevels=False, levels=None)

    def place(self, plane: PlaneGeometry, transform: ScreenTransform) -> None:
        """Put the image where its plane lies in the viewport."""
        self.setTransform(image_to_px(plane, transform))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the pixels, averaged where they are smaller than the screen's."""
        if self.image is None:
            return
        size = reduced_size(self.image.shape, painter.deviceTransform())
        if size == self.image.shape[:2]:
            super().paint(painter, option, widget)
            return
        if self._reduced is None or self._reduced.shape[:2] != size:
            self._reduced = area_average(self.image, size)
        painter.drawImage(self.boundingRect(), to_qimage(self._reduced))
