"""The coarse grid on which lungs are looked for, and the way back to the voxels of the scan."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.volume import MaskArray, VoxelArray

COARSE_MM = 2.8
"""Wanted edge of a coarse voxel: walls between lung and skin stay, noise and small vessels go."""
INVALID_HU = 50.0
"""What stands for voxels without a measurement: they belong to no air."""


@dataclass(frozen=True, slots=True, eq=False)
class CoarseGrid:
    """A volume reduced by whole factors.

    Attributes
    ----------
    hu : ndarray, shape (z, y, x), float32
        Block means in the plane of every `step_z`-th slice.
    step_z, step_yx : int
        Factors.
    geometry : VolumeGeometry
        Of the full volume.
    """

    hu: NDArray[np.float32]
    invalid: MaskArray
    step_z: int
    step_yx: int
    geometry: VolumeGeometry

    @property
    def spacing_zyx_mm(self) -> tuple[float, float, float]:
        """Distance of coarse voxels."""
        dz, dy, dx = self.geometry.spacing_zyx_mm
        return dz * self.step_z, dy * self.step_yx, dx * self.step_yx

    @property
    def voxel_ml(self) -> float:
        """Volume of a coarse voxel in millilitres."""
        return float(np.prod(self.spacing_zyx_mm)) / 1000

    def to_lps(self, coarse_index: NDArray[np.float64]) -> FloatArray:
        """Map coarse indices, shape (..., 3), to LPS millimetres."""
        scale = np.array([self.step_z, self.step_yx, self.step_yx], np.float64)
        shift = np.array([0.0, (self.step_yx - 1) / 2, (self.step_yx - 1) / 2])
        return self.geometry.index_to_lps(coarse_index * scale + shift)

    def slice_of(self, z: int) -> int:
        """Return the coarse slice nearest to a slice of the volume."""
        return min(round(z / self.step_z), int(self.hu.shape[0]) - 1)

    def enlarge(self, plane: MaskArray) -> MaskArray:
        """Bring a coarse plane (y, x) to the matrix of the volume; the last rows repeat."""
        large = np.repeat(np.repeat(plane, self.step_yx, 0), self.step_yx, 1)
        rows, columns = self.geometry.shape_zyx[1:]
        missing = ((0, rows - large.shape[0]), (0, columns - large.shape[1]))
        return large if missing == ((0, 0), (0, 0)) else np.pad(large, missing, mode="edge")


def coarse_grid(
    data: VoxelArray, geometry: VolumeGeometry, invalid: MaskArray | None = None
) -> CoarseGrid:
    """Reduce a volume to voxels of about `COARSE_MM`.

    Parameters
    ----------
    data : ndarray, shape (z, y, x)
        HU.
    geometry : VolumeGeometry
        Of `data`.
    invalid : ndarray of bool, shape (z, y, x), optional
        Voxels without a measurement.
    """
    step_z = max(1, round(COARSE_MM / geometry.spacing_zyx_mm[0]))
    step = max(1, round(COARSE_MM / max(geometry.spacing_zyx_mm[1:])))
    slices = range(0, data.shape[0], step_z)
    rows, columns = data.shape[1] // step, data.shape[2] // step
    hu = np.empty((len(slices), rows, columns), np.float32)
    empty = np.zeros(hu.shape, bool)
    for row, z in enumerate(slices):
        plane = data[z].astype(np.float32)
        if invalid is not None and invalid[z].any():
            plane[invalid[z]] = INVALID_HU
            empty[row] = _blocks(invalid[z].astype(np.float32), step) > 0.5
        hu[row] = _blocks(plane, step)
    return CoarseGrid(hu, empty, step_z, step, geometry)


def _blocks(plane: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Return the means of step x step blocks; a remainder at the end is left out."""
    rows, columns = plane.shape[0] // step, plane.shape[1] // step
    blocks = plane[: rows * step, : columns * step].reshape(rows, step, columns, step)
    found: NDArray[np.float32] = blocks.mean(axis=(1, 3))
    return found
