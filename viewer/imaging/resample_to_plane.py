"""A volume cut along the plane of another one: in true millimetres, through what joins the two."""

from collections.abc import Callable

import numpy as np

from viewer.core.links import Rigid
from viewer.core.plane import PlaneGeometry
from viewer.core.slab import Slab
from viewer.core.volume import Volume
from viewer.imaging.oblique import oblique_slice
from viewer.imaging.reslice import PlaneSlice


def moved_plane(plane: PlaneGeometry, rigid: Rigid) -> PlaneGeometry:
    """Return a plane's pixels as they lie in another patient space."""
    if rigid == Rigid():
        return plane
    matrix = rigid.matrix
    return PlaneGeometry(
        origin_lps_mm=matrix @ plane.origin_lps_mm + np.asarray(rigid.shift_mm),
        u_lps=matrix @ plane.u_lps,
        v_lps=matrix @ plane.v_lps,
        spacing_vu_mm=plane.spacing_vu_mm,
        shape_vu=plane.shape_vu,
    )


def resample_to_plane(
    volume: Volume,
    plane: PlaneGeometry,
    rigid: Rigid,
    slab: Slab,
    coarse: int = 1,
    check: Callable[[], None] = lambda: None,
) -> PlaneSlice:
    """Sample a volume at the pixels of another volume's plane, by trilinear interpolation.

    Parameters
    ----------
    volume : Volume
        What is sampled, on any grid.
    plane : PlaneGeometry
        Pixels in the other volume's patient space, also turned or mirrored.
    rigid : Rigid
        From that patient space into the volume's.
    slab : Slab
        Projected across the plane as the other volume is.
    coarse, check
        See `viewer.imaging.oblique.oblique_slice`.

    Returns
    -------
    PlaneSlice
        On `plane`; pixels outside the volume or without a measurement are invalid.
    """
    cut = oblique_slice(volume, moved_plane(plane, rigid), slab, coarse, check)
    return PlaneSlice(cut.image, cut.invalid, plane)
