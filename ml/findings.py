"""From candidates to findings: scored in small batches, ordered, one number for the scan."""

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from ml.gate import graded
from ml.predict import NoduleScore
from ml.preprocess import LONGEST_OF_BALL
from viewer.core.analysis import Finding, GateCheck, GateLevel, Interval, ScanScore
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import JobContext
from viewer.core.volume import VoxelArray
from viewer.imaging.candidates import Candidate

MOST_FINDINGS, LISTED_SHARE = 12, 0.15
"""So many proposals are scored and listed, if they are at least this strong beside the first."""
COUNT_FIRST, COUNT_SHARE = 3, 0.4
"""The first proposals, and those at least this strong beside the first, count for the scan."""
LARGEST_NODULE_MM = 30.0
"""Largest ball of a nodule that is scored; a larger mass fills the field of the model (36 mm).

Of the labelled nodules that the model was measured on six are larger, two of them rated benign. On
LIDC-IDRI reduced views separate worse the more they are reduced, so there is no way around it that
a measurement supports (docs/models/lung-nodule-1.md).
"""
MASS_NOTE = (
    f"Larger than {LARGEST_NODULE_MM:.0f} mm: the model's data had too few such masses to measure "
    "how it scores them"
)
NO_SCAN_SCORE = (
    f"a finding that counts for the scan is larger than {LARGEST_NODULE_MM:.0f} mm. The model's "
    "data had too few such masses to measure how it scores them, so neither it nor the scan has a "
    "score. Look at it."
)
BATCH = 3
"""Findings scored between two looks at a cancel."""
RULE = (
    f"The highest score among the findings that look most like nodules: the first {COUNT_FIRST} of "
    f"the detector and all that are at least {COUNT_SHARE:g} times as strong as its first."
)
MEANING = "reader-rated malignancy, learnt from LIDC-IDRI"
NOT_MEANING = "not a probability of cancer"


class Scorer(Protocol):
    """What scores nodules; see `ml.predict.NoduleScorer`."""

    device: str

    def score(
        self,
        volume_hu: NDArray[Any],
        spacing_zyx_mm: tuple[float, float, float],
        centres_zyx: Sequence[tuple[float, float, float]],
        diameters_mm: Sequence[float] | None = None,
    ) -> tuple[NoduleScore, ...]:
        """Score nodules of a volume."""


def score_candidates(
    ctx: JobContext,
    volume: VoxelArray,
    geometry: VolumeGeometry,
    candidates: tuple[Candidate, ...],
    scorer: Scorer,
) -> tuple[Finding, ...]:
    """Score candidates, the strongest first.

    Parameters
    ----------
    ctx : JobContext
        Is looked at for a cancel, and gets the findings so far, after each batch.
    volume : ndarray, shape (z, y, x)
        HU.
    geometry : VolumeGeometry
        Of `volume`.
    candidates : tuple of Candidate
        By falling strength.
    scorer : Scorer
        The model.
    """
    findings: list[Finding] = []
    for start in range(0, len(candidates), BATCH):
        ctx.check()
        ctx.progress(start / len(candidates), f"Scoring finding {start + 1} of {len(candidates)}")
        batch = candidates[start : start + BATCH]
        scores = _scores(geometry.spacing_zyx_mm, volume, batch, scorer)
        for number, (candidate, score) in enumerate(zip(batch, scores, strict=True), start + 1):
            findings.append(_finding(number, candidate, score, candidates[0].strength))
        ctx.partial(ordered(findings))
    ctx.progress(1.0, "Done")
    return ordered(findings)


def _scores(
    spacing_zyx_mm: tuple[float, float, float],
    volume: VoxelArray,
    batch: Sequence[Candidate],
    scorer: Scorer,
) -> list[NoduleScore | None]:
    """Score the nodules of a batch together; a mass has no score."""
    nodules = [item for item in batch if item.diameter_mm <= LARGEST_NODULE_MM]
    if not nodules:
        return [None] * len(batch)
    places = [item.index_zyx for item in nodules]
    # The scorer chooses slices by the longest diameter, as the readers' slices of training are.
    longest_mm = [LONGEST_OF_BALL * item.diameter_mm for item in nodules]
    scores = iter(scorer.score(volume, spacing_zyx_mm, places, longest_mm))
    return [next(scores) if item.diameter_mm <= LARGEST_NODULE_MM else None for item in batch]


def _finding(
    number: int, candidate: Candidate, score: NoduleScore | None, strongest: float
) -> Finding:
    """Join what the detector measured and what the model read."""
    return Finding(
        id=f"finding-{number}",
        position_lps_mm=candidate.position_lps_mm,
        slice_index=round(candidate.index_zyx[0]),
        diameter_mm=candidate.diameter_mm,
        volume_mm3=candidate.volume_mm3,
        mean_hu=candidate.mean_hu,
        density=candidate.density,
        score=score.score if score else None,
        interval=Interval(score.low, score.high) if score else None,
        slice_shares=tuple((item.slice_index, item.share) for item in score.slices)
        if score
        else (),
        nodule_likeness=candidate.strength,
        counts=number <= COUNT_FIRST or candidate.strength >= COUNT_SHARE * strongest,
        note="" if score else MASS_NOTE,
    )


def listed(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Leave out proposals that are weak beside the first; the first few stay in any case."""
    return tuple(
        item
        for number, item in enumerate(candidates)
        if number < COUNT_FIRST or item.strength >= LISTED_SHARE * candidates[0].strength
    )


def check_range(diameters_mm: Sequence[float]) -> GateCheck:
    """Judge whether the findings that count have sizes that the model was made for."""
    largest = max(diameters_mm, default=0.0)
    return graded(
        "model-range", f"largest finding {largest:.0f} mm", f"up to {LARGEST_NODULE_MM:.0f} mm",
        ((largest > LARGEST_NODULE_MM, GateLevel.CAVEAT, MASS_NOTE),),
        "Sizes that the model was made for.",
    )  # fmt: skip


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Sort findings: those that count for the scan first, each part by falling score.

    A mass without a score comes first in its part: it is not to be overlooked.
    """
    return tuple(
        sorted(
            findings,
            key=lambda item: (
                not item.counts,
                -(2.0 if item.score is None else item.score),
                item.id,
            ),
        )
    )


def scan_score(findings: Sequence[Finding]) -> ScanScore | None:
    """Make the scan's number by `RULE`; None without findings, or where one that counts has none.

    The highest of the other scores would say less than the finding that has no score.
    """
    counting = [finding for finding in findings if finding.counts]
    scored = [
        (item.score, item.interval)
        for item in counting
        if item.score is not None and item.interval is not None
    ]
    if not scored or len(scored) < len(counting):
        return None
    value, interval = max(scored, key=lambda item: item[0])
    return ScanScore(value, interval, RULE, MEANING, NOT_MEANING)


def no_score_reason(findings: Sequence[Finding]) -> str:
    """Say why a scan with findings has no score; empty where it has one."""
    unscored = any(item.counts and item.score is None for item in findings)
    return NO_SCAN_SCORE if unscored else ""
