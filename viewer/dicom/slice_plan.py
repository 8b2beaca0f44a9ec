"""How each slice of a volume is made from images: as they are, interpolated, shifted, or not."""

from dataclasses import dataclass

import numpy as np

from viewer.core.geometry import FloatArray


@dataclass(frozen=True, slots=True)
class SlicePlan:
    """How one slice of the volume is made from images.

    Attributes
    ----------
    frames : tuple of int
        One index into the ordered images, or two to interpolate between.
    weight : float
        Share of the second image.
    shifts_yx_px : tuple of (float, float)
        For each image, where its pixel (0, 0) lies in the volume's matrix; empty: at (0, 0).
    """

    frames: tuple[int, ...]
    weight: float = 0.0
    shifts_yx_px: tuple[tuple[float, float], ...] = ()

    @property
    def is_direct(self) -> bool:
        """Whether the slice is an image as it is."""
        return len(self.frames) == 1 and not self.shifts_yx_px

    @property
    def nearest(self) -> int:
        """The image that has the larger share."""
        return self.frames[-1] if self.weight > 0.5 else self.frames[0]


Plans = tuple[SlicePlan | None, ...]
"""For each slice of a volume, how it is made; None: a placeholder for a missing slice."""


def one_to_one(count: int) -> Plans:
    """Plan a slice for each of the images."""
    return tuple(SlicePlan((index,)) for index in range(count))


def with_gaps(slots: list[int]) -> Plans:
    """Plan a slice for each image at its place in the grid, and placeholders between."""
    plan: list[SlicePlan | None] = [None] * (slots[-1] + 1)
    for frame, slot in enumerate(slots):
        plan[slot] = SlicePlan((frame,))
    return tuple(plan)


def interpolated(depth_mm: FloatArray, wanted_mm: FloatArray, unimaged: list[bool]) -> Plans:
    """Plan each regular slice from its two neighbours, linearly.

    Parameters
    ----------
    depth_mm : ndarray, shape (n,)
        Of the images along the normal, ascending from 0.
    wanted_mm : ndarray, shape (m,)
        Of the slices, from 0.
    unimaged : list of bool
        For each of the n - 1 steps, whether nothing was imaged there: placeholders, but for the
        slices less than half a step from the images at the ends.
    """
    plan: list[SlicePlan | None] = []
    for depth in wanted_mm:
        below = int(np.clip(np.searchsorted(depth_mm, depth, "right") - 1, 0, len(depth_mm) - 2))
        span = depth_mm[below + 1] - depth_mm[below]
        weight = float(np.clip((depth - depth_mm[below]) / span, 0.0, 1.0))
        if weight < 1e-6:
            plan.append(SlicePlan((below,)))
        elif weight > 1 - 1e-6:
            plan.append(SlicePlan((below + 1,)))
        elif unimaged[below]:
            nearest = below + round(weight)
            is_beside = abs(depth_mm[nearest] - depth) <= wanted_mm[1] / 2
            plan.append(SlicePlan((nearest,)) if is_beside else None)
        else:
            plan.append(SlicePlan((below, below + 1), weight))
    return tuple(plan)


def moved(one: SlicePlan, shift_px: FloatArray) -> SlicePlan:
    """Shift the images of a slice in their plane.

    Parameters
    ----------
    shift_px : ndarray, shape (n, 2)
        For every image, where its pixel (0, 0) comes to lie (y, x).
    """
    shifts = tuple((float(shift_px[i, 0]), float(shift_px[i, 1])) for i in one.frames)
    return SlicePlan(one.frames, one.weight, shifts)
