"""What a surface is asked to be: its request, and the named presets."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from viewer.core.errors import ViewerError
from viewer.core.geometry import VolumeGeometry
from viewer.core.volume import MaskArray, Padding, Volume, VoxelArray
from viewer.imaging.mesh import check_reduction

SCREEN_SAMPLES = 16_000_000
"""Samples of a surface for the screen: 250 x 250 x 250; None in a request is full resolution."""
SKIN_HU = -300.0
"""Between air and fat: where the body begins."""
AIR = -1000.0
"""What voxels without a measurement count as (lower still where the threshold asks for it)."""
CLEARANCE = 200.0
"""What a surface is not about is put this far on the other side of its threshold."""


MAX_SMOOTH_MM = 50.0
"""More than this leaves nothing of a body, and only takes time."""


class SurfaceKind(StrEnum):
    """What a surface encloses."""

    ABOVE = "above"
    """All voxels at or above the threshold."""
    BODY = "body"
    """The body with its cavities filled, without the table."""
    LUNGS = "lungs"
    """Lungs and airways: the large air spaces in the body, below the threshold."""


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceRequest:
    """Everything that a surface depends on beside the voxels; it can be pickled.

    Attributes
    ----------
    geometry : VolumeGeometry
        Of the voxels.
    threshold : float
        In the volume's unit (HU for CT).
    kind : SurfaceKind
        What the surface encloses.
    smooth_mm : float
        Sigma of the Gaussian that the voxels are blurred with, up to `MAX_SMOOTH_MM`; 0 for
        none.
    reduce : float
        Part of the triangles to remove afterwards, 0 up to, but not including, 1.
    max_samples : int or None
        The volume is averaged down to at most so many samples; None keeps full resolution.
    padding, placeholders
        Of the volume: what holds no measurement counts as air.
    """

    geometry: VolumeGeometry
    threshold: float
    kind: SurfaceKind = SurfaceKind.ABOVE
    smooth_mm: float = 0.0
    reduce: float = 0.0
    max_samples: int | None = SCREEN_SAMPLES
    padding: Padding | None = None
    placeholders: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_reduction(self.reduce)
        if not np.isfinite(self.threshold):
            raise ViewerError("The surface cannot be made", "its threshold is not a number")
        if not 0 <= self.smooth_mm <= MAX_SMOOTH_MM:
            raise ViewerError(
                "The surface cannot be made",
                f"it cannot be smoothed by {self.smooth_mm:g} mm",
                f"Smooth by 0 to {MAX_SMOOTH_MM:g} mm.",
            )

    @property
    def air(self) -> float:
        """Value that voxels without a measurement count as; always below the threshold."""
        return min(AIR, self.threshold - CLEARANCE)

    def invalid(self, data: VoxelArray, z: int) -> MaskArray | None:
        """Tell which voxels of data[z], shape (y, x), hold no measurement; None where all do."""
        plane = data[z]
        if z in self.placeholders:
            return np.ones(plane.shape, bool)
        if self.padding is None or np.isnan(self.padding.low[z]):
            return None
        return np.asarray((plane >= self.padding.low[z]) & (plane <= self.padding.high[z]), bool)


@dataclass(frozen=True, slots=True)
class SurfacePreset:
    """A named surface; the threshold is in HU."""

    id: str
    name: str
    kind: SurfaceKind
    threshold_hu: float
    smooth_mm: float
    reduce: float
    colour: str


SURFACE_PRESETS: tuple[SurfacePreset, ...] = (
    SurfacePreset("bone", "Bone", SurfaceKind.ABOVE, 300, 0.7, 0.5, "#e8dcc0"),
    SurfacePreset("skin", "Skin", SurfaceKind.BODY, SKIN_HU, 1.5, 0.7, "#d9a98c"),
    SurfacePreset("lungs", "Lungs and airways", SurfaceKind.LUNGS, -400, 1.0, 0.6, "#7fb2d9"),
)


def surface_request(
    volume: Volume,
    threshold: float,
    kind: SurfaceKind = SurfaceKind.ABOVE,
    *,
    smooth_mm: float = 0.0,
    reduce: float = 0.0,
    max_samples: int | None = SCREEN_SAMPLES,
) -> SurfaceRequest:
    """Make the request for a volume; `volume.data` goes to `extract_surface` beside it.

    Raises
    ------
    ViewerError
        The volume is in colour, or a number is out of its range.
    """
    if volume.is_colour:
        raise ViewerError("The surface cannot be made", "a colour image has no threshold")
    return SurfaceRequest(
        geometry=volume.geometry,
        threshold=float(threshold),
        kind=kind,
        smooth_mm=float(smooth_mm),
        reduce=float(reduce),
        max_samples=max_samples,
        padding=volume.padding,
        placeholders=volume.placeholders,
    )
