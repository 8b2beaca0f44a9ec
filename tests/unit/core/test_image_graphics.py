"""Masks that are kept packed come back as they were."""

import numpy as np
import pytest

from viewer.core.image_graphics import BitMask


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (8, 8), (7, 13), (36, 40)])
def test_a_packed_mask_comes_back(shape):
    mask = np.random.default_rng(5).random(shape) < 0.3
    packed = BitMask.of(mask)
    np.testing.assert_array_equal(packed.unpacked(), mask)
    assert packed.bits.nbytes == (mask.size + 7) // 8
