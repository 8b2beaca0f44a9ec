"""Which air is lung, and of which side: decided on the coarse grid in patient coordinates."""

import numpy as np
from numpy.typing import NDArray

from viewer.core.volume import MaskArray
from viewer.imaging.lungs_grid import CoarseGrid

RIGHT, LEFT = 1, 2
OUTSIDE_MEDIAN_HU = -940.0
"""Air at the edge of the field with a lower median lies outside the body; lung is denser."""
GAS_MEDIAN_HU = -965.0
"""Air with a lower median is gas in stomach or bowel."""
OUTSIDE_CONTACT = 0.12
"""So does air with this share of its surface at the edge; a lung cut by the field has less."""
BOWEL_MEDIAN_HU = -940.0
"""Gas in bowel that only seems joined to a lung (thick slices) has a lower median."""
EDGE_PIECE_MM = 70.0
"""Air at the edge whose middle lies further in front of or behind the body's: under the table."""
SMALL_SHARE, SMALL_GAS_MEDIAN_HU = 0.15, -925.0
"""Pieces smaller than this share of the largest lung must be this dense."""
LEAST_ML = 8.0
"""Smaller pieces of air are left out."""
LEAST_SHARE = 0.02
"""So are pieces smaller than this share of the largest."""
ERODE_STEPS = 6
"""Lungs that touch are parted by shrinking up to this many times."""


def lung_sides(grid: CoarseGrid, air: MaskArray) -> NDArray[np.uint8]:
    """Pick the lungs among the air and tell right from left.

    Parameters
    ----------
    grid : CoarseGrid
        The reduced volume.
    air : ndarray of bool
        Its voxels of air, without the airways.

    Returns
    -------
    ndarray, uint8
        0, `RIGHT` or `LEFT` (the patient's), shape of `air`.
    """
    from scipy import ndimage

    labels, count = ndimage.label(air)
    pieces = _lung_pieces(grid, labels, count)
    sides = np.zeros(air.shape, np.uint8)
    if not pieces:
        return sides
    middle_x = _middle_x(grid)
    largest = labels == pieces[0]
    for number in pieces:
        piece = labels == number
        x_mm = _x_of(grid, piece)
        share_right = float(np.mean(x_mm < middle_x))
        if number == pieces[0] and 0.2 < share_right < 0.8:
            _part(grid, largest, middle_x, sides)
        else:
            sides[piece] = RIGHT if share_right > 0.5 else LEFT
    for side in (RIGHT, LEFT):
        sides[_bowel(grid, sides == side)] = 0
    return sides


def _bowel(grid: CoarseGrid, side: MaskArray) -> MaskArray:
    """Return the gas of bowel that hangs on a lung by a thin bridge."""
    from scipy import ndimage

    labels, count = ndimage.label(ndimage.binary_erosion(side, border_value=1))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    found = np.zeros(side.shape, bool)
    for number in np.flatnonzero((sizes * grid.voxel_ml > 0.5) & (sizes < sizes.max())):
        piece = labels == number
        if float(np.median(grid.hu[piece])) < BOWEL_MEDIAN_HU:
            found |= piece
    return ndimage.binary_dilation(found, iterations=2) & side if found.any() else found


def _lung_pieces(grid: CoarseGrid, labels: NDArray[np.int32], count: int) -> list[int]:
    """Return the labels that are lung, the largest first."""
    sizes = np.bincount(labels.ravel(), minlength=count + 1).astype(np.float64)
    sizes[0] = 0
    contact = _edge_contact(grid, labels, count)
    least = max(LEAST_ML / grid.voxel_ml, 1.0)
    found: list[int] = []
    for number in np.argsort(-sizes, kind="stable"):
        largest = float(sizes[found[0]]) if found else 0.0
        if sizes[number] < max(least, LEAST_SHARE * largest):
            break
        if contact[number] > 0 and (
            contact[number] > OUTSIDE_CONTACT
            or _front_to_back(grid, labels == number) > EDGE_PIECE_MM
        ):
            continue
        limit = OUTSIDE_MEDIAN_HU if contact[number] > 0 else GAS_MEDIAN_HU
        if sizes[number] < SMALL_SHARE * largest:
            limit = max(limit, SMALL_GAS_MEDIAN_HU)
        if float(np.median(grid.hu[labels == number])) > limit:
            found.append(int(number))
    return found


