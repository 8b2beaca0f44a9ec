"""What marks measure: trigonometry and numpy, in every plane, straight and oblique."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.voxel_grids import geometry, rotation, volume
from viewer.app.mark_values import mark_values, roi_text
from viewer.app.roi_cache import RoiCache
from viewer.core.geometry import Calibration
from viewer.core.shapes import (
    AngleShape,
    BidirectionalShape,
    CobbShape,
    LengthShape,
    PolylineShape,
    ProbeShape,
    as_point,
)
from viewer.core.study import StackKey
from viewer.core.ultrasound import RegionFormat, UltrasoundRegion
from viewer.imaging.roi import RoiStatistics

SHAPE = (12, 20, 17)
DATA = np.random.default_rng(4).integers(-1000, 2000, SHAPE).astype(np.int16)
BASE: dict[str, Any] = {"frame_of_reference_uid": "1", "stack": StackKey("1.2.3", 0)}
CM = ("cm", "cm")


def on_plane(tilt, *points):
    """Points of a plane turned against everything, and the plane's normal."""
    u, v, normal = rotation(tilt)
    return tuple(as_point(5 * normal + a * u + b * v) for a, b in points), as_point(normal)


def values(shape, grid=None, **changes):
    series = volume(DATA, grid or geometry(SHAPE, (2.5, 0.7, 0.8)))
    if changes:
        series = replace(series, stack=replace(series.stack, **changes))
    return mark_values(shape, series, RoiCache())


TILTS = st.tuples(*[st.floats(-80, 80)] * 3)


@settings(deadline=None, max_examples=30)
@given(TILTS, st.floats(1, 20), st.floats(1, 20), st.floats(2, 178))
def test_angle_and_cobb_are_those_of_the_directions(tilt, a, b, degrees):
    turn = np.deg2rad(degrees)
    end = (b * np.cos(turn), b * np.sin(turn))
    vertices, normal = on_plane(tilt, (a, 0), (0, 0), end)
    angle = AngleShape(**BASE, normal_lps=normal, vertices=vertices)
    assert values(angle).angle_deg == pytest.approx(degrees)
    assert values(angle).text == f"{degrees:.1f}°"
    lines, _ = on_plane(tilt, (0, 0), (a, 0), (3, 9), (3 + end[0], 9 + end[1]))
    cobb = CobbShape(**BASE, normal_lps=normal, vertices=lines)
    assert values(cobb).angle_deg == pytest.approx(min(degrees, 180 - degrees))


@settings(deadline=None, max_examples=20)
@given(TILTS)
def test_paths_and_diameters_are_sums_of_pythagoras(tilt):
    vertices, normal = on_plane(tilt, (0, 0), (3, 4), (3, 10), (-5, 10))
    path = PolylineShape(**BASE, normal_lps=normal, vertices=vertices)
    assert values(path).lengths == pytest.approx((5 + 6 + 8,))
    assert values(path).text == "Path 19.0 mm"
    ends, _ = on_plane(tilt, (0, 0), (3, 4), (-4, 3), (8, -6))
    both = BidirectionalShape(**BASE, normal_lps=normal, vertices=ends)
    assert values(both).lengths == pytest.approx((15, 5))  # the longer one first
    assert values(both).text == "15.0 x 5.0 mm"


def test_without_calibration_there_are_pixels_and_angles():
    grid = geometry(SHAPE, (1.0, 1.0, 1.0), calibration=Calibration.NONE)
    places = [as_point(grid.index_to_lps(i)) for i in ((3, 2, 1), (3, 2, 4), (3, 6, 4))]
    normal = as_point(grid.direction_lps[0])
    path = values(PolylineShape(**BASE, normal_lps=normal, vertices=tuple(places)), grid)
    assert (path.text, path.length_unit) == ("Path 7.0 px", "px")
    angle = AngleShape(**BASE, normal_lps=normal, vertices=tuple(places))
    assert values(angle, grid).angle_deg == pytest.approx(90)


def test_at_the_detector_that_is_said():
    grid = geometry(SHAPE, (1.0, 0.5, 0.5), calibration=Calibration.DETECTOR)
    ends = [as_point(grid.index_to_lps(i)) for i in ((3, 2, 1), (3, 2, 5))]
    shape = LengthShape(**BASE, normal_lps=(0.0, 0.0, 1.0), start_lps=ends[0], end_lps=ends[1])
    assert values(shape, grid).text == "2.0 mm at detector"


