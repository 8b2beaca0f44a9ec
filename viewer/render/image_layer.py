"""The slice under the overlays: a scene item placed in viewport pixels."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.render.area_average import area_average

ImageArray = NDArray[np.uint8]

AVERAGED_BELOW = 0.75
"""Device pixels for one of the image. Above it, interpolation weighs all pixels nearly alike."""


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
        As many as there are device pixels for it; all that the image has where every one of
        them still counts when it is interpolated.
    """
    return _reduced(shape[0], to_device.m22()), _reduced(shape[1], to_device.m11())


def _reduced(count: int, scale: float) -> int:
    return count if scale >= AVERAGED_BELOW else max(round(count * scale), 1)


class ImageLayer(QGraphicsItem):
    """A scene item for finished uint8 pixels.

    They are kept as Qt draws them fastest: 32 bits for a pixel, also where they are grey.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pixels: ImageArray | None = None
        self._shown: tuple[tuple[int, ...], QImage] | None = None

    def show_pixels(self, image: ImageArray) -> None:
        """Show uint8 pixels, shape (v, u) or (v, u, 3)."""
        if self._pixels is None or self._pixels.shape[:2] != image.shape[:2]:
            self.prepareGeometryChange()
        self._pixels, self._shown = image, None
        self.update()

    def place(self, plane: PlaneGeometry, transform: ScreenTransform) -> None:
        """Put the image where its plane lies in the viewport."""
        self.setTransform(image_to_px(plane, transform))

    def boundingRect(self) -> QRectF:
        """Cover the pixels."""
        if self._pixels is None:
            return QRectF()
        return QRectF(0, 0, self._pixels.shape[1], self._pixels.shape[0])

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the pixels, averaged where they are much smaller than the screen's."""
        if self._pixels is None:
            return
        size = reduced_size(self._pixels.shape, painter.deviceTransform())
        if self._shown is None or self._shown[0] != size:
            reduced = area_average(self._pixels, size)
            image = to_qimage(reduced).convertToFormat(QImage.Format.Format_RGB32)
            self._shown = size, image
        painter.drawImage(self.boundingRect(), self._shown[1])
