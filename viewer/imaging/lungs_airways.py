"""Windpipe and main bronchi, followed slice by slice from the top and kept out of the lungs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import VolumeGeometry
from viewer.core.volume import MaskArray, VoxelArray

AIR_HU = -750.0
"""Below: air of an airway (its wall and partial volume lie above)."""
START_MM2 = (60.0, 800.0)
"""Area of a windpipe where following starts."""
LEAST_MM2 = 30.0
"""Smaller lumens are bronchi within the lung and belong to it."""
GROWTH = 1.6
"""A lumen that grows more than this between slices has leaked into a lung."""
MIDLINE_MM = 45.0
"""The windpipe starts within this distance of the middle of the body."""
LARGEST_PLANE = 256
"""Planes are thinned to at most about this many pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class _Planes:
    """Thinned planes of a volume, from the head downwards."""

    data: VoxelArray
    order: list[int]
    step: int
    pixel_mm2: float
    invalid: MaskArray | None

    def air(self, z: int) -> MaskArray:
        thin = self.data[z, :: self.step, :: self.step]
        found = thin < AIR_HU
        if self.invalid is not None:
            found &= ~self.invalid[z, :: self.step, :: self.step]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Airways:
    """What was found: a mask of thinned planes for each slice that has airways."""

    planes: dict[int, MaskArray]
    step: int

    @property
    def found(self) -> bool:
        """Whether a windpipe was found."""
        return bool(self.planes)

    def plane(self, z: int, shape_yx: tuple[int, int]) -> MaskArray | None:
        """Return the airways of a slice in the full matrix, or None."""
        thin = self.planes.get(z)
        if thin is None:
            return None
        large = np.repeat(np.repeat(thin, self.step, 0), self.step, 1)
        return large[: shape_yx[0], : shape_yx[1]]


def follow_airways(
    data: VoxelArray,
    geometry: VolumeGeometry,
    middle_yx: tuple[float, float],
    invalid: MaskArray | None = None,
) -> Airways:
    """Follow the windpipe downwards into the main bronchi.

    Parameters
    ----------
    data : ndarray, shape (z, y, x)
        HU.
    geometry : VolumeGeometry
        Of `data`.
    middle_yx : tuple of float
        Row and column of the middle of the body.
    invalid : ndarray of bool, optional
        Voxels without a measurement.
    """
    dz, dy, dx = geometry.spacing_zyx_mm
    step = max(1, round(max(data.shape[1:]) / LARGEST_PLANE))
    # From the head: slices run down where the z axis points up.
    order = list(range(data.shape[0]))
    if geometry.direction_lps[0][2] > 0:
        order.reverse()
    planes = _Planes(data, order, step, dy * dx * step * step, invalid)
    every = max(1, round(1.5 / dz))
    start = _find_start(planes, (middle_yx[0] / step, middle_yx[1] / step), dx * step, every, dz)
    if start is None:
        return Airways({}, step)
    return Airways(_follow(planes, *start), step)


def _find_start(
    planes: _Planes, middle_yx: tuple[float, float], pixel_mm: float, every: int, dz: float
) -> tuple[int, MaskArray] | None:
    """Return the first place (in order) and region that look like a windpipe for 12 mm."""
    last = max(1, int(len(planes.order) * 0.6))
    for place in range(0, last, every):
        for region in _round_regions(planes, place, middle_yx, pixel_mm):
            steps = max(1, round(12 / dz))
            below = planes.order[place : place + steps + 1]
            if len(below) > steps and all(
                _stays_round(planes, z, region) for z in below[:: max(1, steps // 3)]
            ):
                return place, region
    return None


def _round_regions(
    planes: _Planes, place: int, middle_yx: tuple[float, float], pixel_mm: float
) -> list[MaskArray]:
    """Return the round pieces of air near the middle, the nearest first."""
    from scipy import ndimage

    labels, count = ndimage.label(planes.air(planes.order[place]))
    found = []
    areas = np.bincount(labels.ravel(), minlength=count + 1) * planes.pixel_mm2
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        if not START_MM2[0] <= areas[number] <= START_MM2[1]:
            continue
        height, width = (part.stop - part.start for part in box)
        fill = areas[number] / planes.pixel_mm2 / (height * width)
        away = (box[1].start + box[1].stop - 1) / 2 - middle_yx[1]
        # A tall reach towards the front: in a lying patient the windpipe is not near the back.
        if max(height, width) < 2.4 * min(height, width) and fill > 0.6:
            distance = abs(away) * pixel_mm
            if distance < MIDLINE_MM:
                found.append((distance, number))
    return [labels == number for _, number in sorted(found)]


def _stays_round(planes: _Planes, z: int, region: MaskArray) -> bool:
    """Tell whether a region goes on in slice z with about the same area."""
    inside = planes.air(z) & region
    return float(inside.sum()) > 0.5 * float(region.sum())


def _follow(planes: _Planes, place: int, region: MaskArray) -> dict[int, MaskArray]:
    """Follow a region downwards through its branches until each leaks or ends."""
    found: dict[int, MaskArray] = {}
    previous = region
    for z in planes.order[place:]:
        previous = _next_lumens(planes.air(z), previous, planes.pixel_mm2)
        if not previous.any():
            break
        found[z] = previous
    return found


def _next_lumens(air: MaskArray, previous: MaskArray, pixel_mm2: float) -> MaskArray:
    """Return the lumens of a slice that go on from those of the slice before."""
    from scipy import ndimage

    rows, columns = np.nonzero(previous)
    margin = 12
    box = (
        slice(max(rows.min() - margin, 0), rows.max() + margin + 1),
        slice(max(columns.min() - margin, 0), columns.max() + margin + 1),
    )
    kept = np.zeros_like(air)
    labels, _ = ndimage.label(air[box])
    before, _ = ndimage.label(previous[box])
    areas: NDArray[np.int64] = np.bincount(labels.ravel())
    for number in np.unique(labels[(before > 0) & (labels > 0)]):
        region = labels == number
        parents = np.isin(before, np.unique(before[region & (before > 0)]))
        allowed = GROWTH * float(parents.sum()) + 60 / pixel_mm2
        if areas[number] <= allowed and areas[number] * pixel_mm2 >= LEAST_MM2:
            kept[box] |= region
    return kept
