"""Marks of lines: distance, two diameters, angles, and a path of any number of points."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from viewer.core.geometry import FloatArray
from viewer.core.mark import PointLps, WithPoints, WithVertices, as_point


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthShape(WithPoints):
    """A straight distance between two points."""

    start_lps: PointLps
    end_lps: PointLps

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """Both ends."""
        return self.start_lps, self.end_lps

    @property
    def length_mm(self) -> float:
        """Distance of the ends in millimetres."""
        return float(np.linalg.norm(np.subtract(self.end_lps, self.start_lps)))

    def with_points(self, points: tuple[PointLps, ...]) -> Self:
        """Return the mark with other ends."""
        return replace(self, start_lps=points[0], end_lps=points[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class PolylineShape(WithVertices):
    """An open path; its length is the sum of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AngleShape(WithVertices):
    """An angle: end of one leg, apex, end of the other leg; fewer while it is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CobbShape(WithVertices):
    """Two lines, two points each, and the smaller angle between them (Cobb 1948)."""

    @property
    def outlines_lps(self) -> tuple[FloatArray, ...]:
        """The lines: one, or two."""
        points = np.asarray(self.vertices)
        return tuple(points[first : first + 2] for first in range(0, len(points), 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class BidirectionalShape(WithVertices):
    """The longest diameter and one at a right angle to it (RECIST 1.1).

    `vertices` are both ends of the first diameter, then both ends of the other, which crosses it.
    """

    def __post_init__(self) -> None:
        if len(self.vertices) != 4:
            raise ValueError("two diameters have four ends")

    @property
    def outlines_lps(self) -> tuple[FloatArray, ...]:
        """Both diameters."""
        return np.asarray(self.vertices[:2]), np.asarray(self.vertices[2:])

    @property
    def center_lps(self) -> PointLps:
        """Middle of the first diameter."""
        return as_point(np.mean(np.asarray(self.vertices[:2]), axis=0))

    def dragged(self, grip: int, way_lps: FloatArray, smallest_mm: float) -> Self:
        """Drag an end: of the first diameter, and the other turns along; of the other, across."""
        start, end, one, two = (np.asarray(point) for point in self.vertices)
        axis, across = self._directions(start, end)
        length = max(float(np.linalg.norm(end - start)), smallest_mm)
        share = float((one - start) @ axis) / length
        reaches = [float((one - start) @ across), float((two - start) @ across)]
        if grip < 2:
            start, end = (start + way_lps, end) if grip == 0 else (start, end + way_lps)
            if np.linalg.norm(end - start) < smallest_mm:
                return self
        else:
            share = min(max(share + float(way_lps @ axis) / length, 0.0), 1.0)
            side = 1.0 if reaches[grip - 2] >= reaches[3 - grip] else -1.0
            reach = side * (reaches[grip - 2] + float(way_lps @ across))
            reaches[grip - 2] = side * max(reach, smallest_mm / 2)
        axis, across = self._directions(start, end)
        foot = start + share * (end - start)
        ends = (start, end, *(foot + reach * across for reach in reaches))
        return replace(self, vertices=tuple(as_point(point) for point in ends))

    def _directions(self, start: FloatArray, end: FloatArray) -> tuple[FloatArray, FloatArray]:
        return diameter_directions(start, end, self.normal_lps)


def diameter_directions(
    start: FloatArray, end: FloatArray, normal_lps: PointLps
) -> tuple[FloatArray, FloatArray]:
    """Return unit vectors along a diameter and across it, within the plane of a normal."""
    axis = (end - start) / max(float(np.linalg.norm(end - start)), 1e-12)
    across = np.cross(np.asarray(normal_lps), axis)
    return axis, across / max(float(np.linalg.norm(across)), 1e-12)
