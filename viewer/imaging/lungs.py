"""Lungs on CT without markers: which voxels, which side, how large, how dense."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import JobContext, SilentContext
from viewer.core.volume import MaskArray, VoxelArray
from viewer.imaging.lungs_airways import Airways, follow_airways
from viewer.imaging.lungs_grid import CoarseGrid, coarse_grid
from viewer.imaging.lungs_sides import RIGHT, lung_sides

AIR_HU = -400.0
"""Below: aerated lung or air; about half way between lung and soft tissue."""
EMPHYSEMA_HU = -950.0
"""Low attenuation (Gevenois et al. 1996, Am J Respir Crit Care Med 154:187)."""
CLOSING_MM = 9.0
"""Notches in a lung narrower than twice this are closed: nodules at the pleura, vessels."""

LARGEST_HOLE_MM2 = 2500.0
"""Larger parts of a slice within a lung are not filled."""


@dataclass(frozen=True, slots=True)
class LungMeasures:
    """One lung.

    Attributes
    ----------
    volume_ml : float
        Volume in millilitres.
    mean_hu : float
        Mean over its voxels; NaN where there is no lung.
    emphysema_percent : float
        Share of its voxels below -950 HU, in percent.
    """

    volume_ml: float
    mean_hu: float
    emphysema_percent: float


@dataclass(frozen=True, slots=True, eq=False)
class LungSegmentation:
    """Both lungs, without windpipe and main bronchi, with the vessels and nodules within.

    Attributes
    ----------
    mask : ndarray, shape (z, y, x), uint8
        0 elsewhere, 1 the patient's right lung, 2 the left.
    right, left : LungMeasures
        Measures of each side.
    first_slice_mm2, last_slice_mm2 : float
        Area of lung in the first and last slice of the volume: above zero, lungs are cut.
    airways_found : bool
        Whether a windpipe was found and left out.
    """

    mask: NDArray[np.uint8]
    right: LungMeasures
    left: LungMeasures
    first_slice_mm2: float
    last_slice_mm2: float
    airways_found: bool

    @property
    def volume_ml(self) -> float:
        """Volume of both lungs in millilitres."""
        return self.right.volume_ml + self.left.volume_ml

    @property
    def slices(self) -> tuple[int, int] | None:
        """First and last slice (0-based) with lung, or None."""
        filled = np.flatnonzero(self.mask.any(axis=(1, 2)))
        return (int(filled[0]), int(filled[-1])) if filled.size else None


def segment_lungs(
    data: VoxelArray,
    geometry: VolumeGeometry,
    invalid: MaskArray | None = None,
    ctx: JobContext | None = None,
) -> LungSegmentation:
    """Find the lungs.

    Air is looked for on a coarse grid, what touches the sides of the field is dropped, windpipe
    and main bronchi are followed from the top and taken out, the rest is divided into right and
    left by the patient's x axis; notches are closed and the outline is drawn at full resolution.

    Parameters
    ----------
    data : ndarray, shape (z, y, x)
        HU, int16 or float32; slices across the body, in either direction.
    geometry : VolumeGeometry
        Of `data`.
    invalid : ndarray of bool, shape (z, y, x), optional
        Voxels without a measurement (padding).
    ctx : JobContext, optional
        For progress and cancelling.

    Returns
    -------
    LungSegmentation
        With volumes of zero where no lung was found.
    """
    ctx = ctx or SilentContext()
    grid = coarse_grid(data, geometry, invalid)
    ctx.check()
    ctx.progress(0.2, "Finding the lungs")
    airways = follow_airways(data, geometry, _body_middle(grid), invalid)
    air = (grid.hu < AIR_HU) & ~grid.invalid
    blocked = _coarse_airways(grid, airways)
    sides = lung_sides(grid, air & ~blocked)
    mask = np.zeros(data.shape, np.uint8)
    for side in (1, 2):
        ctx.check()
        ctx.progress(0.2 + 0.3 * side, "Finding the lungs")
        core, shell = _core_and_shell(sides == side, grid, sides == 3 - side)
        _draw(mask, side, data, grid, core, shell, airways, invalid)
    ctx.check()
    right, left = (_measure(data, mask, side, geometry) for side in (RIGHT, 3 - RIGHT))
    pixel_mm2 = geometry.spacing_zyx_mm[1] * geometry.spacing_zyx_mm[2]
    return LungSegmentation(
        mask,
        right,
        left,
        float(np.count_nonzero(mask[0])) * pixel_mm2,
        float(np.count_nonzero(mask[-1])) * pixel_mm2,
        airways.found,
    )


def _body_middle(grid: CoarseGrid) -> tuple[float, float]:
    """Return the row and column of the middle of all tissue, in the full matrix."""
    tissue = ((grid.hu > -300) & ~grid.invalid).sum(axis=0)
    total = max(int(tissue.sum()), 1)
    row = float(tissue.sum(axis=1) @ np.arange(tissue.shape[0])) / total
    column = float(tissue.sum(axis=0) @ np.arange(tissue.shape[1])) / total
    return row * grid.step_yx, column * grid.step_yx


def _coarse_airways(grid: CoarseGrid, airways: Airways) -> MaskArray:
    """Return the coarse voxels that airways and their walls take."""
    from scipy import ndimage

    blocked = np.zeros(grid.hu.shape, bool)
    rows, columns = (count * grid.step_yx for count in grid.hu.shape[1:])
    for row in range(grid.hu.shape[0]):
        plane = airways.plane(row * grid.step_z, grid.geometry.shape_zyx[1:])
        if plane is not None:
            blocks = plane[:rows, :columns].reshape(
                grid.hu.shape[1], grid.step_yx, grid.hu.shape[2], grid.step_yx
            )
            blocked[row] = ndimage.binary_dilation(blocks.any(axis=(1, 3)))
    return blocked


def _core_and_shell(
    side: MaskArray, grid: CoarseGrid, other: MaskArray
) -> tuple[MaskArray, MaskArray]:
    """Return what is lung for certain, and the rim in which the HU decide, for one side."""
    from scipy import ndimage

    if not side.any():
        return side, side
    closed = close_notches(side, grid.spacing_zyx_mm, CLOSING_MM) & ~other
    closed |= _holes(closed, grid) & ~other
    cross = ndimage.generate_binary_structure(3, 1)
    # What lies beyond the first and last slice is not known: the lung goes on there.
    core = ndimage.binary_erosion(closed, cross, border_value=1)
    shell = ndimage.binary_dilation(side, cross) & ~other
    return core, shell


def _holes(lung: MaskArray, grid: CoarseGrid) -> MaskArray:
    """Return what a lung encloses in the plane (vessels, masses), but not the dome of the liver.

    A dome is enclosed in its upper slices only: below the lowest of them it goes on, as large.
    """
    from scipy import ndimage

    holes = np.stack([ndimage.binary_fill_holes(plane) for plane in lung]) & ~lung
    labels, count = ndimage.label(holes)
    pixel_mm2 = grid.spacing_zyx_mm[1] * grid.spacing_zyx_mm[2]
    down = -1 if grid.geometry.direction_lps[0][2] > 0 else 1
    kept = np.zeros(count + 1, bool)
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        piece = labels[box] == number
        areas = piece.sum(axis=(1, 2))
        lowest = 0 if down < 0 else piece.shape[0] - 1
        below = box[0].start + lowest + down
        goes_on = 0.0
        if 0 <= below < lung.shape[0]:
            goes_on = float(np.mean(~lung[below][box[1:]][piece[lowest]]))
        dome = goes_on > 0.7 and areas[lowest] > 0.6 * areas.max()
        kept[number] = areas.max() * pixel_mm2 < LARGEST_HOLE_MM2 and not dome
    return np.asarray(kept[labels], bool)


def close_notches(
    side: MaskArray, spacing_zyx_mm: tuple[float, float, float], radius_mm: float
) -> MaskArray:
    """Close the notches of a mask with a ball, by distance maps.

    Parameters
    ----------
    side : ndarray of bool, shape (z, y, x)
        Not empty.
    spacing_zyx_mm : tuple of float
        Distance of its voxels.
    radius_mm : float
        Of the ball.
    """
    from scipy import ndimage

    box = ndimage.find_objects(side.astype(np.uint8))[0]
    pads = tuple((int(np.ceil(radius_mm / mm)) + 1,) * 2 for mm in spacing_zyx_mm)
    # Repeating the end slices keeps the closing from rounding lungs off at a cut.
    part = np.pad(side[box], (pads[0], (0, 0), (0, 0)), mode="edge")
    part = np.pad(part, ((0, 0), pads[1], pads[2]))
    grown = ndimage.distance_transform_edt(~part, sampling=spacing_zyx_mm) <= radius_mm
    shrunk = ndimage.distance_transform_edt(grown, sampling=spacing_zyx_mm) > radius_mm
    closed = side.copy()
    inner = tuple(
        slice(pad[0], pad[0] + part_box.stop - part_box.start)
        for pad, part_box in zip(pads, box, strict=True)
    )
    closed[box] |= shrunk[inner]
    return closed


def _draw(
    mask: NDArray[np.uint8],
    side: int,
    data: VoxelArray,
    grid: CoarseGrid,
    core: MaskArray,
    shell: MaskArray,
    airways: Airways,
    invalid: MaskArray | None,
) -> None:
    """Write one side into the full mask, slice by slice."""
    for z in range(data.shape[0]):
        row = grid.slice_of(z)
        if not shell[row].any():
            continue
        lung = grid.enlarge(shell[row]) & (data[z] < AIR_HU)
        lung |= grid.enlarge(core[row])
        lumen = airways.plane(z, data.shape[1:3])
        if lumen is not None:
            lung &= ~lumen
        if invalid is not None:
            lung &= ~invalid[z]
        mask[z][lung & (mask[z] == 0)] = side


def _measure(
    data: VoxelArray, mask: NDArray[np.uint8], side: int, geometry: VolumeGeometry
) -> LungMeasures:
    """Measure one side over its voxels."""
    count, total, low = 0, 0.0, 0
    for plane, sides in zip(data, mask, strict=True):
        values = plane[sides == side]
        count += values.size
        total += float(values.sum(dtype=np.float64))
        low += int(np.count_nonzero(values < EMPHYSEMA_HU))
    if count == 0:
        return LungMeasures(0.0, float("nan"), 0.0)
    volume_ml = count * geometry.voxel_volume_mm3 / 1000
    return LungMeasures(volume_ml, total / count, 100 * low / count)
