"""Out-of-fold scores of the whole chain (networks, head), by the plan of `ml.training.folds`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ml.features import MALIGNANCY_MEAN, nodule_features
from ml.head import Head, HeadCases, HeadSpec, base_rate_start, fit_start, train_head
from ml.lidc import REPEATS, Nodule
from ml.training.fits import FitStore
from ml.training.folds import FOLDS, pair_fit, shipped_fit

FloatArray = NDArray[np.float64]

PERMUTATIONS = 10
"""Shuffles of the labels in the control; one alone has a standard deviation of 0.04 in AUC."""


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """Raw scores (log odds) of the labelled nodules by models that saw nobody of their patient.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        The labelled nodules.
    fold : ndarray of int, shape (REPEATS, n)
        Test fold.
    raw : ndarray, shape (REPEATS, n, FOLDS - 1)
        By each of the four networks; the score is their mean.
    network : ndarray, shape (REPEATS, n)
        The networks' own malignancy reading without the head, for comparison.
    permuted : ndarray, shape (PERMUTATIONS, REPEATS, n)
        Control: trees alone, on the same features, trained on shuffled labels.
    """

    rows: NDArray[np.int64]
    fold: NDArray[np.int64]
    raw: FloatArray
    network: FloatArray
    permuted: FloatArray


def out_of_fold(
    nodules: tuple[Nodule, ...], store: FitStore, spec: HeadSpec, tell: Callable[[str], None]
) -> OutOfFold:
    """Train a head for each repeat and test fold, and score the fold with it."""
    rows = labelled_rows(nodules)
    fold = np.array([[nodules[row].folds[repeat] for row in rows] for repeat in range(REPEATS)])
    raw = np.zeros((REPEATS, len(rows), FOLDS - 1))
    network = np.zeros((REPEATS, len(rows)))
    permuted = np.zeros((PERMUTATIONS, REPEATS, len(rows)))
    for repeat in range(REPEATS):
        for test in range(FOLDS):
            scored = np.flatnonzero(fold[repeat] == test)
            readings, cases = _pair_cases(nodules, store, repeat, test)
            seen = [_features(part, rows[scored]) for part in readings]
            seed = 100 * repeat + 10 * test
            heads = train_heads(cases, spec, seed)
            raw[repeat, scored] = np.stack([mean_logits(heads, part) for part in seen], axis=1)
            network[repeat, scored] = np.mean([part[:, MALIGNANCY_MEAN] for part in seen], axis=0)
            for number in range(PERMUTATIONS):
                control = _control(cases, spec, 1000 * number + seed)
                permuted[number, repeat, scored] = mean_trees(control, seen)
            tell(f"repeat {repeat}, fold {test}: head trained on {len(cases.labels)} nodules")
    return OutOfFold(rows, fold, raw, network, permuted)


def shipped_heads(nodules: tuple[Nodule, ...], store: FitStore, spec: HeadSpec) -> tuple[Head, ...]:
    """Train the shipped head on the features of the fold that each shipped network has not seen."""
    readings = [store.readings(shipped_fit(fold)) for fold in range(FOLDS)]
    learnt = [_rows_of_fold(nodules, 0, fold) for fold in range(FOLDS)]
    return train_heads(_head_cases(nodules, readings, learnt), spec, 9000)


def fold_heads(
    nodules: tuple[Nodule, ...], store: FitStore, spec: HeadSpec, repeat: int, test: int
) -> tuple[Head, ...]:
    """Train the heads that may score a test fold."""
    return train_heads(_pair_cases(nodules, store, repeat, test)[1], spec, 100 * repeat + 10 * test)


def train_heads(cases: HeadCases, spec: HeadSpec, seed: int) -> tuple[Head, ...]:
    """Train one head for each seed."""
    start = fit_start(cases)
    seeds = range(seed, seed + spec.seeds)
    return tuple(Head(train_head(cases, start, spec, number), start) for number in seeds)


def mean_logits(heads: tuple[Head, ...], features: FloatArray) -> FloatArray:
    """Return the mean of the heads' raw scores, shape (n,)."""
    return np.asarray(np.mean([head.logits(features) for head in heads], axis=0))


def mean_trees(head: Head, seen: list[FloatArray]) -> FloatArray:
    """Return the mean over networks of what a head's trees say, shape (n,)."""
    return np.asarray(np.mean([head.trees(part) for part in seen], axis=0))


def labelled_rows(nodules: tuple[Nodule, ...]) -> NDArray[np.int64]:
    """Return the nodules with a label."""
    rows = [row for row, nodule in enumerate(nodules) if nodule.label >= 0]
    return np.array(rows, dtype=np.int64)


def _rows_of_fold(nodules: tuple[Nodule, ...], repeat: int, fold: int) -> NDArray[np.int64]:
    """Return the nodules with a label in a fold."""
    rows = labelled_rows(nodules)
    return rows[[nodules[row].folds[repeat] == fold for row in rows]]


def _pair_cases(
    nodules: tuple[Nodule, ...], store: FitStore, repeat: int, test: int
) -> tuple[list[dict[int, FloatArray]], HeadCases]:
    """Return the readings of the four networks that saw no test fold, and the head's cases."""
    others = [number for number in range(FOLDS) if number != test]
    readings = [store.readings(pair_fit(repeat, test, other)) for other in others]
    learnt = [_rows_of_fold(nodules, repeat, other) for other in others]
    return readings, _head_cases(nodules, readings, learnt)


def _head_cases(
    nodules: tuple[Nodule, ...],
    readings: list[dict[int, FloatArray]],
    learnt: list[NDArray[np.int64]],
) -> HeadCases:
    features = [_features(part, rows) for part, rows in zip(readings, learnt, strict=True)]
    rows = np.concatenate(learnt)
    return HeadCases(
        features=np.concatenate(features),
        labels=np.array([nodules[row].label for row in rows]),
        patients=np.array([nodules[row].patient for row in rows]),
    )


def _features(readings: dict[int, FloatArray], rows: NDArray[np.int64]) -> FloatArray:
    return np.stack([nodule_features(readings[int(row)]) for row in rows])


def _control(cases: HeadCases, spec: HeadSpec, seed: int) -> Head:
    """Train trees on shuffled labels.

    Without the rule that malignancy and diameter may only raise a score: under it even noise rises
    with them, and a control that should be 0.5 is not (0.54-0.59 seen; 0.50-0.52 without).
    """
    shuffled = replace(cases, labels=np.random.default_rng(seed).permutation(cases.labels))
    start = base_rate_start(shuffled)
    return Head(train_head(shuffled, start, replace(spec, rising=()), seed), start)
