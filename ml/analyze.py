"""Analyze: gate, lungs, candidates, scores, and one number for the scan by a stated rule."""

import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ml.bundle import Bundle, read_bundle
from ml.findings import (
    MOST_FINDINGS,
    Scorer,
    check_range,
    listed,
    no_score_reason,
    scan_score,
    score_candidates,
)
from ml.gate import THICKNESS_MM, check_headers, is_refused, is_sharp
from ml.gate_image import check_histogram, check_lungs
from ml.provenance import model_info, pipeline_sha256, pixels_sha256, versions
from viewer.core.analysis import (
    AnalysisRequest,
    Finding,
    GateCheck,
    Provenance,
    RiskReport,
)
from viewer.core.model_catalog import HOW_TO_ADD, MANIFEST, NoModelError
from viewer.core.progress import JobContext
from viewer.core.volume import MaskArray, VoxelArray
from viewer.imaging.candidates import find_candidates
from viewer.imaging.lungs import LungSegmentation, segment_lungs

WAIT_S = 0.1
NOTHING_FOUND = (
    "No place in the lungs looked like a nodule to the detector. It misses nodules: this is not a "
    "clean bill of health."
)
DETECTOR_NOTE = (
    "The detector proposes vessels, scars and walls, too; the model was trained on nodules only: "
    "its score of anything else means nothing."
)

_NO_EMPHYSEMA = "inflates it; not a measure of emphysema"

MakeScorer = Callable[[Bundle], Scorer]


class StageContext:
    """A context whose progress is a part of another's."""

    def __init__(self, ctx: JobContext, start: float, end: float) -> None:
        self._ctx, self._start, self._end = ctx, start, end

    def progress(self, fraction: float, text: str = "") -> None:
        """Report progress within the stage."""
        self._ctx.progress(self._start + (self._end - self._start) * fraction, text)

    def partial(self, value: object) -> None:
        """Hand on an intermediate result."""
        self._ctx.partial(value)

    def check(self) -> None:
        """Raise `CancelledError` once cancelled."""
        self._ctx.check()


def run_analysis(
    ctx: JobContext, request: AnalysisRequest, volume: VoxelArray, make_scorer: MakeScorer
) -> RiskReport:
    """Analyze a volume.

    Parameters
    ----------
    ctx : JobContext
        Gets progress by stage and, as partial results, tuples of the findings so far.
    request : AnalysisRequest
        Facts of the headers and the model's folder.
    volume : ndarray, shape (z, y, x)
        HU.
    make_scorer : callable
        Makes a scorer of a bundle; runs on a thread of its own while the lungs are looked at, as
        importing TensorFlow takes seconds.

    Raises
    ------
    NoModelError
        There is no model in the folder.
    BundleError
        The model is damaged or was changed.
    CancelledError
        The job was cancelled.
    """
    run = _Run(request)
    bundle = _read_model(request)
    ctx.progress(0.0, "Checking the input")
    gate = check_headers(request)
    if is_refused(gate):
        return run.refused(bundle, gate, "")
    # Not waited for at a cancel or a refusal: the thread ends by itself, the model stays warm.
    pool = ThreadPoolExecutor(1, "load-model")
    try:
        loading = pool.submit(make_scorer, bundle)
        digest = pixels_sha256(ctx, volume)
        invalid = invalid_voxels(request, volume)
        gate = (*gate, check_histogram(volume, invalid))
        if is_refused(gate):
            return run.refused(bundle, gate, digest)
        lungs = segment_lungs(volume, request.geometry, invalid, StageContext(ctx, 0.05, 0.25))
        gate = (*gate, *check_lungs(request, volume, lungs))
        if is_refused(gate):
            return run.refused(bundle, gate, digest)
        candidates = listed(
            find_candidates(
                StageContext(ctx, 0.25, 0.6), volume, request.geometry, lungs, MOST_FINDINGS
            )
        )
        scorer = _wait_for(ctx, loading)
    finally:
        pool.shutdown(wait=False)
    findings = score_candidates(
        StageContext(ctx, 0.7, 1.0), volume, request.geometry, candidates, scorer
    )
    return RiskReport(
        gate=(*gate, check_range([finding.diameter_mm for finding in findings if finding.counts])),
        refused=False,
        score=scan_score(findings),
        findings=findings,
        model=model_info(bundle),
        provenance=run.provenance(digest, scorer.device),
        caveats=request.caveats,
        notes=notes(request, lungs, findings),
        no_score_reason=no_score_reason(findings),
    )


