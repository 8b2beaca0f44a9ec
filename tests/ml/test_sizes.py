"""Large nodules: how they are reduced, and the figures made of their scores."""

import numpy as np
import pytest

from ml.lidc import Nodule, TilePlace
from ml.training.sizes import TRUE_SIZE, SizeScores, shown, size_figures, table

PLACES = (TilePlace(0, 0, 0),)


@pytest.mark.parametrize(
    ("diameter_mm", "spacing_mm"), [(19.9, 0.6), (20.0, 0.6), (25.0, 0.48), (40.0, 0.3)]
)
def test_only_what_is_larger_is_reduced_and_without_a_jump(
    diameter_mm: float, spacing_mm: float
) -> None:
    nodule = Nodule("a", "p", 0.6, PLACES, diameter_mm=diameter_mm)
    assert shown(nodule, 20.0).spacing_mm == pytest.approx(spacing_mm)


def test_ball_has_the_volume() -> None:
    assert Nodule("a", "p", 0.6, PLACES, volume_mm3=4 / 3 * np.pi * 5**3).ball_mm == pytest.approx(
        10
    )
    assert np.isnan(Nodule("a", "p", 0.6, PLACES).ball_mm)


def test_figures_by_range_and_rule() -> None:
    native = np.array([0.2, 0.9, 0.5, 0.6, 0.8, 0.7])
    reduced = np.array([0.2, 0.9, 0.4, 0.3, 0.8, 0.7])
    scores = SizeScores(
        longest_mm=np.array([16.0, 17.0, 31.0, 32.0, 33.0, 50.0]),
        ball_mm=np.array([11.0, 12.0, 20.0, 24.0, 30.0, np.nan]),
        label=np.array([0, 1, 0, 1, 1, 0]),
        rules={TRUE_SIZE: native, "at most 20 mm": reduced},
    )
    found = {
        (row["measure"], tuple(row["range_mm"]), row["shown"]): row for row in size_figures(scores)
    }
    large = found["longest diameter", (30, 99), TRUE_SIZE]
    assert (large["benign"], large["malignant"]) == (2, 2)
    assert large["mean_benign"] == pytest.approx(0.6)
    assert large["mean_malignant"] == pytest.approx(0.7)
    assert large["lowest_malignant"] == 0.6
    assert large["auc"] == pytest.approx(0.75)
    assert found["longest diameter", (30, 99), "at most 20 mm"]["auc"] == pytest.approx(0.5)
    assert ("longest diameter", (15, 20), "at most 20 mm") not in found
    assert ("ball of the volume", (20, 25), TRUE_SIZE) in found
    assert ("ball of the volume", (30, 99), TRUE_SIZE) not in found
    text = table(size_figures(scores))
    assert (
        "| longest diameter 30 mm and above | 2, 2 | true size | 0.60, 0.70 | 0.60 | 0.750 |"
        in text
    )
