"""What all marks share: identity, place, words, colour, and whether they are changed or seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self
from uuid import uuid4

import numpy as np

from viewer.core.geometry import FloatArray
from viewer.core.slab import THIN, Slab
from viewer.core.study import StackKey

PointLps = tuple[float, float, float]


class MarkColour(StrEnum):
    """Colours that eyes of every kind tell apart on grey (after Okabe and Ito, brightened)."""

    STANDARD = ""
    GREEN = "green"
    YELLOW = "yellow"
    VERMILION = "vermilion"
    PURPLE = "purple"
    WHITE = "white"


def new_uid() -> str:
    """Return a fresh identifier for a mark."""
    return uuid4().hex


def as_point(vector: Sequence[float] | FloatArray) -> PointLps:
    """Return three numbers as a point."""
    x, y, z = (float(value) for value in vector)
    return x, y, z


def shifted(point: PointLps, way_lps: FloatArray) -> PointLps:
    """Return a point after a way in LPS millimetres, shape (3,)."""
    return as_point(np.asarray(point) + way_lps)


@dataclass(frozen=True, slots=True)
class PriorMark:
    """A mark of an earlier examination: its series and its identity there."""

    series_uid: str
    uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A mark: a frozen value in patient millimetres (LPS), valid in every plane.

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
    colour : MarkColour
        What it is drawn in.
    locked : bool
        Neither its points nor its existence may be changed until it is unlocked.
    hidden : bool
        Not drawn; the table still lists it.
    tracked : bool
        Whether it belongs to the report and to follow-up; if not, it was a quick look. A new
        mark is, but a distance: a ruler is no finding until the reader says so.
    follows : PriorMark or None
        The earlier mark of the same finding.
    slab : Slab
        The thick slice on which it was drawn: its values are those of that picture.
    label_way_lps : tuple of float or None
        Way in LPS millimetres from `label_anchor_lps` to the text where the reader put it, within
        the plane where that was done; see `viewer.core.label_box`. None: the text finds a place.
    uid : str
        Identity across edits, saves and undo.
    """

    frame_of_reference_uid: str
    stack: StackKey
    normal_lps: PointLps
    label: str = ""
    colour: MarkColour = MarkColour.STANDARD
    locked: bool = False
    hidden: bool = False
    tracked: bool = True
    follows: PriorMark | None = None
    slab: Slab = THIN
    label_way_lps: PointLps | None = None
    uid: str = field(default_factory=new_uid)

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """Grips of the mark in LPS millimetres."""
        raise NotImplementedError

    @property
    def center_lps(self) -> PointLps:
        """Middle of the grips: where "jump to this mark" goes."""
        return as_point(np.mean(np.asarray(self.points_lps), axis=0))

    @property
    def label_anchor_lps(self) -> PointLps:
        """Where the way to its text begins."""
        return self.center_lps

    @property
    def outlines_lps(self) -> tuple[FloatArray, ...]:
        """Its lines, each of shape (n, 3) in LPS millimetres; closed ones end where they begin."""
        return (np.asarray(self.points_lps),)

    @property
    def words(self) -> str:
        """What the reader wrote to it."""
        return self.label

    def worded(self, words: str) -> Self:
        """Return the mark with other words."""
        return replace(self, label=words)

    def moved(self, way_lps: FloatArray) -> Self:
        """Return the whole mark after a way in LPS millimetres, shape (3,)."""
        raise NotImplementedError

    def dragged(self, grip: int, way_lps: FloatArray, smallest_mm: float) -> Self:
        """Return the mark after one grip was dragged.

        Parameters
        ----------
        grip : int
            Index into `points_lps`.
        way_lps : ndarray, shape (3,)
            In LPS millimetres, within the mark's plane.
        smallest_mm : float
            What has an extent does not get smaller than this.
        """
        raise NotImplementedError


class WithPoints(Shape):
    """A mark whose grips can be dragged one by one without any rule between them."""

    __slots__ = ()

    def with_points(self, points: tuple[PointLps, ...]) -> Self:
        """Return the mark with other grips, as many as before."""
        raise NotImplementedError

    def moved(self, way_lps: FloatArray) -> Self:
        """Return the whole mark after a way."""
        return self.with_points(tuple(shifted(point, way_lps) for point in self.points_lps))

    def dragged(self, grip: int, way_lps: FloatArray, smallest_mm: float) -> Self:
        """Return the mark after one grip was dragged."""
        del smallest_mm
        return self.with_points(
            tuple(
                shifted(point, way_lps) if number == grip else point
                for number, point in enumerate(self.points_lps)
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WithVertices(WithPoints):
    """Points in an order, each with a grip of its own: paths, angles, outlines."""

    vertices: tuple[PointLps, ...]

    def __post_init__(self) -> None:
        if not self.vertices:
            raise ValueError("a mark needs points")

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """All points."""
        return self.vertices

    def with_points(self, points: tuple[PointLps, ...]) -> Self:
        """Return the mark with other points."""
        return replace(self, vertices=points)

    def moved(self, way_lps: FloatArray) -> Self:
        """Return the whole mark after a way: every point, also those without a grip."""
        return replace(self, vertices=tuple(shifted(p, way_lps) for p in self.vertices))
