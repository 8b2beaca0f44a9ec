"""The report of Analyze as JSON values, for the command line and exports."""

import math
from dataclasses import fields, is_dataclass
from typing import Any

from viewer.core.analysis import Finding, Interval, ModelInfo, Provenance, RiskReport, ScanScore

DECIMALS = 6
"""Digits behind the point of a number in the report."""


def report_to_json(report: RiskReport) -> dict[str, Any]:
    """Turn a report into values that `json.dumps(..., allow_nan=False)` accepts.

    Returns
    -------
    dict
        gate, refused, score (or None), findings, model, provenance, caveats, notes.
    """
    return {
        "gate": [_plain(check) for check in report.gate],
        "refused": report.refused,
        "score": None if report.score is None else _score(report.score),
        "findings": [_finding(finding) for finding in report.findings],
        "model": _model(report.model),
        "provenance": _provenance(report.provenance),
        "caveats": [_plain(caveat) for caveat in report.caveats],
        "notes": list(report.notes),
    }


def _score(score: ScanScore) -> dict[str, Any]:
    return {
        "value": _number(score.value),
        "interval": _interval(score.interval),
        "rule": score.rule,
        "meaning": score.meaning,
        "not_meaning": score.not_meaning,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "position_lps_mm": [_number(value) for value in finding.position_lps_mm],
        # Slices count from 1 in everything a reader sees.
        "slice_index": finding.slice_index,
        "slice_number": finding.slice_index + 1,
        "diameter_mm": _number(finding.diameter_mm),
        "volume_mm3": _number(finding.volume_mm3),
        "mean_hu": _number(finding.mean_hu),
        "density": finding.density,
        "score": _number(finding.score),
        "interval": _interval(finding.interval),
        "counts": finding.counts,
        "note": finding.note,
        "nodule_likeness": _number(finding.nodule_likeness),
        "slice_shares": [
            {"slice_index": index, "share": _number(share)} for index, share in finding.slice_shares
        ],
    }


def _model(model: ModelInfo) -> dict[str, Any]:
    return {
        "name": model.name,
        "version": model.version,
        "sha256": model.sha256,
        "summary": model.summary,
        "cohort": model.cohort,
        "figures": dict(model.figures),
    }


def _provenance(provenance: Provenance) -> dict[str, Any]:
    return {
        **_plain(provenance),
        "sop_uids": list(provenance.sop_uids),
        "versions": dict(provenance.versions),
        "seconds": _number(provenance.seconds),
    }


def _interval(interval: Interval) -> list[float | None]:
    return [_number(interval.low), _number(interval.high)]


def _number(value: float) -> float | None:
    """Round a number; what is not finite becomes None, as JSON has no word for it."""
    return round(float(value), DECIMALS) if math.isfinite(value) else None


def _plain(value: object) -> dict[str, Any]:
    """Return the fields of a flat value."""
    if not is_dataclass(value):
        raise TypeError("a value with fields is needed")
    return {field.name: getattr(value, field.name) for field in fields(value)}
