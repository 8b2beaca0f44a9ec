"""From candidates to findings: scored in small batches, ordered, one number for the scan."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from numpy.typing import NDArray

from ml.gate import graded
from ml.predict import NoduleScore
from viewer.core.analysis import Finding, GateCheck, GateLevel, Interval, ScanScore
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import JobContext
from viewer.core.volume import VoxelArray
from viewer.imaging.candidates import Candidate

MOST_FINDINGS, LISTED_SHARE = 12, 0.15
"""So many proposals are scored and listed, if they are at least this strong beside the first."""
COUNT_FIRST, COUNT_SHARE = 3, 0.4
"""The first proposals, and those at least this strong beside the first, count for the scan."""
LARGEST_NODULE_MM, SHOWN_AS_MM = 30.0, 20.0
"""A larger mass fills the field of the model: it is shown to it at reduced scale, as if so large.

Three real masses of 40, 32 and 50 mm scored 0.12, 0.06 and 0.03 unscaled with the first model, and
0.98, 0.67 and 0.47 as 20 mm. The size was chosen on these three: no measure of how good it is.
"""
MASS_NOTE = (
    f"Larger than {LARGEST_NODULE_MM:.0f} mm: outside of what the model was made for. It was shown "
    f"to it reduced, as if {SHOWN_AS_MM:.0f} mm; the score can be far too low."
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
) -> list[NoduleScore]:
    """Score a batch: nodules together, each mass by itself at reduced scale."""
    nodules = [item for item in batch if item.diameter_mm <= LARGEST_NODULE_MM]
    found = dict(zip(nodules, _scored(scorer, volume, spacing_zyx_mm, nodules), strict=True))
    for mass in (item for item in batch if item.diameter_mm > LARGEST_NODULE_MM):
        scale = SHOWN_AS_MM / mass.diameter_mm
        dz, dy, dx = (scale * mm for mm in spacing_zyx_mm)
        reduced = replace(mass, diameter_mm=SHOWN_AS_MM)
        found[mass] = _scored(scorer, volume, (dz, dy, dx), [reduced])[0]
    return [found[item] for item in batch]


def _scored(
    scorer: Scorer,
    volume: VoxelArray,
    spacing_zyx_mm: tuple[float, float, float],
    candidates: Sequence[Candidate],
) -> tuple[NoduleScore, ...]:
    if not candidates:
        return ()
    places = [item.index_zyx for item in candidates]
    return scorer.score(volume, spacing_zyx_mm, places, [item.diameter_mm for item in candidates])


def _finding(number: int, candidate: Candidate, score: NoduleScore, strongest: float) -> Finding:
    """Join what the detector measured and what the model read."""
    return Finding(
        id=f"finding-{number}",
        position_lps_mm=candidate.position_lps_mm,
        slice_index=round(candidate.index_zyx[0]),
        diameter_mm=candidate.diameter_mm,
        volume_mm3=candidate.volume_mm3,
        mean_hu=candidate.mean_hu,
        density=candidate.density,
        score=score.score,
        interval=Interval(score.low, score.high),
        slice_shares=tuple((item.slice_index, item.share) for item in score.slices),
        nodule_likeness=candidate.strength,
        counts=number <= COUNT_FIRST or candidate.strength >= COUNT_SHARE * strongest,
        note=MASS_NOTE if candidate.diameter_mm > LARGEST_NODULE_MM else "",
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
    """Sort findings: those that count for the scan first, each part by falling score."""
    return tuple(sorted(findings, key=lambda item: (not item.counts, -item.score, item.id)))


def scan_score(findings: Sequence[Finding]) -> ScanScore | None:
    """Make the scan's number from its findings by `RULE`; None where there is no finding."""
    counting = [finding for finding in findings if finding.counts]
    if not counting:
        return None
    highest = max(counting, key=lambda item: item.score)
    return ScanScore(highest.score, highest.interval, RULE, MEANING, NOT_MEANING)
