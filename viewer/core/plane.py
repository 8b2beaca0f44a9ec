"""View planes: what is drawn where on the screen, and which voxels it came from.

A plane image has rows (v, downwards) and columns (u, to the right). Positions on it are plane
millimetres (u_mm, v_mm) measured from the centre of pixel (0, 0).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike

from viewer.core.geometry import FloatArray, VolumeGeometry, direction_letters


class Orientation(StrEnum):
    """The three standard planes, named for humans (radiological convention)."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


SCREEN_AXES: dict[Orientation, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    # (u to the right, v downwards) in LPS: axial from the feet, coronal facing, sagittal nose left.
    Orientation.AXIAL: ((1, 0, 0), (0, 1, 0)),
    Orientation.CORONAL: ((1, 0, 0), (0, 0, -1)),
    Orientation.SAGITTAL: ((0, 1, 0), (0, 0, -1)),
}
"""Unit vectors to the right (u) and down (v) of each plane on the screen, in LPS."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaneGeometry:
    """Pixel grid of a plane image in patient space.

    Attributes
    ----------
    origin_lps_mm : ndarray, shape (3,)
        Centre of pixel (row 0, column 0).
    u_lps, v_lps : ndarray, shape (3,)
        Unit vectors along columns (screen right) and rows (screen down).
    spacing_vu_mm : tuple of float
        Distance of pixel centres down and to the right.
    shape_vu : tuple of int
        Rows and columns.
    """

    origin_lps_mm: FloatArray
    u_lps: FloatArray
    v_lps: FloatArray
    spacing_vu_mm: tuple[float, float]
    shape_vu: tuple[int, int]

    @property
    def normal_lps(self) -> FloatArray:
        """Unit normal u x v (away from the reader for the standard planes, unless mirrored)."""
        (a, b, c), (d, e, f) = self.u_lps.tolist(), self.v_lps.tolist()
        normal = np.array([b * f - c * e, c * d - a * f, a * e - b * d])
        return np.asarray(normal / np.sqrt(normal @ normal), np.float64)

    @property
    def size_uv_mm(self) -> tuple[float, float]:
        """Width and height in millimetres over the pixels' outer edges."""
        return self.shape_vu[1] * self.spacing_vu_mm[1], self.shape_vu[0] * self.spacing_vu_mm[0]

    def uv_to_lps(self, uv_mm: ArrayLike) -> FloatArray:
        """Map plane millimetres, shape (..., 2) as (u, v), to LPS millimetres, shape (..., 3)."""
        uv = np.asarray(uv_mm, np.float64)
        return self.origin_lps_mm + uv[..., :1] * self.u_lps + uv[..., 1:2] * self.v_lps

    def lps_to_uvw(self, point_lps_mm: ArrayLike) -> FloatArray:
        """Map LPS mm (..., 3) to (u_mm, v_mm, distance from the plane along the normal)."""
        delta = np.asarray(point_lps_mm, np.float64) - self.origin_lps_mm
        return delta @ _plane_axes(self)

    def edge_letters(self) -> dict[str, str]:
        """Patient letters at the left, right, top and bottom edge of the image."""
        return {
            "left": direction_letters(-self.u_lps),
            "right": direction_letters(self.u_lps),
            "top": direction_letters(-self.v_lps),
            "bottom": direction_letters(self.v_lps),
        }


@lru_cache(maxsize=256)
def _plane_axes(plane: PlaneGeometry) -> FloatArray:
    """Return the inverse of the basis (u, v, normal); asked for each mark at each repaint."""
    basis = np.stack([plane.u_lps, plane.v_lps, plane.normal_lps])
    inverse = np.asarray(np.linalg.inv(basis), np.float64)
    inverse.flags.writeable = False
    return inverse


@dataclass(frozen=True, slots=True)
class AxisMapping:
    """How a standard plane is cut from a volume without interpolation.

    Attributes
    ----------
    axis, v_axis, u_axis : int
        Index axes (0 z, 1 y, 2 x) of the slice number, of the rows and of the columns.
    flip_v, flip_u : bool
        Whether rows or columns run against the index axis.
    """

    axis: int
    v_axis: int
    u_axis: int
    flip_v: bool
    flip_u: bool


