"""Joins Analyze to its panel: gate, progress, findings as they come, score, provenance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from viewer.app.action_spec import Need
from viewer.app.presenters.connections import Connectable, Connections
from viewer.core.analysis import Finding, GateCheck, ModelInfo, Provenance, RiskReport, ScanScore
from viewer.core.caveats import Caveat
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import PointLps
from viewer.core.volume import Volume
from viewer.i18n import mark, told, tr
from viewer.jobs.runner import JobRunner

ANALYZE_KEY = "analyze"

Analyze = Callable[[JobContext, Volume], RiskReport]
"""Gate, candidates and scores in the worker process; findings come as partial results."""


_NOT_COUNTED = mark(
    "The detector finds them less like nodules than the others, so the score of the scan never "
    "comes from them."
)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding as the list shows it.

    Attributes
    ----------
    number : int
        From 1, as beside the mark on the image.
    place : str
        Slice, counted from 1.
    size, density : str
        Diameter in mm; density class with the mean HU.
    score : tuple of float or None
        Model score and the ends of its interval, 0..1; None where there is none.
    note : str
        What limits the score, or why there is none.
    counts : bool
        Whether the score of the scan may come from it.
    """

    number: int
    finding_id: str
    place: str
    size: str
    density: str
    score: tuple[float, float, float] | None
    note: str = ""
    counts: bool = True


class AnalysisView(Protocol):
    """The panel."""

    @property
    def analyze_requested(self) -> Connectable:
        """Start."""

    @property
    def cancel_requested(self) -> Connectable:
        """Stop."""

    @property
    def finding_requested(self) -> Connectable:
        """Id of the finding to go to."""

    @property
    def model_requested(self) -> Connectable:
        """Look again whether a model is installed."""

    @property
    def card_requested(self) -> Connectable:
        """Show the model card."""

    def set_ready(self, reason: str) -> None:
        """Allow starting, or say why not (empty: allowed)."""

    def set_no_model(self, how_to_add: str) -> None:
        """Show the calm state without a model; empty leaves it."""

    def set_progress(self, fraction: float, text: str) -> None:
        """Show that the analysis is under way."""

    def set_idle(self) -> None:
        """Show that it is not."""

    def set_error(self, text: str) -> None:
        """Tell what went wrong; empty clears it."""

    def clear_report(self) -> None:
        """Show no result."""

    def set_gate(self, checks: tuple[GateCheck, ...], *, refused: bool) -> None:
        """Show the suitability checks."""

    def set_score(self, score: ScanScore | None, reason: str) -> None:
        """Show the scan's score, or why there is none."""

    def set_findings(self, rows: tuple[FindingRow, ...], note: str, why_not_counted: str) -> None:
        """Show the findings: `note` above them, `why_not_counted` above those that do not count."""

    def set_selected(self, finding_id: str) -> None:
        """Mark the finding that was jumped to."""

    def set_doubts(self, caveats: tuple[Caveat, ...], notes: tuple[str, ...]) -> None:
        """Show the caveats of the input and the notes of the pipeline."""

    def set_origin(self, summary: str, details: tuple[tuple[str, str], ...]) -> None:
        """Show model, device and what makes the result repeatable."""


