"""What Analyze is asked and what it answers: plain values, shared by window and worker."""

from dataclasses import dataclass, field
from enum import StrEnum

from viewer.core.caveats import Caveat
from viewer.core.geometry import VolumeGeometry
from viewer.core.shapes import PointLps
from viewer.core.volume import Padding, Volume


@dataclass(frozen=True, slots=True, eq=False)
class AnalysisRequest:
    """What the worker needs beside the voxels: the headers' facts and the model's folder.

    Attributes
    ----------
    series_uid : str
        Series Instance UID.
    sop_uids : tuple of str
        SOP Instance UIDs in volume order.
    modality, unit : str, str or None
        As in `viewer.core.study.Stack`.
    samples : int
        1 grey, 3 RGB.
    image_type : tuple of str
        DICOM Image Type.
    slice_thickness_mm : float or None
        As the header says it; not used as spacing.
    kernel, contrast : str
        Convolution kernel and contrast agent; empty where the header has none.
    lossy_ratio : float or None
        Compression ratio of lossy images.
    geometry : VolumeGeometry
        Of the voxels.
    padding : Padding or None
        How to recognise padding.
    placeholders : tuple of int
        Slices (z) without an image.
    caveats : tuple of Caveat
        Of the volume.
    model_folder : str
        Folder of the model bundle.
    """

    series_uid: str
    sop_uids: tuple[str, ...]
    modality: str
    unit: str | None
    samples: int
    image_type: tuple[str, ...]
    slice_thickness_mm: float | None
    kernel: str
    contrast: str
    lossy_ratio: float | None
    geometry: VolumeGeometry
    padding: Padding | None
    placeholders: tuple[int, ...]
    caveats: tuple[Caveat, ...]
    model_folder: str

    @classmethod
    def of(cls, volume: Volume, model_folder: str) -> "AnalysisRequest":
        """Gather the facts of a loaded volume."""
        stack = volume.stack
        return cls(
            series_uid=stack.key.series_uid,
            sop_uids=stack.sop_uids,
            modality=stack.modality,
            unit=stack.unit,
            samples=3 if volume.is_colour else stack.samples,
            image_type=stack.image_type,
            slice_thickness_mm=stack.labels.slice_thickness_mm,
            kernel=stack.labels.kernel,
            contrast=stack.labels.contrast,
            lossy_ratio=stack.lossy_ratio,
            geometry=volume.geometry,
            padding=volume.padding,
            placeholders=volume.placeholders,
            caveats=volume.caveats,
            model_folder=model_folder,
        )


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
    score : float or None
        Model score, 0..1; None where the model was not made for it, `note` says why.
    interval : Interval or None
        Its uncertainty; None with the score.
    slice_shares : tuple of (int, float)
        0-based slices and their share of the score (evidence strip); sums to 1 or is empty.
    nodule_likeness : float
        Strength of the detector's proposal: how much the place looks like a nodule and not like a
        vessel or a wall. Not a probability; only comparable within a scan.
    counts : bool
        Whether the score of the scan may come from this finding (see `ScanScore.rule`).
    note : str
        What limits the score of this finding; empty where nothing does.
    """

    id: str
    position_lps_mm: PointLps
    slice_index: int
    diameter_mm: float
    volume_mm3: float
    mean_hu: float
    density: str
    score: float | None
    interval: Interval | None
    slice_shares: tuple[tuple[int, float], ...] = ()
    nodule_likeness: float = 0.0
    counts: bool = True
    note: str = ""


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
    """The answer of Analyze.

    `score` is None when refused, when nothing was found to score, or where `no_score_reason` says
    why the scan has no number although it has findings.
    """

    gate: tuple[GateCheck, ...]
    refused: bool
    score: ScanScore | None
    findings: tuple[Finding, ...]
    model: ModelInfo
    provenance: Provenance
    caveats: tuple[Caveat, ...] = ()
    notes: tuple[str, ...] = field(default=())
    no_score_reason: str = ""
