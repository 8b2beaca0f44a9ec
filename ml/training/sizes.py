"""How large nodules score as they are, and when they are shown to the networks reduced.

Each nodule is read by the shipped network that has not seen its patient's fold, and its head has
not seen that fold either, so every score here is out of fold (first repeat; one network, not the
four of `ml.training.crossfit`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.calibration import sigmoid
from ml.features import nodule_features
from ml.head import Head, HeadSpec
from ml.lidc import Nodule, TileReader
from ml.members import load_member
from ml.preprocess import PatchSpec
from ml.reading import Network, as_network, read_batch
from ml.score import tile_inputs
from ml.training.crossfit import fold_heads, labelled_rows, mean_logits
from ml.training.fits import FitStore, TrainingSpec
from ml.training.folds import FOLDS, shipped_fit
from ml.training.metrics import auc

FloatArray = NDArray[np.float64]

SMALLEST_MM = 12.0
"""Nodules from this size (longest diameter, by readers) are measured."""
LARGEST_SHOWN_MM = (20.0, 25.0, 30.0)
"""Rules that are tried: a larger nodule is shown reduced to this."""
LONGEST_RANGES_MM = ((12, 15), (15, 20), (20, 25), (25, 30), (30, 99), (20, 99))
BALL_RANGES_MM = ((15, 20), (20, 25), (25, 30), (30, 99))
"""Ranges (from, below) that are told apart."""
TRUE_SIZE = "true size"
MOST_MM = 99
"""A range up to this has no upper end."""


@dataclass(frozen=True, slots=True, eq=False)
class SizeScores:
    """Out-of-fold scores of large nodules under several rules.

    Attributes
    ----------
    longest_mm, ball_mm : ndarray, shape (n,)
        Longest diameter, and diameter of the ball of the same volume, by readers.
    label : ndarray of int, shape (n,)
    rules : dict of ndarray, each of shape (n,)
        Scores by the name of the rule, the first at true size.
    """

    longest_mm: FloatArray
    ball_mm: FloatArray
    label: NDArray[np.int64]
    rules: dict[str, FloatArray]


def measure_sizes(
    folder: Path,
    nodules: tuple[Nodule, ...],
    store: FitStore,
    spec: TrainingSpec,
    head: HeadSpec,
    tell: Callable[[str], None],
) -> SizeScores:
    """Score the large nodules with a label under every rule.

    Parameters
    ----------
    folder : Path
        Nodule tiles.
    nodules : tuple of Nodule
        All of the folder.
    store : FitStore
        A finished training.
    spec, head : TrainingSpec, HeadSpec
        Its settings.
    tell : callable
        Is told lines of progress.
    """
    labelled = [nodules[row] for row in labelled_rows(nodules)]
    large = [nodule for nodule in labelled if nodule.diameter_mm >= SMALLEST_MM]
    folds = np.array([nodule.folds[0] for nodule in large])
    limits = {TRUE_SIZE: np.inf} | {f"at most {mm:.0f} mm": mm for mm in LARGEST_SHOWN_MM}
    rules = {name: np.zeros(len(large)) for name in limits}
    for fold in range(FOLDS):
        places = np.flatnonzero(folds == fold)
        if not places.size:
            continue
        weights = store.weights(shipped_fit(fold)).read_bytes()
        network = as_network(load_member(weights, spec.backbone))
        heads = fold_heads(nodules, store, head, 0, fold)
        for name, limit_mm in limits.items():
            chosen = [shown(large[place], limit_mm) for place in places]
            rules[name][places] = _scores(folder, chosen, spec.patch, network, heads)
        tell(f"large nodules, fold {fold}: {len(places)}")
    return SizeScores(
        np.array([nodule.diameter_mm for nodule in large]),
        np.array([nodule.ball_mm for nodule in large]),
        np.array([nodule.label for nodule in large]),
        rules,
    )


def shown(nodule: Nodule, limit_mm: float) -> Nodule:
    """Return a nodule with pixels so small that it is at most `limit_mm` large."""
    scale = min(1.0, limit_mm / nodule.diameter_mm)
    return replace(nodule, spacing_mm=scale * nodule.spacing_mm)


def _scores(
    folder: Path,
    nodules: Sequence[Nodule],
    spec: PatchSpec,
    network: Network,
    heads: tuple[Head, ...],
) -> FloatArray:
    tiles = TileReader(folder)
    inputs = [tile_inputs(nodule, tiles, spec) for nodule in nodules]
    features = np.stack([nodule_features(part) for part in read_batch(network, inputs, spec)])
    return sigmoid(mean_logits(heads, features))


def size_figures(scores: SizeScores) -> list[dict[str, Any]]:
    """Return for each range and rule: counts, mean scores by label, and AUC, as JSON values."""
    return [
        *_figures("longest diameter", LONGEST_RANGES_MM, scores.longest_mm, scores, scores.rules),
        *_figures(
            "ball of the volume", BALL_RANGES_MM, scores.ball_mm, scores,
            {TRUE_SIZE: scores.rules[TRUE_SIZE]},
        ),
    ]  # fmt: skip


def _figures(
    measure: str,
    ranges_mm: Sequence[tuple[int, int]],
    size_mm: FloatArray,
    scores: SizeScores,
    rules: Mapping[str, FloatArray],
) -> list[dict[str, Any]]:
    found = []
    for low, high in ranges_mm:
        inside = (size_mm >= low) & (size_mm < high)
        label = scores.label[inside]
        for name, all_values in rules.items():
            values = all_values[inside]
            if name != TRUE_SIZE and np.array_equal(values, scores.rules[TRUE_SIZE][inside]):
                continue  # nothing in this range is so large that the rule reduces it
            benign, malignant = values[label == 0], values[label == 1]
            if len(benign) and len(malignant):
                found.append({
                    "measure": measure, "range_mm": [low, high], "shown": name,
                    "benign": len(benign), "malignant": len(malignant),
                    "mean_benign": float(benign.mean()), "mean_malignant": float(malignant.mean()),
                    "lowest_malignant": float(malignant.min()), "auc": auc(label, values),
                })  # fmt: skip
    return found


def table(figures: Sequence[Mapping[str, Any]]) -> str:
    """Return `size_figures` as a Markdown table."""
    lines = [
        "| size by readers | rated benign, malignant | shown as | mean score benign, malignant "
        "| lowest malignant | AUC |",
        "|---|---|---|---|---|---|",
    ]
    for row in figures:
        low, high = row["range_mm"]
        size = f"{low}-{high} mm" if high < MOST_MM else f"{low} mm and above"
        lines.append(
            f"| {row['measure']} {size} | {row['benign']}, {row['malignant']} | {row['shown']} "
            f"| {row['mean_benign']:.2f}, {row['mean_malignant']:.2f} "
            f"| {row['lowest_malignant']:.2f} | {row['auc']:.3f} |"
        )
    return "\n".join(lines)
