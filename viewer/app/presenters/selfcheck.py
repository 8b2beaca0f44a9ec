"""Joins the self-check to its dialog: runs it as a job, shows, copies and saves what it found."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from viewer.app.masking import saved_text, told_error
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.selfcheck import SelfCheckResult, run_selfcheck
from viewer.app.selfcheck_lab import CutSurface
from viewer.app.selfcheck_machine import DisplayFacts
from viewer.app.selfcheck_report import report_lines
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.selfcheck import SelfCheckReport
from viewer.core.view_state import InteractionState
from viewer.export.snapshot import ReportPicture
from viewer.i18n import tr
from viewer.jobs.runner import JobRunner

RUN_KEY, SAVE_KEY = "selfcheck.run", "selfcheck.save"

WritePdf = Callable[[Path, SelfCheckReport, Sequence[ReportPicture]], None]
"""Writes the report, complete or not at all."""


class SelfCheckView(Protocol):
    """The dialog."""

    @property
    def run_requested(self) -> Connectable:
        """Check again."""

    @property
    def cancel_requested(self) -> Connectable:
        """Stop the check that runs."""

    @property
    def copy_requested(self) -> Connectable:
        """Copy the report as text."""

    @property
    def save_requested(self) -> Connectable:
        """Path to save the report to."""

    def set_report(self, report: SelfCheckReport | None) -> None:
        """Show the figures, or an empty table."""

    def set_progress(self, fraction: float, text: str) -> None:
        """Show how far the check is; it runs."""

    def set_idle(self) -> None:
        """Nothing runs any more."""

    def set_status(self, text: str) -> None:
        """Say what is so in one line."""

    def set_error(self, text: str) -> None:
        """Tell what went wrong; empty clears it."""


class SelfCheckPresenter:
    """Runs the check in the background; the newest run wins.

    Parameters
    ----------
    interaction : InteractionState
        Tells whether files are named: not while teaching.
    cut_surface : callable
        Cuts a surface in the compute process: marching cubes would hold the window.
    display : callable
        Returns what is known about the screen that the dialog is on.
    write_pdf : callable
        Runs on a job thread.
    copy_text : callable
        Puts a text on the clipboard.
    on_saved : callable
        Tells the window that a file was written.
    """

    def __init__(
        self,
        view: SelfCheckView,
        runner: JobRunner,
        interaction: InteractionState,
        cut_surface: CutSurface,
        *,
        display: Callable[[], DisplayFacts],
        write_pdf: WritePdf,
        copy_text: Callable[[str], None],
        on_saved: Callable[[Path], None],
    ) -> None:
        self._view, self._runner, self._interaction = view, runner, interaction
        self._cut_surface, self._display, self._write_pdf = cut_surface, display, write_pdf
        self._copy_text, self._on_saved = copy_text, on_saved
        self._result: SelfCheckResult | None = None
        self._connections = Connections()
        self._connections.add(view.run_requested, self.run)
        self._connections.add(view.cancel_requested, self.cancel)
        self._connections.add(view.copy_requested, self.copy)
        self._connections.add(view.save_requested, self.save)
        self._connections.add(interaction.events.teaching, self._on_teaching)
        view.set_report(None)
        view.set_error("")

    def run(self) -> None:
        """Check everything; what the last run found goes away."""
        self._result = None
        self._view.set_report(None)
        self._view.set_error("")
        self._view.set_status(tr("Checking…"))
        self._view.set_progress(0.0, "")
        self._runner.submit(
            RUN_KEY,
            run_selfcheck,
            self._cut_surface,
            self._display(),
            title=tr("Self-check"),
            on_progress=self._view.set_progress,
            on_done=self._show,
            on_failed=self._on_run_failed,
            on_cancelled=self._on_cancelled,
        )

    def cancel(self) -> None:
        """Stop at the next step."""
        self._runner.cancel(RUN_KEY)

    def copy(self) -> None:
        """Copy the whole report as text."""
        if self._result is not None:
            self._copy_text("\n".join(report_lines(self._result.report)) + "\n")
            self._view.set_status(tr("Report copied"))

    def save(self, path: Path) -> None:
        """Save the report as PDF."""
        if self._result is None:
            return
        self._view.set_error("")
        name = tr("a file") if self._interaction.teaching else path.name
        self._runner.submit(
            SAVE_KEY,
            self._write,
            path,
            self._result,
            title=tr("Saving {name}", name=name),
            on_done=self._on_written,
            on_failed=self._on_failed,
        )

    def close(self) -> None:
        """Stop; let go of the view."""
        self._runner.cancel(RUN_KEY)
        self._connections.close()

    def _show(self, result: SelfCheckResult) -> None:
        self._result = result
        self._view.set_idle()
        self._view.set_report(result.report)
        self._show_summary(result.report)

    def _show_summary(self, report: SelfCheckReport) -> None:
        self._view.set_status(f"{report.summary} ({report.seconds:.1f} s)")

    def _on_teaching(self) -> None:
        """Take away what may name a file."""
        self._view.set_error("")
        if self._result is not None:
            self._show_summary(self._result.report)

    def _on_run_failed(self, error: Exception) -> None:
        self._view.set_idle()
        self._view.set_status(tr("The self-check did not run to its end"))
        self._on_failed(error)

    def _on_cancelled(self) -> None:
        self._view.set_idle()
        self._view.set_status(tr("Cancelled: nothing was checked"))

    def _on_written(self, path: Path) -> None:
        self._view.set_status(saved_text(path, self._interaction.teaching))
        self._on_saved(path)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ViewerError):
            self._view.set_error(told_error(error, self._interaction.teaching))
        else:
            self._view.set_error(tr("That did not work; the log tells more."))

    def _write(self, ctx: JobContext, path: Path, result: SelfCheckResult) -> Path:
        ctx.check()
        self._write_pdf(path, result.report, result.pictures)
        return path
