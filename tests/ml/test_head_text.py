"""LightGBM texts: what LightGBM wrote passes, what would crash it does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.features import FEATURES
from ml.head import Head, HeadCases, HeadError, HeadSpec, patient_folds, train_head
from ml.head_text import HeadTextError, check_head_text
from tests.support.nodule_tiles import TINY_HEAD, hostile_head_text, tiny_head_text

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


def test_the_head_adds_its_trees_to_the_networks_reading() -> None:
    head = Head(TEXT)
    features = np.random.default_rng(1).normal(size=(7, len(FEATURES)))
    np.testing.assert_allclose(head.logits(features), features[:, 0] + head.trees(features))
    np.testing.assert_allclose(head.contributions(features).sum(axis=1), head.logits(features))


def test_features_that_are_not_finite_are_refused() -> None:
    head = Head(TEXT)
    features = np.zeros((2, len(FEATURES)))
    features[1, 2] = np.nan
    with pytest.raises(HeadError, match="finite"):
        head.logits(features)
    with pytest.raises(HeadError, match="shape"):
        head.trees(np.zeros((2, 3)))


def test_training_the_head_is_reproducible_and_learns() -> None:
    assert tiny_head_text() == TEXT
    rng = np.random.default_rng(0)
    features = rng.normal(size=(200, len(FEATURES)))
    wanted = 2 * (features[:, 4] > 0) - 1.0
    chance = 1 / (1 + np.exp(-features[:, 0] - wanted))
    patients = np.array([f"P{row // 2}" for row in range(200)])
    cases = HeadCases(features, chance, np.ones(200), patients)
    head = Head(train_head(cases, HeadSpec(max_rounds=60, learning_rate=0.1, seeds=1), 1))
    assert np.corrcoef(head.trees(features), wanted)[0, 1] > 0.9


def test_a_head_that_learnt_nothing_is_an_error() -> None:
    cases = HeadCases(
        np.zeros((40, len(FEATURES))),
        np.full(40, 0.3),
        np.ones(40),
        np.array([f"P{row}" for row in range(40)]),
    )
    with pytest.raises(HeadError, match="same for every nodule"):
        train_head(cases, TINY_HEAD, 1)


def test_inner_folds_keep_patients_together() -> None:
    patients = np.array(["a", "b", "a", "c", "d", "d", "e", "f"])
    seen = []
    for train, test in patient_folds(patients, 3, 0):
        assert not set(patients[train]) & set(patients[test])
        assert len(train) + len(test) == len(patients)
        seen += test.tolist()
    assert sorted(seen) == list(range(len(patients)))
