"""Tests of viewer.app.presenters.selfcheck, with jobs that end at once."""

from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.selfcheck_reports import CHECKS, report
from viewer.app.presenters import selfcheck as presenter_module
from viewer.app.presenters.selfcheck import SelfCheckPresenter, SelfCheckView
from viewer.app.selfcheck import SelfCheckResult
from viewer.app.selfcheck_machine import DisplayFacts
from viewer.core.errors import ViewerError
from viewer.core.view_state import InteractionState

SCREEN = DisplayFacts((1920, 1200), 2.0, 24)
RESULT = SelfCheckResult(report(*CHECKS), ())


class Stage:
    def __init__(self, monkeypatch, hold=False) -> None:
        self.view = recording_view(SelfCheckView)
        self.runner = cast(Any, InlineRunner(hold))
        self.asked: list[Any] = []
        self.written: list[Any] = []
        self.copied: list[str] = []
        self.saved: list[Path] = []
        self.failure: Exception | None = None
        monkeypatch.setattr(presenter_module, "run_selfcheck", self.check)
        self.interaction = InteractionState()
        self.presenter = SelfCheckPresenter(
            self.view,
            self.runner,
            self.interaction,
            self.cut,
            display=lambda: SCREEN,
            write_pdf=self.write,
            copy_text=self.copied.append,
            on_saved=self.saved.append,
        )

    def cut(self, ctx, volume, request):
        raise AssertionError("the check itself is not part of this test")

    def check(self, ctx, cut, display):
        if self.failure:
            raise self.failure
        self.asked.append((cut, display))
        ctx.progress(0.5, "Lengths")
        return RESULT

    def write(self, path, checked, pictures):
        if path.parent.name == "nowhere":
            raise ViewerError("x.pdf cannot be saved", "there is no folder")
        self.written.append((path, checked, pictures))


@pytest.fixture
def stage(monkeypatch):
    return Stage(monkeypatch)


def test_it_starts_empty_and_has_nothing_to_copy_or_save(stage):
    assert stage.view.last["set_report"] == (None,)
    stage.view.copy_requested.emit()
    stage.view.save_requested.emit(Path("x.pdf"))
    assert (stage.copied, stage.written) == ([], [])


def test_a_run_shows_its_figures(stage):
    stage.view.run_requested.emit()
    assert stage.asked == [(stage.cut, SCREEN)]
    assert stage.view.last["set_report"] == (RESULT.report,)
    assert ("set_progress", (0.5, "Lengths")) in stage.view.calls
    assert stage.view.last["set_status"][0].startswith("FAIL: 2 of 4 checks failed")
    assert "set_idle" in stage.view.last


def test_the_report_is_copied_and_saved(stage):
    stage.presenter.run()
    stage.view.copy_requested.emit()
    assert "Mean of fat" in stage.copied[0]
    stage.view.save_requested.emit(Path("x.pdf"))
    assert stage.written == [(Path("x.pdf"), RESULT.report, ())]
    assert stage.saved == [Path("x.pdf")]


def test_a_file_that_cannot_be_written_is_told(stage):
    stage.presenter.run()
    stage.view.save_requested.emit(Path("nowhere/x.pdf"))
    assert stage.view.last["set_error"] == ("x.pdf cannot be saved: there is no folder",)
    assert stage.saved == []


@pytest.mark.parametrize(
    ("failure", "words"),
    [(ViewerError("No room", "the disk is full"), "the disk is full"), (KeyError("x"), "the log")],
)
def test_a_run_that_breaks_off_is_told(stage, failure, words):
    stage.failure = failure
    stage.presenter.run()
    assert words in stage.view.last["set_error"][0]
    assert stage.view.last["set_report"] == (None,)
    assert "set_idle" in stage.view.last


def test_a_cancel_leaves_an_empty_table(monkeypatch):
    stage = Stage(monkeypatch, hold=True)
    stage.view.run_requested.emit()
    stage.view.cancel_requested.emit()
    assert stage.view.last["set_status"] == ("Cancelled: nothing was checked",)
    assert stage.view.last["set_report"] == (None,)
    assert "set_idle" in stage.view.last


def test_closing_stops_and_lets_go(monkeypatch):
    stage = Stage(monkeypatch, hold=True)
    stage.presenter.run()
    stage.presenter.close()
    assert not stage.view.is_connected
    stage.runner.run_held()
    assert stage.asked == []


def test_while_teaching_no_file_is_named(stage):
    def work():
        stage.view.save_requested.emit(Path("Qxz.pdf"))
        status = stage.view.last["set_status"][0]
        stage.presenter._on_failed(ViewerError("Qxz.pdf cannot be saved", "it is full"))
        return status + stage.view.last["set_error"][0]

    stage.presenter.run()
    assert work().count("Qxz") == 2
    stage.interaction.teaching = True
    assert "Qxz" not in stage.view.last["set_status"][0] + stage.view.last["set_error"][0]
    assert "Qxz" not in work()
    stage.runner.hold = True
    stage.view.save_requested.emit(Path("Qxz.pdf"))
    assert [job.title for job in stage.runner.jobs] == ["Saving a file"]
