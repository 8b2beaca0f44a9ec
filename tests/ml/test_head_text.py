"""LightGBM texts: what LightGBM wrote passes, what would crash it does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from ml.features import FEATURES
from ml.head import (
    Head,
    HeadCases,
    HeadError,
    HeadSpec,
    HeadStart,
    fit_start,
    patient_folds,
    train_head,
)
from ml.head_text import HeadTextError, check_head_text
from tests.support.nodule_tiles import TINY_HEAD, TINY_START, hostile_head_text, tiny_head_text

TEXT = tiny_head_text()


def test_a_text_of_lightgbm_passes() -> None:
    check_head_text(TEXT, len(FEATURES))
    same = hostile_head_text(TEXT, "shrinkage", "1.0")  # the tree sizes are made to fit
    check_head_text(same, len(FEATURES))
    assert TEXT.count("\nTree=") > 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("split_feature", "1999999999"),
        ("split_feature", "13"),
        ("split_feature", "-1"),
        ("split_feature", "1 2 3 4 5 6 7 8"),
        ("left_child", "0"),
        ("right_child", "5"),
        ("right_child", "-9"),
        ("threshold", "nan"),
        ("threshold", "inf"),
        ("leaf_value", "1e999 0"),
        ("decision_type", "1"),
        ("num_leaves", "900000000"),
        ("num_leaves", "0"),
        ("num_cat", "1"),
        ("is_linear", "1"),
    ],
)
def test_values_that_crash_or_mislead_are_refused(name: str, value: str) -> None:
    with pytest.raises(HeadTextError):
        check_head_text(hostile_head_text(TEXT, name, value), len(FEATURES))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tree\n",
        TEXT[: len(TEXT) // 3],
        TEXT.replace("end of trees", "end"),
        TEXT.replace("objective=cross_entropy", "objective=multiclass"),
        TEXT.replace(f"max_feature_idx={len(FEATURES) - 1}", "max_feature_idx=1999999999"),
        TEXT.replace("version=v4", "version=v9"),
        TEXT.replace("tree_sizes=", "tree_sizes=7 "),
        TEXT.replace("Tree=1", "Tree=2", 1),
        TEXT.replace("num_class=1", "num_class=1\nnum_class=1", 1),
        TEXT + "\x00",
    ],
)
def test_damaged_texts_are_refused(text: str) -> None:
    with pytest.raises(HeadTextError):
        check_head_text(text, len(FEATURES))


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(1, len(TEXT) - 1))
def test_no_text_cut_within_its_trees_passes(cut: int) -> None:
    if cut < TEXT.index("end of trees"):
        with pytest.raises(HeadTextError):
            check_head_text(TEXT[:cut], len(FEATURES))


def test_the_head_adds_its_trees_to_a_line_on_two_readings() -> None:
    head = Head(TEXT, TINY_START)
    features = np.random.default_rng(1).normal(size=(7, len(FEATURES)))
    size = features[:, FEATURES.index("log_diameter:mean")]
    line = -0.25 + features[:, FEATURES.index("malignancy:mean")] + 0.5 * size
    np.testing.assert_allclose(head.logits(features), line + head.trees(features))
    np.testing.assert_allclose(head.contributions(features).sum(axis=1), head.logits(features))
    assert np.std(head.trees(features)) > 0


def test_features_that_are_not_finite_are_refused() -> None:
    head = Head(TEXT, TINY_START)
    features = np.zeros((2, len(FEATURES)))
    features[1, 2] = np.nan
    with pytest.raises(HeadError, match="finite"):
        head.logits(features)
    with pytest.raises(HeadError, match="shape"):
        head.trees(np.zeros((2, 3)))


def made_cases(n: int = 400) -> tuple[HeadCases, np.ndarray]:
    """Labels that follow malignancy, diameter and a step in the fifth feature."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(n, len(FEATURES)))
    step = np.where(features[:, 4] > 0, 1.5, -1.5)
    logits = features[:, 0] + features[:, 8] + step
    labels = (rng.random(n) < 1 / (1 + np.exp(-logits))).astype(int)
    return HeadCases(features, labels, np.array([f"P{row // 2}" for row in range(n)])), step


def test_training_is_reproducible_and_the_trees_learn_what_the_line_cannot() -> None:
    assert tiny_head_text() == TEXT
    cases, step = made_cases()
    start = fit_start(cases)
    head = Head(train_head(cases, start, HeadSpec(max_rounds=60, learning_rate=0.1), 1), start)
    assert np.corrcoef(head.trees(cases.features), step)[0, 1] > 0.85


def test_the_start_is_logistic_regression_on_two_readings() -> None:
    cases, _ = made_cases()
    start = fit_start(cases)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    ones, zeros = cases.labels.sum(), (cases.labels == 0).sum()
    targets = np.where(cases.labels == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    twice = np.tile(cases.features[:, [0, 8]], (2, 1))
    model.fit(twice, np.repeat([1, 0], len(targets)), np.r_[targets, 1 - targets])
    np.testing.assert_allclose(start.weights, model.coef_[0], atol=1e-4)
    assert start.intercept == pytest.approx(model.intercept_[0], abs=1e-4)
    assert HeadStart.from_json(start.to_json()) == start


@pytest.mark.parametrize("change", [{"intercept": float("nan")}, {"malignancy:mean": 1e9}])
def test_a_start_out_of_bounds_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(HeadError):
        HeadStart.from_json(TINY_START.to_json() | change)
    with pytest.raises(HeadError):
        HeadStart.from_json({"intercept": 1})


def test_a_head_that_learnt_nothing_is_an_error() -> None:
    patients = np.array([f"P{row}" for row in range(40)])
    cases = HeadCases(np.zeros((40, len(FEATURES))), np.arange(40) % 2, patients)
    with pytest.raises(HeadError, match="same for every nodule"):
        train_head(cases, TINY_START, TINY_HEAD, 1)


def test_inner_folds_keep_patients_together() -> None:
    patients = np.array(["a", "b", "a", "c", "d", "d", "e", "f"])
    seen = []
    for train, test in patient_folds(patients, 3, 0):
        assert not set(patients[train]) & set(patients[test])
        assert len(train) + len(test) == len(patients)
        seen += test.tolist()
    assert sorted(seen) == list(range(len(patients)))
