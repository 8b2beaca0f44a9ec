"""An analytic, asymmetric CT phantom of a chest in HU, with nodules of known place and size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import JobContext, SilentContext
from viewer.core.shapes import PointLps
from viewer.imaging.phantom_body import (
    FAT_HU,
    VERTEBRA_HU,
    paint_bones,
    paint_table,
    paint_wall,
)
from viewer.imaging.phantom_chest import (
    AIRWAY_AIR_HU,
    BLOOD_HU,
    LIVER_HU,
    SPLEEN_HU,
    LungTrees,
    grow_lung_trees,
    paint_contents,
    paint_mediastinum,
    paint_trees,
)
from viewer.imaging.phantom_paint import Slab, Tube

SHAPE_ZYX = (140, 512, 512)
SPACING_ZYX_MM = (2.0, 0.7, 0.7)
MIDDLE_LPS_MM = (0.4, 6.0, -99.0)
"""Middle of the field of view; z = 0 is the notch above the sternum."""
SEED = 20260701
SLAB_SLICES = 10
FRAME_OF_REFERENCE_UID = "2.25.178342690714250358110437262017351244017"


@dataclass(frozen=True, slots=True)
class NoduleTruth:
    """A nodule of the phantom, as it was put in.

    Attributes
    ----------
    name : str
        "solid", "spiculated" or "ground-glass".
    centre_lps_mm : tuple of float
        Its middle in LPS millimetres.
    semi_axes_mm : tuple of float
        Half axes along x, y, z of the ellipsoid (of the core, for the spiculated one).
    hu : float
        Its value before blurring and noise.
    spicules : int
        Thin rays around the core, not counted in the volume.
    """

    name: str
    centre_lps_mm: PointLps
    semi_axes_mm: tuple[float, float, float]
    hu: float
    spicules: int = 0

    @property
    def volume_mm3(self) -> float:
        """Volume of the ellipsoid."""
        return float(4 / 3 * np.pi * np.prod(self.semi_axes_mm))

    @property
    def diameter_mm(self) -> float:
        """Diameter of the sphere of the same volume."""
        return float(2 * np.prod(self.semi_axes_mm) ** (1 / 3))


@dataclass(frozen=True, slots=True)
class OrganTruth:
    """A ball of one material within the phantom, to check values and sides by."""

    name: str
    centre_lps_mm: PointLps
    radius_mm: float
    hu: float


@dataclass(frozen=True, slots=True, eq=False)
class PhantomVolume:
    """The phantom and what is true of it.

    Attributes
    ----------
    hu : ndarray, shape (z, y, x), int16
        Hounsfield units.
    geometry : VolumeGeometry
        Head first, supine, axial: row = +x, column = +y.
    nodules : tuple of NoduleTruth
        Sorted from the largest.
    organs : tuple of OrganTruth
        Reference values.
    """

    hu: NDArray[np.int16]
    geometry: VolumeGeometry
    nodules: tuple[NoduleTruth, ...]
    organs: tuple[OrganTruth, ...]


NODULES = (
    NoduleTruth("spiculated", (73.6, 40.2, -128.3), (8.4, 7.2, 7.6), 34.0, 17),
    NoduleTruth("ground-glass", (-58.8, 42.1, -119.2), (6.0, 6.0, 6.0), -590.0),
    NoduleTruth("solid", (-71.4, -9.3, -37.7), (4.5, 4.5, 4.5), 42.0),
)

ORGANS = (
    OrganTruth("trachea (air)", (2.0, 6.0, 0.0), 5.0, AIRWAY_AIR_HU),
    OrganTruth("descending aorta (left)", (28.6, 42.5, -100.0), 7.0, BLOOD_HU),
    OrganTruth("liver (right)", (-105.0, -10.0, -225.0), 9.0, LIVER_HU),
    OrganTruth("spleen (left, behind)", (98.0, 36.0, -228.0), 6.0, SPLEEN_HU),
    OrganTruth("stomach bubble (left, in front)", (50.0, -42.0, -213.0), 6.0, AIRWAY_AIR_HU),
    OrganTruth("vertebra (behind)", (2.4, 57.0, -98.5), 4.0, VERTEBRA_HU),
    OrganTruth("fat under the skin (in front)", (60.0, -102.0, -100.0), 1.6, FAT_HU),
)


def chest_phantom(
    shape_zyx: tuple[int, int, int] = SHAPE_ZYX,
    spacing_zyx_mm: tuple[float, float, float] = SPACING_ZYX_MM,
    noise_hu: float = 13.0,
    seed: int = SEED,
    middle_lps_mm: PointLps = MIDDLE_LPS_MM,
    ctx: JobContext | None = None,
) -> PhantomVolume:
    """Make the chest phantom.

    Parameters
    ----------
    shape_zyx : tuple of int
        Voxels along z, y, x.
    spacing_zyx_mm : tuple of float
        Distance of voxel centres.
    noise_hu : float
        Standard deviation of the noise in the middle of the chest (0: none).
    seed : int
        Of the trees and the noise; equal seeds give equal volumes.
    middle_lps_mm : tuple of float
        Middle of the field of view.
    ctx : JobContext, optional
        For progress and cancelling.

    Returns
    -------
    PhantomVolume
        HU, geometry and the truth.
    """
    ctx = ctx or SilentContext()
    geometry = _geometry(shape_zyx, spacing_zyx_mm, middle_lps_mm)
    reserved = tuple((n.centre_lps_mm, max(n.semi_axes_mm) + 6) for n in NODULES)
    trees = grow_lung_trees(reserved, np.random.default_rng(seed))
    hu = np.empty(shape_zyx, np.int16)
    for start in range(0, shape_zyx[0], SLAB_SLICES):
        ctx.check()
        ctx.progress(start / shape_zyx[0], "Making the sample study")
        part = slice(start, min(start + SLAB_SLICES, shape_zyx[0]))
        slab = _painted_slab(geometry, part, trees, ctx)
        if noise_hu > 0:
            _add_noise(slab, range(part.start, part.stop), noise_hu, spacing_zyx_mm[1], seed)
        hu[part] = np.clip(np.rint(slab.hu), -1024, 3071)
    return PhantomVolume(hu, geometry, NODULES, ORGANS)


def _geometry(
    shape_zyx: tuple[int, int, int],
    spacing_zyx_mm: tuple[float, float, float],
    middle_lps_mm: PointLps,
) -> VolumeGeometry:
    """Return the grid around a point."""
    direction = np.eye(3)[::-1].copy()
    reach = (np.asarray(shape_zyx) - 1) / 2 * np.asarray(spacing_zyx_mm)
    origin = np.round(np.asarray(middle_lps_mm) - reach[::-1], 3)
    return VolumeGeometry(shape_zyx, spacing_zyx_mm, origin, direction, FRAME_OF_REFERENCE_UID)


def _painted_slab(geometry: VolumeGeometry, part: slice, trees: LungTrees, ctx: JobContext) -> Slab:
    """Paint some slices, from the outside inwards."""
    axes = [
        geometry.origin_lps_mm[2 - axis] + np.arange(count) * geometry.spacing_zyx_mm[axis]
        for axis, count in enumerate(geometry.shape_zyx)
    ]
    slab = Slab(axes[2], axes[1], axes[0][part])
    paint_table(slab)
    cavity = paint_wall(slab)
    paint_contents(slab, cavity)
    paint_bones(slab)
    paint_trees(slab, trees, ctx.check)
    paint_mediastinum(slab)
    for nodule in NODULES:
        _paint_nodule(slab, nodule)
    return slab


def _paint_nodule(slab: Slab, nodule: NoduleTruth) -> None:
    """Paint a nodule with its spicules; always the same rays, whatever the seed."""
    centre = np.asarray(nodule.centre_lps_mm)
    random = np.random.default_rng(7)
    for _ in range(nodule.spicules):
        ray = random.normal(size=3)
        ray /= np.linalg.norm(ray)
        reach = max(nodule.semi_axes_mm) + random.uniform(2.5, 7)
        slab.tube(Tube(centre, centre + ray * reach, 1.1, 0.25), nodule.hu)
    slab.ellipsoid(nodule.centre_lps_mm, nodule.semi_axes_mm, nodule.hu)


def _add_noise(slab: Slab, slices: range, noise_hu: float, spacing_mm: float, seed: int) -> None:
    """Add grainy noise: more in the middle of the body and through the shoulders."""
    from scipy.ndimage import gaussian_filter

    sigma = 0.55 / spacing_mm
    grain = 2 * np.sqrt(np.pi) * max(sigma, 0.29)
    middle = np.exp(-(((slab.x[0] / 150) ** 2 + (slab.y[0] / 110) ** 2) ** 1.5))
    for row, number in enumerate(slices):
        random = np.random.default_rng((seed, number))
        white = random.standard_normal(slab.hu.shape[1:], np.float32)
        noise = gaussian_filter(white, sigma) * grain
        shoulders = float(np.exp(-(((float(slab.z[row, 0, 0]) - 18) / 26) ** 2)))
        streaks = gaussian_filter(white[::-1], (sigma * 0.8, sigma * 6)) * grain * 2.4
        amount = noise_hu * (0.45 + 0.6 * middle)
        slab.hu[row] += amount * (noise + 0.7 * shoulders * streaks)
