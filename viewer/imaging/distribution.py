"""How values are distributed: bins and statistics of a region, a slice or a whole series."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray
from viewer.core.mark import as_point
from viewer.core.plane import PlaneGeometry
from viewer.core.shapes import RectangleShape, RegionShape
from viewer.core.slab import THIN, Slab
from viewer.core.volume import Volume, VoxelArray
from viewer.imaging.roi import region_values

BINS = 256
"""At most so many; bins of whole numbers are whole numbers wide."""
_FINE_BINS = 1 << 16
"""For finding the median of fractions without sorting them all."""
_INT16_OFFSET = 1 << 15

Parts = Callable[[], Iterable[VoxelArray]]
"""Gives the measured values piece by piece, each of shape (n,); asked for more than once."""


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """A histogram with its statistics.

    Attributes
    ----------
    counts : ndarray of int, shape (bins,)
        How many values each bin holds.
    low, bin_width : float
        Lower edge of the first bin and the width of each, in `unit`.
    n : int
        Number of values; padding, missing slices and what is not finite are not among them.
    mean, sd, minimum, maximum, median : float
        Over all values, in `unit`; sd is that of the population (divided by N).
    unit : str or None
        "HU", ...; None where the numbers have no unit.
    """

    counts: NDArray[np.int64]
    low: float
    bin_width: float
    n: int
    mean: float
    sd: float
    minimum: float
    maximum: float
    median: float
    unit: str | None

    @property
    def high(self) -> float:
        """Upper edge of the last bin."""
        return self.low + self.bin_width * len(self.counts)


def region_distribution(
    volume: Volume, shape: RegionShape, check: Callable[[], None] = lambda: None
) -> Distribution | None:
    """Return the distribution under a region: of the voxels that `region_statistics` counts.

    None where it holds no measured voxel, and for colour.
    """
    check()
    if volume.is_colour:
        return None
    # As float64 they are exact; as what they are in the volume, whole numbers have whole bins.
    values = cast(VoxelArray, region_values(volume, shape).astype(volume.data.dtype))
    return _distribution(lambda: (values,), volume)


def slice_distribution(
    volume: Volume,
    plane: PlaneGeometry,
    check: Callable[[], None] = lambda: None,
    slab: Slab = THIN,
) -> Distribution | None:
    """Return the distribution on a whole plane, straight or oblique, each voxel once.

    Of a slab it is that of what the slab shows at the voxels of its middle plane.
    """
    middle = plane.uv_to_lps((plane.size_uv_mm[0] / 2, plane.size_uv_mm[1] / 2))
    width, height = plane.size_uv_mm  # twice as far as the plane reaches: all of it
    whole = RectangleShape(
        frame_of_reference_uid="",
        stack=volume.stack.key,
        normal_lps=as_point(plane.normal_lps),
        center=as_point(middle),
        half_axis_u=as_point(width * plane.u_lps),
        half_axis_v=as_point(height * plane.v_lps),
        slab=slab,
    )
    return region_distribution(volume, whole, check)


def volume_distribution(
    volume: Volume, check: Callable[[], None] = lambda: None
) -> Distribution | None:
    """Return the distribution of all measured voxels, one slice after the other.

    Parameters
    ----------
    check : callable
        Called before each slice; what it raises ends the work.
    """
    if volume.is_colour:
        return None

    def parts() -> Iterable[VoxelArray]:
        for z in range(volume.data.shape[0]):
            check()
            values = volume.data[z]
            invalid = volume.invalid_mask((z,))
            measured = values.ravel() if invalid is None else values[~invalid]
            yield measured if measured.dtype.kind != "f" else measured[np.isfinite(measured)]

    return _distribution(parts, volume)


def _distribution(parts: Parts, volume: Volume) -> Distribution | None:
    whole = volume.data.dtype.kind in "iu"
    return (_of_whole_numbers if whole else _of_fractions)(parts, volume.stack.unit)


def _of_whole_numbers(parts: Parts, unit: str | None) -> Distribution | None:
    """Count every value by itself: exact, in one pass."""
    table = np.zeros(2 * _INT16_OFFSET, np.int64)
    for part in parts():
        table += np.bincount(part.astype(np.int32) + _INT16_OFFSET, minlength=len(table))
    there = np.flatnonzero(table)
    if there.size == 0:
        return None
    first, last = int(there[0]), int(there[-1])
    counts = table[first : last + 1]
    values = np.arange(first, last + 1, dtype=np.float64) - _INT16_OFFSET
    n = int(counts.sum())
    mean = float(counts @ values) / n
    below = np.cumsum(counts)
    middle = values[np.searchsorted(below, ((n - 1) // 2, n // 2), side="right")]
    width = -(-len(counts) // BINS)
    filled = np.zeros(-(-len(counts) // width) * width, np.int64)
    filled[: len(counts)] = counts
    return Distribution(
        counts=filled.reshape(-1, width).sum(axis=1),
        low=float(values[0]) - 0.5,
        bin_width=float(width),
        n=n,
        mean=mean,
        sd=float(np.sqrt(counts @ (values - mean) ** 2 / n)),
        minimum=float(values[0]),
        maximum=float(values[-1]),
        median=float(middle.mean()),
        unit=unit,
    )


def _of_fractions(parts: Parts, unit: str | None) -> Distribution | None:
    low, high, total, n = np.inf, -np.inf, 0.0, 0
    for part in parts():
        if part.size:
            low, high = min(low, float(part.min())), max(high, float(part.max()))
            total, n = total + float(part.sum(dtype=np.float64)), n + part.size
    if n == 0:
        return None
    mean, squares = total / n, 0.0
    width = (high - low) / _FINE_BINS or 1.0 / _FINE_BINS
    fine = np.zeros(_FINE_BINS, np.int64)
    for part in parts():
        squares += float(((part.astype(np.float64) - mean) ** 2).sum())
        fine += np.bincount(_fine_bin(part, low, width), minlength=_FINE_BINS)
    return Distribution(
        counts=fine.reshape(BINS, -1).sum(axis=1),
        low=low,
        bin_width=width * (_FINE_BINS // BINS),
        n=n,
        mean=mean,
        sd=float(np.sqrt(squares / n)),
        minimum=low,
        maximum=high,
        median=_median(parts, fine, low, width),
        unit=unit,
    )


def _median(parts: Parts, fine: NDArray[np.int64], low: float, width: float) -> float:
    """Return the exact median: only the bins that hold the middle are sorted."""
    n, below = int(fine.sum()), np.cumsum(fine)
    ranks = np.asarray(((n - 1) // 2, n // 2))
    first, last = np.searchsorted(below, ranks, side="right")
    near = [
        part[(bins >= first) & (bins <= last)]
        for part in parts()
        for bins in (_fine_bin(part, low, width),)
    ]
    values: FloatArray = np.sort(np.concatenate(near)).astype(np.float64)
    before = int(below[first]) - int(fine[first])
    return float(values[ranks - before].mean())


def _fine_bin(part: VoxelArray, low: float, width: float) -> NDArray[np.intp]:
    bins = ((part.astype(np.float64) - low) / width).astype(np.intp)
    return np.minimum(bins, _FINE_BINS - 1)
