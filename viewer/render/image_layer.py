"""The grey slice under the overlays: a pyqtgraph image item placed in viewport pixels."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

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


def reduced_size(columns: int, rows: int, to_device: QTransform) -> tuple[int, int]:
    """Return the size to which an image is averaged before it is drawn.

    Parameters
    ----------
    columns, rows : int
        Pixels of the image.
    to_device : QTransform
        From image pixels to pixels of the screen or the picture: scale and shift only.

    Returns
    -------
    columns, rows
        As many as there are device pixels for it, never more than the image has.
    """
    return (
        max(round(columns * min(to_device.m11(), 1.0)), 1),
        max(round(rows * min(to_device.m22(), 1.0)), 1),
    )


def reduced(image: QImage, size: tuple[int, int]) -> QImage:
    """Shrink an image by averaging over areas; one that has the size already is left alone.

    Interpolating between the nearest pixels would skip the others: fine detail turns into patterns
    that are not there.
    """
    if size == (image.width(), image.height()):
        return image
    return image.scaled(
        *size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


class ImageLayer(pg.ImageItem):
    """An image item that takes finished uint8 pixels: no levels, no lookup, no automatics."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self._reduced: QImage | None = None

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
        rows, columns = self.image.shape[:2]
        size = reduced_size(columns, rows, painter.deviceTransform())
        if size == (columns, rows):
            super().paint(painter, option, widget)
            return
        if self._reduced is None or (self._reduced.width(), self._reduced.height()) != size:
            self._reduced = reduced(to_qimage(self.image), size)
        painter.drawImage(QRectF(0, 0, columns, rows), self._reduced)
