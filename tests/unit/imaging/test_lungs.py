"""Lungs: on the phantom in every orientation, with padding and a cut, and without lungs."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.chest import coarse_chest
from viewer.core.errors import CancelledError
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import SilentContext
from viewer.imaging.lungs import LungSegmentation, segment_lungs
from viewer.imaging.phantom import NODULES, NoduleTruth
from viewer.imaging.phantom_chest import lung_distances


@pytest.fixture(scope="module")
def lungs() -> LungSegmentation:
    phantom = coarse_chest()
    return segment_lungs(phantom.hu, phantom.geometry)


def side_at(mask: np.ndarray, geometry: VolumeGeometry, point: tuple[float, ...]) -> int:
    z, y, x = np.round(geometry.lps_to_index(point)).astype(int)
    return int(mask[z, y, x])


def analytic_volumes_ml() -> tuple[float, float]:
    """Volumes of the phantom's lungs by its own formula, on the same grid."""
    geometry = coarse_chest().geometry
    index = np.indices(geometry.shape_zyx, np.float32)
    origin, (dz, dy, dx) = geometry.origin_lps_mm, geometry.spacing_zyx_mm
    z = (index[0, :, :1, :1] * dz + origin[2]).astype(np.float32)
    y = (index[1, :1, :, :1] * dy + origin[1]).astype(np.float32)
    x = (index[2, :1, :1, :] * dx + origin[0]).astype(np.float32)
    right, left = lung_distances(x, y, z)
    voxel_ml = geometry.voxel_volume_mm3 / 1000
    return float((right < 0).sum()) * voxel_ml, float((left < 0).sum()) * voxel_ml


def test_volumes_are_the_phantoms(lungs: LungSegmentation) -> None:
    right_ml, left_ml = analytic_volumes_ml()
    assert lungs.right.volume_ml == pytest.approx(right_ml, rel=0.06)
    assert lungs.left.volume_ml == pytest.approx(left_ml, rel=0.06)
    assert lungs.right.volume_ml > 1.15 * lungs.left.volume_ml


def test_measures_are_those_of_the_voxels(lungs: LungSegmentation) -> None:
    values = coarse_chest().hu[lungs.mask == 2].astype(float)
    assert lungs.left.mean_hu == pytest.approx(values.mean())
    assert lungs.left.emphysema_percent == pytest.approx(100 * (values < -950).mean())


def test_sides_are_the_patients(lungs: LungSegmentation) -> None:
    geometry = coarse_chest().geometry
    assert side_at(lungs.mask, geometry, (-85, 0, -90)) == 1
    assert side_at(lungs.mask, geometry, (95, 20, -90)) == 2


@pytest.mark.parametrize(
    "point",
    [(2, 6, 0), (-3, 13, -55), (28, 42, -100), (50, -42, -213), (25, -27, -122), (0, 125, -100)],
    ids=["windpipe", "above the fork", "aorta", "stomach gas", "heart", "table"],
)
def test_what_is_no_lung_stays_out(lungs: LungSegmentation, point: tuple[float, ...]) -> None:
    assert side_at(lungs.mask, coarse_chest().geometry, point) == 0


@pytest.mark.parametrize("nodule", NODULES, ids=lambda nodule: nodule.name)
def test_nodules_belong_to_the_lung(lungs: LungSegmentation, nodule: NoduleTruth) -> None:
    side = side_at(lungs.mask, coarse_chest().geometry, nodule.centre_lps_mm)
    assert side == (1 if nodule.centre_lps_mm[0] < 0 else 2)


def test_whole_lungs_are_not_cut(lungs: LungSegmentation) -> None:
    assert lungs.first_slice_mm2 == lungs.last_slice_mm2 == 0
    assert lungs.airways_found
    assert lungs.slices is not None
    assert 2 <= lungs.slices[0] < lungs.slices[1] <= 90


@pytest.mark.parametrize("axes", [(0,), (2,), (0, 1)], ids=["upside down", "mirror", "prone"])
def test_order_of_the_axes_does_not_matter(lungs: LungSegmentation, axes: tuple[int, ...]) -> None:
    phantom = coarse_chest()
    direction, shape = phantom.geometry.direction_lps.copy(), phantom.geometry.shape_zyx
    origin = phantom.geometry.index_to_lps([shape[a] - 1 if a in axes else 0 for a in range(3)])
    direction[list(axes)] *= -1
    turned = replace(phantom.geometry, direction_lps=direction, origin_lps_mm=origin)
    found = segment_lungs(np.ascontiguousarray(np.flip(phantom.hu, axes)), turned)
    assert found.right.volume_ml == pytest.approx(lungs.right.volume_ml, rel=0.02)
    assert found.left.volume_ml == pytest.approx(lungs.left.volume_ml, rel=0.02)
    assert side_at(found.mask, turned, (-85, 0, -90)) == 1


def test_a_cut_is_measured() -> None:
    phantom = coarse_chest()
    part = np.ascontiguousarray(phantom.hu[30:60])
    geometry = replace(
        phantom.geometry,
        shape_zyx=(30, *phantom.geometry.shape_zyx[1:]),
        origin_lps_mm=phantom.geometry.index_to_lps((30, 0, 0)),
    )
    found = segment_lungs(part, geometry)
    assert found.first_slice_mm2 > 15_000
    assert found.last_slice_mm2 > 15_000
    assert found.right.volume_ml > 300
    assert found.left.volume_ml > 300


def test_a_round_field_of_view_is_not_lung(lungs: LungSegmentation) -> None:
    phantom = coarse_chest()
    _, rows, columns = np.indices(phantom.hu.shape)
    outside = np.asarray((rows - 92) ** 2 + (columns - 103) ** 2 > 90**2)
    hu = np.where(outside, -2000, phantom.hu).astype(np.int16)
    found = segment_lungs(hu, phantom.geometry, outside)
    assert found.volume_ml == pytest.approx(lungs.volume_ml, rel=0.03)
    assert not found.mask[outside].any()


def test_lung_goes_around_a_nodule_at_the_wall() -> None:
    phantom = coarse_chest()
    hu = phantom.hu.copy()
    geometry = phantom.geometry
    point = np.array([-118.0, -5.0, -110.0])  # on the inner face of the chest wall
    z, y, x = np.indices(hu.shape)
    place = geometry.index_to_lps(np.stack([z, y, x], -1))
    ball = ((place - point) ** 2).sum(axis=-1) < 6.0**2
    hu[ball] = 40
    mask = segment_lungs(hu, geometry).mask
    inner = ball & (place[..., 0] > -116)
    assert (mask[inner] == 1).mean() > 0.7


@pytest.mark.parametrize("value", [-1000, 40], ids=["air", "water"])
def test_nothing_is_found_where_there_is_no_lung(value: int) -> None:
    geometry = VolumeGeometry((12, 64, 64), (5.0, 4.0, 4.0), np.zeros(3), np.eye(3)[::-1].copy())
    found = segment_lungs(np.full((12, 64, 64), value, np.int16), geometry)
    assert found.volume_ml == 0
    assert not found.mask.any()
    assert found.slices is None


def test_float_volumes_give_the_same(lungs: LungSegmentation) -> None:
    phantom = coarse_chest()
    found = segment_lungs(phantom.hu.astype(np.float32), phantom.geometry)
    np.testing.assert_array_equal(found.mask, lungs.mask)


def test_cancel_stops_it() -> None:
    class Cancelled(SilentContext):
        def check(self) -> None:
            raise CancelledError

    phantom = coarse_chest()
    with pytest.raises(CancelledError):
        segment_lungs(phantom.hu, phantom.geometry, ctx=Cancelled())
