"""Where the body is, and the air in it: coarse masks that tell a surface what to leave out.

For drawing only: they separate skin from table and lungs from the room. Lung volumes come from
`viewer.imaging.lungs`.
"""

import numpy as np
from numpy.typing import NDArray

from viewer.core.volume import MaskArray

TABLE_OPENING_MM = 10.0
"""Thickness below which something beside the body is not body (table tops, sheets, tubes)."""
PART_OF_LARGEST = 0.1
"""Smaller pieces are left out: arms and legs stay, gas in stomach and bowel goes."""
LEAST_AIRWAY_ML = 2.0
"""A separate windpipe is kept from this volume on."""

Mask8 = NDArray[np.uint8]


def body_mask(
    field: NDArray[np.float32], spacing_zyx_mm: tuple[float, ...], skin_hu: float
) -> MaskArray:
    """Find the body and fill its cavities.

    Parameters
    ----------
    field : ndarray of float32, shape (s, a, b)
        HU on a coarse grid (about 3 mm); the first axis runs along the patient.
    spacing_zyx_mm : tuple of float
        Of `field`.
    skin_hu : float
        Tissue lies above.

    Returns
    -------
    ndarray of bool, shape of `field`
        The largest pieces of tissue without what is thinner than `TABLE_OPENING_MM`, each
        cross-section filled.
    """
    import cv2
    from scipy import ndimage

    tissue = (field > skin_hu).astype(np.uint8)
    kernel = _disc(TABLE_OPENING_MM / 2, spacing_zyx_mm[1:])
    opened = np.stack([cv2.morphologyEx(plane, cv2.MORPH_OPEN, kernel) for plane in tissue])
    labels, count = ndimage.label(opened)
    core = np.isin(labels, _large_pieces(labels, count)).astype(np.uint8)
    cavities = _cavities(tissue, core)
    # The opening rounded corners off and may have torn a thin chest wall: give back the tissue
    # next to what is body.
    near = np.stack([cv2.dilate(plane, kernel) for plane in core | cavities]).astype(bool)
    body: MaskArray = (near & tissue.astype(bool)) | cavities.astype(bool)
    return body


def _cavities(tissue: Mask8, core: Mask8) -> Mask8:
    """Return the holes of the cross-sections that lie in the body, not in a hollow table.

    A hole belongs to the body where most of its rim does.
    """
    from scipy import ndimage

    in_plane = np.zeros((3, 3, 3), bool)
    in_plane[1] = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
    holes, count = ndimage.label(_filled(tissue) & (1 - tissue), in_plane)
    around = ndimage.grey_dilation(holes, size=(1, 3, 3))
    rim = (around > 0) & (holes == 0)
    rims = np.bincount(around[rim], minlength=count + 1)
    of_body = np.bincount(around[rim], core[rim], minlength=count + 1)
    chosen = of_body > 0.5 * rims
    chosen[0] = False
    return np.asarray(chosen[holes], np.uint8)


def air_inside(
    field: NDArray[np.float32], body: MaskArray, spacing_zyx_mm: tuple[float, ...], air_hu: float
) -> MaskArray:
    """Find lungs and airways: the large air spaces inside the body.

    Kept are the pieces of at least `PART_OF_LARGEST` of the largest one, and those of at least
    `LEAST_AIRWAY_ML` that lie within the lungs' box and reach its upper half: a windpipe whose
    wall is thick enough to separate it. The first axis must run towards the head.

    Parameters
    ----------
    field, spacing_zyx_mm
        As in `body_mask`.
    body : ndarray of bool
        From `body_mask`.
    air_hu : float
        Air lies below.

    Returns
    -------
    ndarray of bool, shape of `field`
    """
    from scipy import ndimage

    labels, count = ndimage.label((field < air_hu) & body)
    large = _large_pieces(labels, count)
    if not large:
        return np.zeros(field.shape, bool)
    pieces = ndimage.find_objects(labels)
    lungs = [pieces[label - 1] for label in large]
    low = np.array([[axis.start for axis in piece] for piece in lungs]).min(axis=0)
    high = np.array([[axis.stop for axis in piece] for piece in lungs]).max(axis=0)
    ml_per_sample = float(np.prod(spacing_zyx_mm)) / 1000
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    airways = [
        label
        for label in range(1, count + 1)
        if sizes[label] * ml_per_sample >= LEAST_AIRWAY_ML
        and all(low[a] <= pieces[label - 1][a].start for a in (1, 2))
        and all(pieces[label - 1][a].stop <= high[a] for a in (1, 2))
        and pieces[label - 1][0].stop > (low[0] + high[0]) / 2
    ]
    return np.asarray(np.isin(labels, sorted({*large, *airways})), bool)


def _large_pieces(labels: NDArray[np.int32], count: int) -> list[int]:
    if count == 0:
        return []
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    return [int(label) for label in np.flatnonzero(sizes >= PART_OF_LARGEST * sizes.max())]


def _filled(tissue: Mask8) -> Mask8:
    """Fill, in each cross-section, what the room outside cannot reach."""
    import cv2

    reached = 2
    filled = np.empty_like(tissue)
    for plane, result in zip(tissue, filled, strict=True):
        room = np.pad(plane, 1)
        cv2.floodFill(room, None, (0, 0), reached)
        result[...] = room[1:-1, 1:-1] != reached
    return filled


def _disc(radius_mm: float, spacing_mm: tuple[float, ...]) -> Mask8:
    """Return an elliptic structuring element of a radius in millimetres, at least 3 x 3."""
    reach = [max(round(radius_mm / step), 1) for step in spacing_mm]
    y, x = np.ogrid[-reach[0] : reach[0] + 1, -reach[1] : reach[1] + 1]
    return ((y / (reach[0] + 0.3)) ** 2 + (x / (reach[1] + 0.3)) ** 2 <= 1).astype(np.uint8)
