"""The phantom keeps its promises: values, places, sides, size of nodules, equal numbers."""

import numpy as np
import pytest

from tests.support.chest import ball_mean, coarse_chest
from viewer.core.errors import CancelledError
from viewer.core.progress import SilentContext
from viewer.imaging.phantom import (
    NODULES,
    ORGANS,
    SHAPE_ZYX,
    NoduleTruth,
    OrganTruth,
    chest_phantom,
)

# Thin things are blurred by voxels of 1.8 x 1.8 x 3 mm.
LARGE_ORGANS = [organ for organ in ORGANS if organ.radius_mm >= 4]


@pytest.mark.parametrize("organ", LARGE_ORGANS, ids=lambda organ: organ.name)
def test_organ_has_its_value_at_its_place(organ: OrganTruth) -> None:
    mean = ball_mean(coarse_chest(), organ.centre_lps_mm, organ.radius_mm * 0.8)
    assert mean == pytest.approx(organ.hu, abs=12)


@pytest.mark.parametrize("nodule", NODULES, ids=lambda nodule: nodule.name)
def test_nodule_has_its_value_and_lies_in_lung(nodule: NoduleTruth) -> None:
    phantom = coarse_chest()
    assert ball_mean(phantom, nodule.centre_lps_mm, 2.2) == pytest.approx(nodule.hu, abs=25)
    x, y, z = nodule.centre_lps_mm
    reach = max(nodule.semi_axes_mm) + 4
    around = [ball_mean(phantom, (x + dx, y, z), 1.6) for dx in (-reach, reach)]
    assert max(around) < -600


def test_nodule_volume_is_that_of_its_voxels() -> None:
    # Voxels half way between lung and nodule, counted at a fine grid around the solid one.
    solid = next(nodule for nodule in NODULES if nodule.name == "solid")
    phantom = chest_phantom(
        (60, 40, 40), (0.5, 0.5, 0.5), noise_hu=0, middle_lps_mm=solid.centre_lps_mm
    )
    z, y, x = np.indices(phantom.hu.shape)
    offset_mm = np.stack([z - 29.5, y - 19.5, x - 19.5]) * 0.5
    near = (offset_mm**2).sum(axis=0) < 6.5**2  # vessels begin further away
    count = int(np.count_nonzero(near & (phantom.hu > (solid.hu - 868) / 2)))
    assert count * 0.125 == pytest.approx(solid.volume_mm3, rel=0.05)


def test_truth_of_ellipsoids() -> None:
    core = next(nodule for nodule in NODULES if nodule.name == "spiculated")
    a, b, c = core.semi_axes_mm
    assert core.volume_mm3 == pytest.approx(4.18879 * a * b * c, rel=1e-5)
    assert core.diameter_mm == pytest.approx((6 * core.volume_mm3 / np.pi) ** (1 / 3))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_no_flip_goes_unseen(axis: int) -> None:
    hu = coarse_chest().hu.astype(np.float32)
    difference = np.abs(hu - np.flip(hu, axis))
    assert float((difference > 150).mean()) > 0.05


def test_geometry_is_head_first_supine() -> None:
    geometry = coarse_chest().geometry
    np.testing.assert_allclose(geometry.direction_lps, [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    assert (geometry.origin_lps_mm < 0).all()
    assert SHAPE_ZYX[0] >= 120
    assert SHAPE_ZYX[1:] == (512, 512)


def test_equal_seeds_give_equal_volumes() -> None:
    shape, spacing = (12, 64, 64), (8.0, 6.0, 6.0)
    first, again = chest_phantom(shape, spacing), chest_phantom(shape, spacing)
    other = chest_phantom(shape, spacing, seed=3)
    np.testing.assert_array_equal(first.hu, again.hu)
    assert (first.hu != other.hu).any()
    assert first.hu.dtype == np.int16


def test_noise_has_the_stated_size() -> None:
    hu = coarse_chest().hu
    geometry = coarse_chest().geometry
    z, y, x = np.round(geometry.lps_to_index((-100, -10, -222))).astype(int)
    liver = hu[z - 2 : z + 3, y - 8 : y + 8, x - 8 : x + 8]
    assert 6 < float(liver.std()) < 20


def test_cancel_stops_it() -> None:
    class Cancelled(SilentContext):
        def check(self) -> None:
            raise CancelledError

    with pytest.raises(CancelledError):
        chest_phantom((8, 64, 64), (4.0, 4.0, 4.0), ctx=Cancelled())