@lru_cache(maxsize=64)
def map_axes(geometry: VolumeGeometry, orientation: Orientation) -> AxisMapping:
    """Choose the index axes nearest to a standard plane (each axis is used once).

    For volumes without known orientation the stored image (row, column, slice) is AXIAL.
    """
    u_target, v_target = (np.asarray(v, np.float64) for v in SCREEN_AXES[orientation])
    axes = nearest_patient_axes(geometry.direction_lps)
    u_axis = axes[int(np.argmax(np.abs(u_target)))]
    v_axis = axes[int(np.argmax(np.abs(v_target)))]
    flip_u = float(geometry.direction_lps[u_axis] @ u_target) < 0
    flip_v = float(geometry.direction_lps[v_axis] @ v_target) < 0
    return AxisMapping(3 - u_axis - v_axis, v_axis, u_axis, flip_v, flip_u)


def nearest_patient_axes(direction_lps: FloatArray) -> tuple[int, int, int]:
    """Return the index axis nearest to each patient axis x, y, z: a permutation of 0, 1, 2."""
    weights = np.abs(direction_lps)
    x, y, z = max(
        permutations(range(3)),
        key=lambda axes: float(sum(weights[axis, patient] for patient, axis in enumerate(axes))),
    )
    return x, y, z


@lru_cache(maxsize=256)  # asked for several times by each view that a slice is joined to
def slice_plane(geometry: VolumeGeometry, orientation: Orientation, index: int) -> PlaneGeometry:
    """Return the pixel grid of slice `index` (0-based, along the volume's index axis)."""
    mapping = map_axes(geometry, orientation)
    start = [0.0, 0.0, 0.0]
    start[mapping.axis] = float(index)
    if mapping.flip_u:
        start[mapping.u_axis] = geometry.shape_zyx[mapping.u_axis] - 1.0
    if mapping.flip_v:
        start[mapping.v_axis] = geometry.shape_zyx[mapping.v_axis] - 1.0
    return PlaneGeometry(
        origin_lps_mm=geometry.index_to_lps(start),
        u_lps=geometry.direction_lps[mapping.u_axis] * (-1.0 if mapping.flip_u else 1.0),
        v_lps=geometry.direction_lps[mapping.v_axis] * (-1.0 if mapping.flip_v else 1.0),
        spacing_vu_mm=(
            geometry.spacing_zyx_mm[mapping.v_axis],
            geometry.spacing_zyx_mm[mapping.u_axis],
        ),
        shape_vu=(geometry.shape_zyx[mapping.v_axis], geometry.shape_zyx[mapping.u_axis]),
    )


def slice_count(geometry: VolumeGeometry, orientation: Orientation) -> int:
    """Return how many slices a volume has in a standard plane."""
    return geometry.shape_zyx[map_axes(geometry, orientation).axis]


def slice_index_at(
    geometry: VolumeGeometry, orientation: Orientation, point_lps_mm: ArrayLike
) -> int:
    """Return the slice of a standard plane that is nearest to a point, clipped to the volume."""
    axis = map_axes(geometry, orientation).axis
    index = round(float(geometry.lps_to_index(point_lps_mm)[axis]))
    return min(max(index, 0), geometry.shape_zyx[axis] - 1)


def acquisition_orientation(geometry: VolumeGeometry) -> Orientation:
    """Return the standard plane in which the slices were acquired (the plane across axis z)."""
    return next(o for o in Orientation if map_axes(geometry, o).axis == 0)


def turned(plane: PlaneGeometry, quarter_turns: int, mirrored: bool) -> PlaneGeometry:
    """Return the same plane as it stands on the screen after mirroring and turning.

    Parameters
    ----------
    quarter_turns : int
        Clockwise.
    mirrored : bool
        Left and right exchanged, before turning.
    """
    if mirrored:
        last = (plane.shape_vu[1] - 1) * plane.spacing_vu_mm[1]
        plane = replace(
            plane, origin_lps_mm=plane.origin_lps_mm + last * plane.u_lps, u_lps=-plane.u_lps
        )
    for _ in range(quarter_turns % 4):
        last = (plane.shape_vu[0] - 1) * plane.spacing_vu_mm[0]
        plane = PlaneGeometry(
            origin_lps_mm=plane.origin_lps_mm + last * plane.v_lps,
            u_lps=-plane.v_lps,
            v_lps=plane.u_lps,
            spacing_vu_mm=plane.spacing_vu_mm[::-1],
            shape_vu=plane.shape_vu[::-1],
        )
    return plane
