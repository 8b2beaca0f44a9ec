"""Regions of an ultrasound image, and the scale that holds at a place of it (PS3.3 C.8.5.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from viewer.core.geometry import Calibration, VolumeGeometry

SCALE_TOLERANCE = 1e-4
"""Regions whose pixel sizes differ by no more than this share have one scale."""
_MM_PER_CM = 10.0
_EDGE_PX = 0.5 + 1e-6
"""A region reaches to the outer edges of its first and last pixels; points are rounded."""


class RegionFormat(StrEnum):
    """How the axes of a region are to be read."""

    UNKNOWN = "unknown"
    PLANE = "2D"
    M_MODE = "M-mode"
    SPECTRAL = "spectral"
    WAVEFORM = "waveform"
    GRAPHICS = "graphics"


_NO_LENGTHS = frozenset({RegionFormat.M_MODE, RegionFormat.SPECTRAL, RegionFormat.WAVEFORM})
"""One of their axes is time or speed."""


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """A rectangle of an ultrasound image with axes of its own.

    Attributes
    ----------
    x0, y0, x1, y1 : int
        First and last column and row, counted from 0; the last ones belong to it.
    format : RegionFormat
        What its axes are.
    what : str
        In words: "2D tissue", "spectral PW Doppler".
    units : tuple of str
        Along x and y: "cm", "s", "cm/s" ...
    delta : tuple of (float or None)
        Physical step from pixel to pixel along x and y, with its sign.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    format: RegionFormat
    what: str
    units: tuple[str, str]
    delta: tuple[float | None, float | None]

    @property
    def spacing_yx_mm(self) -> tuple[float, float] | None:
        """Pixel size in the patient, or None where the region shows no plane in centimetres."""
        dx, dy = self.delta
        is_plane = self.format is RegionFormat.PLANE and self.units == ("cm", "cm")
        if not (is_plane and dx and dy):
            return None
        return abs(dy) * _MM_PER_CM, abs(dx) * _MM_PER_CM

    def holds(self, index_yx: ArrayLike) -> bool:
        """Tell whether every point lies inside; (fractional) rows and columns, shape (..., 2)."""
        return bool(np.all(self._inside(index_yx)))

    def touches(self, index_yx: ArrayLike) -> bool:
        """Tell whether any point lies inside; (fractional) rows and columns, shape (..., 2)."""
        return bool(np.any(self._inside(index_yx)))

    def _inside(self, index_yx: ArrayLike) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        index = np.asarray(index_yx, np.float64)
        low = np.array([self.y0, self.x0]) - _EDGE_PX
        high = np.array([self.y1, self.x1]) + _EDGE_PX
        return np.asarray(np.all((index >= low) & (index <= high), axis=-1), np.bool_)


@dataclass(frozen=True, slots=True)
class LocalScale:
    """What lengths mean at a place of an image.

    Attributes
    ----------
    calibration : Calibration
        NONE: lengths are in pixels there.
    spacing_yx_mm : tuple of float
        Pixel size; 1.0 and 1.0 (pixels) without a calibration.
    """

    calibration: Calibration
    spacing_yx_mm: tuple[float, float]


_PIXELS = LocalScale(Calibration.NONE, (1.0, 1.0))


def common_spacing(regions: Sequence[UltrasoundRegion]) -> tuple[float, float] | None:
    """Return the pixel size (y, x) in mm that all plane regions share, or None."""
    spacings = [s for region in regions if (s := region.spacing_yx_mm) is not None]
    if not spacings:
        return None
    first = np.asarray(spacings[0])
    same = np.all(np.abs(np.asarray(spacings) - first) <= SCALE_TOLERANCE * first)
    return spacings[0] if same else None


def scale_at(
    regions: Sequence[UltrasoundRegion], geometry: VolumeGeometry, points_lps_mm: ArrayLike
) -> LocalScale:
    """Return the scale for a mark of an acquired image.

    Millimetres of a region hold inside it only: a mark that leaves it has its lengths in pixels.

    Parameters
    ----------
    regions : sequence of UltrasoundRegion
        Of the image; empty for all but ultrasound.
    geometry : VolumeGeometry
        Of the volume that the image belongs to.
    points_lps_mm : array_like, shape (n, 3)
        The mark's grips.
    """
    if regions:
        index_yx = geometry.lps_to_index(points_lps_mm)[..., 1:]
        scaled = [region for region in regions if region.spacing_yx_mm is not None]
        for region in scaled:
            if region.holds(index_yx) and (spacing := region.spacing_yx_mm) is not None:
                return LocalScale(Calibration.PATIENT, spacing)
        if scaled or any(r.format in _NO_LENGTHS and r.touches(index_yx) for r in regions):
            return _PIXELS
    if geometry.calibration is Calibration.NONE:
        return _PIXELS
    return LocalScale(geometry.calibration, geometry.spacing_zyx_mm[1:])
