"""Two CT volumes of one patient brought together: along the body first, then rigidly.

The start is found by what every chest CT shows on its way from neck to abdomen: how much tissue
and how much lung lies in each slice. SimpleITK refines it, with six degrees of freedom.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.errors import ViewerError
from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.links import Rigid
from viewer.core.progress import JobContext
from viewer.core.volume import VoxelArray

GRID_MM = 3.0
"""Spacing on which volumes are compared: coarser than anatomy's edges, quick on two cores."""
PROFILE_STEP_MM = 1.0
LEAST_OVERLAP_MM = 40.0
"""Profiles that overlap by less than this, or by less than half of the shorter, prove nothing."""
AIR_HU, TISSUE_HU, LUNG_HU = -1000.0, -200.0, (-950.0, -500.0)
BONE_CAP_HU = 400.0
"""Above it metal and contrast would outweigh everything else."""


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """Where the two volumes lie; their voxels travel beside it.

    Attributes
    ----------
    fixed, moving : VolumeGeometry
        Of the arrays "fixed" and "moving", in HU.
    refine : bool
        Whether to go on from the shift to a rigid movement.
    """

    fixed: VolumeGeometry
    moving: VolumeGeometry
    refine: bool = True


@dataclass(frozen=True, slots=True)
class Registration:
    """How points of the fixed volume map into the moving one, and how well the two agree.

    Attributes
    ----------
    rigid : Rigid
        LPS millimetres of fixed to LPS millimetres of moving.
    correlation_before, correlation_after : float
        Correlation of the values (-1000 to 400 HU) over the overlap, unregistered and registered.
    """

    rigid: Rigid
    correlation_before: float
    correlation_after: float


class RegistrationError(ViewerError):
    """The volumes cannot be brought together."""


def register(
    ctx: JobContext, request: RegistrationRequest, *, fixed: VoxelArray, moving: VoxelArray
) -> Registration:
    """Bring two volumes together.

    Parameters
    ----------
    ctx : JobContext
        Gets progress; may cancel between the stages.
    request : RegistrationRequest
        Geometry.
    fixed, moving : ndarray, shape (z, y, x)
        HU; values outside -1000 to 400 (padding among them) count as the nearer of the two.

    Raises
    ------
    RegistrationError
        The two share too little of the body.
    """
    ctx.progress(0.05, "Looking along the body")
    grids = [
        _coarse(fixed, request.fixed),
        _coarse(moving, request.moving),
    ]
    ctx.check()
    shift = _shift_along_body(*grids)
    rigid = Rigid(shift)
    ctx.progress(0.3, "Rigid refinement" if request.refine else "Comparing")
    if request.refine:
        rigid = _refined(grids[0], grids[1], rigid)
    ctx.check()
    before = _correlation(grids[0], grids[1], Rigid())
    after = _correlation(grids[0], grids[1], rigid)
    if after < max(before, _correlation(grids[0], grids[1], Rigid(shift))) - 1e-6:
        rigid, after = Rigid(shift), _correlation(grids[0], grids[1], Rigid(shift))
    ctx.progress(1.0, "Aligned")
    return Registration(rigid, before, after)


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """A volume on an upright grid: axes z, y, x along the patient's, `GRID_MM` apart."""

    values: NDArray[np.float32]
    origin_lps: FloatArray


