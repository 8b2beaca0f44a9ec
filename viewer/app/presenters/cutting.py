"""Cuts what a viewport shows; what takes long comes coarse at once, and exactly from a job."""

import math
from collections.abc import Callable
from functools import partial

from viewer.app.presenters.refining import Later, Refiner
from viewer.app.resolve import ResolvedView, view_image
from viewer.core.slab import SlabMode
from viewer.core.volume import Volume
from viewer.imaging.oblique import slab_planes
from viewer.imaging.reslice import PlaneSlice
from viewer.imaging.slab import slab_range
from viewer.jobs.runner import JobRunner

AT_ONCE_MS = 12.0
"""What may be cut while the reader's hand waits, by `cut_ms`."""
OBLIQUE_AT_ONCE_MS = 2.5
"""The same for oblique planes: three or four of them are cut for one movement."""

OBLIQUE_NS, _SLAB_NS = 30.0, 2.2  # for one sample, on one core of a busy server of 2023


class Cutter:
    """Cuts one viewport's picture and remembers the last one, for the windows it is given.

    Parameters
    ----------
    name : str
        Of the viewport: a newer cut of it supersedes an older one.
    runner, later, arrived
        See `viewer.app.presenters.refining.Refiner`.
    """

    def __init__(
        self,
        name: str,
        runner: JobRunner | None,
        later: Later,
        arrived: Callable[[], None],
    ) -> None:
        self._refiner: Refiner[PlaneSlice] = Refiner(f"cut.{name}", runner, later, arrived)

    def cut(
        self, volume: Volume, view: ResolvedView, loaded: frozenset[int] | None = None
    ) -> PlaneSlice:
        """Return the picture of a view: the exact one, or a coarse one until that is there.

        `loaded` are the slices that are there, where not all are.
        """
        limit_ms = AT_ONCE_MS if view.rotation is None else OBLIQUE_AT_ONCE_MS
        thick = view.rotation is not None and view.slab.mode is not SlabMode.NONE
        share = cut_ms(volume, view) / limit_ms
        coarse = math.ceil(share ** (1 / 3 if thick else 1 / 2))
        make = partial(view_image, volume, view, loaded=loaded)
        return self._refiner.picture((volume, *view.cut_key), coarse, make)

    @property
    def exact(self) -> PlaneSlice | None:
        """The last picture with its values; None while a coarse one stands for it."""
        return self._refiner.exact

    def forget(self) -> None:
        """Drop what was cut, and what is being cut: the voxels are others now."""
        self._refiner.forget()


def cut_ms(volume: Volume, view: ResolvedView) -> float:
    """Estimate how long a cut takes, in milliseconds of one core."""
    rows, columns = view.plane.shape_vu
    pixels = rows * columns
    if view.rotation is not None:
        planes = slab_planes(volume.geometry, view.plane, view.slab)
        channels = 3 if volume.is_colour else 1
        return pixels * planes * channels * OBLIQUE_NS / 1e6
    if view.mapping is None or view.slab.mode is SlabMode.NONE or volume.is_colour:
        return 0.0
    axis = view.mapping.axis
    count, spacing = volume.data.shape[axis], volume.geometry.spacing_zyx_mm[axis]
    first, end = slab_range(view.index, count, spacing, view.slab)
    return pixels * (end - first) * _SLAB_NS / 1e6
