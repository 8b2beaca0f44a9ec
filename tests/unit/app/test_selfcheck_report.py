"""The report as JSON and as text."""

import json
from typing import Any

from tests.support.selfcheck_reports import CHECKS, report
from viewer.app.selfcheck_report import report_json, report_lines


def test_json_has_the_promised_fields():
    value: Any = report_json(report(*CHECKS))
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert {"program", "version", "passed", "checks", "environment"} <= set(value)
    assert (value["program"], value["version"], value["passed"]) == ("hounsfield", "9.8.7", False)
    assert value["environment"] == {"Python": "3.11"}
    assert value["checks"][1] == {
        "id": "hu.fat",
        "group": "Hounsfield units",
        "name": "Mean of fat",
        "passed": False,
        "measured": -98.25,
        "expected": -100,
        "tolerance": 0.5,
        "unit": "HU",
        "note": "",
    }
    assert value["checks"][2]["measured"] == "R L A P"
    assert value["checks"][3]["measured"] is None


def test_text_is_grouped_and_aligned():
    lines = report_lines(report(*CHECKS))
    rows = [line for line in lines if line.startswith(("  PASS", "  FAIL"))]
    assert [row[2:6] for row in rows] == ["PASS", "FAIL", "PASS", "FAIL"]
    assert rows[0].index("1200 ±") == rows[1].index("-100 ±")
    assert "nothing  0 levels exactly  not available" in " ".join(rows[3].split("   "))
    assert lines.index("Hounsfield units") < lines.index(rows[0]) < lines.index("Orientation")
    assert lines[-2] == "FAIL: 2 of 4 checks failed: Mean of fat; RLE (3.2 s)"
    assert lines[-1] == "Research and education. Not a medical device."


def test_a_report_passes_only_where_something_was_checked():
    assert report(CHECKS[0]).passed
    assert report(CHECKS[0]).summary == "PASS: all 1 checks passed"
    assert not report().passed
    assert not report(*CHECKS).passed


def test_many_failures_are_counted():
    summary = report(*[CHECKS[1]] * 5).summary
    assert summary.endswith("Mean of fat; Mean of fat; Mean of fat and 2 more")
