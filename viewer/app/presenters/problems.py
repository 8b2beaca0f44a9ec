"""Joins the problems of the last scan to their list."""

from dataclasses import dataclass, replace
from typing import Protocol

from viewer.app.presenters.connections import Connections
from viewer.app.presenters.study_tree import summary_text
from viewer.core.session import Session
from viewer.core.study import StudyIndex
from viewer.i18n import told, tr


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A file that was left out: "Problem" for DICOM, "Skipped" for anything else."""

    kind: str
    path: str
    reason: str


class ProblemsView(Protocol):
    """The list."""

    def set_problems(self, rows: tuple[ProblemRow, ...], summary: str) -> None:
        """Show other problems, and a line above them."""


class ProblemsPresenter:
    """Keeps the list at what the last scan left out."""

    def __init__(self, session: Session, view: ProblemsView) -> None:
        self._session, self._view = session, view
        self._connections = Connections()
        self._connections.add(session.index_changed, self._on_index)
        self._connections.add(session.interaction.events.teaching, self._on_index)
        self._on_index()

    def close(self) -> None:
        """Let go of the session."""
        self._connections.close()

    def _on_index(self) -> None:
        index = self._session.index
        self._view.set_problems(
            problem_rows(index, self._session.interaction.teaching),
            summary_text(index) or tr("Nothing was opened"),
        )


def problem_rows(index: StudyIndex | None, hidden: bool = False) -> tuple[ProblemRow, ...]:
    """Return what was left out: DICOM files with problems first; `hidden` names no file."""
    if index is None:
        return ()
    rows = (
        *(
            ProblemRow(tr("Problem"), problem.path, told(problem.reason))
            for problem in index.problems
        ),
        *(
            ProblemRow(tr("Skipped"), problem.path, told(problem.reason))
            for problem in index.skipped
        ),
    )
    return tuple(replace(row, path=tr("(hidden)")) for row in rows) if hidden else rows
