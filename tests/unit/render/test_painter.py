"""The painter: places to the pixel, texts that stay inside, rulers of true length."""

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from tests.support.volumes import make_geometry
from viewer.core.drawable import (
    Align,
    ArrowItem,
    EllipseItem,
    HandleItem,
    PolylineItem,
    RulerItem,
    Space,
    Style,
    TextItem,
)
from viewer.core.plane import Orientation, slice_plane
from viewer.core.screen import ScreenTransform, place
from viewer.export.snapshot import ExportSnapshot, SnapshotFrame, frame_for
from viewer.render.painter import paint_drawables, round_length_mm
from viewer.render.snapshot import render_snapshot, to_rgb

pytestmark = pytest.mark.usefixtures("qapp")  # fonts
SIZE = (400, 300)
WHITE = Style("#ffffff", 1.0)


def paint(items, transform=None, size=SIZE, scale=1.0):
    image = QImage(size[0], size[1], QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    transform = transform or ScreenTransform(4.0, (20.0, 10.0))
    paint_drawables(painter, items, transform, (float(size[0]), float(size[1])), scale)
    painter.end()
    return to_rgb(image)


def bright_box(rgb, level=128):
    """Rows and columns (inclusive) of what is drawn."""
    rows, columns = np.nonzero(rgb.max(axis=2) > level)
    return rows.min(), rows.max(), columns.min(), columns.max()


def test_a_line_lies_where_the_plane_says():
    rgb = paint([PolylineItem(((0.0, 5.0), (50.0, 5.0)), WHITE)])
    top, bottom, left, right = bright_box(rgb, 100)
    assert abs((top + bottom + 1) / 2 - 30) <= 1
    assert (left, right) == pytest.approx((20, 220), abs=1)


def test_view_space_is_a_share_of_the_viewport():
    rgb = paint([PolylineItem(((0.5, 0.25), (0.5, 0.75)), WHITE, space=Space.VIEW)])
    top, bottom, left, right = bright_box(rgb, 100)
    assert (left + right + 1) / 2 == pytest.approx(200, abs=1)
    assert (top, bottom) == pytest.approx((75, 225), abs=1.5)


def test_an_oblique_ellipse_has_its_extent():
    rgb = paint([EllipseItem((40.0, 30.0), (12.0, 9.0), (-6.0, 8.0), WHITE)])
    top, bottom, left, right = bright_box(rgb, 100)
    reach_u, reach_v = 4 * np.hypot(12, 6), 4 * np.hypot(9, 8)
    assert (left, right) == pytest.approx((180 - reach_u, 180 + reach_u), abs=1.5)
    assert (top, bottom) == pytest.approx((130 - reach_v, 130 + reach_v), abs=1.5)


def test_an_arrow_points_with_its_tip():
    rgb = paint([ArrowItem((10.0, 10.0), (60.0, 10.0), WHITE)])
    columns = np.nonzero((rgb.max(axis=2) > 100).any(axis=0))[0]
    heights = (rgb.max(axis=2) > 100).sum(axis=0)
    assert columns.min() == pytest.approx(60, abs=2.5)
    assert heights[66:72].max() > 2 * heights[150]


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_handles_and_letters_grow_with_the_scale_only(scale):
    zooms = [paint([HandleItem((20.0, 20.0), WHITE)], ScreenTransform(z, (0, 0)), scale=scale)
             for z in (2.0, 8.0)]  # fmt: skip
    boxes = [bright_box(rgb) for rgb in zooms]
    sizes = [bottom - top for top, bottom, _, _ in boxes]
    assert sizes[0] == sizes[1] == pytest.approx(7 * scale, abs=2)


def test_a_text_of_a_mark_stays_inside_the_viewport():
    rgb = paint([TextItem((94.0, 71.0), "Mean -849.3\nSecond line", Align.LEFT, WHITE, (9.0, 0.0))])
    _, bottom, left, right = bright_box(rgb)
    assert right < SIZE[0] - 2
    assert bottom < SIZE[1] - 2
    assert left < 330  # moved, not cut


def test_a_text_whose_mark_is_outside_is_not_dragged_in():
    assert paint([TextItem((-50.0, -50.0), "far away", Align.LEFT, WHITE)]).max() == 0


def test_long_corner_texts_are_shortened_to_their_half():
    item = TextItem(
        (0.0, 0.0), "Very long description " * 9, Align.TOP_LEFT, WHITE, space=Space.VIEW
    )
    assert bright_box(paint([item]))[3] < SIZE[0] * 0.5


def test_markup_is_plain_text():
    plain = paint([TextItem((0.1, 0.5), "<b>x</b>", Align.LEFT, WHITE, space=Space.VIEW)])
    bold = paint([TextItem((0.1, 0.5), "x", Align.LEFT, WHITE, space=Space.VIEW)])
    width = [bright_box(rgb)[3] - bright_box(rgb)[2] for rgb in (plain, bold)]
    assert width[0] > 4 * width[1]


@pytest.mark.parametrize(
    ("limit", "expected"), [(1.0, 1.0), (4.99, 2.0), (5.0, 5.0), (99.0, 50.0), (0.23, 0.2)]
)
def test_round_lengths(limit, expected):
    assert round_length_mm(limit) == pytest.approx(expected)


@pytest.mark.parametrize("px_per_mm", [0.7, 2.0, 9.0])
def test_the_ruler_is_as_long_as_it_says(px_per_mm):
    transform = ScreenTransform(px_per_mm, (0.0, 0.0))
    rgb = paint([RulerItem(False, "mm", Style("#ffffff", 1.0))], transform)
    row = rgb[SIZE[1] - 7].max(axis=1) > 128
    first = np.nonzero(row)[0][0]
    length_px = np.argmin(row[first:])
    expected_mm = round_length_mm(SIZE[0] * 0.34 / px_per_mm)
    assert length_px == pytest.approx(expected_mm * px_per_mm, abs=2)


def test_both_rulers_agree():
    transform = ScreenTransform(2.0, (0.0, 0.0))
    across = paint([RulerItem(False, "mm", WHITE)], transform, (300, 300))
    upright = paint([RulerItem(True, "mm", WHITE)], transform, (300, 300))
    lengths = [
        np.count_nonzero(across[293].max(axis=1) > 128),
        np.count_nonzero(upright[:, 7].max(axis=1) > 128),
    ]
    assert lengths[0] >= 100
    assert abs(lengths[0] - lengths[1]) < 25  # the label follows on the same line below


def test_a_snapshot_paints_voxels_where_they_are():
    plane = slice_plane(make_geometry((3, 10, 12)), Orientation.AXIAL, 1)
    image = np.zeros((10, 12), np.uint8)
    image[7, 2] = 255
    size = (480, 400)
    frame = SnapshotFrame(size, place(plane, (480.0, 400.0)), 1.0)
    rgb = render_snapshot(ExportSnapshot(image, plane, frame))
    assert rgb.shape == (400, 480, 3)
    rows, columns = np.nonzero(rgb[..., 0] > 127)
    x, y = frame.transform.to_px((2 * 0.7, 7 * 0.8))
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((x, y), abs=0.6)


def test_a_colour_snapshot_keeps_its_colours():
    plane = slice_plane(make_geometry((1, 20, 30)), Orientation.AXIAL, 0)
    image = np.zeros((20, 30, 3), np.uint8)
    image[...] = (200, 100, 50)
    frame = frame_for(plane)
    rgb = render_snapshot(ExportSnapshot(image, plane, frame))
    assert tuple(rgb[rgb.shape[0] // 2, rgb.shape[1] // 2]) == (200, 100, 50)
