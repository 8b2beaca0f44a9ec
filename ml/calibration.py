"""Platt calibration: a straight line on the log odds, fitted out of fold, kept as numbers.

Platt 1999, "Probabilistic outputs for support vector machines", with his smoothed targets. Beside
the line there are the lines of resampled patients, from which a score's interval is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.core.errors import ViewerError

FloatArray = NDArray[np.float64]

NEWTON_STEPS = 100
MAX_LINES = 2_000
MAX_COEFFICIENT = 100.0


class CalibrationError(ViewerError):
    """A calibrator that cannot be read or fitted."""


@dataclass(frozen=True, slots=True)
class Line:
    """Calibrated log odds = slope * raw + intercept."""

    slope: float
    intercept: float

    def logits(self, raw: FloatArray) -> FloatArray:
        """Return the calibrated log odds."""
        return self.slope * raw + self.intercept


@dataclass(frozen=True, slots=True)
class Calibrator:
    """The fitted line and those of resampled patients."""

    line: Line
    resampled: tuple[Line, ...]

    def chance(self, raw: FloatArray) -> FloatArray:
        """Return calibrated scores in 0..1 for raw scores of any shape."""
        return sigmoid(self.line.logits(raw))

    def spread(self, raw: FloatArray) -> FloatArray:
        """Return the scores by every resampled line, shape (lines, *raw.shape)."""
        return np.stack([sigmoid(line.logits(raw)) for line in self.resampled])

    def to_json(self) -> dict[str, Any]:
        """Return the calibrator as JSON values."""
        return {
            "kind": "platt",
            "line": [self.line.slope, self.line.intercept],
            "resampled": [[line.slope, line.intercept] for line in self.resampled],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Calibrator":
        """Read a calibrator and check its numbers.

        Raises
        ------
        CalibrationError
            A number is missing, not finite or out of bounds.
        """
        try:
            pairs = [values["line"], *values["resampled"]]
            lines = [Line(float(slope), float(intercept)) for slope, intercept in pairs]
            kind = values["kind"]
        except (KeyError, TypeError, ValueError) as error:
            raise CalibrationError("The calibrator is refused", f"bad values: {error}") from error
        numbers = np.array([[line.slope, line.intercept] for line in lines])
        sound = (
            kind == "platt"
            and 2 <= len(lines) <= MAX_LINES
            and np.isfinite(numbers).all()
            and (np.abs(numbers) <= MAX_COEFFICIENT).all()
            and (numbers[:, 0] > 0).all()
        )
        if not sound:
            raise CalibrationError("The calibrator is refused", "its numbers are out of bounds")
        return cls(lines[0], tuple(lines[1:]))


def sigmoid(logits: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-logits)) without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * np.asarray(logits, dtype=np.float64))))


def fit_line(raw: FloatArray, labels: NDArray[Any]) -> Line:
    """Fit the line by Newton's method on Platt's smoothed targets.

    Raises
    ------
    CalibrationError
        There is one class only, or the scores do not rise with the label.
    """
    targets = smoothed_targets(labels)
    line = fit_log_odds(np.stack([raw, np.ones_like(raw)], axis=1), targets)
    if not np.isfinite(line).all() or not 0 < line[0] <= MAX_COEFFICIENT:
        raise CalibrationError("The scores cannot be calibrated", "they do not rise with the label")
    return Line(float(line[0]), float(line[1]))


def smoothed_targets(labels: NDArray[Any]) -> FloatArray:
    """Return Platt's targets, a little inside of 0 and 1, which keep separable classes finite.

    Raises
    ------
    CalibrationError
        There is one class only.
    """
    positives, negatives = int((labels == 1).sum()), int((labels == 0).sum())
    if positives == 0 or negatives == 0:
        raise CalibrationError("The scores cannot be calibrated", "there is one class only")
    return np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))


def fit_log_odds(design: FloatArray, targets: FloatArray) -> FloatArray:
    """Fit log odds that are linear in the columns of a design (logistic regression).

    Parameters
    ----------
    design : ndarray, shape (n, columns)
    targets : ndarray, shape (n,)
        In 0..1.

    Returns
    -------
    ndarray, shape (columns,)
    """
    line = np.zeros(design.shape[1])
    loss = _loss(design @ line, targets)
    for _ in range(NEWTON_STEPS):
        chance = sigmoid(design @ line)
        gradient = design.T @ (chance - targets)
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(line)), gradient)
        # Newton's step may overshoot where the scores are far from 0: halve it until it helps.
        while (tried := _loss(design @ (line - step), targets)) > loss and np.abs(
            step
        ).max() > 1e-9:
            step = step / 2
        line, loss = line - step, tried
        if np.abs(step).max() < 1e-9:
            break
    return line


def _loss(logits: FloatArray, targets: FloatArray) -> float:
    """Return the cross-entropy of log odds."""
    return float(np.sum(np.logaddexp(0.0, logits) - targets * logits))


def fit_calibrator(
    raw: FloatArray, labels: NDArray[Any], patients: NDArray[Any], lines: int, seed: int
) -> Calibrator:
    """Fit the line, and again to `lines` resamplings of the patients.

    Parameters
    ----------
    raw : ndarray, shape (n,)
        Out-of-fold raw scores.
    labels, patients : ndarray, shape (n,)
    lines, seed : int
        Number of resamplings and their seed.
    """
    rows_of = [np.flatnonzero(patients == name) for name in np.unique(patients)]
    rng = np.random.default_rng(seed)
    resampled = []
    for _ in range(lines):
        rows = np.concatenate([rows_of[i] for i in rng.integers(len(rows_of), size=len(rows_of))])
        resampled.append(fit_line(raw[rows], labels[rows]))
    return Calibrator(fit_line(raw, labels), tuple(resampled))