class _Run:
    """When a run began, for its provenance."""

    def __init__(self, request: AnalysisRequest) -> None:
        self._request = request
        self._started = datetime.now(UTC)
        self._clock = time.monotonic()

    def provenance(self, digest: str, device: str) -> Provenance:
        return Provenance(
            series_uid=self._request.series_uid,
            sop_uids=self._request.sop_uids,
            pixels_sha256=digest,
            pipeline_sha256=pipeline_sha256(),
            device=device,
            versions=versions(),
            started=self._started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self._clock, 3),
            seed=0,
        )

    def refused(self, bundle: Bundle, gate: tuple[GateCheck, ...], digest: str) -> RiskReport:
        """Return the report of an input that is not fit: reasons, and no number."""
        return RiskReport(
            gate=gate,
            refused=True,
            score=None,
            findings=(),
            model=model_info(bundle),
            provenance=self.provenance(digest, "none"),
            caveats=self._request.caveats,
        )


def _read_model(request: AnalysisRequest) -> Bundle:
    folder = Path(request.model_folder)
    if not request.model_folder or not (folder / MANIFEST).is_file():
        raise NoModelError("Analyze needs a model", "no model is installed", HOW_TO_ADD)
    return read_bundle(folder)


def _wait_for(ctx: JobContext, loading: "Future[Scorer]") -> Scorer:
    """Wait for the scorer; a cancel is seen meanwhile."""
    ctx.progress(0.6, "Loading the model")
    while True:
        ctx.check()
        try:
            return loading.result(timeout=WAIT_S)
        except FutureTimeoutError:
            continue


def invalid_voxels(request: AnalysisRequest, volume: VoxelArray) -> MaskArray | None:
    """Return which voxels hold no measurement, or None where all do."""
    if request.padding is None and not request.placeholders:
        return None
    mask = np.zeros(volume.shape, bool)
    if request.padding is not None:
        low, high = request.padding.low, request.padding.high
        for z, plane in enumerate(volume):
            if low[z] <= high[z]:  # NaN: the slice has no padding
                mask[z] = (plane >= low[z]) & (plane <= high[z])
    mask[list(request.placeholders)] = True
    return mask if mask.any() else None


def notes(
    request: AnalysisRequest, lungs: LungSegmentation, findings: Sequence[Finding]
) -> tuple[str, ...]:
    """Return what a reader should know beside the numbers.

    The share below -950 HU is left out where the kernel is sharp or not named: noise alone lifts
    it to many percent. Of thin slices it is told with what noise does to it.
    """
    left_out = ""
    if not request.kernel or is_sharp(request.kernel):
        kernel = f"sharp kernel ({request.kernel})" if request.kernel else "kernel, not named,"
        left_out = f"Share below -950 HU not given: noise of this {kernel} {_NO_EMPHYSEMA}."
    sides = (("Right", lungs.right), ("Left", lungs.left))
    measures = []
    for name, side in sides:
        text = f"{name} lung: {side.volume_ml:.0f} mL, mean {side.mean_hu:.0f} HU"
        if not left_out:
            text += f", {side.emphysema_percent:.1f} % below -950 HU{_thin_note(request)}"
        measures.append(f"{text}.")
    told = (DETECTOR_NOTE if findings else NOTHING_FOUND, *measures)
    return (*told, left_out) if left_out else told


def _thin_note(request: AnalysisRequest) -> str:
    """Return what is to be said of a share of low values in thin slices."""
    thickness_mm = request.slice_thickness_mm or request.geometry.spacing_zyx_mm[0]
    if thickness_mm >= THICKNESS_MM[0]:
        return ""
    return f" (noise of slices thinner than {THICKNESS_MM[0]:g} mm {_NO_EMPHYSEMA})"


def report_key(report: RiskReport) -> str:
    """Return a hash of everything in a report but times: equal runs have equal keys."""
    parts = (
        report.gate, report.score, report.no_score_reason, report.findings,
        report.model.sha256, report.notes,
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()
