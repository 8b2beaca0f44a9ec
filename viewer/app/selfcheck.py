"""Use case: check this installation with a phantom of which everything is known.

The phantom is written as DICOM files into a private folder, opened by the same road as any study,
and measured; the figures stand beside the truth. No network, no patient.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from viewer.app.selfcheck_decoders import check_decoders, package_version
from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_geometry import (
    check_angles,
    check_lengths,
    check_letters,
    check_positions,
    check_volumes,
)
from viewer.app.selfcheck_grey import check_png, check_ramp, check_window
from viewer.app.selfcheck_lab import CutSurface, Lab, cut_here
from viewer.app.selfcheck_machine import (
    DisplayFacts,
    check_display,
    check_marks,
    check_memory,
    environment,
)
from viewer.app.selfcheck_pictures import report_pictures
from viewer.app.selfcheck_series import check_gap, check_order, check_tilt
from viewer.app.selfcheck_values import (
    check_encodings,
    check_hu,
    check_monochrome1,
    check_padding,
    check_regions,
    check_rescale,
)
from viewer.core.errors import CancelledError, ViewerError
from viewer.core.progress import JobContext
from viewer.core.selfcheck import Check, SelfCheckReport
from viewer.export.snapshot import ReportPicture
from viewer.paths import temp_dir

PROGRAM = "hounsfield"
BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a broken part may raise: it is a finding, and the other parts are still checked."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the self-check: its heading, the prefix of its ids, and what it does."""

    group: str
    prefix: str
    check: Callable[[Lab, Findings], None]


SECTIONS = (
    Section("Hounsfield units", "hu", check_hu),
    Section("Regions", "region", check_regions),
    Section("Lengths", "length", check_lengths),
    Section("Angles", "angle", check_angles),
    Section("Volumes", "volume", check_volumes),
    Section("Orientation", "letters", check_letters),
    Section("Patient positions", "position", check_positions),
    Section("Order and spacing", "series", check_order),
    Section("Missing slice", "gap", check_gap),
    Section("Gantry tilt", "tilt", check_tilt),
    Section("Padding", "padding", check_padding),
    Section("MONOCHROME1", "monochrome1", check_monochrome1),
    Section("Rescale", "rescale", check_rescale),
    Section("Grey scale", "grey", check_window),
    Section("Grey ramp", "ramp", check_ramp),
    Section("Encodings", "encoding", check_encodings),
    Section("Decoders", "decoder", check_decoders),
    Section("Pictures", "picture", check_png),
    Section("Marks", "mark", check_marks),
    Section("Memory", "memory", check_memory),
)
"""Everything that is checked, in the order of the report."""


@dataclass(frozen=True, slots=True, eq=False)
class SelfCheckResult:
    """The report, and pictures of the phantom with what was measured on it."""

    report: SelfCheckReport
    pictures: tuple[ReportPicture, ...]


def run_selfcheck(
    ctx: JobContext, cut_surface: CutSurface = cut_here, display: DisplayFacts | None = None
) -> SelfCheckResult:
    """Check everything.

    Parameters
    ----------
    ctx : JobContext
        Progress by section; may cancel.
    cut_surface : callable
        Cuts the surface of a ball: the window has it done in the compute process.
    display : DisplayFacts, optional
        What the window knows about its screen.

    Raises
    ------
    CancelledError
        The job was cancelled; nothing is left behind.
    ViewerError
        There is no place for the phantom's files.
    """
    started = time.perf_counter()
    checks: list[Check] = []
    with _scratch() as folder:
        lab = Lab(ctx, Path(folder), cut_surface)
        for number, section in enumerate(SECTIONS):
            ctx.check()
            ctx.progress(number / len(SECTIONS), section.group)
            checks += _checked(lab, section)
        pictures = _pictures(lab)
    if display is not None:
        found = Findings("Display", "display")
        check_display(display, found)
        checks += found.checks
    ctx.progress(1.0, "Self-check done")
    report = SelfCheckReport(
        program=PROGRAM,
        version=package_version(PROGRAM) or "(not installed)",
        made_at=datetime.now().astimezone().isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - started, 2),
        checks=tuple(checks),
        environment=environment(display),
    )
    return SelfCheckResult(report, pictures)


def _scratch() -> TemporaryDirectory[str]:
    """Make a private folder for the phantom's files, removed at the end whatever happens."""
    try:
        return TemporaryDirectory(prefix="selfcheck-", dir=temp_dir(), ignore_cleanup_errors=True)
    except OSError as error:
        raise ViewerError(
            "The self-check cannot run",
            f"its temporary folder cannot be made: {(error.strerror or 'refused').lower()}",
            "Free some space, or name another folder in HOUNSFIELD_HOME",
        ) from error


def _checked(lab: Lab, section: Section) -> tuple[Check, ...]:
    found = Findings(section.group, section.prefix)
    try:
        section.check(lab, found)
    except CancelledError:
        raise
    except ViewerError as error:
        found.broken(error.one_line())
    except BROKEN as error:
        reason = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
        found.broken(f"it stopped with {type(error).__name__}{reason}")
    return found.checks


def _pictures(lab: Lab) -> tuple[ReportPicture, ...]:
    """Return the pictures; a phantom that does not open has none, which the checks have told."""
    try:
        return report_pictures(lab.volume)
    except (ViewerError, *BROKEN):
        return ()
