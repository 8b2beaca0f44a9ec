"""What a surface is made with: the values that the Surface panel edits, and their presets."""

from dataclasses import dataclass, replace

import numpy as np

from viewer.core.volume import Volume
from viewer.i18n import tr
from viewer.imaging.screen_surface import ScreenSurface
from viewer.imaging.surface import (
    SCREEN_SAMPLES,
    SURFACE_PRESETS,
    SurfaceKind,
    SurfacePreset,
    SurfaceRequest,
    surface_request,
)

HU_RANGE = (-1000.0, 2000.0)
_SAMPLE_STEP = 7  # every 7th voxel along each axis tells the range of numbers well enough


@dataclass(frozen=True, slots=True)
class SurfaceSettings:
    """What the panel shows and edits.

    Attributes
    ----------
    preset : str
        Id of the preset that the settings come from, "" once they were changed.
    threshold : float
        In the volume's unit.
    full_resolution : bool
        Use every voxel instead of averaging large volumes down.
    colour : str
        "#rrggbb".
    opacity : float
        0..1.
    """

    preset: str = ""
    kind: SurfaceKind = SurfaceKind.ABOVE
    threshold: float = 300.0
    smooth_mm: float = 0.7
    reduce: float = 0.5
    full_resolution: bool = False
    colour: str = "#e8dcc0"
    opacity: float = 1.0

    def same_shape(self, other: "SurfaceSettings") -> bool:
        """Whether both give the same triangles."""
        return replace(self, preset="", colour="", opacity=1.0) == replace(
            other, preset="", colour="", opacity=1.0
        )


def settings_of(preset: SurfacePreset, present: SurfaceSettings) -> SurfaceSettings:
    """Return the settings of a preset; resolution and opacity stay as they are."""
    return replace(
        present,
        preset=preset.id,
        kind=preset.kind,
        threshold=preset.threshold_hu,
        smooth_mm=preset.smooth_mm,
        reduce=preset.reduce,
        colour=preset.colour,
    )


def request_of(volume: Volume, settings: SurfaceSettings) -> SurfaceRequest:
    """Return what the compute process is asked for.

    Raises
    ------
    ViewerError
        The volume is in colour, or a number is out of its range.
    """
    return surface_request(
        volume,
        settings.threshold,
        settings.kind,
        smooth_mm=settings.smooth_mm,
        reduce=settings.reduce,
        max_samples=None if settings.full_resolution else SCREEN_SAMPLES,
    )


def preset_name(preset_id: str) -> str:
    """Return what a preset is called; "Surface" for settings of one's own."""
    return next((tr(p.name) for p in SURFACE_PRESETS if p.id == preset_id), tr("Surface"))


def presets_for(volume: Volume | None) -> tuple[tuple[str, str], ...]:
    """Return the presets (id, name) that make sense: none where the numbers are not HU."""
    if volume is None or volume.stack.unit != "HU" or volume.is_colour:
        return ()
    return tuple((preset.id, tr(preset.name)) for preset in SURFACE_PRESETS)


def threshold_range(volume: Volume) -> tuple[float, float]:
    """Return the ends of the threshold slider in the volume's unit."""
    if volume.stack.unit == "HU":
        return HU_RANGE
    values = volume.data[::_SAMPLE_STEP, ::_SAMPLE_STEP, ::_SAMPLE_STEP]
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (low, high) if high > low else (low, low + 1.0)


def describe_surface(surface: ScreenSurface) -> str:
    """Say how many triangles there are and how large the surface is."""
    mesh, drawn = surface.mesh, surface.drawn
    low, high = mesh.bounds_lps_mm
    width, depth, height = high - low
    lines = [
        tr("{n_faces:,} triangles", n_faces=mesh.n_faces).replace(",", " "),
        tr(
            "{width:.0f} x {depth:.0f} x {height:.0f} mm (L-R x A-P x S-I)",
            width=width,
            depth=depth,
            height=height,
        ),
    ]
    if drawn is not mesh:
        lines.append(tr("Drawn with {n_faces:,} of them", n_faces=drawn.n_faces).replace(",", " "))
    return "\n".join(lines)
