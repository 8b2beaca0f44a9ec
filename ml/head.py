"""The tree head: LightGBM on the features of a nodule, kept as LightGBM's text model.

Its trees correct a line on two readings of the networks, malignancy and diameter: boosting starts
from those log odds instead of a constant, because trees that had to find the readings again only
made them coarser (docs/models).

LightGBM predicts silently on NaN and an empty model answers the prevalence for everyone; both are
refused here. A text is only given to LightGBM after `ml.head_text.check_head_text`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml.backbone import LOG_DIAMETER, MALIGNANCY
from ml.calibration import MAX_COEFFICIENT, fit_log_odds, smoothed_targets
from ml.features import FEATURES, MALIGNANCY_MEAN, MAP_DIAMETER
from ml.head_text import check_head_text
from viewer.core.errors import ViewerError

if TYPE_CHECKING:
    import lightgbm

FloatArray = NDArray[np.float64]

INNER_FOLDS = 5
"""Patient-disjoint folds within the training nodules that choose the number of trees."""
START = [MALIGNANCY_MEAN, FEATURES.index(f"{LOG_DIAMETER}:mean")]
"""Columns of `FEATURES` in the line from which boosting starts."""
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


@dataclass(frozen=True, slots=True)
class HeadStart:
    """Log odds from which boosting starts: intercept + weights * features `START`."""

    intercept: float
    weights: tuple[float, ...]

    def logits(self, features: FloatArray) -> FloatArray:
        """Return the log odds, shape (n,), for features of shape (n, len(FEATURES))."""
        return np.asarray(self.intercept + features[:, START] @ np.array(self.weights))

    def to_json(self) -> dict[str, float]:
        """Return the numbers as JSON values, by feature name."""
        named = {FEATURES[c]: w for c, w in zip(START, self.weights, strict=True)}
        return {"intercept": self.intercept, **named}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> HeadStart:
        """Read the numbers and check them.

        Raises
        ------
        HeadError
            A number is missing, not finite or out of bounds.
        """
        try:
            start = cls(
                float(values["intercept"]), tuple(float(values[FEATURES[c]]) for c in START)
            )
        except (KeyError, TypeError, ValueError) as error:
            raise HeadError("The head is refused", f"bad start: {error}") from error
        numbers = np.array([start.intercept, *start.weights])
        if not (np.abs(numbers) <= MAX_COEFFICIENT).all():  # false for NaN as well
            raise HeadError("The head is refused", "its start is out of bounds")
        return start


@dataclass(frozen=True, slots=True, eq=False)
class HeadCases:
    """What a head learns from.

    Attributes
    ----------
    features : ndarray, shape (n, len(FEATURES))
        Of nodules; from networks that have not seen the nodule's patient.
    labels : ndarray of int, shape (n,)
        0 or 1.
    patients : ndarray of str, shape (n,)
    """

    features: FloatArray
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]


def fit_start(cases: HeadCases) -> HeadStart:
    """Fit the line on the networks' readings by logistic regression on smoothed labels."""
    _finite(cases.features)
    ones = np.ones((len(cases.labels), 1))
    design = np.concatenate([ones, cases.features[:, START]], axis=1)
    line = fit_log_odds(design, smoothed_targets(cases.labels))
    return HeadStart(float(line[0]), tuple(float(weight) for weight in line[1:]))


def base_rate_start(cases: HeadCases) -> HeadStart:
    """Return the start that knows the share of each class only (for a control).

    From log odds 0 the trees would have to fall to the base rate themselves, and where nodules are
    few (the large ones) the penalty on leaves would hold them back: noise would score them higher.
    """
    share = float(smoothed_targets(cases.labels).mean())
    return HeadStart(float(np.log(share / (1 - share))), (0.0,) * len(START))


def train_head(cases: HeadCases, start: HeadStart, spec: HeadSpec, seed: int) -> str:
    """Train the trees and return them as LightGBM's text.

    The number of trees comes from early stopping on inner folds that keep patients together; the
    head is then fitted to all rows with that many trees.

    Parameters
    ----------
    cases : HeadCases
    start : HeadStart
        Where boosting starts.
    spec : HeadSpec
    seed : int

    Raises
    ------
    HeadError
        The features are not finite, or networks and head have learnt nothing (a start without
        weights, a control, may learn nothing).
    """
    import lightgbm

    _finite(cases.features)
    data = lightgbm.Dataset(
        cases.features,
        cases.labels.astype(np.float64),
        init_score=start.logits(cases.features),
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
    head = Head(booster.model_to_string(num_iteration=-1), start)
    if any(start.weights) and float(np.std(head.logits(cases.features))) < MIN_SPREAD:
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
    start : HeadStart
        What the trees add to.
    """

    def __init__(self, text: str, start: HeadStart) -> None:
        import lightgbm

        check_head_text(text, len(FEATURES))
        self.text = text
        self.start = start
        self._booster: lightgbm.Booster = lightgbm.Booster(model_str=text)

    def logits(self, features: FloatArray) -> FloatArray:
        """Return the raw scores (log odds), shape (n,): start and trees together.

        Parameters
        ----------
        features : ndarray, shape (n, len(FEATURES))
        """
        return np.asarray(self.start.logits(features) + self.trees(features))

    def trees(self, features: FloatArray) -> FloatArray:
        """Return what the trees add to the start, shape (n,)."""
        _finite(features)
        raw = self._booster.predict(features, raw_score=True, num_threads=1)
        return np.asarray(raw, dtype=np.float64).reshape(-1)

    def contributions(self, features: FloatArray) -> FloatArray:
        """Return each feature's exact share of the raw score, shape (n, len(FEATURES) + 1).

        The last column is the expected value of the trees (LightGBM's `pred_contrib`; Lundberg et
        al. 2020, Nature Machine Intelligence 2:56) and the intercept. The start's weights count as
        shares of their features.
        """
        _finite(features)
        shares = self._booster.predict(features, pred_contrib=True, num_threads=1)
        shares = np.asarray(shares, dtype=np.float64)
        shares[:, START] += features[:, START] * np.array(self.start.weights)
        shares[:, -1] += self.start.intercept
        return shares


def _finite(features: FloatArray) -> None:
    if features.ndim != 2 or features.shape[1] != len(FEATURES):
        raise HeadError("The nodules cannot be scored", f"features have shape {features.shape}")
    if not math.isfinite(float(np.sum(features))) or not np.isfinite(features).all():
        raise HeadError("The nodules cannot be scored", "a feature is not a finite number")
