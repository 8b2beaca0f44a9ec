"""Scoring: batches, volumes, intervals, shares; the same numbers whichever way they are asked."""

from dataclasses import asdict

import numpy as np
import pytest

from ml.bundle import read_bundle
from ml.features import SLICE_READINGS, leave_one_out, nodule_features, slice_readings
from ml.predict import NoduleScorer, ScoringError, volume_inputs
from ml.preprocess import NEIGHBOURS
from ml.reading import VIEWS, turned
from tests.support.nodule_tiles import LUNG_HU, TINY_PATCH, chest_plane_hu, write_tiny_bundle

SPACING = (1.5, 0.7, 0.8)
CENTRES = ((6.0, 80.0, 90.0), (9.2, 61.5, 70.25))


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> NoduleScorer:
    folder = write_tiny_bundle(tmp_path_factory.mktemp("scorer") / "bundle")
    return NoduleScorer(read_bundle(folder))


@pytest.fixture(scope="module")
def volume_hu() -> np.ndarray:
    volume = np.full((14, 150, 170), LUNG_HU, np.float32)
    for z in range(3, 12):
        size = 1.1 - 0.1 * abs(z - 6)
        volume[z] = chest_plane_hu((150, 170), SPACING[1:], CENTRES[0][1:], (8 * size, 5 * size))
    return np.round(volume).astype(np.int16)


def random_inputs(*slices: int) -> list[np.ndarray]:
    rng = np.random.default_rng(2)
    edge = TINY_PATCH.size_px
    return [rng.normal(size=(n, edge, edge, NEIGHBOURS)).astype(np.float32) for n in slices]


def test_a_score_lies_in_its_interval_and_its_shares_sum_to_one(scorer: NoduleScorer) -> None:
    for score in scorer.score_inputs(random_inputs(1, 2, 5)):
        assert 0 <= score.low <= score.score <= score.high <= 1
        assert sum(part.share for part in score.slices) == pytest.approx(1)
        assert all(0 <= part.reading <= 1 for part in score.slices)
        assert 2 <= score.diameter_mm <= 60
        shares = [abs(share) for _, share in score.contributions]
        assert shares == sorted(shares, reverse=True)
    assert scorer.device


def test_nodules_do_not_influence_each_other(scorer: NoduleScorer) -> None:
    nodules = random_inputs(3, 1, 4)
    together = scorer.score_inputs(nodules)
    for nodule, score in zip(nodules, together, strict=True):
        (alone,) = scorer.score_inputs([nodule])
        assert alone.score == pytest.approx(score.score, abs=1e-4)
        assert alone.low == pytest.approx(score.low, abs=1e-4)


def test_a_turned_or_mirrored_nodule_has_the_same_score(scorer: NoduleScorer) -> None:
    (inputs,) = random_inputs(1)
    (straight,) = scorer.score_inputs([inputs])
    for view in range(1, VIEWS):
        (other,) = scorer.score_inputs([turned(inputs, view)])
        assert other.score == pytest.approx(straight.score, abs=1e-4)


def test_the_views_are_eight_different_pictures() -> None:
    (inputs,) = random_inputs(1)
    pictures = {turned(inputs, view).tobytes() for view in range(VIEWS)}
    assert len(pictures) == VIEWS


def test_a_volume_is_scored_as_its_patches_are(scorer: NoduleScorer, volume_hu: np.ndarray) -> None:
    scores = scorer.score(volume_hu, SPACING, CENTRES, [9.0, 6.0])
    chosen, inputs = volume_inputs(volume_hu, SPACING, CENTRES[0], 9.0, TINY_PATCH)
    (expected,) = scorer.score_inputs([inputs], [chosen])
    assert scores[0].score == pytest.approx(expected.score, abs=1e-4)
    assert [part.slice_index for part in scores[0].slices] == list(chosen)
    assert len(scores[1].slices) == 3


def test_the_diameter_is_estimated_where_none_is_given(
    scorer: NoduleScorer, volume_hu: np.ndarray
) -> None:
    first, second = scorer.score(volume_hu, SPACING, CENTRES)
    assert first.score != second.score
    assert scorer.score(volume_hu, SPACING, ()) == ()
    assert scorer.score_inputs([]) == ()
    assert asdict(scorer.score(volume_hu, SPACING, CENTRES)[0]) == asdict(first)


@pytest.mark.parametrize(
    ("centre", "spacing", "diameter"),
    [
        ((20.0, 5.0, 5.0), SPACING, 5.0),
        ((5.0, float("nan"), 5.0), SPACING, 5.0),
        ((5.0, 5.0, 5.0), (0.0, 1.0, 1.0), 5.0),
        ((5.0, 5.0, 5.0), SPACING, float("nan")),
        ((5.0, 5.0, 5.0), SPACING, -1.0),
    ],
)
def test_places_that_make_no_sense_are_refused(
    scorer: NoduleScorer,
    volume_hu: np.ndarray,
    centre: tuple[float, float, float],
    spacing: tuple[float, float, float],
    diameter: float,
) -> None:
    with pytest.raises(ScoringError):
        scorer.score(volume_hu, spacing, [centre], [diameter])


def test_features_are_means_and_the_malignancy_of_largest_and_middle_slice() -> None:
    rows = np.random.default_rng(0).normal(size=(5, len(SLICE_READINGS)))
    features = nodule_features(rows)
    np.testing.assert_allclose(features[:-2], rows.mean(axis=0))
    assert features[-2:].tolist() == [rows[:, 0].max(), rows[2, 0]]
    np.testing.assert_allclose(leave_one_out(rows)[3], nodule_features(rows[[0, 1, 2, 4]]))
    np.testing.assert_allclose(leave_one_out(rows[:1])[0], nodule_features(rows[:1]))
    # Repeating the slices changes nothing: their number is no feature.
    np.testing.assert_allclose(nodule_features(np.repeat(rows, 3, axis=0)), features)


def test_the_map_diameter_is_that_of_a_disc() -> None:
    rows, columns = np.ogrid[:24, :24]
    disc = np.hypot(rows - 11.5, columns - 11.5) <= 5
    logits = np.where(disc, 20.0, -20.0)[None, :, :, None]
    (row,) = slice_readings(np.zeros((1, len(SLICE_READINGS) - 2)), logits, TINY_PATCH)
    assert row[-2] == pytest.approx(10 * 2 * TINY_PATCH.spacing_mm, rel=0.05)
    assert row[-1] == pytest.approx(1)
