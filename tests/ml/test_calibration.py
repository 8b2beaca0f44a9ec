"""Platt's line against scikit-learn's logistic regression, and its numbers as JSON."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ml.calibration import CalibrationError, Calibrator, fit_calibrator, fit_line, sigmoid


def scores(seed: int = 0, n: int = 400):
    rng = np.random.default_rng(seed)
    raw = rng.normal(-0.5, 2.0, n)
    labels = (rng.random(n) < sigmoid(1.7 * raw - 0.8)).astype(int)
    return raw, labels, np.array([f"P{row // 3}" for row in range(n)])


def test_the_line_is_that_of_logistic_regression_on_smoothed_targets() -> None:
    raw, labels, _ = scores()
    ones, zeros = labels.sum(), (labels == 0).sum()
    targets = np.where(labels == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    model.fit(np.tile(raw, 2)[:, None], np.repeat([1, 0], len(raw)), np.r_[targets, 1 - targets])
    line = fit_line(raw, labels)
    assert line.slope == pytest.approx(model.coef_[0, 0], abs=1e-4)
    assert line.intercept == pytest.approx(model.intercept_[0], abs=1e-4)


def test_a_calibrator_survives_json_and_spreads_around_its_line() -> None:
    raw, labels, patients = scores()
    calibrator = fit_calibrator(raw, labels, patients, 40, 1)
    assert Calibrator.from_json(calibrator.to_json()) == calibrator
    spread = calibrator.spread(np.array([0.0, 2.0]))
    assert spread.shape == (40, 2)
    middle = calibrator.chance(np.array([0.0, 2.0]))
    assert (spread.min(axis=0) < middle).all()
    assert (middle < spread.max(axis=0)).all()
    assert (np.abs(spread.mean(axis=0) - middle) < 0.05).all()


@pytest.mark.parametrize("labels", [np.zeros(5, int), np.ones(5, int), np.array([1, 1, 0, 0, 0])])
def test_what_cannot_be_calibrated_is_an_error(labels: np.ndarray) -> None:
    with pytest.raises(CalibrationError):
        fit_line(np.arange(5.0), labels)


def test_scores_far_from_zero_are_calibrated_as_well() -> None:
    raw, labels, _ = scores()
    near, far = fit_line(raw, labels), fit_line(40 * raw - 200, labels)
    assert far.slope * 40 == pytest.approx(near.slope, rel=1e-5)
    assert far.intercept - 200 * far.slope == pytest.approx(near.intercept, abs=1e-5)


def test_the_sigmoid_does_not_overflow() -> None:
    assert sigmoid(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]
