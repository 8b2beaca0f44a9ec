"""Distribution of a volume's values: the automatic window and the full range."""

from collections.abc import Iterable, Iterator

import numpy as np

from viewer.core.volume import Volume, VoxelArray
from viewer.core.window import HuWindow

LOW_PERCENTILE = 0.1
HIGH_PERCENTILE = 99.9
FALLBACK_WINDOW = HuWindow(400, 40)
"""For a volume without a single measured voxel."""
SAMPLE_VOXELS = 4_000_000
"""Up to this many voxels the percentiles are exact; beyond it every n-th row and slice is read."""


def automatic_window(volume: Volume, slices: Iterable[int] | None = None) -> HuWindow:
    """Return the window from the 0.1 to the 99.9 percentile of the measured voxels.

    Percentiles are nearest-rank (numpy's "inverted_cdf"): always values that occur. Volumes above
    `SAMPLE_VOXELS` are sampled on a regular grid of slices and rows, whole rows at a time.

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
    chosen = _z_indices(volume, slices)
    step_z, step_y = _sample_steps(volume, len(chosen))
    parts = list(_valid_parts(volume, chosen[::step_z], step_y))
    if not any(part.size for part in parts):
        return FALLBACK_WINDOW
    values = np.concatenate(parts, dtype=np.float64)
    low, high = (
        float(v)
        for v in np.percentile(
            values, (LOW_PERCENTILE, HIGH_PERCENTILE), method="inverted_cdf", overwrite_input=True
        )
    )
    return _window(low, high, volume)


def full_range(volume: Volume, slices: Iterable[int] | None = None) -> HuWindow:
    """Return the window from the smallest to the largest measured voxel; exact.

    Parameters and fallback as in `automatic_window`.
    """
    low, high = np.inf, -np.inf
    for part in _valid_parts(volume, _z_indices(volume, slices), 1):
        if part.size:
            low, high = min(low, float(part.min())), max(high, float(part.max()))
    return _window(low, high, volume) if low <= high else FALLBACK_WINDOW


def _z_indices(volume: Volume, slices: Iterable[int] | None) -> list[int]:
    if volume.is_colour:
        return []
    return list(range(volume.data.shape[0])) if slices is None else sorted(set(slices))


def _sample_steps(volume: Volume, n_slices: int) -> tuple[int, int]:
    """Return the steps in z and y that bring the sample below `SAMPLE_VOXELS`, y first."""
    _, rows, columns = volume.data.shape[:3]
    surplus = n_slices * rows * columns / SAMPLE_VOXELS
    step_y = int(np.clip(np.ceil(surplus), 1, 4))
    step_z = max(int(np.ceil(surplus / step_y)), 1)
    return step_z, step_y


def _valid_parts(volume: Volume, z_indices: list[int], step_y: int) -> Iterator[VoxelArray]:
    for z in z_indices:
        key = (z, slice(None, None, step_y))
        mask = volume.invalid_mask(key)
        values = volume.data[key]
        if mask is not None:
            values = values[~mask]
        if values.dtype.kind == "f":
            values = values[np.isfinite(values)]
        yield values.ravel()


def _window(low: float, high: float, volume: Volume) -> HuWindow:
    if high - low < 1 and volume.data.dtype.kind in "iu":
        return HuWindow(1, (low + high) / 2)
    return HuWindow.from_range(low, high)
