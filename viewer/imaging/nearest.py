"""Planes through the voxels that are nearest: for pixels so large that nothing lies between."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.core.volume import MaskArray, Volume, VoxelArray
from viewer.imaging.trilinear import FloatImage, Samples


class Nearest:
    """Reads a volume at fractional voxel indices: the value of the nearest voxel.

    One voxel for each sample instead of eight, and no value is a mixture with padding.

    Parameters
    ----------
    volume : Volume
        Grey or colour.
    """

    def __init__(self, volume: Volume) -> None:
        data = volume.data
        self._volume, self._counts = volume, data.shape[:3]
        self._voxels = data.reshape(-1) if data.ndim == 3 else data.reshape(-1, data.shape[3])

    def read(self, positions: Sequence[FloatImage]) -> Samples:
        """Return the values at positions; with several channels they are the last axis.

        Parameters
        ----------
        positions : three ndarrays of float32, shape (n,)
            Indices along z, y and x. They are overwritten; beyond the outermost voxels is the
            nearest one.
        """
        for at, count in zip(positions, self._counts, strict=True):
            np.rint(at, out=at)
            np.clip(at, np.float32(0), np.float32(count - 1), out=at)
        # Every index is whole and far below 2 ** 24: float32 holds it exactly.
        z, y, x = (at.astype(np.intp) for at in positions)
        values = self._voxels.take((z * self._counts[1] + y) * self._counts[2] + x, axis=0)
        return Samples(values.astype(np.float32), self._absent(values, z))

    def _absent(self, values: VoxelArray, z: NDArray[np.intp]) -> MaskArray | None:
        """Tell which samples lie on a voxel without a measurement."""
        volume, absent = self._volume, None
        if volume.is_colour:
            return None
        if volume.padding is not None:
            absent = (values >= volume.padding.low[z]) & (values <= volume.padding.high[z])
        if volume.placeholders:
            missing = np.isin(z, list(volume.placeholders))
            absent = missing if absent is None else absent | missing
        return absent
