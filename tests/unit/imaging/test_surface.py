"""Surfaces against solids of known volume, area and place, in every orientation of the axes."""

from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest

from tests.support.solids import Ellipsoid, draw
from tests.support.voxel_grids import (
    AXIAL,
    geometry,
    padding_value,
    rotation,
    signed_permutations,
    volume,
)
from viewer.core.errors import CancelledError, ViewerError
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import SilentContext
from viewer.imaging.mesh import Mesh
from viewer.imaging.surface import SURFACE_PRESETS, SurfaceRequest, extract_surface, surface_request

BIG = Ellipsoid((0, 0, 0), (16, 12, 20))
SMALL = Ellipsoid((17, -10, 15), (5, 5, 5))  # to the left, in front, above: no mirror image passes


def centred(
    direction: np.ndarray, spacing: tuple[float, float, float], size_mm: float = 56
) -> VolumeGeometry:
    """A cube of patient space around the origin."""
    shape = tuple(int(size_mm / step) for step in spacing)
    grid = geometry(shape, spacing, (0, 0, 0), direction)
    return geometry(shape, spacing, -grid.center_lps_mm, direction)


def surface(data: np.ndarray, grid: VolumeGeometry, threshold: float = 0, **options) -> Mesh:
    request = surface_request(volume(data, grid), threshold, **options)
    return extract_surface(SilentContext(), request, data=data)


def centroid(mesh: Mesh) -> np.ndarray:
    """Centre of mass of the enclosed volume."""
    corners = mesh.vertices_lps_mm.astype(float)[mesh.faces]
    volumes = np.linalg.det(corners)
    return (corners.sum(axis=1) / 4 * volumes[:, None]).sum(axis=0) / volumes.sum()


DIRECTIONS = [*signed_permutations()[::5], rotation((20, -35, 50)), -rotation((100, 15, -70))]


@pytest.mark.parametrize("direction", DIRECTIONS, ids=range(len(DIRECTIONS)))
def test_an_asymmetric_solid_lies_where_it_lies_in_the_patient(direction):
    grid = centred(direction, (2.0, 1.1, 0.9), 64)
    mesh = surface(draw(grid, BIG, SMALL), grid)
    alone = [surface(draw(grid, solid), grid) for solid in (BIG, SMALL)]
    # Flat triangles lie within a sphere: a radius of five voxels loses some per cent.
    for part, solid, within in zip(alone, (BIG, SMALL), (0.02, 0.06), strict=True):
        assert part.is_closed
        assert part.volume_mm3 == pytest.approx(solid.volume_mm3, rel=within)
        assert part.area_mm2 == pytest.approx(solid.area_mm2, rel=within)
        np.testing.assert_allclose(centroid(part), solid.center_lps_mm, atol=0.05)
        low, high = part.bounds_lps_mm
        np.testing.assert_allclose((high - low) / 2, solid.half_axes_mm, rtol=within)
    assert mesh.is_closed
    _, high = mesh.bounds_lps_mm
    assert high[0] == pytest.approx(22, abs=0.3)  # the small one, at the patient's left
    outwards = mesh.vertices_lps_mm[mesh.vertices_lps_mm[:, 0].argmax()] - SMALL.center_lps_mm
    assert mesh.normals[mesh.vertices_lps_mm[:, 0].argmax()] @ outwards > 0


def test_int16_and_the_threshold_itself_belongs_to_the_inside():
    data = np.zeros((6, 8, 9), np.int16)
    data[2:4, 2:6, 3:5] = 300
    grid = geometry(data.shape, (2.0, 1.0, 0.5))
    mesh = surface(data, grid, 300)
    assert mesh.is_closed
    low, high = mesh.bounds_lps_mm
    inner = grid.index_to_lps([[2, 2, 3], [3, 5, 4]])
    np.testing.assert_allclose([low, high], inner, atol=0.01)
    with pytest.raises(ViewerError, match="no voxels at or above 301"):
        surface(data, grid, 301)


def test_a_body_cut_off_by_the_scan_is_closed_at_the_outer_voxel_faces():
    data = np.full((4, 5, 6), 1000, np.int16)
    grid = geometry(data.shape, (2.0, 1.0, 0.5))
    mesh = surface(data, grid, 300)
    low, high = mesh.bounds_lps_mm
    np.testing.assert_allclose(low, grid.index_to_lps((-0.5, -0.5, -0.5)), atol=1e-3)
    np.testing.assert_allclose(high, grid.index_to_lps((3.5, 4.5, 5.5)), atol=1e-3)
    assert mesh.is_closed
    assert mesh.volume_mm3 == pytest.approx(8 * 5 * 3, rel=0.07)  # bevelled edges


@pytest.mark.parametrize("max_samples", [None, 30_000, 8_000])
def test_coarser_samples_stay_in_place(max_samples):
    grid = centred(AXIAL, (2.0, 1.0, 1.0))
    mesh = surface(draw(grid, BIG, edge_mm=6), grid, max_samples=max_samples)
    assert mesh.is_closed
    np.testing.assert_allclose(centroid(mesh), (0, 0, 0), atol=0.1)
    assert mesh.volume_mm3 == pytest.approx(BIG.volume_mm3, rel=0.04)


