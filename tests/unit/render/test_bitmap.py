"""Bitmaps lie on the pixels of the image, and lines survive where it is made smaller."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from tests.support.volumes import make_geometry
from viewer.core.drawable import BitmapItem
from viewer.core.plane import Orientation, slice_plane
from viewer.core.screen import ScreenTransform
from viewer.export.snapshot import ExportSnapshot, frame_for
from viewer.render.painter import paint_drawables
from viewer.render.snapshot import render_snapshot, to_rgb

pytestmark = pytest.mark.usefixtures("qapp")
SIZE = (300, 200)


def paint(item, transform, ground=90):
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(ground, ground, ground))
    painter = QPainter(image)
    paint_drawables(painter, [item], transform, (300.0, 200.0))
    painter.end()
    return to_rgb(image).astype(int)


def test_a_pixel_of_the_mask_covers_its_pixel_of_the_image():
    mask = np.zeros((4, 5), bool)
    mask[1, 3] = True
    # 10 px a millimetre, pixels of 2 x 3 mm: pixel (1, 3) is 30 x 20 px, its centre at (9, 2) mm.
    item = BitmapItem(mask, (2.0, 3.0), "#ffffff")
    rgb = paint(item, ScreenTransform(10.0, (50.0, 40.0)))
    assert rgb[60, 140].min() > 245
    rows, columns = np.nonzero(rgb[:, :, 0] > 172)  # half-way between ground and white
    assert (rows.min(), rows.max() + 1) == pytest.approx((50, 70), abs=1)
    assert (columns.min(), columns.max() + 1) == pytest.approx((125, 155), abs=1)


def test_opacity_mixes_with_the_image():
    item = BitmapItem(np.ones((4, 5), bool), (1.0, 1.0), "#ff0000", 0.4)
    rgb = paint(item, ScreenTransform(10.0, (50.0, 40.0)), ground=100)
    assert rgb[55, 70] == pytest.approx([162, 60, 60], abs=2)


def test_only_the_part_in_view_is_made():
    mask = np.zeros((4000, 4000), bool)
    mask[2000, 2001] = True
    rgb = paint(
        BitmapItem(mask, (1.0, 1.0), "#ffffff"), ScreenTransform(40.0, (-79900.0, -79900.0))
    )
    assert rgb[100, 140].min() > 245
    assert (rgb[160, 140] == 90).all()


def test_a_line_of_one_pixel_survives_where_the_image_is_made_smaller():
    mask = np.zeros((1000, 1500), bool)
    mask[500] = True
    transform = ScreenTransform(0.2, (0.1, 0.1))
    drawn = paint(BitmapItem(mask, (1.0, 1.0), "#ffffff", is_drawing=True), transform)
    plain = paint(BitmapItem(mask, (1.0, 1.0), "#ffffff"), transform)
    assert drawn[98:103].max() > plain[98:103].max() > 90


def test_a_drawing_shows_on_white():
    mask = np.zeros((20, 30), bool)
    mask[10, 5:25] = True
    item = BitmapItem(mask, (1.0, 1.0), "#ffffff", is_drawing=True)
    rgb = paint(item, ScreenTransform(8.0, (20.0, 20.0)), ground=255)
    assert rgb[100, 140, 0] > 240
    assert rgb[92, 140, 0] < 150
    assert rgb[108, 140, 0] < 150


def test_a_shutter_leaves_no_rim_of_the_image_in_an_export():
    plane = slice_plane(make_geometry((7, 50, 70)), Orientation.AXIAL, 3)
    white = np.full((50, 70), 255, np.uint8)
    hidden = BitmapItem(np.ones((50, 70), bool), plane.spacing_vu_mm, "#000000")
    snapshot = ExportSnapshot(white, plane, frame_for(plane), (hidden,))
    assert render_snapshot(snapshot).max() == 0
