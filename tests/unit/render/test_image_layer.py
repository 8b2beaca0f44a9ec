"""Pixels reach the screen as they are, grey and in colour, and the same memory is filled again."""

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from viewer.render.image_layer import ImageLayer
from viewer.render.snapshot import to_rgb

RNG = np.random.default_rng(5)


def drawn(layer, size_vu):
    canvas = QImage(size_vu[1], size_vu[0], QImage.Format.Format_RGB32)
    canvas.fill(0xFF00FF)
    with QPainter(canvas) as painter:
        layer.paint(painter, QStyleOptionGraphicsItem())
    return to_rgb(canvas)


@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3)])
def test_pixels_arrive_unchanged(qapp, shape):
    layer = ImageLayer()
    for _ in range(2):  # the second fills the memory of the first
        pixels = RNG.integers(0, 256, shape, dtype=np.uint8)
        layer.show_pixels(pixels)
        expected = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
        np.testing.assert_array_equal(drawn(layer, shape), expected)


def test_other_sizes_and_kinds_follow_each_other(qapp):
    layer = ImageLayer()
    for shape in ((4, 9), (9, 4, 3), (4, 9, 3), (2, 2)):
        pixels = RNG.integers(0, 256, shape, dtype=np.uint8)
        layer.show_pixels(pixels)
        expected = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
        np.testing.assert_array_equal(drawn(layer, shape), expected)
