"""What Analyze is asked and what it answers: plain values, shared by window and worker."""

from dataclasses import dataclass, field
from enum import StrEnum

from viewer.core.caveats import Caveat
from viewer.core.shapes import PointLps


class GateLevel(StrEnum):
    """Verdict of one suitability check."""

    PASS = "pass"  # noqa: S105 - not a password
    CAVEAT = "caveat"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One check of the input, with what was measured and what is allowed."""

    id: str
    level: GateLevel
    value: str
    limit: str
    text: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of a score and how it was made."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A nodule candidate with its place, its measures and its score.

    Attributes
    ----------
    position_lps_mm : tuple of float
        Centre in LPS millimetres.
    slice_index : int
        0-based slice of the volume nearest to the centre.
    diameter_mm : float
        Diameter of the sphere of the same volume.
    volume_mm3 : float
        Volume of the segmented candidate.
    mean_hu : float
        Mean over the segmented candidate.
    density : str
        "solid", "part-solid" or "ground-glass": a suggestion from the HU values.
    score : float
        Model score, 0..1.
    interval : Interval
        Its uncertainty.
    slice_shares : tuple of (int, float)
        0-based slices and their share of the score (evidence strip); sums to 1 or is empty.
    """

    id: str
    position_lps_mm: PointLps
    slice_index: int
    diameter_mm: float
    volume_mm3: float
    mean_hu: float
    density: str
    score: float
    interval: Interval
    slice_shares: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ScanScore:
    """One number for the scan and the stated rule that made it."""

    value: float
    interval: Interval
    rule: str
    meaning: str
    not_meaning: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What the panel says about the model; `card` is Markdown."""

    name: str
    version: str
    summary: str
    cohort: str
    figures: tuple[tuple[str, str], ...]
    card: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a result came from, enough to make it again."""

    series_uid: str
    sop_uids: tuple[str, ...]
    pixels_sha256: str
    pipeline_sha256: str
    device: str
    versions: tuple[tuple[str, str], ...]
    started: str
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class RiskReport:
    """The answer of Analyze; `score` is None when refused or when nothing was found to score."""

    gate: tuple[GateCheck, ...]
    refused: bool
    score: ScanScore | None
    findings: tuple[Finding, ...]
    model: ModelInfo
    provenance: Provenance
    caveats: tuple[Caveat, ...] = ()
    notes: tuple[str, ...] = field(default=())
