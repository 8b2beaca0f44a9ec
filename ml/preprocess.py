"""From pixels around a nodule to the patch that the network sees: one path for training and use.

A patch is an axial slice resampled to a fixed field in true millimetres, so that size is seen, on a
grey scale that does not depend on an unknown slope and intercept. The tiles of LIDC-IDRI were
stretched min-max slice by slice, a viewer has HU: both are put on the same scale by two anchors
that are found in the picture itself, the median of its dark class (lung, about -860 HU) and the
median of its bright class (soft tissue, about 0 HU), split by Otsu's threshold over a field of 90
mm. On the slices of known calibration Otsu's threshold lies at -407 +- 58 HU, the anchors at -855
+- 58 and +5 +- 76 HU. The grey scale of a patch is 0 at the dark and 1 at the bright anchor.

Everything here is equivariant to grey -> a * grey + b (a > 0); known calibrations are deliberately
not used (see `ml.lidc`), and HU goes through the same anchors.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.core.errors import ViewerError

FloatImage = NDArray[np.float32]

NEIGHBOURS = 3
"""Slices in one network input: the slice itself between the stored ones below and above."""
HEIGHT_OF_DIAMETER = 0.7
"""Height of a nodule as a part of its diameter as readers draw it: the median over the nodules of
LIDC-IDRI with slices below 1.3 mm."""
LONGEST_OF_BALL = 1.27
"""Longest diameter as readers draw it beside the diameter of the ball of the same volume: the
median over the 2273 nodules of LIDC-IDRI (quartiles 1.15 and 1.41)."""
HISTOGRAM_BINS = 256
"""Bins of the histogram in which Otsu's threshold is looked for (the tiles have 8 bit)."""
GAP_SHARE = 0.18
"""An empty stretch of the histogram this long (of its range) separates padding from air."""
GAP_WITHIN = 0.1
"""Padding values lie within this share of the range from the darkest value."""
BRIGHT_QUANTILE = 0.995
"""Values above this quantile (metal, dense bone) are clipped before Otsu's threshold."""


class PatchSpecError(ViewerError):
    """Settings of the preprocessing out of bounds."""


