"""Which voxels hold no measurement, restated with numpy."""

import numpy as np
import pytest

from tests.support.voxel_grids import padding_value, volume
from viewer.core.volume import Padding

DATA = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)


def test_a_plain_volume_costs_nothing() -> None:
    assert volume(DATA).invalid_mask() is None


def test_colour_has_no_invalid_voxels() -> None:
    colour = volume(np.zeros((4, 5, 6, 3), np.uint8), padding=padding_value(0, 4))
    assert colour.is_colour
    assert colour.invalid_mask((1,)) is None


@pytest.mark.parametrize(
    "key", [(), (2,), (slice(None), 3), (slice(None), slice(None), 1), (2, slice(None, None, 2))]
)
def test_padding_ranges_differ_by_slice_and_placeholders_are_whole_slices(
    key: tuple[int | slice, ...],
) -> None:
    low = np.array([0, np.nan, 61, 100], np.float32)
    high = np.array([3, np.nan, 75, 200], np.float32)
    padded = volume(DATA, padding=Padding(low, high), placeholders=(1,))
    expected = np.zeros(DATA.shape, bool)
    expected[0] = DATA[0] <= 3
    expected[1] = True
    expected[2] = (DATA[2] >= 61) & (DATA[2] <= 75)
    expected[3] = DATA[3] >= 100
    mask = padded.invalid_mask(key)
    assert mask is not None
    np.testing.assert_array_equal(mask, expected[key])
