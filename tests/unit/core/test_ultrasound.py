"""The scale at a place: inside a region its own, outside none."""

import pytest

from tests.support.volumes import make_geometry
from viewer.core.geometry import Calibration
from viewer.core.ultrasound import RegionFormat, UltrasoundRegion, common_spacing, scale_at

GEOMETRY = make_geometry((1, 30, 40))


def plane(x0=4, y0=3, x1=19, y1=25, delta=(0.02, 0.03)) -> UltrasoundRegion:
    return UltrasoundRegion(x0, y0, x1, y1, RegionFormat.PLANE, "2D", ("cm", "cm"), delta)


def at(*index_yx):
    return GEOMETRY.index_to_lps([(0, y, x) for y, x in index_yx])


@pytest.mark.parametrize(
    ("points", "inside"),
    [
        ([(3, 4)], True),
        ([(25, 19), (3, 4)], True),
        ([(2.5, 3.5)], True),
        ([(25.5, 19.5)], True),
        ([(2.4, 5)], False),
        ([(5, 3.4)], False),
        ([(25.6, 5)], False),
        ([(5, 5), (5, 19.6)], False),
    ],
)
def test_a_region_reaches_to_the_edges_of_its_pixels(points, inside):
    scale = scale_at([plane()], GEOMETRY, at(*points))
    assert scale.calibration is (Calibration.PATIENT if inside else Calibration.NONE)
    assert scale.spacing_yx_mm == (pytest.approx((0.3, 0.2)) if inside else (1.0, 1.0))


def test_without_regions_the_geometry_tells():
    scale = scale_at([], GEOMETRY, at((5, 5)))
    assert scale.calibration is Calibration.PATIENT
    assert scale.spacing_yx_mm == GEOMETRY.spacing_zyx_mm[1:]
    unknown = make_geometry((1, 30, 40), calibration=Calibration.NONE)
    assert scale_at([], unknown, at((5, 5))).calibration is Calibration.NONE


@pytest.mark.parametrize(
    ("deltas", "common"),
    [
        ([(0.02, 0.03)], (0.3, 0.2)),
        ([(0.02, 0.03), (-0.02, -0.03)], (0.3, 0.2)),
        ([(0.02, 0.03), (0.0200019, 0.03)], (0.3, 0.2)),
        ([(0.02, 0.03), (0.02001, 0.03)], None),
        ([(0.02, 0.03), (0.02, 0.04)], None),
        ([(None, 0.03)], None),
        ([], None),
    ],
)
def test_one_scale_for_all_or_none(deltas, common):
    found = common_spacing([plane(delta=delta) for delta in deltas])
    assert found == (None if common is None else pytest.approx(common))
