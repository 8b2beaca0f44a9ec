"""The image's part of the gate: histogram, lungs, gaps within them, contrast in the vessels."""

import numpy as np
from numpy.typing import NDArray

from ml.gate import graded
from viewer.core.analysis import AnalysisRequest, GateCheck, GateLevel
from viewer.core.volume import MaskArray, VoxelArray
from viewer.imaging.lungs import LungSegmentation

AIR_SHARE, LUNG_SHARE, TISSUE_SHARE = 0.01, 0.01, 0.05
"""Least shares of the voxels with values of air, lung and soft tissue."""
LEAST_LUNGS_ML = 60.0
"""Less is no lung: sinuses, bowel."""
WHOLE_LUNGS_ML = (1500.0, 8000.0)
SMALL_LUNGS_ML = 700.0
"""Whole lungs below are refused: something else was found."""
SIDE_SHARES = (0.03, 0.25)
"""Smaller lung over larger: refused below the first, caveat below the second."""
CUT_MM2 = 150.0
"""This much lung in the first or last slice: the lungs go on beyond the stack."""
CONTRAST_HU, CONTRAST_ML = 300.0, 4.0
"""That much of the mediastinum above that value: vessels with contrast agent."""


def check_histogram(data: VoxelArray, invalid: MaskArray | None) -> GateCheck:
    """Judge whether air, lung and soft tissue are all there.

    Parameters
    ----------
    data : ndarray, shape (z, y, x)
        HU.
    invalid : ndarray of bool, optional
        Voxels without a measurement.
    """
    thin = (
        slice(None, None, max(1, data.shape[0] // 40)),
        slice(None, None, 3),
        slice(None, None, 3),
    )
    values = data[thin] if invalid is None else data[thin][~invalid[thin]]
    total = max(values.size, 1)
    shares = [
        float(np.count_nonzero((values >= low) & (values < high))) / total
        for low, high in ((-1100, -900), (-950, -500), (-150, 200))
    ]
    air, lung, tissue = shares
    value = f"air {air:.0%}, lung {lung:.0%}, soft tissue {tissue:.0%}"
    missing = any(
        share < least
        for share, least in zip(shares, (AIR_SHARE, LUNG_SHARE, TISSUE_SHARE), strict=True)
    )
    return graded(
        "histogram", value, f"{AIR_SHARE:.0%}, {LUNG_SHARE:.0%}, {TISSUE_SHARE:.0%} at least",
        ((missing, GateLevel.REFUSE, "The values are not those of a chest in Hounsfield units."),),
        "Air, lung and soft tissue have their values.",
    )  # fmt: skip


def check_lungs(
    request: AnalysisRequest, data: VoxelArray, lungs: LungSegmentation
) -> tuple[GateCheck, ...]:
    """Judge the segmented lungs.

    Parameters
    ----------
    request : AnalysisRequest
        Facts of the stack.
    data : ndarray, shape (z, y, x)
        HU.
    lungs : LungSegmentation
        Of `data`.
    """
    found = _found(lungs)
    if found.level is GateLevel.REFUSE:
        return (found,)
    return (
        found,
        _volume(lungs),
        _cut(lungs),
        _gaps(request, lungs),
        _contrast(data, lungs, request.geometry.voxel_volume_mm3),
    )


def _found(lungs: LungSegmentation) -> GateCheck:
    smaller, larger = sorted((lungs.right.volume_ml, lungs.left.volume_ml))
    share = smaller / larger if larger > 0 else 0.0
    return graded(
        "lungs", f"right {lungs.right.volume_ml:.0f} mL, left {lungs.left.volume_ml:.0f} mL",
        f"two; {LEAST_LUNGS_ML:.0f} mL at least",
        (
            (lungs.volume_ml < LEAST_LUNGS_ML, GateLevel.REFUSE, "No lungs were found."),
            (share < SIDE_SHARES[0], GateLevel.REFUSE, "Only one lung was found."),
            (share < SIDE_SHARES[1], GateLevel.CAVEAT, "One lung is much smaller than the other."),
        ),
        "Two lungs.",
    )  # fmt: skip


def _is_cut(lungs: LungSegmentation) -> bool:
    return max(lungs.first_slice_mm2, lungs.last_slice_mm2) > CUT_MM2


def _volume(lungs: LungSegmentation) -> GateCheck:
    total, low, high = lungs.volume_ml, *WHOLE_LUNGS_ML
    cut = _is_cut(lungs)
    return graded(
        "lung-volume", f"{total / 1000:.2f} L", f"{low / 1000:g} to {high / 1000:g} L",
        (
            (total < SMALL_LUNGS_ML and not cut, GateLevel.REFUSE,
             "Too small for lungs that lie wholly within the stack."),
            (total < low, GateLevel.CAVEAT, "Less lung than a grown-up's: a part, or badly aired."),
            (total > high, GateLevel.CAVEAT, "More than lungs usually hold: look at the outline."),
        ),
        "A usual volume.",
    )  # fmt: skip


def _cut(lungs: LungSegmentation) -> GateCheck:
    first, last = lungs.first_slice_mm2 / 100, lungs.last_slice_mm2 / 100
    return graded(
        "lungs-whole", f"first slice {first:.0f} cm2, last {last:.0f} cm2",
        f"up to {CUT_MM2 / 100:.1f} cm2",
        ((_is_cut(lungs), GateLevel.CAVEAT,
          "The lungs go on beyond the stack: nodules there are not seen, and the score is that of "
          "this part only."),),
        "The lungs lie within the stack.",
    )  # fmt: skip


def _gaps(request: AnalysisRequest, lungs: LungSegmentation) -> GateCheck:
    extent = lungs.slices
    within = [z for z in request.placeholders if extent is not None and extent[0] <= z <= extent[1]]
    return graded(
        "gaps", f"{len(within)} slices", "none within the lungs",
        ((bool(within), GateLevel.REFUSE, "Slices are missing within the lungs."),),
        "No gap within the lungs.",
    )  # fmt: skip


def _contrast(data: VoxelArray, lungs: LungSegmentation, voxel_mm3: float) -> GateCheck:
    bright_ml = vessel_contrast_ml(data, lungs, voxel_mm3)
    return graded(
        "vessels", f"{bright_ml:.0f} mL above {CONTRAST_HU:.0f} HU",
        f"up to {CONTRAST_ML:.0f} mL",
        ((bright_ml > CONTRAST_ML, GateLevel.CAVEAT,
          "Vessels with contrast agent: nodules may be brighter than the model knows them."),),
        "No strong contrast agent in the large vessels.",
    )  # fmt: skip


def vessel_contrast_ml(data: VoxelArray, lungs: LungSegmentation, voxel_mm3: float) -> float:
    """Return how much of the tissue between the lungs lies in large parts above 300 HU.

    Only the third of the mediastinum that touches neither wall nor spine counts, and thin bright
    things (cortex, chalk, clips) are shrunk away.
    """
    from scipy import ndimage

    extent = lungs.slices
    if extent is None:
        return 0.0
    span = extent[1] - extent[0]
    volume = 0.0
    for z in range(extent[0] + span // 4, extent[1] - span // 4 + 1):
        sides = lungs.mask[z, ::2, ::2]
        box = _between(sides)
        if box is None:
            continue
        bright = data[z, ::2, ::2][box] > CONTRAST_HU
        solid = ndimage.binary_erosion(bright, iterations=3)
        volume += float(ndimage.binary_dilation(solid, iterations=3).sum()) * 4 * voxel_mm3 / 1000
    return volume


def _between(sides: NDArray[np.uint8]) -> tuple[slice, slice] | None:
    """Return the box between both lungs: their middle in x, the front two thirds in y."""
    columns = [np.flatnonzero((sides == side).any(axis=0)) for side in (1, 2)]
    rows = np.flatnonzero((sides > 0).any(axis=1))
    if not all(line.size for line in columns):
        return None
    middles = sorted(float(line.mean()) for line in columns)
    height = int(rows[-1]) - int(rows[0])
    # The spine lies in the back third, the sternum in front of the lungs.
    top, bottom = int(rows[0]) + height // 6, int(rows[0]) + (2 * height) // 3
    return slice(top, bottom), slice(int(middles[0]), int(middles[1]))