def test_across_slices_of_unknown_distance_there_is_nothing():
    grid = geometry(SHAPE, z_known=False)
    places = tuple(as_point(grid.index_to_lps(i)) for i in ((1, 2, 3), (4, 2, 3), (4, 2, 9)))
    normal = as_point(grid.direction_lps[1])
    for kind in (AngleShape, PolylineShape):
        measured = values(kind(**BASE, normal_lps=normal, vertices=places), grid)
        assert "slice distance unknown" in measured.text
        assert measured.lengths == ()
        assert measured.angle_deg is None


def test_ultrasound_has_the_scale_of_its_region_only():
    grid = geometry(SHAPE, (1.0, 1.0, 1.0), calibration=Calibration.NONE)
    region = UltrasoundRegion(0, 0, 10, 10, RegionFormat.PLANE, "2D", CM, (0.05, 0.1))
    normal = as_point(grid.direction_lps[0])

    def path(*yx):
        places = tuple(as_point(grid.index_to_lps((3, y, x))) for y, x in yx)
        return PolylineShape(**BASE, normal_lps=normal, vertices=places)

    # x: 0.05 cm, y: 0.1 cm for each pixel
    inside = path((1, 1), (1, 5), (4, 5))
    assert values(inside, grid, regions=(region,)).lengths == pytest.approx((4 * 0.5 + 3 * 1.0,))
    assert values(path((1, 1), (1, 15)), grid, regions=(region,)).text == "Path 14.0 px"
    slanted = path((1, 1), (5, 5), (9, 1)).vertices
    angle = AngleShape(**BASE, normal_lps=normal, vertices=slanted)
    expected = 2 * np.rad2deg(np.arctan2(4 * 1.0, 4 * 0.5))
    assert values(angle, grid, regions=(region,)).angle_deg == pytest.approx(expected)
    outside = replace(angle, vertices=path((1, 1), (5, 15), (9, 1)).vertices)
    assert values(outside, grid, regions=(region,)).text == "no angle: no scale here"


def test_a_probe_reads_the_nearest_voxel():
    grid = geometry(SHAPE, (2.5, 0.7, 0.8))
    place = as_point(grid.index_to_lps((4.3, 7.2, 8.4)))
    probe = ProbeShape(**BASE, normal_lps=(0.0, 0.0, 1.0), point_lps=place)
    assert values(probe, grid).text == f"{DATA[4, 7, 8]} HU"
    beside = replace(probe, point_lps=as_point(grid.index_to_lps((40, 7, 8))))
    assert values(beside, grid).text == "outside the image"
    assert mark_values(probe, volume(DATA, grid), RoiCache(), has_voxels=False).text == "loading…"


def test_what_is_being_drawn_has_no_angle_yet():
    angle = AngleShape(**BASE, normal_lps=(0.0, 0.0, 1.0), vertices=((0.0, 0.0, 0.0), (1.0, 0, 0)))
    assert values(angle).text == ""


def test_a_region_over_padding_says_how_much_of_it_has_no_value():
    numbers = (-654.2, 415.1, -1024.0, 645.0, -845.5, 5070.8, 2629, "HU")
    last = [
        roi_text(RoiStatistics(*numbers, share_without=share)).splitlines()[2]
        for share in (0.48, 0.004)
    ]
    assert last == ["Area 5070.8 mm²  N 2629  48 % without value", "Area 5070.8 mm²  N 2629"]


@pytest.mark.parametrize(("area", "text"), [
    (88.04, "88.0 mm²"), (1234.5, "1234.5 mm²"), (9999.0, "9999.0 mm²"), (12_345.0, "123.45 cm²"),
])  # fmt: skip
def test_areas_of_a_study_share_a_unit_up_to_a_hundred_square_centimetres(area, text):
    roi = RoiStatistics(-654.2, 415.1, -1024.0, 645.0, -845.5, area, 2622, "HU")
    assert roi_text(roi) == (
        f"Mean -654.2  SD 415.1 HU\nMin -1024  Max 645  Median -845.5 HU\nArea {text}  N 2622"
    )
