"""Figures of out-of-fold scores: discrimination, calibration, subgroups, controls, rivals.

The mean of the fold AUCs over the three repeats is the figure that published studies on these folds
give; intervals come from resampling patients, as in `lidc_compare.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.calibration import Calibrator, fit_line, sigmoid
from ml.lidc import REPEATS, Nodule
from ml.training.crossfit import OutOfFold
from ml.training.folds import FOLDS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PERCENTILES = (2.5, 97.5)
BOOTSTRAP = 1000
"""Resamplings of patients behind an interval."""
RELIABILITY_BINS = 10
SMALL_MM = (5.0, 15.0)


def auc(labels: NDArray[Any], scores: FloatArray) -> float:
    """Return the area under the ROC curve by the rank sum; ties count half.

    NaN where there is one class only.
    """
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = labels == 1
    ones = int(positives.sum())
    zeros = len(labels) - ones
    if ones == 0 or zeros == 0:
        return float("nan")
    return float((ranks[positives].sum() - ones * (ones + 1) / 2) / (ones * zeros))


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """What is known of the scored nodules, each an array over them."""

    label: NDArray[np.int64]
    patient: NDArray[np.str_]
    diameter_mm: FloatArray
    thickness_mm: FloatArray
    texture: FloatArray
    contrast: BoolArray
    fold: NDArray[np.int64]

    @classmethod
    def of(cls, nodules: tuple[Nodule, ...], scores: OutOfFold) -> Cases:
        """Gather the cases of out-of-fold scores."""
        chosen = [nodules[row] for row in scores.rows]
        return cls(
            label=np.array([nodule.label for nodule in chosen]),
            patient=np.array([nodule.patient for nodule in chosen]),
            diameter_mm=np.array([nodule.diameter_mm for nodule in chosen]),
            thickness_mm=np.array([nodule.thickness_mm for nodule in chosen]),
            texture=np.array([nodule.ratings[-1] for nodule in chosen]),
            contrast=np.array([nodule.contrast for nodule in chosen]),
            fold=scores.fold,
        )

    def groups(self) -> dict[str, BoolArray]:
        """Return the subgroups that figures are given for, by name."""
        size, thick, texture = self.diameter_mm, self.thickness_mm, self.texture
        return {
            "all sizes": np.ones(len(self.label), dtype=bool),
            "5-15 mm": (size >= SMALL_MM[0]) & (size <= SMALL_MM[1]),
            "below 5 mm": size < 5,
            "5-10 mm": (size >= 5) & (size < 10),
            "10-20 mm": (size >= 10) & (size < 20),
            "20 mm and above": size >= 20,
            "solid (texture 4.5-5)": texture >= 4.5,
            "part-solid (texture 2-4.5)": (texture > 2) & (texture < 4.5),
            "ground-glass (texture 1-2)": texture <= 2,
            "slices up to 1.25 mm": thick <= 1.25,
            "slices 1.25-2.5 mm": (thick > 1.25) & (thick <= 2.5),
            "slices above 2.5 mm": thick > 2.5,
            "with contrast agent": self.contrast,
            "without contrast agent": ~self.contrast,
        }


def fold_aucs(cases: Cases, scores: FloatArray, rows: NDArray[np.int64]) -> FloatArray:
    """Return the AUC of every repeat and fold over the given rows (repeated rows count again).

    Parameters
    ----------
    cases : Cases
    scores : ndarray, shape (REPEATS, n)
    rows : ndarray of int
    """
    values = []
    for repeat in range(REPEATS):
        fold = cases.fold[repeat, rows]
        for number in range(FOLDS):
            part = rows[fold == number]
            values.append(auc(cases.label[part], scores[repeat, part]))
    kept = np.array(values, dtype=np.float64)
    return np.asarray(kept[np.isfinite(kept)])


def bootstrap(
    cases: Cases, group: BoolArray, value: Callable[[NDArray[np.int64]], float], draws: int
) -> tuple[float, float]:
    """Return the 95 % interval of a figure over resamplings of a group's patients."""
    rows = np.flatnonzero(group)
    patients = cases.patient[rows]
    rows_of = [rows[patients == name] for name in np.unique(patients)]
    rng = np.random.default_rng(0)
    values = [
        value(np.concatenate([rows_of[i] for i in rng.integers(len(rows_of), size=len(rows_of))]))
        for _ in range(draws)
    ]
    low, high = np.nanpercentile(values, PERCENTILES)
    return float(low), float(high)


def _mean_auc(cases: Cases, scores: FloatArray, rows: NDArray[np.int64]) -> float:
    values = fold_aucs(cases, scores, rows)
    return float(values.mean()) if values.size else float("nan")


def group_figures(cases: Cases, scores: FloatArray, group: BoolArray, draws: int) -> dict[str, Any]:
    """Return a group's size, part rated malignant, mean fold AUC, its deviation and interval."""
    rows = np.flatnonzero(group)
    if len(np.unique(cases.label[rows])) < 2:
        return {"nodules": len(rows)}
    values = fold_aucs(cases, scores, rows)
    low, high = bootstrap(cases, group, lambda drawn: _mean_auc(cases, scores, drawn), draws)
    return {
        "nodules": len(rows),
        "patients": len(np.unique(cases.patient[rows])),
        "rated_malignant": round(float(cases.label[rows].mean()), 4),
        "auc": round(float(values.mean()), 4),
        "auc_sd_of_folds": round(float(values.std()), 4),
        "auc_interval": [round(low, 4), round(high, 4)],
    }


