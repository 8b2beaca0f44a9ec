"""The chest phantom at a coarse size, made once for all tests that need lungs."""

from functools import lru_cache

import numpy as np

from viewer.imaging.phantom import PhantomVolume, chest_phantom

COARSE_SHAPE_ZYX = (94, 184, 206)
COARSE_SPACING_MM = (3.0, 1.8, 1.8)


@lru_cache(maxsize=1)
def coarse_chest() -> PhantomVolume:
    """Return the phantom with 3 mm slices and 1.8 mm pixels."""
    return chest_phantom(COARSE_SHAPE_ZYX, COARSE_SPACING_MM)


def ball_mean(phantom: PhantomVolume, centre_lps_mm: tuple[float, ...], radius_mm: float) -> float:
    """Return the mean HU within a ball, by plain numpy."""
    geometry = phantom.geometry
    z, y, x = np.indices(phantom.hu.shape, sparse=True)
    spacing = geometry.spacing_zyx_mm
    origin = geometry.origin_lps_mm
    distance_2 = (
        (x * spacing[2] + origin[0] - centre_lps_mm[0]) ** 2
        + (y * spacing[1] + origin[1] - centre_lps_mm[1]) ** 2
        + (z * spacing[0] + origin[2] - centre_lps_mm[2]) ** 2
    )
    return float(phantom.hu[distance_2 <= radius_mm**2].mean())
