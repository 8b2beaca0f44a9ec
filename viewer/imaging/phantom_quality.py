"""The phantom of the self-check: known HU, lengths, volumes and directions, in any geometry.

It is a function of the place in the patient, not an array: each variant (feet first, prone, with
a tilted gantry) is sampled anew where its slices lie, so that no code under test takes part. No
flip or swap of axes leaves it as it is.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.shapes import PointLps

SHAPE_ZYX = (46, 88, 108)
SPACING_ZYX_MM = (1.5, 0.8, 0.75)
AIR_HU, WATER_HU = -1000, 0
CENTRE_LPS_MM = np.array([12.0, -35.0, 240.0])
"""Where the phantom stands: off the origin, so that a forgotten origin is seen."""
BODY_HALF_AXES_MM = (36.0, 31.0)
"""Of the elliptic water cylinder, to the left and to the back."""
_TEXTURE_MM = np.array([0.75, 0.8, 1.5])
_FINENESS = 4  # samples along each axis of a voxel at the edge of an object
_RAMP_FROM_MM, _RAMP_TO_MM = (-22.0, -29.0, -28.0), (22.0, -22.0, -14.0)
RAMP_HU = (-1000.0, 1000.0)


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball; `centre_mm` is LPS, seen from the phantom's own centre."""

    name: str
    centre_mm: PointLps
    radius_mm: float
    hu: int

    @property
    def centre_lps(self) -> FloatArray:
        """Centre in patient millimetres."""
        return np.asarray(CENTRE_LPS_MM + np.asarray(self.centre_mm), np.float64)

    @property
    def volume_mm3(self) -> float:
        """Exact volume."""
        return float(4 / 3 * np.pi * self.radius_mm**3)

    @property
    def half_size_mm(self) -> PointLps:
        """Half of the box around it."""
        return self.radius_mm, self.radius_mm, self.radius_mm

    def contains(self, delta_mm: FloatArray) -> NDArray[np.bool_]:
        """Tell which places, shape (..., 3) from its centre, lie within."""
        return np.asarray((delta_mm**2).sum(axis=-1) <= self.radius_mm**2, np.bool_)


@dataclass(frozen=True, slots=True)
class Rod:
    """A cylinder along the patient's long axis; `texture_hu` is added and taken in turn."""

    name: str
    centre_mm: PointLps
    radius_mm: float
    length_mm: float
    hu: int
    texture_hu: int = 0

    @property
    def centre_lps(self) -> FloatArray:
        """Centre in patient millimetres."""
        return np.asarray(CENTRE_LPS_MM + np.asarray(self.centre_mm), np.float64)

    @property
    def volume_mm3(self) -> float:
        """Exact volume."""
        return float(np.pi * self.radius_mm**2 * self.length_mm)

    @property
    def half_size_mm(self) -> PointLps:
        """Half of the box around it."""
        return self.radius_mm, self.radius_mm, self.length_mm / 2

    def contains(self, delta_mm: FloatArray) -> NDArray[np.bool_]:
        """Tell which places, shape (..., 3) from its centre, lie within."""
        across = (delta_mm[..., :2] ** 2).sum(axis=-1) <= self.radius_mm**2
        return np.asarray(across & (np.abs(delta_mm[..., 2]) <= self.length_mm / 2), np.bool_)


SPHERE = Ball("sphere", (-9.0, -5.0, 17.0), 11.0, 300)
INSERTS = (
    Rod("air", (22.0, -8.0, -12.0), 5.0, 30.0, -1000),
    Rod("lung", (15.0, 11.0, -12.0), 5.0, 30.0, -800),
    Rod("fat", (-2.0, 18.0, -12.0), 5.0, 30.0, -100),
    Rod("water", (2.0, -3.0, -12.0), 5.0, 30.0, WATER_HU),
    Rod("soft tissue", (-19.0, 11.0, -12.0), 5.0, 30.0, 55, texture_hu=10),
    Rod("contrast", (-24.0, -7.0, -12.0), 5.0, 30.0, 300),
    Rod("bone", (-11.0, -9.0, -12.0), 5.0, 30.0, 1200),
)
"""The HU inserts; the soft tissue one has a chessboard of 10 HU about its mean."""
CORNER = Ball("corner", (-12.0, 8.0, 8.0), 2.5, 2000)
LEFT = Ball("left", (20.0, 8.0, 8.0), 2.5, 2000)
BACK = Ball("back", (12.0, 24.0, 8.0), 2.5, 2000)
HEAD = Ball("head", (-12.0, 18.0, 26.0), 2.5, 2000)
SIDE = Ball("side", (20.0, 8.0, 26.0), 2.5, 2000)
BEADS = (CORNER, LEFT, BACK, HEAD, SIDE)
"""Small balls between which lengths and angles are measured: in every plane a pair, and askew."""


