"""One spot made into a body: threshold, growth from the middle, vessels cut, size and shape."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray
from viewer.core.volume import MaskArray, VoxelArray

SMOOTH_MM = 0.6
"""Noise is smoothed by this before the threshold; edges of a ball stay where they are."""
THRESHOLD_RANGE_HU = (-780.0, -200.0)
"""The threshold, half way between lung and core, stays within."""
OPENING_SHARE = 0.45
"""Bridges thinner than this share of the body's largest inner radius are cut."""
SOLID_HU = -250.0
"""Voxels above are solid; between the threshold and here they are ground glass."""
SOLID_SHARES = (0.08, 0.7)
"""Below: ground-glass; above: solid; between: part-solid (a suggestion, not a reading)."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A segmented spot.

    Attributes
    ----------
    index_zyx : ndarray, shape (3,)
        Centre of mass as index of the volume.
    volume_mm3, diameter_mm : float
        Volume and diameter of the ball of that volume.
    mean_hu : float
        Mean over its voxels.
    density : str
        "solid", "part-solid" or "ground-glass".
    contrast_hu : float
        Core above lung.
    roundness : float
        Share of its volume within the ball of the same volume around its centre, 0..1.
    elongation : float
        Longest over second longest standard deviation of its voxels (1: a ball).
    flatness : float
        Second over third.
    wall_share : float
        Share of its surface that has no lung behind it: wall, heart, diaphragm.
    cut_share : float
        Share of the grown region that was cut off as vessel or wall.
    slices : tuple of int
        First and last slice.
    mask : ndarray of bool, shape (z, y, x)
        Its voxels, in the part of the volume that was looked at.
    """

    index_zyx: FloatArray
    volume_mm3: float
    diameter_mm: float
    mean_hu: float
    density: str
    contrast_hu: float
    roundness: float
    elongation: float
    flatness: float
    wall_share: float
    cut_share: float
    slices: tuple[int, int]
    mask: MaskArray


def segment_body(
    data: VoxelArray,
    spacing_zyx_mm: FloatArray,
    region: MaskArray,
    centre_zyx: FloatArray,
    diameter_mm: float,
    lung_hu: float,
) -> Body | None:
    """Segment a spot.

    Parameters
    ----------
    data : ndarray, shape (z, y, x)
        HU around the spot (a part of the volume).
    spacing_zyx_mm : ndarray, shape (3,)
        Distance of its voxels.
    region : ndarray of bool, shape of `data`
        Where the body may lie.
    centre_zyx : ndarray, shape (3,)
        Index of the spot within `data`.
    diameter_mm : float
        Its likely size.
    lung_hu : float
        Typical value of lung.

    Returns
    -------
    Body or None
        None where nothing stands out.
    """
    from scipy import ndimage

    hu = np.clip(data.astype(np.float32), -1000, 200)
    smooth = ndimage.gaussian_filter(hu, SMOOTH_MM / spacing_zyx_mm, truncate=2.5)
    place = tuple(
        int(np.clip(round(value), 0, n - 1))
        for value, n in zip(centre_zyx, data.shape, strict=True)
    )
    core_hu = _core(smooth, spacing_zyx_mm, place, diameter_mm)
    threshold = float(np.clip((core_hu + lung_hu) / 2, *THRESHOLD_RANGE_HU))
    grown = _grown(region & (smooth > threshold), place)
    if grown is None:
        return None
    body = _without_bridges(grown, spacing_zyx_mm, place)
    if body is None:
        return None
    return _describe(hu, body, grown, region, spacing_zyx_mm, core_hu - lung_hu)


def _core(
    smooth: NDArray[np.float32], spacing_zyx_mm: FloatArray, place: tuple[int, ...], diameter: float
) -> float:
    """Return the value of the inner third of the spot."""
    reach = np.maximum(np.floor(diameter / 5 / spacing_zyx_mm), 0).astype(int)
    part = tuple(slice(max(at - by, 0), at + by + 1) for at, by in zip(place, reach, strict=True))
    return float(np.mean(smooth[part]))


