"""The slice under the overlays: a scene item placed in viewport pixels."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.render.shrink import area_average, shrink

ImageArray = NDArray[np.uint8]

AVERAGED_BELOW = 0.75
"""Device pixels for one of the image. From here on up to 1 a sharper kernel shrinks it."""


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


def drawn_size(shape: tuple[int, ...], to_device: QTransform) -> tuple[int, int]:
    """Return rows and columns that are handed to the painter: as many as there are device pixels.

    Where those are more than the image has, the painter interpolates between its pixels.
    """
    return _drawn(shape[0], to_device.m22()), _drawn(shape[1], to_device.m11())


def for_screen(pixels: ImageArray, to_device: QTransform) -> ImageArray:
    """Return an image with as many pixels as are drawn: `drawn_size`."""
    averaged = area_average(pixels, reduced_size(pixels.shape, to_device))
    return shrink(averaged, drawn_size(pixels.shape, to_device))


def _reduced(count: int, scale: float) -> int:
    return count if scale >= AVERAGED_BELOW else _drawn(count, scale)


def _drawn(count: int, scale: float) -> int:
    return min(max(round(count * scale), 1), count)


class ImageLayer(QGraphicsItem):
    """A scene item for finished uint8 pixels.

    They are kept as Qt draws them fastest: 32 bits for a pixel, also where they are grey; always
    in the same memory, since to get new pages from the system takes longer than to fill them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pixels: ImageArray | None = None
        self._screen = np.empty((0, 0, 4), np.uint8)  # blue, green, red, opaque
        self._shown = QImage()  # of the memory of `_screen`
        self._stale = True

    def show_pixels(self, image: ImageArray) -> None:
        """Show uint8 pixels, shape (v, u) or (v, u, 3)."""
        if self._pixels is None or self._pixels.shape[:2] != image.shape[:2]:
            self.prepareGeometryChange()
        self._pixels, self._stale = image, True
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
        to_device = painter.deviceTransform()
        if self._stale or self._screen.shape[:2] != drawn_size(self._pixels.shape, to_device):
            self._fill(for_screen(self._pixels, to_device))
            self._stale = False
        painter.drawImage(self.boundingRect(), self._shown)

    def _fill(self, pixels: ImageArray) -> None:
        import cv2

        rows, columns = pixels.shape[:2]
        if self._screen.shape[:2] != (rows, columns):
            self._screen = np.empty((rows, columns, 4), np.uint8)
            line, layout = self._screen.strides[0], QImage.Format.Format_RGB32
            self._shown = QImage(self._screen.data, columns, rows, line, layout)
        colours = cv2.COLOR_GRAY2BGRA if pixels.ndim == 2 else cv2.COLOR_RGB2BGRA
        cv2.cvtColor(pixels, colours, dst=self._screen)
