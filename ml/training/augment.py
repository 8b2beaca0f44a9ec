"""Random views of a nodule for training: slice, rotation, flip, shift, scale, grey, noise."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.backbone import MAP_STRIDE
from ml.preprocess import NEIGHBOURS
from ml.training.patches import PatchSet


@dataclass(frozen=True, slots=True)
class AugmentSpec:
    """How far a view may differ from what is stored.

    Attributes
    ----------
    log_scale : float
        The logarithm of the scale is uniform within +- this; the diameter target follows it.
    shift_px, most_shift_px : float
        Standard deviation and limit of the shift of the centre.
    log_slope, offset : float
        Standard deviations of the grey slope's logarithm and of the grey offset: the error of the
        anchors on slices of known calibration (9 % and 0.07) is of this size.
    noise, blur_px : float
        Largest noise and blur; a quarter of the views each.
    """

    log_scale: float = 0.1
    shift_px: float = 1.5
    most_shift_px: float = 4.0
    log_slope: float = 0.08
    offset: float = 0.05
    noise: float = 0.08
    blur_px: float = 0.9

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Views of some nodules.

    Attributes
    ----------
    inputs : ndarray, shape (n, size, size, NEIGHBOURS), float32
    marks : ndarray, shape (n, size / 2, size / 2, 1), float32
        Part of the readers who marked a pixel of the map.
    log_scale : ndarray, shape (n,)
        Added to the logarithm of the diameter to get that of the view.
    """

    inputs: NDArray[np.float32]
    marks: NDArray[np.float32]
    log_scale: NDArray[np.float32]


def draw_batch(
    patches: PatchSet, nodules: NDArray[np.int64], spec: AugmentSpec, rng: np.random.Generator
) -> Batch:
    """Draw one random view of each nodule."""
    size = patches.spec.size_px
    half = size // MAP_STRIDE
    inputs = np.empty((len(nodules), size, size, NEIGHBOURS), np.float32)
    marks = np.empty((len(nodules), half, half, 1), np.float32)
    log_scale = np.empty(len(nodules), np.float32)
    for place, nodule in enumerate(nodules):
        rows = _draw_slices(int(patches.first[nodule]), int(patches.count[nodule]), rng)
        log_scale[place] = rng.uniform(-spec.log_scale, spec.log_scale)
        matrix = _draw_placement(patches.patches.shape[1], size, float(log_scale[place]), spec, rng)
        view = _warp(np.stack([patches.patches[row] for row in rows], axis=-1), matrix, size)
        inputs[place] = _draw_grey(view, spec, rng)
        mark = _warp(patches.marks[rows[1]], matrix, size)
        marks[place, ..., 0] = mark.reshape(half, MAP_STRIDE, half, MAP_STRIDE).mean(axis=(1, 3))
    return Batch(inputs, marks, log_scale)


def _draw_slices(first: int, count: int, rng: np.random.Generator) -> list[int]:
    """Choose a slice, those in the middle more often, and its neighbours in either direction."""
    weights = 1.0 + count // 2 - np.abs(np.arange(count) - (count - 1) / 2)
    chosen = int(rng.choice(count, p=weights / weights.sum()))
    steps = (-1, 0, 1) if rng.random() < 0.5 else (1, 0, -1)
    return [first + min(max(chosen + step, 0), count - 1) for step in steps]


def _draw_placement(
    stored: int, size: int, log_scale: float, spec: AugmentSpec, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the 2 x 3 matrix from view pixels to stored pixels.

    A view enlarged by s steps 1 / s stored pixels.
    """
    angle = rng.uniform(0, 2 * np.pi)
    step = np.exp(-log_scale)
    flip = rng.choice((-1.0, 1.0))
    cosine, sine = step * np.cos(angle), step * np.sin(angle)
    turn = np.array([[cosine * flip, -sine], [sine * flip, cosine]])
    shift = np.clip(rng.normal(0, spec.shift_px, 2), -spec.most_shift_px, spec.most_shift_px)
    start = (stored - 1) / 2 + shift - turn @ np.full(2, (size - 1) / 2)
    return np.concatenate([turn, start[:, None]], axis=1)


def _warp(image: NDArray[Any], matrix: NDArray[np.float64], size: int) -> NDArray[np.float32]:
    import cv2

    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image.astype(np.float32), matrix, (size, size), flags=flags)
    return np.asarray(warped, dtype=np.float32)


def _draw_grey(
    view: NDArray[np.float32], spec: AugmentSpec, rng: np.random.Generator
) -> NDArray[np.float32]:
    import cv2

    slope = np.exp(rng.normal(0, spec.log_slope))
    view = view * np.float32(slope) + np.float32(rng.normal(0, spec.offset))
    kind = rng.random()
    if kind < 0.25:
        view = np.asarray(cv2.GaussianBlur(view, (0, 0), rng.uniform(0.4, spec.blur_px)))
    elif kind < 0.5:
        noise = rng.standard_normal(view.shape, dtype=np.float32)
        view = view + noise * np.float32(rng.uniform(0, spec.noise))
    return view
