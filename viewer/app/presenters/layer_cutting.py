"""Samples the layer over a viewport; what takes long comes coarse at once, exactly from a job."""

import math
from collections.abc import Callable
from functools import partial

from viewer.app.picture import layer_slice
from viewer.app.presenters.cutting import AT_ONCE_MS, MOST_COARSE, OBLIQUE_NS, SETTLE_MS, Later
from viewer.app.resolve import ResolvedView
from viewer.core.progress import JobContext
from viewer.imaging.oblique import slab_planes
from viewer.imaging.resample_to_plane import moved_plane
from viewer.imaging.reslice import PlaneSlice
from viewer.jobs.runner import JobRunner

Key = tuple[object, ...]


class LayerCutter:
    """Samples the layer of one viewport and keeps the values: opacity and colours act on those.

    Parameters
    ----------
    name : str
        Of the viewport: a newer cut of its layer supersedes an older one.
    runner : JobRunner or None
        Where costly cuts are made; None makes all of them at once.
    later : callable
        Runs a function on the UI thread after some milliseconds.
    arrived : callable
        Told when the exact values are there: ask again.
    """

    def __init__(
        self,
        name: str,
        runner: JobRunner | None,
        later: Later,
        arrived: Callable[[], None],
    ) -> None:
        self._job_key, self._runner = f"layer.{name}", runner
        self._later, self._arrived = later, arrived
        self._key: Key = ()
        self._cut: PlaneSlice | None = None
        self._generation = 0

    def cut(self, base: Key, view: ResolvedView) -> PlaneSlice | None:
        """Return the layer's values on the pixels of a view; None where it has no layer.

        Parameters
        ----------
        base : tuple
            What the plane of the view depends on: its stack and how it is cut.
        """
        if view.layer is None:
            self.forget()
            return None
        key = (*base, *view.layer.sample_key)
        if self._cut is not None and self._key == key:
            return self._cut
        self.forget()
        self._key = key
        cost_ms = layer_ms(view)
        if self._runner is None or cost_ms <= AT_ONCE_MS:
            self._cut = layer_slice(view)
            return self._cut
        self._later(SETTLE_MS, partial(self._begin, self._generation, view))
        return layer_slice(view, min(math.ceil(math.sqrt(cost_ms / AT_ONCE_MS)), MOST_COARSE))

    def forget(self) -> None:
        """Drop what was sampled, and what is being sampled: the voxels are others now."""
        self._generation += 1
        self._cut = None

    def _begin(self, generation: int, view: ResolvedView) -> None:
        if generation == self._generation and self._runner is not None:
            done = partial(self._on_cut, generation)
            self._runner.submit(self._job_key, _cut_exactly, view, on_done=done)

    def _on_cut(self, generation: int, cut: PlaneSlice | None) -> None:
        if generation == self._generation:
            self._cut = cut
            self._arrived()


def layer_ms(view: ResolvedView) -> float:
    """Estimate how long a layer's cut takes, in milliseconds of one core."""
    if view.layer is None:
        return 0.0
    rows, columns = view.plane.shape_vu
    plane = moved_plane(view.plane, view.layer.rigid)
    planes = slab_planes(view.layer.volume.geometry, plane, view.slab)
    return rows * columns * planes * OBLIQUE_NS / 1e6


def _cut_exactly(ctx: JobContext, view: ResolvedView) -> PlaneSlice | None:
    return layer_slice(view, check=ctx.check)
