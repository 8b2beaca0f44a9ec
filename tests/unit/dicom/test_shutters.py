"""Display shutters hide what the files ask to be hidden, and never touch a value."""

import math

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.dicom_writer import enhanced_set, save, write_series
from tests.support.graphics_writer import SHAPE_YX, drawing, image_set, put_overlay, volume_of
from viewer.core.caveats import CaveatCode
from viewer.core.volume import Volume
from viewer.dicom.shutters import DisplayShutter, hidden_by_outline

RECTANGLE = {
    "ShutterLeftVerticalEdge": 5,
    "ShutterRightVerticalEdge": 31,
    "ShutterUpperHorizontalEdge": 3,
    "ShutterLowerHorizontalEdge": 30,
}
CIRCLE = {"CenterOfCircularShutter": [16, 22], "RadiusOfCircularShutter": 13}
POLYGON = {"VerticesOfThePolygonalShutter": [2, 20, 30, 38, 25, 4]}


def with_shutter(shapes: list[str], **attributes: object) -> Dataset:
    one = image_set()
    one.PixelSpacing = [0.8, 0.8]
    one.ShutterShape = shapes
    for keyword, value in attributes.items():
        setattr(one, keyword, value)
    return one


def hidden(volume: Volume, z: int = 0) -> np.ndarray:
    graphics = volume.graphics.get(z)
    if graphics is None or graphics.shutter is None:
        return np.zeros(volume.data.shape[1:3], bool)
    return graphics.shutter.mask.unpacked()


def grey(volume: Volume) -> int | None:
    shutter = volume.graphics[0].shutter
    return None if shutter is None else shutter.grey


def caveats(volume: Volume) -> dict[CaveatCode, str]:
    return {caveat.code: caveat.text for caveat in volume.caveats}


def shown_by(rule) -> np.ndarray:
    """Ask a rule about each pixel, row and column counted from 1 as in the files."""
    rows, columns = SHAPE_YX
    return np.array([[rule(r, c) for c in range(1, columns + 1)] for r in range(1, rows + 1)])


def in_rectangle(row: float, column: float) -> bool:
    return 5 <= column <= 31 and 3 <= row <= 30


def in_circle(row: float, column: float) -> bool:
    return math.hypot(row - 16, column - 22) <= 13


