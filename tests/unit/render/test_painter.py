"""The painter: places to the pixel, texts that stay inside, rulers of true length."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

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
from viewer.render.painter import paint_drawables
from viewer.render.ruler import round_length_mm
from viewer.render.snapshot import render_snapshot, to_rgb
from viewer.render.text_place import leader_between

pytestmark = pytest.mark.usefixtures("qapp")  # fonts
SIZE = (400, 300)
WHITE = Style("#ffffff", 1.0)


def paint(items, transform=None, size=SIZE, scale=1.0, ground=0):
    image = QImage(size[0], size[1], QImage.Format.Format_RGB32)
    image.fill(QColor(ground, ground, ground))
    painter = QPainter(image)
    transform = transform or ScreenTransform(4.0, (20.0, 10.0))
    paint_drawables(painter, items, transform, (float(size[0]), float(size[1])), scale)
    painter.end()
    return to_rgb(image)


def boxes_of(items, transform=None, size=SIZE, scale=1.0):
    """Where the texts of marks were painted, by their uid."""
    image = QImage(size[0], size[1], QImage.Format.Format_RGB32)
    painter = QPainter(image)
    transform = transform or ScreenTransform(4.0, (20.0, 10.0))
    size_px = (float(size[0]), float(size[1]))
    painted = paint_drawables(painter, items, transform, size_px, scale)
    painter.end()
    return {label.uid: label for label in painted.labels}


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


CORNER = TextItem(
    (0.0, 0.0), "Doe, Jane\nP-7 and more", Align.TOP_LEFT, Style("#00ff00"), (8.0, 8.0), Space.VIEW
)


def coloured_box(rgb, channel):
    """Rows and columns of what is drawn in one pure colour."""
    others = [c for c in range(3) if c != channel]
    rows, columns = np.nonzero((rgb[..., channel] > 128) & (rgb[..., others].max(axis=2) < 100))
    return rows.min(), rows.max(), columns.min(), columns.max()


def inked(rgb, label):
    """Rows and columns of the red of a label within its box: its leader is as red."""
    top, left = max(round(label.top), 0), max(round(label.left), 0)
    part = rgb[top : round(label.bottom) + 1, left : round(label.right) + 1]
    rows_columns = coloured_box(part, 0)
    return tuple(np.add(rows_columns, (top, top, left, left)))


@pytest.mark.parametrize("point", [(0.0, 0.0), (5.0, 3.0), (15.0, 8.0)])
def test_a_text_of_a_mark_keeps_off_the_corner_texts(point):
    words, red = "Mean -849.3\nMin -900", Style("#ff0000")
    mark = TextItem(point, words, Align.LEFT, red, (9.0, 0.0), mark_uid="m")
    rgb = paint([mark, CORNER])
    text, other = inked(rgb, boxes_of([mark, CORNER])["m"]), coloured_box(rgb, 1)
    assert text[0] > other[1] or text[2] > other[3]
    assert abs(text[0] - (10 + 4 * point[1])) < 60  # not far away either
    np.testing.assert_array_equal(  # the corner is as it is without the mark
        coloured_box(paint([CORNER]), 1), other
    )


def test_a_text_of_a_mark_keeps_off_the_rulers_lengths():
    ruler = RulerItem(True, "mm", Style("#00ff00", 1.0, text_px=11))
    # 300 px high, 4 px for 1 mm: the bar of 20 mm runs from 110 to 190, its length above.
    mark = TextItem((-3.0, 22.0), "Mean -849.3", Align.LEFT, Style("#ff0000"))
    text = coloured_box(paint([mark, ruler]), 0)
    label = coloured_box(paint([ruler])[:108], 1)
    assert text[0] > label[1] or text[1] < label[0] or text[2] > label[3]


def test_texts_of_marks_keep_off_each_other_and_off_the_lines_of_marks():
    square = ((20.0, 20.0), (40.0, 20.0), (40.0, 40.0), (20.0, 40.0), (20.0, 20.0))
    region = TextItem(
        (20.0, 40.0), "Mean -849", style=Style("#00ff00"), offset_px=(0, 9), outlines=(square,)
    )
    probe = TextItem(
        (35.0, 30.0),
        "347 HU",
        Align.LEFT,
        Style("#ff0000"),
        (9.0, 0.0),
        outlines=(((35.0, 30.0),),),
    )
    close = TextItem((21.0, 42.0), "12.5 mm", style=Style("#0000ff"), offset_px=(0, 9))
    rgb = paint([region, probe, close], size=(400, 300))
    edge = 10 + 4 * 40  # the right side of the square, in pixels
    top, bottom, left, _ = coloured_box(rgb, 0)
    assert left > edge
    assert abs((top + bottom) / 2 - (10 + 4 * 30)) < 40  # beside its point
    boxes = [coloured_box(rgb, channel) for channel in range(3)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        a, b = boxes[one], boxes[other]
        assert a[0] > b[1] or b[0] > a[1] or a[2] > b[3] or b[2] > a[3]


def test_a_text_far_from_its_mark_is_tied_to_it():
    wanted, anchor = QRectF(100, 50, 60, 20), QPointF(91, 60)
    assert leader_between(wanted, anchor, QRectF(110, 55, 60, 20)) is None
    leader = leader_between(wanted, anchor, QRectF(40, 120, 60, 20))
    assert leader == (anchor, QPointF(91, 120))  # to the nearest point of the box


LINE = ((20.0, 30.0), (45.0, 30.0))
MIDDLE = (32.5, 30.0)


def moved(way_mm, colour="#ff0000", uid="m"):
    return TextItem(
        MIDDLE, "25.0 mm", Align.LEFT, Style(colour), outlines=(LINE,), mark_uid=uid, way_mm=way_mm
    )


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("zoom", [2.5, 4.0, 6.0])
def test_a_moved_text_stands_beside_its_place_at_every_zoom(zoom, scale):
    """The side that faces the mark is held: 12 mm to the right, 15 mm further up."""
    transform, size = ScreenTransform(zoom * scale, (10.0, 8.0)), (900, 700)
    anchor = transform.to_px(MIDDLE)
    label = boxes_of([moved((12.0, -15.0))], transform, size, scale)["m"]
    px = zoom * scale
    assert (label.left, label.bottom) == pytest.approx(
        (anchor[0] + 12 * px, anchor[1] - 15 * px), abs=1e-6
    )
    rgb = paint([moved((12.0, -15.0))], transform, size, scale)
    top, bottom, left, right = inked(rgb, label)
    assert label.left - 1 <= left <= label.left + 6 * scale
    assert label.right - 6 * scale <= right <= label.right + 1
    assert bottom - top > 0.4 * (label.bottom - label.top)
    rgb[round(label.top) : round(label.bottom), round(label.left) : round(label.right)] = 0
    rgb[round(label.bottom) - 2 :] = 0  # the leader comes from below
    assert (rgb[..., 0] > 128).sum() == 0  # nothing else of it anywhere


@pytest.mark.parametrize(("way_mm", "has_leader"), [((0.0, -20.0), True), ((0.0, -2.0), False)])
def test_a_moved_text_is_tied_to_the_nearest_point_of_its_mark(way_mm, has_leader):
    rgb = paint([moved(way_mm)])
    x, y = ScreenTransform(4.0, (20.0, 10.0)).to_px(MIDDLE)
    between = rgb[round(y) + round(4 * way_mm[1]) : round(y) + 1, round(x) - 2 : round(x) + 3]
    assert bool(between.max() > 60) is has_leader
    assert not has_leader or between[-6:].max() > 60  # as far as the line


def test_texts_of_other_marks_keep_off_a_moved_one_which_stays():
    alone = boxes_of([moved((8.0, 8.0))])["m"]
    other = TextItem((40.0, 41.0), "12.5 mm", Align.LEFT, Style("#00ff00"), mark_uid="o")
    for items in ([other, moved((8.0, 8.0))], [moved((8.0, 8.0)), other]):
        boxes = boxes_of(items)
        assert boxes["m"] == alone
        one, two = boxes["m"], boxes["o"]
        assert two.left > one.right or two.right < one.left or two.top > one.bottom or (
            two.bottom < one.top
        )  # fmt: skip
    covered = TextItem((48.0, 46.0), "x", Align.LEFT, Style("#00ff00"), mark_uid="o")
    assert boxes_of([covered])["o"] != boxes_of([covered, moved((14.0, 14.0))])["o"]


def test_a_moved_text_is_seen_whole_while_its_mark_is():
    label = boxes_of([moved((500.0, -500.0))])["m"]
    assert (label.right, label.top) == (SIZE[0] - 4, 4)
    gone = boxes_of([moved((500.0, -500.0))], ScreenTransform(4.0, (-900.0, 10.0)))["m"]
    assert gone.left > SIZE[0]


def test_a_text_without_room_gets_a_dark_ground():
    mark = TextItem((5.0, 3.0), "Mean -849.3", Align.LEFT, Style("#ff0000"))
    rgb = paint([mark, CORNER], size=(110, 40))
    text = coloured_box(rgb, 0)
    ground = rgb[text[0] : text[1] + 1, text[2] : text[3] + 1]
    assert np.median(ground.max(axis=2)) < 90
    alone = paint([mark], size=(110, 40))
    assert coloured_box(alone, 0)[3] - coloured_box(alone, 0)[2] == pytest.approx(
        text[3] - text[2], abs=2
    )


@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_ruler_and_label_are_seen_on_white(scale):
    ruler = RulerItem(False, "mm", Style("#dfe5ec", 1.0, text_px=11))
    white = paint([ruler], ScreenTransform(2.0, (0.0, 0.0)), (900, 600), scale, ground=255)
    dark = white.max(axis=2) < 90
    black = paint([ruler], ScreenTransform(2.0, (0.0, 0.0)), (900, 600), scale)
    _, _, left, right = bright_box(black, 150)
    columns = dark.any(axis=0)
    assert columns[left : left + 200].mean() > 0.95  # beside the bar all along
    assert columns[right - 12 : right].mean() > 0.8  # and around the letters
    assert dark.any(axis=1).sum() >= 2 * scale


def test_what_shrinks_is_averaged_and_what_does_not_is_exact():
    plane = slice_plane(
        make_geometry((1, 300, 420), spacing_zyx_mm=(1.0, 1.0, 1.0)), Orientation.AXIAL, 0
    )
    rng = np.random.default_rng(4)
    image = rng.integers(0, 256, (300, 420), dtype=np.uint8)

    def shown(factor):
        size = (round(420 * factor), round(300 * factor))
        frame = SnapshotFrame(size, place(plane, (float(size[0]), float(size[1]))), 1.0)
        return render_snapshot(ExportSnapshot(image, plane, frame))[..., 0]

    for part in (2, 3):
        blocks = image.reshape(300 // part, part, 420 // part, part).mean(axis=(1, 3))
        np.testing.assert_allclose(shown(1 / part), blocks, atol=3)
    np.testing.assert_array_equal(shown(1.0), image)
    # A ratio that is no whole number: the mean stays, the noise goes down as areas grow.
    small = shown(0.55).astype(float)
    assert small.mean() == pytest.approx(image.mean(), abs=1.5)
    assert small.std() < 0.5 * image.std()


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
