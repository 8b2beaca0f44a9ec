"""Volumes for tests: any array on any grid, without files."""

from itertools import permutations, product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.core.geometry import VolumeGeometry
from viewer.core.study import Stack, StackKey
from viewer.core.volume import Padding, Volume

AXIAL = np.array([[0.0, 0, 1], [0, 1, 0], [1, 0, 0]])
"""Directions of a plain axial series: slices to the head, rows to the back, columns to the left."""


def geometry(
    shape_zyx: tuple[int, ...],
    spacing_zyx_mm: tuple[float, float, float] = (2.5, 0.7, 0.8),
    origin_lps_mm: ArrayLike = (-120.0, -150.0, 30.0),
    direction_lps: NDArray[np.float64] = AXIAL,
    **other: Any,
) -> VolumeGeometry:
    """Make a geometry; spacing and origin are asymmetric unless given."""
    z, y, x = shape_zyx[:3]
    return VolumeGeometry(
        (z, y, x), spacing_zyx_mm, np.asarray(origin_lps_mm, float), direction_lps, **other
    )


def volume(
    data: NDArray[Any],
    grid: VolumeGeometry | None = None,
    *,
    padding: Padding | None = None,
    placeholders: tuple[int, ...] = (),
    unit: str | None = "HU",
) -> Volume:
    """Make a volume of CT numbers from an array."""
    place = grid if grid is not None else geometry(data.shape)
    stack = Stack(
        key=StackKey("1.2.3", 0),
        modality="CT",
        frames=(),
        frame_of_slice=(),
        geometry=place,
        dtype=str(data.dtype),
        unit=unit,
        samples=3 if data.ndim == 4 else 1,
    )
    return Volume(stack, data, place, padding, placeholders=placeholders)


def padding_value(value: float, slices: int) -> Padding:
    """Make the padding of a volume in which one value means "nothing measured"."""
    line = np.full(slices, value, np.float32)
    return Padding(line, line.copy())


def rotation(angles_deg: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return a proper rotation: about x, then y, then z."""
    a, b, c = np.deg2rad(angles_deg)
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def signed_permutations() -> list[NDArray[np.float64]]:
    """Return the 48 direction matrices whose axes lie along the patient's."""
    return [
        np.eye(3)[list(order)] * np.array(signs)[:, None]
        for order in permutations(range(3))
        for signs in product((1.0, -1.0), repeat=3)
    ]
