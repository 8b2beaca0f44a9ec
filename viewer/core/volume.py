"""The volume: numbers in their unit, where they lie, and what is doubtful about them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.core.caveats import Caveat
from viewer.core.geometry import VolumeGeometry
from viewer.core.image_graphics import SliceGraphics
from viewer.core.study import Stack

VoxelArray = NDArray[np.int16] | NDArray[np.float32] | NDArray[np.uint8]
MaskArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Padding:
    """Values that mark "nothing was measured here", after rescaling, per slice.

    Attributes
    ----------
    low, high : ndarray, shape (z,)
        Inclusive range of padding values for each slice (NaN: the slice has none).
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Voxels of a stack.

    Attributes
    ----------
    stack : Stack
        What the volume was made from.
    data : ndarray, shape (z, y, x) or (z, y, x, 3)
        int16 or float32 in `stack.unit` (HU for CT), uint8 for colour. Filled slice by slice
        while loading; read-only afterwards. Padding voxels keep their rescaled value.
    geometry : VolumeGeometry
        Of `data` (differs from the stack's where the volume was resampled).
    padding : Padding or None
        How to recognise padding; see `padding_mask`.
    caveats : tuple of Caveat
        The stack's and those found while loading.
    placeholders : tuple of int
        Slices (z) for which there is no image.
    graphics : dict of int to SliceGraphics
        What the files put over slices (z); filled like `data` while loading.
    """

    stack: Stack
    data: VoxelArray
    geometry: VolumeGeometry
    padding: Padding | None = None
    caveats: tuple[Caveat, ...] = ()
    placeholders: tuple[int, ...] = field(default=())
    graphics: dict[int, SliceGraphics] = field(default_factory=dict)

    @property
    def is_colour(self) -> bool:
        """Whether voxels are RGB triples."""
        return self.data.ndim == 4

    def invalid_mask(self, key: Any = ()) -> MaskArray | None:  # noqa: ANN401 - a numpy index
        """Tell which voxels of `data[key]` hold no measurement (padding, placeholder slices).

        Parameters
        ----------
        key : numpy basic index into (z, y, x)
            For example `(5,)`, `(slice(None), 20)` or `()` for the whole volume.

        Returns
        -------
        ndarray of bool, shape of `data[key]`, or None
            None where no voxel of the volume can be invalid (the common case, free of cost).
        """
        return self.invalid_among(self.data[key], key)

    def invalid_among(self, values: VoxelArray, key: Any) -> MaskArray | None:  # noqa: ANN401
        """Do the same for who has `data[key]` at hand, perhaps as a copy: that is quicker to read.

        Returns
        -------
        ndarray of bool, shape of `values`, or None
            As of `invalid_mask`.
        """
        if self.is_colour or (self.padding is None and not self.placeholders):
            return None
        shape = self.data.shape[:3]
        mask = np.zeros(values.shape, bool)
        if self.padding is not None:
            low = np.broadcast_to(self.padding.low[:, None, None], shape)[key]
            high = np.broadcast_to(self.padding.high[:, None, None], shape)[key]
            mask = (values >= low) & (values <= high)
        if self.placeholders:
            absent = np.zeros(shape[0], bool)
            absent[list(self.placeholders)] = True
            mask = mask | np.broadcast_to(absent[:, None, None], shape)[key]
        return np.asarray(mask, bool)
