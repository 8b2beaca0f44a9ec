"""Marks that enclose a region of a plane: ellipse, circle, rectangle, polygon, freehand."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from viewer.core import contour
from viewer.core.geometry import FloatArray
from viewer.core.mark import PointLps, Shape, WithVertices, as_point, shifted
from viewer.core.volume import MaskArray

_EDGE_TOLERANCE = 1e-9  # a pixel centre on the outline itself counts, whatever the rounding
_ELLIPSE_CORNERS = 64
_FREEHAND_GRIPS = 12


class RegionShape(Shape):
    """A mark that encloses voxels."""

    __slots__ = ()

    def holds(self, points_lps: FloatArray) -> MaskArray:
        """Tell which points, shape (n, 3), lie inside or on it, seen along its own normal."""
        raise NotImplementedError

    def area_in(self, flat: FloatArray) -> float:
        """Return the area of the ideal outline.

        Parameters
        ----------
        flat : ndarray, shape (3, 2)
            Maps LPS vectors (as rows) to two coordinates in millimetres.
        """
        raise NotImplementedError

    @property
    def area_mm2(self) -> float:
        """Area of the ideal outline in square millimetres of the patient."""
        return self.area_in(plane_basis(self.normal_lps))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes(RegionShape):
    """A region given by its centre and two perpendicular half axes."""

    center: PointLps
    half_axis_u: PointLps
    half_axis_v: PointLps

    @property
    def center_lps(self) -> PointLps:
        """The centre."""
        return self.center

    @property
    def area_mm2(self) -> float:
        """Area of the ideal outline in square millimetres of the patient."""
        axes = np.asarray([self.half_axis_u, self.half_axis_v])
        lengths = np.linalg.norm(axes, axis=1)
        if not lengths.all():
            return 0.0
        return self.area_in((axes / lengths[:, None]).T)

    def moved(self, way_lps: FloatArray) -> Self:
        """Return the whole mark after a way."""
        return replace(self, center=shifted(self.center, way_lps))

    def _shares(self, points_lps: FloatArray) -> FloatArray | None:
        """Return how far points lie along the half axes (1: at their ends), shape (n, 2)."""
        axes = np.asarray([self.half_axis_u, self.half_axis_v])
        squared = (axes**2).sum(axis=1)
        if not squared.all():
            return None
        shares: FloatArray = (points_lps - np.asarray(self.center)) @ (axes / squared[:, None]).T
        return shares

    def _determinant(self, flat: FloatArray) -> float:
        return abs(float(np.linalg.det(np.asarray([self.half_axis_u, self.half_axis_v]) @ flat)))

    def _corners(self, signs: FloatArray) -> FloatArray:
        corners: FloatArray = np.asarray(self.center) + signs @ np.asarray(
            [self.half_axis_u, self.half_axis_v]
        )
        return corners


@dataclass(frozen=True, slots=True, kw_only=True)
class EllipseShape(_Axes):
    """An ellipse given by its centre and the ends of its two perpendicular half axes."""

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """The four ends of the axes: +u, +v, -u, -v."""
        signs = np.asarray([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])
        return tuple(as_point(point) for point in self._corners(signs))

    @property
    def outlines_lps(self) -> tuple[FloatArray, ...]:
        """A polygon of many corners."""
        angle = np.linspace(0, 2 * np.pi, _ELLIPSE_CORNERS + 1)
        return (self._corners(np.stack([np.cos(angle), np.sin(angle)], axis=1)),)

    def holds(self, points_lps: FloatArray) -> MaskArray:
        """Tell which points lie inside or on it."""
        shares = self._shares(points_lps)
        if shares is None:
            return np.zeros(len(points_lps), bool)
        return np.asarray((shares**2).sum(axis=1) <= 1 + _EDGE_TOLERANCE, bool)

    def area_in(self, flat: FloatArray) -> float:
        """Return the area of the ideal ellipse."""
        return np.pi * self._determinant(flat)

    def dragged(self, grip: int, way_lps: FloatArray, smallest_mm: float) -> Self:
        """Drag one end of an axis along the axis; its other end stays."""
        ends = [np.asarray(point) for point in self.points_lps]
        fixed = ends[(grip + 2) % 4]
        full = ends[grip] - fixed
        length_mm = float(np.linalg.norm(full))
        axis = full / length_mm
        new_length_mm = max(length_mm + float(way_lps @ axis), 2 * smallest_mm)
        center = as_point(fixed + axis * new_length_mm / 2)
        half = as_point((1.0 if grip < 2 else -1.0) * axis * new_length_mm / 2)
        if grip % 2 == 0:
            return replace(self, center=center, half_axis_u=half)
        return replace(self, center=center, half_axis_v=half)


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleShape(EllipseShape):
    """An ellipse whose axes stay equal; its grips change the radius about the centre."""

    def dragged(self, grip: int, way_lps: FloatArray, smallest_mm: float) -> Self:
        """Drag the rim: the centre stays."""
        target = np.asarray(self.points_lps[grip]) + way_lps - np.asarray(self.center)
        radius_mm = max(float(np.linalg.norm(target)), smallest_mm)
        half_u, half_v = (
            as_point(np.asarray(half) * (radius_mm / np.linalg.norm(half)))
            for half in (self.half_axis_u, self.half_axis_v)
        )
        return replace(self, half_axis_u=half_u, half_axis_v=half_v)


@dataclass(frozen=True, slots=True, kw_only=True)
class RectangleShape(_Axes):
    """A rectangle given by its centre and the halves of its two perpendicular sides."""

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """The four corners, one after the other."""
        signs = np.asarray([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
        return tuple(as_point(point) for point in self._corners(signs))

    @property
    def outlines_lps(self) -> tuple[FloatArray, ...]:
        """The corners, back to the first."""
        return (np.asarray([*self.points_lps, self.points_lps[0]]),)

    def holds(self, points_lps: FloatArray) -> MaskArray:
        """Tell which points lie inside or on it."""
        shares = self._shares(points_lps)
        if shares is None:
            return np.zeros(len(points_lps), bool)
        return np.asarray((np.abs(shares) <= 1 + _EDGE_TOLERANCE).all(axis=1), bool)

    def area_in(self, flat: FloatArray) -> float:
        """Return the area of the ideal rectangle."""
        return 4 * self._determinant(flat)

    def dragged(self, grip: int, way_lps: FloatArray, smallest_mm: float) -> Self:
        """Drag a corner; the one across stays."""
        points = self.points_lps
        fixed = np.asarray(points[(grip + 2) % 4])
        diagonal = np.asarray(points[grip]) - fixed
        halves, center = [], fixed
        for half in (np.asarray(self.half_axis_u), np.asarray(self.half_axis_v)):
            unit = half / np.linalg.norm(half)
            side = float(diagonal @ unit)
            sign = 1.0 if side >= 0 else -1.0
            length = max(sign * (side + float(way_lps @ unit)), 2 * smallest_mm)
            center = center + sign * unit * length / 2
            halves.append(as_point(unit * length / 2))
        return replace(self, center=as_point(center), half_axis_u=halves[0], half_axis_v=halves[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class PolygonShape(WithVertices, RegionShape):
    """A closed outline of straight edges; every corner has a grip."""

    @property
    def outlines_lps(self) -> tuple[FloatArray, ...]:
        """The corners, back to the first."""
        return (np.asarray([*self.vertices, self.vertices[0]]),)

    def holds(self, points_lps: FloatArray) -> MaskArray:
        """Tell which points lie inside (even-odd rule) or on it."""
        flat = plane_basis(self.normal_lps)
        return contour.holds(np.asarray(self.vertices) @ flat, np.asarray(points_lps) @ flat)

    def area_in(self, flat: FloatArray) -> float:
        """Return the area that the outline encloses."""
        # Counted from a corner: large coordinates would cost digits.
        return contour.area((np.asarray(self.vertices) - np.asarray(self.vertices[0])) @ flat)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreehandShape(PolygonShape):
    """A closed outline drawn in one stroke; few grips, each of which bends the line around it."""

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """Some of the corners."""
        return tuple(self.vertices[number] for number in self._grips())

    def dragged(self, grip: int, way_lps: FloatArray, smallest_mm: float) -> Self:
        """Drag a corner; those up to the neighbouring grips follow, the less the farther."""
        del smallest_mm
        grips, count = self._grips(), len(self.vertices)
        here, corners = grips[grip], list(self.vertices)
        before = (here - grips[grip - 1]) % count or count
        after = (grips[(grip + 1) % len(grips)] - here) % count or count
        for step in range(1 - before, after):
            share = 1 - (step / after if step >= 0 else -step / before)
            number = (here + step) % count
            corners[number] = shifted(corners[number], share * way_lps)
        return replace(self, vertices=tuple(corners))

    def _grips(self) -> list[int]:
        count = len(self.vertices)
        grips = min(count, _FREEHAND_GRIPS)
        return [number * count // grips for number in range(grips)]


def plane_basis(normal_lps: PointLps) -> FloatArray:
    """Return two perpendicular unit vectors within the plane of a normal, as columns (3, 2)."""
    normal = np.asarray(normal_lps) / np.linalg.norm(normal_lps)
    least = np.eye(3)[int(np.argmin(np.abs(normal)))]
    u = np.cross(normal, least)
    u = u / np.linalg.norm(u)
    return np.stack([u, np.cross(normal, u)], axis=1)
