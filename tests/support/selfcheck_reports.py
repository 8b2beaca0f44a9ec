"""A small self-check report: passed and failed checks with numbers, words and nothing."""

from viewer.core.selfcheck import Check, SelfCheckReport

CHECKS = (
    Check("hu.bone", "Hounsfield units", "Mean of bone", True, 1200.0, 1200.0, 0.5, "HU", "SD 0"),
    Check("hu.fat", "Hounsfield units", "Mean of fat", False, -98.25, -100.0, 0.5, "HU"),
    Check("letters.axial", "Orientation", "Letters, axial", True, "R L A P", "R L A P"),
    Check("decoder.rle", "Decoders", "RLE", False, None, 0.0, 0.0, "levels", "not available"),
)


def report(*checks: Check) -> SelfCheckReport:
    when = "2026-11-21T12:00:00+00:00"
    return SelfCheckReport("hounsfield", "9.8.7", when, 3.21, checks, (("Python", "3.11"),))
