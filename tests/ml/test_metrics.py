"""AUC against scikit-learn; intervals, calibration figures and the plan of folds."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from ml.calibration import Calibrator, Line
from ml.lidc import Nodule, TilePlace
from ml.training.folds import (
    FoldError,
    all_fits,
    check_folds,
    held_out_rows,
    pair_fit,
    shipped_fit,
    training_rows,
)
from ml.training.metrics import (
    Cases,
    auc,
    calibration_figures,
    cross_calibrated,
    difference_figures,
    fold_aucs,
    group_figures,
    repeat_agreement,
)


def make_cases(n: int = 300, seed: int = 0) -> Cases:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    return Cases(
        label=labels,
        patient=np.array([f"P{row // 2}" for row in range(n)]),
        diameter_mm=rng.uniform(3, 30, n) + 5 * labels,
        thickness_mm=rng.choice([1.0, 2.0, 3.0], n),
        texture=rng.uniform(1, 5, n),
        contrast=rng.random(n) < 0.5,
        fold=np.array([(np.arange(n) // 2 + repeat) % 5 for repeat in range(3)]),
    )


def test_auc_is_that_of_scikit_learn_also_with_ties() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 200)
    for values in (rng.normal(size=200), rng.integers(0, 5, 200).astype(float), np.zeros(200)):
        assert auc(labels, values) == pytest.approx(roc_auc_score(labels, values), abs=1e-12)
    assert np.isnan(auc(np.ones(4), np.arange(4.0)))


def test_figures_of_a_group_are_means_over_folds_with_an_interval_around_them() -> None:
    cases = make_cases()
    noise = np.random.default_rng(2).normal(size=(3, len(cases.label)))
    scores = cases.label[None] + 0.8 * noise
    rows = np.arange(len(cases.label))
    expected = [
        roc_auc_score(cases.label[cases.fold[r] == f], scores[r, cases.fold[r] == f])
        for r in range(3)
        for f in range(5)
    ]
    np.testing.assert_allclose(fold_aucs(cases, scores, rows), expected)
    figures = group_figures(cases, scores, cases.groups()["all sizes"], 60)
    low, high = figures["auc_interval"]
    assert figures["auc"] == pytest.approx(np.mean(expected), abs=1e-4)
    assert low < figures["auc"] < high
    beside = difference_figures(cases, scores, noise, cases.groups()["all sizes"], 60)
    assert beside["difference_interval"][0] > 0.1
    assert beside["auc"] == pytest.approx(0.5, abs=0.1)


def test_every_nodule_is_in_one_group_of_each_kind() -> None:
    cases = make_cases()
    groups = cases.groups()
    for names in (
        ("below 5 mm", "5-10 mm", "10-20 mm", "20 mm and above"),
        ("slices up to 1.25 mm", "slices 1.25-2.5 mm", "slices above 2.5 mm"),
        ("with contrast agent", "without contrast agent"),
    ):
        assert (np.sum([groups[name] for name in names], axis=0) == 1).all()


def test_calibration_figures_know_a_calibrated_score() -> None:
    rng = np.random.default_rng(3)
    cases = make_cases(4000)
    raw = rng.normal(0, 2, (3, 4000))
    chance = 1 / (1 + np.exp(-raw[0]))
    labels = (rng.random(4000) < chance).astype(int)
    raw[1:] = raw[0]
    cases = Cases(
        labels, cases.patient, cases.diameter_mm, cases.thickness_mm, cases.texture, cases.contrast,
        cases.fold,
    )  # fmt: skip
    figures = calibration_figures(cases, cross_calibrated(cases, 3.0 * raw + 1))
    assert figures["slope"] == pytest.approx(1, abs=0.1)
    assert figures["intercept"] == pytest.approx(0, abs=0.1)
    assert figures["brier"] < figures["brier_constant"]
    assert sum(part["nodules"] for part in figures["reliability"]) == 3 * 4000


def test_repeats_that_agree_lie_in_each_others_intervals() -> None:
    calibrator = Calibrator(Line(1, 0), (Line(0.9, -0.1), Line(1.1, 0.1)))
    raw = np.repeat(np.random.default_rng(4).normal(size=(1, 50, 4)), 3, axis=0)
    assert repeat_agreement(raw, calibrator) == 1.0
    raw[2] += 50
    assert repeat_agreement(raw, calibrator) < 0.5


def nodule(number: int, patient: str, fold: int, label: int = 1, mean: float = 4.0) -> Nodule:
    place = (TilePlace(0, 0, 0),)
    folds = (fold,) * 3
    return Nodule(f"N{number}", patient, 0.7, place, label, mean, folds=folds)


def test_no_fit_sees_a_patient_whom_it_is_scored_on() -> None:
    nodules = (
        *(nodule(i, f"P{i // 2}", i // 2 % 5, 0) for i in range(40)),
        nodule(40, "P0", -1, -1, 3.0),
        nodule(41, "P99", -1, -1, 3.0),
        nodule(42, "P98", -1, -1, float("nan")),
    )
    check_folds(nodules)
    fits = all_fits()
    assert len(fits) == 35
    assert len({fit.name for fit in fits}) == 35
    assert len({fit.seed for fit in fits}) == 35
    for fit in fits:
        seen = {nodules[row].patient for row in training_rows(nodules, fit)}
        held = {nodules[row].patient for row in held_out_rows(nodules, fit)}
        assert not seen & held
        assert "P99" in seen
        assert "P98" not in seen
    assert 40 in held_out_rows(nodules, shipped_fit(0))  # an unlabelled nodule of a held patient
    assert pair_fit(1, 3, 0) == pair_fit(1, 0, 3)


def test_folds_that_split_a_patient_are_refused() -> None:
    with pytest.raises(FoldError, match="two folds"):
        check_folds((nodule(0, "P", 0), nodule(1, "P", 1)))
    with pytest.raises(FoldError, match="no fold"):
        check_folds((nodule(0, "P", -1),))
