"""How the parts of the self-check write down what they find."""

import math
from typing import SupportsFloat

from viewer.core.selfcheck import Check


class Findings:
    """The checks of one group, in the order in which they were made.

    Parameters
    ----------
    group : str
        Heading.
    prefix : str
        Before the dot in the ids.
    """

    def __init__(self, group: str, prefix: str) -> None:
        self.group = group
        self._prefix = prefix
        self._checks: list[Check] = []

    @property
    def checks(self) -> tuple[Check, ...]:
        """What was written down so far."""
        return tuple(self._checks)

    def near(
        self,
        id: str,
        name: str,
        measured: SupportsFloat | None,
        expected: float,
        tolerance: float,
        unit: str = "",
        note: str = "",
    ) -> None:
        """Check that a number is within a tolerance; None and what is not finite fail."""
        value = None if measured is None else float(measured)
        if value is not None and not math.isfinite(value):
            value = None
        passed = value is not None and abs(value - expected) <= tolerance
        self._add(id, name, passed, value, expected, tolerance, unit, note)

    def same(self, id: str, name: str, measured: str, expected: str, note: str = "") -> None:
        """Check that two texts are the same."""
        self._add(id, name, measured == expected, measured, expected, None, "", note)

    def at_least(
        self, id: str, name: str, measured: float | None, least: float, unit: str, note: str = ""
    ) -> None:
        """Check that a number is not below another; what nobody knows passes, and is told."""
        value = "not stated by the system" if measured is None else measured
        passed = measured is None or measured >= least
        self._add(id, name, passed, value, f"at least {least:g}", None, unit, note)

    def broken(self, reason: str) -> None:
        """Write down that the group could not be checked to its end."""
        name = f"{self.group}, checked to the end"
        self._add("completed", name, False, "no", "yes", None, "", reason)

    def _add(
        self,
        id: str,
        name: str,
        passed: bool,
        measured: float | str | None,
        expected: float | str,
        tolerance: float | None,
        unit: str,
        note: str,
    ) -> None:
        full_id = f"{self._prefix}.{id}"
        self._checks.append(
            Check(full_id, self.group, name, passed, measured, expected, tolerance, unit, note)
        )
