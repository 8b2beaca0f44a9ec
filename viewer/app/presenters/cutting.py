"""Cuts what a viewport shows; what takes long comes coarse at once, and exactly from a job."""

import math
from collections.abc import Callable
from functools import partial

from viewer.app.resolve import ResolvedView, view_image
from viewer.core.progress import JobContext
from viewer.core.view_state import SlabMode
from viewer.core.volume import Volume
from viewer.imaging.oblique import slab_planes
from viewer.imaging.reslice import PlaneSlice
from viewer.imaging.slab import slab_range
from viewer.jobs.job import Job
from viewer.jobs.runner import JobRunner

AT_ONCE_MS = 12.0
"""What may be cut while the reader's hand waits, by `cut_ms`."""
OBLIQUE_AT_ONCE_MS = 4.0
"""The same for oblique planes: three or four of them are cut for one movement."""
SETTLE_MS = 100
"""The exact cut begins when nothing has moved for so long."""
MOST_COARSE = 4
"""Pixels of a moving picture are at most so many times as large."""

OBLIQUE_NS, _SLAB_NS = 20.0, 2.2  # for one sample, on one core of a server of 2023

Later = Callable[[int, Callable[[], None]], None]


class Cutter:
    """Cuts one viewport's picture and remembers the last one, for the windows it is given.

    Parameters
    ----------
    name : str
        Of the viewport: a newer cut of it supersedes an older one.
    runner : JobRunner or None
        Where costly cuts are made; None makes all of them at once.
    later : callable
        Runs a function on the UI thread after some milliseconds.
    arrived : callable
        Told when the exact cut is there: ask again.
    """

    def __init__(
        self,
        name: str,
        runner: JobRunner | None,
        later: Later,
        arrived: Callable[[], None],
    ) -> None:
        self._job_key, self._runner = f"cut.{name}", runner
        self._later, self._arrived = later, arrived
        self._volume: Volume | None = None
        self._key: tuple[object, ...] = ()
        self._cut: PlaneSlice | None = None
        self._generation = 0
        self._job: Job | None = None

    def cut(self, volume: Volume, view: ResolvedView) -> PlaneSlice:
        """Return the picture of a view: the exact one, or a coarse one until that is there."""
        if self._cut is not None and self._volume is volume and self._key == view.cut_key:
            return self._cut
        self.forget()
        self._volume, self._key = volume, view.cut_key
        cost_ms = cut_ms(volume, view)
        limit_ms = AT_ONCE_MS if view.rotation is None else OBLIQUE_AT_ONCE_MS
        if self._runner is None or cost_ms <= limit_ms:
            self._cut = view_image(volume, view)
            return self._cut
        self._later(SETTLE_MS, partial(self._begin, self._generation, volume, view))
        thick = view.rotation is not None and view.slab.mode is not SlabMode.NONE
        coarse = math.ceil((cost_ms / limit_ms) ** (1 / 3 if thick else 1 / 2))
        return view_image(volume, view, min(coarse, MOST_COARSE))

    def forget(self) -> None:
        """Drop what was cut, and what is being cut: the voxels are others now."""
        self._generation += 1
        self._volume = self._cut = None
        if self._job is not None:
            self._job.cancel()  # it would only hold up what is cut next
            self._job = None

    def _begin(self, generation: int, volume: Volume, view: ResolvedView) -> None:
        if generation == self._generation and self._runner is not None:
            done = partial(self._on_cut, generation)
            self._job = self._runner.submit(self._job_key, _cut_exactly, volume, view, on_done=done)

    def _on_cut(self, generation: int, cut: PlaneSlice) -> None:
        if generation == self._generation:
            self._cut, self._job = cut, None
            self._arrived()


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


def _cut_exactly(ctx: JobContext, volume: Volume, view: ResolvedView) -> PlaneSlice:
    return view_image(volume, view, check=ctx.check)
