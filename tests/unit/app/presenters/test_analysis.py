"""Tests of viewer.app.presenters.analysis."""

from dataclasses import replace
from typing import Any, cast

import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.reports import CHECKS, FINDINGS, REPORT
from tests.support.volumes import make_volume
from viewer.app.action_spec import Need
from viewer.app.presenters.analysis import AnalysisPresenter, AnalysisView
from viewer.core.analysis import GateLevel
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.session import Session
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow


class Stage:
    def __init__(self, hold=False, no_model="") -> None:
        self.session = Session()
        self.view = recording_view(AnalysisView)
        self.runner = cast(Any, InlineRunner(hold))
        self.jumps: list[Any] = []
        self.cards: list[Any] = []
        self.no_model = no_model
        self.partials: tuple[Any, ...] = ()
        self.answer: Any = REPORT
        self.heard: list[str] = []
        self.presenter = AnalysisPresenter(
            self.session,
            self.view,
            self.runner,
            self.analyze,
            no_model=lambda: self.no_model,
            jump=self.jumps.append,
            show_card=self.cards.append,
            on_ready=lambda: self.heard.append(self.view.last["set_ready"][0]),
        )

    def analyze(self, ctx, volume):
        ctx.progress(0.4, "Scoring")
        for partial in self.partials:
            ctx.partial(partial)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def open(self, loaded=True):
        volume = make_volume()
        display = DisplayState(HuWindow(400, 40))
        self.session.set_volume(volume, AnnotationDocument(""), display)
        if loaded:
            self.session.finish_volume(volume)


@pytest.fixture
def stage():
    return Stage()


def test_the_button_waits_for_a_loaded_study(stage):
    assert "Open a CT study" in stage.view.last["set_ready"][0]
    stage.open(loaded=False)
    assert "loaded" in stage.view.last["set_ready"][0]
    stage.session.finish_volume(stage.session.volume)
    assert stage.view.last["set_ready"] == ("",)


def test_no_model_is_a_calm_state_with_the_way_out():
    stage = Stage(no_model="Put a bundle into the models folder.")
    stage.open()
    assert stage.view.last["set_no_model"] == ("Put a bundle into the models folder.",)
    stage.presenter.start()
    assert stage.runner.submitted == []
    stage.no_model = ""
    stage.presenter.refresh_model()
    assert stage.view.last["set_no_model"] == ("",)
    assert stage.view.last["set_ready"] == ("",)


def test_the_report_fills_the_panel_and_the_session(stage):
    stage.open()
    stage.view.analyze_requested.emit()
    assert stage.session.analysis is REPORT
    assert stage.view.last["set_gate"] == (CHECKS, False)
    assert stage.view.last["set_score"] == (REPORT.score, "")
    rows, note, _ = stage.view.last["set_findings"]
    assert [row.number for row in rows] == [1, 2]
    assert rows[0].place == f"Slice {FINDINGS[0].slice_index + 1}"
    assert "every view" in note
    summary, details = stage.view.last["set_origin"]
    assert REPORT.provenance.device in summary
    assert ("Pixels SHA-256", REPORT.provenance.pixels_sha256) in details


def test_a_refusal_has_reasons_and_no_number(stage):
    refuse = replace(CHECKS[0], level=GateLevel.REFUSE)
    stage.answer = replace(REPORT, gate=(refuse,), refused=True, score=None, findings=())
    stage.open()
    stage.presenter.start()
    assert stage.view.last["set_gate"] == ((refuse,), True)
    score, reason = stage.view.last["set_score"]
    assert score is None
    assert "not suitable" in reason
    assert stage.view.last["set_findings"][:2] == ((), "")


def test_nothing_found_is_not_called_healthy(stage):
    stage.answer = replace(REPORT, score=None, findings=())
    stage.open()
    stage.presenter.start()
    assert "does not mean" in stage.view.last["set_findings"][1]
    assert "No nodule candidate" in stage.view.last["set_score"][1]


