"""One analysis report for tests of what shows it."""

from viewer.core.analysis import (
    Finding,
    GateCheck,
    GateLevel,
    Interval,
    ModelInfo,
    Provenance,
    RiskReport,
    ScanScore,
)
from viewer.core.caveats import Caveat, CaveatCode

CHECKS = (
    GateCheck("modality", GateLevel.PASS, "CT", "CT", "The modality is CT"),
    GateCheck("thickness", GateLevel.CAVEAT, "3.0 mm", "at most 5 mm", "Slices are thick"),
)
FINDINGS = (
    Finding("f1", (10.0, -20.0, 30.0), 4, 8.2, 288.7, -12.0, "solid", 0.61, Interval(0.42, 0.78)),
    Finding(
        "f2", (-11.0, 21.0, -9.0), 1, 5.4, 82.4, -480.0, "ground-glass", 0.2, Interval(0.1, 0.4)
    ),
)
REPORT = RiskReport(
    gate=CHECKS,
    refused=False,
    score=ScanScore(0.61, Interval(0.42, 0.78), "highest finding", "what it is", "what it is not"),
    findings=FINDINGS,
    model=ModelInfo(
        "lung", "1.0", "Summary.", "Cohort.", (("AUC", "0.93"),), "# Card\n\nText.", "ab" * 32
    ),
    provenance=Provenance(
        "9.8.7", ("1.1", "1.2"), "cd" * 32, "ef" * 32, "CPU", (("keras", "3"),), "now", 3.25, 7
    ),
    caveats=(Caveat(CaveatCode.PADDING, "Padding lies outside the field of view"),),
    notes=("One candidate was too small to score",),
)
