"""Marks at a place: an arrow, a text, a probe of the value."""

from dataclasses import dataclass, replace
from typing import Self

from viewer.core.mark import PointLps, WithPoints


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowShape(WithPoints):
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

    @property
    def label_anchor_lps(self) -> PointLps:
        """The tail."""
        return self.tail_lps

    @property
    def words(self) -> str:
        """The text."""
        return self.text or self.label

    def worded(self, words: str) -> Self:
        """Return the arrow with another text."""
        return replace(self, text=words, label="")

    def with_points(self, points: tuple[PointLps, ...]) -> Self:
        """Return the arrow with another tip and tail."""
        return replace(self, tip_lps=points[0], tail_lps=points[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShape(WithPoints):
    """Words at a place, without an arrow."""

    point_lps: PointLps
    text: str = ""

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """The place."""
        return (self.point_lps,)

    @property
    def words(self) -> str:
        """The text."""
        return self.text or self.label

    def worded(self, words: str) -> Self:
        """Return the mark with another text."""
        return replace(self, text=words, label="")

    def with_points(self, points: tuple[PointLps, ...]) -> Self:
        """Return the mark at another place."""
        return replace(self, point_lps=points[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeShape(WithPoints):
    """A place whose voxel is read."""

    point_lps: PointLps

    @property
    def points_lps(self) -> tuple[PointLps, ...]:
        """The place."""
        return (self.point_lps,)

    def with_points(self, points: tuple[PointLps, ...]) -> Self:
        """Return the mark at another place."""
        return replace(self, point_lps=points[0])
