"""`hounsfield analyze PATH`: gate, nodule candidates and scores; research only."""

import argparse
from dataclasses import asdict

from viewer.app.analyze import analyze, model_folders
from viewer.cli.program import OK, REFUSED
from viewer.cli.selection import add_path, add_stack_options, load_chosen
from viewer.cli.terminal import JsonValue, TerminalContext, print_error, print_json, print_line
from viewer.core.analysis import Finding, GateLevel, Interval, RiskReport
from viewer.core.caveats import Caveat
from viewer.jobs.process import WorkerProcess


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    add_path(parser)
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    parser.add_argument("--model", default="", metavar="NAME", help="which installed model")
    add_stack_options(parser)


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Load, analyze in a process of its own, and tell."""
    volume = load_chosen(ctx, arguments.path, arguments.series, arguments.stack)
    worker = WorkerProcess("learning")
    try:
        report = analyze(worker, ctx, volume, model_folders(), arguments.model)
    finally:
        worker.close()
    ctx.end_line()
    if arguments.json:
        print_json(report_json(report))
    else:
        for line in _lines(report):
            print_line(line)
    if report.refused:
        reasons = [c.text for c in report.gate if c.level is GateLevel.REFUSE]
        print_error(f"refused: {'; '.join(reasons)}")
        return REFUSED
    return OK


def report_json(report: RiskReport) -> JsonValue:
    """Return a report as JSON."""
    score = report.score
    return {
        "gate": [
            {
                "id": check.id,
                "level": check.level.value,
                "value": check.value,
                "limit": check.limit,
                "text": check.text,
            }
            for check in report.gate
        ],
        "refused": report.refused,
        "score": None
        if score is None
        else {
            "value": score.value,
            "interval": _interval_json(score.interval),
            "rule": score.rule,
            "meaning": score.meaning,
            "not_meaning": score.not_meaning,
        },
        "no_score_reason": report.no_score_reason,
        "findings": [_finding_json(finding) for finding in report.findings],
        "model": {
            "name": report.model.name,
            "version": report.model.version,
            "summary": report.model.summary,
            "cohort": report.model.cohort,
            "figures": dict(report.model.figures),
            "card": report.model.card,
            "sha256": report.model.sha256,
        },
        "provenance": {
            **{
                name: value
                for name, value in asdict(report.provenance).items()
                if name not in ("sop_uids", "versions")
            },
            "sop_uids": list(report.provenance.sop_uids),
            "versions": dict(report.provenance.versions),
        },
        "caveats": [_caveat_json(caveat) for caveat in report.caveats],
        "notes": list(report.notes),
    }


def _finding_json(finding: Finding) -> JsonValue:
    return {
        "id": finding.id,
        "position_lps_mm": list(finding.position_lps_mm),
        "slice_index": finding.slice_index,
        "diameter_mm": finding.diameter_mm,
        "volume_mm3": finding.volume_mm3,
        "mean_hu": finding.mean_hu,
        "density": finding.density,
        "score": finding.score,
        "interval": _interval_json(finding.interval),
        "nodule_likeness": finding.nodule_likeness,
        "counts": finding.counts,
        "note": finding.note,
        "slice_shares": [[index, share] for index, share in finding.slice_shares],
    }


def _interval_json(interval: Interval | None) -> JsonValue:
    return None if interval is None else {"low": interval.low, "high": interval.high}


def _caveat_json(caveat: Caveat) -> JsonValue:
    return {"code": caveat.code.value, "text": caveat.text}


def _lines(report: RiskReport) -> list[str]:
    lines = ["Suitability"]
    lines += [f"  {c.level.value:<7} {c.id}: {c.text} ({c.value})" for c in report.gate]
    if report.refused:
        return [*lines, "Refused: no score is given."]
    score = report.score
    if score is None:
        lines.append(f"No score: {report.no_score_reason or 'nothing was found to score.'}")
    else:
        low, high = score.interval.low, score.interval.high
        lines.append(f"Score {score.value:.2f} ({low:.2f} to {high:.2f}): {score.meaning}")
        lines.append(f"  {score.not_meaning}")
    for number, finding in enumerate(report.findings, 1):
        lines.append(
            f"  {number}. slice {finding.slice_index + 1}, {finding.diameter_mm:.1f} mm, "
            f"{finding.density}, {_score_text(finding)}"
        )
    lines.append(f"Model {report.model.name} {report.model.version} on {report.provenance.device}")
    lines += [f"  ! {caveat.text}" for caveat in report.caveats]
    return [*lines, *(f"  {note}" for note in report.notes)]


def _score_text(finding: Finding) -> str:
    if finding.score is None or finding.interval is None:
        return f"no score: {finding.note}"
    return f"score {finding.score:.2f} ({finding.interval.low:.2f} to {finding.interval.high:.2f})"
