"""Curved planes: a volume along a drawn line, made straight; and cuts across that line.

Distances hold along the line and across it, nowhere else: the picture bends what lies beside a
bend.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.core.geometry import FloatArray
from viewer.core.plane import PlaneGeometry
from viewer.core.slab import THIN
from viewer.core.volume import Volume
from viewer.imaging.oblique import as_voxels, oblique_slice, outside
from viewer.imaging.reslice import PlaneSlice
from viewer.imaging.trilinear import TILE_SAMPLES, Trilinear

MAX_COLUMNS = 4000
"""Pixels along a line; longer ones get coarser pixels."""
_FINE = 20  # points of the curve between two that were drawn, before it is measured
_LEAST_MM = 1e-3
_NEWTON_STEPS = 20
_EXACT_MM = 1e-9
_LEAST_SLOPE = 1e-3
_LOOKS = (
    (np.array([0.0, 1.0, 0.0]), np.array([-1.0, 0.0, 0.0])),
    (np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])),
    (np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])),
)
"""Of a cut across x, y, z (LPS): what goes to the right of the screen, and the way of the look."""
_HELD_COSINE = 0.4
"""A look is held until the line has turned 66 degrees away from its axis."""


@dataclass(frozen=True, slots=True, eq=False)
class CentreLine:
    """A smooth line through drawn points, in equal steps along its length.

    Attributes
    ----------
    points_lps : ndarray, shape (n, 3)
        Places `step_mm` apart along the line.
    tangents, across : ndarray, shape (n, 3)
        Unit vectors along the line, and at a right angle to it; `across` turns about the line no
        more than the line itself makes it (rotation-minimising frame: Wang et al., ACM Transactions
        on Graphics 27:2, 2008).
    axes : ndarray of int, shape (n,)
        The patient axis (0 x, 1 y, 2 z) across which a cut is looked at.
    step_mm : float
        Arc length between neighbours.
    """

    points_lps: FloatArray
    tangents: FloatArray
    across: FloatArray
    axes: NDArray[np.intp]
    step_mm: float

    @property
    def length_mm(self) -> float:
        """Arc length of the whole line."""
        return (len(self.points_lps) - 1) * self.step_mm

    def frame_at(self, along_mm: float, turn_rad: float) -> tuple[FloatArray, FloatArray]:
        """Return the point of an arc length, and the unit vector across the line there."""
        point, across, _ = self._at(along_mm, turn_rad)
        return point, across

    def to_lps(self, along_mm: float, across_mm: float, turn_rad: float) -> FloatArray:
        """Return the place in the patient of a place in the straightened picture."""
        point, across, _ = self._at(along_mm, turn_rad)
        return np.asarray(point + across_mm * across)

    def from_lps(self, point_lps: ArrayLike, turn_rad: float) -> tuple[float, float, float]:
        """Return arc length, distance across, and distance out of the picture of a place.

        The arc length is that of the nearest point of the line. The exact inverse of `to_lps` for
        places nearer to the line than its radius of curvature.
        """
        target = np.asarray(point_lps, np.float64)
        nearest = int(np.argmin(((self.points_lps - target) ** 2).sum(axis=1)))
        along = nearest * self.step_mm
        small = self.step_mm * 1e-3
        for _ in range(_NEWTON_STEPS):
            shift = self._ahead(target, along)
            slope = (self._ahead(target, along + small) - shift) / small
            if abs(shift) < _EXACT_MM or slope > -_LEAST_SLOPE:
                break  # found, or nearer to a centre of curvature than can be told
            along = min(max(along - shift / slope, 0.0), self.length_mm)
        point, across, tangent = self._at(along, turn_rad)
        away = target - point
        return along, float(away @ across), float(away @ np.cross(tangent, across))

    def cross_plane(self, along_mm: float, size_mm: float, pixel_mm: float) -> PlaneGeometry:
        """Return a square plane at a right angle to the line, looked at as a radiologist would.

        Whichever way the line was drawn: where it goes along the body this is an axial from the
        feet, along the sagittal axis a coronal from the front, and from side to side a sagittal
        from the patient's left. Between two of them the look is held, so that a slanted line does
        not turn it to and fro. It is not held all along: behind an arch the descending aorta
        would be seen from the head, mirrored against every axial image that a reader knows.
        """
        point, _, tangent = self._at(along_mm, 0.0)
        nearest = round(min(max(along_mm, 0.0), self.length_mm) / self.step_mm)
        u_standard, away = _LOOKS[self.axes[nearest]]
        normal = tangent if float(tangent @ away) > 0 else -tangent
        u_lps = _upright(u_standard, normal)
        v_lps = np.cross(normal, u_lps)
        count = 2 * round(size_mm / pixel_mm / 2) + 1
        reach = (count - 1) / 2 * pixel_mm
        origin = point - reach * (u_lps + v_lps)
        return PlaneGeometry(origin, u_lps, v_lps, (pixel_mm, pixel_mm), (count, count))

    def _ahead(self, target: FloatArray, along_mm: float) -> float:
        """Return how far a place lies ahead of a place of the line, in the line's direction."""
        point, _, tangent = self._at(along_mm, 0.0)
        return float((target - point) @ tangent)

    def _at(self, along_mm: float, turn_rad: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return point, across (turned about the line) and tangent of an arc length."""
        place = min(max(along_mm, 0.0), self.length_mm) / self.step_mm
        first = min(int(place), len(self.points_lps) - 2)
        share = place - first
        point, tangent, across = (
            values[first] * (1 - share) + values[first + 1] * share
            for values in (self.points_lps, self.tangents, self.across)
        )
        tangent = tangent / np.linalg.norm(tangent)
        across = _upright(across, tangent)
        turned = np.cos(turn_rad) * across + np.sin(turn_rad) * np.cross(tangent, across)
        return point, turned, tangent


def centre_line(points_lps: ArrayLike, normal_lps: ArrayLike, step_mm: float) -> CentreLine:
    """Lay a smooth line through points.

    The line is a cubic spline over the chord lengths (natural ends); two points make it straight.

    Parameters
    ----------
    points_lps : array, shape (n, 3)
        Points in order; neighbours that coincide count once.
    normal_lps : array, shape (3,)
        Normal of the plane in which they were drawn: `across` begins within that plane.
    step_mm : float
        Wanted arc length between the points of the result; the nearest that divides the line.

    Raises
    ------
    ValueError
        There are fewer than two different points.
    """
    drawn = np.asarray(points_lps, np.float64).reshape(-1, 3)
    chords = np.linalg.norm(np.diff(drawn, axis=0), axis=1)
    drawn = drawn[np.concatenate([[True], chords > _LEAST_MM])]
    if len(drawn) < 2:
        raise ValueError("a line needs two different points")
    fine = _spline(drawn)
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))])
    steps = min(max(round(float(arc[-1]) / step_mm), 1), MAX_COLUMNS - 1)
    wanted = np.linspace(0.0, arc[-1], steps + 1)
    points = np.stack([np.interp(wanted, arc, fine[:, axis]) for axis in range(3)], axis=1)
    tangents = np.gradient(points, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    start = np.cross(np.asarray(normal_lps, np.float64), tangents[0])
    across = _carried(points, tangents, start)
    return CentreLine(points, tangents, across, _held_axes(tangents), float(arc[-1]) / steps)


def straightened(
    volume: Volume,
    line: CentreLine,
    width_mm: float,
    turn_rad: float,
    check: Callable[[], None] = lambda: None,
) -> PlaneSlice:
    """Sample a volume on the ruled surface along a line, laid flat.

    Parameters
    ----------
    volume : Volume
        Grey or colour.
    line : CentreLine
        Its length runs to the right.
    width_mm : float
        Height of the picture; the line runs along its middle row.
    turn_rad : float
        How far the surface is turned about the line.
    check : callable
        Called every millisecond or so; may raise to end the work.

    Returns
    -------
    PlaneSlice
        Square pixels of `line.step_mm`. Its plane is no plane of the patient: it only says how
        large the pixels are, with the first point of the line at u = 0, v = 0 in the middle row.
    """
    rows = 2 * round(width_mm / line.step_mm / 2) + 1
    columns = len(line.points_lps)
    turned = _turned(line, turn_rad)
    origin = volume.geometry.lps_to_index(line.points_lps)
    inverse = np.linalg.inv(volume.geometry.steps_lps_mm)
    across = turned @ inverse * line.step_mm  # voxels for one row
    offsets = np.arange(rows) - (rows - 1) / 2
    shape = (rows, columns, 3) if volume.is_colour else (rows, columns)
    image, invalid = np.empty(shape, np.float32), np.empty((rows, columns), bool)
    height = max(TILE_SAMPLES // columns, 1)
    reader = Trilinear(volume, height * columns)
    for first in range(0, rows, height):
        check()
        part = slice(first, first + height)
        index = origin[None] + offsets[part, None, None] * across[None]
        positions = [np.ascontiguousarray(index[..., k], np.float32).reshape(-1) for k in range(3)]
        beyond = outside(positions, volume.geometry.shape_zyx)
        values, absent = reader.read(positions)
        if absent is not None:
            beyond |= absent
        image[part] = values.reshape(image[part].shape)
        invalid[part] = beyond.reshape(invalid[part].shape)
    pixel = line.step_mm
    plane = PlaneGeometry(
        np.array([0.0, -(rows - 1) / 2 * pixel, 0.0]),
        np.array([1.0, 0.0, 0.0]),
        np.array([0.0, 1.0, 0.0]),
        (pixel, pixel),
        (rows, columns),
    )
    return PlaneSlice(as_voxels(image, volume.data.dtype), invalid, plane)


def cross_section(volume: Volume, line: CentreLine, along_mm: float, size_mm: float) -> PlaneSlice:
    """Cut a volume at a right angle to a line; `size_mm` wide and high."""
    plane = line.cross_plane(along_mm, size_mm, line.step_mm)
    return oblique_slice(volume, plane, THIN)


def _turned(line: CentreLine, turn_rad: float) -> FloatArray:
    return np.asarray(
        np.cos(turn_rad) * line.across + np.sin(turn_rad) * np.cross(line.tangents, line.across)
    )


def _spline(points: FloatArray) -> FloatArray:
    """Return many points of the natural cubic spline through a few, over their chord lengths."""
    if len(points) == 2:
        return points
    chords = np.linalg.norm(np.diff(points, axis=0), axis=1)[:, None]
    bends = _natural_bends(chords, np.diff(points, axis=0) / chords)
    after = (np.arange(_FINE) / _FINE)[:, None]
    before = 1.0 - after
    # Axes: chord, place on it, x y z.
    straight = before * points[:-1, None] + after * points[1:, None]
    bent = (before**3 - before) * bends[:-1, None] + (after**3 - after) * bends[1:, None]
    fine = straight + bent * chords[:, None] ** 2 / 6.0
    return np.concatenate([fine.reshape(-1, 3), points[-1:]])


def _natural_bends(chords: FloatArray, slopes: FloatArray) -> FloatArray:
    """Return the second derivatives of the natural cubic spline at its points.

    By elimination in the tridiagonal system; scipy's, when first imported on a busy machine, kept
    the reader waiting for seconds.
    """
    count = len(slopes) + 1
    bends, pivots = np.zeros((count, 3)), np.ones(count)
    for k in range(1, count - 1):
        share = chords[k - 1, 0] / pivots[k - 1] if k > 1 else 0.0
        pivots[k] = 2.0 * (chords[k - 1, 0] + chords[k, 0]) - share * chords[k - 1, 0]
        bends[k] = 6.0 * (slopes[k] - slopes[k - 1]) - share * bends[k - 1]
    for k in range(count - 2, 0, -1):
        bends[k] = (bends[k] - chords[k, 0] * bends[k + 1]) / pivots[k]
    return bends


def _carried(points: FloatArray, tangents: FloatArray, start: FloatArray) -> FloatArray:
    """Carry a direction along a line without turning it: by double reflection (Wang et al.)."""
    across = np.empty_like(points)
    across[0] = _upright(start, tangents[0])
    for k in range(len(points) - 1):
        step = points[k + 1] - points[k]
        square = float(step @ step)
        mirrored = across[k] - 2 / square * float(step @ across[k]) * step
        tangent = tangents[k] - 2 / square * float(step @ tangents[k]) * step
        second = tangents[k + 1] - tangent
        square = float(second @ second)
        if square > 1e-24:
            mirrored = mirrored - 2 / square * float(second @ mirrored) * second
        across[k + 1] = _upright(mirrored, tangents[k + 1])
    return across


def _held_axes(tangents: FloatArray) -> NDArray[np.intp]:
    """Return for each place the patient axis of the look; the one before, while it is near."""
    axes: NDArray[np.intp] = np.argmax(np.abs(tangents), axis=1)
    for k in range(1, len(axes)):
        if abs(tangents[k, axes[k - 1]]) >= _HELD_COSINE:
            axes[k] = axes[k - 1]
    return axes


def _upright(direction: FloatArray, tangent: FloatArray) -> FloatArray:
    """Return the unit vector at a right angle to a tangent that is nearest to a direction."""
    rest = direction - float(direction @ tangent) * tangent
    length = float(np.linalg.norm(rest))
    if length < 1e-6:  # the line leaves along the normal: any direction is as good
        other = np.eye(3)[int(np.argmin(np.abs(tangent)))]
        rest = other - float(other @ tangent) * tangent
        length = float(np.linalg.norm(rest))
    return np.asarray(rest / length)
