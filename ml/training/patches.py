"""The patches of a whole folder of nodules, made once and kept for all trainings."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.lidc import TILE_CENTRE, Nodule, TileReader
from ml.preprocess import PatchSpec, plane_to_patch, resample, with_neighbours

MARGIN_PX = 12
"""Room around the patch for rotation, shift and scale."""


@dataclass(frozen=True, slots=True, eq=False)
class PatchSet:
    """Patches with a margin, and what part of the readers marked each pixel.

    Attributes
    ----------
    patches, marks : ndarray, shape (slices, y, x), float16
        All slices of all nodules, one nodule after the other. `marks` is empty where not needed.
    first, count : ndarray of int, shape (nodules,)
        First slice of each nodule and how many it has.
    spec : PatchSpec
    """

    patches: NDArray[np.float16]
    marks: NDArray[np.float16]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    spec: PatchSpec

    def inputs(self, nodule: int) -> NDArray[np.float32]:
        """Return the network inputs of a nodule, shape (slices, size, size, NEIGHBOURS)."""
        rows = slice(int(self.first[nodule]), int(self.first[nodule] + self.count[nodule]))
        inner = slice(MARGIN_PX, MARGIN_PX + self.spec.size_px)
        return with_neighbours(self.patches[rows, inner, inner].astype(np.float32))


def make_patches(folder: Path, nodules: tuple[Nodule, ...], spec: PatchSpec) -> PatchSet:
    """Read every tile of the nodules and its reader marks."""
    reader = TileReader(folder)
    edge = spec.size_px + 2 * MARGIN_PX
    total = sum(len(nodule.tiles) for nodule in nodules)
    patches = np.empty((total, edge, edge), np.float16)
    marks = np.empty((total, edge, edge), np.float16)
    row = 0
    for nodule in nodules:
        spacing = (nodule.spacing_mm, nodule.spacing_mm)
        for place in nodule.tiles:
            patches[row] = plane_to_patch(reader.image(place), spacing, TILE_CENTRE, spec, edge)
            marked = reader.readers(place).astype(np.float32) / max(nodule.readers, 1)
            marks[row] = resample(
                np.minimum(marked, 1), spacing, TILE_CENTRE, edge, spec.spacing_mm
            )
            row += 1
    count = np.array([len(nodule.tiles) for nodule in nodules], dtype=np.int64)
    return PatchSet(patches, marks, np.cumsum(count) - count, count, spec)
