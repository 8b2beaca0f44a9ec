"""Windows that come from the values themselves: the automatic one and the full range."""

from collections.abc import Iterable

import numpy as np

from viewer.core.shapes import RegionShape
from viewer.core.volume import Volume, VoxelArray
from viewer.core.window import HuWindow, VoiTransform
from viewer.imaging.roi import region_values

LOW_PERCENTILE = 1.0
HIGH_PERCENTILE = 99.0
REGION_LOW_PERCENTILE = 2.0
REGION_HIGH_PERCENTILE = 98.0
"""Of a region: a few voxels of calcium or gas, or of its rim, do not widen the window."""
FALLBACK_WINDOW = HuWindow(400, 40)
"""For a volume without a single measured voxel."""
SAMPLE_PIXELS = 500_000
"""Up to this many pixels the percentiles are exact; beyond it every n-th row is read."""
UNIT_WINDOWS = {"HU": HuWindow(400, 40), "SUVbw": HuWindow.from_range(0, 7)}
"""Windows of the trade where the unit is absolute: soft tissue, and uptake in PET."""
SCREEN_WINDOW = HuWindow.from_range(0, 255)
_HALF_GREY = 0.5 / 255
DARKEST_SCREEN_WHITE = 64
"""Images that stay below it have fewer bits (masks, line art), or are too dark to leave alone."""
_SCREEN_MODALITIES = frozenset({"US", "IVUS", "ES", "XC", "GM", "SM", "OP", "DG", "OT", "SC"})
"""Their 8-bit greys are made for a screen, and shown as they are."""


def automatic_window(volume: Volume, slices: Iterable[int] | None = None) -> HuWindow:
    """Return a window for images whose files state none.

    Of the unit, where it is absolute; 0 to 255 for 8-bit greys that are made for a screen; else
    from the 1 to the 99 percentile of the middle slice (the nearest to it that was measured), as
    nearest rank (numpy's "inverted_cdf"): always values that occur.

    Parameters
    ----------
    volume : Volume
        Grey volume; padding, placeholder slices and numbers that are not finite are left out.
    slices : iterable of int, optional
        Only these z, for a volume that is still loading.

    Returns
    -------
    HuWindow
        At least one unit wide for integer voxels; `FALLBACK_WINDOW` where nothing was measured.
    """
    if (known := UNIT_WINDOWS.get(volume.stack.unit or "")) is not None:
        return known
    middle = volume.data.shape[0] // 2
    for z in sorted(_z_indices(volume, slices), key=lambda z: abs(z - middle)):
        values = _measured(volume, z, _row_step(volume))
        if values.size:
            return _window_of(values, volume)
    return FALLBACK_WINDOW


def leaves_no_contrast(
    volume: Volume, window: VoiTransform, slices: Iterable[int] | None = None
) -> bool | None:
    """Tell whether a window draws whole slices in one grey, black or white.

    Some files state a window that lies beside all of their values.

    Parameters
    ----------
    slices : iterable of int, optional
        Only these z; the first one that is not flat itself tells.

    Returns
    -------
    bool or None
        None where every slice is flat: nobody can tell. A look-up table is taken as it is.
    """
    if not isinstance(window, HuWindow):
        return False
    for z in _z_indices(volume, slices):
        values = _measured(volume, z, 1)
        if values.size and (low := float(values.min())) < (high := float(values.max())):
            shares = window.share_of_white(np.array([low, high]))
            return bool((shares <= _HALF_GREY).all() or (shares >= 1 - _HALF_GREY).all())
    return None


def region_window(volume: Volume, shape: RegionShape) -> HuWindow | None:
    """Return the window from the 2 to the 98 percentile of a region's voxels, as nearest rank.

    At least one unit wide for integer voxels. None where nothing in it was measured, and for
    colour.
    """
    if volume.is_colour:
        return None
    values = region_values(volume, shape)
    if values.size == 0:
        return None
    limits = (REGION_LOW_PERCENTILE, REGION_HIGH_PERCENTILE)
    low, high = np.percentile(values, limits, method="inverted_cdf")
    return _window(float(low), float(high), volume)


def _window_of(values: VoxelArray, volume: Volume) -> HuWindow:
    lowest, highest = float(values.min()), float(values.max())
    eight_bits = lowest >= 0 and DARKEST_SCREEN_WHITE <= highest <= 255
    if eight_bits and volume.stack.modality in _SCREEN_MODALITIES:
        return SCREEN_WINDOW
    low, high = (
        float(v)
        for v in np.percentile(
            values.astype(np.float64), (LOW_PERCENTILE, HIGH_PERCENTILE), method="inverted_cdf"
        )
    )
    if low == high:  # a few bright pixels on nothing
        low, high = lowest, highest
    return _window(low, high, volume)


def full_range(volume: Volume, slices: Iterable[int] | None = None) -> HuWindow:
    """Return the window from the smallest to the largest measured voxel; exact.

    Parameters and fallback as in `automatic_window`.
    """
    low, high = np.inf, -np.inf
    for z in _z_indices(volume, slices):
        part = _measured(volume, z, 1)
        if part.size:
            low, high = min(low, float(part.min())), max(high, float(part.max()))
    return _window(low, high, volume) if low <= high else FALLBACK_WINDOW


def _z_indices(volume: Volume, slices: Iterable[int] | None) -> list[int]:
    if volume.is_colour:
        return []
    return list(range(volume.data.shape[0])) if slices is None else sorted(set(slices))


def _row_step(volume: Volume) -> int:
    _, rows, columns = volume.data.shape[:3]
    return max(int(rows * columns) // SAMPLE_PIXELS, 1)


def _measured(volume: Volume, z: int, row_step: int) -> VoxelArray:
    """Return the values of a slice that hold a measurement, shape (n,)."""
    key = (z, slice(None, None, row_step))
    mask = volume.invalid_mask(key)
    values = volume.data[key]
    if mask is not None:
        values = values[~mask]
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    return values.ravel()


def _window(low: float, high: float, volume: Volume) -> HuWindow:
    if high - low < 1 and volume.data.dtype.kind in "iu":
        return HuWindow(1, (low + high) / 2)
    return HuWindow.from_range(low, high)
