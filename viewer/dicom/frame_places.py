"""Where the frames of multi-frame objects without functional groups lie: dose grids, tomograms.

Source: PS3.3 C.8.8.3 (RT dose), C.8.4.8, C.8.4.11 and C.8.4.15 (nuclear medicine).
"""

from dataclasses import dataclass

import numpy as np

from viewer.dicom import tags
from viewer.dicom.elements import Values

Point = tuple[float, float, float]

_VECTORS = (
    (tags.ENERGY_WINDOW_VECTOR, "energy window"),
    (tags.RR_INTERVAL_VECTOR, "R-R interval"),
    (tags.TIME_SLOT_VECTOR, "time slot"),
    (tags.TIME_SLICE_VECTOR, "time slice"),
)
"""What else the frames of a reconstructed tomogram differ in; each value is a volume."""


@dataclass(frozen=True, slots=True)
class FramePlaces:
    """Places of all frames of an object.

    Attributes
    ----------
    positions : tuple of points
        LPS mm, one a frame.
    orientation : tuple of float
        Row and column cosines of all frames.
    time_points : tuple of str
        For each frame, which volume of the object it belongs to; empty where there is one.
    """

    positions: tuple[Point, ...]
    orientation: tuple[float, ...]
    time_points: tuple[str, ...] = ()


def frame_places(values: Values, frames: int) -> FramePlaces | None:
    """Return where the frames lie, or None where the object does not say it.

    Raises
    ------
    DamagedError
        A sequence cannot be followed.
    """
    return _dose_grid(values, frames) or _tomogram(values, frames)


def _dose_grid(values: Values, frames: int) -> FramePlaces | None:
    """Place the frames along the normal by the offset vector."""
    offsets = [float(n) for n in values.numbers(tags.GRID_FRAME_OFFSET_VECTOR) if n is not None]
    return _along_normal(values, [n - offsets[0] for n in offsets], frames) if offsets else None


def _tomogram(values: Values, frames: int) -> FramePlaces | None:
    """Place reconstructed slices by their number, the sign of the spacing giving the direction."""
    numbers = _per_frame(values, tags.SLICE_VECTOR, frames)
    spacing = values.number(tags.SPACING_BETWEEN_SLICES)
    detector = values.item(tags.DETECTOR_INFORMATION_SEQUENCE)
    is_tomogram = any(code.startswith("RECON") for code in values.codes(tags.IMAGE_TYPE)[2:3])
    if not (numbers and spacing and detector and is_tomogram):
        return None
    offsets = [(number - 1) * spacing for number in numbers]
    own = detector if detector.has(tags.IMAGE_POSITION_PATIENT) else values
    places = _along_normal(own, offsets, frames)
    if places is None:
        return None
    return FramePlaces(places.positions, places.orientation, _volumes(values, frames))


def _volumes(values: Values, frames: int) -> tuple[str, ...]:
    """Name the volume of each frame by the vectors that take more than one value."""
    differing = [
        (name, numbers)
        for tag, name in _VECTORS
        if len(set(numbers := _per_frame(values, tag, frames))) > 1
    ]
    if not differing:
        return ()
    return tuple(
        ", ".join(f"{name} {numbers[frame]}" for name, numbers in differing)
        for frame in range(frames)
    )


def _along_normal(own: Values, offsets_mm: list[float], frames: int) -> FramePlaces | None:
    position = own.finite(tags.IMAGE_POSITION_PATIENT, 3)
    orientation = own.finite(tags.IMAGE_ORIENTATION_PATIENT, 6)
    if len(offsets_mm) != frames or position is None or orientation is None:
        return None
    normal = np.cross(orientation[:3], orientation[3:])
    points = (np.asarray(position) + offset * normal for offset in offsets_mm)
    return FramePlaces(tuple((float(p[0]), float(p[1]), float(p[2])) for p in points), orientation)


def _per_frame(values: Values, tag: int, frames: int) -> tuple[int, ...]:
    numbers = values.shorts(tag)
    return numbers if len(numbers) == frames else ()
