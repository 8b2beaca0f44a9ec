"""The tree head: LightGBM on the features of a nodule, kept as LightGBM's text model.

Its trees correct the networks' own malignancy reading: boosting starts from that log odds instead
of a constant, because trees that had to find the reading again only made it coarser (on the first
repeat's folds: docs/models). The target is the mean of the readers' malignancy, scaled to 0..1, so
that indeterminate nodules teach as well.

LightGBM predicts silently on NaN and an empty model answers the prevalence for everyone; both are
refused here. A text is only given to LightGBM after `ml.head_text.check_head_text`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml.backbone import LOG_DIAMETER, MALIGNANCY
from ml.features import FEATURES, MALIGNANCY_MEAN, MAP_DIAMETER
from ml.head_text import check_head_text
from viewer.core.errors import ViewerError

if TYPE_CHECKING:
    import lightgbm

FloatArray = NDArray[np.float64]

INNER_FOLDS = 5
"""Patient-disjoint folds within the training nodules that choose the number of trees."""
MIN_SPREAD = 1e-6
"""Smallest standard deviation of raw scores over the training nodules."""


class HeadError(ViewerError):
    """The tree head cannot be trained or used."""


@dataclass(frozen=True, slots=True)
class HeadSpec:
    """Settings of LightGBM (its names)."""

    learning_rate: float = 0.02
    num_leaves: int = 4
    min_data_in_leaf: int = 40
    feature_fraction: float = 0.4
    bagging_fraction: float = 0.7
    lambda_l2: float = 10.0
    max_rounds: int = 400
    early_stopping: int = 40
    seeds: int = 3
    rising: tuple[str, ...] = (MALIGNANCY, LOG_DIAMETER, MAP_DIAMETER)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        values = asdict(self)
        values["rising"] = list(self.rising)
        return values

    def parameters(self, seed: int) -> dict[str, Any]:
        """Return the parameters of LightGBM for one seed."""
        return {
            "objective": "cross_entropy",
            "metric": "cross_entropy",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": self.min_data_in_leaf,
            "feature_fraction": self.feature_fraction,
            "bagging_fraction": self.bagging_fraction,
            "bagging_freq": 1,  # without it bagging_fraction does nothing
            "lambda_l2": self.lambda_l2,
            "monotone_constraints": [int(name.split(":")[0] in self.rising) for name in FEATURES],
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": 1,
            "seed": seed,
            "verbosity": -1,
        }


@dataclass(frozen=True, slots=True, eq=False)
class HeadCases:
    """What a head learns from.

    Attributes
    ----------
    features : ndarray, shape (n, len(FEATURES))
        Of nodules; from networks that have not seen the nodule's patient.
    targets : ndarray, shape (n,)
        Mean reader malignancy, 0..1.
    weights : ndarray, shape (n,)
    patients : ndarray of str, shape (n,)
    """

    features: FloatArray
    targets: FloatArray
    weights: FloatArray
    patients: NDArray[np.str_]


def train_head(cases: HeadCases, spec: HeadSpec, seed: int, from_network: bool = True) -> str:
    """Train the head and return it as LightGBM's text.

    The number of trees comes from early stopping on inner folds that keep patients together; the
    head is then fitted to all rows with that many trees.

    Parameters
    ----------
    cases : HeadCases
    spec : HeadSpec
    seed : int
    from_network : bool
        Whether boosting starts from the networks' malignancy reading (else from zero: a control).

    Raises
    ------
    HeadError
        The features are not finite, or networks and head have learnt nothing.
    """
    import lightgbm

    _finite(cases.features)
    start = cases.features[:, MALIGNANCY_MEAN] if from_network else np.zeros(len(cases.features))
    data = lightgbm.Dataset(
        cases.features,
        cases.targets,
        weight=cases.weights,
        init_score=start.copy(),
        feature_name=[f"f{i}" for i in range(len(FEATURES))],
        free_raw_data=False,
    )
    history = lightgbm.cv(
        spec.parameters(seed),
        data,
        num_boost_round=spec.max_rounds,
        folds=_inner_folds(cases.patients, seed),
        callbacks=[lightgbm.early_stopping(spec.early_stopping, verbose=False)],
    )
    losses = history["valid cross_entropy-mean"]
    booster = lightgbm.train(
        spec.parameters(seed),
        data,
        num_boost_round=max(1, len(list(losses))),  # type: ignore[arg-type]
    )
    head = Head(booster.model_to_string(num_iteration=-1))
    if from_network and float(np.std(head.logits(cases.features))) < MIN_SPREAD:
        raise HeadError("The head cannot be trained", "it answers the same for every nodule")
    return head.text


def _inner_folds(
    patients: NDArray[np.str_], seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    # Sorted copies: LightGBM warns of slices and wants rising rows.
    return [
        (np.sort(train).copy(), np.sort(test).copy())
        for train, test in patient_folds(patients, INNER_FOLDS, seed)
    ]


def patient_folds(
    patients: NDArray[Any], folds: int, seed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (train, test) rows such that no patient is on both sides."""
    names = np.unique(patients)
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = dict(zip(names[order], np.arange(len(names)) % folds, strict=True))
    row_fold = np.array([fold_of[name] for name in patients])
    for fold in range(folds):
        yield np.flatnonzero(row_fold != fold), np.flatnonzero(row_fold == fold)


class Head:
    """A trained head.

    Parameters
    ----------
    text : str
        LightGBM's text model; checked before LightGBM sees it.
    """

    def __init__(self, text: str) -> None:
        import lightgbm

        check_head_text(text, len(FEATURES))
        self.text = text
        self._booster: lightgbm.Booster = lightgbm.Booster(model_str=text)

    def logits(self, features: FloatArray) -> FloatArray:
        """Return the raw scores (log odds), shape (n,): network reading and trees together.

        Parameters
        ----------
        features : ndarray, shape (n, len(FEATURES))
        """
        return np.asarray(features[:, MALIGNANCY_MEAN] + self.trees(features))

    def trees(self, features: FloatArray) -> FloatArray:
        """Return what the trees add to the networks' reading, shape (n,)."""
        _finite(features)
        raw = self._booster.predict(features, raw_score=True, num_threads=1)
        return np.asarray(raw, dtype=np.float64).reshape(-1)

    def contributions(self, features: FloatArray) -> FloatArray:
        """Return each feature's exact share of the raw score, shape (n, len(FEATURES) + 1).

        The last column is the expected value of the trees (LightGBM's `pred_contrib`; Lundberg et
        al. 2020, Nature Machine Intelligence 2:56). The networks' reading counts as the share of
        the feature that carries it.
        """
        _finite(features)
        shares = self._booster.predict(features, pred_contrib=True, num_threads=1)
        shares = np.asarray(shares, dtype=np.float64)
        shares[:, MALIGNANCY_MEAN] += features[:, MALIGNANCY_MEAN]
        return shares


def _finite(features: FloatArray) -> None:
    if features.ndim != 2 or features.shape[1] != len(FEATURES):
        raise HeadError("The nodules cannot be scored", f"features have shape {features.shape}")
    if not math.isfinite(float(np.sum(features))) or not np.isfinite(features).all():
        raise HeadError("The nodules cannot be scored", "a feature is not a finite number")
