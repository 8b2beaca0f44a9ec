"""Marks that a reader makes: frozen values in patient millimetres (LPS), valid in every plane."""

from dataclasses import dataclass, field
from uuid import uuid4

import numpy as np

from viewer.core.study import StackKey

PointLps = tuple[float, float, float]


def new_uid() -> str:
    """Return a fresh identifier for a mark."""
    return uuid4().hex


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What all marks share.

    Attributes
    ----------
    frame_of_reference_uid : str
        The patient frame that the points belong to.
    stack : StackKey
        The stack on which the mark was made.
    normal_lps : tuple of float
        Unit normal of the plane on which it was drawn.
    label : str
        The reader's own words; empty by default.
    uid : str
        Identity across edits, saves and undo.
    """

    frame_of_reference_uid: str
    stack: StackKey
    normal_lps: PointLps
    label: str = ""
    uid: str = field(default_factory=new_uid)

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """Handles of the mark in LPS millimetres."""
        raise NotImplementedError

    @property
    def center_lps(self) -> PointLps:
        """Middle of the handles: where "jump to this mark" goes."""
        x, y, z = np.mean(np.asarray(self.points_lps), axis=0)
        return float(x), float(y), float(z)


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthShape(Shape):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EllipseShape(Shape):
    """An ellipse given by its centre and the ends of its two perpendicular half axes."""

    center: PointLps
    half_axis_u: PointLps
    half_axis_v: PointLps

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """The four ends of the axes: +u, +v, -u, -v."""
        c, u, v = (np.asarray(p) for p in (self.center, self.half_axis_u, self.half_axis_v))
        return tuple(_point(p) for p in (c + u, c + v, c - u, c - v))

    @property
    def area_mm2(self) -> float:
        """Area of the ideal ellipse in square millimetres."""
        return float(np.pi * np.linalg.norm(self.half_axis_u) * np.linalg.norm(self.half_axis_v))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowShape(Shape):
    """An arrow: `tip` touches what is meant, the text stands at the tail."""

    tip_lps: PointLps
    tail_lps: PointLps
    text: str = ""

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """Tip and tail."""
        return self.tip_lps, self.tail_lps

    @property
    def center_lps(self) -> PointLps:
        """The tip: what the arrow points at."""
        return self.tip_lps


AnyShape = LengthShape | EllipseShape | ArrowShape


def _point(vector: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> PointLps:
    return float(vector[0]), float(vector[1]), float(vector[2])
