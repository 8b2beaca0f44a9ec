"""Scores nodules with a bundle: in a volume of HU, or from ready patches. Runs in the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.backbone import LOG_DIAMETER, MALIGNANCY
from ml.bundle import Bundle
from ml.calibration import sigmoid
from ml.features import (
    FEATURES,
    LOG_DIAMETER_MEAN,
    LOG_DIAMETER_SCALE,
    SLICE_READINGS,
    leave_one_out,
    nodule_features,
)
from ml.head import Head
from ml.members import load_member
from ml.preprocess import PatchSpec, plane_to_patch, slice_indices, with_neighbours
from ml.reading import Network, as_network, read_batch
from viewer.core.errors import ViewerError

FloatArray = NDArray[np.float64]

INTERVAL = (2.5, 97.5)
"""Percentiles of a score's interval."""
DIAMETER_LIMITS_MM = (2.0, 60.0)
"""An estimated diameter is kept within these before slices are chosen by it."""
FIRST_LOOK_MM = 6.0
"""Diameter by which slices are chosen for the first look, where the caller gives none."""


class ScoringError(ViewerError):
    """A nodule that cannot be scored."""


@dataclass(frozen=True, slots=True)
class SliceShare:
    """A slice's part of the evidence.

    Attributes
    ----------
    slice_index : int
        0-based slice of the volume (or of the patches given).
    share : float
        Change of the score's log odds when the slice is left out, without sign, as a part of the
        sum over slices.
    reading : float
        The networks' malignancy reading of the slice alone, 0..1.
    """

    slice_index: int
    share: float
    reading: float


@dataclass(frozen=True, slots=True)
class NoduleScore:
    """The score of one nodule.

    Attributes
    ----------
    score : float
        Calibrated to reader-rated malignancy in LIDC-IDRI, 0..1. Not a probability of cancer.
    low, high : float
        2.5th and 97.5th percentile over every network of the ensemble with every calibration line
        of resampled patients.
    diameter_mm : float
        The networks' estimate of the diameter.
    slices : tuple of SliceShare
        Shares sum to 1.
    contributions : tuple of (str, float)
        Features with their exact share of the raw score, largest first.
    """

    score: float
    low: float
    high: float
    diameter_mm: float
    slices: tuple[SliceShare, ...]
    contributions: tuple[tuple[str, float], ...]


