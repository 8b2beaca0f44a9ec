"""The scalar field that a surface is cut from: cropped, coarsened, smoothed and closed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray
from viewer.core.volume import MaskArray, VoxelArray

FieldArray = NDArray[np.float32]
Zyx = tuple[int, int, int]
InvalidOfSlice = Callable[[int], MaskArray | None]
"""Returns the voxels of slice z, shape (y, x), that hold no measurement; None where all do."""

_REACH_SIGMAS = 3.0  # a Gaussian is cut off here
_LEAST_SIGMA = 0.2  # in samples; below it the kernel is one sample wide
_ROWS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Grid:
    """Box of a volume, coarsened by whole numbers: each sample is the mean of `factor` voxels.

    Attributes
    ----------
    start_zyx, stop_zyx : tuple of int
        The box in voxels of the volume.
    factor_zyx : tuple of int
        Voxels that one sample stands for.
    """

    start_zyx: Zyx
    stop_zyx: Zyx
    factor_zyx: Zyx

    @property
    def shape_zyx(self) -> Zyx:
        """Number of samples; the last of an axis may stand for fewer voxels."""
        z, y, x = (
            -((start - stop) // factor)
            for start, stop, factor in zip(
                self.start_zyx, self.stop_zyx, self.factor_zyx, strict=True
            )
        )
        return z, y, x

    def to_volume_index(self, sample_zyx: FloatArray) -> FloatArray:
        """Map sample numbers, shape (..., 3), to (fractional) voxel indices of the volume."""
        factor = np.asarray(self.factor_zyx, np.float64)
        start = np.asarray(self.start_zyx, np.float64)
        return np.asarray(sample_zyx, np.float64) * factor + (factor - 1) / 2 + start


def grid_for(
    box: tuple[Zyx, Zyx], spacing_zyx_mm: tuple[float, ...], max_samples: int | None
) -> Grid:
    """Choose factors that keep a box within `max_samples`, the finest axis coarsened first."""
    start, stop = box
    factor = [1, 1, 1]
    grid = Grid(start, stop, (1, 1, 1))
    while max_samples is not None and np.prod(grid.shape_zyx) > max_samples:
        finest = min(
            (axis for axis in range(3) if grid.shape_zyx[axis] > 1),
            key=lambda axis: spacing_zyx_mm[axis] * factor[axis],
        )
        factor[finest] += 1
        grid = Grid(start, stop, (factor[0], factor[1], factor[2]))
    return grid


def box_above(
    data: VoxelArray, threshold: float, invalid: InvalidOfSlice
) -> tuple[Zyx, Zyx] | None:
    """Return the smallest box (start, stop) around the valid voxels at or above a threshold."""
    along_z = np.zeros(data.shape[0], bool)
    along_y = np.zeros(data.shape[1], bool)
    along_x = np.zeros(data.shape[2], bool)
    for z in range(data.shape[0]):
        chosen = np.asarray(data[z] >= threshold, bool)
        absent = invalid(z)
        if absent is not None:
            chosen &= ~absent
        along_y |= chosen.any(axis=1)
        columns = chosen.any(axis=0)
        along_x |= columns
        along_z[z] = columns.any()
    if not along_z.any():
        return None
    spans = [np.flatnonzero(line)[[0, -1]] for line in (along_z, along_y, along_x)]
    (z0, z1), (y0, y1), (x0, x1) = ((int(first), int(last) + 1) for first, last in spans)
    return (z0, y0, x0), (z1, y1, x1)


def grown(
    box: tuple[Zyx, Zyx], margin_zyx: tuple[int, ...], shape_zyx: tuple[int, ...]
) -> tuple[Zyx, Zyx]:
    """Widen a box by a margin within the volume."""
    z0, y0, x0 = (max(start - m, 0) for start, m in zip(box[0], margin_zyx, strict=True))
    z1, y1, x1 = (min(e + m, n) for e, m, n in zip(box[1], margin_zyx, shape_zyx, strict=True))
    return (z0, y0, x0), (z1, y1, x1)


def sample(data: VoxelArray, grid: Grid, invalid: InvalidOfSlice, air: float) -> FieldArray:
    """Read a grid from a volume: means of its voxels, where invalid voxels and NaN count as air.

    Parameters
    ----------
    data : ndarray, shape (z, y, x)
    grid : Grid
    invalid : callable
        See `InvalidOfSlice`.
    air : float
        Value of voxels without a measurement, in the volume's unit.

    Returns
    -------
    ndarray of float32, shape grid.shape_zyx
    """
    (z0, y0, x0), (z1, y1, x1) = grid.start_zyx, grid.stop_zyx
    step_z = grid.factor_zyx[0]
    field = np.empty(grid.shape_zyx, np.float32)
    for k in range(grid.shape_zyx[0]):
        layers = range(z0 + k * step_z, min(z0 + (k + 1) * step_z, z1))
        total = np.zeros(grid.shape_zyx[1:], np.float32)
        for z in layers:
            plane = data[z, y0:y1, x0:x1].astype(np.float32)
            absent = invalid(z)
            if absent is not None:
                plane[absent[y0:y1, x0:x1]] = air
            if data.dtype.kind == "f":
                np.nan_to_num(plane, copy=False, nan=air, posinf=air, neginf=air)
            total += _mean_of_blocks(plane, grid.factor_zyx[1], grid.factor_zyx[2])
        field[k] = total / len(layers)
    return field


def _mean_of_blocks(plane: FieldArray, step_y: int, step_x: int) -> FieldArray:
    if step_y == step_x == 1:
        return plane
    rest_y, rest_x = -plane.shape[0] % step_y, -plane.shape[1] % step_x
    full = np.pad(plane, ((0, rest_y), (0, rest_x)), mode="edge") if rest_y or rest_x else plane
    rows, columns = full.shape[0] // step_y, full.shape[1] // step_x
    means: FieldArray = full.reshape(rows, step_y, columns, step_x).mean(axis=(1, 3))
    return means


def smooth(field: FieldArray, sigma_zyx: tuple[float, ...]) -> None:
    """Blur a field in place with a Gaussian; sigma in samples per axis, edges repeated.

    OpenCV's filters do this about eight times faster than scipy's (docs/benchmarks.md).
    """
    import cv2

    def kernel(sigma: float) -> NDArray[np.float32]:
        if sigma < _LEAST_SIGMA:
            return np.ones((1, 1), np.float32)
        size = 2 * int(np.ceil(_REACH_SIGMAS * sigma)) + 1
        return np.asarray(cv2.getGaussianKernel(size, sigma, cv2.CV_32F), np.float32)

    along_z, along_y, along_x = (kernel(sigma) for sigma in sigma_zyx)
    one, edges = np.ones((1, 1), np.float32), cv2.BORDER_REPLICATE
    if along_y.size > 1 or along_x.size > 1:
        for plane in field:
            plane[...] = cv2.sepFilter2D(plane, -1, along_x, along_y, borderType=edges)
    if along_z.size > 1:
        for y in range(0, field.shape[1], _ROWS_AT_ONCE):
            rows = field[:, y : y + _ROWS_AT_ONCE]
            flat = np.ascontiguousarray(rows).reshape(field.shape[0], -1)
            rows[...] = cv2.sepFilter2D(flat, -1, one, along_z, borderType=edges).reshape(
                rows.shape
            )


def reach_zyx(sigma_zyx: tuple[float, ...]) -> tuple[int, ...]:
    """Return how many samples a Gaussian reaches along each axis."""
    return tuple(int(np.ceil(_REACH_SIGMAS * s)) if s >= _LEAST_SIGMA else 0 for s in sigma_zyx)


def closed(field: FieldArray, level: float) -> FieldArray:
    """Surround a field by one layer of samples that closes its surface at the outer voxel faces.

    What is above the level on the rim is mirrored at the level outside of it, so that the
    linear interpolation of marching cubes crosses the level exactly half a sample further out.
    """
    wide = np.pad(field, 1, mode="edge")
    for axis in range(3):
        for end in (0, -1):
            key = tuple(end if a == axis else slice(None) for a in range(3))
            wide[key] = np.minimum(wide[key], 2 * np.float32(level) - wide[key])
    return wide
