"""Where voxels lie: index (z, y, x) to patient coordinates (LPS, millimetres) and back.

LPS is DICOM's patient system (PS3.3 C.7.6.2.1.1): +x to the patient's Left, +y to the Posterior,
+z to the Superior (head). Index axes are always ordered (z, y, x): slice, row, column.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

ORIENTATION_TOLERANCE = 1e-4
"""Largest difference of direction cosines that still counts as the same orientation."""
LETTER_THRESHOLD = 0.2588
"""Smallest part of a unit vector (sin 15 degrees) that earns a letter of its own."""

_LETTERS = (("R", "L"), ("A", "P"), ("I", "S"))
LETTER_AXES = {letter: axis for axis, pair in enumerate(_LETTERS) for letter in pair}
"""Patient axis (0 x, 1 y, 2 z) that a letter belongs to."""


class Calibration(StrEnum):
    """What a spacing in millimetres refers to."""

    PATIENT = "patient"
    DETECTOR = "detector"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class VolumeGeometry:
    """Regular grid of a volume in patient space.

    Attributes
    ----------
    shape_zyx : tuple of int
        Number of voxels along z, y, x.
    spacing_zyx_mm : tuple of float
        Distance of voxel centres; positive. Where `calibration` is NONE, or `z_known` is False
        for z, the number is a drawing convention (1.0) and never shown as a measure.
    origin_lps_mm : ndarray, shape (3,)
        Centre of voxel (0, 0, 0) in LPS millimetres.
    direction_lps : ndarray, shape (3, 3)
        Rows are unit vectors of the z, y and x index axes in LPS.
    frame_of_reference_uid : str
        DICOM Frame of Reference; empty where the file names none.
    calibration : Calibration
        What the in-plane millimetres refer to.
    z_known : bool
        False where the distance between slices is not known (no positions, one slice).
    orientation_known : bool
        False where the file has no orientation; letters are then not drawn.
    """

    shape_zyx: tuple[int, int, int]
    spacing_zyx_mm: tuple[float, float, float]
    origin_lps_mm: FloatArray
    direction_lps: FloatArray
    frame_of_reference_uid: str = ""
    calibration: Calibration = Calibration.PATIENT
    z_known: bool = True
    orientation_known: bool = True

    @property
    def steps_lps_mm(self) -> FloatArray:
        """Rows: the step in LPS millimetres of one index along z, y and x; shape (3, 3)."""
        steps: FloatArray = self.direction_lps * np.asarray(self.spacing_zyx_mm)[:, None]
        return steps

    @property
    def affine(self) -> FloatArray:
        """4 x 4 matrix from homogeneous index (z, y, x, 1) to LPS millimetres (x, y, z, 1)."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.steps_lps_mm.T
        matrix[:3, 3] = self.origin_lps_mm
        return matrix

    def index_to_lps(self, index_zyx: ArrayLike) -> FloatArray:
        """Map (fractional) indices, shape (..., 3) in z, y, x order, to LPS mm, shape (..., 3)."""
        steps: FloatArray = np.asarray(index_zyx, np.float64) @ self.steps_lps_mm
        return steps + self.origin_lps_mm

    def lps_to_index(self, point_lps_mm: ArrayLike) -> FloatArray:
        """Map LPS mm, shape (..., 3), to fractional indices in z, y, x order; exact inverse."""
        delta = np.asarray(point_lps_mm, np.float64) - self.origin_lps_mm
        return delta @ _index_steps(self)

    def contains_index(self, index_zyx: ArrayLike) -> bool:
        """Tell whether a (fractional) index lies within the voxels' outer faces."""
        index = np.asarray(index_zyx, np.float64)
        return bool(np.all(index >= -0.5) and np.all(index <= np.asarray(self.shape_zyx) - 0.5))

    @property
    def center_lps_mm(self) -> FloatArray:
        """Centre of the grid in LPS millimetres."""
        return self.index_to_lps((np.asarray(self.shape_zyx) - 1) / 2)

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of one voxel in cubic millimetres."""
        return float(abs(np.linalg.det(self.steps_lps_mm)))


@lru_cache(maxsize=64)
def _index_steps(geometry: VolumeGeometry) -> FloatArray:
    """Return the step in indices of one millimetre along x, y and z; asked for each mark."""
    steps = np.asarray(np.linalg.inv(geometry.steps_lps_mm), np.float64)
    steps.flags.writeable = False
    return steps


def opposite_letters(letters: str) -> str:
    """Name the direction against the one that patient letters name ("AL": "PR")."""
    return letters.translate(str.maketrans("RLAPIS", "LRPASI"))


def direction_letters(direction_lps: ArrayLike) -> str:
    """Name a direction by patient letters, the strongest first ("L", "AL", "SPR").

    Parameters
    ----------
    direction_lps : array_like, shape (3,)
        Direction in LPS; need not be a unit vector.

    Returns
    -------
    str
        Up to three of R L A P I S; parts below `LETTER_THRESHOLD` are left out.
    """
    x, y, z = np.asarray(direction_lps, np.float64).tolist()
    return _letters_of(x, y, z)


@lru_cache(maxsize=64)  # asked for at each repaint
def _letters_of(x: float, y: float, z: float) -> str:
    vector = np.array([x, y, z])
    norm = float(np.linalg.norm(vector))
    if norm == 0:
        return ""
    vector = vector / norm
    order = np.argsort(-np.abs(vector), kind="stable")
    letters = [
        _LETTERS[axis][int(vector[axis] > 0)]
        for axis in order
        if abs(vector[axis]) > LETTER_THRESHOLD
    ]
    return "".join(letters)
