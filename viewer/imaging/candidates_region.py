"""Where nodules are looked for: the lungs, and masses at their walls that the lungs leave out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.volume import MaskArray, VoxelArray
from viewer.imaging.lungs import LungSegmentation, close_notches

WORK_MM = 1.2
"""Wanted distance of the voxels in which blobs are looked for."""
MASS_MM = 24.0
"""Notches of a lung up to twice this wide may be filled by a mass."""
THICK_MM = 23.0
"""Tissue that holds a ball of this radius is heart, liver or wall, not a mass."""
TISSUE_HU = -300.0
BONE_HU = 250.0
CLIP_HU = (-950.0, 60.0)
"""Values are cut to this range: chalk and air shall not speak louder than a nodule."""
MARGIN_MM = 4.0
"""Room around the lungs in the work grid."""


@dataclass(frozen=True, slots=True, eq=False)
class WorkGrid:
    """The region of the lungs, reduced by whole factors.

    Attributes
    ----------
    hu : ndarray, shape (z, y, x), float32
        Block means, cut to `CLIP_HU`; outside the region the typical value of lung.
    region : ndarray of bool
        Where a nodule may lie.
    lung_hu : float
        Typical value of lung (median).
    start_zyx, step_zyx : tuple of int
        First voxel of the volume and factors.
    geometry : VolumeGeometry
        Of the volume.
    """

    hu: NDArray[np.float32]
    region: MaskArray
    lung_hu: float
    start_zyx: tuple[int, int, int]
    step_zyx: tuple[int, int, int]
    geometry: VolumeGeometry

    @property
    def spacing_zyx_mm(self) -> FloatArray:
        """Distance of the work grid's voxels."""
        return np.asarray(self.geometry.spacing_zyx_mm) * self.step_zyx

    def to_index(self, work_index: FloatArray) -> FloatArray:
        """Map indices of the work grid, shape (..., 3), to indices of the volume."""
        step = np.asarray(self.step_zyx, np.float64)
        index: FloatArray = work_index * step + (step - 1) / 2 + np.asarray(self.start_zyx)
        return index


def work_grid(data: VoxelArray, geometry: VolumeGeometry, lungs: LungSegmentation) -> WorkGrid:
    """Cut out and reduce the lungs' surroundings.

    Parameters
    ----------
    data : ndarray, shape (z, y, x)
        HU.
    geometry : VolumeGeometry
        Of `data`.
    lungs : LungSegmentation
        Of `data`; must not be empty.
    """
    spacing = np.asarray(geometry.spacing_zyx_mm)
    steps = np.maximum(1, np.round(WORK_MM / spacing)).astype(int)
    box = _lung_box(lungs.mask, np.ceil(MARGIN_MM / spacing).astype(int), steps)
    hu = _block_mean(data, box, steps)
    sides = lungs.mask[
        box[0].start : box[0].stop : steps[0],
        box[1].start : box[1].stop : steps[1],
        box[2].start : box[2].stop : steps[2],
    ][: hu.shape[0], : hu.shape[1], : hu.shape[2]]
    inside = hu[sides > 0]
    lung_hu = float(np.median(inside[inside < -500])) if (inside < -500).any() else -850.0
    region = (sides > 0) | _masses(hu, sides, spacing * steps)
    hu = np.where(region, np.clip(hu, *CLIP_HU), np.float32(max(lung_hu, CLIP_HU[0])))
    starts = (box[0].start, box[1].start, box[2].start)
    factors = (int(steps[0]), int(steps[1]), int(steps[2]))
    return WorkGrid(hu.astype(np.float32), region, lung_hu, starts, factors, geometry)


def _lung_box(
    mask: NDArray[np.uint8], margin: NDArray[np.int64], steps: NDArray[np.int64]
) -> tuple[slice, slice, slice]:
    """Return the box around the lungs with a margin, whole multiples of the steps long."""
    box = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        filled = np.flatnonzero(mask.any(axis=others))
        start = max(int(filled[0] - margin[axis]), 0)
        stop = min(int(filled[-1] + margin[axis]) + 1, mask.shape[axis])
        count = max((stop - start) // int(steps[axis]), 1)
        box.append(slice(start, min(start + count * int(steps[axis]), mask.shape[axis])))
    return box[0], box[1], box[2]


def _block_mean(
    data: VoxelArray, box: tuple[slice, slice, slice], steps: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return block means of a part of a volume, slice by slice."""
    count = [(part.stop - part.start) // int(step) for part, step in zip(box, steps, strict=True)]
    found = np.zeros(count, np.float32)
    rows, columns = count[1] * int(steps[1]), count[2] * int(steps[2])
    for z in range(count[0]):
        for layer in range(int(steps[0])):
            plane = data[box[0].start + z * int(steps[0]) + layer, box[1], box[2]]
            part = plane[:rows, :columns].astype(np.float32)
            blocks = part.reshape(count[1], int(steps[1]), count[2], int(steps[2]))
            found[z] += blocks.mean(axis=(1, 3))
    return found / np.float32(steps[0])


def _masses(
    hu: NDArray[np.float32], sides: NDArray[np.uint8], spacing_zyx_mm: FloatArray
) -> MaskArray:
    """Return tissue in wide notches of the lungs that is not thick enough for an organ."""
    from scipy import ndimage

    steps = np.maximum(1, np.round(3.0 / spacing_zyx_mm)).astype(int)
    thin = tuple(slice(None, None, int(step)) for step in steps)
    spacing = tuple(float(mm) for mm in spacing_zyx_mm * steps)
    tissue = hu[thin] > TISSUE_HU
    # Beyond the box the tissue goes on.
    pads = [(int(np.ceil(THICK_MM / mm)) + 1,) * 2 for mm in spacing]
    wide = np.pad(tissue, pads, mode="edge")
    deep = ndimage.distance_transform_edt(wide, sampling=spacing) > THICK_MM
    thick = ndimage.distance_transform_edt(~deep, sampling=spacing) <= THICK_MM + 3.0
    inner = tuple(slice(pad[0], pad[0] + n) for pad, n in zip(pads, tissue.shape, strict=True))
    found = np.zeros(tissue.shape, bool)
    for side in (1, 2):
        lung = sides[thin] == side
        if lung.any():
            found |= close_notches(lung, (spacing[0], spacing[1], spacing[2]), MASS_MM) & ~lung
    found &= ~thick[inner]
    large = found
    for axis, step in enumerate(steps):
        large = np.repeat(large, int(step), axis)
    large = large[: hu.shape[0], : hu.shape[1], : hu.shape[2]]
    return np.asarray(large & (hu < BONE_HU), bool)