def _front_to_back(grid: CoarseGrid, piece: MaskArray) -> float:
    """Return how far (mm) the middle of a piece lies in front of or behind that of the body."""
    tissue = (grid.hu > -300) & ~grid.invalid
    places = [grid.to_lps(np.argwhere(mask).astype(np.float64))[:, 1] for mask in (piece, tissue)]
    return abs(float(np.mean(places[0])) - float(np.mean(places[1])))


def _edge_contact(grid: CoarseGrid, labels: NDArray[np.int32], count: int) -> NDArray[np.float64]:
    """Return for each label the share of its surface at the sides of the field or at padding."""
    from scipy import ndimage

    edge = np.zeros(labels.shape, bool)
    edge[:, [0, -1]] = True
    edge[:, :, [0, -1]] = True
    if grid.invalid.any():
        cross = ndimage.generate_binary_structure(3, 1)
        cross[[0, 2]] = False
        edge |= ndimage.binary_dilation(grid.invalid, cross)
    inner = ndimage.binary_erosion(labels > 0, border_value=1)
    surface = labels[~inner | edge]
    touching = np.bincount(labels[edge], minlength=count + 1)
    return touching / np.maximum(np.bincount(surface, minlength=count + 1), 1)


def _middle_x(grid: CoarseGrid) -> float:
    """Return the patient's x of the middle of all tissue, in millimetres."""
    return float(np.mean(_x_of(grid, (grid.hu > -300) & ~grid.invalid)))


def _x_of(grid: CoarseGrid, mask: MaskArray) -> NDArray[np.float64]:
    """Return the patient's x (towards the left) of the voxels of a mask."""
    return grid.to_lps(np.argwhere(mask).astype(np.float64))[:, 0]


def _part(grid: CoarseGrid, lungs: MaskArray, middle_x: float, sides: NDArray[np.uint8]) -> None:
    """Part lungs that touch: shrink until they fall apart, then grow back within the lungs."""
    from scipy import ndimage

    seeds = np.zeros(lungs.shape, np.uint8)
    core = lungs
    steps = 0
    for step in range(1, ERODE_STEPS + 1):
        core = ndimage.binary_erosion(core, border_value=1)
        found = _two_sides(grid, core, middle_x)
        if found is not None:
            seeds, steps = found, step
            break
    right, left = seeds == RIGHT, seeds == LEFT
    for _ in range(3 * steps):
        right = ndimage.binary_dilation(right) & lungs & ~left
        left = ndimage.binary_dilation(left) & lungs & ~right
    rest = np.argwhere(lungs & ~right & ~left)
    sides[right], sides[left] = RIGHT, LEFT
    if rest.size:
        x_mm = grid.to_lps(rest.astype(np.float64))[:, 0]
        sides[tuple(rest.T)] = np.where(x_mm < middle_x, RIGHT, LEFT)


def _two_sides(grid: CoarseGrid, core: MaskArray, middle_x: float) -> NDArray[np.uint8] | None:
    """Return the shrunk lungs by side where no large piece spans both, else None."""
    from scipy import ndimage

    labels, count = ndimage.label(core)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    seeds = np.zeros(core.shape, np.uint8)
    for number in np.flatnonzero(sizes > 0.05 * sizes.sum()):
        piece = labels == number
        share_right = float(np.mean(_x_of(grid, piece) < middle_x))
        if 0.2 < share_right < 0.8:
            return None
        seeds[piece] = RIGHT if share_right > 0.5 else LEFT
    return seeds if (seeds == RIGHT).any() and (seeds == LEFT).any() else None
