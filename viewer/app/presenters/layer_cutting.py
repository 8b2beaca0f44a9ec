"""Samples the layer over a viewport; what takes long comes coarse at once, exactly from a job."""

import math
from collections.abc import Callable
from functools import partial

from viewer.app.picture import layer_slice
from viewer.app.presenters.cutting import AT_ONCE_MS, OBLIQUE_NS
from viewer.app.presenters.refining import Key, Later, Refiner
from viewer.app.resolve import ResolvedView
from viewer.imaging.oblique import slab_planes
from viewer.imaging.resample_to_plane import moved_plane
from viewer.imaging.reslice import PlaneSlice
from viewer.jobs.runner import JobRunner


class LayerCutter:
    """Samples the layer of one viewport and keeps the values: opacity and colours act on those.

    Parameters
    ----------
    name : str
        Of the viewport: a newer cut of its layer supersedes an older one.
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
        self._refiner: Refiner[PlaneSlice | None] = Refiner(f"layer.{name}", runner, later, arrived)

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
        coarse = math.ceil(math.sqrt(layer_ms(view) / AT_ONCE_MS))
        key = (*base, *view.layer.sample_key)
        return self._refiner.picture(key, coarse, partial(layer_slice, view))

    def forget(self) -> None:
        """Drop what was sampled, and what is being sampled: the voxels are others now."""
        self._refiner.forget()


def layer_ms(view: ResolvedView) -> float:
    """Estimate how long a layer's cut takes, in milliseconds of one core."""
    if view.layer is None:
        return 0.0
    rows, columns = view.plane.shape_vu
    plane = moved_plane(view.plane, view.layer.rigid)
    planes = slab_planes(view.layer.volume.geometry, plane, view.slab)
    return rows * columns * planes * OBLIQUE_NS / 1e6
