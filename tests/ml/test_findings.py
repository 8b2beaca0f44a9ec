"""Findings: order, the scan's rule, masses without a score, cancel between batches."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from ml.findings import (
    MASS_NOTE,
    NO_SCAN_SCORE,
    RULE,
    check_range,
    listed,
    no_score_reason,
    scan_score,
    score_candidates,
)
from ml.predict import NoduleScore, SliceShare
from viewer.core.analysis import Finding, GateLevel
from viewer.core.errors import CancelledError
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import SilentContext
from viewer.imaging.candidates import Candidate

GEOMETRY = VolumeGeometry((20, 32, 32), (2.0, 0.5, 0.7), np.zeros(3), np.eye(3)[::-1].copy())
VOLUME = np.zeros((20, 32, 32), np.int16)


def candidate(strength: float, diameter_mm: float = 8.0, z: float = 4.4) -> Candidate:
    return Candidate(
        (1.0, 2.0, 3.0), (z, 10.0, 11.0), diameter_mm, 268.0, 30.0, "solid", (3, 6), strength
    )


class FixedScorer:
    """Scores by the z index: 0.1 for each slice; remembers what it was asked."""

    device = "test"

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[float, float, float], tuple[float, ...]]] = []

    def score(
        self,
        volume_hu: Any,
        spacing_zyx_mm: tuple[float, float, float],
        centres_zyx: Sequence[tuple[float, float, float]],
        diameters_mm: Sequence[float] | None = None,
    ) -> tuple[NoduleScore, ...]:
        self.asked.append((spacing_zyx_mm, tuple(diameters_mm or ())))
        return tuple(
            NoduleScore(
                z / 10, z / 10 - 0.05, z / 10 + 0.05, 7.0,
                (SliceShare(int(z), 0.75, 0.5), SliceShare(int(z) + 1, 0.25, 0.5)), (),
            )
            for z, _, _ in centres_zyx
        )  # fmt: skip


class Recorder(SilentContext):
    def __init__(self, cancel_after: int = 10**6) -> None:
        self.partials: list[tuple[Finding, ...]] = []
        self.checks = 0
        self._cancel_after = cancel_after

    def partial(self, value: object) -> None:
        assert isinstance(value, tuple)
        self.partials.append(value)

    def check(self) -> None:
        self.checks += 1
        if self.checks > self._cancel_after:
            raise CancelledError


def scored(*candidates: Candidate) -> tuple[Finding, ...]:
    return score_candidates(SilentContext(), VOLUME, GEOMETRY, candidates, FixedScorer())


def test_a_finding_joins_detector_and_model() -> None:
    (finding,) = scored(candidate(9.0))
    assert finding.score == pytest.approx(0.44)
    assert finding.interval is not None
    assert (finding.interval.low, finding.interval.high) == pytest.approx((0.39, 0.49))
    assert finding.slice_index == 4
    assert finding.diameter_mm == 8
    assert finding.slice_shares == ((4, 0.75), (5, 0.25))
    assert finding.nodule_likeness == 9
    assert finding.note == ""


def test_those_that_count_come_first_by_score() -> None:
    strengths = (10.0, 9.0, 3.0, 5.0, 2.0)
    findings = scored(
        *(candidate(s, z=z) for s, z in zip(strengths, (1.0, 2.0, 3.0, 4.0, 9.0), strict=True))
    )
    assert [item.score for item in findings] == pytest.approx([0.4, 0.3, 0.2, 0.1, 0.9])
    assert [item.counts for item in findings] == [True, True, True, True, False]


def test_the_scan_has_the_highest_that_counts() -> None:
    findings = scored(candidate(10, z=2), candidate(9, z=5), candidate(8, z=3), candidate(1, z=9))
    score = scan_score(findings)
    assert score is not None
    assert score.value == pytest.approx(0.5)
    assert score.interval == findings[0].interval
    assert score.rule == RULE
    assert "not a probability of cancer" in score.not_meaning
    assert scan_score(()) is None


def test_weak_proposals_are_left_out_but_the_first_three() -> None:
    weak = [candidate(s) for s in (20.0, 1.0, 0.9, 2.9, 3.1, 0.8)]
    assert [item.strength for item in listed(weak)] == [20.0, 1.0, 0.9, 3.1]
    assert listed([]) == ()


def test_a_mass_has_no_score_and_says_why() -> None:
    scorer = FixedScorer()
    batch = (candidate(9, 8.0), candidate(8, 30.1, 5.0), candidate(7, 30.0, 6.0))
    findings = score_candidates(SilentContext(), VOLUME, GEOMETRY, batch, scorer)
    assert len(scorer.asked) == 1
    mass, *others = findings
    assert (mass.id, mass.score, mass.interval, mass.slice_shares) == ("finding-2", None, None, ())
    assert mass.note == MASS_NOTE
    assert [item.score for item in others] == pytest.approx([0.6, 0.44])
    assert check_range([item.diameter_mm for item in findings]).level is GateLevel.CAVEAT
    assert check_range([8.0]).level is GateLevel.PASS
    assert check_range([]).level is GateLevel.PASS


def test_slices_are_chosen_by_the_longest_diameter() -> None:
    scorer = FixedScorer()
    score_candidates(SilentContext(), VOLUME, GEOMETRY, (candidate(9, 10.0),), scorer)
    ((spacing, longest_mm),) = scorer.asked
    assert spacing == (2.0, 0.5, 0.7)
    assert longest_mm == pytest.approx((12.7,))


def test_a_mass_that_counts_leaves_the_scan_without_a_score() -> None:
    with_mass = scored(candidate(10, 40.0), candidate(9, z=5), candidate(8, z=3))
    assert scan_score(with_mass) is None
    assert no_score_reason(with_mass) == NO_SCAN_SCORE
    only_masses = scored(*(candidate(10 - n, 40.0) for n in range(4)))
    assert scan_score(only_masses) is None
    weak = scored(candidate(10), candidate(9, z=5), candidate(8, z=3), candidate(1, 40.0))
    score = scan_score(weak)
    assert score is not None
    assert score.value == pytest.approx(0.5)
    assert no_score_reason(weak) == no_score_reason(()) == ""
    assert weak[-1].score is None


def test_findings_come_as_they_are_scored() -> None:
    context = Recorder()
    score_candidates(
        context, VOLUME, GEOMETRY, tuple(candidate(9 - n, z=n) for n in range(7)), FixedScorer()
    )
    assert [len(found) for found in context.partials] == [3, 6, 7]


def test_cancel_is_seen_before_each_batch() -> None:
    context = Recorder(cancel_after=1)
    with pytest.raises(CancelledError):
        score_candidates(
            context, VOLUME, GEOMETRY, tuple(candidate(9, z=n) for n in range(7)), FixedScorer()
        )
    assert len(context.partials) == 1
