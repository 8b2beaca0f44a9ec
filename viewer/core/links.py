"""What joins the patient spaces of two stacks: one frame of reference, or a registered pair."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from viewer.core.events import Signal
from viewer.core.geometry import FloatArray
from viewer.core.patient import why_apart
from viewer.core.shapes import PointLps
from viewer.core.study import Stack

logger = logging.getLogger(__name__)

_ROUNDING = 1e-6
_IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Rigid:
    """A rotation, then a shift, of LPS millimetres: p -> rotation @ p + shift_mm."""

    shift_mm: PointLps = (0.0, 0.0, 0.0)
    rotation: tuple[PointLps, PointLps, PointLps] = _IDENTITY

    @property
    def matrix(self) -> FloatArray:
        """The rotation, shape (3, 3)."""
        return np.asarray(self.rotation, np.float64)

    def apply(self, point_lps: PointLps) -> PointLps:
        """Map a point."""
        return _point(self.matrix @ np.asarray(point_lps) + np.asarray(self.shift_mm))

    @property
    def is_shift(self) -> bool:
        """Whether nothing is turned."""
        return self.rotation == _IDENTITY

    @property
    def is_sound(self) -> bool:
        """Whether it is finite and turns without stretching or mirroring: files may be edited."""
        matrix = self.matrix
        return (
            bool(np.isfinite(self.shift_mm).all() and np.isfinite(matrix).all())
            and np.allclose(matrix @ matrix.T, np.eye(3), atol=_ROUNDING)
            and bool(np.linalg.det(matrix) > 0)
        )

    def inverse(self) -> "Rigid":
        """Return the way back."""
        back = self.matrix.T
        rows = [_point(row) for row in back]
        return Rigid(_point(-(back @ np.asarray(self.shift_mm))), (rows[0], rows[1], rows[2]))


def frame_of(stack: Stack) -> str:
    """Name the patient space of a stack; one without a place in the patient has its own."""
    geometry = stack.geometry
    if geometry.frame_of_reference_uid and geometry.orientation_known:
        return geometry.frame_of_reference_uid
    return f"{stack.key.series_uid}/{stack.key.stack}"


class StackLinks:
    """Registered pairs of series; only commands (`viewer.core.commands`) change them.

    Signals
    -------
    changed(str, str)
        The series of another pair, or of one that has another place, or that was parted; empty
        for many at once.
    """

    changed = Signal(str, str)

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], Rigid] = {}
        self._told: set[frozenset[str]] = set()

    def __iter__(self) -> Iterator[tuple[tuple[str, str], Rigid]]:
        return iter(tuple(self._pairs.items()))

    def pair(self, source_uid: str, target_uid: str) -> Rigid | None:
        """Return how points of one series map into another, where the two were paired."""
        known = self._pairs.get((source_uid, target_uid))
        if known is not None:
            return known
        back = self._pairs.get((target_uid, source_uid))
        return None if back is None else back.inverse()

    def set_pair(self, source_uid: str, target_uid: str, rigid: Rigid | None) -> None:
        """Pair two series, or (None) part them. For commands only."""
        self._pairs.pop((target_uid, source_uid), None)
        if rigid is None:
            self._pairs.pop((source_uid, target_uid), None)
        else:
            self._pairs[source_uid, target_uid] = rigid
        self.changed.emit(source_uid, target_uid)

    def restore(self, pairs: Mapping[tuple[str, str], Rigid]) -> None:
        """Take pairs that were kept; those that are known already stay. Not to be undone."""
        for (source, target), rigid in pairs.items():
            if self.pair(source, target) is None:
                self._pairs[source, target] = rigid
        if pairs:
            self.changed.emit("", "")

    def between(self, source: Stack, target: Stack) -> Rigid | None:
        """Return how points of one stack map into another; None where nothing joins them.

        Neither a pair nor one frame of reference joins two patients: see `why_apart`.
        """
        if source.key == target.key:
            return Rigid()
        paired = self.pair(source.key.series_uid, target.key.series_uid)
        if paired is None and frame_of(source) != frame_of(target):
            return None
        if source.patient != target.patient and why_apart(source.patient, target.patient):
            self._tell_apart(source, target)
            return None
        return paired or Rigid()

    def _tell_apart(self, source: Stack, target: Stack) -> None:
        """Note once in the log that two series are not joined, whatever their files say."""
        series = frozenset((source.key.series_uid, target.key.series_uid))
        if series not in self._told:
            self._told.add(series)
            logger.info("two series are not joined: they may be of different patients")


def _point(vector: FloatArray) -> PointLps:
    x, y, z = (float(v) for v in vector)
    return x, y, z
