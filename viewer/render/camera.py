"""The camera of the 3D view: turns about the patient's long axis, so that the head stays up."""

from dataclasses import dataclass, replace
from math import cos, radians, sin, tan

import numpy as np
from numpy.typing import ArrayLike

from viewer.core.geometry import FloatArray
from viewer.i18n import mark
from viewer.imaging.ray import Ray

FIELD_OF_VIEW_DEG = 30.0
"""Angle over the shorter side of the view: little perspective, so that sizes compare."""
NEAREST_MM = 5.0
FARTHEST_MM = 20_000.0
FIT_MARGIN = 1.04
"""Air around a surface that just fits."""


@dataclass(frozen=True, slots=True)
class StandardView:
    """A view from one side of the patient, by the letter of that side."""

    letter: str
    name: str
    azimuth_deg: float
    elevation_deg: float


STANDARD_VIEWS: tuple[StandardView, ...] = (
    StandardView("A", mark("From the front (anterior)"), 0, 0),
    StandardView("P", mark("From behind (posterior)"), 180, 0),
    StandardView("L", mark("From the patient's left"), 90, 0),
    StandardView("R", mark("From the patient's right"), -90, 0),
    StandardView("S", mark("From the head (superior)"), 180, 90),
    StandardView("I", mark("From the feet (inferior)"), 0, -90),
)
"""S and I have the patient's front at the top, as axial images do."""


@dataclass(frozen=True, slots=True)
class OrbitCamera:
    """Where the eye is, in patient coordinates (LPS, millimetres).

    Attributes
    ----------
    center_lps_mm : tuple of float
        The point in the middle of the view, about which the camera turns.
    distance_mm : float
        From the eye to the centre.
    azimuth_deg : float
        0 looks from the front, 90 from the patient's left.
    elevation_deg : float
        90 looks from the head, -90 from the feet.
    """

    center_lps_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    distance_mm: float = 800.0
    azimuth_deg: float = 0.0
    elevation_deg: float = 0.0

    @property
    def rotation(self) -> FloatArray:
        """Rows: screen right, screen up and towards the eye, as LPS unit vectors; (3, 3)."""
        azimuth, elevation = radians(self.azimuth_deg), radians(self.elevation_deg)
        right = np.array([cos(azimuth), sin(azimuth), 0.0])
        towards_eye = np.array(
            [
                cos(elevation) * sin(azimuth),
                -cos(elevation) * cos(azimuth),
                sin(elevation),
            ]
        )
        return np.stack([right, np.cross(towards_eye, right), towards_eye])

    def view_matrix(self) -> FloatArray:
        """Return the 4 x 4 matrix from LPS millimetres to camera millimetres (z to the eye)."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.rotation
        matrix[:3, 3] = -self.rotation @ np.asarray(self.center_lps_mm)
        matrix[2, 3] -= self.distance_mm
        return matrix

    def projection_matrix(self, size_px: tuple[float, float], radius_mm: float) -> FloatArray:
        """Return the 4 x 4 perspective matrix for a view that has to show `radius_mm` in depth.

        Parameters
        ----------
        size_px : tuple of float
            Width and height of the view.
        radius_mm : float
            Farthest distance of a visible point from the camera's centre.
        """
        half_x, half_y = self._half_extents(size_px)
        near = max(self.distance_mm - radius_mm, self.distance_mm / 100)
        far = self.distance_mm + radius_mm
        matrix = np.zeros((4, 4))
        matrix[0, 0], matrix[1, 1] = 1 / half_x, 1 / half_y
        matrix[2, 2] = -(far + near) / (far - near)
        matrix[2, 3] = -2 * far * near / (far - near)
        matrix[3, 2] = -1
        return matrix

    def mm_per_px(self, size_px: tuple[float, float]) -> float:
        """Millimetres under one pixel at the camera's centre."""
        return 2 * self.distance_mm * self._half_extents(size_px)[0] / max(size_px[0], 1.0)

    def project(
        self, point_lps_mm: ArrayLike, size_px: tuple[float, float]
    ) -> tuple[float, float] | None:
        """Return the pixel (x right, y down) of a point; None behind the eye."""
        point = np.append(np.asarray(point_lps_mm, np.float64), 1.0)
        x, y, z, _ = self.view_matrix() @ point
        if z >= -1e-6:
            return None
        half_x, half_y = self._half_extents(size_px)
        return (
            float((1 + x / -z / half_x) / 2 * size_px[0]),
            float((1 - y / -z / half_y) / 2 * size_px[1]),
        )

    def ray(self, px: tuple[float, float], size_px: tuple[float, float]) -> Ray:
        """Return the line of sight through a pixel (x right, y down), from the eye."""
        half_x, half_y = self._half_extents(size_px)
        right, up, towards_eye = self.rotation
        across = (2 * px[0] / max(size_px[0], 1.0) - 1) * half_x
        upwards = (1 - 2 * px[1] / max(size_px[1], 1.0)) * half_y
        eye = np.asarray(self.center_lps_mm) + self.distance_mm * towards_eye
        ex, ey, ez = (float(v) for v in eye)
        dx, dy, dz = (float(v) for v in across * right + upwards * up - towards_eye)
        return Ray((ex, ey, ez), (dx, dy, dz))

    def orbited(self, azimuth_deg: float, elevation_deg: float) -> "OrbitCamera":
        """Turn about the long axis and tip, at most as far as straight from above or below."""
        return replace(
            self,
            azimuth_deg=(self.azimuth_deg + azimuth_deg + 180) % 360 - 180,
            elevation_deg=min(max(self.elevation_deg + elevation_deg, -90.0), 90.0),
        )

    def panned(self, dx_px: float, dy_px: float, size_px: tuple[float, float]) -> "OrbitCamera":
        """Move what is seen by pixels (x right, y down)."""
        right, up, _ = self.rotation
        step = (-dx_px * right + dy_px * up) * self.mm_per_px(size_px)
        x, y, z = np.asarray(self.center_lps_mm) + step
        return replace(self, center_lps_mm=(float(x), float(y), float(z)))

    def zoomed(self, factor: float) -> "OrbitCamera":
        """Come nearer (factor above 1) or go away."""
        distance_mm = min(max(self.distance_mm / factor, NEAREST_MM), FARTHEST_MM)
        return replace(self, distance_mm=distance_mm)

    def seen_from(self, view: StandardView) -> "OrbitCamera":
        """Look from a standard side, at the same place and distance."""
        return replace(self, azimuth_deg=view.azimuth_deg, elevation_deg=view.elevation_deg)

    def fitted(self, center_lps_mm: ArrayLike, radius_mm: float) -> "OrbitCamera":
        """Show a whole sphere about a point, from the same side."""
        x, y, z = (float(v) for v in np.asarray(center_lps_mm))
        distance_mm = FIT_MARGIN * radius_mm / sin(radians(FIELD_OF_VIEW_DEG / 2))
        return replace(self, center_lps_mm=(x, y, z), distance_mm=max(distance_mm, NEAREST_MM))

    def _half_extents(self, size_px: tuple[float, float]) -> tuple[float, float]:
        """Half width and height of the view at a distance of one."""
        width, height = max(size_px[0], 1.0), max(size_px[1], 1.0)
        half = tan(radians(FIELD_OF_VIEW_DEG / 2))
        return half * width / min(width, height), half * height / min(width, height)
