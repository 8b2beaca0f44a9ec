"""Skin and lungs of a trunk on a table, in every orientation of the axes."""

import numpy as np
import pytest

from tests.support.voxel_grids import geometry, padding_value, signed_permutations, volume
from viewer.core.errors import ViewerError
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import SilentContext
from viewer.imaging.mesh import Mesh
from viewer.imaging.surface import SurfaceKind, extract_surface, surface_request

TRUNK = (150.0, 100.0)  # half axes to the left and to the back
LUNGS = {1: (35.0, 60.0, 80.0), -1: (42.0, 65.0, 85.0)}  # the right one is larger
LUNG_CENTER = (72.0, -5.0, 10.0)
TABLE_TOP = 103.0  # just below the back: a hollow carbon shell


def inside(x, y, z, center, half):
    return sum(((p - c) / h) ** 2 for p, c, h in zip((x, y, z), center, half, strict=True)) <= 1


def trunk_hu(points: np.ndarray) -> np.ndarray:
    """A trunk with two lungs, a windpipe with a wall, gas in the stomach, and a table."""
    x, y, z = np.moveaxis(points, -1, 0)
    hu = np.full(x.shape, -1000.0)
    hu[(x / TRUNK[0]) ** 2 + (y / TRUNK[1]) ** 2 <= 1] = 40
    for side, half in LUNGS.items():
        center = (side * LUNG_CENTER[0], LUNG_CENTER[1], LUNG_CENTER[2])
        hu[inside(x, y, z, center, half)] = -850
    hu[((x - 3) ** 2 + (y + 8) ** 2 <= 8**2) & (z > 20)] = -990  # windpipe: up to the last slice
    hu[inside(x, y, z, (60, -30, -95), (25, 25, 15))] = -1000  # stomach, under the left lung
    table = (np.abs(x) < 170) & (y >= TABLE_TOP) & (y < TABLE_TOP + 30)
    core = (np.abs(x) < 166) & (y >= TABLE_TOP + 4) & (y < TABLE_TOP + 26)
    hu[table] = -150
    hu[table & core] = -950
    return hu


def scan(direction: np.ndarray) -> tuple[np.ndarray, VolumeGeometry]:
    """A scan of the trunk: 120 mm below to 120 mm above the origin; 360 mm wide."""
    extent = np.abs(direction) @ np.array([360.0, 290.0, 240.0])
    z, y, x = np.abs(direction) @ np.array([2.4, 2.2, 3.0])
    spacing = (float(z), float(y), float(x))
    shape = tuple(int(n) for n in extent / spacing)
    grid = geometry(shape, spacing, (0, 0, 0), direction)
    grid = geometry(shape, spacing, -grid.center_lps_mm, direction)
    points = grid.index_to_lps(np.moveaxis(np.indices(shape), 0, -1))
    noise = np.random.default_rng(8).normal(0, 20, shape)
    return (trunk_hu(points) + noise).astype(np.int16), grid


def surface(data, grid, kind, threshold, **options) -> Mesh:
    request = surface_request(volume(data, grid), threshold, kind, **options)
    return extract_surface(SilentContext(), request, data=data)


DIRECTIONS = signed_permutations()[::7]


@pytest.mark.parametrize("direction", DIRECTIONS, ids=range(len(DIRECTIONS)))
def test_skin_is_the_trunk_without_lungs_and_table(direction):
    data, grid = scan(direction)
    mesh = surface(data, grid, SurfaceKind.BODY, -300, smooth_mm=1)
    height = grid.shape_zyx[int(np.argmax(np.abs(direction[:, 2])))] * 3.0
    assert mesh.is_closed
    assert mesh.volume_mm3 == pytest.approx(np.pi * TRUNK[0] * TRUNK[1] * height, rel=0.02)
    low, high = mesh.bounds_lps_mm
    assert high[1] < TABLE_TOP + 4  # of the table at most what touches the back
    assert high[0] - low[0] == pytest.approx(300, abs=4)  # the table is 340 mm wide
    perimeter = np.pi * (3 * (250) - np.sqrt((3 * 150 + 100) * (150 + 3 * 100)))  # Ramanujan
    lids = 2 * np.pi * TRUNK[0] * TRUNK[1]
    # A strip of the table top where the back touches it stays: some 10 % of the area.
    assert mesh.area_mm2 == pytest.approx(perimeter * height + lids, rel=0.13)


@pytest.mark.parametrize("direction", DIRECTIONS, ids=range(len(DIRECTIONS)))
def test_lungs_and_windpipe_without_stomach_room_and_table(direction):
    data, grid = scan(direction)
    mesh = surface(data, grid, SurfaceKind.LUNGS, -400)
    lungs = sum(4 / 3 * np.pi * np.prod(half) for half in LUNGS.values())
    windpipe = np.pi * 8**2 * 100
    assert mesh.is_closed
    assert mesh.volume_mm3 == pytest.approx(lungs + windpipe, rel=0.03)
    low, high = mesh.bounds_lps_mm
    assert low[0] == pytest.approx(-72 - 42, abs=2.5)
    assert high[0] == pytest.approx(72 + 35, abs=2.5)
    assert high[2] == pytest.approx(120, abs=3)  # the windpipe is cut off by the scan
    assert low[2] == pytest.approx(10 - 85, abs=3)


def test_padding_around_a_round_field_of_view_is_not_lung():
    data, grid = scan(signed_permutations()[0] @ np.eye(3)[::-1])
    x, y, _ = np.moveaxis(grid.index_to_lps(np.moveaxis(np.indices(grid.shape_zyx), 0, -1)), -1, 0)
    data[np.hypot(x, y) > 140] = -2000  # cuts the trunk off on both sides
    series = volume(data, grid, padding=padding_value(-2000, len(data)))
    request = surface_request(series, -400, SurfaceKind.LUNGS)
    mesh = extract_surface(SilentContext(), request, data=data)
    lungs = sum(4 / 3 * np.pi * np.prod(half) for half in LUNGS.values())
    assert mesh.volume_mm3 == pytest.approx(lungs + np.pi * 64 * 100, rel=0.03)


@pytest.mark.parametrize("kind", [SurfaceKind.BODY, SurfaceKind.LUNGS])
def test_nothing_but_air(kind):
    data = np.full((20, 30, 30), -1000, np.int16)
    with pytest.raises(ViewerError, match="no surface to show"):
        surface(data, geometry(data.shape, (3, 3, 3)), kind, -350)


def test_a_body_without_lungs():
    data = np.full((20, 40, 40), -1000, np.int16)
    data[:, 8:30, 9:33] = 40
    with pytest.raises(ViewerError, match="no air spaces inside the body"):
        surface(data, geometry(data.shape, (3, 3, 3)), SurfaceKind.LUNGS, -400)