class AnalysisPresenter:
    """Runs Analyze for the active volume and shows the report of the session.

    Parameters
    ----------
    analyze : callable
        Runs on a job thread; see `Analyze`.
    no_model : callable
        Returns how to add a model where none is installed, else "".
    jump : callable
        Shows a point (LPS mm) in every view.
    show_card : callable
        Shows the model card.
    on_ready : callable
        Called when `reason` changed.
    """

    def __init__(
        self,
        session: Session,
        view: AnalysisView,
        runner: JobRunner,
        analyze: Analyze,
        *,
        no_model: Callable[[], str],
        jump: Callable[[PointLps], None],
        show_card: Callable[[ModelInfo], None],
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._session, self._view, self._runner, self._analyze = session, view, runner, analyze
        self._no_model, self._jump, self._show_card = no_model, jump, show_card
        self._on_ready = on_ready
        self._partial: tuple[Finding, ...] = ()
        self._running: OpenStack | None = None
        self._how_to_add = ""
        self._reason: str | None = None
        self._connections = Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.voxels_changed, self._show_ready),
            (session.analysis_changed, self._on_analysis),
            (view.analyze_requested, self.start),
            (view.cancel_requested, self.cancel),
            (view.finding_requested, self._on_finding_requested),
            (view.model_requested, self.refresh_model),
            (view.card_requested, self._on_card_requested),
        ):
            self._connections.add(signal, slot)
        self._on_volume()
        self._on_analysis()

    @property
    def reason(self) -> str:
        """Why Analyze cannot start now; empty where it can."""
        return self._not_ready()

    def start(self) -> None:
        """Analyze the active volume; an earlier result is taken away first."""
        self.refresh_model()
        volume = self._session.volume
        if volume is None or self._not_ready():
            return
        self._session.set_analysis(None)
        self._running = self._session.open_stack
        self._view.set_error("")
        self._view.set_progress(0.0, tr("Starting"))
        self._runner.submit(
            ANALYZE_KEY,
            self._analyze,
            volume,
            title=tr("Analyze"),
            on_progress=self._on_progress,
            on_partial=self._on_partial,
            on_done=self._on_done,
            on_failed=self._on_failed,
            on_cancelled=self._on_cancelled,
        )

    def cancel(self) -> None:
        """Stop the analysis."""
        self._runner.cancel(ANALYZE_KEY)

    def refresh_model(self) -> None:
        """Look again whether a model is installed; that reads files, so not at every slice."""
        self._how_to_add = self._no_model()
        self._view.set_no_model(self._how_to_add)
        self._show_ready()

    def close(self) -> None:
        """Stop; let go of session and view."""
        self._runner.cancel(ANALYZE_KEY)
        self._connections.close()

    def _on_volume(self) -> None:
        if self._running is not None and not self._session.is_open(self._running):
            self._runner.cancel(ANALYZE_KEY)  # what was analysed is closed
            self._running = None
        if not self._is_shown():
            self._view.set_idle()
        self._view.set_error("")
        self.refresh_model()

    def _is_shown(self) -> bool:
        """Tell whether the running analysis is about the volume that the panel stands for."""
        return self._running is not None and self._running is self._session.open_stack

    def _show_ready(self) -> None:
        reason = self._not_ready()
        if reason != self._reason:
            self._reason = reason
            self._view.set_ready(reason)
            self._on_ready()

    def _not_ready(self) -> str:
        volume = self._session.volume
        if self._how_to_add:
            return tr("No model is installed")
        if volume is None:
            return tr("Open a CT study to analyze it")
        if volume.stack.unit != "HU":
            return Need.HU.value
        if len(self._session.loaded_slices) < volume.geometry.shape_zyx[0]:
            return tr("Analyze can start once all slices are loaded")
        return ""

    def _on_analysis(self) -> None:
        report = self._session.analysis
        self._partial = ()
        if report is None:
            self._view.clear_report()
            return
        self._view.set_gate(report.gate, refused=report.refused)
        self._view.set_score(report.score, _why_no_score(report))
        self._show_findings(report.findings, _findings_note(report), report.score)
        self._view.set_doubts(report.caveats, report.notes)
        self._view.set_origin(
            _origin_line(report.model, report.provenance),
            provenance_rows(report.model, report.provenance),
        )

    def _on_progress(self, fraction: float, text: str) -> None:
        if self._is_shown():
            self._view.set_progress(fraction, text)

    def _on_partial(self, value: object) -> None:
        if isinstance(value, Finding):
            self._partial = (*self._partial, value)
        elif isinstance(value, tuple) and all(isinstance(item, Finding) for item in value):
            self._partial = value
        elif isinstance(value, tuple) and all(isinstance(item, GateCheck) for item in value):
            if self._is_shown():
                self._view.set_gate(value, refused=False)
            return
        else:
            return
        if self._is_shown():
            self._show_findings(self._partial, tr("So far; the analysis still runs."), None)

    def _show_findings(
        self, findings: tuple[Finding, ...], note: str, score: ScanScore | None
    ) -> None:
        rule = (
            f"{tr(_NOT_COUNTED)} {tr('Rule: {rule}', rule=told(score.rule))}"
            if score
            else tr(_NOT_COUNTED)
        )
        self._view.set_findings(finding_rows(findings), note, rule)

    def _on_done(self, report: RiskReport) -> None:
        stack, self._running = self._running, None
        self._view.set_idle()
        if stack is not None and self._session.is_open(stack):
            self._session.set_analysis(report, stack.volume.stack.key)

    def _on_failed(self, error: Exception) -> None:
        self._running = None
        self._view.set_idle()
        self._view.clear_report()
        if isinstance(error, ViewerError):
            self._view.set_error(error.shown_line())
        else:
            self._view.set_error(tr("The analysis stopped unexpectedly; the log tells more."))

    def _on_cancelled(self) -> None:
        self._running = None
        self._view.set_idle()
        self._view.clear_report()

    def _on_finding_requested(self, finding_id: str) -> None:
        report = self._session.analysis
        findings = self._partial if report is None else report.findings
        for finding in findings:
            if finding.id == finding_id:
                self._view.set_selected(finding_id)
                self._jump(finding.position_lps_mm)

    def _on_card_requested(self) -> None:
        if self._session.analysis is not None:
            self._show_card(self._session.analysis.model)