def test_smoothing_is_in_millimetres_and_takes_noise_away():
    grid = centred(AXIAL, (2.5, 1.0, 0.8))
    noise = np.random.default_rng(6).normal(0, 700, grid.shape_zyx)
    noisy = (draw(grid, BIG) + noise).astype(np.int16)
    rough, smooth = surface(noisy, grid), surface(noisy, grid, smooth_mm=1.8)
    assert rough.area_mm2 > 2 * BIG.area_mm2
    assert smooth.area_mm2 == pytest.approx(BIG.area_mm2, rel=0.06)
    assert smooth.volume_mm3 == pytest.approx(BIG.volume_mm3, rel=0.06)  # a blur shrinks it


def test_reduction_removes_a_part_of_the_triangles():
    grid = centred(AXIAL, (2.0, 1.1, 0.9))
    data = draw(grid, BIG)
    whole, half = surface(data, grid), surface(data, grid, reduce=0.5)
    assert half.n_faces == pytest.approx(whole.n_faces / 2, rel=0.02)
    assert half.volume_mm3 == pytest.approx(whole.volume_mm3, rel=0.01)


def test_voxels_without_a_measurement_are_air():
    grid = centred(AXIAL, (2.0, 1.1, 0.9))
    data = draw(grid, BIG).astype(np.int16)
    data[:, :8] = 3000  # padding that is brighter than bone
    data[3] = 3000  # a slice for which there is no image
    series = volume(data, grid, padding=padding_value(3000, len(data)), placeholders=(3,))
    mesh = extract_surface(SilentContext(), surface_request(series, 0), data=data)
    assert mesh.bounds_lps_mm[0][1] > grid.index_to_lps((0, 7, 0))[1]
    assert mesh.volume_mm3 == pytest.approx(BIG.volume_mm3, rel=0.04)


def test_numbers_that_are_not_finite_are_air():
    grid = centred(AXIAL, (2.0, 1.1, 0.9))
    data = draw(grid, BIG)
    data[:5] = np.nan
    data[0, 0, 0] = np.inf
    assert surface(data, grid, max_samples=None).volume_mm3 < BIG.volume_mm3


def test_the_voxels_are_not_changed():
    grid = centred(AXIAL, (2.0, 1.1, 0.9))
    data = draw(grid, BIG)
    before = data.copy()
    data.flags.writeable = False
    surface(data, grid, smooth_mm=1)
    np.testing.assert_array_equal(data, before)


def test_a_single_slice_is_a_plate():
    data = np.zeros((1, 10, 12), np.int16)
    data[0, 3:7, 4:9] = 1000
    mesh = surface(data, geometry(data.shape, (3.0, 1.0, 1.0)), 500)
    assert mesh.is_closed
    assert mesh.bounds_lps_mm[1][2] - mesh.bounds_lps_mm[0][2] == pytest.approx(3)


class Cancelling(SilentContext):
    """Cancels at the n-th check, and remembers what it was told."""

    def __init__(self, checks: int) -> None:
        self.left = checks
        self.fractions: list[float] = []

    def progress(self, fraction: float, text: str = "") -> None:
        self.fractions.append(fraction)
        assert text

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise CancelledError


def test_progress_rises_and_cancelling_works_between_stages():
    grid = centred(AXIAL, (4.0, 2.0, 2.0))
    request = surface_request(volume(draw(grid, BIG), grid), 0, smooth_mm=1, reduce=0.5)
    calm = Cancelling(1000)
    extract_surface(calm, request, data=draw(grid, BIG))
    assert calm.fractions == sorted(calm.fractions)
    assert calm.fractions[-1] == 1
    for checks in range(1000 - calm.left):
        with pytest.raises(CancelledError):
            extract_surface(Cancelling(checks), request, data=draw(grid, BIG))


def test_a_request_travels_to_another_process():
    series = volume(np.zeros((3, 4, 5), np.int16), padding=padding_value(-2000, 3))
    request = surface_request(series, 300, smooth_mm=1, reduce=0.2)
    copy = ForkingPickler.loads(ForkingPickler.dumps(request))  # as a pipe to a child does
    assert isinstance(copy, SurfaceRequest)
    assert copy.padding is not None
    assert request.padding is not None
    assert copy.threshold == 300
    np.testing.assert_array_equal(copy.geometry.affine, request.geometry.affine)
    np.testing.assert_array_equal(copy.padding.low, request.padding.low)


@pytest.mark.parametrize(
    "options",
    [{"reduce": 1}, {"reduce": -0.5}, {"smooth_mm": -1}, {"smooth_mm": float("nan")}],
)
def test_numbers_out_of_range_are_told(options):
    with pytest.raises(ViewerError, match="cannot be"):
        surface_request(volume(np.zeros((3, 4, 5), np.int16)), 300, **options)


def test_what_has_no_surface():
    with pytest.raises(ViewerError, match="not a number"):
        surface_request(volume(np.zeros((3, 4, 5), np.int16)), float("nan"))
    with pytest.raises(ViewerError, match="colour"):
        surface_request(volume(np.zeros((3, 4, 5, 3), np.uint8)), 100)


def test_presets_are_the_three_of_the_panel():
    assert {preset.id: preset.threshold_hu for preset in SURFACE_PRESETS} == {
        "bone": 300,
        "skin": -300,
        "lungs": -400,
    }
