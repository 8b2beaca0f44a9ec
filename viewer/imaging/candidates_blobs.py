"""Round bright spots of many sizes: scale space with a filter that leaves out vessels and walls.

Maxima of the scale-normalised Laplacian (Lindeberg 1998, IJCV 30:79) are weighed by the curvatures
there, so that dots stand above lines and planes (Li et al. 2003, Medical Physics 30:2040).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray
from viewer.core.progress import JobContext
from viewer.core.volume import MaskArray
from viewer.imaging.candidates_region import WorkGrid

DIAMETERS_MM = (4.0, 5.6, 8.0, 11.3, 16.0, 22.6, 32.0, 44.0)
"""Sizes that are looked for; a ball of diameter d answers most at sigma = d / (2 sqrt 3)."""
LEAST_RESPONSE_HU = 30.0
"""Weaker maxima of the Laplacian are noise."""
LEAST_DOT_HU = 12.0
"""Weaker dots are vessels or noise."""
MOST_PER_SCALE = 1500
SIMILAR = 2.1
"""Blobs whose sizes differ by no more than this factor are rivals for a place."""
COVER_SIGMAS = 4.0
"""A stack of slices thinner than this many sigma tells nothing of the shape along z."""
HALF_FROM_SIGMA_VOXELS = 2.6
"""From this many voxels of sigma on, every second voxel is enough."""


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """A round bright spot.

    Attributes
    ----------
    index_zyx : ndarray, shape (3,)
        Where, as index of the volume.
    diameter_mm : float
        Of the scale at which it answers most.
    dot_hu : float
        How round and how bright it is.
    """

    index_zyx: FloatArray
    diameter_mm: float
    dot_hu: float

    @property
    def weight(self) -> float:
        """Order of looking at blobs: there are many more small ones, most of them vessels."""
        return self.dot_hu * self.diameter_mm


def find_blobs(ctx: JobContext, grid: WorkGrid, most: int) -> list[Blob]:
    """Find the strongest round spots of all sizes, at most one in each place.

    Parameters
    ----------
    ctx : JobContext
        For cancelling.
    grid : WorkGrid
        Where to look.
    most : int
        How many to return.
    """
    found: list[Blob] = []
    hu, region, stride = grid.hu, grid.region, 1
    for diameter in DIAMETERS_MM:
        ctx.check()
        sigma_mm = diameter / (2 * np.sqrt(3))
        spacing = grid.spacing_zyx_mm * stride
        if (sigma_mm / spacing).min() >= HALF_FROM_SIGMA_VOXELS:
            hu, region = _halved(hu), region[::2, ::2, ::2]
            stride *= 2
            spacing = grid.spacing_zyx_mm * stride
        places, dots = _dots(hu, region, spacing, sigma_mm)
        # A halved voxel lies between the two that made it.
        indices = grid.to_index(places * stride + (stride - 1) / 2)
        found += [
            Blob(index, diameter, float(dot)) for index, dot in zip(indices, dots, strict=True)
        ]
    return _strongest(found, np.asarray(grid.geometry.spacing_zyx_mm), most)


def _halved(hu: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return means of 2 x 2 x 2 voxels (the last one repeats where the count is odd)."""
    even = np.pad(hu, [(0, n % 2) for n in hu.shape], mode="edge")
    total = even[0::2, 0::2, 0::2].copy()
    for dz, dy, dx in np.ndindex(2, 2, 2):
        if dz or dy or dx:
            total += even[dz::2, dy::2, dx::2]
    return total / np.float32(8)


