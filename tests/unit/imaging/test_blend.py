"""Mixing pictures against the formula, on pictures that differ everywhere."""

import numpy as np
import pytest

from viewer.imaging.blend import as_rgb, coloured, fused, swiped
from viewer.imaging.colour_maps import colour_table

BASE = np.arange(7 * 9, dtype=np.uint8).reshape(7, 9) * 4
OVER = (np.arange(7 * 9 * 3).reshape(7, 9, 3) * 11 % 256).astype(np.uint8)
INVALID = np.arange(7 * 9).reshape(7, 9) % 5 == 2


def test_colours_are_the_tables_entries_and_invalid_stays_black():
    picture = coloured(BASE, "spring", INVALID)
    for v, u in np.ndindex(BASE.shape):
        expected = [0, 0, 0] if INVALID[v, u] else colour_table("spring")[BASE[v, u]].tolist()
        assert picture[v, u].tolist() == expected


def test_grey_and_colour_pass_through_unchanged():
    assert coloured(BASE, "grey", INVALID) is BASE
    assert coloured(OVER, "pet", INVALID) is OVER


@pytest.mark.parametrize("opacity", [0.0, 0.3, 0.5, 0.875, 1.0])
def test_fusion_is_the_weighted_mean(opacity):
    mixed = fused(BASE, OVER, INVALID, opacity).astype(float)
    expected = as_rgb(BASE) + opacity * (OVER.astype(float) - as_rgb(BASE))
    assert np.abs(mixed - expected)[~INVALID].max() <= 1.0
    np.testing.assert_array_equal(mixed[INVALID], as_rgb(BASE)[INVALID])


def test_the_ends_of_the_opacity_are_exact():
    np.testing.assert_array_equal(fused(BASE, OVER, None, 0.0), as_rgb(BASE))
    np.testing.assert_array_equal(fused(BASE, OVER, None, 1.0), OVER)


def test_a_swipe_has_the_base_before_its_line():
    upright = swiped(BASE, OVER, 4, upright=True)
    np.testing.assert_array_equal(upright[:, :4], as_rgb(BASE)[:, :4])
    np.testing.assert_array_equal(upright[:, 4:], OVER[:, 4:])
    level = swiped(BASE, BASE[::-1], 3, upright=False)
    assert level.ndim == 2
    np.testing.assert_array_equal(level[:3], BASE[:3])
    np.testing.assert_array_equal(level[3:], BASE[::-1][3:])
    np.testing.assert_array_equal(swiped(BASE, OVER, 9, upright=True), as_rgb(BASE))
