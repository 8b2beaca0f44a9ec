"""The Analyze panel: one button, then gate, score, findings, doubts and where it all came from.

Neutral throughout: no colour and no word that claims a diagnosis.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viewer.app.presenters.analysis import FindingRow
from viewer.core.analysis import GateCheck, ScanScore
from viewer.core.caveats import Caveat
from viewer.i18n import mark, told, tr
from viewer.ui.widgets.findings_list import FindingsList, FoldedFindings
from viewer.ui.widgets.gate_list import GateList
from viewer.ui.widgets.labels import plain_label
from viewer.ui.widgets.progress_row import ProgressRow
from viewer.ui.widgets.score_axis import ScoreAxis
from viewer.ui.widgets.section import Section

NOTICE = mark("Research and education. Not a medical device.")
_SCORED, _UNSCORED = mark("Score of this scan"), mark("No score")
_EXPLANATION = mark(
    "Checks whether the series is suitable, looks for nodule candidates in the lungs and scores "
    "each with the installed model."
)


class AnalysisPanel(QWidget):
    """Passive view of `viewer.app.presenters.analysis.AnalysisPresenter`."""

    analyze_requested = Signal()
    cancel_requested = Signal()
    finding_requested = Signal(str)
    model_requested = Signal()
    card_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("analysis-panel")
        self._button = QPushButton(tr("Analyze"))
        self._button.setProperty("role", "primary")
        self._button.setMinimumHeight(36)
        self._button.setAccessibleName(tr("Analyze the open study"))
        self._progress = ProgressRow(tr("analysis"))
        self._hint = plain_label(role="dim", wrap=True)
        self._error = plain_label(role="failure", wrap=True)
        self._no_model = Section(tr("No model installed"))
        self._no_model_text = plain_label(wrap=True)
        self._look_again = QPushButton(tr("Look again"))
        self._score = Section(_SCORED)
        self._score_value = plain_label(role="value")
        self._score_interval = plain_label(role="dim", wrap=True)
        self._axis = ScoreAxis()
        self._score_words = plain_label(wrap=True)
        self._findings = Section(tr("Findings"))
        self._findings_note = plain_label(role="dim", wrap=True)
        self._findings_list = FindingsList()
        self._others = FoldedFindings(tr("Not counted: probably vessels or walls"))
        self._gate = Section(tr("Suitability"))
        self._gate_list = GateList()
        self._doubts = Section(tr("Caveats"))
        self._doubts_text = plain_label(wrap=True)
        self._origin = Section(tr("Model and provenance"))
        self._origin_text = plain_label(wrap=True)
        self._origin_details = plain_label(role="dim", wrap=True)
        self._details = QPushButton(tr("Details"))
        self._card = QPushButton(tr("Model card…"))
        self._notice = plain_label(tr(NOTICE), "dim", wrap=True)
        self._build()
        self._button.clicked.connect(self.analyze_requested)
        self._progress.cancel_requested.connect(self.cancel_requested)
        for findings in (self._findings_list, self._others):
            findings.finding_requested.connect(self.finding_requested)
        self._look_again.clicked.connect(self.model_requested)
        self._card.clicked.connect(self.card_requested)
        self._details.toggled.connect(self._origin_details.setVisible)
        self.clear_report()
        self.set_no_model("")
        self.set_error("")
        self.set_ready("")

    def set_ready(self, reason: str) -> None:
        """Allow starting, or say why not."""
        self._button.setEnabled(not reason)
        self._button.setToolTip(reason or tr(_EXPLANATION))
        self._hint.setText(reason or tr(_EXPLANATION))

    def set_no_model(self, how_to_add: str) -> None:
        """Show how to add a model where there is none."""
        self._no_model_text.setText(how_to_add)
        self._no_model.setVisible(bool(how_to_add))
        self._hint.setVisible(not how_to_add)

    def set_progress(self, fraction: float, text: str) -> None:
        """Show that the analysis is under way."""
        self._button.hide()
        self._progress.set_progress(fraction, text)

    def set_idle(self) -> None:
        """Show that it is not."""
        self._progress.finish()
        self._button.show()

    def set_error(self, text: str) -> None:
        """Tell what went wrong."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def clear_report(self) -> None:
        """Show no result."""
        for section in (self._score, self._findings, self._gate, self._doubts, self._origin):
            section.hide()
        self._findings_list.set_rows(())
        self._others.set_rows((), "")
        self._notice.hide()
        self._hint.setVisible(self._no_model.isHidden())

    def set_gate(self, checks: tuple[GateCheck, ...], *, refused: bool) -> None:
        """Show the suitability checks; those that passed are folded away behind one line."""
        self._gate.set_title(tr("Not suitable for Analyze") if refused else tr("Suitability"))
        self._gate_list.set_checks(checks, refused=refused)
        self._gate.setVisible(bool(checks))
        self._hint.hide()

    def set_score(self, score: ScanScore | None, reason: str) -> None:
        """Show the scan's score, or why there is none."""
        self._score.show()
        self._score.set_title(tr(_UNSCORED if score is None else _SCORED))
        for widget in (self._score_value, self._score_interval, self._axis):
            widget.setVisible(score is not None)
        if score is None:
            self._score_words.setText(told(reason))
            return
        low, high = score.interval.low, score.interval.high
        self._score_value.setText(f"{score.value:.2f}")
        self._score_interval.setText(
            tr("interval {low:.2f} to {high:.2f}, scale 0 to 1", low=low, high=high)
        )
        self._axis.set_score(score.value, low, high)
        self._score_words.setText(
            tr(
                "What it is: {meaning}\nWhat it is not: {opposite}\nRule: {rule}",
                meaning=told(score.meaning),
                opposite=told(score.not_meaning.removeprefix("not ")),
                rule=told(score.rule),
            )
        )

    def set_findings(self, rows: tuple[FindingRow, ...], note: str, why_not_counted: str) -> None:
        """Show the findings; those that do not count are folded away below the others."""
        counted = tuple(row for row in rows if row.counts)
        self._findings.set_title(
            tr("Findings ({count})", count=len(counted)) if rows else tr("Findings")
        )
        self._findings_note.setText(note)
        self._findings_note.setVisible(bool(note))
        self._findings_list.set_rows(counted)
        self._others.set_rows(tuple(row for row in rows if not row.counts), why_not_counted)
        self._findings.setVisible(bool(rows or note))
        self._hint.hide()

    def set_selected(self, finding_id: str) -> None:
        """Mark the finding that was jumped to."""
        self._findings_list.set_selected(finding_id)
        self._others.set_selected(finding_id)

    def set_doubts(self, caveats: tuple[Caveat, ...], notes: tuple[str, ...]) -> None:
        """Show caveats and notes."""
        lines = [told(line) for line in (*(caveat.text for caveat in caveats), *notes)]
        self._doubts_text.setText("\n".join(f"• {line}" for line in lines))
        self._doubts.setVisible(bool(lines))

    def set_origin(self, summary: str, details: tuple[tuple[str, str], ...]) -> None:
        """Show where the result came from."""
        self._origin_text.setText(summary)
        # Zero-width spaces let a hash break where the panel is narrow.
        lines = [f"{name}: {_breakable(value)}" for name, value in details if value]
        self._origin_details.setText("\n".join(lines))
        self._origin.show()
        self._notice.show()

    def _build(self) -> None:
        self._no_model.add(self._no_model_text, self._look_again)
        number = QHBoxLayout()
        number.addWidget(self._score_value)
        number.addWidget(self._score_interval, 1, Qt.AlignmentFlag.AlignBottom)
        self._score.add_layout(number)
        self._score.add(self._axis, self._score_words)
        self._findings.add(self._findings_note, self._findings_list, self._others)
        self._gate.add(self._gate_list)
        self._doubts.add(self._doubts_text)
        self._details.setCheckable(True)
        self._origin_details.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self._card)
        buttons.addWidget(self._details)
        buttons.addStretch()
        self._origin.add(self._origin_text)
        self._origin.add_layout(buttons)
        self._origin.add(self._origin_details)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(10)
        for widget in (
            self._button,
            self._progress,
            self._hint,
            self._error,
            self._no_model,
            self._score,
            self._findings,
            self._gate,
            self._doubts,
            self._origin,
        ):
            column.addWidget(widget)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._notice.setContentsMargins(10, 4, 10, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._notice)


def _breakable(value: str) -> str:
    """Return a text in which long words may be broken after every eighth character."""
    words = [
        "\u200b".join(word[n : n + 8] for n in range(0, len(word), 8)) if len(word) > 24 else word
        for word in value.split(" ")
    ]
    return " ".join(words)