def difference_figures(
    cases: Cases, scores: FloatArray, other: FloatArray, group: BoolArray, draws: int
) -> dict[str, Any]:
    """Return another score's mean fold AUC and the paired difference with its interval."""
    rows = np.flatnonzero(group)

    def difference(drawn: NDArray[np.int64]) -> float:
        return _mean_auc(cases, scores, drawn) - _mean_auc(cases, other, drawn)

    low, high = bootstrap(cases, group, difference, draws)
    return {
        "auc": round(_mean_auc(cases, other, rows), 4),
        "difference": round(difference(rows), 4),
        "difference_interval": [round(low, 4), round(high, 4)],
    }


def permuted_figures(cases: Cases, permuted: FloatArray, group: BoolArray) -> dict[str, Any]:
    """Return the mean and deviation of the AUC over shuffles of the labels.

    Parameters
    ----------
    permuted : ndarray, shape (permutations, REPEATS, n)
    """
    rows = np.flatnonzero(group)
    values = [_mean_auc(cases, scores, rows) for scores in permuted]
    return {
        "auc": round(float(np.mean(values)), 4),
        "auc_sd_of_permutations": round(float(np.std(values, ddof=1)), 4),
        "permutations": len(values),
    }


def cross_calibrated(cases: Cases, raw: FloatArray) -> FloatArray:
    """Calibrate each fold by the line of the repeat's other folds, shape (REPEATS, n)."""
    chances = np.zeros_like(raw)
    for repeat in range(REPEATS):
        for number in range(FOLDS):
            test = cases.fold[repeat] == number
            line = fit_line(raw[repeat, ~test], cases.label[~test])
            chances[repeat, test] = sigmoid(line.logits(raw[repeat, test]))
    return chances


def calibration_figures(cases: Cases, chances: FloatArray) -> dict[str, Any]:
    """Return Brier score, log loss, slope and intercept of recalibration, and reliability bins."""
    labels = np.tile(cases.label, REPEATS)
    flat = np.clip(chances.reshape(-1), 1e-6, 1 - 1e-6)
    again = fit_line(np.log(flat / (1 - flat)), labels)
    prevalence = float(cases.label.mean())
    edges = np.quantile(flat, np.linspace(0, 1, RELIABILITY_BINS + 1))
    bins = np.clip(np.searchsorted(edges, flat, side="right") - 1, 0, RELIABILITY_BINS - 1)
    return {
        "brier": round(float(np.mean((flat - labels) ** 2)), 4),
        "brier_constant": round(prevalence * (1 - prevalence), 4),
        "log_loss": round(
            float(-np.mean(labels * np.log(flat) + (1 - labels) * np.log(1 - flat))), 4
        ),
        "slope": round(again.slope, 3),
        "intercept": round(again.intercept, 3),
        "reliability": [
            {
                "nodules": int((bins == number).sum()),
                "mean_score": round(float(flat[bins == number].mean()), 4),
                "rated_malignant": round(float(labels[bins == number].mean()), 4),
            }
            for number in range(RELIABILITY_BINS)
            if (bins == number).any()
        ],
    }


def repeat_agreement(raw: FloatArray, calibrator: Calibrator) -> float:
    """Return how often a repeat's score lies within another repeat's interval.

    Parameters
    ----------
    raw : ndarray, shape (REPEATS, n, members)
    """
    chances = calibrator.spread(raw)
    low, high = np.percentile(chances, PERCENTILES, axis=(0, 3))
    score = calibrator.chance(raw.mean(axis=2))
    inside = [
        (score[other] >= low[one]) & (score[other] <= high[one])
        for one in range(REPEATS)
        for other in range(REPEATS)
        if one != other
    ]
    return round(float(np.mean(inside)), 4)


def all_figures(
    cases: Cases,
    scores: OutOfFold,
    rivals: Mapping[str, FloatArray],
    calibrator: Calibrator,
    draws: int,
) -> dict[str, Any]:
    """Return everything that metrics.json holds.

    Parameters
    ----------
    rivals : mapping of name to ndarray, shape (REPEATS, n)
        Published out-of-fold scores of others; empty where there are none.
    """
    raw = scores.raw.mean(axis=2)
    chances = cross_calibrated(cases, raw)
    groups = cases.groups()
    shape = (REPEATS, len(cases.label))
    controls = {
        "diameter by readers": np.broadcast_to(cases.diameter_mm, shape),
        "constant": np.zeros(shape),
        "networks without head": scores.network,
    }
    compared = {
        name: {
            rival: difference_figures(cases, raw, values, groups[name], draws)
            for rival, values in {**controls, **rivals}.items()
        }
        for name in ("all sizes", "5-15 mm")
    }
    return {
        "groups": {name: group_figures(cases, raw, group, draws) for name, group in groups.items()},
        "compared": compared,
        "permuted": {
            name: permuted_figures(cases, scores.permuted, groups[name]) for name in compared
        },
        "calibration": calibration_figures(cases, chances),
        "calibration_5_15_mm": _part_calibration(cases, chances, groups["5-15 mm"]),
        "interval_holds_other_repeat": repeat_agreement(scores.raw, calibrator),
        "bootstrap_draws": draws,
    }


def _part_calibration(cases: Cases, chances: FloatArray, group: BoolArray) -> dict[str, Any]:
    part = Cases(
        label=cases.label[group],
        patient=cases.patient[group],
        diameter_mm=cases.diameter_mm[group],
        thickness_mm=cases.thickness_mm[group],
        texture=cases.texture[group],
        contrast=cases.contrast[group],
        fold=cases.fold[:, group],
    )
    return calibration_figures(part, chances[:, group])
