"""Soft brushes of the chest phantom: solids painted into a slab of HU with partial-volume edges.

Solids are given by signed distances in millimetres (negative inside), in patient LPS coordinates.
An edge is spread over `EDGE_MM`, as a scanner's point spread and the voxel size do it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Bounds = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""(low, high) in millimetres along x, y and z."""
Window = tuple[slice, slice, slice]

EDGE_MM = 1.1
"""Width over which an edge goes from one material to the other."""
FIELD_REACH_MM = 260.0
"""Random fields are defined this far from the origin."""


@dataclass(frozen=True, slots=True, eq=False)
class Tube:
    """A cone with round ends between two points.

    Attributes
    ----------
    start_lps_mm, end_lps_mm : ndarray, shape (3,)
        Ends of the axis.
    start_radius_mm, end_radius_mm : float
        Radii at the ends.
    """

    start_lps_mm: NDArray[np.float64]
    end_lps_mm: NDArray[np.float64]
    start_radius_mm: float
    end_radius_mm: float

    def grown(self, by_mm: float) -> "Tube":
        """Return the tube with both radii changed (never below zero)."""
        return Tube(
            self.start_lps_mm,
            self.end_lps_mm,
            max(self.start_radius_mm + by_mm, 0.0),
            max(self.end_radius_mm + by_mm, 0.0),
        )


def _field_knots(length_mm: float) -> FloatArray:
    return np.arange(-FIELD_REACH_MM, FIELD_REACH_MM + length_mm, length_mm, dtype=np.float32)


@lru_cache(maxsize=8)
def _field_lattice(length_mm: float, seed: int, flat_z: float) -> FloatArray:
    """Return the random numbers (z, y, x) of a field; the same for all slabs."""
    shape = [_field_knots(length).size for length in (length_mm * flat_z, length_mm, length_mm)]
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


class Slab:
    """Some slices of the phantom while they are painted.

    Attributes
    ----------
    hu : ndarray, shape (z, y, x), float32
        The picture so far.
    x, y, z : ndarray
        LPS coordinates of voxel centres, shaped to broadcast: (1, 1, x), (1, y, 1), (z, 1, 1).
    """

    def __init__(
        self, x_mm: NDArray[np.float64], y_mm: NDArray[np.float64], z_mm: NDArray[np.float64]
    ) -> None:
        self.x = x_mm.astype(np.float32)[None, None, :]
        self.y = y_mm.astype(np.float32)[None, :, None]
        self.z = z_mm.astype(np.float32)[:, None, None]
        self._low_z, self._high_z = float(z_mm[0]), float(z_mm[-1])
        self.hu: FloatArray = np.full((z_mm.size, y_mm.size, x_mm.size), -1000, np.float32)

    def window(self, bounds: Bounds) -> Window | None:
        """Return the slices (z, y, x) of the voxels within bounds, or None where there are none."""
        found = []
        for axis, (low, high) in zip((self.x, self.y, self.z), bounds, strict=True):
            line = axis.ravel()
            start, stop = np.searchsorted(line, (low, high))
            if start >= stop:
                return None
            found.append(slice(int(start), int(stop)))
        return found[2], found[1], found[0]

    def coordinates(self, window: Window) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return x, y, z of a window, shaped to broadcast."""
        return (
            self.x[:, :, window[2]],
            self.y[:, window[1], :],
            self.z[window[0], :, :],
        )

    def field(self, length_mm: float, seed: int, flat_z: float = 1.0) -> FloatArray:
        """Return a smooth random field of the whole slab, about standard normal.

        Parameters
        ----------
        length_mm : float
            Size of its spots.
        seed : int
            Of the field; slabs of one phantom with equal seeds continue each other.
        flat_z : float
            Spots are this much longer along z.
        """
        weights, parts = [], []
        lengths = (length_mm * flat_z, length_mm, length_mm)
        for axis, length in zip((self.z, self.y, self.x), lengths, strict=True):
            knots = _field_knots(length)
            line = axis.ravel()
            first, last = np.searchsorted(knots, (line[0] - 2 * length, line[-1] + 2 * length))
            part = slice(int(first), int(last))
            weight = np.exp(-(((line[:, None] - knots[part]) / np.float32(0.8 * length)) ** 2))
            weights.append(weight / np.sqrt((weight**2).sum(axis=1, keepdims=True)))
            parts.append(part)
        lattice = _field_lattice(length_mm, seed, flat_z)[tuple(parts)]
        along_z = np.tensordot(weights[0], lattice, 1)
        lines = np.matmul(weights[1], along_z)
        # One large product is several times faster than one for each slice.
        found: FloatArray = lines.reshape(-1, lines.shape[2]) @ np.ascontiguousarray(weights[2].T)
        return found.reshape(self.hu.shape)

    def blend(
        self, distance_mm: FloatArray, hu: float | FloatArray, window: Window | None = None,
        strength: float = 1.0, edge_mm: float = EDGE_MM,
    ) -> None:  # fmt: skip
        """Paint a material where `distance_mm` is negative.

        Parameters
        ----------
        distance_mm : ndarray
            Signed distance for the voxels of the window; broadcastable.
        hu : float or ndarray
            Value of the material.
        window : tuple of slice, optional
            Part of the slab that is painted; all of it without.
        strength : float
            Opacity inside (0..1).
        edge_mm : float
            Width of the soft edge.
        """
        part = self.hu if window is None else self.hu[window]
        share = np.clip(0.5 - distance_mm / np.float32(edge_mm), 0, 1)
        if strength != 1.0:
            share *= np.float32(strength)
        part += share * (hu - part)

    def ellipsoid(
        self,
        centre_lps_mm: tuple[float, float, float],
        semi_axes_mm: tuple[float, float, float],
        hu: float,
        turn_z_deg: float = 0.0,
        edge_mm: float = EDGE_MM,
    ) -> None:
        """Paint an ellipsoid with axes along x, y, z, turned about z (towards +y from +x)."""
        reach = (max(semi_axes_mm[:2]) + 2,) * 2 + (semi_axes_mm[2] + 2,)
        bounds = tuple((c - r, c + r) for c, r in zip(centre_lps_mm, reach, strict=True))
        window = self.window((bounds[0], bounds[1], bounds[2]))
        if window is None:
            return
        distance = ellipsoid_distance(
            *self.coordinates(window), centre_lps_mm, semi_axes_mm, turn_z_deg
        )
        self.blend(distance, hu, window, edge_mm=edge_mm)

    def tube(self, tube: Tube, hu: float, flatten_z: float = 1.0) -> None:
        """Paint a tube; `flatten_z` below 1 makes it taller along z by that factor's inverse."""
        thick = max(tube.start_radius_mm, tube.end_radius_mm) + EDGE_MM / 2
        ends_z = float(tube.start_lps_mm[2]), float(tube.end_lps_mm[2])
        reach_z = thick / flatten_z
        if min(ends_z) - reach_z > self._high_z or max(ends_z) + reach_z < self._low_z:
            return
        reach = np.array((thick, thick, reach_z))
        low = np.minimum(tube.start_lps_mm, tube.end_lps_mm) - reach
        high = np.maximum(tube.start_lps_mm, tube.end_lps_mm) + reach
        window = self.window(((low[0], high[0]), (low[1], high[1]), (low[2], high[2])))
        if window is None:
            return
        distance = tube_distance(*self.coordinates(window), tube, flatten_z)
        # A tube thinner than the edge cannot reach its full contrast: partial volume.
        strength = min(1.0, 2 * tube.start_radius_mm / EDGE_MM)
        self.blend(distance, hu, window, strength)