class NoduleScorer:
    """A loaded bundle.

    Parameters
    ----------
    bundle : Bundle
        From `ml.bundle.read_bundle`.

    Raises
    ------
    WeightsError, HeadTextError
        The bundle's parts do not fit each other.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.device = prepare_device()
        self._networks: tuple[Network, ...] = tuple(
            as_network(load_member(data, bundle.backbone)) for data in bundle.member_weights
        )
        self._heads = tuple(Head(text, bundle.head_start) for text in bundle.head_texts)

    def score(
        self,
        volume_hu: NDArray[Any],
        spacing_zyx_mm: tuple[float, float, float],
        centres_zyx: Sequence[tuple[float, float, float]],
        diameters_mm: Sequence[float] | None = None,
    ) -> tuple[NoduleScore, ...]:
        """Score nodules of a volume.

        Parameters
        ----------
        volume_hu : ndarray, shape (z, y, x)
            Axial slices in Hounsfield units.
        spacing_zyx_mm : tuple of float
            Distances of voxels.
        centres_zyx : sequence of tuple of float
            Voxel indices of the centres.
        diameters_mm : sequence of float, optional
            Our own estimates, which say over how many slices a nodule reaches; the networks make
            one in a first look where it is not given.

        Raises
        ------
        ScoringError
            A centre lies outside of the volume, or a number is not finite.
        """
        if not centres_zyx:
            return ()
        spec = self.bundle.patch
        _check_places(volume_hu, spacing_zyx_mm, centres_zyx, diameters_mm)
        if diameters_mm is None:
            first = [(centre, FIRST_LOOK_MM) for centre in centres_zyx]
            looks = [volume_inputs(volume_hu, spacing_zyx_mm, *place, spec) for place in first]
            diameters_mm = self._diameters([inputs for _, inputs in looks])
        chosen = [
            volume_inputs(volume_hu, spacing_zyx_mm, centre, diameter, spec)
            for centre, diameter in zip(centres_zyx, diameters_mm, strict=True)
        ]
        return self.score_inputs([inputs for _, inputs in chosen], [z for z, _ in chosen])

    def score_inputs(
        self,
        nodules: Sequence[NDArray[np.float32]],
        slice_numbers: Sequence[Sequence[int]] | None = None,
    ) -> tuple[NoduleScore, ...]:
        """Score nodules from network inputs.

        Parameters
        ----------
        nodules : sequence of ndarray, each of shape (slices, size, size, NEIGHBOURS)
        slice_numbers : sequence of sequence of int, optional
            What to call each slice; 0, 1, ... where not given.
        """
        if not nodules:
            return ()
        read = [read_batch(network, nodules, self.bundle.patch) for network in self._networks]
        scores = []
        for number in range(len(nodules)):
            rows = np.stack([member[number] for member in read])
            names = slice_numbers[number] if slice_numbers else range(rows.shape[1])
            scores.append(self._score(rows, tuple(names)))
        return tuple(scores)

    def _score(self, rows: FloatArray, names: tuple[int, ...]) -> NoduleScore:
        """Score one nodule from readings of shape (members, slices, len(SLICE_READINGS))."""
        features = np.stack([nodule_features(member) for member in rows])
        raw = self._logits(features)
        chances = self.bundle.calibrator.spread(raw)
        low, high = np.percentile(chances, INTERVAL)
        score = float(self.bundle.calibrator.chance(np.mean(raw, keepdims=True))[0])
        return NoduleScore(
            score=score,
            low=min(float(low), score),
            high=max(float(high), score),
            diameter_mm=float(diameter_mm(rows.mean(axis=0))),
            slices=self._shares(rows, float(raw.mean()), names),
            contributions=self._contributions(features),
        )

    def _logits(self, features: FloatArray) -> FloatArray:
        return np.asarray(np.mean([head.logits(features) for head in self._heads], axis=0))

    def _shares(
        self, rows: FloatArray, raw: float, names: tuple[int, ...]
    ) -> tuple[SliceShare, ...]:
        without = np.stack([leave_one_out(member) for member in rows])
        logits = self._logits(without.reshape(-1, len(FEATURES))).reshape(without.shape[:2])
        change = np.abs(raw - logits.mean(axis=0))
        total = float(change.sum())
        shares = change / total if total > 0 else np.full(len(change), 1 / len(change))
        readings = sigmoid(rows[:, :, SLICE_READINGS.index(MALIGNANCY)]).mean(axis=0)
        return tuple(
            SliceShare(int(name), float(share), float(reading))
            for name, share, reading in zip(names, shares, readings, strict=True)
        )

    def _contributions(self, features: FloatArray) -> tuple[tuple[str, float], ...]:
        parts = np.mean([head.contributions(features) for head in self._heads], axis=(0, 1))[:-1]
        order = np.argsort(-np.abs(parts), kind="stable")
        return tuple((FEATURES[i], float(parts[i])) for i in order)

    def _diameters(self, nodules: Sequence[NDArray[np.float32]]) -> list[float]:
        read = [read_batch(network, nodules, self.bundle.patch) for network in self._networks]
        return [
            float(diameter_mm(np.mean([member[number] for member in read], axis=0)))
            for number in range(len(nodules))
        ]


def diameter_mm(rows: FloatArray) -> float:
    """Return the diameter that readings of shape (slices, len(SLICE_READINGS)) speak of."""
    reading = float(rows[:, SLICE_READINGS.index(LOG_DIAMETER)].mean())
    estimate = np.exp(reading * LOG_DIAMETER_SCALE + LOG_DIAMETER_MEAN)
    return float(np.clip(estimate, *DIAMETER_LIMITS_MM))


def volume_inputs(
    volume_hu: NDArray[Any],
    spacing_zyx_mm: tuple[float, float, float],
    centre_zyx: tuple[float, float, float],
    diameter: float,
    spec: PatchSpec,
) -> tuple[tuple[int, ...], NDArray[np.float32]]:
    """Choose the slices of a nodule in a volume and make the network inputs of them.

    Returns
    -------
    tuple of int
        The slices.
    ndarray, shape (slices, size, size, NEIGHBOURS)
    """
    chosen = slice_indices(centre_zyx[0], diameter, spacing_zyx_mm[0], spec, volume_hu.shape[0])
    patches = [
        plane_to_patch(volume_hu[z], spacing_zyx_mm[1:], centre_zyx[1:], spec) for z in chosen
    ]
    return chosen, with_neighbours(np.stack(patches))


def prepare_device() -> str:
    """Let TensorFlow take GPU memory as needed, and name what it will run on."""
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    for device in devices:
        try:
            tf.config.experimental.set_memory_growth(device, True)
        except RuntimeError:
            break  # already initialised by an earlier scorer of this process
    if not devices:
        return "CPU"
    return str(tf.config.experimental.get_device_details(devices[0]).get("device_name", "GPU"))


def _check_places(
    volume_hu: NDArray[Any],
    spacing_zyx_mm: tuple[float, float, float],
    centres_zyx: Sequence[tuple[float, float, float]],
    diameters_mm: Sequence[float] | None,
) -> None:
    if volume_hu.ndim != 3 or 0 in volume_hu.shape:
        raise ScoringError("The nodules cannot be scored", "the volume is not (z, y, x)")
    if not (np.isfinite(spacing_zyx_mm).all() and min(spacing_zyx_mm) > 0):
        raise ScoringError("The nodules cannot be scored", "the voxel spacing is not known")
    for centre in centres_zyx:
        inside = (
            -0.5 <= index <= length - 0.5
            for index, length in zip(centre, volume_hu.shape, strict=True)
        )
        if not all(inside):
            raise ScoringError("The nodules cannot be scored", "a centre is outside the volume")
    if diameters_mm is not None and not all(0 < value < np.inf for value in diameters_mm):
        raise ScoringError("The nodules cannot be scored", "a diameter is not a length")
