"""The self-check's report as JSON values and as text."""

from viewer.app.describe import JsonObject, JsonValue, finite
from viewer.core.selfcheck import DISCLAIMER, Check, Figure, SelfCheckReport

_HEADINGS = ("", "", "measured", "expected", "")


def report_json(report: SelfCheckReport) -> JsonObject:
    """Return the report as `selfcheck --json` prints it: no NaN, no infinity."""
    checks: list[JsonValue] = [_check_json(check) for check in report.checks]
    environment: JsonObject = dict(report.environment)
    return {
        "program": report.program,
        "version": report.version,
        "passed": report.passed,
        "made_at": report.made_at,
        "seconds": report.seconds,
        "checks": checks,
        "environment": environment,
    }


def report_lines(report: SelfCheckReport) -> list[str]:
    """Return the report as lines of aligned columns, a heading over each group."""
    rows = [_row(check) for check in report.checks]
    widths = [max(len(row[n]) for row in (_HEADINGS, *rows)) for n in range(4)]
    lines = [f"{report.program} {report.version}  {report.made_at}", _aligned(_HEADINGS, widths)]
    for name, checks in report.groups:
        lines.append(name)
        lines += [_aligned(_row(check), widths) for check in checks]
    lines.append("Environment")
    lines += [f"  {name}: {value}" for name, value in report.environment]
    return [*lines, f"{report.summary} ({report.seconds:.1f} s)", DISCLAIMER]


def _check_json(check: Check) -> JsonObject:
    return {
        "id": check.id,
        "group": check.group,
        "name": check.name,
        "passed": check.passed,
        "measured": _figure_json(check.measured),
        "expected": _figure_json(check.expected),
        "tolerance": finite(check.tolerance),
        "unit": check.unit,
        "note": check.note,
    }


def _figure_json(value: Figure) -> JsonValue:
    return value if isinstance(value, str) else finite(value)


def _row(check: Check) -> tuple[str, str, str, str, str]:
    return check.verdict, check.name, check.measured_text, check.expected_text, check.note


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    """Put a row in columns; figures to the right, the rest to the left."""
    verdict, name, measured, expected = (
        f"{text:>{width}}" if n == 2 else f"{text:<{width}}"
        for n, (text, width) in enumerate(zip(row, widths, strict=False))
    )
    return f"  {verdict}  {name}  {measured}  {expected}  {row[4]}".rstrip()
