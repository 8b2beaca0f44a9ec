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
    index = np.moveaxis(np.indices(phantom.hu.shape), 0, -1)
    centre_zyx = geometry.lps_to_index(centre_lps_mm)
    away_mm = (index - centre_zyx) * np.asarray(geometry.spacing_zyx_mm)
    return float(phantom.hu[(away_mm**2).sum(axis=-1) <= radius_mm**2].mean())
