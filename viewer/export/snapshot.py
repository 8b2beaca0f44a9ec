"""One picture to be exported, as a frozen value: pixels, overlays and where they lie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.drawable import Drawable
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform, place

PixelArray = NDArray[np.uint8]

SMALLEST_LONG_SIDE_PX = 1024
"""Letters need room: a smaller slice is enlarged until its longer side has so many pixels."""
LARGEST_LONG_SIDE_PX = 4096
LETTERS_PER_PX = 1 / 900
"""Size of letters and lines in relation to the longer side; 1 where a viewport is 900 px."""


@dataclass(frozen=True, slots=True)
class SnapshotFrame:
    """How large the picture is and where the slice lies in it.

    Attributes
    ----------
    size_px : tuple of int
        Width and height of the picture.
    transform : ScreenTransform
        Plane millimetres to its pixels; they are square, whatever the voxels are.
    scale : float
        Factor on lines, letters and gaps.
    """

    size_px: tuple[int, int]
    transform: ScreenTransform
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class ExportSnapshot:
    """A picture that is ready to be painted.

    Attributes
    ----------
    image : ndarray of uint8, shape (v, u) or (v, u, 3)
        The slice after the window, in its own matrix.
    plane : PlaneGeometry
        Where its pixels lie.
    frame : SnapshotFrame
        Size of the result and place of the slice in it.
    drawables : tuple of Drawable
        Overlays in drawing order.
    """

    image: PixelArray
    plane: PlaneGeometry
    frame: SnapshotFrame
    drawables: tuple[Drawable, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ReportPicture:
    """A picture of a report, and what stands under it."""

    caption: str
    snapshot: ExportSnapshot


def frame_for(plane: PlaneGeometry) -> SnapshotFrame:
    """Return the frame that shows a whole slice with at least one pixel for each voxel."""
    width_mm, height_mm = plane.size_uv_mm
    longer_mm = max(width_mm, height_mm)
    native_px = longer_mm / min(plane.spacing_vu_mm)
    long_side = min(max(native_px, SMALLEST_LONG_SIDE_PX), LARGEST_LONG_SIDE_PX)
    size = (
        max(round(width_mm / longer_mm * long_side), 1),
        max(round(height_mm / longer_mm * long_side), 1),
    )
    transform = place(plane, (float(size[0]), float(size[1])))
    return SnapshotFrame(size, transform, long_side * LETTERS_PER_PX)
