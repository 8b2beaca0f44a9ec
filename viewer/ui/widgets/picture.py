"""A picture that fits the space it has, with boxes over it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.ui.theme import COLOURS


class Picture(QWidget):
    """Shows an image without ever enlarging the window for it.

    Parameters
    ----------
    name : str
        For screen readers.
    empty_text : str
        Plain text while there is no image.
    """

    def __init__(self, name: str, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self._image = QImage()
        self._scaled = QImage()
        self._boxes: tuple[QRectF, ...] = ()
        self._empty_text = empty_text

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """Show pixels, shape (rows, columns) grey or (rows, columns, 3) RGB; None for none."""
        self._image = QImage() if image is None else qimage(image)
        self._scaled = QImage()
        self.update()

    @property
    def image_size(self) -> tuple[int, int]:
        """Width and height of the image in its own pixels; (0, 0) without one."""
        return self._image.width(), self._image.height()

    def set_empty_text(self, text: str) -> None:
        """Say what stands there while there is no image."""
        self._empty_text = text
        self.update()

    def set_boxes(self, boxes: tuple[QRectF, ...]) -> None:
        """Draw boxes, in pixels of the image."""
        self._boxes = boxes
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 420)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._image.isNull():
            painter.setPen(QColor(COLOURS.image_dim))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 12, -12, -12), flags, self._empty_text)
            painter.end()
            return
        scale = min(self.width() / self._image.width(), self.height() / self._image.height(), 4.0)
        width, height = self._image.width() * scale, self._image.height() * scale
        left, top = (self.width() - width) / 2, (self.height() - height) / 2
        painter.drawImage(QRectF(left, top, width, height), self._fitted(width, height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((COLOURS.image_box_rim, 4), (COLOURS.image_box, 2)):
            painter.setPen(QPen(QColor(colour), width))
            for box in self._boxes:
                painter.drawRect(
                    QRectF(
                        left + box.x() * scale,
                        top + box.y() * scale,
                        box.width() * scale,
                        box.height() * scale,
                    )
                )
        painter.end()

    def _fitted(self, width: float, height: float) -> QImage:
        """Return the image at this size, averaged, so that letters in it stay legible."""
        ratio = self.devicePixelRatioF()
        size = QSize(max(round(width * ratio), 1), max(round(height * ratio), 1))
        if self._scaled.size() != size:
            self._scaled = self._image.scaled(
                size,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        return self._scaled


def qimage(image: NDArray[np.uint8]) -> QImage:
    """Return a QImage that owns a copy of the pixels."""
    packed = np.ascontiguousarray(image, np.uint8)
    height, width = packed.shape[:2]
    grey, rgb = QImage.Format.Format_Grayscale8, QImage.Format.Format_RGB888
    form = grey if packed.ndim == 2 else rgb
    return QImage(packed.data, width, height, packed.strides[0], form).copy()
