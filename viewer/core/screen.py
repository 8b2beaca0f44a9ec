"""Where a plane's millimetres land on a viewport's pixels: one mapping for screen and export."""

from dataclasses import dataclass

from viewer.core.plane import PlaneGeometry

MIN_ZOOM = 0.2
MAX_ZOOM = 40.0


@dataclass(frozen=True, slots=True)
class ScreenTransform:
    """Uniform scale and shift from plane millimetres (u right, v down) to viewport pixels.

    Attributes
    ----------
    px_per_mm : float
        Device-independent pixels for one millimetre; positive.
    origin_px : tuple of float
        Where the plane's (0, 0) lies: the centre of image pixel (row 0, column 0).
    """

    px_per_mm: float
    origin_px: tuple[float, float]

    def to_px(self, uv_mm: tuple[float, float]) -> tuple[float, float]:
        """Map plane millimetres to viewport pixels."""
        return (
            self.origin_px[0] + uv_mm[0] * self.px_per_mm,
            self.origin_px[1] + uv_mm[1] * self.px_per_mm,
        )

    def to_uv(self, px: tuple[float, float]) -> tuple[float, float]:
        """Map viewport pixels to plane millimetres; exact inverse of `to_px`."""
        return (
            (px[0] - self.origin_px[0]) / self.px_per_mm,
            (px[1] - self.origin_px[1]) / self.px_per_mm,
        )

    def scaled(self, factor: float) -> "ScreenTransform":
        """Return the same view on a viewport so many times as large."""
        x, y = self.origin_px
        return ScreenTransform(self.px_per_mm * factor, (x * factor, y * factor))

    @property
    def mm_per_px(self) -> float:
        """Millimetres under one device-independent pixel."""
        return 1.0 / self.px_per_mm


def center_uv_mm(plane: PlaneGeometry) -> tuple[float, float]:
    """Return the middle of the image in plane millimetres."""
    rows, columns = plane.shape_vu
    dv, du = plane.spacing_vu_mm
    return (columns - 1) / 2 * du, (rows - 1) / 2 * dv


def fit_scale(plane: PlaneGeometry, size_px: tuple[float, float]) -> float:
    """Return the pixels per millimetre at which the whole slice just fits the viewport."""
    width_mm, height_mm = plane.size_uv_mm
    width_px, height_px = max(size_px[0], 1.0), max(size_px[1], 1.0)
    return min(width_px / width_mm, height_px / height_mm)


def place(
    plane: PlaneGeometry,
    size_px: tuple[float, float],
    zoom: float = 1.0,
    pan_uv_mm: tuple[float, float] = (0.0, 0.0),
) -> ScreenTransform:
    """Place a plane in a viewport.

    Parameters
    ----------
    plane : PlaneGeometry
        What is shown.
    size_px : tuple of float
        Width and height of the viewport.
    zoom : float
        Factor on top of "fit".
    pan_uv_mm : tuple of float
        Shift of the slice centre from the viewport centre, in plane millimetres.
    """
    scale = fit_scale(plane, size_px) * zoom
    center = center_uv_mm(plane)
    return ScreenTransform(
        scale,
        (
            size_px[0] / 2 + (pan_uv_mm[0] - center[0]) * scale,
            size_px[1] / 2 + (pan_uv_mm[1] - center[1]) * scale,
        ),
    )


def zoom_at(
    plane: PlaneGeometry,
    size_px: tuple[float, float],
    zoom: float,
    pan_uv_mm: tuple[float, float],
    factor: float,
    px: tuple[float, float],
) -> tuple[float, tuple[float, float]]:
    """Change the zoom by a factor so that what lies under a pixel stays there.

    Returns
    -------
    zoom, pan_uv_mm
        The new values, the zoom held within MIN_ZOOM..MAX_ZOOM.
    """
    before = place(plane, size_px, zoom, pan_uv_mm).to_uv(px)
    new_zoom = min(max(zoom * factor, MIN_ZOOM), MAX_ZOOM)
    after = place(plane, size_px, new_zoom, pan_uv_mm).to_uv(px)
    return new_zoom, (
        pan_uv_mm[0] + after[0] - before[0],
        pan_uv_mm[1] + after[1] - before[1],
    )


def pan_to_center(plane: PlaneGeometry, uv_mm: tuple[float, float]) -> tuple[float, float]:
    """Return the pan that brings a point of the plane to the viewport's centre."""
    center = center_uv_mm(plane)
    return center[0] - uv_mm[0], center[1] - uv_mm[1]