def _grown(mask: MaskArray, place: tuple[int, ...]) -> MaskArray | None:
    """Return the piece of a mask at a place, or at the nearest voxel within two."""
    from scipy import ndimage

    labels, _ = ndimage.label(mask)
    number = int(labels[place])
    if number == 0:
        part = tuple(slice(max(at - 2, 0), at + 3) for at in place)
        near = labels[part]
        near = near[near > 0]
        if near.size == 0:
            return None
        number = int(np.bincount(near).argmax())
    return np.asarray(labels == number, bool)


def _without_bridges(
    grown: MaskArray, spacing_zyx_mm: FloatArray, place: tuple[int, ...]
) -> MaskArray | None:
    """Cut what hangs on thin bridges: shrink, keep the piece at the place, grow back."""
    from scipy import ndimage

    sampling = tuple(float(mm) for mm in spacing_zyx_mm)
    padded = np.pad(grown, 1)
    inside = ndimage.distance_transform_edt(padded, sampling=sampling)[1:-1, 1:-1, 1:-1]
    reach = [max(1, int(2.0 / mm)) for mm in sampling]
    near = tuple(slice(max(at - by, 0), at + by + 1) for at, by in zip(place, reach, strict=True))
    radius = float(inside[near].max())
    cut = max(OPENING_SHARE * radius, 0.55 * min(sampling))
    core = _grown(inside >= cut, place)
    if core is None:
        return grown if radius > 0 else None
    back = ndimage.distance_transform_edt(~core, sampling=sampling)
    # A little more than was shrunk: the corners of a voxel body are not round.
    return np.asarray(grown & (back <= cut * 1.15 + 0.3 * min(sampling)), bool)


def _describe(
    hu: NDArray[np.float32],
    body: MaskArray,
    grown: MaskArray,
    region: MaskArray,
    spacing_zyx_mm: FloatArray,
    contrast_hu: float,
) -> Body:
    """Measure a body."""
    from scipy import ndimage

    voxels = np.argwhere(body)
    places = voxels * spacing_zyx_mm
    middle = places.mean(axis=0)
    volume = len(voxels) * float(np.prod(spacing_zyx_mm))
    diameter = (6 * volume / np.pi) ** (1 / 3)
    spread = np.cov((places - middle).T) if len(voxels) > 3 else np.zeros((3, 3))
    # A voxel is a box, not a point: without this a flat body of one slice has no thickness.
    spread = spread + np.diag(spacing_zyx_mm**2) / 12
    axes = np.sqrt(np.maximum(np.linalg.eigvalsh(spread), 1e-6))[::-1]
    within = np.linalg.norm(places - middle, axis=1) <= diameter / 2 + 0.5 * spacing_zyx_mm.min()
    rim = ndimage.binary_dilation(body) & ~body
    behind = rim & ~region
    values = hu[body]
    first, last = int(voxels[:, 0].min()), int(voxels[:, 0].max())
    return Body(
        voxels.mean(axis=0),
        volume,
        float(diameter),
        float(values.mean()),
        _density(hu, body),
        contrast_hu,
        float(within.mean()),
        float(axes[0] / axes[1]),
        float(axes[1] / axes[2]),
        float(behind.sum() / max(rim.sum(), 1)),
        float(1 - body.sum() / max(grown.sum(), 1)),
        (first, last),
        body,
    )


def _density(hu: NDArray[np.float32], body: MaskArray) -> str:
    """Suggest a density class from the values away from the edge."""
    from scipy import ndimage

    cross = ndimage.generate_binary_structure(3, 1)
    cross[[0, 2]] = False
    core = ndimage.binary_erosion(body, cross)
    values = hu[core] if core.sum() >= 5 else hu[body]
    solid = float(np.mean(values > SOLID_HU))
    if solid < SOLID_SHARES[0]:
        return "ground-glass"
    return "solid" if solid > SOLID_SHARES[1] else "part-solid"
