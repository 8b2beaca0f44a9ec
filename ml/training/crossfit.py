"""Out-of-fold scores of the whole chain (networks, head), by the plan of `ml.training.folds`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.features import nodule_features
from ml.head import Head, HeadSpec, train_head
from ml.lidc import REPEATS, Nodule
from ml.training.fits import FitStore
from ml.training.folds import FOLDS, pair_fit, shipped_fit

FloatArray = NDArray[np.float64]


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
    permuted : ndarray, shape (REPEATS, n)
        Control: the same chain with the head trained on labels shuffled among its nodules.
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
    labels = np.array([nodules[row].label for row in rows])
    patients = np.array([nodules[row].patient for row in rows])
    fold = np.array([[nodules[row].folds[repeat] for row in rows] for repeat in range(REPEATS)])
    raw = np.zeros((REPEATS, len(rows), FOLDS - 1))
    network = np.zeros((REPEATS, len(rows)))
    permuted = np.zeros((REPEATS, len(rows)))
    for repeat in range(REPEATS):
        for test in range(FOLDS):
            scored = np.flatnonzero(fold[repeat] == test)
            learnt: list[NDArray[np.int64]] = []
            features: list[FloatArray] = []
            seen: list[FloatArray] = []
            for other in (number for number in range(FOLDS) if number != test):
                readings = store.readings(pair_fit(repeat, test, other))
                learnt.append(np.flatnonzero(fold[repeat] == other))
                features.append(_features(readings, rows[learnt[-1]]))
                seen.append(_features(readings, rows[scored]))
            known, table = np.concatenate(learnt), np.concatenate(features)
            seed = 100 * repeat + 10 * test
            heads = train_heads(table, labels[known], patients[known], spec, seed)
            raw[repeat, scored] = np.stack([mean_logits(heads, part) for part in seen], axis=1)
            network[repeat, scored] = np.mean([part[:, 0] for part in seen], axis=0)
            shuffled = np.random.default_rng(seed).permutation(labels[known])
            control = _control(table, shuffled, patients[known], spec, seed)
            permuted[repeat, scored] = np.mean([mean_logits(control, part) for part in seen], 0)
            tell(f"repeat {repeat}, fold {test}: head trained on {len(known)} nodules")
    return OutOfFold(rows, fold, raw, network, permuted)


def shipped_heads(nodules: tuple[Nodule, ...], store: FitStore, spec: HeadSpec) -> tuple[Head, ...]:
    """Train the shipped head on the features of the fold that each shipped network has not seen."""
    rows = labelled_rows(nodules)
    features: list[FloatArray] = []
    known: list[NDArray[np.int64]] = []
    for fold in range(FOLDS):
        chosen = np.array([row for row in rows if nodules[row].folds[0] == fold])
        features.append(_features(store.readings(shipped_fit(fold)), chosen))
        known.append(chosen)
    learnt = np.concatenate(known)
    labels = np.array([nodules[row].label for row in learnt])
    patients = np.array([nodules[row].patient for row in learnt])
    return train_heads(np.concatenate(features), labels, patients, spec, 9000)


def train_heads(
    features: FloatArray,
    labels: NDArray[np.int64],
    patients: NDArray[np.str_],
    spec: HeadSpec,
    seed: int,
) -> tuple[Head, ...]:
    """Train one head for each seed."""
    return tuple(
        Head(train_head(features, labels, patients, spec, seed + number))
        for number in range(spec.seeds)
    )


def mean_logits(heads: tuple[Head, ...], features: FloatArray) -> FloatArray:
    """Return the mean of the heads' raw scores, shape (n,)."""
    return np.asarray(np.mean([head.logits(features) for head in heads], axis=0))


def labelled_rows(nodules: tuple[Nodule, ...]) -> NDArray[np.int64]:
    """Return the nodules with a label."""
    rows = [row for row, nodule in enumerate(nodules) if nodule.label >= 0]
    return np.array(rows, dtype=np.int64)


def _features(readings: dict[int, FloatArray], rows: NDArray[np.int64]) -> FloatArray:
    return np.stack([nodule_features(readings[int(row)]) for row in rows])


def _control(
    features: FloatArray,
    labels: NDArray[np.int64],
    patients: NDArray[np.str_],
    spec: HeadSpec,
    seed: int,
) -> tuple[Head, ...]:
    return (Head(train_head(features, labels, patients, spec, seed, allow_constant=True)),)