def _coarse(data: VoxelArray, geometry: VolumeGeometry) -> _Grid:
    import SimpleITK as sitk  # noqa: N813 - as everybody calls it

    corners = geometry.index_to_lps(
        [
            (z, y, x)
            for z in (0, geometry.shape_zyx[0] - 1)
            for y in (0, geometry.shape_zyx[1] - 1)
            for x in (0, geometry.shape_zyx[2] - 1)
        ]
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = [int(n) for n in np.maximum(np.floor((high - low) / GRID_MM), 1) + 1]
    step = [max(int(GRID_MM / spacing), 1) for spacing in geometry.spacing_zyx_mm]
    thin = np.clip(data[:: step[0], :: step[1], :: step[2]], AIR_HU, BONE_CAP_HU)
    image = sitk.GetImageFromArray(np.ascontiguousarray(thin, np.float32))
    image.SetSpacing([s * n for s, n in zip(geometry.spacing_zyx_mm, step, strict=True)][::-1])
    image.SetOrigin([float(v) for v in geometry.origin_lps_mm])
    image.SetDirection([float(v) for v in geometry.direction_lps[::-1].T.ravel()])
    resampled = sitk.Resample(
        image,
        size,
        sitk.Transform(),
        sitk.sitkLinear,
        [float(v) for v in low],
        [GRID_MM] * 3,
        [1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0],
        AIR_HU,
        sitk.sitkFloat32,
    )
    return _Grid(sitk.GetArrayFromImage(resampled), low)


def _shift_along_body(fixed: _Grid, moving: _Grid) -> tuple[float, float, float]:
    """Return the shift of fixed points that lays the profiles and the bodies over each other."""
    profiles = [_profiles(grid) for grid in (fixed, moving)]
    best: tuple[float, int] | None = None
    counts = [len(p[0]) for p in profiles]
    least = max(int(LEAST_OVERLAP_MM / PROFILE_STEP_MM), min(counts) // 2)
    for offset in range(-counts[0] + least, counts[1] - least + 1):
        first, end = max(0, -offset), min(counts[0], counts[1] - offset)
        score = _agreement(profiles[0][:, first:end], profiles[1][:, first + offset : end + offset])
        if best is None or score > best[0]:
            best = score, offset
    if best is None:
        raise RegistrationError(
            "The series cannot be aligned",
            "they share too little of the body",
            "Scroll one of them into place and keep that offset",
        )
    z = float(moving.origin_lps[2] - fixed.origin_lps[2]) + best[1] * PROFILE_STEP_MM
    middle = [_body_center(grid) for grid in (fixed, moving)]
    return (
        float(middle[1][0] - middle[0][0]),
        float(middle[1][1] - middle[0][1]),
        z,
    )


def _profiles(grid: _Grid) -> NDArray[np.float64]:
    """Return the areas of tissue and of lung along the patient, shape (2, mm), from its feet up."""
    tissue = (grid.values > TISSUE_HU).mean(axis=(1, 2))
    lung = ((grid.values > LUNG_HU[0]) & (grid.values < LUNG_HU[1])).mean(axis=(1, 2))
    places = np.arange(len(tissue)) * GRID_MM
    fine = np.arange(0, places[-1] + 1e-6, PROFILE_STEP_MM)
    return np.stack([np.interp(fine, places, profile) for profile in (tissue, lung)])


def _agreement(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Compare profiles: small differences in square, scaled by what they vary themselves."""
    difference = ((one - other) ** 2).mean(axis=1)
    scale = one.var(axis=1) + other.var(axis=1) + 1e-6
    return -float((difference / scale).mean())


def _body_center(grid: _Grid) -> FloatArray:
    """Return x and y of the middle of the tissue, in LPS mm."""
    tissue = (grid.values > TISSUE_HU).sum(axis=0).astype(np.float64)
    total = max(float(tissue.sum()), 1.0)
    y = float((tissue.sum(axis=1) * np.arange(tissue.shape[0])).sum()) / total
    x = float((tissue.sum(axis=0) * np.arange(tissue.shape[1])).sum()) / total
    return grid.origin_lps[:2] + GRID_MM * np.array([x, y])


def _refined(fixed: _Grid, moving: _Grid, start: Rigid) -> Rigid:
    import SimpleITK as sitk  # noqa: N813

    images = [_image(grid) for grid in (fixed, moving)]
    center = fixed.origin_lps + GRID_MM * (np.array(fixed.values.shape[::-1]) - 1) / 2
    transform = sitk.Euler3DTransform()
    transform.SetCenter([float(v) for v in center])
    transform.SetTranslation(list(start.shift_mm))
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsCorrelation()
    method.SetMetricSamplingStrategy(method.REGULAR)
    method.SetMetricSamplingPercentage(0.2)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(2.0, 0.02, 120, 0.5)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([4.0, 2.0, 0.0])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetInitialTransform(transform, inPlace=True)
    try:
        method.Execute(images[0], images[1])
    except RuntimeError:  # no sample fell into both: the shift stays
        return start
    matrix = np.array(transform.GetMatrix()).reshape(3, 3)
    shift = center + np.array(transform.GetTranslation()) - matrix @ center
    rows = [(float(a), float(b), float(c)) for a, b, c in matrix]
    x, y, z = (float(v) for v in shift)
    return Rigid((x, y, z), (rows[0], rows[1], rows[2]))


def _image(grid: _Grid) -> "sitk.Image":  # type: ignore[name-defined]  # noqa: F821
    import SimpleITK as sitk  # noqa: N813

    image = sitk.GetImageFromArray(grid.values)
    image.SetSpacing([GRID_MM] * 3)
    image.SetOrigin([float(v) for v in grid.origin_lps])
    return image


def _correlation(fixed: _Grid, moving: _Grid, rigid: Rigid) -> float:
    """Return the correlation of values where both volumes are; 0 without overlap."""
    from scipy.ndimage import affine_transform

    # Index of fixed (z, y, x) -> LPS -> LPS of moving -> index of moving.
    flip = np.eye(3)[::-1]
    matrix = flip @ rigid.matrix @ flip
    start = rigid.matrix @ fixed.origin_lps + np.asarray(rigid.shift_mm) - moving.origin_lps
    other = affine_transform(
        moving.values,
        matrix,
        flip @ start / GRID_MM,
        fixed.values.shape,
        order=1,
        mode="constant",
        cval=np.nan,
        prefilter=False,
    )
    both = np.isfinite(other)
    if both.sum() < 100:
        return 0.0
    one, two = fixed.values[both].astype(np.float64), other[both].astype(np.float64)
    one, two = one - one.mean(), two - two.mean()
    scale = float(np.sqrt((one**2).sum() * (two**2).sum()))
    return float((one * two).sum()) / scale if scale > 0 else 0.0