def test_findings_without_a_score_for_the_scan_say_why(stage):
    unscored = replace(FINDINGS[0], score=None, interval=None, note="too large")
    stage.answer = replace(
        REPORT, score=None, findings=(unscored, FINDINGS[1]), no_score_reason="a mass."
    )
    stage.open()
    stage.presenter.start()
    assert stage.view.last["set_score"] == (None, "A mass.")
    first, second = stage.view.last["set_findings"][0]
    assert (first.score, first.note) == (None, "too large")
    assert second.score == (0.2, 0.1, 0.4)


def test_findings_that_do_not_count_are_told_apart_with_the_rule(stage):
    vessel = replace(FINDINGS[1], counts=False)
    stage.answer = replace(REPORT, findings=(FINDINGS[0], vessel))
    stage.open()
    stage.presenter.start()
    rows, _, why = stage.view.last["set_findings"]
    assert [(row.number, row.counts) for row in rows] == [(1, True), (2, False)]
    assert "never comes from them" in why
    assert REPORT.score is not None
    assert REPORT.score.rule in why


def test_only_hounsfield_units_can_be_analyzed_and_the_window_hears_of_it(stage):
    stage.open()
    assert stage.presenter.reason == ""
    volume = stage.session.volume
    mr = replace(volume, stack=replace(volume.stack, modality="MR", unit=None))
    stage.session.set_volume(mr, AnnotationDocument(""), DisplayState(HuWindow(400, 40)))
    stage.session.finish_volume(mr)
    assert stage.view.last["set_ready"] == (Need.HU.value,)
    assert stage.presenter.reason == Need.HU.value
    assert stage.heard[-2:] == ["", Need.HU.value]
    stage.presenter.start()
    assert stage.runner.submitted == []


def test_the_model_is_looked_for_again_on_request():
    stage = Stage(no_model="Put a bundle into the models folder.")
    stage.open()
    stage.no_model = ""
    stage.view.model_requested.emit()
    assert stage.view.last["set_ready"] == ("",)


def test_findings_are_shown_as_they_come_one_by_one_or_together(stage):
    stage.partials = (CHECKS, FINDINGS[0], FINDINGS[1])
    stage.answer = ViewerError("stop here")
    stage.open()
    stage.presenter.start()
    shown = [args[0] for name, args in stage.view.calls if name == "set_findings"]
    assert [len(rows) for rows in shown] == [1, 2]
    assert ("set_gate", (CHECKS, False)) in stage.view.calls


def test_a_click_on_a_finding_jumps_also_while_it_runs():
    stage = Stage()
    stage.open()
    stage.partials = (FINDINGS,)
    stage.answer = ViewerError("the worker stopped")
    stage.presenter.start()
    stage.view.finding_requested.emit(FINDINGS[1].id)
    assert stage.jumps == [FINDINGS[1].position_lps_mm]
    assert stage.view.last["set_selected"] == (FINDINGS[1].id,)


def test_a_failure_is_told_and_leaves_no_half_result(stage):
    stage.answer = ViewerError("The analysis cannot be made", "the worker stopped")
    stage.open()
    stage.presenter.start()
    assert "the worker stopped" in stage.view.last["set_error"][0]
    assert stage.session.analysis is None
    assert stage.view.calls[-2][0] == "clear_report"


def test_our_own_bug_is_not_shown_as_a_python_error(stage):
    stage.answer = KeyError("secret")
    stage.open()
    stage.presenter.start()
    assert "secret" not in stage.view.last["set_error"][0]


def test_cancel_clears_the_panel():
    stage = Stage(hold=True)
    stage.open()
    stage.presenter.start()
    stage.view.cancel_requested.emit()
    assert stage.view.calls[-1][0] == "clear_report"
    assert stage.session.analysis is None


def test_another_volume_stops_a_running_analysis():
    stage = Stage(hold=True)
    stage.open()
    stage.presenter.start()
    stage.open()
    stage.runner.run_held()
    assert stage.session.analysis is None


def test_the_model_card_is_shown_on_request(stage):
    stage.view.card_requested.emit()
    assert stage.cards == []
    stage.open()
    stage.presenter.start()
    stage.view.card_requested.emit()
    assert stage.cards == [REPORT.model]


def test_closed_it_hears_nothing_more(stage):
    stage.presenter.close()
    assert not stage.view.is_connected
    count = len(stage.view.calls)
    stage.open()
    assert len(stage.view.calls) == count