def in_triangle(row: float, column: float) -> bool:
    corners = [(2, 20), (30, 38), (25, 4)]
    sides = [
        (b[0] - a[0]) * (column - a[1]) - (b[1] - a[1]) * (row - a[0])
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    return all(side >= 0 for side in sides) or all(side <= 0 for side in sides)


@pytest.mark.parametrize(
    ("shapes", "attributes", "rule"),
    [
        (["RECTANGULAR"], RECTANGLE, in_rectangle),
        (["CIRCULAR"], CIRCLE, in_circle),
        (["POLYGONAL"], POLYGON, in_triangle),
        (
            ["RECTANGULAR", "CIRCULAR", "POLYGONAL"],
            {**RECTANGLE, **CIRCLE, **POLYGON},
            lambda r, c: in_rectangle(r, c) and in_circle(r, c) and in_triangle(r, c),
        ),
    ],
)
def test_each_shape_hides_what_lies_outside_it(tmp_path, shapes, attributes, rule):
    plain = volume_of(save(image_set(), tmp_path / "plain"))
    volume = volume_of(save(with_shutter(shapes, **attributes), tmp_path / "a"))
    np.testing.assert_array_equal(hidden(volume), ~shown_by(rule))
    np.testing.assert_array_equal(volume.data, plain.data)
    assert volume.invalid_mask() is None
    assert "display shutter hides part of the image" in caveats(volume)[CaveatCode.SHUTTER]
    assert grey(volume) == 0


def test_a_circle_is_round_where_pixels_are_not_square(tmp_path):
    one = with_shutter(["CIRCULAR"], **CIRCLE)
    one.PixelSpacing = [1.6, 0.8]  # rows twice as far apart as columns
    expected = shown_by(lambda r, c: math.hypot(2 * (r - 16), c - 22) <= 13)
    np.testing.assert_array_equal(hidden(volume_of(save(one, tmp_path / "a"))), ~expected)


def test_a_bitmap_hides_its_pixels_and_is_no_overlay(tmp_path):
    one = with_shutter(["BITMAP"], ShutterOverlayGroup=0x6002, ShutterPresentationValue=0x8000)
    put_overlay(one, ~drawing())
    put_overlay(one, drawing(), 0x6002)
    volume = volume_of(save(one, tmp_path / "a"))
    np.testing.assert_array_equal(hidden(volume), drawing())
    assert grey(volume) == 128
    assert [one.plane.group for one in volume.graphics[0].overlays] == [0x6000]
    assert [plane.group for plane in volume.stack.overlays] == [0x6000]
    assert "bitmap" in caveats(volume)[CaveatCode.SHUTTER]


def test_bitmap_and_circle_together(tmp_path):
    one = with_shutter(["CIRCULAR", "BITMAP"], ShutterOverlayGroup=0x6000, **CIRCLE)
    put_overlay(one, drawing())
    volume = volume_of(save(one, tmp_path / "a"))
    np.testing.assert_array_equal(hidden(volume), ~shown_by(in_circle) | drawing())


@pytest.mark.parametrize(
    ("shapes", "attributes"),
    [
        (["RECTANGULAR"], {}),
        (["RECTANGULAR"], {**RECTANGLE, "ShutterRightVerticalEdge": 2}),
        (["CIRCULAR"], {"CenterOfCircularShutter": [16, 22]}),
        (["CIRCULAR"], {**CIRCLE, "RadiusOfCircularShutter": -4}),
        (["CIRCULAR"], {**CIRCLE, "RadiusOfCircularShutter": 2_000_000_000}),
        (["POLYGONAL"], {"VerticesOfThePolygonalShutter": [1, 2, 3, 4]}),
        (["POLYGONAL"], {"VerticesOfThePolygonalShutter": [1, 2, 30, 2_000_000_000, 5, 6]}),
        (["BITMAP"], {"ShutterOverlayGroup": 0x6008}),
        (["HEART"], {}),
    ],
)
def test_a_shutter_that_cannot_be_is_told_and_hides_nothing(tmp_path, shapes, attributes):
    volume = volume_of(save(with_shutter(shapes, **attributes), tmp_path / "a"))
    assert not hidden(volume).any()
    told = caveats(volume)
    assert CaveatCode.SHUTTER not in told
    assert "display shutter" in told[CaveatCode.NONSTANDARD_HEADER]


def test_a_shutter_that_would_hide_everything_hides_nothing(tmp_path):
    far = {"CenterOfCircularShutter": [900, 900], "RadiusOfCircularShutter": 5}
    volume = volume_of(save(with_shutter(["CIRCULAR"], **far), tmp_path / "a"))
    assert volume.graphics == {}


def test_frames_have_shutters_of_their_own(tmp_path):
    one = enhanced_set(write_series(tmp_path / "s"))
    for number in (1, 4):
        item = Dataset()
        item.ShutterShape = "RECTANGULAR"
        for keyword, value in RECTANGLE.items():
            setattr(item, keyword, value + number)
        one.PerFrameFunctionalGroupsSequence[number].FrameDisplayShutterSequence = [item]
    volume = volume_of(save(one, tmp_path / "e"))
    assert sorted(volume.graphics) == [1, 4]
    expected = shown_by(lambda r, c: in_rectangle(r - 4, c - 4))
    np.testing.assert_array_equal(hidden(volume, 4), ~expected)


def test_a_polygon_with_a_notch():
    # A U: the notch from column 4 to 6 and above row 6 lies outside.
    corners = ((1, 1), (1, 4), (6, 4), (6, 6), (1, 6), (1, 9), (9, 9), (9, 1))
    shutter = DisplayShutter(polygon=tuple((float(r), float(c)) for r, c in corners))
    expected = np.zeros((11, 12), bool)
    expected[1:10, 1:10] = True
    expected[1:6, 5] = False
    np.testing.assert_array_equal(~hidden_by_outline(shutter, (11, 12), 1.0), expected)


def test_corners_between_and_beyond_the_pixels():
    shutter = DisplayShutter(polygon=((-3.0, -2.0), (-3.0, 5.5), (4.5, 5.5), (4.5, -2.0)))
    expected = np.zeros((8, 9), bool)
    expected[:5, :6] = True
    np.testing.assert_array_equal(~hidden_by_outline(shutter, (8, 9), 1.0), expected)