def _dots(
    hu: NDArray[np.float32], region: MaskArray, spacing_zyx_mm: FloatArray, sigma_mm: float
) -> tuple[FloatArray, FloatArray]:
    """Return places (n, 3) and strengths of the dots of one size."""
    from scipy import ndimage

    # Blocks have blurred the picture already, by about 0.29 of their edge.
    sigma = np.sqrt(np.maximum((sigma_mm / spacing_zyx_mm) ** 2 - 0.083, 0.04))
    smooth = ndimage.gaussian_filter(hu, sigma, truncate=3.0, mode="nearest")
    response = np.zeros_like(smooth)
    inner = (slice(1, -1),) * 3
    for axis, mm in enumerate(spacing_zyx_mm):
        if smooth.shape[axis] < 3:
            return np.empty((0, 3)), np.empty(0)
        low, high = _shifted(smooth, axis, -1), _shifted(smooth, axis, 1)
        response[inner] -= (low + high - 2 * smooth[inner]) * np.float32((sigma_mm / mm) ** 2)
    peak = region[inner] & (response[inner] > LEAST_RESPONSE_HU)
    for axis in range(3):
        peak &= response[inner] >= _shifted(response, axis, -1)
        peak &= response[inner] > _shifted(response, axis, 1)
    places = np.argwhere(peak) + 1
    if len(places) > MOST_PER_SCALE:
        order = np.argsort(-response[tuple(places.T)], kind="stable")[:MOST_PER_SCALE]
        places = places[np.sort(order)]
    flat = smooth.shape[0] * spacing_zyx_mm[0] < COVER_SIGMAS * sigma_mm
    dots = _dot_strength(smooth, places, spacing_zyx_mm, sigma_mm, flat)
    good = dots > LEAST_DOT_HU
    return places[good].astype(np.float64), dots[good]


def _shifted(values: NDArray[np.float32], axis: int, by: int) -> NDArray[np.float32]:
    """Return the inner part of an array, moved by one voxel along an axis (a view)."""
    part = [slice(1, -1)] * 3
    part[axis] = slice(1 + by, values.shape[axis] - 1 + by)
    return values[tuple(part)]


def _dot_strength(
    smooth: NDArray[np.float32],
    places: NDArray[np.int64],
    spacing_zyx_mm: FloatArray,
    sigma_mm: float,
    flat: bool,
) -> FloatArray:
    """Weigh maxima by their curvatures: smallest squared over largest, 0 where one is no crest.

    `flat` looks at the curvatures in the plane only.
    """
    offsets = np.eye(3, dtype=np.int64)

    def at(shift: NDArray[np.int64]) -> FloatArray:
        return np.asarray(smooth[tuple((places + shift).T)], np.float64)

    hessian = np.empty((len(places), 3, 3))
    middle = at(np.zeros(3, np.int64))
    for a in range(3):
        twice = at(offsets[a]) + at(-offsets[a]) - 2 * middle
        hessian[:, a, a] = twice / spacing_zyx_mm[a] ** 2
        for b in range(a):
            mixed = (
                at(offsets[a] + offsets[b]) + at(-offsets[a] - offsets[b])
                - at(offsets[a] - offsets[b]) - at(offsets[b] - offsets[a])
            )  # fmt: skip
            hessian[:, a, b] = hessian[:, b, a] = mixed / (
                4 * spacing_zyx_mm[a] * spacing_zyx_mm[b]
            )
    if flat:
        hessian = hessian[:, 1:, 1:]
    curvatures = -np.linalg.eigvalsh(hessian) * sigma_mm**2
    largest, smallest = curvatures.max(axis=1), curvatures.min(axis=1)
    strength: FloatArray = np.where(smallest > 0, smallest**2 / np.maximum(largest, 1e-9), 0.0)
    return strength


def _strongest(blobs: list[Blob], spacing_zyx_mm: FloatArray, most: int) -> list[Blob]:
    """Return the strongest blobs, without those that lie within a stronger one."""
    kept: list[Blob] = []
    places = np.empty((0, 3))
    radii = np.empty(0)
    for blob in sorted(blobs, key=lambda item: (-item.weight, *item.index_zyx)):
        place, own = blob.index_zyx * spacing_zyx_mm, blob.diameter_mm / 2
        if len(kept):
            apart = np.linalg.norm(places - place, axis=1)
            # A much larger blob nearby says nothing of a small one.
            rivals = radii <= SIMILAR * blob.diameter_mm / 2
            if (apart < 0.6 * np.where(rivals, np.maximum(radii, own), own)).any():
                continue
        kept.append(blob)
        places = np.vstack([places, place])
        radii = np.append(radii, blob.diameter_mm / 2)
        if len(kept) == most:
            break
    return kept
