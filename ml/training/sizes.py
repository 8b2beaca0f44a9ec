"""How large nodules score as they are, and when they are shown to the networks reduced.

Each nodule is read by the shipped network that has not seen its patient's fold, and its head has
not seen that fold either, so every score here is out of fold (first repeat; one network, not the
four of `ml.training.crossfit`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.calibration import sigmoid
from ml.features import nodule_features
from ml.head import Head, HeadSpec
from ml.lidc import Nodule, TileReader
from ml.members import load_member
from ml.reading import Network, as_network, read_batch
from ml.score import tile_inputs
from ml.training.crossfit import fold_heads, labelled_rows, mean_logits
from ml.training.fits import FitStore, TrainingSpec
from ml.training.folds import FOLDS, shipped_fit
from ml.training.metrics import auc

FloatArray = NDArray[np.float64]

SMALLEST_MM = 12.0
"""Nodules above this are measured."""
LARGEST_SHOWN_MM = (15.0, 20.0, 25.0, 30.0)
"""Rules that are tried: a larger nodule is shown reduced to this."""
RANGES_MM = ((12.0, 15.0), (15.0, 20.0), (20.0, 25.0), (25.0, 30.0), (30.0, 99.0), (20.0, 99.0))
"""Ranges of diameter (from, below) that are told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class SizeScores:
    """Out-of-fold scores of large nodules under several rules.

    Attributes
    ----------
    diameter_mm : ndarray, shape (n,)
        By readers.
    label : ndarray of int, shape (n,)
    native : ndarray, shape (n,)
        Scores at true size.
    reduced : ndarray, shape (len(LARGEST_SHOWN_MM), n)
        Scores where a nodule larger than the rule's limit is shown at that limit.
    """

    diameter_mm: FloatArray
    label: NDArray[np.int64]
    native: FloatArray
    reduced: FloatArray


def measure_sizes(
    folder: Path, nodules: tuple[Nodule, ...], store: FitStore, tell: Callable[[str], None]
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
    tell : callable
        Is told lines of progress.
    """
    rows = [row for row in labelled_rows(nodules) if nodules[row].diameter_mm >= SMALLEST_MM]
    folds = np.array([nodules[row].folds[0] for row in rows])
    limits = (np.inf, *LARGEST_SHOWN_MM)
    scores = np.zeros((len(limits), len(rows)))
    for fold in range(FOLDS):
        places = np.flatnonzero(folds == fold)
        spec = TrainingSpec()
        network = as_network(
            load_member(store.weights(shipped_fit(fold)).read_bytes(), spec.backbone)
        )
        heads = fold_heads(nodules, store, HeadSpec(), 0, fold)
        chosen = [nodules[rows[place]] for place in places]
        for number, limit in enumerate(limits):
            scores[number, places] = _scores(folder, chosen, limit, network, heads)
        tell(f"fold {fold}: {len(places)} nodules")
    return SizeScores(
        np.array([nodules[row].diameter_mm for row in rows]),
        np.array([nodules[row].label for row in rows]),
        scores[0],
        scores[1:],
    )


def shown(nodule: Nodule, limit_mm: float) -> Nodule:
    """Return a nodule with pixels so small that it is at most `limit_mm` large."""
    scale = min(1.0, limit_mm / nodule.diameter_mm)
    return replace(nodule, spacing_mm=scale * nodule.spacing_mm)


def _scores(
    folder: Path,
    nodules: Sequence[Nodule],
    limit_mm: float,
    network: Network,
    heads: tuple[Head, ...],
) -> FloatArray:
    spec = TrainingSpec().patch
    tiles = TileReader(folder)
    inputs = [tile_inputs(shown(nodule, limit_mm), tiles, spec) for nodule in nodules]
    features = np.stack([nodule_features(part) for part in read_batch(network, inputs, spec)])
    return sigmoid(mean_logits(heads, features))


def table(scores: SizeScores) -> str:
    """Return the comparison as a Markdown table: mean score by label, and AUC, for each rule."""
    lines = [
        "| diameter | benign, malignant | shown as | mean score benign | malignant "
        "| malignant below 0.5 | AUC |",
        "|---|---|---|---|---|---|---|",
    ]
    rules = (("true size", scores.native),) + tuple(
        (f"at most {limit:.0f} mm", values)
        for limit, values in zip(LARGEST_SHOWN_MM, scores.reduced, strict=True)
    )
    for low, high in RANGES_MM:
        inside = (scores.diameter_mm >= low) & (scores.diameter_mm < high)
        label = scores.label[inside]
        for name, values in rules:
            benign, malignant = values[inside][label == 0], values[inside][label == 1]
            if not (len(benign) and len(malignant)):
                continue
            lines.append(
                f"| {low:.0f}-{high:.0f} mm | {len(benign)}, {len(malignant)} | {name} "
                f"| {benign.mean():.2f} | {malignant.mean():.2f} | {(malignant < 0.5).sum()} "
                f"| {auc(label, values[inside]):.3f} |"
            )
    return "\n".join(lines)