def finding_rows(findings: Sequence[Finding]) -> tuple[FindingRow, ...]:
    """Return the rows of the list, numbered in the report's order."""
    return tuple(
        FindingRow(
            number,
            finding.id,
            tr("Slice {slice_index}", slice_index=finding.slice_index + 1),
            tr("{diameter_mm:.1f} mm", diameter_mm=finding.diameter_mm),
            tr("{density}, {mean_hu:.0f} HU", density=finding.density, mean_hu=finding.mean_hu),
            _score_of(finding),
            finding.note,
            finding.counts,
        )
        for number, finding in enumerate(findings, 1)
    )


def _score_of(finding: Finding) -> tuple[float, float, float] | None:
    if finding.score is None or finding.interval is None:
        return None
    return finding.score, finding.interval.low, finding.interval.high


def provenance_rows(model: ModelInfo, provenance: Provenance) -> tuple[tuple[str, str], ...]:
    """Return everything that makes a result repeatable, as (name, value)."""
    versions = ", ".join(f"{name} {version}" for name, version in provenance.versions)
    return (
        (tr("Model"), f"{model.name} {model.version}".strip()),
        (tr("Model SHA-256"), model.sha256),
        (tr("Pipeline SHA-256"), provenance.pipeline_sha256),
        (tr("Pixels SHA-256"), provenance.pixels_sha256),
        (tr("Images"), str(len(provenance.sop_uids))),
        (tr("Series"), provenance.series_uid),
        (tr("Device"), provenance.device),
        (tr("Versions"), versions),
        (tr("Started"), provenance.started),
        (tr("Took"), f"{provenance.seconds:.1f} s"),
        (tr("Seed"), str(provenance.seed)),
    )


def _origin_line(model: ModelInfo, provenance: Provenance) -> str:
    name = f"{model.name} {model.version}".strip()
    return tr(
        "{name} on {device}, {seconds:.1f} s",
        name=name,
        device=provenance.device,
        seconds=provenance.seconds,
    )


def _why_no_score(report: RiskReport) -> str:
    if report.score is not None:
        return ""
    if report.refused:
        return tr("This series is not suitable. The checks below say why.")
    if report.no_score_reason:
        return report.no_score_reason[:1].upper() + report.no_score_reason[1:]
    return tr("No nodule candidate was found to score.")


def _findings_note(report: RiskReport) -> str:
    if report.refused:
        return ""
    if not report.findings:
        return tr("No nodule candidates were found. This does not mean that there are none.")
    return tr("Nodule candidates. Click one to see it in every view.")