def ellipsoid_distance(
    x: FloatArray,
    y: FloatArray,
    z: FloatArray,
    centre_lps_mm: tuple[float, float, float],
    semi_axes_mm: tuple[float, float, float],
    turn_z_deg: float = 0.0,
) -> FloatArray:
    """Return the approximate signed distance to an ellipsoid (exact on its surface), mm."""
    cosine, sine = np.cos(np.radians(turn_z_deg)), np.sin(np.radians(turn_z_deg))
    x, y, z = x - centre_lps_mm[0], y - centre_lps_mm[1], z - centre_lps_mm[2]
    along = (x * np.float32(cosine) + y * np.float32(sine)) / semi_axes_mm[0]
    across = (y * np.float32(cosine) - x * np.float32(sine)) / semi_axes_mm[1]
    up = z / semi_axes_mm[2]
    value = along**2 + across**2 + up**2
    slope = (
        (along / semi_axes_mm[0]) ** 2
        + (across / semi_axes_mm[1]) ** 2
        + (up / semi_axes_mm[2]) ** 2
    )
    # f (f - 1) / |half the gradient of f^2|, with f the scaled radius: first order in distance.
    scaled = np.sqrt(value)
    distance: FloatArray = scaled * (scaled - 1) / np.sqrt(np.maximum(slope, np.float32(1e-9)))
    return np.asarray(np.where(value < 1e-6, -min(semi_axes_mm), distance), np.float32)


def tube_distance(
    x: FloatArray, y: FloatArray, z: FloatArray, tube: Tube, flatten_z: float = 1.0
) -> FloatArray:
    """Return the signed distance to a tube, mm (z counts `flatten_z` times)."""
    scale = np.array((1, 1, flatten_z))
    start = (tube.start_lps_mm * scale).astype(np.float32)
    axis = ((tube.end_lps_mm - tube.start_lps_mm) * scale).astype(np.float32)
    length_2 = max(float(axis @ axis), 1e-9)
    x, y, z = x - start[0], y - start[1], z * np.float32(flatten_z) - start[2]
    share = np.clip((x * axis[0] + y * axis[1] + z * axis[2]) / np.float32(length_2), 0, 1)
    radius = tube.start_radius_mm + share * np.float32(tube.end_radius_mm - tube.start_radius_mm)
    distance = np.sqrt(
        (x - share * axis[0]) ** 2 + (y - share * axis[1]) ** 2 + (z - share * axis[2]) ** 2
    )
    return np.asarray(distance - radius, np.float32)


def tube_path(points_lps_mm: Sequence[tuple[float, ...]], smooth: int = 6) -> list[Tube]:
    """Make tubes along a smooth curve through points (x, y, z, radius), by Catmull-Rom splines."""
    knots = np.asarray(points_lps_mm, np.float64)
    knots = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    curve = []
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        for t in np.arange(smooth) / smooth:
            curve.append(
                0.5
                * (
                    2 * start
                    + (end - before) * t
                    + (2 * before - 5 * start + 4 * end - after) * t**2
                    + (3 * start - before - 3 * end + after) * t**3
                )
            )
    curve.append(knots[-2])
    return [Tube(a[:3], b[:3], float(a[3]), float(b[3])) for a, b in pairwise(curve)]


def smooth_max(a: FloatArray, b: FloatArray, radius_mm: float) -> FloatArray:
    """Intersect two solids (signed distances) with an edge rounded over `radius_mm`."""
    near = np.maximum(np.float32(radius_mm) - np.abs(a - b), 0) / np.float32(radius_mm)
    return np.asarray(np.maximum(a, b) + near * near * np.float32(radius_mm / 4), np.float32)