@dataclass(frozen=True, slots=True)
class PatchSpec:
    """Settings of the preprocessing; they travel with the model.

    Attributes
    ----------
    size_px : int
        Edge of the patch in pixels.
    spacing_mm : float
        Distance of its pixels.
    anchor_field_mm : float
        Edge of the square field around the centre in which the grey anchors are found.
    grey_low, grey_high : float
        Patch grey values are clipped to this range (0: lung, 1: soft tissue).
    slices : int
        Most slices of a nodule that are looked at.
    """

    size_px: int = 48
    spacing_mm: float = 0.75
    anchor_field_mm: float = 90.0
    grey_low: float = -0.3
    grey_high: float = 2.0
    slices: int = 5

    @property
    def field_mm(self) -> float:
        """Edge of the patch in millimetres."""
        return self.size_px * self.spacing_mm

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "PatchSpec":
        """Read the settings and check their bounds.

        Raises
        ------
        PatchSpecError
            A value is missing, of another type or out of bounds.
        """
        try:
            spec = cls(
                size_px=int(values["size_px"]),
                spacing_mm=float(values["spacing_mm"]),
                anchor_field_mm=float(values["anchor_field_mm"]),
                grey_low=float(values["grey_low"]),
                grey_high=float(values["grey_high"]),
                slices=int(values["slices"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PatchSpecError("The preprocessing is refused", f"bad values: {error}") from error
        sound = (
            8 <= spec.size_px <= 128
            and 0.1 <= spec.spacing_mm <= 5
            and 1.5 * spec.field_mm <= spec.anchor_field_mm <= 500
            and -10 <= spec.grey_low < 0 < 1 < spec.grey_high <= 20
            and 1 <= spec.slices <= 32
        )
        if not sound:
            raise PatchSpecError("The preprocessing is refused", "its values are out of bounds")
        return spec


@dataclass(frozen=True, slots=True)
class GreyAnchors:
    """Grey (or HU) values of the dark and the bright class around a nodule."""

    dark: float
    bright: float


def find_anchors(values: NDArray[Any]) -> GreyAnchors:
    """Find the dark (lung) and bright (soft tissue) anchor of a field.

    Parameters
    ----------
    values : ndarray, any shape
        Grey values or HU around the nodule.

    Returns
    -------
    GreyAnchors
        With `bright > dark`; a flat field gives anchors one unit apart.
    """
    field = np.asarray(values, dtype=np.float32).ravel()
    field = field[np.isfinite(field)]
    if field.size == 0:
        return GreyAnchors(0.0, 1.0)
    field = _without_padding(field)
    field = np.minimum(field, np.quantile(field, BRIGHT_QUANTILE, method="lower"))
    low, high = float(field.min()), float(field.max())
    if not high > low:
        return GreyAnchors(low, low + 1.0)
    threshold = _otsu(field, low, high)
    dark = float(np.median(field[field <= threshold]))
    bright = float(np.median(field[field > threshold]))
    return GreyAnchors(dark, bright)


def _without_padding(field: FloatImage) -> FloatImage:
    """Drop values that an empty stretch of the histogram separates from air (scanner padding)."""
    low, high = float(field.min()), float(field.max())
    if not high > low:
        return field
    values = np.unique(field)
    gaps = np.flatnonzero(np.diff(values) > GAP_SHARE * (high - low))
    gaps = gaps[values[gaps] - low < GAP_WITHIN * (high - low)]
    if gaps.size == 0:
        return field
    return np.asarray(field[field > values[gaps[-1]]])


def _otsu(field: FloatImage, low: float, high: float) -> float:
    """Return Otsu's threshold (1979, IEEE Trans. SMC 9:62): values up to it are the dark class."""
    counts, edges = np.histogram(field, bins=HISTOGRAM_BINS, range=(low, high))
    centres = (edges[:-1] + edges[1:]) / 2
    weight_dark = np.cumsum(counts)
    weight_bright = field.size - weight_dark
    sum_dark = np.cumsum(counts * centres)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_dark = sum_dark / weight_dark
        mean_bright = (sum_dark[-1] - sum_dark) / weight_bright
        between = weight_dark.astype(np.float64) * weight_bright * (mean_dark - mean_bright) ** 2
    between[~np.isfinite(between)] = -1.0
    # The last bin's upper edge would leave the bright class empty; a flat optimum takes its middle.
    best = np.flatnonzero(between[:-1] >= between[:-1].max() * (1 - 1e-9))
    return float(edges[1:][best[best.size // 2]])


def normalise(plane: NDArray[Any], anchors: GreyAnchors, spec: PatchSpec) -> FloatImage:
    """Put grey values or HU on the scale 0 (lung) to 1 (soft tissue), clipped as the spec says."""
    scaled = (np.asarray(plane, dtype=np.float32) - np.float32(anchors.dark)) / np.float32(
        anchors.bright - anchors.dark
    )
    return np.asarray(np.clip(scaled, spec.grey_low, spec.grey_high))


def crop_field(
    plane: NDArray[Any],
    spacing_yx_mm: tuple[float, float],
    centre_yx: tuple[float, float],
    mm: float,
) -> tuple[NDArray[Any], tuple[float, float]]:
    """Cut a square of edge `mm` around a centre, and tell the centre's index in it.

    Returns
    -------
    ndarray
        A view of the plane, smaller at its border, never empty.
    tuple of float
        Index (y, x) of the centre in the view.
    """
    window, centre_in_view = [], []
    for length, spacing, centre in zip(plane.shape, spacing_yx_mm, centre_yx, strict=True):
        half = mm / 2 / spacing
        start = min(max(int(np.floor(centre - half)), 0), length - 1)
        window.append(slice(start, max(start + 1, min(int(np.ceil(centre + half)), length))))
        centre_in_view.append(centre - start)
    return plane[tuple(window)], (centre_in_view[0], centre_in_view[1])


def resample(
    plane: FloatImage,
    spacing_yx_mm: tuple[float, float],
    centre_yx: tuple[float, float],
    size_px: int,
    spacing_mm: float,
) -> FloatImage:
    """Resample a square around a centre to `size_px` pixels of `spacing_mm`.

    Parameters
    ----------
    plane : ndarray, shape (y, x), float32
        Normalised grey; outside of it the value is 0 (lung).
    spacing_yx_mm : tuple of float
        Its pixel distances.
    centre_yx : tuple of float
        Index of the centre, which comes to lie at index (size_px - 1) / 2 of the result.
    size_px, spacing_mm : int, float
        Of the result. Where the plane is finer than the result it is smoothed first.
    """
    import cv2

    scale_y, scale_x = spacing_mm / spacing_yx_mm[0], spacing_mm / spacing_yx_mm[1]
    if max(scale_y, scale_x) > 1.5:
        # Sigma of an antialiasing filter for a reduction by s: sqrt(s^2 - 1) / 2.
        sigma_y, sigma_x = (max(s * s - 1, 1e-4) ** 0.5 / 2 for s in (scale_y, scale_x))
        plane = cv2.GaussianBlur(
            plane, (0, 0), sigmaX=sigma_x, sigmaY=sigma_y, borderType=cv2.BORDER_REPLICATE
        ).astype(np.float32)
    middle = (size_px - 1) / 2
    matrix = np.array(
        [
            [scale_x, 0, centre_yx[1] - scale_x * middle],
            [0, scale_y, centre_yx[0] - scale_y * middle],
        ]
    )
    patch = cv2.warpAffine(
        plane,
        matrix,
        (size_px, size_px),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0.0,
    )
    return np.asarray(patch, dtype=np.float32)


def plane_to_patch(
    plane: NDArray[Any],
    spacing_yx_mm: tuple[float, float],
    centre_yx: tuple[float, float],
    spec: PatchSpec,
    size_px: int | None = None,
) -> FloatImage:
    """Make the patch of one axial slice around a nodule.

    Parameters
    ----------
    plane : ndarray, shape (y, x)
        Grey values of a tile, or HU of a slice; NaN where nothing was measured.
    spacing_yx_mm, centre_yx : tuple of float
        Pixel distances in millimetres and the index of the nodule's centre.
    spec : PatchSpec
        Settings.
    size_px : int, optional
        Another edge than the spec's (training keeps a margin for rotation and shift).

    Returns
    -------
    ndarray, shape (size_px, size_px), float32
    """
    field, centre = crop_field(plane, spacing_yx_mm, centre_yx, spec.anchor_field_mm)
    scaled = normalise(field, find_anchors(field), spec)
    scaled = np.nan_to_num(scaled, nan=spec.grey_low)
    return resample(scaled, spacing_yx_mm, centre, size_px or spec.size_px, spec.spacing_mm)


def with_neighbours(patches: FloatImage) -> FloatImage:
    """Put each patch between the ones before and after it (the end ones are their own neighbour).

    Parameters
    ----------
    patches : ndarray, shape (n, y, x)
        Of one nodule, in the order of its slices.

    Returns
    -------
    ndarray, shape (n, y, x, NEIGHBOURS)
    """
    last = len(patches) - 1
    rows = np.arange(len(patches))
    return np.stack([patches[np.clip(rows + step, 0, last)] for step in (-1, 0, 1)], axis=-1)


def slice_indices(
    centre_z: float, diameter_mm: float, spacing_z_mm: float, spec: PatchSpec, slices_of_volume: int
) -> tuple[int, ...]:
    """Choose the slices of a volume that stand for a nodule, spread over its extent.

    The tiles of the training set are the first, the last and evenly spread slices between them;
    so are these, for a nodule of `HEIGHT_OF_DIAMETER`.

    Parameters
    ----------
    centre_z : float
        Slice index of the centre.
    diameter_mm : float
        Our own estimate of the longest diameter.
    spacing_z_mm : float
        Distance of slices.
    spec : PatchSpec
        Gives the most slices.
    slices_of_volume : int

    Returns
    -------
    tuple of int
        Rising, without repetition, within the volume.
    """
    across = max(1, round(HEIGHT_OF_DIAMETER * diameter_mm / spacing_z_mm))
    offsets = np.round(np.linspace(0, across - 1, min(across, spec.slices))) - (across - 1) / 2
    # Half to even would choose unevenly around a centre between two slices.
    indices = np.floor(centre_z + offsets + 0.5).astype(int)
    return tuple(int(i) for i in np.unique(np.clip(indices, 0, slices_of_volume - 1)))
