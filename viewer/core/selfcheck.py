"""What the self-check found: figures beside what they should be, each passed or failed."""

from dataclasses import dataclass

DISCLAIMER = "Research and education. Not a medical device."

Figure = float | int | str | None
"""What was measured; None where nothing could be."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the self-check.

    Attributes
    ----------
    id : str
        Stable name ("hu.bone").
    group : str
        Heading under which it stands.
    name : str
        What is checked, in words.
    passed : bool
        Whether `measured` is within `tolerance` of `expected`.
    measured, expected : number or str
        In `unit`.
    tolerance : float or None
        Largest difference that passes; None where the two must be equal.
    note : str
        Whatever else there is to say, such as the reason of a failure.
    """

    id: str
    group: str
    name: str
    passed: bool
    measured: Figure
    expected: Figure
    tolerance: float | None = None
    unit: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """PASS or FAIL."""
        return "PASS" if self.passed else "FAIL"

    @property
    def measured_text(self) -> str:
        """What was measured, for people."""
        return figure_text(self.measured)

    @property
    def expected_text(self) -> str:
        """What is expected, with the tolerance and the unit."""
        if self.tolerance is None:
            return f"{figure_text(self.expected)} {self.unit}".strip()
        if self.tolerance == 0:
            return f"{figure_text(self.expected)} {self.unit} exactly".replace("  ", " ")
        expected, tolerance = figure_text(self.expected), f"{self.tolerance:.2g}"
        return f"{expected} ± {tolerance} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class SelfCheckReport:
    """One run of the self-check.

    Attributes
    ----------
    program, version : str
        Of this program.
    made_at : str
        Date and time of the run, local, as ISO 8601.
    seconds : float
        How long it took.
    checks : tuple of Check
        In the order of their groups.
    environment : tuple of (str, str)
        What it ran on: versions, memory, screen.
    """

    program: str
    version: str
    made_at: str
    seconds: float
    checks: tuple[Check, ...]
    environment: tuple[tuple[str, str], ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed; a report without checks has shown nothing."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def groups(self) -> tuple[tuple[str, tuple[Check, ...]], ...]:
        """Checks under their headings."""
        names = dict.fromkeys(check.group for check in self.checks)
        return tuple((name, tuple(c for c in self.checks if c.group == name)) for name in names)

    @property
    def summary(self) -> str:
        """One line: how many passed, and which failed."""
        total = len(self.checks)
        failed = [check.name for check in self.checks if not check.passed]
        if not failed:
            return f"PASS: all {total} checks passed"
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""
        return f"FAIL: {len(failed)} of {total} checks failed: {'; '.join(failed[:3])}{more}"


def figure_text(value: Figure) -> str:
    """Write a figure with as many digits as people need."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value
    if float(value).is_integer():
        return f"{value:.0f}"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"