def quality_geometry(tilt_deg: float = 0.0) -> VolumeGeometry:
    """Return the usual geometry: axial, head first supine, voxels of 1.5 x 0.8 x 0.75 mm.

    Parameters
    ----------
    tilt_deg : float
        Angle by which the line of the slices leans to the back, as with a tilted gantry.
    """
    lean = np.radians(tilt_deg)
    direction = np.array([[0, np.sin(lean), np.cos(lean)], [0, 1, 0], [1, 0, 0]], np.float64)
    # A quarter of a voxel off the centre: no edge of an object falls on a voxel's centre.
    middle = (np.asarray(SHAPE_ZYX) - 1) / 2 + 0.25
    steps = direction * np.asarray(SPACING_ZYX_MM)[:, None]
    return VolumeGeometry(SHAPE_ZYX, SPACING_ZYX_MM, CENTRE_LPS_MM - middle @ steps, direction)


def feet_first_prone() -> VolumeGeometry:
    """Return the same voxels as a scanner numbers them for a patient feet first on the belly."""
    usual = quality_geometry()
    z, y, _ = SHAPE_ZYX
    turned = usual.direction_lps * np.array([[-1.0], [-1.0], [1.0]])
    return replace(usual, origin_lps_mm=usual.index_to_lps((z - 1, y - 1, 0)), direction_lps=turned)


def on_the_side() -> VolumeGeometry:
    """Return the same voxels for a patient head first on one side: rows and columns exchanged."""
    usual = quality_geometry()
    (z, y, x), (dz, dy, dx) = SHAPE_ZYX, SPACING_ZYX_MM
    head, back, left = usual.direction_lps
    return VolumeGeometry(
        shape_zyx=(z, x, y),
        spacing_zyx_mm=(dz, dx, dy),
        origin_lps_mm=usual.index_to_lps((0, y - 1, 0)),
        direction_lps=np.stack([head, left, -back]),
    )


def quality_phantom(geometry: VolumeGeometry) -> NDArray[np.int16]:
    """Sample the phantom.

    Parameters
    ----------
    geometry : VolumeGeometry
        Where the voxels lie; the axes need not be at right angles.

    Returns
    -------
    ndarray, shape (z, y, x), int16
        HU. Voxels at the edge of an object hold a share of it, as in a scanner.
    """
    delta = geometry.index_to_lps(_indices(geometry.shape_zyx)) - CENTRE_LPS_MM
    half = np.asarray(BODY_HALF_AXES_MM)
    in_body = ((delta[..., :2] / half) ** 2).sum(axis=-1) <= 1
    hu = np.where(in_body, float(WATER_HU), float(AIR_HU))
    _add_ramp(hu, delta)
    for item in (SPHERE, *INSERTS, *BEADS):
        _add(hu, geometry, item)
    return np.asarray(np.rint(hu), np.int16)


def ramp_hu(left_mm: FloatArray) -> FloatArray:
    """Return the HU of the grey ramp at a distance to the left of the phantom's centre."""
    share = (left_mm - _RAMP_FROM_MM[0]) / (_RAMP_TO_MM[0] - _RAMP_FROM_MM[0])
    return np.asarray(RAMP_HU[0] + share * (RAMP_HU[1] - RAMP_HU[0]), np.float64)


def reference_tile() -> NDArray[np.uint16]:
    """Return the stored values of the reference frames: (28, 36), 12 bits, no symmetry.

    A slope along each axis, and a brighter ellipse off the middle.
    """
    y, x = np.indices((28, 36))
    tile = 320 + 48 * x + 36 * y
    tile[((x - 22) / 9.0) ** 2 + ((y - 9) / 6.0) ** 2 <= 1] += 900
    return tile.astype(np.uint16)


def _indices(shape_zyx: tuple[int, ...]) -> FloatArray:
    return np.asarray(np.moveaxis(np.indices(shape_zyx), 0, -1), np.float64)


def _add_ramp(hu: FloatArray, delta: FloatArray) -> None:
    low, high = np.asarray(_RAMP_FROM_MM), np.asarray(_RAMP_TO_MM)
    inside = ((delta >= low) & (delta <= high)).all(axis=-1)
    hu[inside] = ramp_hu(delta[..., 0][inside])


def _add(hu: FloatArray, geometry: VolumeGeometry, item: Ball | Rod) -> None:
    """Blend one object in by the share of each voxel that it fills."""
    corners = item.centre_lps + np.array(list(product((-1, 1), repeat=3))) * item.half_size_mm
    index = geometry.lps_to_index(corners)
    low = np.maximum(np.floor(index.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(index.max(axis=0)).astype(int) + 2, geometry.shape_zyx)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    places = _indices(tuple(int(n) for n in high - low)) + low
    offsets = (np.arange(_FINENESS) + 0.5) / _FINENESS - 0.5
    share = np.zeros(places.shape[:3])
    for offset in product(offsets, repeat=3):
        share += item.contains(geometry.index_to_lps(places + offset) - item.centre_lps)
    share /= _FINENESS**3
    value = np.full(share.shape, float(item.hu))
    if isinstance(item, Rod) and item.texture_hu:
        cells = np.floor((geometry.index_to_lps(places) - item.centre_lps) / _TEXTURE_MM)
        value += np.where(cells.sum(axis=-1) % 2 == 0, item.texture_hu, -item.texture_hu)
    hu[box] = hu[box] * (1 - share) + value * share
